"""Versioning: overwritten and deleted objects are kept until their version is deleted."""

import botocore.exceptions
import pytest

from multipart import Upload
from v4 import Signer

BODIES = [b"first", b"the second", b"the third one"]
MARKER = ("MethodNotAllowed", 405)
NO_VERSION = ("NoSuchVersion", 404)


def set_status(s3, bucket, status):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})


@pytest.fixture
def versioned(s3, bucket):
    """A bucket whose versioning is enabled."""
    set_status(s3, bucket, "Enabled")
    return bucket


@pytest.fixture
def versions(s3, versioned):
    """The ids of three versions of `k`, the oldest first."""
    return [s3.put_object(Bucket=versioned, Key="k", Body=body)["VersionId"] for body in BODIES]


def read(s3, bucket, **options):
    return s3.get_object(Bucket=bucket, Key="k", **options)["Body"].read()


def listed(s3, bucket):
    """The ids of the bucket's versions and delete markers, the newest first."""
    page = s3.list_object_versions(Bucket=bucket)
    return ([entry["VersionId"] for entry in page.get("Versions", [])],
            [entry["VersionId"] for entry in page.get("DeleteMarkers", [])])


def head_of(function, *arguments, **options):
    """The headers of an error response."""
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        function(*arguments, **options)
    return caught.value.response["ResponseMetadata"]["HTTPHeaders"]


# The bucket's state

def test_a_bucket_has_no_versioning_until_it_is_enabled(s3, bucket):
    assert "Status" not in s3.get_bucket_versioning(Bucket=bucket)
    for status in ("Enabled", "Suspended", "Suspended", "Enabled"):
        set_status(s3, bucket, status)
        assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == status


@pytest.mark.parametrize("configuration", [{"Status": "Disabled"}, {"Status": "enabled"}, {}])
def test_another_state_is_malformed(s3, bucket, refused, configuration):
    code, status = refused(s3.put_bucket_versioning, Bucket=bucket, VersioningConfiguration=configuration)
    assert status == 400 and code in ("MalformedXML", "IllegalVersioningConfigurationException")
    assert "Status" not in s3.get_bucket_versioning(Bucket=bucket)


def test_a_bucket_that_is_not_there_has_no_versioning(s3, refused):
    assert refused(s3.get_bucket_versioning, Bucket="no-such-bucket-here") == ("NoSuchBucket", 404)
    assert refused(set_status, s3, "no-such-bucket-here", "Enabled") == ("NoSuchBucket", 404)


def test_without_versioning_no_version_is_reported(s3, bucket):
    assert "VersionId" not in s3.put_object(Bucket=bucket, Key="k", Body=b"data")
    assert "VersionId" not in s3.get_object(Bucket=bucket, Key="k")
    answer = s3.delete_object(Bucket=bucket, Key="k")
    assert "VersionId" not in answer and "DeleteMarker" not in answer
    assert listed(s3, bucket) == ([], [])


# Writing and reading

def test_every_write_makes_a_version(s3, versioned, versions):
    assert len(set(versions)) == 3 and "null" not in versions
    assert read(s3, versioned) == BODIES[2]
    assert s3.head_object(Bucket=versioned, Key="k")["VersionId"] == versions[2]
    for version, body in zip(versions, BODIES):
        found = s3.get_object(Bucket=versioned, Key="k", VersionId=version)
        assert (found["Body"].read(), found["VersionId"]) == (body, version)
        head = s3.head_object(Bucket=versioned, Key="k", VersionId=version)
        assert (head["ContentLength"], head["VersionId"]) == (len(body), version)
    assert listed(s3, versioned) == (versions[::-1], [])
    assert s3.list_objects_v2(Bucket=versioned)["KeyCount"] == 1


def test_a_copy_and_an_upload_in_parts_make_versions(s3, versioned, versions):
    copied = s3.copy_object(Bucket=versioned, Key="k", CopySource=f"{versioned}/k", MetadataDirective="REPLACE")
    in_progress = Upload(s3, versioned)
    in_progress.part(1, b"parts")
    completed = in_progress.complete()
    assert listed(s3, versioned)[0] == [completed["VersionId"], copied["VersionId"], *versions[::-1]]
    assert read(s3, versioned, VersionId=copied["VersionId"]) == BODIES[2]
    assert read(s3, versioned) == b"parts"


def test_a_version_keeps_its_own_headers_and_tags(s3, versioned):
    old = s3.put_object(Bucket=versioned, Key="k", Body=b"old", ContentType="text/csv", Metadata={"n": "1"},
                        Tagging="a=1")["VersionId"]
    s3.put_object(Bucket=versioned, Key="k", Body=b"new")
    found = s3.head_object(Bucket=versioned, Key="k", VersionId=old)
    assert (found["ContentType"], found["Metadata"], found["TagCount"]) == ("text/csv", {"n": "1"}, 1)
    assert "TagCount" not in s3.head_object(Bucket=versioned, Key="k")


