"""The command line and the process of `coffer serve`: options, keys, restarts, an orderly stop."""

import os
import shutil
import socket
import stat
import subprocess
import sys
from pathlib import Path

import botocore.exceptions
import pytest
import requests

import accounts
import servers
from conftest import (
    DATASTORE, REPOSITORY, datastore_environment, make_anonymous_client, make_client, root_environment, start)
from wire import Connection


def test_the_help_names_every_option():
    result = servers.run("serve", "--help")
    assert result.returncode == 0
    for option in ("address", "port", "data", "ephemeral", "durability", "region", "domain", "bucket-host",
                   "tls-certificate", "tls-key", "access-key", "secret-key", "metrics-token-file", "log-file",
                   "log-level", "log-format", "create-bucket", "allow-well-known-keys", "reserve"):
        assert f"--{option}" in result.stdout
    assert "serve" in servers.run("--help").stdout and servers.run().stdout == servers.run("--help").stdout


def test_the_version_is_printed():
    assert servers.run("version").stdout == servers.run("--version").stdout
    assert servers.run("version").stdout.startswith("coffer ")


@pytest.mark.parametrize("arguments, expected_text", [
    (["serve", "--port", "65536"], "0 to 65535"), (["serve", "--port", "http"], "0 to 65535"),
    (["serve", "--durability", "some"], "full, relaxed"), (["serve", "--log-format", "xml"], "text, json"),
    (["serve", "--log-level", "loud"], "info, warning, error, none"), (["serve", "--colour"], "--colour"),
    (["serve", "--port"], "needs a value"), (["serve", "--port", "1", "--port", "2"], "twice"), (["serve", "/data"], "unexpected argument '/data'; give the data directory with --data /data"),
    (["serve", "--ephemeral", "--create-bucket", "No_Bucket"], "--create-bucket: 'No_Bucket' is not a valid bucket name"),
    (["serve", "--ephemeral", "--create-bucket", "books:all"], "'all' is not an access setting of a bucket; allowed: none, download, upload, public"),
    (["serve", "--ephemeral", "--reserve", "much"], "--reserve much"),
    (["serve", "--ephemeral", "--bucket", "books", "--publish", "/missing=x"], "--publish /missing=x: cannot read"),
    (["serve", "--ephemeral", "--bucket", "books", "--publish", "x"], "DIRECTORY=PREFIX"),
    (["serve", "--ephemeral", "--bucket", "books", "--publish", "/tmp=../x"], "../x cannot be a prefix, because"),
    (["serve", "--ephemeral", "--publish", "/tmp=x"], "--bucket or OS_STORAGE_BUCKET_NAME"),
    (["serve", "--tls-key", "x"], "--tls-certificate"), (["serve", "--access-key", "x"], "secret"),
    (["dance"], "serve"),
    (["serve", "--ephemeral", "--address", "nowhere"], "nowhere"), (["serve", "--data", "/dev/null/x"], "/dev/null"),
    (["serve", "--ephemeral", "--tls-key", "/missing", "--tls-certificate", "/missing"], "/missing"),
    (["serve", "--ephemeral", "--bucket", "No Bucket"], "'No Bucket' is not a valid bucket name"),
    (["serve", "--ephemeral", "--bucket-host", "My_Bucket"], "'My_Bucket' is not a valid bucket name"),
    (["serve", "--ephemeral", "--bucket-host", "a.example", "--host-alias", "a.example"], "'a.example' cannot be both"),
    (["serve", "--ephemeral", "--log-file", "/missing/log"], "/missing/log"),
    (["serve", "--ephemeral", "--metrics-token-file", "/missing"], "/missing"),
    (["serve", "--ephemeral", "--metrics-token-file", "/proc/sys/kernel/ostype"], "16 to 1,024")])
def test_a_wrong_option_ends_with_what_would_be_right(arguments, expected_text):
    result = servers.run(*arguments)
    assert result.returncode not in (0, None) and result.returncode > 0
    assert expected_text in result.stderr and result.stdout == ""


