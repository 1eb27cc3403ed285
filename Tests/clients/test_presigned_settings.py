"""Settings in the query of a presigned URL: presigners move `x-amz-…` headers there, and the server reads them like
headers. They take effect in the operation and in policies, and are refused like headers if they are
invalid."""

import base64
import hashlib
import json
from datetime import datetime, timedelta, timezone

import pytest

from conftest import make_client
from v4 import Signer

KEY = bytes(range(32))
CUSTOMER = {
    "x-amz-server-side-encryption-customer-algorithm": "AES256",
    "x-amz-server-side-encryption-customer-key": base64.b64encode(KEY).decode(),
    "x-amz-server-side-encryption-customer-key-md5": base64.b64encode(hashlib.md5(KEY).digest()).decode()}


@pytest.fixture
def send(server, connection):
    """Sends a request with a URL that is presigned with settings in its query."""
    def send(method, path, settings=None, headers=(), body=b"", signed=(), payload="UNSIGNED-PAYLOAD"):
        target = Signer(server).presigned(method, path, headers=signed, payload=payload, **(settings or {}))
        return connection.ask(method, target, [*signed, *headers], body)

    return send


# Every operation that has such settings

def test_a_put_stores_what_the_query_says(send, s3, bucket):
    answer = send("PUT", f"/{bucket}/k", {
        "x-amz-meta-a": "one two", "X-Amz-Meta-B": "ü", "x-amz-storage-class": "STANDARD_IA", "x-amz-tagging": "t=1&u=2",
        "x-amz-acl": "public-read", "x-amz-server-side-encryption": "AES256",
        "x-amz-website-redirect-location": "/elsewhere"}, body=b"data")
    assert answer.status == 200, answer
    head = s3.head_object(Bucket=bucket, Key="k")
    assert head["Metadata"]["a"] == "one two" and "b" in head["Metadata"]
    assert (head["StorageClass"], head["WebsiteRedirectLocation"]) == ("STANDARD_IA", "/elsewhere")
    tags = s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"]
    assert tags == [{"Key": "t", "Value": "1"}, {"Key": "u", "Value": "2"}]
    grants = s3.get_object_acl(Bucket=bucket, Key="k")["Grants"]
    assert any(grant["Grantee"].get("URI", "").endswith("AllUsers") for grant in grants)


def test_an_upload_in_parts_is_begun_with_what_the_query_says(send, s3, bucket):
    answer = send("POST", f"/{bucket}/k", {
        "uploads": "", "x-amz-meta-a": "1", "x-amz-storage-class": "GLACIER", "x-amz-checksum-algorithm": "SHA256"})
    assert answer.status == 200 and answer.header("x-amz-checksum-algorithm") == "SHA256", answer
    uploads = s3.list_multipart_uploads(Bucket=bucket)["Uploads"]
    assert [upload["StorageClass"] for upload in uploads] == ["GLACIER"]


def test_a_copy_has_its_source_in_the_query(send, s3, bucket):
    s3.put_object(Bucket=bucket, Key="a", Body=b"data", Metadata={"a": "old"})
    assert send("PUT", f"/{bucket}/b", {"x-amz-copy-source": f"/{bucket}/a"}).status == 200
    assert s3.get_object(Bucket=bucket, Key="b")["Body"].read() == b"data"
    answer = send("PUT", f"/{bucket}/c", {
        "x-amz-copy-source": f"/{bucket}/a", "x-amz-metadata-directive": "REPLACE", "x-amz-meta-a": "new"})
    assert answer.status == 200 and s3.head_object(Bucket=bucket, Key="c")["Metadata"] == {"a": "new"}
    answer = send("PUT", f"/{bucket}/d", {
        "x-amz-copy-source": f"/{bucket}/a", "x-amz-copy-source-if-match": '"0"'})
    assert answer.status == 412
    upload = s3.create_multipart_upload(Bucket=bucket, Key="e")["UploadId"]
    answer = send("PUT", f"/{bucket}/e", {
        "uploadId": upload, "partNumber": "1", "x-amz-copy-source": f"/{bucket}/a",
        "x-amz-copy-source-range": "bytes=0-1"})
    assert answer.status == 200, answer
    assert s3.list_parts(Bucket=bucket, Key="e", UploadId=upload)["Parts"][0]["Size"] == 2


