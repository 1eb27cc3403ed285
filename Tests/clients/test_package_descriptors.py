"""`coffer package`: descriptors as found in practice, of all versions and tools."""

import json

import pytest
import yaml

from conftest import DATASTORE
from packages import DONE, FAILED, INVALID, Site, fields, report, rows, rules, run, run_limited, write

TABLE = "year,amount\n2024,1.5\n"
SCHEMA = {"fields": [{"name": "year", "type": "year"}, {"name": "amount", "type": "number"}]}
VERSION_2 = "https://datapackage.org/profiles/2.0/datapackage.json"
MODEL = {
    "measures": {"amount": {"source": "amount", "currency": "EUR", "factor": 2}},
    "dimensions": {"date": {"attributes": {"year": {"source": "year"}}, "primaryKey": "year"}}}


def resource(**members):
    return {"name": "t", "path": "t.csv", "schema": SCHEMA, **members}


def package(tmp_path, table=TABLE, name="p", **members):
    item = members.pop("resource", resource())
    return write(tmp_path / name, {"t.csv": table}, [item], **members)


# Older names of the model


def test_a_mapping_is_a_model(tmp_path):
    fields_ = {**MODEL["dimensions"]["date"], "fields": MODEL["dimensions"]["date"]["attributes"]}
    del fields_["attributes"]
    older = {**MODEL, "dimensions": {"date": fields_}}
    for number, members in enumerate(({"model": MODEL}, {"mapping": MODEL}, {"mapping": older})):
        place = package(tmp_path, name=f"p{number}", **members)
        result = report(place)
        assert result["fiscal"] and result["findings"] == []
        run("derive", place, "--sqlite", tmp_path / f"{number}.db")
        assert rows(tmp_path / f"{number}.db", "SELECT amount FROM p__t") == [(3.0,)]
        assert rows(tmp_path / f"{number}.db", "SELECT count(*) FROM measures") == [(1,)]
        assert rows(tmp_path / f"{number}.db", "SELECT column_name FROM attributes") == [("year",)]
    wrong = package(tmp_path, name="wrong", mapping={**MODEL, "measures": {"a": {"source": "sum", "currency": "EUR"}}})
    assert rules(wrong, expected=INVALID) == ["measure-source"]
    other = package(tmp_path, name="other", mapping={"amount": {"column": "amount", "datatype": "float"}})
    assert not report(other)["fiscal"]


# Differences between versions


def test_field_names_that_occur_twice_are_a_warning(tmp_path):
    schema = {"fields": [{"name": "a", "type": "integer"}, {"name": "a"}, {"name": "b"}]}
    place = package(tmp_path, "a,a,b\n1,x,y\n", resource=resource(schema=schema))
    result = report(place)
    assert [finding["rule"] for finding in result["findings"]] == ["field-name-duplicate"] and result["valid"]
    run("derive", place, "--sqlite", tmp_path / "t.db")
    assert rows(tmp_path / "t.db", "SELECT * FROM p__t") == [(1, "x", "y")]
    thrice = package(tmp_path, "a,a,a,b\n1,x,x,y\n", name="thrice", resource=resource(schema=schema))
    assert "header-duplicate" in rules(thrice, expected=INVALID)


@pytest.mark.parametrize("members, is_valid", [({}, True), ({"$schema": VERSION_2}, False), ({"profile": "tabular-data-package"}, True)])
def test_the_case_of_a_header_counts_since_version_2(tmp_path, members, is_valid):
    place = package(tmp_path, "Year,AMOUNT\n2024,1\n", **members)
    assert report(place, expected=DONE if is_valid else INVALID)["valid"] == is_valid
    sensitive = resource(dialect={"caseSensitiveHeader": True})
    assert not report(package(tmp_path, "Year,AMOUNT\n2024,1\n", name="s", resource=sensitive), expected=INVALID)["valid"]


@pytest.mark.parametrize("name", ["The Budget", "Ünïcode", "a b", "A"])
def test_names_of_version_2_are_free(tmp_path, name):
    item = resource(name=name)
    (tmp_path / "a").mkdir()
    two = write(tmp_path / "a" / "p", {"t.csv": TABLE}, [item], **{"$schema": VERSION_2, "name": name})
    assert rules(two) == ["package-name-form", "resource-name-form"]
    one = write(tmp_path / "one", {"t.csv": TABLE}, [item], name=name)
    assert rules(one, expected=INVALID) == ["package-name", "resource-name"]


def test_a_tabular_resource_has_a_schema(tmp_path):
    item = {"name": "t", "path": "t.csv", "profile": "tabular-data-resource"}
    assert rules(package(tmp_path, resource=item), expected=INVALID) == ["schema-required"]
    assert rules(package(tmp_path, resource={"name": "t", "path": "t.csv"})) == ["schema-missing"]


@pytest.mark.parametrize("members", [
    {"contributors": ["A. Person"]}, {"contributors": "A. Person"}, {"sources": ["https://example.org"]},
    {"licenses": ["MIT"]}, {"keywords": [1]}, {"keywords": "budget"}])
