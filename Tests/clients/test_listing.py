"""Listings, versions 1 and 2, and deleting many objects at once."""

import re

import pytest

KEYS = ["a", "b/1", "b/2", "b/c/1", "c", "d e", "d+e", "dä", "e/1", "f"]


@pytest.fixture
def keys(s3, bucket):
    for key in KEYS:
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    return sorted(KEYS, key=str.encode)


def names(page):
    return ([entry["Key"] for entry in page.get("Contents", [])],
            [entry["Prefix"] for entry in page.get("CommonPrefixes", [])])


@pytest.mark.parametrize("operation", ["list_objects", "list_objects_v2"])
@pytest.mark.parametrize("options, contents, prefixes", [
    ({}, sorted(KEYS, key=str.encode), []), ({"Prefix": "b/"}, ["b/1", "b/2", "b/c/1"], []),
    ({"Delimiter": "/"}, ["a", "c", "d e", "d+e", "dä", "f"], ["b/", "e/"]),
    ({"Prefix": "b/", "Delimiter": "/"}, ["b/1", "b/2"], ["b/c/"]), ({"Prefix": "b", "Delimiter": "/"}, [], ["b/"]),
    ({"Prefix": "x"}, [], []), ({"Prefix": "d", "Delimiter": "e"}, ["dä"], ["d e", "d+e"]), ({"MaxKeys": 0}, [], []),
    ({"Prefix": "b/c/1", "Delimiter": "/"}, ["b/c/1"], []), ({"Delimiter": "/c/"}, [
        key for key in sorted(KEYS, key=str.encode) if key != "b/c/1"], ["b/c/"])])
def test_prefix_and_delimiter_choose_what_is_listed(s3, bucket, keys, operation, options, contents, prefixes):
    page = getattr(s3, operation)(Bucket=bucket, **options)
    assert names(page) == (contents, prefixes)
    assert page["IsTruncated"] is False
    assert page["Prefix"] == options.get("Prefix", "")
    assert page["MaxKeys"] == options.get("MaxKeys", 1000)


@pytest.mark.parametrize("operation", ["list_objects", "list_objects_v2"])
@pytest.mark.parametrize("size", [1, 2, 3, 9])
@pytest.mark.parametrize("options", [{}, {"Delimiter": "/"}, {"Prefix": "b/", "Delimiter": "/"}, {"Prefix": "d"}])
def test_pages_together_are_the_whole_listing(s3, bucket, keys, operation, size, options):
    whole = names(getattr(s3, operation)(Bucket=bucket, **options))
    pages = list(s3.get_paginator(operation).paginate(
        Bucket=bucket, PaginationConfig={"PageSize": size}, **options))
    for page in pages:
        assert sum(map(len, names(page))) <= size
    assert all(sum(map(len, names(page))) == size for page in pages[:-1])
    assert sum((names(page)[0] for page in pages), []) == whole[0]
    assert sum((names(page)[1] for page in pages), []) == whole[1]


def test_version_1_goes_on_behind_its_marker(s3, bucket, keys):
    page = s3.list_objects(Bucket=bucket, Marker="b/2", MaxKeys=2)
    assert names(page)[0] == ["b/c/1", "c"]
    assert page["Marker"] == "b/2" and page["IsTruncated"] and "NextMarker" not in page
    page = s3.list_objects(Bucket=bucket, MaxKeys=2, Delimiter="/")
    assert names(page) == (["a"], ["b/"]) and page["NextMarker"] == "b/"
    assert names(s3.list_objects(Bucket=bucket, Marker="b/", MaxKeys=2, Delimiter="/")) == (["c", "d e"], [])
    assert page["MaxKeys"] == 2


def test_version_2_starts_after_a_key_and_goes_on_by_its_token(s3, bucket, keys):
    page = s3.list_objects_v2(Bucket=bucket, StartAfter="b/2", MaxKeys=2)
    assert names(page)[0] == ["b/c/1", "c"]
    assert page["StartAfter"] == "b/2" and page["KeyCount"] == 2
    following = s3.list_objects_v2(Bucket=bucket, StartAfter="b/2", ContinuationToken=page["NextContinuationToken"])
    assert names(following)[0] == keys[keys.index("c") + 1:]
    assert following["ContinuationToken"] == page["NextContinuationToken"]
    assert s3.list_objects_v2(Bucket=bucket, Delimiter="/")["KeyCount"] == 8