def test_ranges_and_conditions_apply_to_the_version(s3, versioned, versions, refused):
    etag = s3.head_object(Bucket=versioned, Key="k", VersionId=versions[1])["ETag"]
    assert read(s3, versioned, VersionId=versions[1], Range="bytes=4-", IfMatch=etag) == BODIES[1][4:]
    assert refused(s3.get_object, Bucket=versioned, Key="k", IfMatch=etag) == ("PreconditionFailed", 412)


# The null version

def test_an_object_from_before_is_the_null_version(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"before")
    set_status(s3, bucket, "Enabled")
    assert s3.get_object(Bucket=bucket, Key="k")["VersionId"] == "null"
    version = s3.put_object(Bucket=bucket, Key="k", Body=b"after")["VersionId"]
    assert listed(s3, bucket) == ([version, "null"], [])
    assert (read(s3, bucket), read(s3, bucket, VersionId="null")) == (b"after", b"before")
    assert s3.delete_object(Bucket=bucket, Key="k", VersionId="null")["VersionId"] == "null"
    assert listed(s3, bucket) == ([version], [])


def test_the_null_version_can_be_named_in_a_bucket_without_versioning(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"data")
    assert read(s3, bucket, VersionId="null") == b"data"
    s3.delete_object(Bucket=bucket, Key="k", VersionId="null")
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_while_suspended_a_write_replaces_the_null_version_alone(s3, versioned, versions):
    set_status(s3, versioned, "Suspended")
    assert "VersionId" not in s3.put_object(Bucket=versioned, Key="k", Body=b"null 1")
    s3.put_object(Bucket=versioned, Key="k", Body=b"null 2")
    assert listed(s3, versioned) == (["null", *versions[::-1]], [])
    assert (read(s3, versioned), read(s3, versioned, VersionId="null")) == (b"null 2", b"null 2")
    assert s3.head_object(Bucket=versioned, Key="k")["VersionId"] == "null"
    assert read(s3, versioned, VersionId=versions[0]) == BODIES[0]


def test_while_suspended_a_delete_puts_a_null_marker(s3, versioned, versions, refused):
    set_status(s3, versioned, "Suspended")
    s3.put_object(Bucket=versioned, Key="k", Body=b"null")
    answer = s3.delete_object(Bucket=versioned, Key="k")
    assert (answer["DeleteMarker"], answer["VersionId"]) == (True, "null")
    assert listed(s3, versioned) == (versions[::-1], ["null"])
    assert refused(s3.get_object, Bucket=versioned, Key="k") == ("NoSuchKey", 404)
    s3.delete_object(Bucket=versioned, Key="k")
    assert listed(s3, versioned) == (versions[::-1], ["null"]), "there must be at most one null version"
    s3.put_object(Bucket=versioned, Key="k", Body=b"null")
    assert listed(s3, versioned) == (["null", *versions[::-1]], [])


def test_versioning_that_is_enabled_again_keeps_the_null_version(s3, versioned, versions):
    set_status(s3, versioned, "Suspended")
    s3.put_object(Bucket=versioned, Key="k", Body=b"null")
    set_status(s3, versioned, "Enabled")
    version = s3.put_object(Bucket=versioned, Key="k", Body=b"fourth")["VersionId"]
    assert listed(s3, versioned)[0] == [version, "null", *versions[::-1]]
    assert read(s3, versioned, VersionId="null") == b"null"


# Deleting

def test_a_delete_puts_a_marker_and_keeps_the_versions(s3, versioned, versions, refused):
    answer = s3.delete_object(Bucket=versioned, Key="k")
    assert answer["DeleteMarker"] is True and answer["VersionId"] not in versions
    assert listed(s3, versioned) == (versions[::-1], [answer["VersionId"]])
    assert refused(s3.get_object, Bucket=versioned, Key="k") == ("NoSuchKey", 404)
    assert refused(s3.head_object, Bucket=versioned, Key="k") == ("404", 404)
    for function in (s3.get_object, s3.head_object):
        headers = head_of(function, Bucket=versioned, Key="k")
        assert (headers["x-amz-delete-marker"], headers["x-amz-version-id"]) == ("true", answer["VersionId"])
    assert s3.list_objects_v2(Bucket=versioned)["KeyCount"] == 0
    assert read(s3, versioned, VersionId=versions[2]) == BODIES[2]


