"""`coffer package`: packages that are validated, published, read back by independent readers, and derived."""

import concurrent.futures
import csv
import decimal
import functools
import hashlib
import http.server
import io
import json
import os
import pathlib
import random
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import threading

import datapackage
import frictionless
import pytest
import requests

import servers
from conftest import ACCESS_KEY, DATASTORE, REPOSITORY, SECRET_KEY, make_client, start

SAMPLE = REPOSITORY / "testdata" / "brookfield-budget-2025"
DONE, INVALID, FAILED, USAGE = 0, 3, 1, 64


@pytest.fixture
def package(tmp_path):
    """A copy of the sample package that the test may change."""
    return shutil.copytree(SAMPLE, tmp_path / "package")


@pytest.fixture
def logged():
    """A server with its own log."""
    with start("--ephemeral") as server:
        yield server


def run(*arguments, server=None, expected=DONE):
    env = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY} if server else {}
    if server:
        env["AWS_ENDPOINT_URL"] = server.endpoint
    result = servers.run("package", *map(str, arguments), env=env)
    assert result.returncode == expected, result.stderr + result.stdout
    return result


@pytest.mark.parametrize("resources, files, rule", [
    ([{"name": f"t{number}", "path": "t.csv", "schema": "s.json"} for number in range(2000)],
     {"s.json": {"fields": [{"name": f"f{number}"} for number in range(10_000)]}}, "reference"),
    ([{"name": "t", "data": [{}] * 100_000, "schema": {"fields": [{"name": f"f{number}"} for number in range(20_000)]}}],
     {}, "descriptor-size")])
def test_a_short_descriptor_does_not_become_a_long_package(tmp_path, resources, files, rule):
    for name, content in {"datapackage.json": {"name": "p", "resources": resources}, **files}.items():
        (tmp_path / name).write_text(json.dumps(content))
    (tmp_path / "t.csv").write_text("f0\n1\n")
    limited = ["bash", "-c", 'ulimit -v 4000000; exec "$@"', "-", servers.binary(), "package", "validate", "--json", tmp_path]
    result = subprocess.run(limited, env=servers.plain_environment(), capture_output=True, timeout=servers.PATIENCE)
    assert result.returncode == INVALID, result.stderr[-2000:]
    assert rule in {finding["rule"] for finding in json.loads(result.stdout)["findings"]}


def test_a_database_knows_a_directory_however_it_is_written(package, tmp_path):
    database = tmp_path / "f.db"
    for place in (package, f"{package}/", f"{package}/datapackage.json", f"{package}/../{package.name}"):
        run("derive", place, "--sqlite", database)
    other = shutil.copytree(package, tmp_path / "other" / package.name)
    refused = servers.run("package", "derive", str(other), "--sqlite", str(database))
    assert refused.returncode == FAILED and str(package) in refused.stderr


def findings(*arguments, **options):
    report = json.loads(run("validate", "--json", *arguments, **options).stdout)
    return [(finding["rule"], finding["file"], finding.get("row")) for finding in report["findings"]]


def bucket_requests(server, operation):
    """The keys of an operation's requests so far, in their order."""
    marker = requests.head(f"{server.endpoint}/{DATASTORE}/marker")
    server.log_line(marker.headers["x-amz-request-id"])
    pattern = re.compile(rf" {operation} {re.escape(DATASTORE)} (\S+) ")
    return [match[1] for match in map(pattern.search, server.log().splitlines()) if match]


def break_row(package):
    path = package / "data" / "budget.csv"
    lines = path.read_text().splitlines(keepends=True)
    lines[3] = lines[3].replace("approved", "planned").replace("executed", "planned")
    path.write_text("".join(lines))


def test_a_package_is_valid_wherever_it_is(server, package):
    run("publish", package, f"s3://{DATASTORE}/valid/", server=server)
    for place in (package, package / "datapackage.json", f"s3://{DATASTORE}/valid", f"s3://{DATASTORE}/valid/datapackage.json",
                  f"{server.endpoint}/{DATASTORE}/valid", f"{server.endpoint}/{DATASTORE}/valid/datapackage.json"):
        assert findings(place, server=server) == []


