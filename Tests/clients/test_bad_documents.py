"""Hostile documents and keys: refused with AWS's error, or handled as plain text."""

import base64
import hashlib
import json
import os

import pytest

from conftest import DATASTORE, make_client, start
from v4 import Signer

KEY = "<Object><Key>k</Key></Object>"


@pytest.fixture
def post(server, connection, s3, bucket):
    """Sends a signed document for a bucket, unchanged; `k` must still be there afterwards."""
    s3.put_object(Bucket=bucket, Key="k", Body=b"data")

    def post(method, query, body, path=f"/{bucket}"):
        body = body if isinstance(body, bytes) else body.encode()
        payload = hashlib.sha256(body).hexdigest()
        digest = base64.b64encode(hashlib.md5(body).digest()).decode()
        headers = Signer(server).headers(method, path, query, [("content-md5", digest)], payload)
        return connection.ask(method, f"{path}?{query}", headers, body)

    yield post
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"data"
    assert connection.ask("GET", "/-/health").status == 200


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DOCUMENTS = {
    "nothing": "", "noise": b"\x00\xff\xfe\x01" * 20, "no XML": "delete k", "an open element": "<Delete><Object>",
    "crossed elements": "<Delete><Object><Key>k</Object></Key></Delete>", "another root": f"<Remove>{KEY}</Remove>",
    "two roots": f"<Delete>{KEY}</Delete><Delete>{KEY}</Delete>", "no objects": "<Delete></Delete>",
    "an object without a key": "<Delete><Object></Object></Delete>",
    "a document type": f'<!DOCTYPE Delete [<!ENTITY x "k">]><Delete>{KEY}</Delete>',
    "an empty document type": f"<!DOCTYPE Delete><Delete>{KEY}</Delete>",
    "a file": '<!DOCTYPE Delete [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
              "<Delete><Object><Key>&x;</Key></Object></Delete>",
    "a billion laughs": f'<!DOCTYPE Delete [<!ENTITY l0 "ha">{LAUGHS}]>'
                        "<Delete><Object><Key>&l9;</Key></Object></Delete>",
    "an unknown entity": "<Delete><Object><Key>&k;</Key></Object></Delete>",
    "too deep": f"<Delete>{'<a>' * 100}{'</a>' * 100}{KEY}</Delete>",
    "far too deep": f"<Delete>{'<a>' * 100_000}{'</a>' * 100_000}{KEY}</Delete>",
    "control characters": "<Delete><Object><Key>k\x02</Key></Object></Delete>",
    "broken UTF-8": b"<Delete><Object><Key>\xff\xfe</Key></Object></Delete>"}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_malformed_document_is_refused(post, name):
    answer = post("POST", "delete", DOCUMENTS[name])
    assert answer.status == 400, answer
    assert answer["Code"] in ("MalformedXML", "MissingRequestBodyError")


@pytest.mark.parametrize("method, query, root", [
    ("POST", "delete", "Delete"), ("PUT", "cors", "CORSConfiguration"), ("PUT", "policy", "Policy")])
def test_a_document_that_is_too_large_is_refused(post, method, query, root):
    answer = post(method, query, f"<{root}><!--{'x' * (3 << 20)}--></{root}>")
    assert answer.status == 400, answer
    assert answer["Code"] in ("MaxMessageLengthExceeded", "MalformedXML", "MalformedPolicy")


def test_character_references_in_keys_are_read(post, s3, bucket):
    s3.put_object(Bucket=bucket, Key="<&>'\"\n", Body=b"")
    answer = post("POST", "delete", "<Delete><Object><Key>&lt;&amp;&gt;&apos;&quot;&#xA;</Key></Object></Delete>")
    assert answer.status == 200 and b"<Deleted>" in answer.body
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 1


