"""CopyObject: what a copy takes from its source, and when there is none."""

from datetime import datetime, timedelta, timezone

import pytest

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


def test_a_source_that_is_not_there_is_told(s3, bucket, refused):
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


COPIES = [  # CopyObject: a condition on the source that does not hold is always 412
    ({"IfMatch": "SAME"}, 200), ({"IfMatch": OTHER}, 412), ({"IfNoneMatch": OTHER}, 200),
    ({"IfNoneMatch": "SAME"}, 412),
    ({"IfModifiedSince": PAST}, 200), ({"IfUnmodifiedSince": PAST}, 412), ({"IfUnmodifiedSince": FUTURE}, 200),
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