def test_a_fault_is_found_in_its_place_wherever_the_package_is(server, package):
    break_row(package)
    expected = [("enum", "data/budget.csv", 4), ("hash", "datapackage.json", None)]
    assert [f for f in findings(package, expected=INVALID) if f[0] != "bytes"] == expected
    run("publish", "--allow-invalid", package, f"s3://{DATASTORE}/fault/", server=server)
    for place in (f"s3://{DATASTORE}/fault/", f"{server.endpoint}/{DATASTORE}/fault/"):
        assert [f for f in findings(place, server=server, expected=INVALID) if f[0] != "bytes"] == expected


def test_exit_codes_tell_what_happened(package, tmp_path):
    run("validate", package)
    (package / "data" / "budget.csv").open("a").write("\n")
    run("validate", package)
    run("validate", "--fail-on", "warning", package, expected=INVALID)
    run("validate", tmp_path, expected=INVALID)
    for arguments in (["validate"], ["validate", "a", "b"], ["validate", "--levels", "all", "a"], ["verify", "a"],
                      ["validate", "--json", "--sarif", "a"], ["validate", "--fail-on", "luck", "a"], ["derive", "a"], ["publish", "a"], ["publish", "a", "b"],
                      ["publish", "a", "s3://B/"], ["publish", "--acl", "mine", "a", "s3://bucket/x"], ["publish", "a", "s3://bucket/../x"], ["list", "http://127.0.0.1/"],
                      ["validate", "http://127.0.0.1/?a=b"], ["validate", "--limit", "-1", "a"]):
        run(*arguments, expected=USAGE)


def test_the_descriptor_goes_up_last_and_what_is_there_not_again(logged, package):
    place = f"s3://{DATASTORE}/me/town"
    assert run("publish", package, place, server=logged).stdout.split() == [
        "written", "data/budget.csv", "written", "data/cofog.csv", "written", "datapackage.json"]
    keys = bucket_requests(logged, "PutObject")
    assert sorted(keys[:2]) == ["me/town/data/budget.csv", "me/town/data/cofog.csv"]
    assert keys[2:] == ["me/town/datapackage.json"]
    client = make_client(logged)
    for path, content_type in (("data/budget.csv", "text/csv"), ("datapackage.json", "application/json")):
        head = client.head_object(Bucket=DATASTORE, Key=f"me/town/{path}")
        assert head["ETag"] == f'"{hashlib.md5((package / path).read_bytes()).hexdigest()}"'
        assert head["ContentType"] == content_type

    assert run("publish", package, place, server=logged).stdout.split()[::2] == ["unchanged"] * 3
    assert bucket_requests(logged, "PutObject") == keys
    (package / "data" / "budget.csv").open("a").write("\n")
    run("publish", package, place, server=logged)
    assert bucket_requests(logged, "PutObject") == keys + ["me/town/data/budget.csv"]


@pytest.mark.parametrize("path", ["data/budget.csv", "datapackage.json"])
def test_what_was_validated_is_what_is_published(logged, package, path):
    """The source has other content as soon as the file was read once."""
    good = (package / path).read_bytes()
    counts = {}

    class Changing(http.server.SimpleHTTPRequestHandler):
        def do_GET(self):
            name = self.path.lstrip("/")
            counts[name] = counts.get(name, 0) + 1
            content = (package / name).read_bytes()
            if name == path and counts[name] > 1:
                content = content.replace(b"2025", b"x025") if name.endswith("csv") else b"{}"
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Changing) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        place = f"http://127.0.0.1:{site.server_address[1]}/"
        expected = FAILED if path.endswith("csv") else DONE
        result = run("publish", place, f"s3://{DATASTORE}/me/moving", server=logged, expected=expected)
        site.shutdown()
    keys = bucket_requests(logged, "PutObject")
    if expected == FAILED:
        assert "changed" in result.stderr
        assert "me/moving/datapackage.json" not in keys and "me/moving/data/budget.csv" not in keys
    else:
        body = make_client(logged).get_object(Bucket=DATASTORE, Key=f"me/moving/{path}")["Body"].read()
        assert body == good and counts[path] == 1


def test_what_is_not_valid_is_not_published(logged, package):
    break_row(package)
    result = run("publish", package, f"s3://{DATASTORE}/me/broken", server=logged, expected=INVALID)
    assert "error [enum] data/budget.csv, row 4" in result.stderr
    assert bucket_requests(logged, "PutObject") == []


