"""Additional names of the server, and the forwarding headers of proxies, which only count from trusted proxies."""

import json

import pytest
import requests

import servers
from conftest import make_client, start
from proxy import Proxy, replacing
from v4 import Signer
from wire import Connection

KEYS = {"AWS_ACCESS_KEY_ID": "root", "AWS_SECRET_ACCESS_KEY": "secret of the root"}
ALIAS = "files.example.test"


@pytest.fixture(scope="module")
def aliased():
    with start("--ephemeral", "--host-alias", ALIAS, "--host-alias", "other.example.test:8443", **KEYS) as server:
        make_client(server).create_bucket(Bucket="books")
        make_client(server).put_object(Bucket="books", Key="k", Body=b"k")
        yield server


def signer(server, host):
    signer = Signer(server)
    signer.host = host
    return signer


def ask(server, host, target, headers=()):
    with Connection(server) as connection:
        connection.request("GET", target, headers, host=host)
        return connection.answer()


@pytest.mark.parametrize("signed", [ALIAS, "other.example.test:8443"])
@pytest.mark.parametrize("received", ["backend.internal", "127.0.0.1", ALIAS, "other.example.test:8443"])
def test_signatures_for_every_declared_name_are_taken_whatever_host_arrives(aliased, signed, received):
    assert ask(aliased, received, signer(aliased, signed).presigned("GET", "/books/k")).body == b"k"
    headers = signer(aliased, signed).headers("GET", "/books/k")
    assert ask(aliased, received, "/books/k", headers).body == b"k"


@pytest.mark.parametrize("signed", ["undeclared.example.test", "other.example.test", f"x.{ALIAS}"])
def test_signatures_for_other_names_are_not(aliased, signed):
    answer = ask(aliased, "backend.internal", signer(aliased, signed).presigned("GET", "/books/k"))
    assert (answer.status, answer["Code"]) == (403, "SignatureDoesNotMatch")


def test_buckets_are_found_below_an_alias(aliased):
    host = f"books.{ALIAS}"
    assert ask(aliased, host, "/k", signer(aliased, host).headers("GET", "/k")).body == b"k"
    # Under another name, this is the same bucket host.
    assert ask(aliased, "books.localhost", "/k", signer(aliased, host).headers("GET", "/k")).body == b"k"


def test_a_signature_for_a_buckets_host_does_not_hold_for_a_path(aliased):
    make_client(aliased).create_bucket(Bucket="inner")
    make_client(aliased).put_object(Bucket="inner", Key="books/k", Body=b"another object")
    # Signed for the key "books/k" of the bucket "inner"; as a path-style URL it would be "k" of "books".
    url = signer(aliased, f"inner.{ALIAS}").presigned("GET", "/books/k")
    assert ask(aliased, f"inner.{ALIAS}", url).body == b"another object"
    assert ask(aliased, ALIAS, url).status == 403


def test_a_name_below_another_is_not_taken_for_a_bucket_of_that_name():
    with start("--ephemeral", "--host-alias", ALIAS, "--host-alias", f"books.{ALIAS}", **KEYS) as server:
        client = make_client(server)
        for bucket, key in [("books", "inner/k"), ("inner", "k")]:
            client.create_bucket(Bucket=bucket)
            client.put_object(Bucket=bucket, Key=key, Body=bucket.encode())
        url = signer(server, f"books.{ALIAS}").presigned("GET", "/inner/k")
        assert ask(server, f"books.{ALIAS}", url).body == b"inner" == ask(server, "127.0.0.1", url).body
        assert ask(server, "books.localhost", url).status == 403


def test_the_environment_declares_names_as_well():
    with start("--ephemeral", COFFER_HOST_ALIAS=f"a.test,{ALIAS}", COFFER_TRUSTED_PROXY="::1,127.0.0.1", **KEYS) as server:
        assert ask(server, "127.0.0.1", signer(server, ALIAS).presigned("GET", "/")).status == 200
        assert ask(server, "x", signer(server, "y").presigned("GET", "/"), [("X-Forwarded-Host", "y")]).status == 200


# Forwarding headers

@pytest.fixture(scope="module", params=["127.0.0.0/8", "10.0.0.0/8"])
def proxied(request):
    """A server that trusts the tests' address, and one that trusts other addresses."""
    with start("--ephemeral", "--trusted-proxy", request.param, "--trusted-proxy", "192.0.2.0/24", "--log-format",
               "json", **KEYS) as server:
        server.is_trusting = request.param.startswith("127")
        make_client(server).create_bucket(Bucket="books")
        make_client(server).put_object(Bucket="books", Key="k", Body=b"k")
        yield server


