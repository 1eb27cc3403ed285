"""SIGHUP: changed settings are read again, unreadable ones leave the old value in effect, the server keeps running."""

import json
import os
import signal
import socket
import ssl
import subprocess
import time

import pytest
import requests

import servers
from conftest import make_client, secure, start
from packages import package_of
from servers import PATIENCE
from wire import Connection

KEYS = {"AWS_ACCESS_KEY_ID": "root", "AWS_SECRET_ACCESS_KEY": "secret of the root"}


def lines(text, mark):
    return [line for line in text.splitlines() if mark in line]


def reload(server, log=None):
    """Sends SIGHUP; returns the lines logged until the reload is done. `log` reads the log if it is in a file."""
    read = log or server.log
    before = len(lines(read(), "info reloaded: "))
    known = len(read())
    server.process.send_signal(signal.SIGHUP)
    deadline = time.monotonic() + PATIENCE
    while len(lines(read(), "info reloaded: ")) == before:
        assert time.monotonic() < deadline and server.process.poll() is None
        time.sleep(0.01)
    return read()[known:]


def test_without_files_it_is_harmless():
    with start("--ephemeral", **KEYS) as server:
        make_client(server).create_bucket(Bucket="books")
        for _ in range(3):
            assert "reloaded: nothing" in reload(server)
        assert [bucket["Name"] for bucket in make_client(server).list_buckets()["Buckets"]] == ["books"]


def test_many_signals_are_few_reloads_and_hold_up_no_stop(tmp_path):
    (tmp_path / "accounts").write_text("[]")
    with start("--ephemeral", "--accounts", str(tmp_path / "accounts"), **KEYS) as server:
        deadline = time.monotonic() + 1
        while time.monotonic() < deadline:
            server.process.send_signal(signal.SIGHUP)
        server.process.send_signal(signal.SIGHUP)
        started = time.monotonic()
        assert server.stop(timeout=PATIENCE) == 0 and time.monotonic() - started < 10
        assert "reloaded: accounts" in server.log()