def test_a_marker_is_not_an_object(s3, versioned, versions, refused):
    marker = {"Bucket": versioned, "Key": "k", "VersionId": s3.delete_object(Bucket=versioned, Key="k")["VersionId"]}
    assert refused(s3.get_object, **marker) == MARKER
    assert refused(s3.head_object, **marker) == ("405", 405)
    for function in (s3.get_object, s3.head_object):
        headers = head_of(function, **marker)
        assert (headers["x-amz-delete-marker"], headers["allow"]) == ("true", "DELETE")
        assert headers["x-amz-version-id"] == marker["VersionId"]
        assert "last-modified" in headers
    assert refused(s3.get_object_tagging, **marker) == MARKER


def test_every_delete_puts_another_marker(s3, versioned, versions):
    markers = [s3.delete_object(Bucket=versioned, Key="k")["VersionId"] for _ in range(3)]
    assert len(set(markers)) == 3
    assert listed(s3, versioned) == (versions[::-1], markers[::-1])


def test_deleting_what_was_never_there_puts_a_marker(s3, versioned):
    answer = s3.delete_object(Bucket=versioned, Key="never")
    assert answer["DeleteMarker"] is True
    assert listed(s3, versioned) == ([], [answer["VersionId"]])


def test_deleting_the_marker_brings_the_object_back(s3, versioned, versions):
    marker = s3.delete_object(Bucket=versioned, Key="k")["VersionId"]
    answer = s3.delete_object(Bucket=versioned, Key="k", VersionId=marker)
    assert (answer["DeleteMarker"], answer["VersionId"]) == (True, marker)
    assert read(s3, versioned) == BODIES[2]
    assert listed(s3, versioned) == (versions[::-1], [])
    assert s3.list_objects_v2(Bucket=versioned)["KeyCount"] == 1


def test_deleting_the_current_version_promotes_the_one_before(s3, versioned, versions, refused):
    for number in (2, 1):
        answer = s3.delete_object(Bucket=versioned, Key="k", VersionId=versions[number])
        assert answer["VersionId"] == versions[number] and "DeleteMarker" not in answer
        assert read(s3, versioned) == BODIES[number - 1]
        assert s3.list_object_versions(Bucket=versioned)["Versions"][0]["IsLatest"] is True
    s3.delete_object(Bucket=versioned, Key="k", VersionId=versions[0])
    assert listed(s3, versioned) == ([], [])
    headers = head_of(s3.get_object, Bucket=versioned, Key="k")
    assert "x-amz-delete-marker" not in headers


def test_deleting_an_old_version_leaves_the_current_one(s3, versioned, versions, refused):
    s3.delete_object(Bucket=versioned, Key="k", VersionId=versions[1])
    assert listed(s3, versioned) == ([versions[2], versions[0]], [])
    assert read(s3, versioned) == BODIES[2]
    assert refused(s3.get_object, Bucket=versioned, Key="k", VersionId=versions[1]) == NO_VERSION
    assert refused(s3.head_object, Bucket=versioned, Key="k", VersionId=versions[1]) == ("404", 404)


def test_deleting_a_version_that_is_not_there_is_no_error(s3, versioned, versions):
    for _ in range(2):
        answer = s3.delete_object(Bucket=versioned, Key="k", VersionId=versions[0])
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204 and answer["VersionId"] == versions[0]
    assert listed(s3, versioned) == (versions[:0:-1], [])


# Unknown version ids

def test_a_version_belongs_to_its_key(s3, versioned, versions, refused):
    s3.put_object(Bucket=versioned, Key="l", Body=b"data")
    assert refused(s3.get_object, Bucket=versioned, Key="l", VersionId=versions[0]) == NO_VERSION
    assert refused(s3.get_object, Bucket=versioned, Key="l", VersionId="null") == NO_VERSION
    assert refused(s3.get_object, Bucket=versioned, Key="missing", VersionId=versions[0]) == NO_VERSION


@pytest.mark.parametrize("version", ["nonsense", "1", "ü"])
def test_a_malformed_version_id_is_an_invalid_argument(s3, versioned, versions, version):
    for function in (s3.get_object, s3.get_object_tagging, s3.delete_object):
        with pytest.raises(botocore.exceptions.ClientError) as caught:
            function(Bucket=versioned, Key="k", VersionId=version)
        error = caught.value.response["Error"]
        assert (error["Code"], error["Message"]) == ("InvalidArgument", "Invalid version id specified")
        assert (error["ArgumentName"], error["ArgumentValue"]) == ("versionId", version)
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert listed(s3, versioned) == (versions[::-1], [])


def test_an_empty_version_id_is_an_invalid_argument(server, connection, versioned, versions):
    answer = connection.ask("GET", Signer(server).presigned("GET", f"/{versioned}/k", versionId=""))
    assert (answer.status, answer["Code"]) == (400, "InvalidArgument")


# Deleting many