def test_a_customers_key_in_the_query_encrypts_and_reads(send, s3, bucket, refused):
    assert send("PUT", f"/{bucket}/k", CUSTOMER, body=b"secret").status == 200
    assert refused(s3.get_object, Bucket=bucket, Key="k")[1] == 400
    answer = send("GET", f"/{bucket}/k", CUSTOMER)
    assert (answer.status, answer.body) == (200, b"secret")


def test_a_lock_in_the_query_holds(send, s3):
    bucket = "presigned-locks"
    s3.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
    until = (datetime.now(timezone.utc) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    md5 = [("Content-MD5", base64.b64encode(hashlib.md5(b"data").digest()).decode())]
    answer = send("PUT", f"/{bucket}/k", {
        "x-amz-object-lock-mode": "GOVERNANCE", "x-amz-object-lock-retain-until-date": until,
        "x-amz-object-lock-legal-hold": "ON"}, body=b"data", headers=md5)
    assert answer.status == 200, answer
    head = s3.head_object(Bucket=bucket, Key="k")
    assert (head["ObjectLockMode"], head["ObjectLockLegalHoldStatus"]) == ("GOVERNANCE", "ON")
    version = head["VersionId"]
    s3.put_object_legal_hold(Bucket=bucket, Key="k", VersionId=version, LegalHold={"Status": "OFF"})
    assert send("DELETE", f"/{bucket}/k", {"versionId": version}).status == 403
    bypass = {"versionId": version, "x-amz-bypass-governance-retention": "true"}
    assert send("DELETE", f"/{bucket}/k", bypass).status == 204


def test_buckets_are_made_and_their_acl_is_put_by_the_query(send, s3):
    assert send("PUT", "/presigned-made", {"x-amz-acl": "public-read"}).status == 200
    assert len(s3.get_bucket_acl(Bucket="presigned-made")["Grants"]) == 2
    assert send("PUT", "/presigned-made", {"acl": "", "x-amz-acl": "private"}).status == 200
    assert len(s3.get_bucket_acl(Bucket="presigned-made")["Grants"]) == 1


def test_reads_are_as_the_query_says(send, s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"data", ChecksumAlgorithm="CRC32")
    assert send("GET", f"/{bucket}/k").header("x-amz-checksum-crc32") is None
    answer = send("GET", f"/{bucket}/k", {"x-amz-checksum-mode": "ENABLED"})
    assert answer.header("x-amz-checksum-crc32"), answer
    answer = send("GET", f"/{bucket}/k", {"attributes": "", "x-amz-object-attributes": "ObjectSize"})
    assert b"<ObjectSize>4</ObjectSize>" in answer.body
    assert send("GET", f"/{bucket}/k", {"x-amz-expected-bucket-owner": "999999999999"}).status == 403


# Invalid settings

@pytest.mark.parametrize("settings, status, code", [
    ({"x-amz-acl": "nonsense"}, 400, "InvalidArgument"), ({"X-AMZ-ACL": "nonsense"}, 400, "InvalidArgument"),
    ({"x-amz-storage-class": "nonsense"}, 400, "InvalidStorageClass"), ({"x-amz-tagging": "a=1&a=2"}, 400, None),
    ({"x-amz-server-side-encryption": "nonsense"}, 400, "InvalidArgument"),
    ({"x-amz-object-lock-mode": "GOVERNANCE"}, 400, None), ({"x-amz-meta-a": "x" * 3000}, 400, "MetadataTooLarge"),
    ({"x-amz-grant-read": "nonsense"}, 400, "InvalidArgument"), ({"x-amz-copy-source": "nonsense"}, 400, "InvalidArgument"),
    ({"x-amz-website-redirect-location": "nonsense"}, 400, None), ({"x-amz-expected-bucket-owner": "1"}, 400, None),
    ({"x-amz-meta-a": "a\nx-amz-acl: public-read"}, 400, "InvalidArgument"),
    ({"x-amz-meta-(": "1"}, 400, "InvalidArgument")], ids=str)
def test_a_setting_that_means_nothing_is_refused_as_in_a_header(send, s3, bucket, settings, status, code):
    answer = send("PUT", f"/{bucket}/k", settings, body=b"data")
    assert answer.status == status and code in (None, answer["Code"]), answer
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


# Conditions

@pytest.mark.parametrize("settings, status", [
    ({"If-None-Match": "*"}, 412), ({"if-none-match": "*"}, 412), ({"If-Match": '"0"'}, 412), ({"If-Match": "ETag"}, 200),
    ({"If-None-Match": '"0"'}, 501)], ids=str)
def test_a_condition_in_the_query_protects_what_is_there(send, s3, bucket, settings, status):
    etag = s3.put_object(Bucket=bucket, Key="k", Body=b"old")["ETag"]
    settings = {name: etag if value == "ETag" else value for name, value in settings.items()}
    assert send("PUT", f"/{bucket}/k", settings, body=b"new").status == status
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == (b"new" if status == 200 else b"old")


@pytest.mark.parametrize("name, value, status", [
    ("If-None-Match", "ETag", 304), ("If-Match", '"0"', 412), ("If-Modified-Since", "now", 304),
    ("If-Unmodified-Since", "Thu, 01 Jan 2015 00:00:00 GMT", 412)])
def test_a_condition_in_the_query_of_a_read_is_one(send, s3, bucket, name, value, status):
    etag = s3.put_object(Bucket=bucket, Key="k", Body=b"old")["ETag"]
    modified = s3.head_object(Bucket=bucket, Key="k")["LastModified"].strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert send("GET", f"/{bucket}/k", {name: {"ETag": etag, "now": modified}.get(value, value)}).status == status


def test_who_has_the_url_cannot_undo_its_condition(send, s3, bucket):
    etag = s3.put_object(Bucket=bucket, Key="k", Body=b"old")["ETag"]
    for headers in ([("If-None-Match", '"0"')], [("If-Match", etag)], [("if-none-match", "")]):
        answer = send("PUT", f"/{bucket}/k", {"If-None-Match": "*"}, headers=headers, body=b"new")
        assert answer.status >= 400, answer
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"old"


# Headers in addition to the query

def test_a_signed_header_counts_before_the_query(send, s3, bucket):
    answer = send("PUT", f"/{bucket}/k", {"x-amz-meta-a": "query", "x-amz-meta-b": "query"},
                  signed=[("x-amz-meta-a", "header")], body=b"data")
    assert answer.status == 200, answer
    assert s3.head_object(Bucket=bucket, Key="k")["Metadata"] == {"a": "header", "b": "query"}


def test_an_unsigned_header_of_s3_is_refused_by_its_name(send, s3, bucket):
    answer = send("PUT", f"/{bucket}/k", {"x-amz-acl": "private"}, headers=[("x-amz-acl", "public-read")], body=b"data")
    assert (answer.status, answer["Code"]) == (403, "AccessDenied")
    assert answer["Message"] == "There were headers present in the request which were not signed"
    assert answer["HeadersNotSigned"] == "x-amz-acl"
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


@pytest.mark.parametrize("settings", [{}, {"X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD"}], ids=str)
def test_an_unsigned_word_that_the_body_is_not_signed_is_passed_over(send, bucket, settings):
    headers = [("x-amz-content-sha256", "UNSIGNED-PAYLOAD")]
    assert send("PUT", f"/{bucket}/k", settings, headers=headers, body=b"data").status == 200


def test_the_hash_that_was_signed_holds_whatever_an_unsigned_header_says(send, bucket):
    digest = hashlib.sha256(b"data").hexdigest()
    for headers in ([], [("x-amz-content-sha256", "UNSIGNED-PAYLOAD")]):
        for body, status in ((b"data", 200), (b"dada", 400)):
            answer = send("PUT", f"/{bucket}/k", {"X-Amz-Content-Sha256": digest}, headers=headers, body=body,
                          payload=digest)
            assert answer.status == status, answer
    # The body's hash was not signed.
    assert send("PUT", f"/{bucket}/k", headers=[("x-amz-content-sha256", digest)], body=b"data").status == 403


# Checksums

@pytest.mark.parametrize("settings", [
    {"x-amz-checksum-crc32": "AAAAAA==", "x-amz-sdk-checksum-algorithm": "CRC32"}, {"x-amz-checksum-crc32": "nonsense"},
    {"x-amz-checksum-sha256": "AAAA", "x-amz-checksum-crc32": "AAAAAA=="}, {"x-amz-sdk-checksum-algorithm": "CRC32"},
    {"x-amz-trailer": "x-amz-checksum-crc32"}], ids=str)
def test_a_checksum_in_the_query_is_compared_with_nothing(send, s3, bucket, settings):
    assert send("PUT", f"/{bucket}/k", settings, body=b"data").status == 200
    upload = s3.create_multipart_upload(Bucket=bucket, Key="k")["UploadId"]
    answer = send("PUT", f"/{bucket}/k", {"uploadId": upload, "partNumber": "1", **settings}, body=b"data")
    assert answer.status == 200, answer


# Policies

@pytest.mark.parametrize("name, allowed, denied", [
    ("x-amz-acl", "private", "public-read"), ("x-amz-storage-class", "GLACIER", "STANDARD_IA"),
    ("x-amz-server-side-encryption", "AES256", None)])
def test_policies_are_asked_about_the_query(send, s3, bucket, name, allowed, denied):
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Statement": [{
        "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{bucket}/*",
        "Condition": {"StringNotEquals": {f"s3:{name}": allowed}}}]}))
    assert send("PUT", f"/{bucket}/k", {name: allowed}, body=b"data").status == 200
    assert send("PUT", f"/{bucket}/k", {name: denied} if denied else {}, body=b"data").status == 403


