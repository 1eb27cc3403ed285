"""Object Lock: retention, legal holds, and versions that cannot be deleted for a time."""

import base64
import hashlib
import time
import uuid
from datetime import datetime, timedelta, timezone

import botocore.config
import pytest
import requests

from conftest import make_client
from multipart import Upload
from v4 import Signer, crc32

DENIED = ("AccessDenied", 403)
NO_LOCK = ("NoSuchObjectLockConfiguration", 404)
NOT_LOCKABLE = ("InvalidRequest", 400)
INVALID = ("InvalidArgument", 400)
MALFORMED = ("MalformedXML", 400)
MODES = pytest.mark.parametrize("mode", ["GOVERNANCE", "COMPLIANCE"])


def later(**interval):
    """A time in the future, in whole seconds."""
    return datetime.now(timezone.utc).replace(microsecond=0) + timedelta(**interval)


@pytest.fixture
def lockable(s3):
    """A bucket with Object Lock."""
    name = f"lock-{uuid.uuid4().hex[:20]}"
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    return name


@pytest.fixture
def version(s3, lockable):
    """A version that is not locked yet."""
    stored = {"Bucket": lockable, "Key": "k"}
    return {**stored, "VersionId": s3.put_object(**stored, Body=b"data")["VersionId"]}


def retain(s3, version, mode, until, **options):
    s3.put_object_retention(**version, Retention={"Mode": mode, "RetainUntilDate": until}, **options)


def retention(s3, version):
    found = s3.get_object_retention(**version)["Retention"]
    return found["Mode"], found["RetainUntilDate"]


def hold(s3, version, status):
    s3.put_object_legal_hold(**version, LegalHold={"Status": status})


def set_default(s3, bucket, **default):
    configuration = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": default}}
    s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=configuration)


# The bucket

def test_a_bucket_with_lock_has_versions_for_good(s3, lockable, refused):
    assert s3.get_bucket_versioning(Bucket=lockable)["Status"] == "Enabled"
    assert s3.get_object_lock_configuration(Bucket=lockable)["ObjectLockConfiguration"] == {
        "ObjectLockEnabled": "Enabled"}
    assert refused(s3.put_bucket_versioning, Bucket=lockable, VersioningConfiguration={"Status": "Suspended"}) == (
        "InvalidBucketState", 409)
    assert s3.get_bucket_versioning(Bucket=lockable)["Status"] == "Enabled"


def test_a_bucket_without_lock_has_no_configuration(s3, bucket, refused):
    assert refused(s3.get_object_lock_configuration, Bucket=bucket) == ("ObjectLockConfigurationNotFoundError", 404)


