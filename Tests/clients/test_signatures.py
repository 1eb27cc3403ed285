"""Signatures made by botocore, an independent signer, over awkward keys, queries and headers; and wrong signatures."""

import hashlib
from urllib.parse import quote

import pytest

from conftest import start
from signed import V2, V2_QUERY, V4, V4_QUERY, Signed
from wire import Connection

KEYS = [
    "plain", "space here", "plus+plus", "a%2Fb", "100%", "a//b", "/a", "a/", ".", "a/..", "a/../b", "a/./b", "~home",
    "ümläut", "日本語", "🗂", "a=b&c", "q?x", "h#h", "semi;colon,comma", "(x)[y]{z}", "*!'\"$@:", "tab\t", "back\\slash",
    "-._~", "%", "é" * 512]
QUERIES = [
    "", "prefix=a%20b", "prefix=a%2Bb", "prefix=a%2Fb&delimiter=%2F", "prefix=", "prefix", "list-type=2&prefix=%C3%BC",
    "prefix=~-._", "prefix=%25&marker=%3D", "max-keys=5&delimiter=%2F&encoding-type=url&Marker=x", "x-id=ListObjects",
    "b=2&a=1&B=3&b=1", "location=", "location", "prefix=%E6%97%A5&unknown=%26%3D%20"]
HEADERS = [
    [("x-amz-meta-a", "one")], [("x-amz-meta-a", "two   spaces  inside")], [("x-amz-meta-a", "  around  ")],
    [("x-amz-meta-a", "")], [("x-amz-meta-a", "1"), ("x-amz-meta-a", "2")], [("X-Amz-Meta-CASE", "Value")],
    [("x-amz-meta-a", "a,b ;c=\"d\"")], [("x-amz-meta-a", "ümläut")], [("x-amz-meta-b", "2"), ("x-amz-meta-a", "1")],
    [("Cache-Control", "max-age=1,  public")], [("Content-Type", "text/csv;  charset=utf-8")], [("Range", "bytes=0-1")],
    [("Accept-Encoding", "identity")], [("amz-sdk-request", "attempt=1; max=5")]]


@pytest.mark.parametrize("signer", [V4, V4_QUERY, V2, V2_QUERY], ids=lambda signer: signer.__name__)
@pytest.mark.parametrize("key", KEYS, ids=lambda key: ascii(key)[1:25])
def test_a_signature_over_an_awkward_key_is_accepted(server, connection, s3, bucket, signer, key):
    path = f"/{bucket}/{quote(key, safe='/~')}"
    answer = Signed(server, signer, "PUT", path, body=key.encode()).send(connection)
    assert answer.status == 200, answer
    assert [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket)["Contents"]] == [key]
    answer = Signed(server, signer, "GET", path).send(connection)
    assert (answer.status, answer.body) == (200, key.encode()), answer


@pytest.mark.parametrize("signer", [V4, V4_QUERY, V2, V2_QUERY], ids=lambda signer: signer.__name__)
@pytest.mark.parametrize("query", QUERIES)
def test_a_signature_over_an_awkward_query_is_accepted(server, connection, bucket, signer, query):
    answer = Signed(server, signer, "GET", f"/{bucket}", query).send(connection)
    assert answer.status == 200, answer


@pytest.mark.parametrize("signer", [V4, V2], ids=lambda signer: signer.__name__)
@pytest.mark.parametrize("headers", HEADERS, ids=str)
def test_a_signature_over_awkward_headers_is_accepted(server, connection, bucket, signer, headers):
    answer = Signed(server, signer, "PUT", f"/{bucket}/k", headers=headers, body=b"data").send(connection)
    assert answer.status == 200, answer


# Wrong signatures

def other_digit(text):
    return text[:-1] + ("0" if text[-1] != "0" else "1")


SPOILT = {
    "signature": lambda signed: signed.set("authorization", other_digit),
    "method": lambda signed: setattr(signed, "method", "DELETE"),
    "path": lambda signed: setattr(signed, "target", signed.target.replace("/k", "/l")),
    "query": lambda signed: setattr(signed, "target", signed.target + "&x=2"),
    "parameter": lambda signed: setattr(signed, "target", signed.target.replace("x-id=1", "x-id=2")),
    "header": lambda signed: signed.set("x-amz-meta-a", lambda value: value + "x"),
    "payload hash": lambda signed: signed.set("x-amz-content-sha256", other_digit),
    "region": lambda signed: signed.set("authorization", lambda value: value.replace("us-east-1", "us-east-2")),
    "time": lambda signed: signed.set("x-amz-date", lambda value: value[:-2] + ("1Z" if value[-2] != "1" else "2Z")),
    "signed headers": lambda signed: signed.set("authorization", lambda value: value.replace("host;", "host;accept;")),
}


