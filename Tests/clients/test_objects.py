"""boto3 with its defaults: objects are read as they were written, for all kinds of keys, headers and sizes."""

import hashlib
from datetime import datetime, timedelta, timezone

import pytest

AWKWARD_KEYS = [
    "simple", "a/b", "/leading", "trailing/", "a//b", ".", "a/..", "a/../b", "./a", "a/.", "space here", " leading space",
    "trailing space ", "plus+plus", "percent%20", "100%", "%2F", "ümläut", "u\u0308", "日本語/キー", "emoji 🗂", "a&b=c",
    "q?x=y", "hash#tag", "semi;colon", "com,ma", "quote'\"quote", "<tag>&amp;", "back\\slash", "~tilde",
    "(paren)[x]{y}",
    "*star*", "!$@:^`|", "tab\tin", "line\nbreak", "x" * 1024, "é" * 512, "x/y/../../etc/passwd", "__init__.py"]


def test_headers_and_metadata_come_back_as_they_were_sent(s3, bucket):
    sent = {
        "ContentType": "text/csv; charset=utf-8", "ContentEncoding": "gzip", "ContentLanguage": "de, en",
        "ContentDisposition": 'attachment; filename="a b.csv"', "CacheControl": "max-age=60, public",
        "Metadata": {"plain": "value", "with-dash": "a  b", "empty": "", "uuid": "0"}}
    expires = datetime(2030, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
    s3.put_object(Bucket=bucket, Key="k", Body=b"data", Expires=expires, **sent)
    for answer in (s3.get_object(Bucket=bucket, Key="k"), s3.head_object(Bucket=bucket, Key="k")):
        assert {name: answer[name] for name in sent} == sent
        assert answer["ExpiresString"] == "Wed, 02 Jan 2030 03:04:05 GMT"
        assert answer["ContentLength"] == 4
        assert answer["ETag"] == f'"{hashlib.md5(b"data").hexdigest()}"'
        assert answer["AcceptRanges"] == "bytes"
        assert answer["LastModified"] - datetime.now(timezone.utc) < timedelta(minutes=1)


def test_an_object_without_a_type_is_a_byte_stream(s3, bucket):
    s3.put_object(Bucket=bucket, Key="page.html", Body=b"<p>")
    assert s3.head_object(Bucket=bucket, Key="page.html")["ContentType"] == "binary/octet-stream"


def test_metadata_beyond_2_kilobytes_are_refused(s3, bucket, refused):
    s3.put_object(Bucket=bucket, Key="k", Body=b"", Metadata={"a": "x" * 2047})
    assert refused(s3.put_object, Bucket=bucket, Key="l", Body=b"", Metadata={"a": "x" * 2048}) == (
        "MetadataTooLarge", 400)
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 1


@pytest.mark.parametrize("size", [0, 1, 4095, 65536, 300_001, 5 << 20])
def test_bytes_of_every_size_come_back(s3, bucket, size):
    data = (hashlib.sha256(str(size).encode()).digest() * (size // 32 + 1))[:size]
    s3.put_object(Bucket=bucket, Key="k", Body=data)
    answer = s3.get_object(Bucket=bucket, Key="k")
    assert answer["Body"].read() == data
    assert answer["ContentLength"] == size


@pytest.mark.parametrize("key", AWKWARD_KEYS, ids=lambda key: ascii(key)[1:25])
def test_a_key_is_opaque(s3, bucket, key):
    s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    s3.put_object(Bucket=bucket, Key=f"copy{key}"[:1024 - len(key.encode()) + len(key)], Body=b"other")
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == key.encode()
    for version in ("list_objects", "list_objects_v2"):
        assert key in [entry["Key"] for entry in getattr(s3, version)(Bucket=bucket)["Contents"]]
    s3.copy_object(Bucket=bucket, Key="target", CopySource={"Bucket": bucket, "Key": key})
    assert s3.get_object(Bucket=bucket, Key="target")["Body"].read() == key.encode()
    deleted = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key}]})
    assert [entry["Key"] for entry in deleted["Deleted"]] == [key] and "Errors" not in deleted
    assert key not in [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket)["Contents"]]


def test_differently_composed_accents_are_different_keys(s3, bucket):
    s3.put_object(Bucket=bucket, Key="\u00fc", Body=b"composed")
    s3.put_object(Bucket=bucket, Key="u\u0308", Body=b"decomposed")
    assert s3.get_object(Bucket=bucket, Key="\u00fc")["Body"].read() == b"composed"
    assert s3.get_object(Bucket=bucket, Key="u\u0308")["Body"].read() == b"decomposed"


def test_a_key_of_more_than_1024_bytes_is_too_long(s3, bucket, refused):
    for key in ("x" * 1025, "é" * 513):
        assert refused(s3.put_object, Bucket=bucket, Key=key, Body=b"") == ("KeyTooLongError", 400)
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_deleting_what_is_not_there_is_no_error(s3, bucket, refused):
    assert s3.delete_object(Bucket=bucket, Key="k")["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert refused(s3.get_object, Bucket=bucket, Key="k") == ("NoSuchKey", 404)
    assert refused(s3.head_object, Bucket=bucket, Key="k") == ("404", 404)