@pytest.mark.parametrize("env, expected_text", [
    ({"COFFER_PORT": "http"}, "COFFER_PORT=http is not allowed; allowed: 0 to 65535"),
    ({"COFFER_DURABILITY": "some"}, "COFFER_DURABILITY=some is not allowed; allowed: full, relaxed"),
    ({"COFFER_TRUSTED_PROXY": "10.0.0.0/8,x"}, "COFFER_TRUSTED_PROXY=x"),
    ({"OS_STORAGE_BUCKET_NAME": "No Bucket"}, "OS_STORAGE_BUCKET_NAME: 'No Bucket' is not a valid bucket name"),
    ({"MINIO_DEFAULT_BUCKETS": "books,No_Bucket"}, "MINIO_DEFAULT_BUCKETS: 'No_Bucket' is not a valid bucket name"),
    ({"COFFER_RESERVE": "much"}, "COFFER_RESERVE=much"),
    ({"MINIO_ROOT_USER": "admin"}, "MINIO_ROOT_USER is given without its secret: give MINIO_ROOT_PASSWORD"),
    ({"COFFER_SECRET_KEY": "of-the-root"}, "COFFER_SECRET_KEY is given without its access key"),
    ({"OS_ACCESS_KEY_ID": "id", "OS_STORAGE_BUCKET_NAME": "books"}, "give OS_SECRET_ACCESS_KEY"),
    ({"COFFER_TLS_KEY": "/key"}, "COFFER_TLS_KEY is given without --tls-certificate (or COFFER_TLS_CERTIFICATE)"),
    ({"COFFER_MASTER_KEY": "short"}, "COFFER_MASTER_KEY: the master key must be 32 bytes"),
    ({"COFFER_METRICS_TOKEN": "short"}, "COFFER_METRICS_TOKEN: the metrics token must be 16 to 1,024"),
    ({"COFFER_SECRET_KEY_FILE": "/missing", "COFFER_ACCESS_KEY": "x"}, "COFFER_SECRET_KEY_FILE: /missing"),
    ({"COFFER_ACCOUNTS_FILE": "/missing"}, "COFFER_ACCOUNTS_FILE: /missing"),
    ({"COFFER_LOG_FILE": "/missing/log"}, "COFFER_LOG_FILE: cannot open the log file /missing/log")])
def test_a_wrong_variable_is_named_as_it_was_given(env, expected_text):
    result = servers.run("serve", "--ephemeral", "--port" if "COFFER_PORT" not in env else "--region", "0", env=env)
    assert result.returncode in (1, 64) and result.stdout == ""
    assert expected_text in result.stderr and "of-the-root" not in result.stderr


def test_a_port_that_is_taken_is_reported():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = servers.run("serve", "--ephemeral", "--port", port)
        assert result.returncode > 0 and port in result.stderr


# Hosts

def test_a_bucket_takes_over_no_host_but_one_that_was_declared():
    with start("--ephemeral", "--bucket-host", "files.example.test", **datastore_environment()) as server:
        client = make_client(server)
        for bucket in ["other.example.test", "files.example.test"]:
            client.create_bucket(Bucket=bucket)
            client.put_object(Bucket=bucket, Key="k", Body=bucket.encode(), ACL="public-read")
        client.put_object(Bucket=DATASTORE, Key="k", Body=b"of the Datastore")

        def ask(host, target):
            with Connection(server) as connection:
                connection.request("GET", target, host=host)
                return connection.answer()

        assert ask("files.example.test", "/k").body == b"files.example.test"
        assert ask(DATASTORE, "/k").body == b"of the Datastore"
        assert ask("other.example.test", "/k").status != 200
        assert ask("other.example.test", "/other.example.test/k").body == b"other.example.test"


def test_the_datastore_is_not_set_up_in_a_bucket_of_another_account(tmp_path):
    data = str(tmp_path / "data")
    with start("--data", data, "--accounts", str(accounts.FILE), COFFER_REGION="us-east-1") as server:
        stranger = accounts.STRANGER_ACCOUNT
        make_client(server, stranger.access_key, stranger.secret_key).create_bucket(Bucket=DATASTORE)
    refused = servers.run("serve", "--port", "0", "--data", data, "--bucket", DATASTORE)
    assert refused.returncode == 1 and f"belongs to the account {stranger.id}" in refused.stderr


# Data and keys