def allow(server, condition):
    make_client(server).put_bucket_policy(Bucket="books", Policy=json.dumps({
        "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::books/*",
            "Condition": condition}]}))


@pytest.mark.parametrize("forwarded, client", [
    ("203.0.113.5", "203.0.113.5"), ("203.0.113.5:4711", "203.0.113.5"), ("[2001:db8::5]:4711", "2001:db8::5"),
    ("2001:db8::5", "2001:db8::5"), ("198.51.100.1, 203.0.113.5", "203.0.113.5"),
    ("203.0.113.5, 192.0.2.7", "203.0.113.5"), ("203.0.113.5,192.0.2.7 , 127.0.0.9", "203.0.113.5"),
    ("192.0.2.7", "192.0.2.7"), ("unknown", "127.0.0.1"), ("203.0.113.5, unknown, 192.0.2.7", "192.0.2.7"), ("", "127.0.0.1"),
    (",", "127.0.0.1")])
def test_the_client_is_the_rightmost_address_that_is_no_proxys(proxied, forwarded, client):
    expected = client if proxied.is_trusting else "127.0.0.1"
    allow(proxied, {"IpAddress": {"aws:SourceIp": expected}})
    answer = ask(proxied, None, "/books/k", [("Host", "127.0.0.1"), ("X-Forwarded-For", forwarded)])
    assert answer.status == 200, answer
    assert json.loads(proxied.log_line(answer.header("x-amz-request-id")))["address"] == expected


def test_the_addresses_of_several_fields_are_one_list(proxied):
    allow(proxied, {"IpAddress": {"aws:SourceIp": "203.0.113.5" if proxied.is_trusting else "127.0.0.1"}})
    headers = [("X-Forwarded-For", "198.51.100.1, 203.0.113.5"), ("X-Forwarded-For", "192.0.2.7")]
    assert ask(proxied, "127.0.0.1", "/books/k", headers).status == 200


@pytest.mark.parametrize("scheme, is_secure", [("https", True), ("http", False), ("https, http", False), ("HTTPS", True)])
def test_the_scheme_is_the_proxys_word(proxied, scheme, is_secure):
    allow(proxied, {"Bool": {"aws:SecureTransport": "true"}})
    answer = ask(proxied, "127.0.0.1", "/books/k", [("X-Forwarded-Proto", scheme)])
    assert answer.status == (200 if is_secure and proxied.is_trusting else 403)


@pytest.mark.parametrize("host, target", [("s3.example.test", "/books/k"), ("books.localhost", "/k")])
def test_the_host_is_the_forwarded_one_for_addresses_and_signatures(proxied, host, target):
    signed = signer(proxied, host)
    for url, headers in [(target, signed.headers("GET", target)), (signed.presigned("GET", target), [])]:
        answer = ask(proxied, "127.0.0.1", url, [*headers, ("X-Forwarded-Host", host)])
        assert (answer.status, answer.body == b"k") == ((200, True) if proxied.is_trusting else (answer.status, False))


def test_boto3_works_through_a_proxy_that_tells_the_host(proxied):
    original = []

    def change(target, headers):
        original.append(dict(headers)["Host"])
        _, changed = replacing("Host", "backend.internal")(target, headers)
        return target, changed + [("X-Forwarded-Host", original[-1])]

    with Proxy(proxied, change) as proxy:
        client = make_client(proxy)
        url = client.generate_presigned_url("get_object", Params={"Bucket": "books", "Key": "k"})
        if proxied.is_trusting:
            assert client.get_object(Bucket="books", Key="k")["Body"].read() == b"k"
            assert requests.get(url).content == b"k"
        else:
            with pytest.raises(client.exceptions.ClientError, match="SignatureDoesNotMatch"):
                client.get_object(Bucket="books", Key="k")


@pytest.mark.parametrize("range", ["10.0.0.0/33", "host", "", "10.0.0.0/", "::1/129"])
def test_an_invalid_range_is_refused(range):
    result = servers.run("serve", "--ephemeral", "--trusted-proxy", range)
    assert result.returncode == 64 and "10.0.0.0/8" in result.stderr
