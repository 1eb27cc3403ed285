"""`coffer package`: tables in several files, compressed, as workbooks and as JSON, and files with misleading names."""

import datetime
import functools
import gzip
import hashlib
import io
import json
import struct
import zipfile
import zlib

import frictionless
import openpyxl
import pytest

from conftest import DATASTORE, make_client
from packages import DONE, FAILED, INVALID, Site, fields, report, rows, rules, run, run_limited, write

TABLE = "code,amount\n01,1\n02,2\n"
SCHEMA = {"fields": [{"name": "code", "type": "string"}, {"name": "amount", "type": "integer"}]}


def resource(path, **members):
    return {"name": "t", "path": path, "schema": SCHEMA, **members}


def derived(package, tmp_path, *options, expected=DONE, table="p__t"):
    run("derive", package, "--sqlite", tmp_path / "t.db", *options, expected=expected)
    return rows(tmp_path / "t.db", f"SELECT * FROM {table}")


# Several files


@pytest.mark.parametrize("second, amounts", [
    ("code,amount\n03,3\n", [1, 2, 3]), ("03,3\n", [1, 2, 3]), ("Code,AMOUNT\n03,3\n", [1, 2, 3]),
    ("\ufeffcode,amount\n03,3\n", [1, 2, 3]), ("code,amount\n", [1, 2])])
def test_each_file_of_a_table_may_have_its_header(tmp_path, second, amounts):
    package = write(tmp_path / "p", {"1.csv": TABLE, "2.csv": second}, [resource(["1.csv", "2.csv"])])
    assert [rule for rule in rules(package) if rule != "byte-order-mark"] == []
    assert [amount for _, amount in derived(package, tmp_path)] == amounts
    assert sum(file["rows"] for file in report(package)["files"]) == len(amounts)


def test_a_header_in_another_order_is_a_fault_and_one_in_the_middle_a_row(tmp_path):
    swapped = write(tmp_path / "a", {"1.csv": TABLE, "2.csv": "amount,code\n3,03\n"}, [resource(["1.csv", "2.csv"])])
    assert "header-order" in rules(swapped, expected=INVALID)
    again = write(tmp_path / "b", {"1.csv": TABLE + "code,amount\n"}, [resource("1.csv")])
    assert rules(again, expected=INVALID) == ["type"]


def test_a_refresh_takes_no_header_for_a_row(tmp_path):
    package = write(tmp_path / "p", {"1.csv": TABLE, "2.csv": TABLE}, [resource(["1.csv", "2.csv"])])
    assert "the type integer" not in run("init", "--refresh", package).stdout


# Compressed by the service (Content-Encoding)


def objects(server, prefix, package, encoding, pack, names):
    """Uploads the package's files compressed, with a Content-Encoding, as another tool does."""
    client = make_client(server)
    for path in package.rglob("*.*"):
        name = path.relative_to(package).as_posix()
        body = path.read_bytes()
        extra = {"ContentEncoding": encoding} if name in names else {}
        client.put_object(Bucket=DATASTORE, Key=f"{prefix}/{name}", Body=pack(body) if extra else body, **extra)


@pytest.mark.parametrize("encoding, pack", [
    ("gzip", gzip.compress), ("x-gzip", gzip.compress), ("GZIP", gzip.compress), ("aws-chunked", lambda body: body),
    ("aws-chunked,gzip", gzip.compress), ("deflate", zlib.compress), ("gzip, gzip", lambda body: gzip.compress(gzip.compress(body))),
    ("deflate", lambda body: zlib.compress(body)[2:-4])])
