"""GetObjectAttributes: the requested attributes of an object and its parts, and no others."""

import hashlib

import botocore.exceptions
import pytest

from checksums import checksum, composite
from multipart import PART, Upload, noise, upload
from v4 import Signer

ALL = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"]
FIRST, SECOND, LAST = noise(PART, 1), noise(PART, 2), noise(1000, 3)
BODIES = [FIRST, SECOND, LAST]


def attributes(s3, bucket, *names, key="k", **options):
    answer = s3.get_object_attributes(Bucket=bucket, Key=key, ObjectAttributes=list(names), **options)
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


@pytest.fixture
def parts(s3, bucket):
    """A bucket with an object in three parts, each with its SHA-256."""
    in_progress = Upload(s3, bucket, ChecksumAlgorithm="SHA256")
    for number, body in enumerate(BODIES, 1):
        in_progress.part(number, body, ChecksumAlgorithm="SHA256")
    in_progress.complete()
    return bucket


def test_all_that_can_be_asked_of_an_object_in_one_piece(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"data", ChecksumAlgorithm="SHA256")
    found = attributes(s3, bucket, *ALL)
    assert found.pop("LastModified") == s3.head_object(Bucket=bucket, Key="k")["LastModified"]
    assert found == {
        "ETag": hashlib.md5(b"data").hexdigest(), "ObjectSize": 4, "StorageClass": "STANDARD",
        "Checksum": {"ChecksumSHA256": checksum("SHA256", b"data"), "ChecksumType": "FULL_OBJECT"}}


@pytest.mark.parametrize("name", [name for name in ALL if name != "ObjectParts"])
def test_only_what_is_asked_for_is_reported(s3, bucket, name):
    s3.put_object(Bucket=bucket, Key="k", Body=b"data")
    assert attributes(s3, bucket, name).keys() == {"LastModified", name}


def test_the_parts_tell_their_sizes_and_checksums(s3, parts):
    found = attributes(s3, parts, *ALL)
    assert found["ETag"].endswith("-3") and found["ObjectSize"] == sum(map(len, BODIES))
    assert found["Checksum"] == {
        "ChecksumSHA256": composite("SHA256", *BODIES).removesuffix("-3"), "ChecksumType": "COMPOSITE"}
    listed = found["ObjectParts"]
    assert (listed["TotalPartsCount"], listed["IsTruncated"], listed["MaxParts"]) == (3, False, 1000)
    assert listed["PartNumberMarker"] == 0
    assert listed["Parts"] == [
        {"PartNumber": number, "Size": len(body), "ChecksumSHA256": checksum("SHA256", body)}
        for number, body in enumerate(BODIES, 1)]


def test_the_parts_come_in_pages(s3, parts):
    page = attributes(s3, parts, "ObjectParts", MaxParts=2)["ObjectParts"]
    assert (page["TotalPartsCount"], page["IsTruncated"], page["MaxParts"]) == (3, True, 2)
    assert [part["PartNumber"] for part in page["Parts"]] == [1, 2] and page["NextPartNumberMarker"] == 2
    page = attributes(s3, parts, "ObjectParts", MaxParts=2, PartNumberMarker=2)["ObjectParts"]
    assert (page["PartNumberMarker"], page["IsTruncated"]) == (2, False)
    assert [part["PartNumber"] for part in page["Parts"]] == [3]


def test_of_parts_without_checksums_of_their_own_only_the_number_is_reported(s3, bucket):
    upload(s3, bucket, "k", BODIES)
    listed = attributes(s3, bucket, "ObjectParts")["ObjectParts"]
    assert listed["TotalPartsCount"] == 3 and "Parts" not in listed


def test_another_storage_class_is_reported(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"data", StorageClass="STANDARD_IA")
    assert attributes(s3, bucket, "StorageClass")["StorageClass"] == "STANDARD_IA"


@pytest.mark.parametrize("value", [None, ""])
def test_something_must_be_asked_for(server, connection, s3, bucket, value):
    s3.put_object(Bucket=bucket, Key="k", Body=b"data")
    headers = Signer(server).headers("GET", f"/{bucket}/k", "attributes", [
        ("x-amz-object-attributes", value)] if value is not None else [])
    answer = connection.ask("GET", f"/{bucket}/k?attributes", headers)
    assert (answer.status, answer["Code"]) == (400, "InvalidRequest")
    assert answer["Message"] == (
        "The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty")


def test_an_unknown_attribute_is_refused(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"data")
    for names in (["Owner"], ["ETag", "Owner"]):
        with pytest.raises(botocore.exceptions.ClientError) as caught:
            attributes(s3, bucket, *names)
        error = caught.value.response["Error"]
        assert (error["Code"], error["Message"]) == ("InvalidArgument", "Invalid attribute name specified.")
        assert error["ArgumentName"] == "x-amz-object-attributes"


def test_what_is_not_there_is_reported(s3, bucket, refused):
    assert refused(attributes, s3, bucket, "ETag") == ("NoSuchKey", 404)
    assert refused(attributes, s3, "no-such-bucket-here", "ETag") == ("NoSuchBucket", 404)


def test_versions_and_markers(s3, bucket, refused):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    old = s3.put_object(Bucket=bucket, Key="k", Body=b"old")["VersionId"]
    new = s3.put_object(Bucket=bucket, Key="k", Body=b"newer")["VersionId"]
    found = attributes(s3, bucket, "ObjectSize")
    assert (found["ObjectSize"], found["VersionId"]) == (5, new)
    found = attributes(s3, bucket, "ObjectSize", VersionId=old)
    assert (found["ObjectSize"], found["VersionId"]) == (3, old)
    marker = s3.delete_object(Bucket=bucket, Key="k")["VersionId"]
    assert refused(attributes, s3, bucket, "ETag") == ("NoSuchKey", 404)
    assert refused(attributes, s3, bucket, "ETag", VersionId=marker) == ("MethodNotAllowed", 405)
    assert attributes(s3, bucket, "ObjectSize", VersionId=old)["ObjectSize"] == 3
