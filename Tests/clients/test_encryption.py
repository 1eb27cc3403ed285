"""Encryption at rest: with Coffer's key, with a named key, and with the customer's own."""

import base64
import hashlib
import os
import re
import uuid

import botocore.exceptions
import pytest

from conftest import DATASTORE, make_client, secure
from multipart import PART, Upload, noise
from v4 import Signer

KMS_KEY = "arn:aws:kms:us-east-1:111122223333:key/0d1e2f3a-4b5c-6d7e-8f90-a1b2c3d4e5f6"
KEY, OTHER_KEY = noise(32, 1), noise(32, 2)
BODY = noise(PART, 3)
INVALID = ("InvalidArgument", 400)
REFUSED = ("InvalidRequest", 400)
DENIED = ("AccessDenied", 403)


def md5(data):
    return base64.b64encode(hashlib.md5(data).digest()).decode()


def customer(key, prefix=""):
    """The customer's key as parameters of boto3."""
    return {f"{prefix}SSECustomerAlgorithm": "AES256", f"{prefix}SSECustomerKey": key}


def source(key):
    return customer(key, "CopySource")


# Coffer's key

def test_everything_is_encrypted_with_coffers_key(s3, bucket):
    k = {"Bucket": bucket, "Key": "k"}
    new_upload = Upload(s3, bucket, "parts")
    answers = [s3.put_object(**k, Body=b"data"), s3.get_object(**k), s3.head_object(**k),
               s3.copy_object(Bucket=bucket, Key="copy", CopySource=k), new_upload.created, new_upload.part(1, b"data"),
               new_upload.complete(), s3.head_object(Bucket=bucket, Key="parts"),
               s3.put_object(**k, Body=b"data", ServerSideEncryption="AES256")]
    assert [answer.get("ServerSideEncryption") for answer in answers] == ["AES256"] * len(answers)
    assert s3.head_object(**k)["ETag"] == f'"{hashlib.md5(b"data").hexdigest()}"'


@pytest.mark.parametrize("algorithm", ["AES512", "aes256", "none"])
def test_another_algorithm_is_refused(s3, bucket, refused, algorithm):
    for write in (lambda **options: s3.put_object(Bucket=bucket, Key="k", Body=b"data", **options),
                  lambda **options: Upload(s3, bucket, **options)):
        code, status = refused(write, ServerSideEncryption=algorithm)
        assert code in ("InvalidArgument", "InvalidEncryptionAlgorithmError") and status == 400
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


# A named key

@pytest.mark.parametrize("options, named", [({}, False), ({"SSEKMSKeyId": KMS_KEY}, True)])
def test_a_named_key_is_told_with_the_object(s3, bucket, options, named):
    options = {"ServerSideEncryption": "aws:kms", **options}
    k = {"Bucket": bucket, "Key": "k"}
    new_upload = Upload(s3, bucket, "parts", **options)
    new_upload.part(1, b"data")
    s3.put_object(Bucket=bucket, Key="source", Body=b"data")
    answers = [s3.put_object(**k, Body=b"data", **options), s3.get_object(**k), s3.head_object(**k),
               s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/source", **options),
               s3.head_object(Bucket=bucket, Key="copy"), new_upload.created, new_upload.complete(),
               s3.head_object(Bucket=bucket, Key="parts")]
    for answer in answers:
        assert answer["ServerSideEncryption"] == "aws:kms"
        assert answer["SSEKMSKeyId"] == KMS_KEY if named else answer["SSEKMSKeyId"].startswith("arn:aws:kms:")
    assert s3.get_object(**k)["Body"].read() == b"data"


def test_a_key_is_named_for_kms_alone(s3, bucket, refused):
    for algorithm in ({}, {"ServerSideEncryption": "AES256"}):
        assert refused(s3.put_object, Bucket=bucket, Key="k", Body=b"data", SSEKMSKeyId=KMS_KEY, **algorithm) == INVALID
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


CONTEXT = base64.b64encode(b'{"a": "1"}').decode()