def test_readers_never_see_a_descriptor_without_its_data(logged, package):
    client = make_client(logged)
    root = make_client(logged)
    policy = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{DATASTORE}/me/half/data/cofog.csv"}]}
    root.put_bucket_policy(Bucket=DATASTORE, Policy=json.dumps(policy))
    result = run("publish", package, f"s3://{DATASTORE}/me/half", server=logged, expected=FAILED)
    assert "data/cofog.csv cannot be written: AccessDenied" in result.stderr
    keys = [item["Key"] for item in client.list_objects_v2(Bucket=DATASTORE, Prefix="me/half/").get("Contents", [])]
    assert "me/half/datapackage.json" not in keys


def test_a_file_behind_a_link_is_never_published(logged, package):
    (package / "data" / "cofog.csv").unlink()
    (package / "data" / "cofog.csv").symlink_to("/etc/hostname")
    result = run("publish", "--allow-invalid", package, f"s3://{DATASTORE}/me/link", server=logged, expected=FAILED)
    assert "links are not followed" in result.stderr
    assert [key for key in bucket_requests(logged, "PutObject") if not key.endswith("budget.csv")] == []


def test_a_long_file_goes_up_in_parts_and_only_once(logged, tmp_path):
    package = tmp_path / "long"
    package.mkdir()
    with (package / "rows.csv").open("w") as file:
        file.write("id,text\n")
        for number in range(400_000):
            file.write(f"{number},{'x' * 50}\n")
    run("init", package)
    assert "written  rows.csv" in run("publish", package, f"s3://{DATASTORE}/me/long", server=logged).stdout
    head = make_client(logged).head_object(Bucket=DATASTORE, Key="me/long/rows.csv")
    assert head["ContentLength"] == os.path.getsize(package / "rows.csv") and "-" in head["ETag"]
    assert "unchanged  rows.csv" in run("publish", package, f"s3://{DATASTORE}/me/long", server=logged).stdout
    assert findings(f"s3://{DATASTORE}/me/long", server=logged) == []


def sum_of_amounts(rows):
    return sum(decimal.Decimal(str(row["amount"])) for row in rows)


def test_a_file_that_was_appended_to_is_published_again(server, package):
    place, key = f"s3://{DATASTORE}/appended", "appended/data/cofog.csv"
    run("publish", package, place, server=server)
    client = make_client(server)
    size = client.head_object(Bucket=DATASTORE, Key=key)["ContentLength"]
    client.put_object(Bucket=DATASTORE, Key=key, Body=b"99,,Appended\n", WriteOffsetBytes=size)
    states = {row["path"]: row["state"] for row in json.loads(run("publish", "--json", package, place, server=server).stdout)}
    assert states == {"data/budget.csv": "unchanged", "data/cofog.csv": "written", "datapackage.json": "unchanged"}
    assert client.get_object(Bucket=DATASTORE, Key=key)["Body"].read() == (package / "data" / "cofog.csv").read_bytes()


def test_other_readers_and_the_derived_database_come_to_the_same_sum(server, package, tmp_path):
    run("publish", package, f"s3://{DATASTORE}/sum", server=server)
    url = f"{server.endpoint}/{DATASTORE}/sum/datapackage.json"
    with (package / "data" / "budget.csv").open() as file:
        expected = sum_of_amounts(csv.DictReader(file))
    assert expected > 0
    assert frictionless.Package(url).validate().valid
    assert sum_of_amounts(frictionless.Package(url).get_resource("budget").read_rows()) == expected
    assert sum_of_amounts(datapackage.Package(url).get_resource("budget").read(keyed=True)) == expected
    database = tmp_path / "fiscal.db"
    run("derive", "--sqlite", database, url)
    connection = sqlite3.connect(database)
    [(table, column)] = connection.execute("SELECT table_name, column_name FROM measures")
    [(total,)] = connection.execute(f'SELECT sum("{column}") FROM "{table}"')
    assert round(decimal.Decimal(total), 2) == expected
    labels = connection.execute("SELECT code FROM search WHERE search MATCH 'executive'").fetchall()
    assert labels == [("01.1",)]