def test_people_and_sources_are_objects(tmp_path, members):
    assert rules(package(tmp_path, **members), expected=INVALID) == ["property-type"]
    fine = {"contributors": [{"title": "A"}], "sources": [{"title": "B"}], "keywords": ["c"]}
    assert rules(package(tmp_path, name="fine", **fine)) == []


@pytest.mark.parametrize("dialect", [
    {"csv": {"delimiter": ";"}}, {"delimiter": ",", "csv": {"delimiter": ";"}}, {"header": True, "csv": {"delimiter": ";", "quoteChar": "'"}},
    {"delimiter": ";"}])
def test_the_dialect_of_frictionless_5_is_read(tmp_path, dialect):
    assert rules(package(tmp_path, TABLE.replace(",", ";"), resource=resource(dialect=dialect))) == []


def test_a_wrong_dialect_is_found_in_its_inner_part_as_well(tmp_path):
    item = resource(dialect={"csv": {"delimiter": "::"}})
    assert "dialect" in rules(package(tmp_path, resource=item), expected=INVALID)


# Cells as found in practice


def test_spaces_around_names_and_numbers_are_warnings(tmp_path):
    place = package(tmp_path, "year , amount\n 2024,  47\n2025,48.5 \n2026,\u00a049\n")
    findings = report(place)["findings"]
    assert sorted({(f["rule"], f["row"], f["column"]) for f in findings}) == [
        ("header-space", 1, 1), ("header-space", 1, 2), ("number-space", 2, 1), ("number-space", 2, 2)]
    assert report(place)["counts"]["number-space"] == 4
    run("derive", place, "--sqlite", tmp_path / "t.db")
    assert rows(tmp_path / "t.db", "SELECT * FROM p__t") == [(2024, 47.0), (2025, 48.5), (2026, 49.0)]


def test_spaces_do_not_hide_what_constraints_and_keys_forbid(tmp_path):
    schema = {"fields": [{"name": "id", "type": "integer", "constraints": {"minimum": 10}}], "primaryKey": "id"}
    place = package(tmp_path, "id\n 47\n47\n 9\n", resource=resource(schema=schema))
    found = [rule for rule in rules(place, expected=INVALID) if rule != "number-space"]
    assert found == ["minimum", "primary-key"]


@pytest.mark.parametrize("cell, is_valid", [("1,234.50", True), ("1,23,456.5", True), ("1.234,50", False), ("1.2,3", False)])
def test_groups_end_at_the_decimal_character(tmp_path, cell, is_valid):
    schema = {"fields": [{"name": "a", "type": "number", "groupChar": ","}]}
    assert report(package(tmp_path, f'a\n"{cell}"\n', resource=resource(schema=schema)),
                  expected=DONE if is_valid else INVALID)["valid"] == is_valid


# Schemas and dialects at URLs


def test_schemas_and_dialects_at_urls_are_fetched_when_it_is_said(tmp_path):
    with Site({"/s.json": json.dumps(SCHEMA).encode(), "/d.json": b'{"delimiter": ";"}', "/bad.json": b"{",
               "/s.yaml": yaml.safe_dump(SCHEMA).encode(), "/long.json": b" " * (9 << 20)}) as site:
        item = resource(schema=f"{site.url}/s.json", dialect=f"{site.url}/d.json")
        place = write(tmp_path / "p", {"t.csv": TABLE.replace(",", ";"), "u.csv": "year;amount\nx;y\n"}, [
            item, {**item, "name": "u", "path": "u.csv"}])
        assert rules("--levels", "structure", place) == ["reference-remote"] * 4
        assert site.requests == []
        findings = report("--fetch", place, expected=INVALID)["findings"]
        assert [(f["rule"], f["file"], f["column"]) for f in findings] == [("type", "u.csv", 1), ("type", "u.csv", 2)]
        # Each is requested once.
        assert sorted(site.requests) == [("GET", "/d.json"), ("GET", "/s.json")]
        run("derive", "--fetch", "--allow-invalid", place, "--sqlite", tmp_path / "t.db")
        assert rows(tmp_path / "t.db", "SELECT * FROM p__t") == [(2024, 1.5)]
        assert "left out" in run("derive", place, "--sqlite", tmp_path / "u.db", expected=INVALID).stdout
        assert rules("--fetch", package(tmp_path, name="y", resource=resource(schema=f"{site.url}/s.yaml"))) == []
        for path, rule in (("/bad.json", "descriptor-json"), ("/gone.json", "reference"), ("/long.json", "reference")):
            place = package(tmp_path, name=path[1:4], resource=resource(schema=site.url + path))
            assert rule in rules("--fetch", place, expected=INVALID)


def test_fetching_has_an_end(tmp_path):
    with Site({f"/{number}.json": json.dumps(SCHEMA).encode() for number in range(200)}) as site:
        items = [{**resource(schema=f"{site.url}/{number}.json"), "name": f"t{number}"} for number in range(120)]
        place = write(tmp_path / "p", {"t.csv": TABLE}, items)
        assert report("--fetch", place, expected=INVALID)["counts"]["reference"] == 20
        assert len(site.requests) == 100