@pytest.mark.parametrize("descriptor", [False, True])
def test_objects_with_a_content_encoding_are_read(server, tmp_path, encoding, pack, descriptor):
    expected = {"bytes": len(TABLE), "hash": hashlib.md5(TABLE.encode()).hexdigest()}
    package = write(tmp_path / "p", {"t.csv": TABLE}, [resource("t.csv", **expected)])
    objects(server, "packed", package, encoding, pack, {"t.csv", "datapackage.json"} if descriptor else {"t.csv"})
    for number, place in enumerate((f"s3://{DATASTORE}/packed", f"{server.endpoint}/{DATASTORE}/packed")):
        assert rules(place, server=server) == []
        database = tmp_path / f"{number}.db"
        for state in ("derived", "unchanged"):
            [table] = json.loads(run("derive", "--json", place, "--sqlite", database, server=server).stdout)
            assert table["state"] == state
        assert rows(database, "SELECT * FROM p__t") == [("01", 1), ("02", 2)]


def test_what_is_packed_in_an_unknown_way_is_said_to_be(server, tmp_path):
    package = write(tmp_path / "p", {"t.csv": TABLE}, [resource("t.csv")])
    objects(server, "brotli", package, "br", lambda body: body, {"t.csv"})
    for place in (f"s3://{DATASTORE}/brotli", f"{server.endpoint}/{DATASTORE}/brotli"):
        [finding] = report(place, server=server, expected=INVALID)["findings"]
        assert finding["rule"] == "resource-missing" and '"br"' in finding["message"]
    objects(server, "false", package, "gzip", lambda body: body, {"t.csv"})
    [finding] = report(f"s3://{DATASTORE}/false", server=server, expected=INVALID)["findings"]
    assert "cannot be unpacked" in finding["message"]


def test_what_another_tool_packed_is_published_as_it_was(server, tmp_path):
    package = write(tmp_path / "p", {"t.csv": TABLE}, [resource("t.csv")])
    objects(server, "republished", package, "gzip", gzip.compress, {"t.csv"})
    states = {row["path"]: row["state"] for row in json.loads(
        run("publish", "--json", package, f"s3://{DATASTORE}/republished", server=server).stdout)}
    assert states == {"t.csv": "written", "datapackage.json": "unchanged"}
    run("publish", f"s3://{DATASTORE}/republished", f"s3://{DATASTORE}/copied", server=server)
    body = make_client(server).get_object(Bucket=DATASTORE, Key="copied/t.csv")["Body"].read()
    assert body == TABLE.encode()


# Compressed by the package's author