def test_a_context_is_kept_and_returned_to_who_sent_it(s3, bucket):
    options = {"ServerSideEncryption": "aws:kms", "SSEKMSEncryptionContext": CONTEXT}
    k = {"Bucket": bucket, "Key": "k"}
    new_upload = Upload(s3, bucket, "parts", **options)
    for answer in (s3.put_object(**k, Body=b"data", **options), new_upload.created,
                   s3.copy_object(Bucket=bucket, Key="copy", CopySource=k, **options)):
        assert answer["SSEKMSEncryptionContext"] == CONTEXT
    for answer in (s3.get_object(**k), s3.head_object(**k), new_upload.part(1, b"data"), new_upload.complete(),
                   s3.copy_object(Bucket=bucket, Key="copy", CopySource=k)):
        assert not any("encryption-context" in name for name in answer["ResponseMetadata"]["HTTPHeaders"])


@pytest.mark.parametrize("options", [
    {"SSEKMSEncryptionContext": CONTEXT}, {"ServerSideEncryption": "AES256", "SSEKMSEncryptionContext": CONTEXT},
    *({"ServerSideEncryption": "aws:kms", "SSEKMSEncryptionContext": base64.b64encode(text).decode()}
      for text in (b"", b"[]", b'{"a": 1}', b'{"a": "1"', b"{"))], ids=str)
def test_a_context_is_a_map_of_strings_for_kms(s3, bucket, refused, options):
    assert refused(s3.put_object, Bucket=bucket, Key="k", Body=b"data", **options) == INVALID
    assert refused(Upload, s3, bucket, **options) == INVALID


def test_a_bucket_key_is_asked_for_or_not(server, connection, s3, bucket):
    def put(value, *fields):
        headers = Signer(server).headers("PUT", f"/{bucket}/k", "", [
            ("x-amz-server-side-encryption-bucket-key-enabled", value), *fields], payload="UNSIGNED-PAYLOAD")
        return connection.ask("PUT", f"/{bucket}/k", headers, b"data")

    kms = ("x-amz-server-side-encryption", "aws:kms")
    field = "x-amz-server-side-encryption-bucket-key-enabled"
    assert put("maybe", kms)["Code"] == put("maybe")["Code"] == put("")["Code"] == "InvalidArgument"
    assert put("true", kms).header(field) == "true"
    assert put("False", kms).header(field) is None
    assert put("true").header(field) is None, "the bucket's usual encryption has no bucket keys"
    set_default(s3, bucket, SSEAlgorithm="aws:kms")
    assert put("true").header(field) == "true"


def test_a_copy_has_the_encryption_of_its_request_not_of_its_source(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"data", ServerSideEncryption="aws:kms")
    s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/k")
    assert s3.head_object(Bucket=bucket, Key="copy")["ServerSideEncryption"] == "AES256"


# The bucket's default

def set_default(s3, bucket, **default):
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={
        "Rules": [{"ApplyServerSideEncryptionByDefault": default}]})


def default(s3, bucket):
    rules = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert len(rules) == 1
    return rules[0]["ApplyServerSideEncryptionByDefault"]


