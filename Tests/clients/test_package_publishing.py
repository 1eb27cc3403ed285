"""`coffer package publish` and `derive`: refusals, the state after a failure, and private packages."""

import json

import pytest

from conftest import DATASTORE, make_client, start
from packages import DONE, FAILED, INVALID, fields, report, rows, rules, run, write

TABLE = "code,amount\n01,1\n"


def package(tmp_path, name="p", files=None, **members):
    files = files or {"t.csv": TABLE}
    resources = [{"name": path.split(".")[0].replace("/", "-"), "path": path, "schema": fields("code", "amount")} for path in files]
    return write(tmp_path / f"{name}-files", files, resources, **{"name": name, **members})


def keys(server, prefix):
    listed = make_client(server).list_objects_v2(Bucket=DATASTORE, Prefix=prefix)
    return [item["Key"].removeprefix(prefix) for item in listed.get("Contents", [])]


@pytest.fixture
def own_server():
    with start("--ephemeral") as server:
        yield server


def test_another_package_is_not_written_over(server, tmp_path):
    place = f"s3://{DATASTORE}/occupied/"
    run("publish", package(tmp_path, "first", {"t.csv": TABLE, "only.csv": TABLE}), place, server=server)
    other = package(tmp_path, "second", {"t.csv": "code,amount\n02,2\n"})
    refused = run("publish", other, place, server=server, expected=FAILED)
    assert '"first"' in refused.stderr and "--replace" in refused.stderr and "another prefix" in refused.stderr
    client = make_client(server)
    assert client.get_object(Bucket=DATASTORE, Key="occupied/t.csv")["Body"].read() == TABLE.encode()
    run("publish", "--replace", other, place, server=server)
    assert report(place, server=server)["name"] == "second"
    assert keys(server, "occupied/") == ["datapackage.json", "only.csv", "t.csv"]
    run("publish", other, place, server=server)


def test_what_is_no_package_is_not_written_over_either(server, tmp_path):
    client = make_client(server)
    client.put_object(Bucket=DATASTORE, Key="broken/datapackage.json", Body=b"{")
    refused = run("publish", package(tmp_path), f"s3://{DATASTORE}/broken", server=server, expected=FAILED)
    assert "another package" in refused.stderr
    client.put_object(Bucket=DATASTORE, Key="yaml/datapackage.yaml", Body=b"name: other\nresources: []")
    assert '"other"' in run("publish", package(tmp_path), f"s3://{DATASTORE}/yaml", server=server, expected=FAILED).stderr


def test_files_of_packages_above_and_below_are_not_written_over(server, tmp_path):
    outer = package(tmp_path, "outer", {"data/t.csv": TABLE, "u.csv": TABLE})
    run("publish", outer, f"s3://{DATASTORE}/nested", server=server)
    inner = package(tmp_path, "inner", {"t.csv": "code,amount\n9,9\n"})
    refused = run("publish", inner, f"s3://{DATASTORE}/nested/data", server=server, expected=FAILED)
    assert '"outer"' in refused.stderr
    # A package may be published below another one if their files differ.
    run("publish", inner, f"s3://{DATASTORE}/nested/final", server=server)
    again = package(tmp_path, "again", {"final/t.csv": TABLE})
    run("publish", inner, f"s3://{DATASTORE}/around/final", server=server)
    assert '"inner"' in run("publish", again, f"s3://{DATASTORE}/around", server=server, expected=FAILED).stderr


def deny(server, key):
    policy = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{DATASTORE}/{key}"}]}
    make_client(server).put_bucket_policy(Bucket=DATASTORE, Policy=json.dumps(policy))


@pytest.mark.parametrize("denied", ["datapackage.json", "z.csv"])
def test_a_publication_that_fails_leaves_nothing_new(own_server, tmp_path, denied):
    client = make_client(own_server)
    client.put_object(Bucket=DATASTORE, Key="half/old.csv", Body=b"before")
    deny(own_server, f"half/{denied}")
    files = {"a.csv": TABLE, "b.csv": TABLE, "old.csv": TABLE, "z.csv": TABLE}
    refused = run("publish", package(tmp_path, files=files), f"s3://{DATASTORE}/half", server=own_server, expected=FAILED)
    assert f"{denied} cannot be written: AccessDenied" in refused.stderr
    assert keys(own_server, "half/") == ["old.csv"]


