"""UploadPartCopy: parts that are copied from ranges of existing objects."""

import hashlib
from datetime import datetime, timedelta, timezone

import botocore.exceptions
import pytest

from multipart import PART, Upload, etag_of, noise

PAST = datetime(2001, 1, 1, tzinfo=timezone.utc)
FUTURE = datetime.now(timezone.utc) + timedelta(days=1)
OTHER = '"00000000000000000000000000000000"'
SIZE = PART + 1000
BODY = noise(SIZE, 4)


@pytest.fixture
def source(s3, bucket):
    s3.put_object(Bucket=bucket, Key="a source+ü", Body=BODY)
    return {"Bucket": bucket, "Key": "a source+ü"}


@pytest.fixture
def new_upload(s3, bucket):
    return Upload(s3, bucket)


def test_a_whole_object_becomes_a_part(s3, new_upload, source):
    result = new_upload.copy(1, source)
    assert result["ETag"] == f'"{hashlib.md5(BODY).hexdigest()}"'
    assert abs(result["LastModified"] - datetime.now(timezone.utc)) < timedelta(minutes=1)
    listed = s3.list_parts(**new_upload.names)["Parts"][0]
    assert (listed["PartNumber"], listed["Size"], listed["ETag"]) == (1, SIZE, result["ETag"])
    assert new_upload.complete()["ETag"] == etag_of(BODY)
    assert new_upload.stored() == BODY


RANGES = [(0, PART - 1), (0, SIZE - 1), (1000, SIZE - 1), (0, 0), (SIZE - 1, SIZE - 1), (999, 1001)]


@pytest.mark.parametrize("first, last", RANGES)
def test_a_range_becomes_a_part(new_upload, source, first, last):
    new_upload.copy(1, source, CopySourceRange=f"bytes={first}-{last}")
    new_upload.complete()
    assert new_upload.stored() == BODY[first:last + 1]


def test_copied_and_uploaded_parts_make_one_object(s3, new_upload, source):
    new_upload.part(3, b"the end")
    new_upload.copy(1, source)
    new_upload.copy(2, source, CopySourceRange=f"bytes=500-{PART + 499}")
    s3.delete_object(**source)
    assert new_upload.complete()["ETag"] == etag_of(BODY, BODY[500:PART + 500], b"the end")
    assert new_upload.stored() == BODY + BODY[500:PART + 500] + b"the end"


def test_a_source_in_parts_is_read_across_their_borders(s3, bucket, new_upload):
    parts = Upload(s3, bucket, "source")
    parts.part(1, BODY)
    parts.part(2, BODY)
    parts.complete()
    new_upload.copy(1, f"{bucket}/source", CopySourceRange=f"bytes=10-{SIZE + 9}")
    new_upload.complete()
    assert new_upload.stored() == (BODY + BODY)[10:SIZE + 10]


def test_a_copied_part_replaces_another_and_is_replaced(new_upload, source):
    new_upload.part(1, b"first")
    new_upload.copy(1, source)
    new_upload.part(1, b"last")
    new_upload.complete()
    assert new_upload.stored() == b"last"


def test_the_headers_of_the_source_are_not_taken(s3, bucket):
    s3.put_object(Bucket=bucket, Key="source", Body=b"data", ContentType="text/csv", Metadata={"a": "1"}, Tagging="t=1")
    new_upload = Upload(s3, bucket, ContentType="text/plain")
    new_upload.copy(1, f"{bucket}/source")
    new_upload.complete()
    found = s3.head_object(Bucket=bucket, Key="k")
    assert (found["ContentType"], found["Metadata"]) == ("text/plain", {}) and "TagCount" not in found


@pytest.mark.parametrize("value", [
    "0-10", "bytes=0", "bytes=-5", "bytes=5-", "bytes=a-b", "bytes=0-1,3-4", "bytes=", "bytes 0-10"])
def test_a_range_has_a_first_and_a_last_byte(s3, new_upload, source, value):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        new_upload.copy(1, source, CopySourceRange=value)
    error = caught.value.response["Error"]
    assert error["Code"] == "InvalidArgument"
    assert error["Message"].startswith("The x-amz-copy-source-range value must be of the form bytes=first-last")
    assert (error["ArgumentName"], error["ArgumentValue"]) == ("x-amz-copy-source-range", value)
    assert "Parts" not in s3.list_parts(**new_upload.names)


