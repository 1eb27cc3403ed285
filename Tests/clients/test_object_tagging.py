"""Tags of objects: in a document, in a header, of versions and of copies."""

import base64
import hashlib

import pytest

from v4 import Signer

INVALID = ("InvalidTag", 400)


@pytest.fixture
def stored(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"data")
    return {"Bucket": bucket, "Key": "k"}


def put(s3, stored, tags, **options):
    tag_set = [{"Key": key, "Value": value} for key, value in (tags.items() if isinstance(tags, dict) else tags)]
    return s3.put_object_tagging(**stored, Tagging={"TagSet": tag_set}, **options)


def get(s3, stored, **options):
    return {tag["Key"]: tag["Value"] for tag in s3.get_object_tagging(**stored, **options)["TagSet"]}


GOOD = [
    {}, {"a": "1"}, {"a": ""}, {"k" * 128: "v" * 256}, {f"key{number}": str(number) for number in range(10)},
    {"with space": "a b"}, {"all+-=._:/@": "that+-=._:/@ is allowed"}, {"Ünïcode": "日本語"}, {"a": "1", "A": "2"}]


@pytest.mark.parametrize("tags", GOOD, ids=lambda tags: ascii(tags)[:40])
def test_tags_come_back_as_they_were_put(s3, stored, tags):
    put(s3, stored, {"old": "gone"})
    put(s3, stored, tags)
    assert get(s3, stored) == tags
    for answer in (s3.head_object(**stored), s3.get_object(**stored)):
        assert answer.get("TagCount", 0) == len(tags)


BAD = [
    ([("a", "1"), ("a", "2")], "InvalidTag"), ([("k" * 129, "v")], "InvalidTag"),
    ([("k", "v" * 257)], "InvalidTag"), ([("aws:mine", "1")], "InvalidTag"), ([("a&b", "1")], "InvalidTag"),
    ([("a", "1*2")], "InvalidTag"), ([(f"key{number}", "v") for number in range(11)], "BadRequest")]


@pytest.mark.parametrize("tags, code", BAD, ids=[str(row[0])[:40] for row in BAD])
def test_invalid_tags_are_refused_together(s3, stored, refused, tags, code):
    put(s3, stored, {"old": "kept"})
    assert refused(put, s3, stored, tags) == (code, 400)
    assert get(s3, stored) == {"old": "kept"}


@pytest.mark.parametrize("document", [
    "<Tagging/>", "<Tagging><TagSet><Tag><Key>a</Key></Tag></TagSet></Tagging>",
    "<Tagging><TagSet><Tag><Value>1</Value></Tag></TagSet></Tagging>", "<Tags/>", "nonsense"])
def test_a_malformed_document_is_refused(server, connection, s3, stored, document):
    path, body = f"/{stored['Bucket']}/k", document.encode()
    digest = base64.b64encode(hashlib.md5(body).digest()).decode()
    headers = Signer(server).headers(
        "PUT", path, "tagging", [("Content-MD5", digest)], payload=hashlib.sha256(body).hexdigest())
    answer = connection.ask("PUT", f"{path}?tagging", headers, body)
    assert (answer.status, answer["Code"]) == (400, "MalformedXML")
    assert get(s3, stored) == {}


def test_tags_are_deleted(s3, stored):
    put(s3, stored, {"a": "1"})
    for _ in range(2):
        assert s3.delete_object_tagging(**stored)["ResponseMetadata"]["HTTPStatusCode"] == 204
        assert get(s3, stored) == {}
    assert "TagCount" not in s3.head_object(**stored)


def test_tags_change_nothing_of_the_object(s3, stored):
    before = s3.head_object(**stored)
    put(s3, stored, {"a": "1"})
    after = s3.head_object(**stored)
    for name in ("ETag", "LastModified", "ContentType", "Metadata"):
        assert after[name] == before[name]
    assert s3.get_object(**stored)["Body"].read() == b"data"


def test_a_new_object_has_none_of_the_old_ones_tags(s3, stored):
    put(s3, stored, {"a": "1"})
    s3.put_object(**stored, Body=b"new")
    assert get(s3, stored) == {}