def test_the_default_is_coffers_key_until_another_is_put(s3, bucket):
    assert default(s3, bucket) == {"SSEAlgorithm": "AES256"}
    set_default(s3, bucket, SSEAlgorithm="aws:kms", KMSMasterKeyID=KMS_KEY)
    assert default(s3, bucket) == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KMS_KEY}
    stored = s3.put_object(Bucket=bucket, Key="k", Body=b"data")
    assert (stored["ServerSideEncryption"], stored["SSEKMSKeyId"]) == ("aws:kms", KMS_KEY)
    stored = s3.put_object(Bucket=bucket, Key="k", Body=b"data", ServerSideEncryption="AES256")
    assert stored["ServerSideEncryption"] == "AES256" and "SSEKMSKeyId" not in stored
    assert s3.delete_bucket_encryption(Bucket=bucket)["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert default(s3, bucket) == {"SSEAlgorithm": "AES256"}
    assert s3.put_object(Bucket=bucket, Key="k", Body=b"data")["ServerSideEncryption"] == "AES256"


def test_a_new_default_changes_nothing_that_is_stored(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"data")
    set_default(s3, bucket, SSEAlgorithm="aws:kms")
    assert s3.head_object(Bucket=bucket, Key="k")["ServerSideEncryption"] == "AES256"


@pytest.mark.parametrize("wrong, expected", [
    ({"SSEAlgorithm": "ROT13"}, ("MalformedXML", 400)),
    ({"SSEAlgorithm": "AES256", "KMSMasterKeyID": KMS_KEY}, INVALID)])
def test_a_default_that_means_nothing_is_refused(s3, bucket, refused, wrong, expected):
    assert refused(set_default, s3, bucket, **wrong) == expected
    assert default(s3, bucket) == {"SSEAlgorithm": "AES256"}


def test_a_bucket_that_is_not_there_has_no_default(s3, refused):
    assert refused(default, s3, "no-such-bucket-here") == ("NoSuchBucket", 404)


# The customer's key, which is only accepted over https

@pytest.fixture(scope="module")
def tls(pem):
    with secure(pem, "--ephemeral") as server:
        yield make_client(server, verify=str(pem / "pem"))


@pytest.fixture
def locked(tls):
    """A bucket with an object under the customer's key."""
    stored = {"Bucket": f"test-{uuid.uuid4().hex[:20]}", "Key": "k"}
    tls.create_bucket(Bucket=stored["Bucket"])
    answer = tls.put_object(**stored, Body=BODY, **customer(KEY))
    assert (answer["SSECustomerAlgorithm"], answer["SSECustomerKeyMD5"]) == ("AES256", md5(KEY))
    return stored


def test_with_its_key_an_object_is_read(tls, locked):
    for read in (tls.get_object, tls.head_object):
        found = read(**locked, **customer(KEY))
        assert (found["SSECustomerAlgorithm"], found["SSECustomerKeyMD5"]) == ("AES256", md5(KEY))
        assert found["ContentLength"] == len(BODY) and "ServerSideEncryption" not in found
    assert tls.get_object(**locked, **customer(KEY))["Body"].read() == BODY
    assert found["ETag"].strip('"') != hashlib.md5(BODY).hexdigest()


@pytest.mark.parametrize("first, last", [
    (0, 0), (15, 16), (1, 4095), (4096, 70_000), (PART - 5, PART - 1), (7, PART - 1)])
def test_with_its_key_a_range_is_read(tls, locked, first, last):
    found = tls.get_object(**locked, **customer(KEY), Range=f"bytes={first}-{last}")
    assert found["Body"].read() == BODY[first:last + 1]
    assert found["ContentRange"] == f"bytes {first}-{last}/{len(BODY)}"


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 4096, 300_001])
def test_bytes_of_every_size_come_back(tls, locked, size):
    tls.put_object(**locked, Body=BODY[:size], **customer(KEY))
    assert tls.get_object(**locked, **customer(KEY))["Body"].read() == BODY[:size]


def test_without_its_key_or_with_another_nothing_is_read(tls, locked, refused):
    assert refused(tls.get_object, **locked) == REFUSED
    assert refused(tls.head_object, **locked) == ("400", 400)
    assert refused(tls.get_object, **locked, **customer(OTHER_KEY)) == DENIED
    assert refused(tls.head_object, **locked, **customer(OTHER_KEY)) == ("403", 403)
    assert refused(tls.get_object_attributes, **locked, ObjectAttributes=["ETag"]) == REFUSED


def test_an_object_of_coffers_key_takes_none_of_a_customer(tls, locked, refused):
    tls.put_object(**locked, Body=b"data")
    assert refused(tls.get_object, **locked, **customer(KEY)) == REFUSED
    assert refused(tls.head_object, **locked, **customer(KEY)) == ("400", 400)


def encoded(key=KEY, digest=None, algorithm="AES256"):
    """The parameters of the three headers, unchanged; None leaves one out."""
    fields = {"SSECustomerAlgorithm": algorithm, "SSECustomerKey": base64.b64encode(key).decode(),
              "SSECustomerKeyMD5": md5(key) if digest is None else digest}
    return {name: value for name, value in fields.items() if value is not None}


@pytest.mark.parametrize("fields, expected", [
    (encoded(digest=md5(OTHER_KEY)), [INVALID]), (encoded(digest="nonsense"), [INVALID]),
    (encoded(noise(16)), [INVALID]), (encoded(noise(33)), [INVALID]),
    (encoded(algorithm="AES512"), [INVALID, ("InvalidEncryptionAlgorithmError", 400)]),
    (encoded(algorithm=None), [INVALID]), ({"SSECustomerAlgorithm": "AES256"}, [INVALID]),
    ({**encoded(), "ServerSideEncryption": "AES256"}, [INVALID]),
    ({**encoded(), "ServerSideEncryption": "aws:kms"}, [INVALID])])