def test_a_database_is_derived_again_only_from_what_changed(logged, package, tmp_path):
    place, database = f"s3://{DATASTORE}/me/town", tmp_path / "fiscal.db"
    url = f"{logged.endpoint}/{DATASTORE}/me/town/"
    run("publish", package, place, server=logged)
    assert "38 rows" in run("derive", "--sqlite", database, url).stdout
    before = len(bucket_requests(logged, "GetObject"))
    assert run("derive", "--sqlite", database, url).stdout.count("did not change") == 2
    assert bucket_requests(logged, "GetObject")[before:] == ["me/town/datapackage.json"]
    with (package / "data" / "cofog.csv").open("a") as file:
        file.write("11,,Something new\n")
    run("publish", package, place, server=logged)
    assert json.loads(run("derive", "--json", "--sqlite", database, url).stdout) == [
        {"resource": "budget", "table": "brookfield_budget_2025__budget", "state": "unchanged", "rows": None, "untyped": 0},
        {"resource": "cofog", "table": "brookfield_budget_2025__cofog", "state": "derived", "rows": 22, "untyped": 0}]


def test_a_package_is_removed_from_a_database(package, tmp_path):
    database, other = tmp_path / "fiscal.db", shutil.copytree(package, tmp_path / "other")
    descriptor = (other / "datapackage.json").read_text().replace('"brookfield-budget-2025"', '"other"', 1)
    (other / "datapackage.json").write_text(descriptor)
    for place in (package, other):
        run("derive", "--sqlite", database, place)
    refused = run("remove", "nobody", "--sqlite", database, expected=FAILED).stderr
    assert '"brookfield-budget-2025", "other"' in refused
    removed = json.loads(run("remove", "--json", "other", "--sqlite", database).stdout)
    assert removed == [{"state": "removed", "table": "other__budget"}, {"state": "removed", "table": "other__cofog"}]
    connection = sqlite3.connect(database)
    for table in ("packages", "resources", "measures", "attributes", "search"):
        column = "name" if table == "packages" else "package"
        assert {name for (name,) in connection.execute(f"SELECT {column} FROM {table}")} == {"brookfield-budget-2025"}
    tables = {name for (name,) in connection.execute("SELECT DISTINCT table_name FROM columns")}
    assert tables == {"brookfield_budget_2025__budget", "brookfield_budget_2025__cofog"}
    assert connection.execute("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'other%'").fetchone() == (0,)
    run("remove", "other", "--sqlite", tmp_path / "none.db", expected=FAILED)
    no_database = package / "datapackage.json"
    assert f"cannot use {no_database}" in run("remove", "a", "--sqlite", no_database, expected=FAILED).stderr
    assert not (tmp_path / "none.db").exists()
    run("remove", "other", expected=USAGE)


def test_what_is_no_package_leaves_no_tables(package, tmp_path):
    database = tmp_path / "fiscal.db"
    break_row(package)
    run("derive", "--sqlite", database, package, expected=INVALID)
    assert [path.name for path in tmp_path.iterdir()] == ["package"]


def test_no_package_controls_a_terminal(package, tmp_path):
    descriptor = json.loads((package / "datapackage.json").read_text())
    descriptor["title"] = descriptor["resources"][1]["name"] = "\x1b]0;owned\x07"
    (package / "datapackage.json").write_text(json.dumps(descriptor))
    database = tmp_path / "fiscal.db"
    results = [
        run("derive", "--allow-invalid", "--sqlite", database, package), run("show", package), run("list", tmp_path),
        run("validate", package, expected=INVALID), run("derive", "--sqlite", database, package, expected=INVALID)]
    assert all("owned" in result.stdout + result.stderr for result in results)
    assert not any(character in result.stdout + result.stderr for result in results for character in "\x1b\x07")


def test_a_table_without_a_descriptor_gets_one_that_is_read(server, tmp_path):
    tables = tmp_path / "tables"
    (tables / "data").mkdir(parents=True)
    (tables / "data" / "spending.csv").write_text("year;unit;unit_name;amount\n2024;01;Parks;1234,50\n2025;02;Roads;7\n")
    (tables / ".hidden.csv").write_text("a\n1\n")
    output = run("init", "--currency", "EUR", "--title", "Spending", tables).stdout
    assert "Inferred measures: spending.amount." in output and "XXX" not in output
    descriptor = json.loads((tables / "datapackage.json").read_text())
    assert [resource["path"] for resource in descriptor["resources"]] == ["data/spending.csv"]
    assert [field["type"] for field in descriptor["resources"][0]["schema"]["fields"]] == [
        "year", "string", "string", "number"]
    run("init", tables, expected=FAILED)
    run("publish", tables, f"s3://{DATASTORE}/drafts/tables", server=server)
    rows = frictionless.Package(f"{server.endpoint}/{DATASTORE}/drafts/tables/datapackage.json").resources[0].read_rows()
    assert [row["amount"] for row in rows] == [decimal.Decimal("1234.50"), 7]