# Requests that may have settings

def test_only_a_presigned_query_has_settings(server, connection, s3, public_bucket):
    s3.put_object(Bucket=public_bucket, Key="k", Body=b"data", ChecksumAlgorithm="CRC32")
    path, query = f"/{public_bucket}/k", "x-amz-checksum-mode=ENABLED"
    assert connection.ask("GET", f"{path}?{query}").header("x-amz-checksum-crc32") is None
    answer = connection.ask("GET", f"{path}?{query}", Signer(server).headers("GET", path, query))
    assert answer.status == 200 and answer.header("x-amz-checksum-crc32") is None


def test_what_is_added_to_a_signed_query_is_refused(server, http, s3, bucket):
    target = Signer(server).presigned("PUT", f"/{bucket}/k")
    v2 = make_client(server).generate_presigned_url("put_object", {"Bucket": bucket, "Key": "k"})
    for url in (server.endpoint + target, v2):
        answer = http.put(f"{url}&x-amz-acl=public-read", data=b"data")
        assert (answer.status_code, b"SignatureDoesNotMatch" in answer.content) == (403, True)
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


# Signature Version 2, which is what boto3 presigns with by default

PARAMETERS = {
    "ACL": "public-read", "Metadata": {"a": "one  two", "B": "2"}, "StorageClass": "STANDARD_IA", "Tagging": "t=1",
    "ServerSideEncryption": "AES256"}