def test_one_that_comes_while_the_server_starts_is_kept(tmp_path):
    package = package_of(tmp_path / "package", {f"{number}.csv": f"a\n{number}\n" for number in range(2000)})
    log = tmp_path / "log"
    process = subprocess.Popen(
        [servers.binary(), "serve", "--port", "0", "--ephemeral", "--log-file", str(log), "--bucket", "books",
         "--publish", f"{package}=demo"], env=servers.plain_environment({"TMPDIR": str(tmp_path)}),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    deadline = time.monotonic() + PATIENCE
    while not list(tmp_path.glob("coffer.*/catalog*")):
        assert time.monotonic() < deadline
    process.send_signal(signal.SIGHUP)
    assert process.stdout.readline().startswith(b"Coffer ")
    while "reloaded: log file" not in log.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.terminate()
    assert process.wait(PATIENCE) == 0
    process.stdout.close()


# The certificate and key

def make_pair(directory, name, key="ec"):
    parameters = ["-pkeyopt", "ec_paramgen_curve:prime256v1"] if key == "ec" else []
    subprocess.run([
        "openssl", "req", "-x509", "-newkey", key, *parameters, "-nodes", "-days", "2", "-subj", f"/CN={name}",
        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", directory / f"{name}.key", "-out",
        directory / f"{name}.pem"], check=True, capture_output=True)


@pytest.fixture
def pair(tmp_path):
    """A server's certificate and key files, and a function that replaces them."""
    for name, key in [("first", "ec"), ("second", "ec"), ("third", "rsa:2048")]:
        make_pair(tmp_path, name, key)

    def put(certificate, key=None):
        for kind, name in [("pem", certificate), ("key", key or certificate)]:
            (tmp_path / f"new.{kind}").write_bytes((tmp_path / f"{name}.{kind}").read_bytes())
            os.replace(tmp_path / f"new.{kind}", tmp_path / kind)
        return tmp_path

    put("first")
    return put


def secured(server, session=None):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(
        socket.create_connection((server.host, server.port), timeout=PATIENCE), server_hostname="127.0.0.1", session=session)


def served(server):
    """The server's certificate on a new connection."""
    with secured(server) as connection:
        return ssl.DER_cert_to_PEM_cert(connection.getpeercert(binary_form=True))


def test_new_connections_get_the_new_certificate_and_open_ones_go_on(pair):
    files = pair("first")
    with secure(files, "--ephemeral", **KEYS) as server:
        client = make_client(server, verify=False)
        client.create_bucket(Bucket="books")
        client.put_object(Bucket="books", Key="k", Body=bytes(range(256)) * 40_000)
        url = client.generate_presigned_url("get_object", Params={"Bucket": "books", "Key": "k"})
        with secured(server) as slow:
            slow.sendall(f"GET {url.removeprefix(server.endpoint)} HTTP/1.1\r\nHost: {server.host}:{server.port}\r\n"
                         "Connection: close\r\n\r\n".encode())
            received = slow.recv(1000)
            for name in ["second", "third", "first", "second"]:
                pair(name)
                assert "reloaded: certificate and key" in reload(server)
                assert served(server) == (files / f"{name}.pem").read_text()
            while part := slow.recv(1 << 20):
                received += part
        assert received.split(b"\r\n\r\n", 1)[1] == bytes(range(256)) * 40_000


def test_connections_that_are_opened_during_reloads_all_succeed(pair):
    files = pair("first")
    certificates = {(files / f"{name}.pem").read_text() for name in ["first", "second"]}
    with secure(files, "--ephemeral", **KEYS) as server:
        seen = set()
        for turn in range(40):
            pair(["first", "second"][turn % 2])
            server.process.send_signal(signal.SIGHUP)
            for _ in range(3):
                seen.add(served(server))
        assert seen == certificates


@pytest.mark.parametrize("certificate, key", [("first", "second"), ("broken", "second"), ("second", "broken"),
                                              ("empty", "empty")])
def test_a_pair_that_is_broken_leaves_the_former(pair, certificate, key):
    files = pair("first")
    for kind in ["pem", "key"]:
        (files / f"broken.{kind}").write_text("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n")
        (files / f"empty.{kind}").write_text("")
    with secure(files, "--ephemeral", **KEYS) as server:
        pair(certificate, key)
        log = reload(server)
        assert "error not reloaded, the old value stays in effect: certificate and key" in log and "reloaded: nothing" in log
        assert served(server) == (files / "first.pem").read_text()
        (files / "pem").unlink()
        assert "cannot read" in reload(server)
        assert served(server) == (files / "first.pem").read_text()


# Accounts

def account(name, number, **members):
    return {"name": name, "id": str(number) * 12, "accessKeyId": f"key-of-{name}",
            "secretAccessKey": f"secret-of-{name}-0", **members}


def test_accounts_are_added_and_their_roots_keys_changed(tmp_path):
    file = tmp_path / "accounts.json"

    def write(*accounts):
        file.write_text(json.dumps(accounts))

    def client(server, name, version=0, service="s3"):
        return make_client(server, f"key-of-{name}", f"secret-of-{name}-{version}", service=service)

    write(account("one", 1))
    with start("--ephemeral", "--accounts", str(file), **KEYS) as server:
        client(server, "one").create_bucket(Bucket="of-one")
        iam = client(server, "one", service="iam")
        iam.create_user(UserName="alice")
        user = iam.create_access_key(UserName="alice")["AccessKey"]

        write(account("one", 1, secretAccessKey="secret-of-one-1"), account("two", 2))
        assert "reloaded: accounts" in reload(server)
        client(server, "two").create_bucket(Bucket="of-two")
        assert client(server, "two", service="sts").get_caller_identity()["Account"] == "2" * 12
        assert [bucket["Name"] for bucket in client(server, "one", 1).list_buckets()["Buckets"]] == ["of-one"]
        with pytest.raises(Exception, match="SignatureDoesNotMatch"):
            client(server, "one").list_buckets()
        # Users keep their keys, and can get new ones.
        sts = make_client(server, user["AccessKeyId"], user["SecretAccessKey"], service="sts")
        assert sts.get_caller_identity()["Arn"].endswith(":user/alice")
        client(server, "one", 1, service="iam").create_user(UserName="bob")

        for broken in ["[", json.dumps([account("one", 1), account("one", 1)]),
                       json.dumps([account("one", 1, accessKeyId=user["AccessKeyId"])]),
                       json.dumps([account("one", 1, accessKeyId="root")])]:
            file.write_text(broken)
            assert "error not reloaded, the old value stays in effect: accounts" in reload(server)
            assert client(server, "one", 1).list_buckets()["Buckets"] and client(server, "two").list_buckets()["Buckets"]

        write(account("two", 2))
        reload(server)  # An account that is no longer configured stays, but its root has no keys.
        with pytest.raises(Exception, match="InvalidAccessKeyId"):
            client(server, "one", 1).list_buckets()
        assert sts.get_caller_identity()["Arn"].endswith(":user/alice")


def test_keys_that_are_made_for_a_new_account_are_in_its_file_and_not_in_the_log(tmp_path):
    file, data = tmp_path / "accounts.json", tmp_path / "data"
    file.write_text("[]")
    with start("--data", str(data), "--accounts", str(file), **KEYS) as server:
        file.write_text(json.dumps([{"name": "audit"}]))
        log = reload(server)
        keys = dict(line.split("=", 1) for line in (data / "account-audit.env").read_text().splitlines())
        assert "account-audit.env" in log and keys["COFFER_SECRET_KEY"] not in log
        make_client(server, keys["COFFER_ACCESS_KEY"], keys["COFFER_SECRET_KEY"]).list_buckets()


# The log file

def test_the_log_file_is_opened_anew(tmp_path):
    path, former = tmp_path / "log", tmp_path / "log.1"
    path.write_text("from before\n")
    with start("--ephemeral", "--log-file", str(path), **KEYS) as server:
        with Connection(server) as connection:
            first = connection.ask("GET", "/").header("x-amz-request-id")
        os.rename(path, former)
        with Connection(server) as connection:
            second = connection.ask("GET", "/").header("x-amz-request-id")
            deadline = time.monotonic() + PATIENCE
            # Until the signal, the file stays the same. Lines are written after responses, in any order.
            while not all(line in former.read_text() for line in (first, second)):
                assert time.monotonic() < deadline
        reload(server, lambda: path.read_text() if path.exists() else "")
        assert oct(path.stat().st_mode & 0o037) == "0o0"
        with Connection(server) as connection:
            third = connection.ask("GET", "/").header("x-amz-request-id")
            while third not in path.read_text():
                assert time.monotonic() < deadline
        text = former.read_text()
        assert text.startswith("from before\n") and first in text and third not in text
        assert server.log() == ""  # Nothing is logged to standard error.


def test_a_log_file_that_cannot_be_opened_leaves_the_former(tmp_path):
    path = tmp_path / "logs" / "log"
    path.parent.mkdir()
    with start("--ephemeral", "--log-file", str(path), **KEYS) as server:
        os.rename(path.parent, tmp_path / "moved")
        assert "the old value stays in effect: log file: cannot open" in reload(server, (tmp_path / "moved" / "log").read_text)


# The token of the metrics

def test_the_token_of_the_metrics_is_read_again(tmp_path):
    file = tmp_path / "token"

    def status(token):
        return requests.get(f"{server.endpoint}/-/metrics", headers={"Authorization": f"Bearer {token}"}).status_code

    file.write_text("first-token-of-the-tests\n")
    with start("--ephemeral", "--metrics-token-file", str(file), **KEYS) as server:
        assert requests.get(f"{server.endpoint}/-/metrics").status_code == 401
        assert (status("first-token-of-the-tests"), status("second-token-of-the-tests")) == (200, 401)
        file.write_text("second-token-of-the-tests\n")
        assert "reloaded: metrics token" in reload(server)
        assert (status("first-token-of-the-tests"), status("second-token-of-the-tests")) == (401, 200)
        file.write_text("short\n")
        assert "the old value stays in effect: metrics token" in reload(server)
        assert status("second-token-of-the-tests") == 200
        assert "-token-of-the-tests" not in server.log()
        command = open(f"/proc/{server.process.pid}/cmdline").read()
        assert "-token-of-the-tests" not in command