def test_a_descriptor_is_brought_up_to_date_with_its_tables(tmp_path):
    (tmp_path / "spending.csv").write_text("year,amount\n2024,1\n")
    descriptor = tmp_path / "datapackage.json"
    assert "(dry run) Wrote" in run("init", "-n", tmp_path).stdout and not descriptor.exists()
    run("init", "--currency", "EUR", tmp_path)
    edited = descriptor.read_text().replace('"name": "year"', '"title": "The year",  "name": "year"')
    descriptor.write_text(edited)
    descriptor.chmod(0o640)
    assert run("init", "--refresh", tmp_path).stdout == "datapackage.json is up to date.\n"
    assert "--refresh" in run("init", tmp_path, expected=FAILED).stderr
    assert "--refresh" in run("init", "-n", tmp_path, expected=FAILED).stderr
    (tmp_path / "spending.csv").write_text("year,unit,amount\n2024,Parks,1\n")
    (tmp_path / "units.csv").write_text("code,label\n1,Parks\n2,Roads\n")
    changes = ['spending: new field "unit", string.', "units: new resource for units.csv, with 2 fields."]
    output = run("init", "--refresh", "--dry-run", tmp_path).stdout.splitlines()
    assert output[1:] == ["(dry run) " + change for change in changes] and descriptor.read_text() == edited
    assert json.loads(run("init", "--refresh", "--print", tmp_path).stdout)["resources"][1]["name"] == "units"
    assert run("init", "--refresh", tmp_path).stdout.splitlines()[1:] == changes
    assert '"title": "The year",  "name": "year"' in descriptor.read_text()
    assert descriptor.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["datapackage.json", "spending.csv", "units.csv"]
    assert findings(tmp_path) == [] and frictionless.Package(str(descriptor)).validate().valid
    run("init", "--refresh", "--currency", "EUR", tmp_path, expected=USAGE)
    descriptor.unlink()
    run("init", "--refresh", tmp_path, expected=INVALID)


