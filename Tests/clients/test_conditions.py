"""Conditional reads, writes and copies, and ranges."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import botocore.exceptions
import pytest

import wire

PAST = datetime(2001, 1, 1, tzinfo=timezone.utc)
FUTURE = datetime.now(timezone.utc) + timedelta(days=1)
OTHER = '"00000000000000000000000000000000"'


@pytest.fixture
def etag(s3, bucket):
    return s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")["ETag"]


def status(function, **options):
    """The status of a call, whether it fails or not."""
    try:
        return function(**options)["ResponseMetadata"]["HTTPStatusCode"]
    except botocore.exceptions.ClientError as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"]


READS = [  # SAME is replaced by the object's own ETag
    ({"IfMatch": "SAME"}, 200), ({"IfMatch": OTHER}, 412), ({"IfMatch": "*"}, 200),
    ({"IfMatch": f"{OTHER}, SAME"}, 200),
    ({"IfNoneMatch": "SAME"}, 304), ({"IfNoneMatch": OTHER}, 200), ({"IfNoneMatch": "*"}, 304),
    ({"IfModifiedSince": PAST}, 200), ({"IfUnmodifiedSince": PAST}, 412), ({"IfUnmodifiedSince": FUTURE}, 200),
    # GetObject: "If-Match true and If-Unmodified-Since false: 200",
    # "If-None-Match false and If-Modified-Since true: 304"
    ({"IfMatch": "SAME", "IfUnmodifiedSince": PAST}, 200), ({"IfNoneMatch": "SAME", "IfModifiedSince": PAST}, 304),
    ({"IfMatch": OTHER, "IfUnmodifiedSince": FUTURE}, 412), ({"IfMatch": OTHER, "IfNoneMatch": "SAME"}, 412),
    ({"IfMatch": "SAME", "IfNoneMatch": "SAME"}, 304), ({"IfMatch": OTHER, "Range": "bytes=99-"}, 412),
    ({"IfMatch": "SAME", "Range": "bytes=0-3"}, 206), ({"IfNoneMatch": "SAME", "Range": "bytes=0-3"}, 304)]


@pytest.mark.parametrize("conditions, expected", READS, ids=[str(row[0])[:60] for row in READS])
def test_a_read_is_answered_by_its_conditions(s3, bucket, etag, conditions, expected):
    options = {name: value.replace("SAME", etag) if isinstance(value, str) else value
               for name, value in conditions.items()}
    assert status(s3.get_object, Bucket=bucket, Key="k", **options) == expected
    assert status(s3.head_object, Bucket=bucket, Key="k", **options) == expected


def test_an_object_is_not_modified_since_its_own_time(server, http, s3, public_bucket):
    s3.put_object(Bucket=public_bucket, Key="k", Body=b"data", CacheControl="max-age=5")
    url = f"{server.endpoint}/{public_bucket}/k"
    seen = http.get(url)
    answer = http.get(url, headers={"If-Modified-Since": seen.headers["Last-Modified"]})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["ETag"] == seen.headers["ETag"]
    assert answer.headers["Cache-Control"] == "max-age=5"
    assert http.get(url, headers={"If-Unmodified-Since": seen.headers["Last-Modified"]}).status_code == 200
    assert http.get(url, headers={"If-Modified-Since": "yesterday"}).status_code == 200


def test_a_failed_condition_is_named(server, http, s3, public_bucket):
    s3.put_object(Bucket=public_bucket, Key="k", Body=b"data")
    for header, value in (("If-Match", OTHER), ("If-Unmodified-Since", "Mon, 01 Jan 2001 00:00:00 GMT")):
        answer = http.get(f"{server.endpoint}/{public_bucket}/k", headers={header: value})
        assert wire.error(answer.content)["Code"] == "PreconditionFailed"
        assert wire.error(answer.content)["Condition"] == header


# Writes

def test_a_write_can_require_that_there_is_nothing(s3, bucket, refused):
    s3.put_object(Bucket=bucket, Key="k", Body=b"first", IfNoneMatch="*")
    assert refused(s3.put_object, Bucket=bucket, Key="k", Body=b"second", IfNoneMatch="*") == (
        "PreconditionFailed", 412)
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"first"
    s3.delete_object(Bucket=bucket, Key="k")
    s3.put_object(Bucket=bucket, Key="k", Body=b"third", IfNoneMatch="*")


def test_a_write_can_require_the_bytes_that_it_replaces(s3, bucket, etag, refused):
    assert refused(s3.put_object, Bucket=bucket, Key="k", Body=b"new", IfMatch=OTHER) == ("PreconditionFailed", 412)
    assert refused(s3.put_object, Bucket=bucket, Key="l", Body=b"new", IfMatch=etag) == ("NoSuchKey", 404)
    s3.put_object(Bucket=bucket, Key="k", Body=b"new", IfMatch=etag)
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"new"


@pytest.mark.parametrize("condition", [{"IfNoneMatch": OTHER}, {"IfMatch": "*"}])
def test_conditions_that_s3_does_not_take_on_a_write_are_not_implemented(s3, bucket, etag, refused, condition):
    assert refused(s3.put_object, Bucket=bucket, Key="k", Body=b"new", **condition) == ("NotImplemented", 501)
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"0123456789"


@pytest.mark.parametrize("size", [10, 300_000])
def test_of_concurrent_writers_that_require_nothing_one_wins(s3, bucket, size):
    def write(number):
        return status(s3.put_object, Bucket=bucket, Key="k", Body=bytes([number]) * size, IfNoneMatch="*")

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(write, range(16)))
    assert answers.count(200) == 1 and set(answers) <= {200, 409, 412}
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == bytes([answers.index(200)]) * size


# Ranges

@pytest.mark.parametrize("header, expected", [
    ("bytes=0-0", b"0"), ("bytes=3-5", b"345"), ("bytes=8-99", b"89"), ("bytes=7-", b"789"), ("bytes=-2", b"89"),
    ("bytes=-99", b"0123456789"), ("bytes=5-99999999999999999999999", b"56789")])
def test_a_range_is_a_part_of_the_object(s3, bucket, etag, header, expected):
    answer = s3.get_object(Bucket=bucket, Key="k", Range=header)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 206
    assert answer["Body"].read() == expected
    first = b"0123456789".index(expected)
    assert answer["ContentRange"] == f"bytes {first}-{first + len(expected) - 1}/10"
    assert s3.head_object(Bucket=bucket, Key="k", Range=header)["ContentLength"] == len(expected)


@pytest.mark.parametrize("header", [
    "bytes=5-3", "bytes=a-b", "bytes=", "bytes", "lines=0-1", "bytes=-", "bytes=0-1,3-4"])
def test_an_invalid_range_and_several_ranges_are_ignored(s3, bucket, etag, header):
    answer = s3.get_object(Bucket=bucket, Key="k", Range=header)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert answer["Body"].read() == b"0123456789"


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-20", "bytes=-0"])
def test_a_range_outside_the_object_is_not_satisfiable(s3, bucket, etag, refused, header):
    assert refused(s3.get_object, Bucket=bucket, Key="k", Range=header) == ("InvalidRange", 416)
    assert refused(s3.head_object, Bucket=bucket, Key="k", Range=header)[1] == 416


def test_no_range_of_an_empty_object_but_its_end_is_satisfiable(server, http, s3, public_bucket):
    s3.put_object(Bucket=public_bucket, Key="k", Body=b"")
    whole = http.get(f"{server.endpoint}/{public_bucket}/k", headers={"Range": "bytes=-1"})
    assert (whole.status_code, whole.content, whole.headers.get("Content-Range")) == (200, b"", None)
    for header in ("bytes=0-0", "bytes=0-", "bytes=-0"):
        answer = http.get(f"{server.endpoint}/{public_bucket}/k", headers={"Range": header})
        assert (answer.status_code, answer.headers["Content-Range"]) == (416, "bytes */0")
        assert answer.headers["Content-Type"] == "application/xml"
        assert wire.error(answer.content)["ActualObjectSize"] == "0"