def test_an_invalid_customer_key_stores_nothing(tls, locked, refused, fields, expected):
    names = {"Bucket": locked["Bucket"], "Key": "l"}
    assert refused(tls.put_object, **names, Body=b"data", **fields) in expected
    assert refused(tls.head_object, **names) == ("404", 404)


def test_the_wrong_md5_of_a_key_is_named(tls, locked):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        tls.get_object(**locked, **encoded(digest=md5(OTHER_KEY)))
    assert caught.value.response["Error"]["Message"] == (
        "The calculated MD5 hash of the key did not match the hash that was provided.")


def test_parts_are_uploaded_with_the_key_of_their_upload(tls, locked, refused):
    new_upload = Upload(tls, locked["Bucket"], "parts", **customer(KEY))
    assert new_upload.created["SSECustomerKeyMD5"] == md5(KEY)
    assert refused(new_upload.part, 1, BODY) == REFUSED
    assert refused(new_upload.part, 1, BODY, **customer(OTHER_KEY)) == REFUSED
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        new_upload.copy(1, locked, **source(KEY), **customer(OTHER_KEY))
    assert caught.value.response["Error"]["Message"] == (
        "The provided encryption parameters did not match the ones used originally.")
    assert new_upload.part(1, BODY, **customer(KEY))["SSECustomerKeyMD5"] == md5(KEY)
    new_upload.part(2, b"the end", **customer(KEY))
    assert refused(new_upload.complete, **customer(OTHER_KEY)) == REFUSED
    new_upload.complete()
    names = {"Bucket": locked["Bucket"], "Key": "parts"}
    assert refused(tls.get_object, **names) == REFUSED
    assert tls.get_object(**names, **customer(KEY))["Body"].read() == BODY + b"the end"
    assert tls.get_object(**names, **customer(KEY), Range=f"bytes={PART - 3}-{PART + 2}")["Body"].read() == (
        BODY[-3:] + b"the")
    assert tls.get_object(**names, **customer(KEY), PartNumber=2)["Body"].read() == b"the end"


def test_without_the_md5_of_its_key_nothing_is_read(pem, tls, locked, http):
    for method in ("get_object", "head_object"):
        url = tls.generate_presigned_url(method, Params=locked)
        fields = {"x-amz-server-side-encryption-customer-algorithm": "AES256",
                  "x-amz-server-side-encryption-customer-key": base64.b64encode(KEY).decode()}
        answer = http.request(method[:-7].upper(), url, headers=fields, verify=str(pem / "pem"))
        assert answer.status_code == 403, answer.text


def test_a_copy_of_parts_has_one_etag_whatever_its_encryption(tls, locked, refused):
    bucket = locked["Bucket"]
    new_upload = Upload(tls, bucket, "parts", **customer(KEY))
    new_upload.part(1, BODY, **customer(KEY))
    new_upload.part(2, b"the end", **customer(KEY))
    new_upload.complete()
    copy = {"Bucket": bucket, "Key": "copy", "CopySource": f"{bucket}/parts", **source(KEY)}
    plain = tls.copy_object(**copy)["CopyObjectResult"]
    assert plain["ETag"] == f'"{hashlib.md5(BODY + b"the end").hexdigest()}"'
    locked_copy = tls.copy_object(**copy, **customer(OTHER_KEY))["CopyObjectResult"]
    assert "-" not in locked_copy["ETag"] and locked_copy["ETag"] != plain["ETag"]
    for result in (plain, locked_copy):
        assert result["ChecksumType"] == "FULL_OBJECT"
    found = tls.get_object(Bucket=bucket, Key="copy", **customer(OTHER_KEY))
    assert (found["ETag"], found["Body"].read()) == (locked_copy["ETag"], BODY + b"the end")
    refused(tls.copy_object, **{**copy, **source(OTHER_KEY)})


def test_giving_up_a_customers_key_changes_an_object(tls, locked, refused):
    k = {"Bucket": locked["Bucket"], "Key": "onto itself"}
    tls.put_object(**k, Body=b"data", **customer(KEY))
    tls.copy_object(**k, CopySource=k, **source(KEY))
    assert tls.get_object(**k)["Body"].read() == b"data"
    assert refused(tls.copy_object, **k, CopySource=k) == REFUSED


def test_an_upload_of_coffers_key_takes_none_of_a_customer(tls, locked, refused):
    new_upload = Upload(tls, locked["Bucket"], "parts")
    assert refused(new_upload.part, 1, b"data", **customer(KEY))[1] == 400