def test_an_edit_made_while_the_tables_are_read_is_kept(tmp_path):
    table, descriptor = tmp_path / "spending.csv", tmp_path / "datapackage.json"
    table.write_text("year,amount\n2024,1\n")
    run("init", "--currency", "EUR", tmp_path)
    table.write_text("year,amount\n" + "2024,1.25\n" * 40_000)
    refresh = subprocess.Popen(
        [servers.binary(), "package", "init", "--refresh", tmp_path], env=servers.plain_environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def reads_table():
        try:
            return any(entry.resolve() == table for entry in pathlib.Path(f"/proc/{refresh.pid}/fd").iterdir())
        except FileNotFoundError:
            return False
    while not reads_table():
        assert refresh.poll() is None, "the command ended before the edit"
    edited = descriptor.read_text().replace('"name": "year"', '"title": "The year", "name": "year"')
    descriptor.write_text(edited)
    output = refresh.communicate(timeout=servers.PATIENCE)[1]
    assert refresh.returncode == FAILED and "try again" in output
    assert descriptor.read_text() == edited and len(list(tmp_path.iterdir())) == 2


def test_packages_are_listed_and_shown(server, package, tmp_path):
    run("publish", package, f"s3://{DATASTORE}/listed/a", server=server)
    run("publish", package, f"s3://{DATASTORE}/listed/b", server=server)
    listed = json.loads(run("list", "--json", f"s3://{DATASTORE}/listed/", server=server).stdout)
    title = "Budget of the town of Brookfield, 2024 and 2025"
    assert listed == [
        {"location": f"s3://{DATASTORE}/listed/{name}/", "name": "brookfield-budget-2025", "resources": 2, "title": title}
        for name in "ab"]
    assert run("list", "--no-sign-request", f"s3://{DATASTORE}/listed/", server=server, expected=FAILED).stdout == ""
    assert run("list", tmp_path).stdout == f"{package}  brookfield-budget-2025  2  {title}\n"
    shown = run("show", f"{server.endpoint}/{DATASTORE}/listed/a").stdout
    assert title in shown and "budget: data/budget.csv" in shown and "  amount, of amount: GBP" in shown
    overview = json.loads(run("show", "--json", "--no-sign-request", f"s3://{DATASTORE}/listed/a", server=server).stdout)
    assert overview["title"] == title and [(measure["currency"], measure["factor"]) for measure in overview["measures"]] == [("GBP", 1)]


def test_findings_are_sarif_for_code_scanning(package):
    break_row(package)
    result = run("validate", "--sarif", package, expected=INVALID)
    log = json.loads(result.stdout)
    [run_] = log["runs"]
    [error] = [item for item in run_["results"] if item["level"] == "error"]
    assert (log["version"], error["ruleId"]) == ("2.1.0", "enum")
    assert run_["tool"]["driver"]["rules"][error["ruleIndex"]]["id"] == "enum"
    [location] = error["locations"]
    assert location["physicalLocation"]["artifactLocation"] == {"uri": "data/budget.csv", "uriBaseId": "PACKAGE"}
    assert location["physicalLocation"]["region"] == {"startLine": 4}
    assert run_["originalUriBaseIds"]["PACKAGE"]["uri"] == f"file://{package}/"
    [again] = json.loads(run("validate", "--sarif", f"{package}/", expected=INVALID).stdout)["runs"]
    assert again["originalUriBaseIds"] == run_["originalUriBaseIds"]


def test_what_a_server_refuses_is_reported(server):
    missing = run("validate", "--json", f"{server.endpoint}/{DATASTORE}/missing", expected=INVALID)
    [finding] = json.loads(missing.stdout)["findings"]
    assert finding["rule"] == "descriptor-missing" and "403" in finding["message"]
    assert requests.get(f"{server.endpoint}/{DATASTORE}/missing/datapackage.json").status_code == 403
    run("validate", "http://127.0.0.1:9/nobody", expected=FAILED)


def test_a_missing_bucket_is_distinguished_from_a_missing_package(server, package, tmp_path):
    for place, reason, *options in (
            ("s3://no-bucket/x", "NoSuchBucket"), (tmp_path / "nothing", "the directory does not exist"),
            (package / "data" / "budget.csv", "it is not a directory")):
        for words in (("validate",), ("show",), ("derive", "--sqlite", tmp_path / "out.db")):
            result = run(words[0], place, *words[1:], server=server, expected=FAILED)
            assert f"cannot be read: {reason}" in result.stderr and result.stdout == ""
    assert not (tmp_path / "out.db").exists()
    missing = run("validate", f"s3://{DATASTORE}/nothing", server=server, expected=INVALID)
    assert "datapackage.json does not exist" in missing.stdout
    refused = run("validate", "--no-sign-request", f"s3://{DATASTORE}/nothing", server=server, expected=INVALID)
    assert "cannot be read: AccessDenied" in refused.stdout
    for name, reason in (("AWS_ACCESS_KEY_ID", "InvalidAccessKeyId"), ("AWS_SECRET_ACCESS_KEY", "SignatureDoesNotMatch")):
        keys = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY, name: "nobody"}
        result = servers.run(
            "package", "validate", f"s3://{DATASTORE}/x", env={"AWS_ENDPOINT_URL": server.endpoint, **keys})
        assert result.returncode == FAILED and f"cannot be read: {reason}" in result.stderr


class Answering(http.server.BaseHTTPRequestHandler):
    """A web server that answers with the status at the beginning of the path."""

    def do_GET(self):
        self.send_response(int(self.path.split("/")[1]))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.mark.parametrize("status, expected, text", [
    (404, INVALID, "datapackage.json does not exist"), (403, INVALID, "the server answers 403"),
    (401, FAILED, "the server answers 401"), (500, FAILED, "the server answers 500")])
def test_what_a_web_server_answers_is_reported(status, expected, text):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answering) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        result = run("validate", f"http://127.0.0.1:{site.server_port}/{status}/p", expected=expected)
        site.shutdown()
    assert text in result.stdout + result.stderr


class Site(http.server.SimpleHTTPRequestHandler):
    """A plain web server, with a redirect and without ETags."""

    def do_GET(self):
        if self.path.startswith("/old/"):
            self.send_response(301)
            self.send_header("Location", self.path.replace("/old/", "/", 1))
            self.end_headers()
        elif self.path.startswith("/circle/"):
            self.send_response(302)
            self.send_header("Location", self.path)
            self.end_headers()
        else:
            super().do_GET()

    do_HEAD = do_GET

    def log_message(self, *arguments):
        pass