def test_what_cannot_be_taken_back_is_named(own_server, tmp_path):
    client = make_client(own_server)
    policy = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{DATASTORE}/half/datapackage.json"},
        {"Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObject", "Resource": f"arn:aws:s3:::{DATASTORE}/half/t.csv"}]}
    client.put_bucket_policy(Bucket=DATASTORE, Policy=json.dumps(policy))
    refused = run("publish", package(tmp_path), f"s3://{DATASTORE}/half", server=own_server, expected=FAILED)
    assert "could not be removed: t.csv" in refused.stderr


def test_refusals_say_what_to_do(server, tmp_path):
    broken = package(tmp_path, files={"t.csv": "code,amount\n01\n"})
    refused = run("publish", broken, f"s3://{DATASTORE}/refused", server=server, expected=INVALID)
    assert "row-short" in refused.stderr and "--allow-invalid" in refused.stderr
    assert keys(server, "refused/") == []
    empty = run("publish", tmp_path, f"s3://{DATASTORE}/refused", server=server, expected=INVALID)
    assert "--allow-invalid" not in empty.stderr
    for words in ((), ("--json",)):
        refused = run("derive", *words, broken, "--sqlite", tmp_path / "t.db", expected=INVALID)
        assert "--allow-invalid" in refused.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["p-files"]
    run("derive", package(tmp_path, "good"), "--sqlite", tmp_path / "t.db")
    (tmp_path / "copy").mkdir()
    elsewhere = package(tmp_path / "copy", "good")
    refused = run("derive", elsewhere, "--sqlite", tmp_path / "t.db", expected=FAILED)
    assert "another file" in refused.stderr and "--replace" in refused.stderr
    before = (tmp_path / "t.db").read_bytes()
    run("derive", broken, "--sqlite", tmp_path / "t.db", expected=INVALID)
    assert (tmp_path / "t.db").read_bytes() == before
    for place in (tmp_path / "none" / "t.db", f"{tmp_path}/"):
        assert "cannot open" in run("derive", elsewhere, "--sqlite", place, expected=FAILED).stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy", "good-files", "p-files", "t.db"]


def test_a_database_is_readable_like_any_file(tmp_path):
    run("derive", package(tmp_path), "--sqlite", tmp_path / "t.db")
    (tmp_path / "other").touch()
    assert (tmp_path / "t.db").stat().st_mode == (tmp_path / "other").stat().st_mode
    assert (tmp_path / "t.db").stat().st_nlink == 1


def test_a_private_package_may_not_be_read_without_keys(own_server, tmp_path):
    client = make_client(own_server)
    client.create_bucket(Bucket="private")
    run("publish", package(tmp_path), "s3://private/p", server=own_server)
    url = f"{own_server.endpoint}/private/p"
    for place in (url, f"{url}/datapackage.json"):
        output = run("validate", place, expected=INVALID).stdout
        assert "cannot be read" in output and "s3://" in output and "private" in output
    for words in (("show",), ("derive", "--sqlite", tmp_path / "t.db")):
        assert "cannot be read" in run(words[0], url, *words[1:], expected=INVALID).stderr
    assert not (tmp_path / "t.db").exists()
    assert rules("s3://private/p", server=own_server) == []
    # If only the descriptor is public, the unreadable files are reported.
    policy = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::private/p/datapackage.json"}]}
    client.put_bucket_policy(Bucket="private", Policy=json.dumps(policy))
    [finding] = report(url, expected=INVALID)["findings"]
    assert finding["rule"] == "resource-missing" and "t.csv cannot be read" in finding["message"]


def test_tables_that_are_not_read_can_be_published(server, tmp_path):
    files = {"t.csv": TABLE, "old.xls": b"x"}
    output = run("publish", package(tmp_path, files=files), f"s3://{DATASTORE}/mixed", server=server)
    assert "resource-format" in output.stderr and "old.xls" in output.stdout