def test_a_second_process_on_the_same_data_is_refused(tmp_path):
    data = str(tmp_path / "data")
    with start("--data", data) as first:
        result = servers.run("serve", "--port", "0", "--data", data)
        assert result.returncode > 0
        assert data in result.stderr and "another process" in result.stderr
        assert requests.get(f"{first.endpoint}/-/health").status_code == 200
    with start("--data", data):
        pass  # and it is free when the first process has ended


def test_a_restart_keeps_everything(tmp_path):
    data, bodies = str(tmp_path / "data"), {"small": b"1", "large": bytes(range(256)) * 4000, "empty": b""}
    with start("--data", data) as server:
        client = make_client(server)
        client.create_bucket(Bucket="kept", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        for key, body in bodies.items():
            client.put_object(Bucket="kept", Key=key, Body=body, ContentType="a/b", Metadata={"m": key})
        before = client.list_objects_v2(Bucket="kept")["Contents"]
        client.delete_bucket_cors(Bucket=DATASTORE)
    with start("--data", data) as server:
        client = make_client(server)
        assert client.list_objects_v2(Bucket="kept")["Contents"] == before
        for key, body in bodies.items():
            found = client.get_object(Bucket="kept", Key=key)
            assert (found["Body"].read(), found["ContentType"], found["Metadata"]) == (body, "a/b", {"m": key})
        assert client.get_bucket_location(Bucket="kept")["LocationConstraint"] == "eu-west-1"
        assert client.get_bucket_policy(Bucket=DATASTORE)["Policy"]
        with pytest.raises(client.exceptions.ClientError, match="NoSuchCORSConfiguration"):
            client.get_bucket_cors(Bucket=DATASTORE)  # changed settings are not provisioned again


def test_keys_are_made_once_and_kept_secret(tmp_path):
    data = tmp_path / "data"
    with start("--data", str(data), OS_STORAGE_BUCKET_NAME=DATASTORE) as server:
        server.stop()
        printed = server.rest_of_output() + server.log()
    names = {"root.env": "COFFER", "datastore.env": "OS"}
    keys = {}
    for name, prefix in names.items():
        assert stat.S_IMODE(os.stat(data / name).st_mode) == 0o600
        lines = dict(line.split("=", 1) for line in (data / name).read_text().split())
        keys[name] = [value for key, value in lines.items() if key.startswith(prefix)]
        assert len(keys[name]) == 2 and len(keys[name][1]) == 40
        assert keys[name][0] in printed and keys[name][1] not in printed and f"in {data}/{name}" in printed
    with start("--data", str(data), OS_STORAGE_BUCKET_NAME=DATASTORE) as server:
        for pair in keys.values():
            assert make_client(server, *pair).head_bucket(Bucket=DATASTORE)
        server.stop()
        again = server.rest_of_output() + server.log()
    assert not any(pair[1] in again for pair in keys.values())
    assert all(f"in {data}/{name}" in again for name in names)
    with start("--data", str(data), "--show-keys", OS_STORAGE_BUCKET_NAME=DATASTORE) as server:
        server.stop()
        shown = server.rest_of_output()
    assert all(value in shown for pair in keys.values() for value in pair)


def test_a_terminal_shows_keys_when_they_are_made_and_then_where_they_are(tmp_path):
    printed = []
    for _ in range(2):
        master, slave = os.openpty()
        process = subprocess.Popen(
            [servers.binary(), "serve", "--port", "0", "--data", str(tmp_path / "d")], env=servers.plain_environment(),
            stdout=slave, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        os.close(slave)
        with process:
            text = b""
            while b"Root key" not in text or not text.endswith(b"\n"):
                text += os.read(master, 4096)
            process.terminate()
        os.close(master)
        printed.append(text.decode())
    secret = (tmp_path / "d" / "root.env").read_text().split()[1].removeprefix("COFFER_SECRET_KEY=")
    assert secret in printed[0] and secret not in printed[1]
    assert f"its secret in {tmp_path}/d/root.env" in printed[1]


@pytest.mark.parametrize("env", [
    {"MINIO_ROOT_USER": "minio-root", "MINIO_ROOT_PASSWORD": "root-secret-of-minio"},
    {"AWS_ACCESS_KEY_ID": "minio-root", "AWS_SECRET_ACCESS_KEY": "root-secret-of-minio"},
    {"COFFER_ACCESS_KEY": "minio-root", "COFFER_SECRET_KEY": "root-secret-of-minio"}])
def test_root_keys_come_from_the_environment_and_the_command_line_wins(env):
    with start("--ephemeral", **env) as server:
        make_client(server, "minio-root", "root-secret-of-minio").create_bucket(Bucket="made-by-root")
    with start("--ephemeral", "--access-key", "given", "--secret-key", "given-on-the-line", **env) as server:
        make_client(server, "given", "given-on-the-line").list_buckets()
        with pytest.raises(Exception, match="InvalidAccessKeyId"):
            make_client(server, "minio-root", "root-secret-of-minio").list_buckets()


def test_a_client_s_keys_in_the_environment_do_not_become_the_root_s(tmp_path):
    data, client = str(tmp_path), {"AWS_ACCESS_KEY_ID": "AKIAOFACLIENT", "AWS_SECRET_ACCESS_KEY": "secret-of-a-client"}
    with start("--data", data, COFFER_REGION="us-east-1") as server:
        root = dict(line.split("=", 1) for line in (tmp_path / "root.env").read_text().splitlines())
        pair = root["COFFER_ACCESS_KEY"], root["COFFER_SECRET_KEY"]
        iam = make_client(server, *pair, service="iam")
        iam.create_user(UserName="alice")
        key = iam.create_access_key(UserName="alice")["AccessKey"]
    with start("--data", data, **client) as server:
        make_client(server, *pair).list_buckets()
        with pytest.raises(Exception, match="InvalidAccessKeyId"):
            make_client(server, *client.values()).list_buckets()
    refused = servers.run("serve", "--port", "0", "--data", data, env={
        "COFFER_ACCESS_KEY": key["AccessKeyId"], "COFFER_SECRET_KEY": key["SecretAccessKey"]})
    assert refused.returncode == 1 and "belongs to the user alice: give the root its own" in refused.stderr


def test_ephemeral_and_a_data_directory_do_not_go_together(tmp_path):
    refused = servers.run("serve", "--ephemeral", "--data", str(tmp_path))
    assert refused.returncode == 64 and "--ephemeral keeps nothing" in refused.stderr


@pytest.mark.parametrize("env", [
    {"MINIO_ROOT_USER": "minioadmin", "MINIO_ROOT_PASSWORD": "minioadmin"},
    {"OS_ACCESS_KEY_ID": "fakes3", "OS_SECRET_ACCESS_KEY": "fake123", "OS_STORAGE_BUCKET_NAME": DATASTORE}])
def test_well_known_keys_serve_the_loopback_interface_alone(env):
    with start("--ephemeral", **env) as server:
        assert requests.get(f"{server.endpoint}/-/health").ok
    for address in ("0.0.0.0", "::"):
        result = servers.run("serve", "--ephemeral", "--port", "0", "--address", address, env=env)
        assert result.returncode > 0 and "well known" in result.stderr
        assert not any(name.endswith(("PASSWORD", "SECRET_ACCESS_KEY")) and value in result.stderr.split()
                       for name, value in env.items() if value not in ("minioadmin",))


def test_well_known_keys_may_be_taken_beyond_this_machine(tmp_path):
    env = {"MINIO_ROOT_USER": "minioadmin", "MINIO_ROOT_PASSWORD": "minioadmin"}
    refused = servers.run("serve", "--ephemeral", "--port", "0", "--address", "0.0.0.0", env=env)
    assert refused.returncode == 1 and "--allow-well-known-keys" in refused.stderr
    assert "COFFER_ALLOW_WELL_KNOWN_KEYS=1" in refused.stderr
    data = str(tmp_path / "data")
    for options, more in ((["--allow-well-known-keys"], {}), ([], {"COFFER_ALLOW_WELL_KNOWN_KEYS": "1"})):
        with start("--data", data, "--address", "0.0.0.0", *options, **env, **more) as server:
            assert requests.get(f"http://127.0.0.1:{server.port}/-/health").ok
            assert "warning the key minioadmin is well known or short, and 0.0.0.0 can be reached" in server.log()
    refused = servers.run("serve", "--data", data, "--port", "0", "--address", "0.0.0.0",
                          env={**env, "COFFER_ALLOW_WELL_KNOWN_KEYS": "0"})
    assert refused.returncode == 1 and "--allow-well-known-keys" in refused.stderr


# Buckets created at the start

@pytest.mark.parametrize("options, env", [
    (["--create-bucket", "books", "--create-bucket", "pages:download", "--create-bucket", "inbox:upload",
      "--create-bucket", "open:public"], {}),
    ([], {"COFFER_CREATE_BUCKET": "books,pages:download,inbox:upload,open:public"}),
    ([], {"MINIO_DEFAULT_BUCKETS": "books; pages:download,inbox:upload;open:public"})])
@pytest.mark.parametrize("acls", ["enabled", "disabled"])
def test_buckets_are_made_at_the_start(options, env, acls):
    with start("--ephemeral", "--acl", acls, *options, **root_environment(), **env) as server:
        s3, anonymous = make_client(server), make_anonymous_client(server)
        for bucket, reads, lists, writes in (
                ("books", False, False, False), ("pages", True, True, False), ("inbox", False, False, True),
                ("open", True, True, True)):
            s3.put_object(Bucket=bucket, Key="k", Body=b"1")
            assert allowed(anonymous.get_object, Bucket=bucket, Key="k") == reads
            assert allowed(anonymous.list_objects_v2, Bucket=bucket) == lists
            assert allowed(anonymous.put_object, Bucket=bucket, Key="new", Body=b"2") == writes
            assert allowed(anonymous.delete_object, Bucket=bucket, Key="new") == writes
            assert not allowed(anonymous.put_bucket_policy, Bucket=bucket, Policy="{}")
            assert ("Policy" in s3.get_bucket_policy(Bucket=bucket)) if reads or writes else True
        with pytest.raises(Exception, match="NoSuchBucketPolicy"):
            s3.get_bucket_policy(Bucket="books")
        server.stop()
        assert "Buckets: books, pages (download), inbox (upload), open (public)\n" in server.rest_of_output()


def allowed(call, **options):
    try:
        call(**options)
    except botocore.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDenied"
        return False
    return True


def test_a_bucket_that_is_there_stays_as_it_is(tmp_path):
    data = str(tmp_path / "data")
    with start("--data", data, "--create-bucket", "books", **root_environment()) as server:
        make_client(server).put_object(Bucket="books", Key="k", Body=b"1")
        assert "created the bucket books" in server.log()
    with start("--data", data, "--create-bucket", "books:public", **root_environment()) as server:
        assert make_client(server).list_objects_v2(Bucket="books")["KeyCount"] == 1
        assert not allowed(make_anonymous_client(server).get_object, Bucket="books", Key="k")
        assert "created the bucket" not in server.log()


def test_a_bucket_of_another_account_is_not_taken(tmp_path):
    data = str(tmp_path / "data")
    with start("--data", data, "--accounts", str(accounts.FILE), COFFER_REGION="us-east-1") as server:
        stranger = accounts.STRANGER_ACCOUNT
        make_client(server, stranger.access_key, stranger.secret_key).create_bucket(Bucket="theirs")
    refused = servers.run("serve", "--port", "0", "--data", data, "--create-bucket", "theirs")
    assert refused.returncode == 1 and f"the bucket theirs: it already belongs to the account {stranger.id}" in refused.stderr


def test_an_ephemeral_server_leaves_nothing_behind():
    with start("--ephemeral") as server:
        make_client(server).put_object(Bucket=DATASTORE, Key="k", Body=bytes(1 << 20))
        server.stop()
        line = next(line for line in server.rest_of_output().splitlines() if line.startswith("Data: "))
    directory = line.removeprefix("Data: ").removesuffix(" (until it stops)")
    assert directory != line and directory.startswith("/") and not os.path.exists(directory)


def test_a_package_is_published_at_the_start(tmp_path):
    package = REPOSITORY / "testdata" / "brookfield-budget-2025"
    with start("--ephemeral", "--publish", f"{package}=demo/budget") as server:
        for name, content_type in (("datapackage.json", "application/json"), ("data/budget.csv", "text/csv")):
            answer = requests.get(f"{server.endpoint}/{DATASTORE}/demo/budget/{name}")
            assert answer.content == (package / name).read_bytes()
            assert answer.headers["Content-Type"].startswith(content_type)


def copy_of_sample(directory):
    shutil.copytree(REPOSITORY / "testdata" / "brookfield-budget-2025", directory)
    descriptor = directory / "datapackage.json"
    descriptor.write_text(descriptor.read_text().replace("brookfield-budget-2025", directory.name, 1))
    return directory


def test_a_package_is_published_again_at_a_later_start_where_it_changed(tmp_path):
    package = copy_of_sample(tmp_path / "mine")
    (package / "notes.txt").write_text("not in the descriptor")
    options = "--data", str(tmp_path / "data"), "--publish", f"{package}=a/b"
    modified = []
    for addition in ("", "", "\n"):
        with (package / "data" / "cofog.csv").open("a") as table:
            table.write(addition)
        with start(*options) as server:
            answer = requests.get(f"{server.endpoint}/{DATASTORE}/a/b/data/cofog.csv")
            assert answer.content == (package / "data" / "cofog.csv").read_bytes()
            modified.append((answer.headers["Last-Modified"], answer.headers["ETag"]))
            assert requests.get(f"{server.endpoint}/{DATASTORE}/a/b/notes.txt").status_code == 403
    assert modified[0] == modified[1] != modified[2]


def test_a_start_fails_where_a_package_is_not_valid_or_another_one_is_in_its_place(tmp_path):
    mine, other, broken = (copy_of_sample(tmp_path / name) for name in ("mine", "other", "broken"))
    (broken / "data" / "cofog.csv").write_text("other\n1\n")
    options = "serve", "--data", str(tmp_path / "data"), "--port", "0", "--bucket", DATASTORE, "--publish"
    with start(*options[1:3], "--publish", f"{mine}=a/b"):
        pass
    for package, place, reason in ((other, "a/b", "already contains another package"), (broken, "c", "not valid")):
        result = servers.run(*options, f"{package}={place}")
        assert result.returncode == 1 and result.stdout == ""
        assert "cannot publish" in result.stderr and reason in result.stderr
    with start(*options[1:3]) as server:
        assert requests.get(f"{server.endpoint}/{DATASTORE}/a/b/datapackage.json").json()["name"] == "mine"
        assert requests.get(f"{server.endpoint}/{DATASTORE}/c/datapackage.json").status_code == 403


def test_the_commands_that_are_printed_at_the_start_work_and_the_first_needs_no_other_program(tmp_path):
    package = REPOSITORY / "testdata" / "brookfield-budget-2025"
    options = "--data", str(tmp_path), "--publish", f"{package}=demo/budget", "--show-keys"
    with start(*options, OS_STORAGE_BUCKET_NAME=DATASTORE) as server:
        lines = iter(server.process.stdout.readline, "")
        assert "Try:" in (line.strip() for line in lines)
        coffer, aws, curl = (next(lines) for _ in range(3))
        listed = run_in_shell(coffer, PATH="/nowhere"), run_in_shell(aws, PATH=Path(sys.executable).parent)
        assert all("demo/budget/datapackage.json" in output for output in listed)
        assert "206 Partial Content" in run_in_shell(curl, PATH=os.environ["PATH"])


def run_in_shell(command, **env):
    """The standard output of a command that must succeed."""
    return subprocess.run(["/bin/sh", "-c", command], env={**os.environ, **env}, capture_output=True, text=True,
                          check=True).stdout


def test_signature_v2_can_be_switched_off():
    with start("--ephemeral", "--no-signature-v2") as server:
        client = make_client(server)
        client.put_object(Bucket=DATASTORE, Key="k", Body=b"x")
        presigned = client.generate_presigned_url("get_object", Params={"Bucket": DATASTORE, "Key": "k"})
        assert "AWSAccessKeyId" in presigned
        answer = requests.get(presigned, timeout=servers.PATIENCE)
        assert (answer.status_code, "Please use AWS4-HMAC-SHA256" in answer.text) == (400, True)