@pytest.mark.parametrize("document", [
    "<CORSConfiguration/>", "<CORSConfiguration><CORSRule/></CORSConfiguration>",
    "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>",
    "<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>BREW</AllowedMethod></CORSRule>"
    "</CORSConfiguration>",
    "<CORSConfiguration><CORSRule><AllowedOrigin>*.*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule>"
    "</CORSConfiguration>"])
def test_cross_origin_rules_that_mean_nothing_are_refused(post, s3, bucket, refused, document):
    assert post("PUT", "cors", document).status == 400
    assert refused(s3.get_bucket_cors, Bucket=bucket) == ("NoSuchCORSConfiguration", 404)


def statement(**changed):
    whole = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::BUCKET/*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {name: value for name, value in {**whole, **changed}.items() if value is not None}]})


POLICIES = [
    "", "nonsense", "[]", "{}", '{"Statement": []}', '{"Statement": 1}', '{"Statement": [{}]', "{" * 10_000,
    '{"Statement":' + "[" * 10_000 + "]" * 10_000 + "}", statement(Effect="Maybe"), statement(Effect=None),
    statement(Principal=None), statement(Action=None), statement(Resource=None), statement(Action="ec2:Run"),
    statement(Resource="arn:aws:s3:::another-bucket/*"), statement(Resource="*"), statement(Unknown="1"),
    statement(Condition={"Guess": {"aws:SourceIp": "::1"}}), statement(Condition={"IpAddress": {"aws:SourceIp": "x"}}),
    statement(Sid="x" * 21_000), '{"Version": "2011-01-01", ' + statement()[1:], "\ufeff" + statement()]


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: ascii(policy)[1:60])
def test_a_malformed_policy_is_refused_and_opens_nothing(post, s3, bucket, refused, policy):
    answer = post("PUT", "policy", policy.replace("BUCKET", bucket))
    assert answer.status == 400, answer
    assert answer["Code"] in ("MalformedPolicy", "MissingRequestBodyError") and answer["Message"]
    assert refused(s3.get_bucket_policy, Bucket=bucket) == ("NoSuchBucketPolicy", 404)


@pytest.mark.parametrize("document", [
    "<CreateBucketConfiguration>", "<Another/>",
    "<CreateBucketConfiguration><LocationConstraint>../..</LocationConstraint></CreateBucketConfiguration>"])
def test_a_malformed_bucket_configuration_makes_no_bucket(post, s3, refused, bucket, document):
    name = f"{bucket}-new"
    assert post("PUT", "", document, path=f"/{name}").status == 400
    assert refused(s3.head_bucket, Bucket=name) == ("404", 404)


# Keys

TREE = ["etc/../passwd", "tmp/coffer/../../coffer-escaped", "/etc/passwd", "a", "a/b", "a/b/c", "a/", ".",
        "x/..", "./", "con", "x" * 300 + "/" + "y" * 300, "nul\u2028line", ".hidden", "catalog.sqlite", "lock"]


def test_keys_are_no_paths(tmp_path):
    data = tmp_path / "inner" / "data"
    (tmp_path / "inner").mkdir()
    with start("--data", str(data)) as server:
        client = make_client(server)
        for size in (10, 500_000):  # small and large objects are stored in different places
            for key in TREE:
                client.put_object(Bucket=DATASTORE, Key=key, Body=key.encode() * (size // len(key.encode()) + 1))
            for key in TREE:
                body = client.get_object(Bucket=DATASTORE, Key=key)["Body"].read()
                assert body == key.encode() * (size // len(key.encode()) + 1)
        listed = [entry["Key"] for entry in client.list_objects_v2(Bucket=DATASTORE)["Contents"]]
        assert listed == sorted(TREE, key=str.encode)
        assert os.listdir(tmp_path) == ["inner"] and os.listdir(tmp_path / "inner") == ["data"]
        assert not os.path.exists("/tmp/coffer-escaped")
        client.delete_object(Bucket=DATASTORE, Key="a")
        assert client.get_object(Bucket=DATASTORE, Key="a/b")["ContentLength"] > 500_000 - 10
