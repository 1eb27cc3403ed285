"""Error messages and the other elements of error documents."""

import base64
import hashlib
import time

import pytest

from signed import V4, Signed

PART = b"<Part><PartNumber>%d</PartNumber><ETag>\"%s\"</ETag></Part>"


def md5(data):
    return base64.b64encode(hashlib.md5(data).digest()).decode()


@pytest.fixture
def ask(server, connection):
    def call(method, path, query="", headers=(), body=b""):
        return Signed(server, V4, method, path, query, headers, body).send(connection)

    return call


@pytest.mark.parametrize("text", ["0000", "0000000000020", "abcdefghijkl"])
def test_an_owner_that_is_no_account_is_named(ask, bucket, text):
    answer = ask("GET", f"/{bucket}", headers=[("x-amz-expected-bucket-owner", text)])
    assert (answer.status, answer["Code"]) == (400, "InvalidBucketOwnerAWSAccountID")
    assert answer["Message"] == (
        f"The value of the expected bucket owner parameter must be an AWS Account ID... [{text}]")


@pytest.mark.parametrize("headers, named, reason", [
    ([("If-None-Match", '"a"')], "If-None-Match", "We don't accept the provided value of If-None-Match header for this API"),
    ([("If-Match", "*")], "If-Match", "We don't accept the provided value of If-Match header for this API"),
    ([("If-Match", '"a"'), ("If-None-Match", "*")], "If-Match,If-None-Match",
     "Multiple conditional request headers present in the request"),
    ([("If-Match", "*"), ("If-None-Match", '"a"')], "If-Match,If-None-Match",
     "Multiple conditional request headers present in the request")])
def test_a_condition_that_writes_do_not_have_is_named(ask, bucket, headers, named, reason):
    answer = ask("PUT", f"/{bucket}/k", headers=headers, body=b"data")
    assert (answer.status, answer["Code"]) == (501, "NotImplemented")
    assert answer["Message"] == "A header you provided implies functionality that is not implemented"
    assert (answer["Header"], answer["additionalMessage"]) == (named, reason)


def test_a_malformed_digest_is_reported(ask, bucket):
    answer = ask("PUT", f"/{bucket}/k", headers=[("Content-MD5", "bad")], body=b"data")
    assert (answer.status, answer["Code"], answer["Content-MD5"]) == (400, "InvalidDigest", "bad")


def test_both_digests_are_told_in_base64(ask, bucket):
    answer = ask("PUT", f"/{bucket}/k", headers=[("Content-MD5", md5(b"other"))], body=b"data")
    assert (answer.status, answer["Code"]) == (400, "BadDigest")
    assert (answer["ExpectedDigest"], answer["CalculatedDigest"]) == (md5(b"other"), md5(b"data"))


def test_a_bucket_with_versions_says_that_they_must_go(ask, s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"k")
    answer = ask("DELETE", f"/{bucket}")
    assert (answer.status, answer["Message"]) == (409, "The bucket you tried to delete is not empty")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.delete_object(Bucket=bucket, Key="k")
    answer = ask("DELETE", f"/{bucket}")
    assert (answer.status, answer["Code"], answer["BucketName"]) == (409, "BucketNotEmpty", bucket)
    assert answer["Message"] == (
        "The bucket you tried to delete is not empty. You must delete all versions in the bucket.")


def test_parts_out_of_order_name_the_upload(ask, s3, bucket):
    upload = s3.create_multipart_upload(Bucket=bucket, Key="k")["UploadId"]
    etag = hashlib.md5(b"").hexdigest().encode()
    body = b"<CompleteMultipartUpload>" + PART % (2, etag) + PART % (1, etag) + b"</CompleteMultipartUpload>"
    answer = ask("POST", f"/{bucket}/k", f"uploadId={upload}", body=body)
    assert (answer.status, answer["Code"], answer["UploadId"]) == (400, "InvalidPartOrder", upload)


def test_an_empty_policy_is_a_malformed_one(ask, bucket):
    answer = ask("PUT", f"/{bucket}", "policy")
    assert (answer.status, answer["Code"]) == (400, "MalformedPolicy") and "JSON" in answer["Message"]


def test_an_empty_lock_configuration_is_missing(ask, s3):
    name = f"locked-{time.time_ns()}"
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    answer = ask("PUT", f"/{name}", "object-lock", [("Content-MD5", md5(b""))])
    assert (answer.status, answer["Code"], answer["Message"]) == (400, "MissingRequestBodyError", "Request Body is empty")


@pytest.mark.parametrize("path", ["", "/k"])
def test_an_invalid_canned_acl_has_a_message(ask, s3, bucket, path):
    s3.put_object(Bucket=bucket, Key="k", Body=b"k")
    for query in ("acl", "") if path else ("acl",):
        answer = ask("PUT", f"/{bucket}{path}", query, [("x-amz-acl", "everyone")], b"")
        assert (answer.status, answer["Code"], answer["ArgumentName"]) == (400, "InvalidArgument", "x-amz-acl")
        assert answer["Message"] and answer["ArgumentValue"] == "everyone"


@pytest.mark.parametrize("query, document", [
    ("tagging", b"<Tagging><!--%s--><TagSet/></Tagging>"), ("versioning", b"<VersioningConfiguration><!--%s-->")])
def test_a_document_that_is_too_large_tells_the_limit(ask, bucket, query, document):
    document %= b"x" * (1 << 20)
    answer = ask("PUT", f"/{bucket}", query, [("Content-MD5", md5(document))], document)
    assert (answer.status, answer["Code"]) == (400, "MaxMessageLengthExceeded")
    assert answer["MaxMessageLengthBytes"] == str(1 << 20)


@pytest.mark.parametrize("query", ["retention", "object-lock"])
@pytest.mark.parametrize("element", [
    "<EventHold>ON</EventHold>", "<EventHoldDuration><Days>1</Days></EventHoldDuration>", "<DefaultEventHold/>"])
def test_holds_until_an_event_are_not_implemented(ask, s3, query, element):
    if (query == "retention") == (element == "<DefaultEventHold/>"):
        pytest.skip("not an element of this document")
    name = f"locked-{time.time_ns()}"
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    s3.put_object(Bucket=name, Key="k", Body=b"k", ContentMD5=md5(b"k"))
    rules = "<Mode>GOVERNANCE</Mode><Days>1</Days>"
    until = "<Mode>GOVERNANCE</Mode><RetainUntilDate>2099-01-01T00:00:00Z</RetainUntilDate>"
    for beside in ("", until if query == "retention" else rules):
        document = (f"<Retention>{beside}{element}</Retention>" if query == "retention" else
                    "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention>"
                    f"{beside}{element}</DefaultRetention></Rule></ObjectLockConfiguration>").encode()
        path = f"/{name}/k" if query == "retention" else f"/{name}"
        answer = ask("PUT", path, query, [("Content-MD5", md5(document))], document)
        assert (answer.status, answer["Code"]) == (501, "NotImplemented"), answer
        assert element.strip("</>").split(">")[0] in answer["Message"]
    assert "ObjectLockMode" not in s3.head_object(Bucket=name, Key="k")