@pytest.mark.parametrize("part", SPOILT)
def test_every_part_of_a_request_is_covered_by_its_signature(server, connection, s3, bucket, part):
    signed = Signed(server, V4, "PUT", f"/{bucket}/k", "x-id=1", [("x-amz-meta-a", "1")], b"data")
    SPOILT[part](signed)
    answer = signed.send(connection)
    assert (answer.status, answer["Code"]) == (403, "SignatureDoesNotMatch"), answer
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_a_signature_of_another_secret_is_refused_with_what_was_signed(server, connection, bucket):
    signed = Signed(
        server, V4, "GET", f"/{bucket}/%C3%BC%20~", "b=2&a=1", [("x-amz-meta-a", "a  b")], secret_key="x" * 40)
    answer = signed.send(connection)
    assert (answer.status, answer["Code"]) == (403, "SignatureDoesNotMatch")
    assert answer["AWSAccessKeyId"] == server.access_key
    del signed.request.headers["Authorization"]
    canonical = signed.signer.canonical_request(signed.request)
    string_to_sign = signed.signer.string_to_sign(signed.request, canonical)
    assert answer["StringToSign"] == string_to_sign
    assert answer["CanonicalRequest"] == canonical
    assert bytes.fromhex(answer["CanonicalRequestBytes"].replace(" ", "")).decode() == answer["CanonicalRequest"]
    assert bytes.fromhex(answer["StringToSignBytes"].replace(" ", "")).decode() == answer["StringToSign"]
    assert "x" * 40 not in str(answer.body) and server.secret_key not in str(answer.body)


def test_a_version_2_signature_of_another_secret_is_refused_with_what_was_signed(server, connection, bucket):
    signed = Signed(server, V2, "PUT", f"/{bucket}/k", "acl", [("x-amz-meta-a", "1"), ("Content-Type", "text/csv")],
                    secret_key="x" * 40)
    signed.target = f"/{bucket}/k"
    answer = signed.send(connection)
    assert (answer.status, answer["Code"]) == (403, "SignatureDoesNotMatch")
    date = dict(signed.headers)["Date"]
    assert answer["StringToSign"] == f"PUT\n\ntext/csv\n{date}\nx-amz-meta-a:1\n/{bucket}/k"


def test_another_body_than_the_signed_one_is_refused(server, connection, s3, bucket):
    signed = Signed(server, V4, "PUT", f"/{bucket}/k", body=b"data")
    signed.body = b"dada"
    answer = signed.send(connection)
    assert (answer.status, answer["Code"]) == (400, "XAmzContentSHA256Mismatch")
    assert answer["ClientComputedContentSHA256"] == hashlib.sha256(b"data").hexdigest()
    assert answer["S3ComputedContentSHA256"] == hashlib.sha256(b"dada").hexdigest()
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


@pytest.mark.parametrize("signer", [V4, V4_QUERY, V2, V2_QUERY], ids=lambda signer: signer.__name__)
def test_an_unknown_key_is_refused_by_its_name(server, connection, bucket, signer):
    answer = Signed(server, signer, "GET", f"/{bucket}", access_key="AKIAUNKNOWN").send(connection)
    assert (answer.status, answer["Code"], answer["AWSAccessKeyId"]) == (403, "InvalidAccessKeyId", "AKIAUNKNOWN")


def test_signatures_for_every_region_are_accepted_unless_the_region_is_strict(server, connection, bucket):
    assert Signed(server, V4, "GET", f"/{bucket}", region="mars-north-1").send(connection).status == 200
    with start("--ephemeral", "--region", "eu-west-1", "--strict-region") as strict, Connection(strict) as other:
        assert Signed(strict, V4, "GET", "/", region="eu-west-1").send(other).status == 200
        answer = Signed(strict, V4, "GET", "/", region="us-east-1").send(other)
        assert (answer.status, answer["Code"], answer["Region"]) == (400, "AuthorizationHeaderMalformed", "eu-west-1")