@pytest.fixture
def site(tmp_path, package):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Site, directory=tmp_path)) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{site.server_port}"
        site.shutdown()


def test_any_web_server_will_do(site, package, tmp_path):
    assert findings(f"{site}/package/") == []
    assert findings(f"{site}/old/package/datapackage.json") == []
    run("validate", f"{site}/circle/package", expected=FAILED)
    (package / "data" / "cofog.csv").rename(package / "data" / "with space+é%.csv")
    descriptor = (package / "datapackage.json").read_text().replace("data/cofog.csv", "data/with space+é%.csv")
    (package / "datapackage.json").write_text(descriptor)
    assert findings(f"{site}/package") == []
    database = tmp_path / "fiscal.db"
    for _ in range(2):  # Without an ETag, it is unknown whether a file changed.
        assert "38 rows" in run("derive", "--sqlite", database, f"{site}/package").stdout


@pytest.mark.parametrize("seed", range(40))
def test_csv_is_read_as_python_reads_it(seed, tmp_path):
    random_ = random.Random(seed)
    has_doubles = random_.random() < 0.7
    format_ = {
        "delimiter": random_.choice(",;\t|"), "quotechar": random_.choice("\"'"), "doublequote": has_doubles,
        "escapechar": None if has_doubles else "\\"}
    encoding, line_end = random_.choice(["utf-8", "iso-8859-1", "utf-16"]), random_.choice(["\n", "\r\n"])
    letters = [*"ab ,;\t|\"'\n\r\\#", "é", "ab", "0"]
    text = io.StringIO(newline="")
    writer = csv.writer(
        text, lineterminator=line_end, quoting=random_.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), **format_)
    writer.writerow("wxyz")
    writer.writerows([["".join(random_.choices(letters, k=random_.randrange(6))) for _ in range(4)] for _ in range(30)])
    (tmp_path / "t.csv").write_bytes(text.getvalue().encode(encoding))
    dialect = {"delimiter": format_["delimiter"], "quoteChar": format_["quotechar"], "doubleQuote": has_doubles,
               "lineTerminator": line_end, **({} if has_doubles else {"escapeChar": "\\"})}
    schema = {"fields": [{"name": name, "type": "string"} for name in "wxyz"], "missingValues": ["nothing"]}
    descriptor = {"name": "random", "resources": [
        {"name": "t", "path": "t.csv", "encoding": encoding, "dialect": dialect, "schema": schema}]}
    (tmp_path / "datapackage.json").write_text(json.dumps(descriptor))
    run("derive", "--allow-invalid", "--sqlite", tmp_path / "t.db", tmp_path)
    rows = list(csv.reader(io.StringIO(text.getvalue(), newline=""), **format_))[1:]
    # Python's reader also ends a row at a carriage return that its writer did not quote.
    expected = [tuple((row + [None] * 4)[:4]) for row in rows if row]
    assert sqlite3.connect(tmp_path / "t.db").execute("SELECT * FROM random__t").fetchall() == expected


def test_a_place_that_cannot_be_asked_is_no_invalid_package(tmp_path):
    for words in (("show",), ("validate",), ("derive", "--sqlite", tmp_path / "out.db")):
        result = servers.run("package", words[0], "http://127.0.0.1:9/p", *words[1:])
        assert result.returncode == 1 and "connect" in result.stderr, result.stderr
    assert not (tmp_path / "out.db").exists()


def write_package(directory, fields, table, **members):
    directory.mkdir(parents=True)
    (directory / "t.csv").write_text(table)
    resource = {"name": "t", "path": "t.csv", "schema": {"fields": fields}}
    (directory / "datapackage.json").write_text(json.dumps({"name": "p", "resources": [resource], **members}))
    return directory


def test_a_large_number_is_the_same_wherever_it_stands(tmp_path):
    number = 5 * 10**18
    fields = [{"name": name, "type": name, "constraints": {"enum": [number]}} for name in ("integer", "number")]
    assert findings(write_package(tmp_path / "p", fields, f"integer,number\n{number},{number}\n")) == []