def test_a_part_is_copied_from_one_key_to_another(tls, locked, refused):
    new_upload = Upload(tls, locked["Bucket"], "parts", **customer(OTHER_KEY))
    assert refused(new_upload.copy, 1, locked, **customer(OTHER_KEY)) == REFUSED
    new_upload.copy(1, locked, **source(KEY), **customer(OTHER_KEY), CopySourceRange=f"bytes=100-{PART - 1}")
    new_upload.complete()
    found = tls.get_object(Bucket=locked["Bucket"], Key="parts", **customer(OTHER_KEY))
    assert found["Body"].read() == BODY[100:]


def test_a_copy_goes_to_another_key_to_coffers_and_back(tls, locked, refused):
    copy = {"Bucket": locked["Bucket"], "Key": "copy"}
    answer = tls.copy_object(**copy, CopySource=locked, **source(KEY), **customer(OTHER_KEY))
    assert answer["SSECustomerKeyMD5"] == md5(OTHER_KEY)
    assert tls.get_object(**copy, **customer(OTHER_KEY))["Body"].read() == BODY
    assert refused(tls.get_object, **copy, **customer(KEY)) == DENIED
    assert tls.copy_object(**copy, CopySource=locked, **source(KEY))["ServerSideEncryption"] == "AES256"
    assert tls.get_object(**copy)["Body"].read() == BODY
    tls.copy_object(**copy, CopySource=copy, **customer(KEY))
    assert tls.get_object(**copy, **customer(KEY))["Body"].read() == BODY


def test_a_copy_needs_the_key_of_its_source(tls, locked, refused):
    copy = {"Bucket": locked["Bucket"], "Key": "copy", "CopySource": locked}
    assert refused(tls.copy_object, **copy) == REFUSED
    assert refused(tls.copy_object, **copy, **source(OTHER_KEY)) == DENIED
    assert refused(tls.head_object, Bucket=locked["Bucket"], Key="copy") == ("404", 404)


# At rest

def test_neither_the_text_nor_the_key_is_found_at_rest(pem, tmp_path):
    data, key = tmp_path / "data", noise(32, 7)
    text = base64.b64encode(noise(600, 8))
    with secure(pem, "--data", str(data)) as server:
        client = make_client(server, verify=str(pem / "pem"))
        for name, body in (("small", text), ("large", text * 700)):
            client.put_object(Bucket=DATASTORE, Key=name, Body=body, **customer(key))
            assert client.get_object(Bucket=DATASTORE, Key=name, **customer(key))["Body"].read() == body
        new_upload = Upload(client, DATASTORE, "parts", **customer(key))
        new_upload.part(1, text * 700, **customer(key))
        assert_nowhere(data, text, key)
        assert base64.b64encode(key).decode() not in server.log()
    assert_nowhere(data, text, key)


def assert_nowhere(directory, text, key):
    """Checks that no file has a piece of the text, or the key in any encoding."""
    pieces = [text[100:140], key, base64.b64encode(key).rstrip(b"="), key.hex().encode(), key.hex().upper().encode()]
    names = [os.path.join(place, name) for place, _, files in os.walk(directory) for name in files]
    assert names
    for name in names:
        with open(name, "rb") as file:
            content = file.read()
        assert not any(piece in content for piece in pieces), name


# Buckets that refuse SSE-C

def block(s3, bucket, *types, **rule):
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [{
        "BlockedEncryptionTypes": {"EncryptionType": list(types)}, **rule}]})


def rule_of(s3, bucket):
    return s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"][0]


@pytest.mark.parametrize("types", [["SSE-X"], ["NONE", "SSE-C"]])
def test_no_other_kind_of_encryption_can_be_blocked(s3, bucket, types):
    with pytest.raises(botocore.exceptions.ClientError, match="MalformedXML"):
        block(s3, bucket, *types)
    assert "BlockedEncryptionTypes" not in rule_of(s3, bucket)


