"""Writes and deletes with conditions: of many at the same time, only one succeeds."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import botocore.config
import botocore.exceptions
import pytest

from conftest import make_client
from multipart import Upload

OTHER = '"00000000000000000000000000000000"'
FAILED = ("PreconditionFailed", 412)
ABSENT = ("NoSuchKey", 404)


@pytest.fixture
def etag(s3, bucket):
    return s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")["ETag"]


@pytest.fixture
def versioned(s3, bucket):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    return bucket


@pytest.fixture
def many(server):
    """A client with enough connections for many threads, and without retries."""
    config = botocore.config.Config(max_pool_connections=50, retries={"total_max_attempts": 1})
    return make_client(server, config=config)


def put(s3, bucket, key="k", **conditions):
    s3.put_object(Bucket=bucket, Key=key, Body=b"new", **conditions)


def copy(s3, bucket, key="k", **conditions):
    s3.put_object(Bucket=bucket, Key="source", Body=b"new")
    s3.copy_object(Bucket=bucket, Key=key, CopySource=f"{bucket}/source", **conditions)


def complete(s3, bucket, key="k", **conditions):
    upload = Upload(s3, bucket, key)
    upload.part(1, b"new")
    upload.complete(**conditions)


WRITES = pytest.mark.parametrize("write", [put, copy, complete])


def read(s3, bucket, key="k"):
    return s3.get_object(Bucket=bucket, Key=key)["Body"].read()


# Every write

@WRITES
def test_a_write_that_requires_nothing_leaves_what_is_there(s3, bucket, etag, refused, write):
    assert refused(write, s3, bucket, IfNoneMatch="*") == FAILED
    assert read(s3, bucket) == b"0123456789"
    write(s3, bucket, "l", IfNoneMatch="*")
    assert read(s3, bucket, "l") == b"new"


@WRITES
def test_a_write_that_requires_an_etag_replaces_that_alone(s3, bucket, etag, refused, write):
    assert refused(write, s3, bucket, IfMatch=OTHER) == FAILED
    assert read(s3, bucket) == b"0123456789"
    write(s3, bucket, IfMatch=etag)
    assert read(s3, bucket) == b"new"
    assert refused(write, s3, bucket, IfMatch=etag) == FAILED


@WRITES
def test_an_etag_may_come_without_quotes(s3, bucket, etag, write):
    write(s3, bucket, IfMatch=etag.strip('"'))
    assert read(s3, bucket) == b"new"


@WRITES
def test_what_is_not_there_has_no_etag(s3, bucket, etag, refused, write):
    assert refused(write, s3, bucket, "missing", IfMatch=etag) == ABSENT
    assert refused(s3.head_object, Bucket=bucket, Key="missing") == ("404", 404)


@WRITES
def test_a_delete_marker_counts_as_nothing(s3, versioned, etag, refused, write):
    s3.delete_object(Bucket=versioned, Key="k")
    assert refused(write, s3, versioned, IfMatch=etag) == ABSENT
    write(s3, versioned, IfNoneMatch="*")
    assert read(s3, versioned) == b"new"
    assert refused(write, s3, versioned, IfNoneMatch="*") == FAILED


@WRITES
@pytest.mark.parametrize("conditions", [{"IfNoneMatch": OTHER}, {"IfNoneMatch": "*", "IfMatch": OTHER}])
def test_other_forms_are_not_implemented(s3, bucket, etag, refused, write, conditions):
    assert refused(write, s3, bucket, **conditions) == ("NotImplemented", 501)
    assert read(s3, bucket) == b"0123456789"


def test_a_failed_condition_is_named(s3, bucket, etag):
    for conditions, name in (({"IfNoneMatch": "*"}, "If-None-Match"), ({"IfMatch": OTHER}, "If-Match")):
        with pytest.raises(botocore.exceptions.ClientError) as caught:
            put(s3, bucket, **conditions)
        error = caught.value.response["Error"]
        assert error["Condition"] == name
        assert error["Message"] == "At least one of the pre-conditions you specified did not hold"


def test_only_the_current_version_counts(s3, versioned, etag, refused):
    new = s3.put_object(Bucket=versioned, Key="k", Body=b"second")["ETag"]
    assert refused(put, s3, versioned, IfMatch=etag) == FAILED
    put(s3, versioned, IfMatch=new)
    assert len(s3.list_object_versions(Bucket=versioned)["Versions"]) == 3


# Many at once

def answers(function, count=100):
    """The results of `count` concurrent calls: 200, or the error code."""
    def call(number):
        try:
            function(number)
            return 200
        except botocore.exceptions.ClientError as error:
            return error.response["Error"]["Code"]

    with ThreadPoolExecutor(32) as threads:
        return list(threads.map(call, range(count)))


def test_of_a_hundred_that_require_nothing_one_wins(many, bucket):
    found = answers(lambda number: many.put_object(Bucket=bucket, Key="k", Body=b"%d" % number, IfNoneMatch="*"))
    assert found.count(200) == 1
    assert set(found) <= {200, "PreconditionFailed", "ConditionalRequestConflict"}
    assert read(many, bucket) == b"%d" % found.index(200)


def test_of_a_hundred_that_require_the_same_etag_one_wins(many, bucket, etag):
    found = answers(lambda number: many.put_object(Bucket=bucket, Key="k", Body=b"%d" % number, IfMatch=etag))
    assert found.count(200) == 1
    assert set(found) <= {200, "PreconditionFailed", "ConditionalRequestConflict"}
    assert read(many, bucket) == b"%d" % found.index(200)


def test_of_many_completions_that_require_nothing_one_wins(many, bucket):
    uploads = [Upload(many, bucket) for _ in range(16)]
    for number, upload in enumerate(uploads):
        upload.part(1, b"%d" % number)
    found = answers(lambda number: uploads[number].complete(IfNoneMatch="*"), len(uploads))
    assert found.count(200) == 1
    assert set(found) <= {200, "PreconditionFailed", "ConditionalRequestConflict"}
    assert read(many, bucket) == b"%d" % found.index(200)


def test_a_counter_loses_no_step(many, bucket):
    many.put_object(Bucket=bucket, Key="counter", Body=b"0")

    def step(_):
        while True:
            found = many.get_object(Bucket=bucket, Key="counter")
            value = int(found["Body"].read())
            try:
                return many.put_object(
                    Bucket=bucket, Key="counter", Body=b"%d" % (value + 1), IfMatch=found["ETag"])
            except botocore.exceptions.ClientError as error:
                assert error.response["Error"]["Code"] in ("PreconditionFailed", "ConditionalRequestConflict")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(step, range(50)))
    assert read(many, bucket, "counter") == b"50"


# Deletes

def test_a_delete_can_require_an_etag(s3, bucket, etag, refused):
    assert refused(s3.delete_object, Bucket=bucket, Key="k", IfMatch=OTHER) == FAILED
    assert read(s3, bucket) == b"0123456789"
    assert s3.delete_object(Bucket=bucket, Key="k", IfMatch=etag)["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert refused(s3.head_object, Bucket=bucket, Key="k") == ("404", 404)


def test_a_delete_can_require_that_there_is_something(s3, bucket, etag, refused):
    s3.delete_object(Bucket=bucket, Key="k", IfMatch="*")
    assert refused(s3.head_object, Bucket=bucket, Key="k") == ("404", 404)


@pytest.mark.parametrize("condition", ["*", OTHER])
def test_a_delete_of_nothing_does_not_meet_its_condition(s3, bucket, refused, condition):
    assert refused(s3.delete_object, Bucket=bucket, Key="missing", IfMatch=condition) == ABSENT


@pytest.mark.parametrize("condition", ["*", OTHER])
def test_a_delete_does_not_look_under_a_marker(s3, versioned, etag, refused, condition):
    marker = s3.delete_object(Bucket=versioned, Key="k", IfMatch=etag)
    assert marker["DeleteMarker"] is True
    assert refused(s3.delete_object, Bucket=versioned, Key="k", IfMatch=condition) == ABSENT
    assert refused(s3.delete_object, Bucket=versioned, Key="k", IfMatch=etag) == ABSENT
    assert len(s3.list_object_versions(Bucket=versioned)["DeleteMarkers"]) == 1


def test_a_delete_of_a_version_takes_no_condition(s3, versioned, etag, refused):
    version = s3.head_object(Bucket=versioned, Key="k")["VersionId"]
    assert refused(s3.delete_object, Bucket=versioned, Key="k", VersionId=version, IfMatch=etag) == (
        "NotImplemented", 501)
    assert read(s3, versioned) == b"0123456789"


def test_of_many_deletes_that_require_an_etag_one_deletes(many, versioned, etag):
    found = answers(lambda _: many.delete_object(Bucket=versioned, Key="k", IfMatch=etag), 32)
    assert found.count(200) == 1
    assert len(many.list_object_versions(Bucket=versioned)["DeleteMarkers"]) == 1


def test_each_of_many_may_have_its_etag(s3, bucket, etag, refused):
    for key in ("l", "m"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"data")
    objects = [{"Key": "k", "ETag": etag}, {"Key": "l", "ETag": OTHER}, {"Key": "m", "ETag": "*"},
               {"Key": "missing", "ETag": OTHER}]
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": objects})
    assert [entry["Key"] for entry in answer["Deleted"]] == ["k", "m"]
    assert [entry["Key"] for entry in answer["Errors"]] == ["l", "missing"]
    assert answer["Errors"][0]["Code"] == "PreconditionFailed"
    assert [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["l"]


# Size and time, which AWS only has for directory buckets

@pytest.mark.parametrize("conditions", [
    {"IfMatchSize": 10}, {"IfMatchSize": 9}, {"IfMatchLastModifiedTime": "2001-01-01"}, {"IfMatch": "*", "IfMatchSize": 10}],
    ids=str)
def test_a_delete_does_not_ask_for_a_size_or_time(s3, bucket, etag, refused, conditions):
    for key in ("k", "missing"):
        assert refused(s3.delete_object, Bucket=bucket, Key=key, **conditions) == ("NotImplemented", 501)
    assert read(s3, bucket) == b"0123456789"
