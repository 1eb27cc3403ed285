"""CopyObject: what a copy takes from its source, and when a copy is refused."""

import hashlib
from datetime import datetime, timedelta, timezone

import pytest

import servers
from conftest import DATASTORE, make_client, start
from multipart import PART, Upload, noise
from v4 import Signer

PAST = datetime(2001, 1, 1, tzinfo=timezone.utc)
FUTURE = datetime.now(timezone.utc) + timedelta(days=1)
OTHER = '"00000000000000000000000000000000"'
LARGE = bytes(range(256)) * 8192


@pytest.fixture
def source(s3, bucket):
    s3.put_object(
        Bucket=bucket, Key="a source+ü", Body=LARGE, ContentType="text/csv", CacheControl="no-store",
        Metadata={"kind": "source"}, Tagging="a=1&b=2")
    return {"Bucket": bucket, "Key": "a source+ü"}


def test_a_copy_has_the_bytes_and_headers_of_its_source(s3, bucket, source):
    before = s3.head_object(**source, ChecksumMode="ENABLED")
    result = s3.copy_object(Bucket=bucket, Key="copy", CopySource=source)["CopyObjectResult"]
    assert result["ETag"] == before["ETag"]
    assert result["ChecksumCRC32"] == before["ChecksumCRC32"]
    s3.delete_object(**source)
    copy = s3.get_object(Bucket=bucket, Key="copy", ChecksumMode="ENABLED")
    for name in ("ETag", "ContentType", "CacheControl", "Metadata", "ChecksumCRC32", "ContentLength", "TagCount"):
        assert copy[name] == before[name]
    assert copy["Body"].read() == LARGE


def test_a_copy_may_replace_metadata_and_keeps_nothing_of_the_old_ones(s3, bucket, source):
    s3.copy_object(
        Bucket=bucket, Key="copy", CopySource=source, MetadataDirective="REPLACE", ContentType="text/plain",
        Metadata={"new": "1"})
    copy = s3.get_object(Bucket=bucket, Key="copy")
    assert (copy["ContentType"], copy["Metadata"]) == ("text/plain", {"new": "1"})
    assert "CacheControl" not in copy
    assert copy["Body"].read() == LARGE


def test_without_the_directive_new_metadata_mean_nothing(s3, bucket, source):
    s3.copy_object(Bucket=bucket, Key="copy", CopySource=source, ContentType="text/plain", Metadata={"new": "1"})
    copy = s3.head_object(Bucket=bucket, Key="copy")
    assert (copy["ContentType"], copy["Metadata"]) == ("text/csv", {"kind": "source"})


def test_a_copy_may_replace_tags(s3, bucket, source):
    s3.copy_object(Bucket=bucket, Key="copy", CopySource=source, TaggingDirective="REPLACE", Tagging="c=3")
    assert s3.head_object(Bucket=bucket, Key="copy")["TagCount"] == 1


def test_an_object_is_copied_onto_itself_only_to_change_something(s3, source, refused):
    assert refused(s3.copy_object, **source, CopySource=source) == ("InvalidRequest", 400)
    s3.copy_object(**source, CopySource=source, MetadataDirective="REPLACE", Metadata={"kind": "changed"})
    assert s3.head_object(**source)["Metadata"] == {"kind": "changed"}
    assert s3.get_object(**source)["Body"].read() == LARGE


def test_a_source_is_named_with_and_without_a_slash_before_it(s3, bucket, source):
    for number, text in enumerate((f"{bucket}/{source['Key']}", f"/{bucket}/{source['Key']}")):  # encoded by boto3
        s3.copy_object(Bucket=bucket, Key=f"copy{number}", CopySource=text)
        assert s3.head_object(Bucket=bucket, Key=f"copy{number}")["ContentLength"] == len(LARGE)


def test_a_source_that_is_not_there_is_reported(s3, bucket, refused):
    copy = {"Bucket": bucket, "Key": "copy"}
    assert refused(s3.copy_object, **copy, CopySource=f"{bucket}/missing") == ("NoSuchKey", 404)
    assert refused(s3.copy_object, **copy, CopySource="no-such-bucket-here/k") == ("NoSuchBucket", 404)
    assert refused(s3.copy_object, **copy, CopySource="nothing") == ("InvalidArgument", 400)
    assert refused(s3.copy_object, Bucket="no-such-bucket-here", Key="k", CopySource=f"{bucket}/k") == (
        "NoSuchBucket", 404)
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_an_unknown_directive_is_refused(s3, bucket, source, refused):
    code = refused(s3.copy_object, Bucket=bucket, Key="copy", CopySource=source, MetadataDirective="MAYBE")
    assert code == ("InvalidArgument", 400)


COPIES = [  # CopyObject: a condition on the source that fails is always 412
    ({"IfMatch": "SAME"}, 200), ({"IfMatch": OTHER}, 412), ({"IfNoneMatch": OTHER}, 200),
    ({"IfNoneMatch": "SAME"}, 412),
    ({"IfModifiedSince": PAST}, 200), ({"IfModifiedSince": FUTURE}, 200), ({"IfUnmodifiedSince": PAST}, 412), ({"IfUnmodifiedSince": FUTURE}, 200),
    ({"IfMatch": "SAME", "IfUnmodifiedSince": PAST}, 200), ({"IfNoneMatch": "SAME", "IfModifiedSince": PAST}, 412)]