@pytest.mark.parametrize("rule", [{}, {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}])
def test_a_bucket_that_blocks_sse_c_takes_no_object_with_a_customers_key(tls, http, pem, refused, rule):
    bucket = f"blocked-{uuid.uuid4().hex[:16]}"
    tls.create_bucket(Bucket=bucket)
    names = {"Bucket": bucket, "Key": "k"}
    tls.put_object(**names, Body=BODY, **customer(KEY))
    new_upload = Upload(tls, bucket, "parts", **customer(KEY))
    block(tls, bucket, "SSE-C", **rule)
    assert rule_of(tls, bucket)["BlockedEncryptionTypes"] == {"EncryptionType": ["SSE-C"]}
    assert rule_of(tls, bucket)["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == (
        "aws:kms" if rule else "AES256")
    new = {"Bucket": bucket, "Key": "new"}
    for write, options in [(tls.put_object, {"Body": b"data"}), (tls.create_multipart_upload, {}),
                           (tls.copy_object, {"CopySource": names, **source(KEY)})]:
        assert refused(write, **new, **options, **customer(KEY)) == DENIED
    secret = {"algorithm": "AES256", "key": base64.b64encode(KEY).decode(), "key-MD5": md5(KEY)}
    fields = {f"x-amz-server-side-encryption-customer-{name}": value for name, value in secret.items()}
    form = tls.generate_presigned_post(bucket, "new", Fields=fields, Conditions=[
        {name: value} for name, value in fields.items()])
    answer = http.post(form["url"], data=form["fields"], files={"file": b"data"}, verify=str(pem / "pem"))
    assert answer.status_code == 403 and "<Code>AccessDenied</Code>" in answer.text
    assert refused(tls.head_object, **new) == ("404", 404)
    # Objects that were there before can be read.
    assert tls.get_object(**names, **customer(KEY))["Body"].read() == BODY
    assert refused(new_upload.part, 1, b"data", **customer(KEY)) == DENIED
    assert refused(new_upload.copy, 1, names, **source(KEY), **customer(KEY)) == DENIED
    assert tls.put_object(**new, Body=b"data")["ServerSideEncryption"]
    block(tls, bucket, "NONE")
    tls.put_object(**new, Body=b"data", **customer(KEY))
    new_upload.part(1, b"data", **customer(KEY))
    new_upload.complete()
    assert rule_of(tls, bucket)["BlockedEncryptionTypes"] == {"EncryptionType": ["NONE"]}


def test_new_buckets_may_block_sse_c(pem, refused):
    with secure(pem, "--ephemeral", "--sse-c", "blocked") as server:
        client = make_client(server, verify=str(pem / "pem"))
        client.create_bucket(Bucket="blocked")
        names = {"Bucket": "blocked", "Key": "k", "Body": b"data"}
        assert refused(client.put_object, **names, **customer(KEY)) == DENIED
        block(client, "blocked", "NONE")
        client.put_object(**names, **customer(KEY))
        client.delete_bucket_encryption(Bucket="blocked")
        assert rule_of(client, "blocked")["BlockedEncryptionTypes"] == {"EncryptionType": ["SSE-C"]}
        assert refused(client.put_object, **names, **customer(KEY)) == DENIED


# The keys of a key service

def test_the_buckets_key_setting_holds_for_objects_that_name_the_service(s3, bucket):
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [{
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "mine"},
        "BucketKeyEnabled": True}]})

    def put(**options):
        answer = s3.put_object(Bucket=bucket, Key="k", Body=b"k", **options)
        assert s3.head_object(Bucket=bucket, Key="k").get("BucketKeyEnabled") == answer.get("BucketKeyEnabled")
        return answer.get("BucketKeyEnabled"), answer["SSEKMSKeyId"]

    enabled, usual = put(ServerSideEncryption="aws:kms")
    assert enabled is True
    assert re.fullmatch(r"arn:aws:kms:us-east-1:000000000000:key/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", usual)
    assert put(ServerSideEncryption="aws:kms") == (True, usual)
    assert put(ServerSideEncryption="aws:kms", BucketKeyEnabled=False) == (None, usual)
    assert put(ServerSideEncryption="aws:kms:dsse") == (None, usual)
    own = "arn:aws:kms:us-east-1:000000000000:key/mine"
    assert put() == (True, own)
    assert put(BucketKeyEnabled=False) == (None, own)
    upload = s3.create_multipart_upload(Bucket=bucket, Key="k", ServerSideEncryption="aws:kms")
    assert (upload["BucketKeyEnabled"], upload["SSEKMSKeyId"]) == (True, usual)
    copied = s3.copy_object(Bucket=bucket, Key="c", CopySource=f"{bucket}/k", ServerSideEncryption="aws:kms")
    assert (copied["BucketKeyEnabled"], copied["SSEKMSKeyId"]) == (True, usual)
