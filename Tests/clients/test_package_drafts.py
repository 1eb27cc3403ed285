"""`coffer package init`: descriptors inferred from tables as found in practice, checked with independent readers."""

import decimal
import gzip
import json

import frictionless
import pytest

from packages import rows, rules, run


def draft(tmp_path, files, *options):
    directory = tmp_path / "draft"
    directory.mkdir(exist_ok=True)
    for path, content in files.items():
        (directory / path).write_bytes(content.encode() if isinstance(content, str) else content)
    output = run("init", "--currency", "EUR", *options, directory).stdout
    return directory, json.loads((directory / "datapackage.json").read_text()), output


def derived(directory, tmp_path, query):
    run("derive", directory, "--sqlite", tmp_path / "t.db")
    return rows(tmp_path / "t.db", query)


@pytest.mark.parametrize("cells, amounts", [
    (["1.234,50", "2.000,00"], [1234.5, 2000.0]), (["€ 1.234,50", "€ 12.345.678,9"], [1234.5, 12345678.9]),
    (["1,234.50", "2,000.75"], [1234.5, 2000.75]), (["$1,234.50", "$7"], [1234.5, 7.0]), (["0,250", "1,125"], [0.25, 1.125])])
def test_amounts_with_groups_are_what_they_say(tmp_path, cells, amounts):
    table = "unit;amount\n" + "".join(f"x;{cell}\n" for cell in cells)
    directory, descriptor, _ = draft(tmp_path, {"t.csv": table})
    assert rules(directory) == []
    assert [amount for amount, in derived(directory, tmp_path, "SELECT amount FROM draft__t")] == amounts
    theirs = frictionless.Package(str(directory / "datapackage.json")).get_resource("t").read_rows()
    assert [float(row["amount"]) for row in theirs] == amounts


def test_words_for_missing_numbers_are_declared_and_reported(tmp_path):
    table = "country,amount,spent,day\nNA,1,NA,2024-01-31\nDE,nd,2.5,n/a\nFR,#N/A,NA,2024-02-01\n"
    directory, descriptor, output = draft(tmp_path, {"t.csv": table})
    schema = descriptor["resources"][0]["schema"]
    assert [field["type"] for field in schema["fields"]] == ["string", "integer", "number", "date"]
    assert schema["missingValues"] == ["", "#N/A", "n/a", "nd"]
    assert schema["fields"][2]["missingValues"] == ["", "NA"]
    assert '"amount": "#N/A", "nd" are treated as missing' in output and '"spent": "NA" is treated as missing' in output
    assert rules(directory) == []
    assert derived(directory, tmp_path, "SELECT country, amount, spent FROM draft__t") == [
        ("NA", 1, None), ("DE", None, 2.5), ("FR", None, None)]
    assert frictionless.Package(str(directory / "datapackage.json")).validate().valid


def test_times_have_their_types_and_counts_are_no_measures(tmp_path):
    table = ("Year,Month,Period,Opened,Latitude,longitude,Number of Days,Footnotes,Account No,amount\n"
             "2024,1,2024-01,09:30:00,48.2,16.37,30,1,7,12.5\n2025,12,2024-02,17:00:00,47.1,15.4,31,2,8,3\n")
    directory, descriptor, output = draft(tmp_path, {"t.csv": table})
    types = {field["name"]: field["type"] for field in descriptor["resources"][0]["schema"]["fields"]}
    assert types == {
        "Year": "year", "Month": "integer", "Period": "yearmonth", "Opened": "time", "Latitude": "number", "longitude": "number",
        "Number of Days": "integer", "Footnotes": "integer", "Account No": "string", "amount": "number"}
    assert "Inferred measures: t.amount." in output
    kinds = {name: dimension["dimensionType"] for name, dimension in descriptor["model"]["dimensions"].items()}
    assert kinds["month"] == kinds["year"] == kinds["period"] == "datetime" and kinds["latitude"] == "location"
    assert rules(directory) == []
    assert frictionless.Package(str(directory / "datapackage.json")).validate().valid


def test_padded_names_and_numbers_are_reported(tmp_path):
    directory, descriptor, output = draft(tmp_path, {"t.csv": "unit,amount \nx, 47\ny,8\n"})
    assert 'the column name "amount " begins or ends with a space' in output
    assert "there are spaces around its numbers" in output
    assert [field["type"] for field in descriptor["resources"][0]["schema"]["fields"]] == ["string", "integer"]
    assert rules(directory) == ["number-space"]
    assert derived(directory, tmp_path, 'SELECT "amount " FROM draft__t') == [(47,), (8,)]


def test_packed_tables_are_drafted_and_refreshed(tmp_path):
    table = "unit,amount\nParks,1234\nRoads,7\n"
    files = {"a.csv.gz": gzip.compress(table.encode()), "b.csv": table, "c.csv.gz": b"x"}
    directory, descriptor, output = draft(tmp_path, files)
    assert [(item["name"], item["path"], item.get("compression")) for item in descriptor["resources"]] == [
        ("a", "a.csv.gz", "gz"), ("b", "b.csv", None)]
    assert "c.csv.gz is left out: it cannot be unpacked" in output
    assert rules(directory) == []
    assert derived(directory, tmp_path, "SELECT sum(amount) FROM draft__a") == [(1241,)]
    theirs = frictionless.Package(str(directory / "datapackage.json")).get_resource("a").read_rows()
    assert [row["amount"] for row in theirs] == [1234, 7]
    (directory / "c.csv.gz").unlink()
    assert run("init", "--refresh", directory).stdout == "datapackage.json is up to date.\n"
    (directory / "a.csv.gz").write_bytes(gzip.compress((table + "Cafés,1\n").encode()))
    assert "a:" in run("init", "--refresh", directory).stdout
    assert rules(directory) == []


def test_a_draft_of_decimals_is_exact_for_other_readers(tmp_path):
    directory, _, _ = draft(tmp_path, {"t.csv": "unit;amount\nx;1.234.567,89\ny;-0,05\n"})
    theirs = frictionless.Package(str(directory / "datapackage.json")).get_resource("t").read_rows()
    assert [row["amount"] for row in theirs] == [decimal.Decimal("1234567.89"), decimal.Decimal("-0.05")]