def test_many_versions_and_markers_are_deleted_at_once(s3, versioned, versions):
    marker = s3.delete_object(Bucket=versioned, Key="k")["VersionId"]
    objects = [{"Key": "k", "VersionId": versions[0]}, {"Key": "k", "VersionId": marker}]
    deleted = s3.delete_objects(Bucket=versioned, Delete={"Objects": objects})["Deleted"]
    assert deleted[0] == {"Key": "k", "VersionId": versions[0]}
    assert deleted[1] == {"Key": "k", "VersionId": marker, "DeleteMarker": True, "DeleteMarkerVersionId": marker}
    assert listed(s3, versioned) == (versions[:0:-1], [])
    assert read(s3, versioned) == BODIES[2]


def test_without_a_version_many_get_markers(s3, versioned, versions):
    answer = s3.delete_objects(Bucket=versioned, Delete={"Objects": [{"Key": "k"}, {"Key": "never"}]})
    for entry in answer["Deleted"]:
        assert entry["DeleteMarker"] is True and entry["DeleteMarkerVersionId"] and "VersionId" not in entry
    markers = {entry["DeleteMarkerVersionId"] for entry in answer["Deleted"]}
    assert (listed(s3, versioned)[0], set(listed(s3, versioned)[1])) == (versions[::-1], markers)


def test_a_malformed_version_among_many_spares_the_others(s3, versioned, versions):
    objects = [{"Key": "k", "VersionId": "nonsense"}, {"Key": "k", "VersionId": versions[0]}]
    answer = s3.delete_objects(Bucket=versioned, Delete={"Objects": objects})
    assert [(entry["Key"], entry["VersionId"], entry["Code"]) for entry in answer["Errors"]] == [
        ("k", "nonsense", "NoSuchVersion")]
    assert [entry["VersionId"] for entry in answer["Deleted"]] == [versions[0]]


def test_one_key_may_be_named_with_all_its_versions(s3, versioned, versions):
    objects = [{"Key": "k", "VersionId": version} for version in versions]
    assert len(s3.delete_objects(Bucket=versioned, Delete={"Objects": objects})["Deleted"]) == 3
    assert listed(s3, versioned) == ([], [])


# Copying versions

def test_a_version_is_copied_and_its_id_is_reported(s3, versioned, versions):
    source = {"Bucket": versioned, "Key": "k", "VersionId": versions[0]}
    answer = s3.copy_object(Bucket=versioned, Key="copy", CopySource=source)
    assert answer["CopySourceVersionId"] == versions[0]
    assert answer["VersionId"] not in versions
    assert s3.get_object(Bucket=versioned, Key="copy")["Body"].read() == BODIES[0]
    answer = s3.copy_object(Bucket=versioned, Key="copy", CopySource=f"{versioned}/k")
    assert answer["CopySourceVersionId"] == versions[2]


def test_an_old_version_is_restored_by_copying_it_onto_its_key(s3, versioned, versions):
    source = {"Bucket": versioned, "Key": "k", "VersionId": versions[0]}
    copied = s3.copy_object(Bucket=versioned, Key="k", CopySource=source)["VersionId"]
    assert read(s3, versioned) == BODIES[0]
    assert listed(s3, versioned)[0] == [copied, *versions[::-1]]


def test_a_source_that_is_a_marker_or_no_version_is_reported(s3, versioned, versions, refused):
    def copy(version):
        suffix = f"?versionId={version}" if version else ""
        return refused(s3.copy_object, Bucket=versioned, Key="copy", CopySource=f"{versioned}/k{suffix}")

    marker = s3.delete_object(Bucket=versioned, Key="k")["VersionId"]
    assert copy(None) == ("NoSuchKey", 404)
    assert copy(marker) == ("InvalidRequest", 400)
    s3.delete_object(Bucket=versioned, Key="k", VersionId=versions[0])
    assert copy(versions[0]) == NO_VERSION
    assert copy("nonsense") == ("InvalidArgument", 400)


def test_a_copy_into_a_bucket_without_versioning_tells_the_version_of_its_source_alone(s3, versioned, versions):
    s3.create_bucket(Bucket=f"{versioned}-2")
    answer = s3.copy_object(Bucket=f"{versioned}-2", Key="copy", CopySource=f"{versioned}/k")
    assert answer["CopySourceVersionId"] == versions[2] and "VersionId" not in answer


# The bucket

def test_a_bucket_with_old_versions_or_markers_is_not_empty(s3, versioned, versions, refused):
    marker = s3.delete_object(Bucket=versioned, Key="k")["VersionId"]
    assert refused(s3.delete_bucket, Bucket=versioned) == ("BucketNotEmpty", 409)
    for version in versions:
        s3.delete_object(Bucket=versioned, Key="k", VersionId=version)
    assert refused(s3.delete_bucket, Bucket=versioned) == ("BucketNotEmpty", 409)
    s3.delete_object(Bucket=versioned, Key="k", VersionId=marker)
    s3.delete_bucket(Bucket=versioned)
    assert refused(s3.head_bucket, Bucket=versioned) == ("404", 404)