@pytest.mark.parametrize("conditions, expected", COPIES, ids=[str(row[0])[:60] for row in COPIES])
def test_a_copy_is_made_only_if_the_conditions_on_its_source_hold(s3, bucket, source, refused, conditions, expected):
    etag = s3.head_object(**source)["ETag"]
    options = {f"CopySource{name}": etag if value == "SAME" else value for name, value in conditions.items()}
    if expected == 200:
        s3.copy_object(Bucket=bucket, Key="copy", CopySource=source, **options)
        assert s3.head_object(Bucket=bucket, Key="copy")["ETag"] == etag
    else:
        assert refused(s3.copy_object, Bucket=bucket, Key="copy", CopySource=source, **options) == (
            "PreconditionFailed", 412)
        assert refused(s3.head_object, Bucket=bucket, Key="copy") == ("404", 404)


# Onto itself

COLD = {"StorageClass": "STANDARD_IA"}


@pytest.mark.parametrize("stored, options, is_change", [
    ({}, {}, False), ({}, {"TaggingDirective": "REPLACE", "Tagging": "a=2"}, False), ({}, {"ACL": "private"}, False),
    ({}, {"StorageClass": "STANDARD"}, True), (COLD, COLD, True), (COLD, {}, False), ({}, COLD, True),
    (COLD, {"StorageClass": "STANDARD"}, True), ({}, {"ChecksumAlgorithm": "CRC32"}, True),
    ({}, {"ServerSideEncryption": "AES256"}, True), ({}, {"WebsiteRedirectLocation": "/a"}, True)], ids=str)
def test_what_changes_an_object_that_is_copied_onto_itself(s3, bucket, refused, stored, options, is_change):
    k = {"Bucket": bucket, "Key": "k"}
    s3.put_object(**k, Body=b"data", **stored)
    if is_change:
        s3.copy_object(**k, CopySource=k, **options)
        assert s3.head_object(**k).get("StorageClass", "STANDARD") == options.get("StorageClass", "STANDARD")
    else:
        assert refused(s3.copy_object, **k, CopySource=k, **options) == ("InvalidRequest", 400)
    assert s3.get_object(**k)["Body"].read() == b"data"


def test_where_a_bucket_says_how_it_encrypts_an_object_may_be_copied_onto_itself(s3, bucket, refused):
    k = {"Bucket": bucket, "Key": "k"}
    s3.put_object(**k, Body=b"data")
    assert refused(s3.copy_object, **k, CopySource=k) == ("InvalidRequest", 400)
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={
        "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]})
    s3.copy_object(**k, CopySource=k)


# Annotations

@pytest.mark.parametrize("in_query", [False, True])
@pytest.mark.parametrize("directive, code", [("COPY", None), ("EXCLUDE", None), ("copy", "InvalidArgument")])
def test_a_directive_for_annotations_is_one_of_two(server, connection, bucket, source, in_query, directive, code):
    name = "x-amz-object-annotation-directive"
    query = f"{name}={directive}" if in_query else ""
    headers = Signer(server).headers("PUT", f"/{bucket}/copy", query, [
        ("x-amz-copy-source", f"{bucket}/a%20source%2B%C3%BC"), *([] if in_query else [(name, directive)])])
    assert connection.ask("PUT", f"/{bucket}/copy?{query}", headers)["Code"] == code


# Objects in parts

def test_a_copy_of_what_was_appended_to_has_the_md5_of_its_bytes(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"first ")
    appended = s3.put_object(Bucket=bucket, Key="k", Body=b"second", WriteOffsetBytes=6)
    result = s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/k")["CopyObjectResult"]
    assert result["ETag"] == f'"{hashlib.md5(b"first second").hexdigest()}"' != appended["ETag"]


def test_copies_that_share_their_bytes_may_share_their_etag():
    with start("--ephemeral", "--copy-etag", "shared") as server:
        s3 = make_client(server)
        in_progress = Upload(s3, DATASTORE, ChecksumAlgorithm="SHA256")
        for number, body in enumerate((noise(PART, 1), noise(1000, 2)), 1):
            in_progress.part(number, body, ChecksumAlgorithm="SHA256")
        completed = in_progress.complete()
        result = s3.copy_object(Bucket=DATASTORE, Key="copy", CopySource=f"{DATASTORE}/k")["CopyObjectResult"]
        assert (result["ETag"], result["ChecksumSHA256"]) == (completed["ETag"], completed["ChecksumSHA256"])
        assert s3.head_object(Bucket=DATASTORE, Key="copy", PartNumber=2)["PartsCount"] == 2
        result = s3.copy_object(
            Bucket=DATASTORE, Key="copy", CopySource=f"{DATASTORE}/k", ChecksumAlgorithm="SHA256")["CopyObjectResult"]
        assert (result["ETag"], result["ChecksumType"]) == (completed["ETag"], "FULL_OBJECT")
    assert "--copy-etag" in servers.run("serve", "--copy-etag", "never", "--ephemeral").stderr