def test_a_range_ends_within_its_source(s3, new_upload, source):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        new_upload.copy(1, source, CopySourceRange=f"bytes=0-{SIZE}")
    response = caught.value.response
    assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == ("InvalidArgument", 400)
    assert response["Error"]["Message"] == f"Range specified is not valid for source object of size: {SIZE}"
    assert "Parts" not in s3.list_parts(**new_upload.names)


def test_a_range_begins_within_its_source(s3, new_upload, source):
    for first in (SIZE, SIZE + 100):
        with pytest.raises(botocore.exceptions.ClientError) as caught:
            new_upload.copy(1, source, CopySourceRange=f"bytes={first}-{first + 5}")
        error = caught.value.response["Error"]
        assert (error["Code"], error["Message"]) == (
            "InvalidRequest", "The specified copy range is invalid for the source object size")
    assert "Parts" not in s3.list_parts(**new_upload.names)


@pytest.mark.parametrize("value", ["bytes=10-5"])
def test_a_range_of_nothing_is_refused(s3, new_upload, source, refused, value):
    code, status = refused(new_upload.copy, 1, source, CopySourceRange=value)
    assert (code, status) in (("InvalidArgument", 400), ("InvalidRange", 416))
    assert "Parts" not in s3.list_parts(**new_upload.names)


def test_what_is_not_there_is_reported(s3, bucket, new_upload, source, refused):
    assert refused(new_upload.copy, 1, f"{bucket}/missing") == ("NoSuchKey", 404)
    assert refused(new_upload.copy, 1, "no-such-bucket-here/k") == ("NoSuchBucket", 404)
    assert refused(new_upload.copy, 1, "nothing") == ("InvalidArgument", 400)
    assert refused(s3.upload_part_copy, Bucket=bucket, Key="k", UploadId="nonsense", PartNumber=1,
                   CopySource=source) == ("NoSuchUpload", 404)
    assert refused(new_upload.copy, 10_001, source) == ("InvalidArgument", 400)
    assert "Parts" not in s3.list_parts(**new_upload.names)


CONDITIONS = [
    ({"IfMatch": "SAME"}, 200), ({"IfMatch": OTHER}, 412), ({"IfNoneMatch": OTHER}, 200),
    ({"IfNoneMatch": "SAME"}, 412), ({"IfModifiedSince": PAST}, 200), ({"IfUnmodifiedSince": PAST}, 412),
    ({"IfUnmodifiedSince": FUTURE}, 200), ({"IfMatch": "SAME", "IfUnmodifiedSince": PAST}, 200),
    ({"IfNoneMatch": "SAME", "IfModifiedSince": PAST}, 412)]


@pytest.mark.parametrize("conditions, expected", CONDITIONS, ids=[str(row[0])[:60] for row in CONDITIONS])
def test_a_part_is_copied_only_if_the_conditions_on_its_source_hold(
        s3, bucket, new_upload, refused, conditions, expected):
    etag = s3.put_object(Bucket=bucket, Key="source", Body=b"data")["ETag"]
    options = {f"CopySource{name}": etag if value == "SAME" else value for name, value in conditions.items()}
    if expected == 200:
        assert new_upload.copy(1, f"{bucket}/source", **options)["ETag"] == etag
    else:
        assert refused(new_upload.copy, 1, f"{bucket}/source", **options) == ("PreconditionFailed", 412)
        assert "Parts" not in s3.list_parts(**new_upload.names)


def test_a_version_of_the_source_may_be_named(s3, bucket, new_upload, refused):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    old = s3.put_object(Bucket=bucket, Key="source", Body=b"old")["VersionId"]
    new = s3.put_object(Bucket=bucket, Key="source", Body=b"new")["VersionId"]
    names = {**new_upload.names, "PartNumber": 1}
    answer = s3.upload_part_copy(**names, CopySource={"Bucket": bucket, "Key": "source", "VersionId": old})
    assert answer["CopySourceVersionId"] == old
    new_upload.note(1, answer["CopyPartResult"])
    assert s3.upload_part_copy(**{**names, "PartNumber": 2}, CopySource=f"{bucket}/source")[
        "CopySourceVersionId"] == new
    new_upload.complete()
    assert new_upload.stored() == b"old"
    s3.delete_object(Bucket=bucket, Key="source", VersionId=old)
    again = Upload(s3, bucket)
    assert refused(again.copy, 1, f"{bucket}/source?versionId={old}") == ("NoSuchVersion", 404)
    s3.delete_object(Bucket=bucket, Key="source")
    assert refused(again.copy, 1, f"{bucket}/source") == ("NoSuchKey", 404)