def archive(files, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return buffer.getvalue()


def streamed(files):
    """A ZIP archive with the sizes after the files, as written to a stream."""
    class Pipe(io.RawIOBase):
        def __init__(self):
            self.content = b""

        def writable(self):
            return True

        def write(self, piece):
            self.content += bytes(piece)
            return len(piece)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return pipe.content


def long_archive(name, content):
    """A ZIP64 archive with 64-bit sizes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file, file.open(name, "w", force_zip64=True) as entry:
        entry.write(content.encode())
    return buffer.getvalue()


def long_end(content):
    """The archive with a ZIP64 end record."""
    end = content.rindex(b"PK\5\6")
    size, offset = struct.unpack("<II", content[end + 12:end + 20])
    longer = b"PK\6\6" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, 1, 1, size, offset)
    locator = b"PK\6\7" + struct.pack("<IQI", 0, end, 1)
    return content[:end] + longer + locator + content[end:end + 12] + b"\xff" * 8 + content[end + 20:]


PACKED = [
    ("t.csv.gz", gzip.compress(TABLE.encode()), {}),
    ("t.csv.gz", gzip.compress(TABLE.encode()), {"format": "csv", "mediatype": "text/csv"}),
    ("t.csv.gz", gzip.compress(TABLE.encode()), {"mediatype": "application/gzip"}),
    ("t.csv.gz", gzip.compress(TABLE.encode()[:14]) + gzip.compress(TABLE.encode()[14:]) + bytes(512), {}),
    ("t.csv", gzip.compress(TABLE.encode()), {"compression": "gz"}),
    ("t.csv", gzip.compress(TABLE.encode()), {}),
    ("t", gzip.compress(TABLE.encode()), {"format": "csv", "compression": "gzip"}),
    ("t.zip", archive({"t.csv": TABLE}), {}),
    ("t.csv.zip", archive({"t.csv": TABLE}, zipfile.ZIP_STORED), {"format": "csv"}),
    ("t.zip", archive({"a/": "", "a/t.csv": TABLE, "b.csv": "x\n"}), {"innerpath": "a/t.csv"}),
    ("t.zip", archive({"README.txt": "Hello", "t.csv": TABLE, "__MACOSX/._t.csv": "x"}), {"compression": "zip"}),
    ("t.zip", streamed({"t.csv": TABLE}), {"compression": "zip", "innerpath": "t.csv"}),
    ("t.zip", long_archive("t.csv", TABLE), {}),
    ("t.zip", long_end(archive({"t.csv": TABLE})), {}),
    ("t.tsv.gz", gzip.compress(TABLE.replace(",", "\t").encode()), {}),
]


@pytest.mark.parametrize("path, content, members", PACKED)
def test_packed_tables_are_read(tmp_path, path, content, members):
    package = write(tmp_path / "p", {path: content}, [resource(path, bytes=len(content), **members)])
    assert rules(package) == []
    assert derived(package, tmp_path) == [("01", 1), ("02", 2)]


def test_what_is_wrong_within_a_packed_table_is_found(tmp_path):
    package = write(tmp_path / "p", {"t.csv.gz": gzip.compress(b"code,amount\n01,x\n")}, [resource("t.csv.gz")])
    [finding] = report(package, expected=INVALID)["findings"]
    assert (finding["rule"], finding["file"], finding["row"]) == ("type", "t.csv.gz", 2)


def damaged(content, place, replacement):
    return content[:place] + replacement + content[place + len(replacement):]


ZIP = archive({"t.csv": TABLE})
END, DIRECTORY = ZIP.rindex(b"PK\5\6"), ZIP.index(b"PK\1\2")
DAMAGED = [
    ("t.csv.gz", gzip.compress(TABLE.encode())[:-9], "it ends before the compressed data"),
    ("t.csv.gz", b"\x1f\x8b", "it ends before the compressed data"),
    ("t.csv.gz", TABLE.encode(), "not compressed with gzip"),
    ("t.csv.gz", gzip.compress(TABLE.encode())[:-8] + bytes(8), "check"),
    ("t.csv.gz", gzip.compress(TABLE.encode()) + b"more", "other data follows"),
    ("t.zip", ZIP[:-30], "directory"),
    ("t.zip", damaged(ZIP, DIRECTORY + 16, b"\0\0\0\0"), "damaged"),
    ("t.zip", damaged(ZIP, DIRECTORY + 24, struct.pack("<I", 5)), "longer than the directory"),
    ("t.zip", damaged(ZIP, DIRECTORY + 24, struct.pack("<I", 5000)), "damaged"),
    ("t.zip", damaged(ZIP, DIRECTORY + 20, struct.pack("<I", 1 << 30)), "would end beyond"),
    ("t.zip", damaged(ZIP, DIRECTORY + 42, struct.pack("<I", 1 << 30)), "does not point to a file"),
    ("t.zip", damaged(ZIP, DIRECTORY + 8, b"\1\0"), "encrypted"),
    ("t.zip", damaged(ZIP, DIRECTORY + 10, b"\x0c\0"), "method"),
    ("t.zip", damaged(ZIP, 30, b"u.csv"), "different names"),
    ("t.zip", damaged(ZIP, END + 16, struct.pack("<I", 1 << 30)), "not where its end says"),
    ("t.zip", damaged(ZIP, END + 12, struct.pack("<I", 0xFFFF_FFFF)), "not where its end says"),
    ("t.zip", damaged(ZIP, DIRECTORY + 28, b"\xff\xff"), "truncated"),
]


@pytest.mark.parametrize("path, content, reason", DAMAGED)
def test_damaged_compressed_tables_are_reported(tmp_path, path, content, reason):
    package = write(tmp_path / "p", {path: content}, [resource(path)])
    result = run_limited("validate", "--json", package)
    assert result.returncode == INVALID, result.stderr
    findings = {finding["rule"]: finding["message"] for finding in json.loads(result.stdout)["findings"]}
    assert reason in findings["compression"]
    refused = run("derive", package, "--sqlite", tmp_path / "t.db", expected=INVALID)
    assert reason in refused.stderr and "--allow-invalid" in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["p"]


@pytest.mark.parametrize("members, reason", [
    ({"innerpath": "u.csv"}, 'without the file "u.csv"; it contains "t.csv"'),
    ({}, "several files"), ({"innerpath": "../t.csv"}, "without the file"), ({"compression": "bz2"}, 'compressed with "bz2"')])
def test_the_file_in_an_archive_is_the_one_that_is_named(tmp_path, members, reason):
    files = {"t.csv": TABLE} if "innerpath" in members else {"t.csv": TABLE, "u.csv": TABLE}
    package = write(tmp_path / "p", {"t.zip": archive(files)}, [resource("t.zip", **members)])
    assert reason in json.dumps(report(package, expected=INVALID)["findings"]).replace('\\"', '"')


@functools.cache
def bombs():
    zeros = zlib.compressobj(9, wbits=31)
    packed = b"".join(zeros.compress(bytes(1 << 20)) for _ in range(512)) + zeros.flush()
    line = b"1" * 1000 + b",1\n"
    lines = zlib.compressobj(9, wbits=31)
    table = lines.compress(b"code,amount\n") + b"".join(lines.compress(line * 1000) for _ in range(512)) + lines.flush()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file, file.open("t.csv", "w") as entry:
        entry.write(b"code,amount\n")
        for _ in range(512):
            entry.write(line * 1000)
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in workbook_parts().items():
            file.writestr(name, content)
        with file.open("xl/worksheets/sheet1.xml", "w") as entry:
            entry.write(b"<worksheet><sheetData>")
            for _ in range(512):
                entry.write((b'<row><c t="inlineStr"><is><t>' + b"x" * 1000 + b"</t></is></c></row>") * 1000)
    return {"t.csv.gz": packed, "u.csv.gz": table, "t.zip": buffer.getvalue(), "t.xlsx": book.getvalue(),
            "v.csv.gz": gzip.compress(packed)}


def test_bombs_are_defused(tmp_path):
    for path, content in bombs().items():
        assert len(content) < 12 << 20
        package = write(tmp_path / path, {path: content}, [resource(path)])
        result = run_limited("validate", "--json", package)
        assert result.returncode == INVALID, (path, result.stderr[-500:])
        found = {finding["rule"] for finding in json.loads(result.stdout)["findings"]}
        assert found & {"compression", "row-size", "file-kind"}, (path, found)


def test_an_object_that_is_a_bomb_is_defused(server, tmp_path):
    client = make_client(server)
    client.put_object(
        Bucket=DATASTORE, Key="bomb/datapackage.json", Body=bombs()["t.csv.gz"], ContentEncoding="gzip")
    result = run_limited("validate", f"{server.endpoint}/{DATASTORE}/bomb")
    assert result.returncode == INVALID and "768 KiB" in result.stdout, result.stderr


# Other content than the name says


def workbook(*sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, lines in sheets:
        sheet = book.create_sheet(title)
        for line in lines:
            sheet.append(line)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def workbook_parts():
    """The parts of a workbook without a sheet."""
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": f'<workbook xmlns:r="{relations}"><sheets><sheet name="s" r:id="a"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="a" Target="worksheets/sheet1.xml"/></Relationships>'}


@pytest.mark.parametrize("content, kind", [
    (ZIP, "ZIP archive"), (workbook(("s", [["code", "amount"], ["01", 1]])), "Excel workbook"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Excel"), (b"%PDF-1.7\n", "PDF"), (b"PAR1" + bytes(20), "Parquet"),
    (b"<!DOCTYPE html><html>no</html>", "web page"), (b"\n <html lang='en'>", "web page"), (b"SQLite format 3\0", "SQLite"),
    (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n", "Git LFS"), (b"BZh91AY&SY", "bzip2"),
    (archive({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}, zipfile.ZIP_STORED), "OpenDocument")])
def test_what_is_called_csv_is_named_as_what_it_is(tmp_path, content, kind):
    package = write(tmp_path / "p", {"t.csv": content}, [resource("t.csv", format="csv")])
    findings = report(package, expected=INVALID)["findings"]
    assert [finding["rule"] for finding in findings] == ["file-kind"] and kind in findings[0]["message"]
    refused = run("derive", package, "--sqlite", tmp_path / "t.db", expected=INVALID)
    assert kind in refused.stderr and not (tmp_path / "t.db").exists()
    (package / "datapackage.json").unlink()
    (package / "good.csv").write_text(TABLE)
    output = run("init", package).stdout
    assert kind in output and "good.code" not in output
    resources = json.loads((package / "datapackage.json").read_text())["resources"]
    assert [item["path"] for item in resources] == ["good.csv"]


@pytest.mark.parametrize("declared, actual", [(None, ";"), (",", ";"), (";", ","), (None, "\t"), (",", "|"), ("\t", ";")])
@pytest.mark.parametrize("has_schema", [True, False])
def test_another_delimiter_is_one_finding(tmp_path, declared, actual, has_schema):
    lines = ["year", "unit name", "amount"], *[["2024", "Parks", "1234,5" if actual != "," else "1234.5"]] * 500
    table = "\n".join(actual.join(line) for line in lines) + "\n"
    item = {"name": "t", "path": "t.csv"}
    if has_schema:
        item["schema"] = {"fields": [{"name": "year", "type": "year"}, {"name": "unit name"}, {"name": "amount", "type": "number"}]}
    if declared:
        item["dialect"] = {"delimiter": declared}
    package = write(tmp_path / "p", {"t.csv": table}, [item])
    result = report(package, expected=INVALID)
    [finding] = [finding for finding in result["findings"] if finding["rule"] != "schema-missing"]
    assert finding["rule"] == "delimiter" and result["errors"] == 1
    assert json.dumps(actual) in finding["message"]
    if has_schema:
        run("derive", package, "--sqlite", tmp_path / "t.db", expected=INVALID)
        left = run("derive", "--allow-invalid", package, "--sqlite", tmp_path / "t.db").stdout
        assert "left out: the delimiter seems to be" in left
        assert rows(tmp_path / "t.db", "SELECT count(*) FROM sqlite_schema WHERE name = 'p__t'") == [(0,)]


def test_another_delimiter_is_found_without_a_header_and_in_quotes(tmp_path):
    schema = fields("a", "b", "c")
    plain = {"name": "t", "path": "t.csv", "schema": schema, "dialect": {"header": False}}
    assert rules(write(tmp_path / "a", {"t.csv": "1;2;3\n4;5;6\n"}, [plain]), expected=INVALID) == ["delimiter"]
    quoted = {"name": "t", "path": "t.csv", "schema": schema}
    package = write(tmp_path / "b", {"t.csv": '"a";"b";"c"\n"1";"2";"3"\n'}, [quoted])
    assert rules(package, expected=INVALID) == ["delimiter"]


@pytest.mark.parametrize("table, names", [
    ("a;b\n1\n", ["a;b"]), ("list\n1;2\n3;4\n", ["list"]), ('"a;b;c"\nx\n', ["a;b;c"]), ("a,b\n1;2,3;4\n", ["a", "b"]),
    ("only\n", ["only"])])
def test_a_delimiter_is_not_seen_where_none_is(tmp_path, table, names):
    package = write(tmp_path / "p", {"t.csv": table}, [{"name": "t", "path": "t.csv", "schema": fields(*names)}])
    assert "delimiter" not in rules(package)


# Workbooks and JSON


def test_workbooks_are_read(tmp_path):
    day, time = datetime.date(2024, 2, 29), datetime.datetime(2024, 12, 31, 23, 59, 58)
    lines = [["code", "amount", "day", "time", "flag", "text"],
             ["01", 1234.5, day, time, True, 'a "b", c'], ["02", -7, datetime.date(1900, 3, 1), None, False, None], [None] * 6,
             ["03", 1e-3, None, None, None, "ü\nx"]]
    content = workbook(("Notes", [["nothing"]]), ("Data", lines))
    schema = {"fields": [
        {"name": "code"}, {"name": "amount", "type": "number"}, {"name": "day", "type": "date"},
        {"name": "time", "type": "datetime"}, {"name": "flag", "type": "boolean"}, {"name": "text"}]}
    for number, dialect in enumerate(({"excel": {"sheet": "Data"}}, {"sheetName": "Data"}, {"sheetNumber": 2})):
        item = {"name": "t", "path": "t.xlsx", "schema": schema, "dialect": dialect}
        package = write(tmp_path / f"p{number}", {"t.xlsx": content}, [item])
        assert rules(package) == ["row-blank"]
        assert rows_of(package, tmp_path / f"{number}.db") == [
            ("01", 1234.5, "2024-02-29", "2024-12-31T23:59:58", 1, 'a "b", c'), ("02", -7.0, "1900-03-01", None, 0, None),
            ("03", 0.001, None, None, None, "ü\nx")]
    schema["fields"][1]["type"] = "integer"
    wrong = write(tmp_path / "wrong", {"t.xlsx": content}, [{**item, "schema": schema}])
    assert [(f["rule"], f["row"]) for f in report(wrong, expected=INVALID)["findings"] if f["rule"] == "type"] == [("type", 2), ("type", 5)]
    lost = write(tmp_path / "lost", {"t.xlsx": content}, [{**item, "dialect": {"sheetName": "Datum"}}])
    [finding] = report(lost, expected=INVALID)["findings"]
    assert finding["rule"] == "file-kind" and '"Notes", "Data"' in finding["message"]


def rows_of(package, database):
    run("derive", package, "--sqlite", database)
    return rows(database, "SELECT * FROM p__t")


@pytest.mark.parametrize("sheet", [
    "<!DOCTYPE x [<!ENTITY a 'aaaa'>]><worksheet><sheetData><row><c t='inlineStr'><is><t>&a;</t></is></c></row></sheetData></worksheet>",
    "<worksheet><sheetData><row r='5'><c r='A5'><v>1</v></c></row><row r='4'><c><v>1</v></c></row></sheetData></worksheet>",
    "<worksheet><sheetData><row r='999999999'><c><v>1</v></c></row></sheetData></worksheet>",
    "<worksheet><sheetData><row><c r='ZZZZ1'><v>1</v></c><c r='XFE1'><v>1</v></c></row></sheetData></worksheet>",
    "<worksheet><sheetData><row><c><v>1</v>", "not XML", "<a>" * 5000])
def test_hostile_workbooks_are_refused(tmp_path, sheet):
    content = archive({**workbook_parts(), "xl/worksheets/sheet1.xml": sheet})
    package = write(tmp_path / "p", {"t.xlsx": content}, [{"name": "t", "path": "t.xlsx", "schema": fields("a")}])
    result = run_limited("validate", "--json", package)
    assert result.returncode == INVALID, result.stderr
    assert {"compression", "header-missing"} & {finding["rule"] for finding in json.loads(result.stdout)["findings"]}


JSON = [
    ("t.json", [{"code": "01", "amount": 1}, {"amount": 2, "code": "02"}], {}),
    ("t.json", [["code", "amount"], ["01", 1], ["02", "2"]], {}),
    ("t.json", {"data": {"rows": [{"code": "01", "amount": 1}, {"code": "02", "amount": 2}]}}, {"dialect": {"property": "data.rows"}}),
    ("t.json", {"rows": [["01", 1], ["02", 2]]}, {"dialect": {"json": {"property": "rows"}, "header": False}}),
    ("t.geojson", {"type": "FeatureCollection", "features": [
        {"type": "Feature", "geometry": None, "properties": {"code": "01", "amount": 1}},
        {"type": "Feature", "geometry": None, "properties": {"code": "02", "amount": 2}}]}, {}),
    ("t.dat", [{"code": "01", "amount": 1}, {"code": "02", "amount": 2}], {"format": "json"}),
]


@pytest.mark.parametrize("path, content, members", JSON)
def test_json_is_read(tmp_path, path, content, members):
    package = write(tmp_path / "p", {path: json.dumps(content)}, [resource(path, **members)])
    assert rules(package) == []
    assert derived(package, tmp_path) == [("01", 1), ("02", 2)]
    (package / path).write_text(json.dumps(content).replace("2", '"x"').replace('""x""', '"x"'))
    assert rules(package, expected=INVALID) != []


def test_geometry_is_a_column_as_json(tmp_path):
    point = {"type": "Point", "coordinates": [1, 2.5]}
    features = {"type": "FeatureCollection", "features": [
        {"type": "Feature", "id": 7, "geometry": point, "properties": {"name": "x"}}]}
    schema = {"fields": [{"name": "id"}, {"name": "name"}, {"name": "geometry", "type": "geojson"}]}
    package = write(tmp_path / "p", {"t.geojson": json.dumps(features)}, [{"name": "t", "path": "t.geojson", "schema": schema}])
    assert rules(package) == []
    [(number, name, geometry)] = derived(package, tmp_path)
    assert (number, name, json.loads(geometry)) == ("7", "x", point)


@pytest.mark.parametrize("text", ["{", '{"a": 1}', '"text"', "[1, 2]", "\x00"])
def test_json_that_is_no_table_is_reported(tmp_path, text):
    package = write(tmp_path / "p", {"t.json": text}, [resource("t.json")])
    assert rules(package, expected=INVALID) == ["file-kind"]


def test_a_json_file_may_have_more_cells_than_a_descriptor(tmp_path):
    lines = [{"code": str(number)} for number in range(60_000)]
    package = write(tmp_path / "p", {"t.json": json.dumps(lines)}, [resource("t.json")])
    assert rules(package) == []
    assert report(package)["files"][0]["rows"] == 60_000


def test_json_of_too_many_values_is_named_as_unread(tmp_path):
    package = write(tmp_path / "p", {"t.json": json.dumps([["code", "amount"]] + [["1", 1]] * 100_000)}, [resource("t.json")])
    result = run_limited("validate", "--json", package)
    assert result.returncode == INVALID
    assert {finding["rule"] for finding in json.loads(result.stdout)["findings"]} == {"resource-unread"}


# Files that are not read


UNREAD = [("t.xls", {}), ("t.ods", {}), ("t.parquet", {}), ("t.dat", {"format": "xlsb"}), ("t.csv.bz2", {"compression": "bz2"})]


@pytest.mark.parametrize("path, members", UNREAD)
def test_what_is_not_read_is_named_and_no_success(tmp_path, path, members):
    package = write(tmp_path / "p", {path: b"x", "u.csv": TABLE}, [
        resource(path, **members), {**resource("u.csv"), "name": "u"}])
    invalid = report(package, expected=INVALID)
    [finding] = invalid["findings"]
    assert finding["rule"] == "resource-unread" and path in finding["message"] and not invalid["valid"]
    allowed = report("--allow-unread", package)
    assert [finding["rule"] for finding in allowed["findings"]] == ["resource-format"] and allowed["valid"]
    result = run("derive", package, "--sqlite", tmp_path / "t.db", expected=INVALID)
    assert "left out: it is" in result.stdout
    assert "--allow-unread" in result.stderr
    assert rows(tmp_path / "t.db", "SELECT amount FROM p__u") == [(1,), (2,)]
    states = json.loads(run("derive", "--json", "--allow-unread", package, "--sqlite", tmp_path / "t.db").stdout)
    assert [(state["resource"], state["state"]) for state in states] == [("u", "unchanged"), ("t", "left out")]
    assert states[1]["reason"]


def test_what_is_no_table_is_no_failure(tmp_path):
    package = write(tmp_path / "p", {"t.csv": TABLE, "notes.pdf": b"%PDF-1.7", "README.md": "# Hello"}, [
        resource("t.csv"), {"name": "notes", "path": "notes.pdf"}, {"name": "readme", "path": "README.md"}])
    assert rules(package) == []
    output = run("derive", package, "--sqlite", tmp_path / "t.db").stdout
    assert output.count("left out: it is not a table") == 2
    package = write(tmp_path / "q", {"t.csv": TABLE})
    assert "no schema" in run("derive", package, "--sqlite", tmp_path / "u.db", expected=INVALID).stdout


def test_a_missing_file_is_named_and_the_rest_can_be_derived(tmp_path):
    package = write(tmp_path / "p", {"t.csv": TABLE}, [resource("t.csv"), {**resource("u.csv"), "name": "u"}])
    database = tmp_path / "t.db"
    refused = run("derive", package, "--sqlite", database, expected=INVALID).stderr
    assert "u.csv does not exist" in refused and "--allow-invalid" in refused and not database.exists()
    assert "u.csv does not exist" in run("derive", "--allow-invalid", package, "--sqlite", database).stdout
    assert rows(database, "SELECT amount FROM p__t") == [(1,), (2,)]
    (package / "u.csv").write_text(TABLE)
    assert "p__u" in run("derive", package, "--sqlite", database).stdout
    (package / "u.csv").unlink()
    run("derive", package, "--sqlite", database, expected=INVALID)
    assert rows(database, "SELECT amount FROM p__u") == [(1,), (2,)]


def test_tables_at_urls_are_fetched_when_it_is_said(tmp_path):
    with Site({"/t.csv": TABLE.encode(), "/t.csv.gz": gzip.compress(TABLE.encode()),
               "/e.csv": (gzip.compress(TABLE.encode()), {"Content-Encoding": "gzip"}), "/part.csv": b"code,amount\n03,x\n"}) as site:
        for path in ("/t.csv", "/t.csv.gz", "/e.csv", "/t.csv?version=1"):
            site.answers.setdefault(path, site.answers.get("/t.csv"))
            package = write(tmp_path / "p", {}, [resource(site.url + path)])
            asked = len(site.requests)
            assert rules(package, expected=INVALID) == ["resource-unread"]
            assert rules("--allow-unread", package) == ["resource-remote"]
            run("derive", package, "--sqlite", tmp_path / "t.db", expected=INVALID)
            assert len(site.requests) == asked
            assert rules("--fetch", package) == []
            assert derived(package, tmp_path, "--fetch") == [("01", 1), ("02", 2)]
            (tmp_path / "t.db").unlink()
        package = write(tmp_path / "p", {}, [resource([f"{site.url}/t.csv", f"{site.url}/part.csv"])])
        [finding] = report("--fetch", package, expected=INVALID)["findings"]
        assert (finding["rule"], finding["file"], finding["row"]) == ("type", f"{site.url}/part.csv", 2)
        package = write(tmp_path / "p", {}, [resource(f"{site.url}/gone.csv")])
        assert rules("--fetch", package, expected=INVALID) == ["resource-missing"]
        run("derive", "--fetch", package, "--sqlite", tmp_path / "u.db", expected=INVALID)
        assert not (tmp_path / "u.db").exists()


# Other readers


@pytest.mark.parametrize("index", [1, 4, 7])
def test_frictionless_reads_the_same(tmp_path, index):
    path, content, members = PACKED[index]
    package = write(tmp_path / "p", {path: content}, [{**resource(path, **members), "format": "csv"}])
    theirs = frictionless.Package(str(package / "datapackage.json")).get_resource("t").read_rows()
    assert [(row["code"], row["amount"]) for row in theirs] == derived(package, tmp_path)
