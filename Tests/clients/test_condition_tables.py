"""Every condition in every state of the target: one table for writes, one for deletes, one for sources of copies."""

from datetime import datetime, timedelta, timezone

import botocore.exceptions
import pytest

import v4
import wire
from multipart import Upload

PAST = datetime(2001, 1, 1, tzinfo=timezone.utc)
FUTURE = datetime.now(timezone.utc) + timedelta(days=1)
OTHER = '"00000000000000000000000000000000"'
DONE, FAILED, ABSENT, NONE = (None, 200), ("PreconditionFailed", 412), ("NoSuchKey", 404), ("NotImplemented", 501)
STATES = ["absent", "object", "version", "marker", "suspended"]


@pytest.fixture
def set_state(s3, bucket):
    """Brings the key `k` into a state; returns the ETag that the object has, or had before it was deleted."""
    def set_state(state):
        if state in ("version", "marker", "suspended"):
            s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        etag = s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")["ETag"]
        if state == "suspended":
            s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
        if state in ("absent", "marker"):
            s3.delete_object(Bucket=bucket, Key="k")
        return etag

    return set_state


def outcome(function, **options):
    """The error code and the status of a call."""
    try:
        function(**options)
    except botocore.exceptions.ClientError as error:
        response = error.response
        return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]
    return DONE


def filled(conditions, etag):
    return {name: etag if value == "SAME" else value for name, value in conditions.items()}


# Writes

def put(s3, bucket, **conditions):
    return outcome(s3.put_object, Bucket=bucket, Key="k", Body=b"new", **conditions)


def copy(s3, bucket, **conditions):
    s3.put_object(Bucket=bucket, Key="source", Body=b"new")
    return outcome(s3.copy_object, Bucket=bucket, Key="k", CopySource=f"{bucket}/source", **conditions)


def complete(s3, bucket, **conditions):
    upload = Upload(s3, bucket)
    upload.part(1, b"new")
    return outcome(upload.complete, **conditions)


WRITES = [  # expected without an object or with a delete marker, and with an object
    ({}, DONE, DONE), ({"IfNoneMatch": "*"}, DONE, FAILED), ({"IfMatch": "SAME"}, ABSENT, DONE),
    ({"IfMatch": OTHER}, ABSENT, FAILED), ({"IfMatch": "*"}, NONE, NONE), ({"IfNoneMatch": "SAME"}, NONE, NONE),
    ({"IfNoneMatch": OTHER}, NONE, NONE), ({"IfMatch": "SAME", "IfNoneMatch": "*"}, NONE, NONE)]


@pytest.mark.parametrize("write", [put, copy, complete])
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("conditions, without, present", WRITES, ids=[str(row[0]) for row in WRITES])
def test_a_write(s3, bucket, set_state, write, state, conditions, without, present):
    etag = set_state(state)
    expected = without if state in ("absent", "marker") else present
    assert write(s3, bucket, **filled(conditions, etag)) == expected
    is_there = outcome(s3.head_object, Bucket=bucket, Key="k") == DONE
    assert is_there == (expected == DONE or state not in ("absent", "marker"))
    if is_there:
        body = s3.get_object(Bucket=bucket, Key="k")["Body"].read()
        assert body == (b"new" if expected == DONE else b"0123456789")


@pytest.mark.parametrize("name, value", [("If-Match", "SAME"), ("If-None-Match", "*")])
def test_an_object_that_is_deleted_while_the_body_comes_is_a_conflict(server, s3, bucket, set_state, name, value):
    etag = set_state("object")
    headers = [(name, etag if value == "SAME" else value), ("Content-Length", "4")]
    path = f"/{bucket}/k"
    with wire.Connection(server) as connection:
        signed = v4.Signer(server).headers("PUT", path, headers=headers, payload="UNSIGNED-PAYLOAD")
        connection.request("PUT", path, [*signed, ("Expect", "100-continue")])
        assert connection.answer("PUT").status == 100  # the condition was checked
        s3.delete_object(Bucket=bucket, Key="k")
        connection.send(b"data")
        answer = connection.answer("PUT")
    assert (answer["Code"], answer.status) == ("ConditionalRequestConflict", 409)
    assert outcome(s3.head_object, Bucket=bucket, Key="k") == ("404", 404)


# Deletes

DELETES = [
    ({}, DONE, DONE), ({"IfMatch": "*"}, ABSENT, DONE), ({"IfMatch": "SAME"}, ABSENT, DONE),
    ({"IfMatch": OTHER}, ABSENT, FAILED)]
ELEMENTS = {"IfMatch": "ETag"}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("conditions, without, present", DELETES, ids=[str(row[0])[:40] for row in DELETES])
def test_a_delete(s3, bucket, set_state, state, conditions, without, present):
    etag = set_state(state)
    expected = without if state in ("absent", "marker") else present
    assert outcome(s3.delete_object, Bucket=bucket, Key="k", **filled(conditions, etag)) == expected
    is_there = outcome(s3.head_object, Bucket=bucket, Key="k") == DONE
    assert is_there == (expected == FAILED)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("conditions, without, present", DELETES, ids=[str(row[0])[:40] for row in DELETES])
def test_a_delete_of_many(s3, bucket, set_state, state, conditions, without, present):
    etag = set_state(state)
    expected = without if state in ("absent", "marker") else present
    elements = {ELEMENTS[name]: value for name, value in filled(conditions, etag).items()}
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "k", **elements}]})
    assert [entry["Code"] for entry in answer.get("Errors", [])] == ([] if expected == DONE else [expected[0]])
    assert [entry["Key"] for entry in answer.get("Deleted", [])] == (["k"] if expected == DONE else [])


# Sources of copies

def copy_object(s3, bucket, **conditions):
    return outcome(s3.copy_object, Bucket=bucket, Key="copy", CopySource=f"{bucket}/k", **conditions)


def copy_part(s3, bucket, **conditions):
    return outcome(Upload(s3, bucket, "copy").copy, number=1, source=f"{bucket}/k", **conditions)


SOURCES = [
    ({}, DONE), ({"Match": "SAME"}, DONE), ({"Match": OTHER}, FAILED), ({"NoneMatch": "SAME"}, FAILED),
    ({"NoneMatch": OTHER}, DONE), ({"ModifiedSince": PAST}, DONE), ({"UnmodifiedSince": PAST}, FAILED),
    ({"UnmodifiedSince": FUTURE}, DONE),
    # CopyObject: "x-amz-copy-source-if-match true and x-amz-copy-source-if-unmodified-since false: 200",
    # "x-amz-copy-source-if-none-match false and x-amz-copy-source-if-modified-since true: 412"
    ({"Match": "SAME", "UnmodifiedSince": PAST}, DONE), ({"NoneMatch": "SAME", "ModifiedSince": PAST}, FAILED),
    ({"Match": OTHER, "UnmodifiedSince": FUTURE}, FAILED), ({"NoneMatch": OTHER, "ModifiedSince": PAST}, DONE)]


@pytest.mark.parametrize("copy", [copy_object, copy_part])
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("conditions, present", SOURCES, ids=[str(row[0])[:50] for row in SOURCES])
def test_a_source(s3, bucket, set_state, copy, state, conditions, present):
    etag = set_state(state)
    expected = ABSENT if state in ("absent", "marker") else present
    options = {f"CopySourceIf{name}": value for name, value in filled(conditions, etag).items()}
    assert copy(s3, bucket, **options) == expected