def test_what_is_not_there_has_no_tags(s3, bucket, refused):
    for names, expected in (
            ({"Bucket": bucket, "Key": "missing"}, ("NoSuchKey", 404)),
            ({"Bucket": "no-such-bucket-here", "Key": "k"}, ("NoSuchBucket", 404))):
        assert refused(s3.get_object_tagging, **names) == expected
        assert refused(put, s3, names, {"a": "1"}) == expected
        assert refused(s3.delete_object_tagging, **names) == expected


# In a header

@pytest.mark.parametrize("header, tags", [
    ("a=1&b=2", {"a": "1", "b": "2"}), ("a=", {"a": ""}), ("a", {"a": ""}), ("a%20b=c%26d", None),
    ("a+b=%2B", {"a b": "+"}), ("%C3%BC=%E6%97%A5", {"ü": "日"}),
    ("&".join(f"k{number}=v" for number in range(10)), {f"k{number}": "v" for number in range(10)})])
def test_an_object_may_bring_its_tags(s3, bucket, refused, header, tags):
    stored = {"Bucket": bucket, "Key": "k"}
    if tags is None:  # & is not allowed in a tag
        assert refused(s3.put_object, **stored, Body=b"data", Tagging=header) == INVALID
    else:
        s3.put_object(**stored, Body=b"data", Tagging=header)
        assert get(s3, stored) == tags
        assert s3.head_object(**stored)["TagCount"] == len(tags)


@pytest.mark.parametrize("header, code", [
    ("a=1&a=2", "InvalidArgument"), ("a=%ZZ", "InvalidArgument"), ("=1", "InvalidArgument"), ("aws:a=1", "InvalidTag"),
    (f"{'k' * 129}=v", "InvalidTag"), (f"k={'v' * 257}", "InvalidTag"),
    ("&".join(f"k{number}=v" for number in range(11)), "BadRequest")], ids=lambda value: value[:20])
def test_a_header_that_is_no_tags_stores_nothing(s3, bucket, refused, header, code):
    assert refused(s3.put_object, Bucket=bucket, Key="k", Body=b"data", Tagging=header) == (code, 400)
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


# Copies

def test_a_copy_takes_the_tags_or_has_its_own(s3, stored):
    copy = {"Bucket": stored["Bucket"], "Key": "copy"}
    put(s3, stored, {"a": "1"})
    s3.copy_object(**copy, CopySource=stored)
    assert get(s3, copy) == {"a": "1"}
    s3.copy_object(**copy, CopySource=stored, TaggingDirective="COPY", MetadataDirective="REPLACE")
    assert get(s3, copy) == {"a": "1"}
    s3.copy_object(**copy, CopySource=stored, TaggingDirective="REPLACE", Tagging="b=2")
    assert get(s3, copy) == {"b": "2"}
    s3.copy_object(**copy, CopySource=stored, TaggingDirective="REPLACE")
    assert get(s3, copy) == {}


def test_an_unknown_directive_is_refused(s3, stored, refused):
    assert refused(s3.copy_object, Bucket=stored["Bucket"], Key="copy", CopySource=stored,
                   TaggingDirective="MAYBE") == ("InvalidArgument", 400)


# Versions

def test_every_version_has_its_own_tags(s3, bucket, stored, refused):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    old = s3.put_object(**stored, Body=b"old", Tagging="v=old")["VersionId"]
    new = s3.put_object(**stored, Body=b"new", Tagging="v=new")["VersionId"]
    assert put(s3, stored, {"v": "changed"}, VersionId=old)["VersionId"] == old
    assert (get(s3, stored), get(s3, stored, VersionId=old)) == ({"v": "new"}, {"v": "changed"})
    assert s3.get_object_tagging(**stored)["VersionId"] == new
    assert s3.delete_object_tagging(**stored, VersionId=old)["VersionId"] == old
    assert (get(s3, stored), get(s3, stored, VersionId=old)) == ({"v": "new"}, {})
    s3.delete_object(**stored, VersionId=old)
    assert refused(s3.get_object_tagging, **stored, VersionId=old) == ("NoSuchVersion", 404)
    marker = s3.delete_object(**stored)["VersionId"]
    assert refused(put, s3, stored, {"a": "1"}, VersionId=marker) == ("MethodNotAllowed", 405)
    assert get(s3, stored, VersionId=new) == {"v": "new"}
