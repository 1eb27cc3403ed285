"""Archived objects: they cannot be read until they are restored."""

import re
import time
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

import botocore.exceptions
import pytest

from servers import PATIENCE

ARCHIVED = ("InvalidObjectState", 403)
RESTORED = re.compile(r'ongoing-request="false", expiry-date="(.+)"')
ARCHIVES = pytest.mark.parametrize("storage", ["GLACIER", "DEEP_ARCHIVE"])


@pytest.fixture
def stored(bucket):
    return {"Bucket": bucket, "Key": "k"}


def restore(s3, stored, days=1):
    """Restores the object; returns the status."""
    request = {"Days": days, "GlacierJobParameters": {"Tier": "Standard"}}
    return s3.restore_object(**stored, RestoreRequest=request)["ResponseMetadata"]["HTTPStatusCode"]


def wait(s3, stored):
    """Waits for the restored copy; returns the day on which it expires."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = RESTORED.fullmatch(s3.head_object(**stored).get("Restore", ""))
        if found:
            return parsedate_to_datetime(found[1])
        time.sleep(0.1)
    pytest.fail("the object was not restored")


@ARCHIVES
def test_an_archived_object_shows_its_head_alone(s3, stored, refused, storage):
    s3.put_object(**stored, Body=b"data", StorageClass=storage)
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        s3.get_object(**stored)
    error = caught.value.response["Error"]
    assert (error["Code"], caught.value.response["ResponseMetadata"]["HTTPStatusCode"]) == ARCHIVED
    assert error["Message"] == "The operation is not valid for the object's storage class"
    assert error["StorageClass"] == storage
    found = s3.head_object(**stored)
    assert (found["StorageClass"], found["ContentLength"]) == (storage, 4) and "Restore" not in found
    assert s3.list_objects_v2(Bucket=stored["Bucket"])["Contents"][0]["StorageClass"] == storage
    assert refused(s3.get_object, **stored, Range="bytes=0-1") == ARCHIVED


@ARCHIVES
def test_a_restored_object_is_read_until_it_goes(s3, stored, storage):
    s3.put_object(**stored, Body=b"data", StorageClass=storage)
    assert restore(s3, stored) == 202
    assert wait(s3, stored) > datetime.now(timezone.utc)
    found = s3.get_object(**stored)
    assert (found["Body"].read(), found["StorageClass"]) == (b"data", storage)
    assert RESTORED.fullmatch(found["Restore"])


def test_restoring_again_prolongs_it(s3, stored):
    s3.put_object(**stored, Body=b"data", StorageClass="GLACIER")
    assert restore(s3, stored) == 202
    first = wait(s3, stored)
    assert restore(s3, stored, days=5) == 200
    assert (wait(s3, stored) - first).days in (3, 4, 5)


@pytest.mark.parametrize("storage", ["STANDARD", "STANDARD_IA", "GLACIER_IR"])
def test_what_is_not_archived_is_read_and_not_restored(s3, stored, refused, storage):
    s3.put_object(**stored, Body=b"data", StorageClass=storage)
    assert s3.get_object(**stored)["Body"].read() == b"data"
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        restore(s3, stored)
    assert caught.value.response["Error"]["Code"] == "InvalidObjectState"
    assert caught.value.response["Error"]["Message"] == (
        "Restore is not allowed for the object's current storage class")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_an_archived_object_is_copied_once_it_is_restored(s3, stored, refused):
    s3.put_object(**stored, Body=b"data", StorageClass="GLACIER")
    copy = {"Bucket": stored["Bucket"], "Key": "copy", "CopySource": stored}
    code, status = refused(s3.copy_object, **copy)
    assert code in ("InvalidObjectState", "ObjectNotInActiveTierError") and status == 403
    restore(s3, stored)
    wait(s3, stored)
    s3.copy_object(**copy, StorageClass="STANDARD")
    assert s3.get_object(Bucket=stored["Bucket"], Key="copy")["Body"].read() == b"data"


def test_an_archived_object_is_deleted_and_overwritten_as_others(s3, stored):
    s3.put_object(**stored, Body=b"data", StorageClass="GLACIER")
    s3.put_object(**stored, Body=b"new")
    assert s3.get_object(**stored)["Body"].read() == b"new"
    s3.put_object(**stored, Body=b"data", StorageClass="GLACIER")
    s3.delete_object(**stored)
    assert s3.list_objects_v2(Bucket=stored["Bucket"])["KeyCount"] == 0


def test_a_version_is_restored(s3, stored, refused):
    s3.put_bucket_versioning(Bucket=stored["Bucket"], VersioningConfiguration={"Status": "Enabled"})
    old = s3.put_object(**stored, Body=b"old", StorageClass="GLACIER")["VersionId"]
    s3.put_object(**stored, Body=b"new")
    assert refused(s3.get_object, **stored, VersionId=old) == ARCHIVED
    assert restore(s3, {**stored, "VersionId": old}) == 202
    wait(s3, {**stored, "VersionId": old})
    assert s3.get_object(**stored, VersionId=old)["Body"].read() == b"old"


def test_what_is_not_there_is_reported(s3, stored, refused):
    assert refused(restore, s3, stored) == ("NoSuchKey", 404)
    assert refused(restore, s3, {"Bucket": "no-such-bucket-here", "Key": "k"}) == ("NoSuchBucket", 404)


@pytest.mark.parametrize("change, expected", [
    ({"GlacierJobParameters": {"Tier": "Slow"}}, "MalformedXML"), ({"Tier": "Slow"}, "MalformedXML"),
    ({"Days": None}, "MalformedXML"), ({"GlacierJobParameters": {"Tier": "Expedited"}}, "InvalidArgument"),
    ({"GlacierJobParameters": {"Tier": "Bulk"}}, None)], ids=str)
def test_a_tier_is_one_that_the_class_has(s3, stored, refused, change, expected):
    s3.put_object(**stored, Body=b"data", StorageClass="DEEP_ARCHIVE")
    request = {name: value for name, value in {"Days": 1, **change}.items() if value is not None}
    if expected is None:
        s3.restore_object(**stored, RestoreRequest=request)
    else:
        assert refused(s3.restore_object, **stored, RestoreRequest=request) == (expected, 400)
        assert "Restore" not in s3.head_object(**stored)


def test_what_is_tiered_by_itself_is_not_archived(s3, stored, refused):
    s3.put_object(**stored, Body=b"data", StorageClass="INTELLIGENT_TIERING")
    assert refused(s3.restore_object, **stored, RestoreRequest={}) == ("ObjectAlreadyInActiveTierError", 403)


def test_the_source_of_a_copy_that_is_archived_is_named(s3, stored):
    s3.put_object(**stored, Body=b"data", StorageClass="GLACIER")
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        s3.copy_object(Bucket=stored["Bucket"], Key="copy", CopySource=stored)
    assert caught.value.response["Error"]["Message"] == "Operation is not valid for the source object's storage class"