def test_lock_is_enabled_where_versioning_is(s3, bucket, refused):
    lock = {"Bucket": bucket, "ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}}
    assert refused(s3.put_object_lock_configuration, **lock) == ("InvalidBucketState", 409)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object_lock_configuration(**lock)
    version = s3.put_object(Bucket=bucket, Key="k", Body=b"data")["VersionId"]
    hold(s3, {"Bucket": bucket, "Key": "k", "VersionId": version}, "ON")
    assert refused(s3.delete_object, Bucket=bucket, Key="k", VersionId=version) == DENIED


@pytest.mark.parametrize("default", [
    {"Mode": "GOVERNANCE", "Days": 1}, {"Mode": "COMPLIANCE", "Days": 30}, {"Mode": "GOVERNANCE", "Years": 2}])
def test_the_default_is_what_was_put(s3, lockable, default):
    set_default(s3, lockable, Mode="GOVERNANCE", Days=99)
    set_default(s3, lockable, **default)
    found = s3.get_object_lock_configuration(Bucket=lockable)["ObjectLockConfiguration"]
    assert found == {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": default}}


def test_a_default_is_taken_away(s3, lockable, refused):
    set_default(s3, lockable, Mode="GOVERNANCE", Days=1)
    s3.put_object_lock_configuration(Bucket=lockable, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"})
    assert "Rule" not in s3.get_object_lock_configuration(Bucket=lockable)["ObjectLockConfiguration"]
    s3.put_object(Bucket=lockable, Key="k", Body=b"data")
    assert refused(s3.get_object_retention, Bucket=lockable, Key="k") == NO_LOCK


@pytest.mark.parametrize("default, expected", [
    ({"Mode": "GOVERNANCE", "Days": 1, "Years": 1}, MALFORMED), ({"Mode": "GOVERNANCE"}, MALFORMED),
    ({"Days": 1}, MALFORMED), ({"Mode": "MAYBE", "Days": 1}, MALFORMED), ({"Mode": "GOVERNANCE", "Days": 0}, INVALID),
    ({"Mode": "GOVERNANCE", "Days": -1}, INVALID), ({"Mode": "GOVERNANCE", "Years": 0}, INVALID)])
def test_a_default_that_means_nothing_is_refused(s3, lockable, refused, default, expected):
    assert refused(set_default, s3, lockable, **default) == expected
    assert "Rule" not in s3.get_object_lock_configuration(Bucket=lockable)["ObjectLockConfiguration"]


def test_lock_is_not_disabled(s3, lockable, refused):
    assert refused(s3.put_object_lock_configuration, Bucket=lockable, ObjectLockConfiguration={
        "ObjectLockEnabled": "Disabled"}) == MALFORMED


@MODES
@pytest.mark.parametrize("period, days", [({"Days": 3}, 3), ({"Years": 1}, 365)])
def test_the_default_locks_what_comes_after_it(s3, lockable, refused, mode, period, days):
    before = s3.put_object(Bucket=lockable, Key="k", Body=b"before")["VersionId"]
    set_default(s3, lockable, Mode=mode, **period)
    after = s3.put_object(Bucket=lockable, Key="k", Body=b"after")["VersionId"]
    found, until = retention(s3, {"Bucket": lockable, "Key": "k", "VersionId": after})
    assert found == mode and abs(until - later(days=days)) < timedelta(days=2 if days > 300 else 0, minutes=1)
    assert refused(s3.get_object_retention, Bucket=lockable, Key="k", VersionId=before) == NO_LOCK
    assert refused(s3.delete_object, Bucket=lockable, Key="k", VersionId=after) == DENIED
    s3.delete_object(Bucket=lockable, Key="k", VersionId=before)


def test_what_a_request_says_goes_before_the_default(s3, lockable):
    set_default(s3, lockable, Mode="COMPLIANCE", Days=30)
    until = later(days=1)
    s3.put_object(
        Bucket=lockable, Key="k", Body=b"data", ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=until)
    assert retention(s3, {"Bucket": lockable, "Key": "k"}) == ("GOVERNANCE", until)


# Retention

@MODES
def test_a_retained_version_is_not_deleted_nor_is_its_retention_shortened(s3, version, refused, mode):
    until = later(days=2)
    retain(s3, version, mode, until)
    assert retention(s3, version) == (mode, until)
    assert refused(s3.delete_object, **version) == DENIED
    assert refused(retain, s3, version, mode, until - timedelta(days=1)) == DENIED
    assert refused(s3.put_object_retention, **version, Retention={}) == DENIED
    assert retention(s3, version) == (mode, until)
    retain(s3, version, mode, until + timedelta(days=1))
    assert retention(s3, version) == (mode, until + timedelta(days=1))
    assert s3.get_object(**version)["Body"].read() == b"data"


def test_governance_can_be_bypassed(s3, version, refused):
    until = later(days=2)
    retain(s3, version, "GOVERNANCE", until)
    retain(s3, version, "GOVERNANCE", until - timedelta(days=1), BypassGovernanceRetention=True)
    assert retention(s3, version) == ("GOVERNANCE", until - timedelta(days=1))
    s3.delete_object(**version, BypassGovernanceRetention=True)
    assert refused(s3.get_object, **version) == ("NoSuchVersion", 404)


def test_a_bypass_takes_governance_away(s3, version, refused):
    retain(s3, version, "GOVERNANCE", later(days=2))
    s3.put_object_retention(**version, Retention={}, BypassGovernanceRetention=True)
    assert refused(s3.get_object_retention, **version) == NO_LOCK
    s3.delete_object(**version)


def test_compliance_can_not_be_bypassed(s3, version, refused):
    until = later(days=2)
    retain(s3, version, "COMPLIANCE", until)
    bypass = {"BypassGovernanceRetention": True}
    assert refused(s3.delete_object, **version, **bypass) == DENIED
    assert refused(retain, s3, version, "COMPLIANCE", until - timedelta(days=1), **bypass) == DENIED
    assert refused(retain, s3, version, "GOVERNANCE", until + timedelta(days=1), **bypass) == DENIED
    assert refused(s3.put_object_retention, **version, Retention={}, **bypass) == DENIED
    assert retention(s3, version) == ("COMPLIANCE", until)


@MODES
def test_without_a_version_a_delete_makes_a_marker_and_a_write_a_version(s3, version, refused, mode):
    retain(s3, version, mode, later(days=1))
    stored = {"Bucket": version["Bucket"], "Key": "k"}
    marker = s3.delete_object(**stored)
    assert marker["DeleteMarker"] is True
    s3.put_object(**stored, Body=b"new")
    assert s3.get_object(**version)["Body"].read() == b"data"
    s3.delete_object(**stored, VersionId=marker["VersionId"])
    assert refused(s3.delete_object, **version) == DENIED
    assert refused(s3.delete_bucket, Bucket=version["Bucket"]) == ("BucketNotEmpty", 409)


def test_a_retention_ends(s3, version, refused):
    until = later(seconds=6)
    retain(s3, version, "COMPLIANCE", until)
    assert refused(s3.delete_object, **version) == DENIED
    time.sleep((until - datetime.now(timezone.utc)).total_seconds() + 0.5)
    s3.delete_object(**version)
    assert refused(s3.get_object, **version) == ("NoSuchVersion", 404)


@pytest.mark.parametrize("change, expected", [
    ({"RetainUntilDate": datetime(2001, 1, 1, tzinfo=timezone.utc)}, INVALID), ({"Mode": "MAYBE"}, MALFORMED),
    ({"Mode": None}, MALFORMED), ({"RetainUntilDate": None}, MALFORMED)])
def test_a_retention_that_means_nothing_is_refused(s3, version, refused, change, expected):
    whole = {"Mode": "GOVERNANCE", "RetainUntilDate": later(days=1), **change}
    whole = {name: value for name, value in whole.items() if value is not None}
    assert refused(s3.put_object_retention, **version, Retention=whole) == expected
    assert refused(s3.get_object_retention, **version) == NO_LOCK


# Legal holds

def test_a_legal_hold_keeps_its_version_until_it_is_off(s3, version, refused):
    assert refused(s3.get_object_legal_hold, **version) == NO_LOCK
    hold(s3, version, "ON")
    assert s3.get_object_legal_hold(**version)["LegalHold"] == {"Status": "ON"}
    assert refused(s3.delete_object, **version) == DENIED
    assert refused(s3.delete_object, **version, BypassGovernanceRetention=True) == DENIED
    hold(s3, version, "OFF")
    assert s3.get_object_legal_hold(**version)["LegalHold"] == {"Status": "OFF"}
    s3.delete_object(**version)
    assert refused(s3.get_object, **version) == ("NoSuchVersion", 404)


def test_a_legal_hold_is_on_or_off(s3, version, refused):
    assert refused(hold, s3, version, "MAYBE") == MALFORMED


# Many at once

def test_of_many_the_locked_ones_stay(s3, lockable, version):
    retain(s3, version, "GOVERNANCE", later(days=1))
    free = s3.put_object(Bucket=lockable, Key="free", Body=b"data")["VersionId"]
    delete = {"Objects": [{"Key": "k", "VersionId": version["VersionId"]}, {"Key": "free", "VersionId": free}]}
    answer = s3.delete_objects(Bucket=lockable, Delete=delete)
    assert [(entry["Key"], entry["Code"]) for entry in answer["Errors"]] == [("k", "AccessDenied")]
    assert [entry["Key"] for entry in answer["Deleted"]] == ["free"]
    answer = s3.delete_objects(Bucket=lockable, Delete=delete, BypassGovernanceRetention=True)
    assert "Errors" not in answer


# In the headers of write requests

def locked(until):
    return {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": until, "ObjectLockLegalHoldStatus": "ON"}


def put(s3, bucket, **lock):
    s3.put_object(Bucket=bucket, Key="k", Body=b"data", **lock)


def copy(s3, bucket, **lock):
    s3.put_object(Bucket=bucket, Key="source", Body=b"data")
    s3.copy_object(Bucket=bucket, Key="k", CopySource=f"{bucket}/source", **lock)


def complete(s3, bucket, **lock):
    upload = Upload(s3, bucket, **lock)
    upload.part(1, b"data")
    upload.complete()


WRITES = pytest.mark.parametrize("write", [put, copy, complete])


@WRITES
def test_a_write_may_bring_its_lock(s3, lockable, refused, write):
    until = later(days=1)
    write(s3, lockable, **locked(until))
    for read in (s3.head_object, s3.get_object):
        found = read(Bucket=lockable, Key="k")
        assert {name: found[name] for name in locked(until)} == locked(until)
    assert refused(s3.delete_object, Bucket=lockable, Key="k", VersionId=found["VersionId"]) == DENIED


@WRITES
@pytest.mark.parametrize("change", [
    {"ObjectLockMode": None}, {"ObjectLockRetainUntilDate": None}, {"ObjectLockMode": "MAYBE"},
    {"ObjectLockRetainUntilDate": datetime(2001, 1, 1, tzinfo=timezone.utc)}, {"ObjectLockLegalHoldStatus": "MAYBE"}],
    ids=str)
def test_a_lock_that_means_nothing_stores_nothing(s3, lockable, refused, write, change):
    lock = {name: value for name, value in {**locked(later(days=1)), **change}.items() if value is not None}
    assert refused(write, s3, lockable, **lock) == INVALID
    assert refused(s3.head_object, Bucket=lockable, Key="k") == ("404", 404)


@WRITES
def test_without_lock_in_the_bucket_there_is_none_for_an_object(s3, bucket, refused, write):
    assert refused(write, s3, bucket, **locked(later(days=1))) == NOT_LOCKABLE
    assert refused(s3.head_object, Bucket=bucket, Key="k") == ("404", 404)


def test_what_belongs_to_lock_is_refused_in_a_bucket_without(s3, bucket, refused):
    stored = {"Bucket": bucket, "Key": "k"}
    s3.put_object(**stored, Body=b"data")
    assert refused(retain, s3, stored, "GOVERNANCE", later(days=1)) == NOT_LOCKABLE
    assert refused(hold, s3, stored, "ON") == NOT_LOCKABLE
    assert refused(s3.get_object_retention, **stored) == NOT_LOCKABLE
    assert refused(s3.get_object_legal_hold, **stored) == NOT_LOCKABLE
    assert refused(s3.delete_object, **stored, BypassGovernanceRetention=True) == INVALID


def test_a_locked_object_comes_with_a_checksum(server, lockable, refused):
    plain = make_client(server, config=botocore.config.Config(request_checksum_calculation="when_required"))
    assert refused(put, plain, lockable, **locked(later(days=1))) == ("InvalidRequest", 400)
    put(plain, lockable, ContentMD5="jXd/OF09/siBXSD3SWAm3A==", **locked(later(days=1)))


def test_a_copy_is_not_locked_by_its_source(s3, lockable, version, refused):
    retain(s3, version, "GOVERNANCE", later(days=1))
    s3.copy_object(Bucket=lockable, Key="copy", CopySource=version)
    assert refused(s3.get_object_retention, Bucket=lockable, Key="copy") == NO_LOCK


def test_what_is_not_there_has_no_lock(s3, lockable, version, refused):
    missing = {"Bucket": lockable, "Key": "missing"}
    assert refused(s3.get_object_retention, **missing) == ("NoSuchKey", 404)
    assert refused(retain, s3, missing, "GOVERNANCE", later(days=1)) == ("NoSuchKey", 404)
    assert refused(s3.get_object_legal_hold, **missing) == ("NoSuchKey", 404)
    assert refused(hold, s3, missing, "ON") == ("NoSuchKey", 404)
    s3.delete_object(**version)
    assert refused(s3.get_object_retention, **version) == ("NoSuchVersion", 404)


@pytest.mark.parametrize("default", [False, True])
def test_what_is_locked_comes_with_a_digest(server, connection, s3, lockable, default):
    """Also for the bucket's default lock, and for parts (S3 User Guide, "Object Lock": uploads need a checksum)."""
    until = (datetime.now(timezone.utc) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    lock = [] if default else [("x-amz-object-lock-mode", "GOVERNANCE"), ("x-amz-object-lock-retain-until-date", until)]
    if default:
        set_default(s3, lockable, Mode="GOVERNANCE", Days=1)

    def put(query="", *fields):
        path = f"/{lockable}/k"
        headers = Signer(server).headers("PUT", path, query, fields, payload="UNSIGNED-PAYLOAD")
        return connection.ask("PUT", f"{path}?{query}", headers, b"data")

    new_upload = Upload(s3, lockable, **({} if default else locked(later(days=1))))
    part = f"partNumber=1&uploadId={new_upload.id}"
    for answer, name in ((put("", *lock), "Put Object"), (put(part), "Put Part")):
        assert (answer.status, answer["Code"]) == (400, "InvalidRequest"), name
        assert answer["Message"] == (
            f"Content-MD5 OR x-amz-checksum- HTTP header is required for {name} requests with Object Lock parameters")
    digest = ("content-md5", base64.b64encode(hashlib.md5(b"data").digest()).decode())
    assert put("", *lock, digest).status == 200
    assert put(part, digest).status == 200
    assert put(part, ("x-amz-checksum-crc32", crc32(b"data"))).status == 200


@pytest.mark.parametrize("default", [False, True])
def test_a_form_that_is_locked_comes_with_a_digest(s3, lockable, default):
    """S3 API Reference, "PutObject": any request to upload an object with a retention period."""
    if default:
        set_default(s3, lockable, Mode="GOVERNANCE", Days=1)
        lock = {}
    else:
        until = (datetime.now(timezone.utc) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        lock = {"x-amz-object-lock-mode": "GOVERNANCE", "x-amz-object-lock-retain-until-date": until}

    def post(**digest):
        fields = {**lock, **digest}
        form = s3.generate_presigned_post(
            lockable, "k", Fields=fields, Conditions=[{name: value} for name, value in fields.items()])
        return requests.post(form["url"], data=form["fields"], files={"file": ("k", b"data")})

    answer = post()
    assert answer.status_code == 400 and "<Code>InvalidRequest</Code>" in answer.text
    assert "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests" in answer.text
    assert post(**{"Content-MD5": base64.b64encode(hashlib.md5(b"data").digest()).decode()}).status_code == 204
    assert post(**{"x-amz-checksum-crc32": crc32(b"data")}).status_code == 204
    assert s3.get_object_retention(Bucket=lockable, Key="k")["Retention"]["Mode"] == "GOVERNANCE"
