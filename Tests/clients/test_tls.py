"""The supported TLS versions and ciphers, and the condition key for the client's TLS version."""

import json
import socket
import ssl
import warnings

import pytest

from cli import FAILED, Client
from conftest import make_client, secure, start
from servers import PATIENCE
from wire import Connection

KEYS = {"AWS_ACCESS_KEY_ID": "root", "AWS_SECRET_ACCESS_KEY": "secret of the root"}
OBJECT = "/books/k"


def filled(server, **options):
    client = make_client(server, **options)
    client.create_bucket(Bucket="books")
    client.put_object(Bucket="books", Key="k", Body=b"k")
    return client


def put_policy(client, *statements):
    client.put_bucket_policy(Bucket="books", Policy=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::books/*", **statement}
        for statement in statements]}))


@pytest.fixture(scope="module", params=["1.2", "1.3"])
def speaking(request, pem):
    """A server, its client, and a function that sends raw requests with one TLS version."""
    version = ssl.TLSVersion[f"TLSv{request.param.replace('.', '_')}"]
    context = ssl.create_default_context(cafile=pem / "pem")
    context.minimum_version = context.maximum_version = version
    with secure(pem, "--ephemeral", **KEYS) as server:
        client = filled(server, verify=str(pem / "pem"))

        def ask(headers=()):
            with Connection(server) as connection:
                connection.socket = context.wrap_socket(connection.socket, server_hostname="127.0.0.1")
                assert connection.socket.version() == f"TLSv{request.param}"
                return [connection.ask("GET", OBJECT, headers).status for _ in range(2)]

        yield request.param, client, ask


@pytest.mark.parametrize("condition, by_1_2, by_1_3", [
    ({"NumericLessThan": {"s3:TlsVersion": "1.3"}}, 200, 403),
    ({"NumericGreaterThanEquals": {"s3:TlsVersion": "1.2"}}, 200, 200),
    ({"NumericGreaterThan": {"s3:TlsVersion": "1.2"}}, 403, 200),
    ({"NumericEquals": {"s3:TlsVersion": ["1.3"]}}, 403, 200),
    ({"NumericLessThan": {"s3:TlsVersion": "1.2"}}, 403, 403),
    ({"Null": {"s3:TlsVersion": "true"}}, 403, 403)], ids=str)
def test_the_version_is_that_of_the_connection(speaking, condition, by_1_2, by_1_3):
    version, client, ask = speaking
    put_policy(client, {"Effect": "Allow", "Condition": condition})
    assert ask() == [by_1_2 if version == "1.2" else by_1_3] * 2


def test_older_versions_are_denied_as_the_user_guide_denies_them(speaking):
    version, client, ask = speaking
    deny = {"Effect": "Deny", "Condition": {"NumericLessThan": {"s3:TlsVersion": "1.3"}}}
    put_policy(client, {"Effect": "Allow"}, deny)
    assert ask() == [403 if version == "1.2" else 200] * 2


@pytest.mark.parametrize("arguments", [(), ("--trusted-proxy", "127.0.0.1")], ids=["direct", "proxied"])
@pytest.mark.parametrize("condition, status", [
    ({"NumericLessThan": {"s3:TlsVersion": "1.2"}}, 403), ({"NumericGreaterThanEquals": {"s3:TlsVersion": "1.2"}}, 403),
    ({"NumericLessThanIfExists": {"s3:TlsVersion": "1.2"}}, 200), ({"Null": {"s3:TlsVersion": "true"}}, 200)], ids=str)
def test_without_tls_and_behind_a_proxy_that_ends_it_there_is_no_version(arguments, condition, status):
    with start("--ephemeral", *arguments, **KEYS) as server, Connection(server) as connection:
        put_policy(filled(server), {"Effect": "Allow", "Condition": condition})
        assert connection.ask("GET", OBJECT, [("X-Forwarded-Proto", "https")]).status == status


def test_the_version_that_a_trusted_proxy_speaks_is_not_its_clients(pem):
    context = ssl.create_default_context(cafile=pem / "pem")
    with secure(pem, "--ephemeral", "--trusted-proxy", "127.0.0.1", **KEYS) as server:
        put_policy(filled(server, verify=str(pem / "pem")), {
            "Effect": "Allow", "Condition": {"Null": {"s3:TlsVersion": "true"}}})
        for headers, status in [([("X-Forwarded-Proto", "https")], 200), ([], 403)]:
            with Connection(server) as connection:
                connection.socket = context.wrap_socket(connection.socket, server_hostname="127.0.0.1")
                assert connection.ask("GET", OBJECT, headers).status == status


# Supported versions and ciphers

@pytest.fixture(scope="module")
def https(pem):
    with secure(pem, "--ephemeral", **KEYS) as server:
        yield server


def spoken(server, version, ciphers=None):
    """The version and cipher for a client that accepts even the weakest ones; None if it is refused."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers(f"{ciphers or 'ALL'}:@SECLEVEL=0")
    context.options |= 4  # SSL_OP_LEGACY_SERVER_CONNECT
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version
    with socket.create_connection((server.host, server.port), timeout=PATIENCE) as plain:
        try:
            with context.wrap_socket(plain) as connection:
                return connection.version(), connection.cipher()[0]
        except (ssl.SSLError, ConnectionResetError):
            return None


def test_versions_before_1_2_are_refused(https):
    assert spoken(https, ssl.TLSVersion.TLSv1) is None and spoken(https, ssl.TLSVersion.TLSv1_1) is None
    assert spoken(https, ssl.TLSVersion.TLSv1_2)[0] == "TLSv1.2" and spoken(https, ssl.TLSVersion.TLSv1_3)[0] == "TLSv1.3"


def test_ciphers_of_1_2_authenticate_and_exchange_keys_anew(https):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers("ALL:@SECLEVEL=0")
    names = [cipher["name"] for cipher in context.get_ciphers() if cipher["protocol"] != "TLSv1.3"]
    assert {"AES128-SHA", "ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES128-SHA256"} <= set(names)
    assert {name for name in names if spoken(https, ssl.TLSVersion.TLSv1_2, name)} == {
        "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-ECDSA-AES128-GCM-SHA256"}


def test_the_command_line_says_whom_it_trusts(https, pem, tmp_path):
    coffer = Client(https, tmp_path, AWS_ACCESS_KEY_ID="root", AWS_SECRET_ACCESS_KEY=KEYS["AWS_SECRET_ACCESS_KEY"])
    assert "set AWS_CA_BUNDLE=FILE" in coffer.run("ls", check=FAILED).stderr
    output = coffer.run("ls", check=FAILED, env={"AWS_CA_BUNDLE": f"{tmp_path}/none"}).stderr
    assert f"AWS_CA_BUNDLE={tmp_path}/none" in output
    coffer("ls", env={"AWS_CA_BUNDLE": f"{pem}/pem"})