def test_settings_are_signed_and_applied_by_version_2(server, http, s3, bucket):
    url = make_client(server).generate_presigned_url("put_object", {"Bucket": bucket, "Key": "k", **PARAMETERS})
    assert "x-amz-acl=public-read" in url and "X-Amz-Signature" not in url
    answer = http.put(url, data=b"data")
    assert answer.status_code == 200, answer.content
    head = s3.head_object(Bucket=bucket, Key="k")
    assert (head["Metadata"], head["StorageClass"]) == ({"a": "one  two", "b": "2"}, "STANDARD_IA")
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == [{"Key": "t", "Value": "1"}]
    assert len(s3.get_object_acl(Bucket=bucket, Key="k")["Grants"]) == 2


def test_by_version_2_the_same_may_be_sent_as_headers_and_nothing_else(server, http, s3, bucket):
    url = make_client(server).generate_presigned_url("put_object", {
        "Bucket": bucket, "Key": "k", "ACL": "private", "Metadata": {"a": "1"}})
    assert http.put(url, data=b"data", headers={"x-amz-acl": "private", "x-amz-meta-a": "1"}).status_code == 200
    for headers in ({"x-amz-acl": "public-read"}, {"x-amz-meta-b": "2"}):
        answer = http.put(url, data=b"data", headers=headers)
        assert (answer.status_code, b"SignatureDoesNotMatch" in answer.content) == (403, True)
    assert http.put(url.replace("x-amz-acl=private", "x-amz-acl=public-read"), data=b"data").status_code == 403
    assert http.put(url.replace("&x-amz-acl=private", ""), data=b"data").status_code == 403


def test_what_means_nothing_is_refused_by_version_2_too(server, http, bucket):
    client = make_client(server)
    url = client.generate_presigned_url("put_object", {"Bucket": bucket, "Key": "k", "ACL": "nonsense"})
    assert http.put(url, data=b"data").status_code == 400
    url = client.generate_presigned_url("copy_object", {"Bucket": bucket, "Key": "k", "CopySource": f"{bucket}/missing"})
    assert http.put(url).status_code == 404


def test_a_query_has_no_more_settings_than_there_may_be_header_fields(send, bucket):
    answer = send("PUT", f"/{bucket}/k", {f"x-amz-meta-{number}": "" for number in range(300)}, body=b"data")
    assert (answer.status, answer["Code"]) == (400, "RequestHeaderSectionTooLarge")