def test_an_entry_tells_of_its_object(s3, bucket, keys):
    first = s3.list_objects_v2(Bucket=bucket, MaxKeys=1, FetchOwner=True)["Contents"][0]
    found = s3.head_object(Bucket=bucket, Key="a")
    assert (first["ETag"], first["Size"], first["StorageClass"]) == (found["ETag"], 1, "STANDARD")
    assert first["LastModified"].replace(microsecond=0) == found["LastModified"]
    owner = s3.list_buckets()["Owner"]["ID"]
    assert first["Owner"]["ID"] == owner
    assert "Owner" not in s3.list_objects_v2(Bucket=bucket)["Contents"][0]
    assert s3.list_objects(Bucket=bucket)["Contents"][0]["Owner"]["ID"] == owner


def test_names_are_encoded_for_those_who_ask(http, s3, bucket):
    s3.put_object(Bucket=bucket, Key="ä b+\x01/c", Body=b"")
    url = s3.generate_presigned_url("list_objects_v2", {"Bucket": bucket, "EncodingType": "url"})
    page = http.get(url.replace(f"/{bucket}?", f"/{bucket}/?")).text
    assert re.search("<Key>%C3%A4(%20|[+])b%2B%01/c</Key>", page)
    assert "<EncodingType>url</EncodingType>" in page


@pytest.mark.parametrize("operation, options", [
    ("list_objects_v2", {"ContinuationToken": "nonsense"}), ("list_objects_v2", {"EncodingType": "base64"}),
    ("list_objects", {"MaxKeys": -1}), ("list_objects", {"MaxKeys": 1 << 40})])
def test_an_argument_that_means_nothing_is_refused(s3, bucket, refused, operation, options):
    assert refused(getattr(s3, operation), Bucket=bucket, **options) == ("InvalidArgument", 400)


# Deleting many

def test_many_are_deleted_each_with_its_outcome(s3, bucket, keys):
    objects = [{"Key": "a"}, {"Key": "d e"}, {"Key": "missing"}, {"Key": "c", "VersionId": "null"}]
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": objects})
    assert [entry["Key"] for entry in answer["Deleted"]] == ["a", "d e", "missing", "c"]
    assert "Errors" not in answer
    assert names(s3.list_objects_v2(Bucket=bucket))[0] == [k for k in keys if k not in ("a", "d e", "c")]


def test_the_quiet_form_tells_of_errors_alone(s3, bucket, keys):
    objects = [{"Key": "a"}, {"Key": "c", "VersionId": "another"}]
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})
    assert "Deleted" not in answer
    assert [(entry["Key"], entry["Code"]) for entry in answer["Errors"]] == [("c", "NoSuchVersion")]
    assert names(s3.list_objects_v2(Bucket=bucket))[0] == [k for k in keys if k != "a"]


def test_a_thousand_are_deleted_at_once_and_no_more(s3, bucket, keys, refused):
    many = [{"Key": f"missing {number}"} for number in range(999)] + [{"Key": "a"}]
    assert len(s3.delete_objects(Bucket=bucket, Delete={"Objects": many})["Deleted"]) == 1000
    too_many = {"Objects": [*many, {"Key": "c"}]}
    assert refused(s3.delete_objects, Bucket=bucket, Delete=too_many) == ("MalformedXML", 400)
    assert names(s3.list_objects_v2(Bucket=bucket))[0] == [k for k in keys if k != "a"]


def test_a_policy_may_spare_some_of_many(s3, bucket, keys):
    s3.put_bucket_policy(Bucket=bucket, Policy=(
        '{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObject", '
        f'"Resource": "arn:aws:s3:::{bucket}/b/*"}}}}'))
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "a"}, {"Key": "b/1"}]})
    assert [entry["Key"] for entry in answer["Deleted"]] == ["a"]
    assert [(entry["Key"], entry["Code"]) for entry in answer["Errors"]] == [("b/1", "AccessDenied")]