@pytest.mark.parametrize("members, expected", [
    ({"profile": "https://example.org/profile.json"}, ["profile-unchecked"]), ({"$schema": "https://example.org/p.json"}, ["profile-unchecked"]),
    ({"profile": "https://specs.frictionlessdata.io/schemas/data-package.json"}, []), ({"$schema": VERSION_2}, []),
    ({"profile": "fiscal-data-package"}, [])])
def test_other_profiles_are_a_warning(tmp_path, members, expected):
    assert rules(package(tmp_path, **members)) == expected


# YAML


def yaml_package(directory, text, name="datapackage.yaml", files=None):
    directory.mkdir()
    (directory / name).write_text(text)
    for path, content in (files or {"t.csv": TABLE}).items():
        (directory / path).write_text(content)
    return directory


@pytest.mark.parametrize("name", ["datapackage.yaml", "datapackage.yml"])
def test_descriptors_in_yaml_are_read_wherever_they_are(server, tmp_path, name):
    descriptor = {"name": "p", "model": MODEL, "resources": [resource()], "countryCode": "NO"}
    place = yaml_package(tmp_path / "p", yaml.safe_dump(descriptor), name)
    for where in (place, place / name):
        assert rules(where) == []
        assert report(where)["fiscal"]
    run("derive", place, "--sqlite", tmp_path / "t.db")
    assert rows(tmp_path / "t.db", "SELECT amount FROM p__t") == [(3.0,)]
    assert "countryCode: 'NO'" in (place / name).read_text()
    written = json.loads(run("publish", "--json", place, f"s3://{DATASTORE}/{name}-p", server=server).stdout)
    assert [row["path"] for row in written] == ["t.csv", name]
    for where in (f"s3://{DATASTORE}/{name}-p", f"{server.endpoint}/{DATASTORE}/{name}-p", f"{server.endpoint}/{DATASTORE}/{name}-p/{name}"):
        assert rules(where, server=server) == []
    assert [item["name"] for item in json.loads(run("list", "--json", f"s3://{DATASTORE}/{name}-p", server=server).stdout)] == ["p"]
    assert [item["name"] for item in json.loads(run("list", "--json", tmp_path).stdout)] == ["p"]
    assert "YAML" in run("init", "--refresh", place, expected=FAILED).stderr
    assert "already exists" in run("init", place, expected=FAILED).stderr


def test_json_comes_before_yaml_unless_it_is_named(tmp_path):
    place = yaml_package(tmp_path / "p", "name: other\nresources: [{name: t, path: t.csv}]")
    write(place, {}, [resource()])
    assert report(place)["name"] == "p" and report(place / "datapackage.yaml")["name"] == "other"


def test_schemas_in_yaml_are_read(tmp_path):
    place = write(tmp_path / "p", {"t.csv": TABLE, "s.yaml": yaml.safe_dump(SCHEMA)}, [resource(schema="s.yaml")])
    assert rules(place) == []
    (place / "s.yaml").write_text("fields:\n- name: year\n  type: date\n- name: amount\n")
    assert rules(place, expected=INVALID) == ["type"]


def test_scalars_are_those_of_yaml_1_2(tmp_path):
    text = """
name: p
x-switch: [yes, no, on, off, NO]
countryCode: NO
title: "1"
resources:
- &table
  name: t
  path: t.csv
  bytes: 21
  schema: {fields: [{name: year, type: year}, {name: amount, type: number, constraints: {minimum: 1.5, required: true}}]}
"""
    assert rules(yaml_package(tmp_path / "p", text)) == []
    assert "property-type" in rules(yaml_package(tmp_path / "q", text.replace('"1"', "1")), expected=INVALID)
    [finding] = report(yaml_package(tmp_path / "r", text.replace("countryCode: NO", "countryCode: NOR")), expected=INVALID)["findings"]
    assert (finding["rule"], finding["line"], finding["pointer"]) == ("country-code", 4, "/countryCode")


HOSTILE_YAML = {
    "laughs": "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi")),
    "depth": "[" * 100_000, "depth of aliases": "a0: &a0 x\n" + "".join(
        f"a{number}: &a{number} [*a{number - 1}]\n" for number in range(1, 300)), "loop": "a: &a [*a]", "twice": "a: 1\na: 2", "documents": "a: 1\n---\nb: 2", "tag": "a: !!python/object:x {}",
    "tab": "a:\n\t- b", "key": "? [a]\n: b", "nothing": "", "list": "- a", "bytes": "a: \x01", "alias": "a: *b",
    "many": "a: [" + "1," * 300_000 + "]"}


@pytest.mark.parametrize("name", HOSTILE_YAML)
def test_hostile_yaml_is_refused(tmp_path, name):
    result = run_limited("validate", "--json", yaml_package(tmp_path / "p", HOSTILE_YAML[name]))
    assert result.returncode == INVALID, result.stderr
    [finding] = json.loads(result.stdout)["findings"]
    assert finding["rule"] in ("descriptor-json", "descriptor-size", "descriptor-duplicate") and finding["file"] == "datapackage.yaml"