def test_hours_of_half_a_day_are_twelve(tmp_path):
    fields = [{"name": "time", "type": "time", "format": "%I:%M %p"}]
    package = write_package(tmp_path / "p", fields, "time\n12:30 AM\n00:30 PM\n13:00 PM\n1:00 PM\n")
    assert findings(package, expected=INVALID) == [("type", "t.csv", 3), ("type", "t.csv", 4)]


def test_a_dropped_table_is_derived_again(package, tmp_path):
    database = tmp_path / "fiscal.db"
    run("derive", "--sqlite", database, package)
    with sqlite3.connect(database) as connection:
        connection.execute("DROP TABLE brookfield_budget_2025__cofog")
    states = [table["state"] for table in json.loads(run("derive", "--json", "--sqlite", database, package).stdout)]
    assert states == ["unchanged", "derived"]
    with sqlite3.connect(database) as connection:
        connection.execute("DROP TABLE brookfield_budget_2025__cofog")
    run("remove", "brookfield-budget-2025", "--sqlite", database)


def test_a_table_that_is_not_derived_stays_whatever_its_case(package, tmp_path):
    database = tmp_path / "fiscal.db"
    run("derive", "--sqlite", database, write_package(tmp_path / "p", [{"name": "a"}], "a\n1\n"))
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE Brookfield_Budget_2025__COFOG AS SELECT 7 AS mine")
    tables = json.loads(run("derive", "--json", "--sqlite", database, package).stdout)
    assert [table["table"] for table in tables] == ["brookfield_budget_2025__budget", "brookfield_budget_2025__cofog_2"]
    run("remove", "brookfield-budget-2025", "--sqlite", database)
    assert sqlite3.connect(database).execute("SELECT * FROM Brookfield_Budget_2025__COFOG").fetchall() == [(7,)]


def test_directories_of_one_relative_path_are_told_apart(tmp_path, monkeypatch):
    database = tmp_path / "fiscal.db"
    for name in ("a", "b"):
        write_package(tmp_path / name / "package", [{"name": name}], f"{name}\n1\n")
    monkeypatch.chdir(tmp_path / "a")
    run("derive", "--sqlite", database, "package")
    run("derive", "--sqlite", database, "./package/")
    monkeypatch.chdir(tmp_path / "b")
    assert str(tmp_path / "a" / "package") in run("derive", "--sqlite", database, "package", expected=FAILED).stderr
    run("derive", "--replace", "--sqlite", database, "package")


def test_many_begin_one_database_at_once(tmp_path):
    packages = [write_package(tmp_path / str(index), [{"name": "a"}], "a\n1\n", name=f"p{index}") for index in range(8)]
    for attempt in range(5):
        database = tmp_path / f"{attempt}.db"
        with concurrent.futures.ThreadPoolExecutor() as pool:
            list(pool.map(lambda package: run("derive", "--sqlite", database, package), packages))
        assert sqlite3.connect(database).execute("SELECT count(*) FROM packages").fetchone() == (8,)


def test_a_wide_table_with_many_measures_is_derived_in_seconds(tmp_path):
    names = [f"f{index}" for index in range(2000)]
    source = {name: {"source": name, "currency": "EUR"} for name in names[:1000]}
    attributes = {name: {"source": name} for name in names[1000:]}
    model = {"measures": source, "dimensions": {"d": {"attributes": attributes, "primaryKey": "f1000"}}}
    fields = [{"name": name, "type": "number"} for name in names]
    table = ",".join(names) + "\n" + ",".join("1" for _ in names) + "\n"
    package, database = write_package(tmp_path / "p", fields, table, model=model), tmp_path / "fiscal.db"
    limited = ["prlimit", "--cpu=4", servers.binary(), "package", "derive", "--sqlite", database, package]
    subprocess.run(limited, env=servers.plain_environment(), check=True, capture_output=True)
    assert sqlite3.connect(database).execute("SELECT count(*) FROM measures").fetchone() == (1000,)


def test_a_descriptor_that_does_not_fit_on_the_disk_leaves_none(tmp_path):
    columns = ",".join(f"column_{index}" for index in range(500))
    (tmp_path / "t.csv").write_text(f"{columns}\n" + ",".join("1.5" for _ in range(500)) + "\n")

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    result = subprocess.run(
        [servers.binary(), "package", "init", str(tmp_path)], preexec_fn=limit, capture_output=True, text=True)
    assert result.returncode == FAILED and "cannot write" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]
    run("init", tmp_path)
