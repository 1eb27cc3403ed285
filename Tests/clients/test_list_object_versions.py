"""ListObjectVersions: keys in order, the newest version of each first, for every page size."""

import re
from urllib.parse import unquote_plus

import pytest

VERSIONS = {"a": 3, "b/1": 1, "b/2": 2, "c": 1, "d e": 1, "dä": 2, "e/1": 1}
DELETED = ["b/2", "c"]  # the latest version of these is a delete marker


@pytest.fixture
def versioned(s3, bucket):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    return bucket


@pytest.fixture
def filled(s3, versioned):
    """Every version and marker in the order of the listing, as key and version id."""
    expected = {}
    for key, count in VERSIONS.items():
        for number in range(count):
            answer = s3.put_object(Bucket=versioned, Key=key, Body=b"x" * number)
            expected.setdefault(key, []).insert(0, (key, answer["VersionId"]))
    for key in DELETED:
        expected[key].insert(0, (key, s3.delete_object(Bucket=versioned, Key=key)["VersionId"]))
    return [entry for key in sorted(expected, key=str.encode) for entry in expected[key]]


def entries(page):
    """Versions and markers together; boto3 returns them in two lists, each in order."""
    return sorted(((entry["Key"], entry["VersionId"]) for name in ("Versions", "DeleteMarkers")
                   for entry in page.get(name, [])))


def prefixes(page):
    return [entry["Prefix"] for entry in page.get("CommonPrefixes", [])]


def test_all_versions_and_markers_are_listed_in_order(http, s3, versioned, filled):
    text = http.get(s3.generate_presigned_url("list_object_versions", {"Bucket": versioned})).content.decode()
    found = re.findall("<(Version|DeleteMarker)>.*?<Key>(.*?)</Key>.*?<VersionId>(.*?)</VersionId>", text, re.S)
    assert [(unquote_plus(key), version) for _, key, version in found] == filled
    assert "<ListVersionsResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" in text
    page = s3.list_object_versions(Bucket=versioned)
    assert {entry["Key"] for entry in page["DeleteMarkers"]} == set(DELETED)
    assert (page["Name"], page["Prefix"], page["KeyMarker"], page["VersionIdMarker"], page["MaxKeys"]) == (
        versioned, "", "", "", 1000)
    assert page["IsTruncated"] is False and "NextKeyMarker" not in page and "NextVersionIdMarker" not in page


def test_the_newest_of_each_key_is_the_latest(s3, versioned, filled):
    page = s3.list_object_versions(Bucket=versioned)
    latest = {(entry["Key"], entry["VersionId"]) for name in ("Versions", "DeleteMarkers") for entry in page[name]
              if entry["IsLatest"]}
    first = {}
    for key, version in filled:
        first.setdefault(key, version)
    assert latest == set(first.items())


def test_an_entry_tells_of_its_version(s3, versioned):
    version = s3.put_object(Bucket=versioned, Key="k", Body=b"data")["VersionId"]
    marker = s3.delete_object(Bucket=versioned, Key="k")["VersionId"]
    page = s3.list_object_versions(Bucket=versioned)
    owner = s3.list_buckets()["Owner"]["ID"]
    entry = page["Versions"][0]
    found = s3.head_object(Bucket=versioned, Key="k", VersionId=version)
    assert (entry["Key"], entry["VersionId"], entry["IsLatest"], entry["Size"]) == ("k", version, False, 4)
    assert (entry["ETag"], entry["StorageClass"], entry["Owner"]["ID"]) == (found["ETag"], "STANDARD", owner)
    assert (entry["ChecksumAlgorithm"], entry["ChecksumType"]) == (["CRC32"], "FULL_OBJECT")
    assert entry["LastModified"].replace(microsecond=0) == found["LastModified"]
    entry = page["DeleteMarkers"][0]
    assert (entry["Key"], entry["VersionId"], entry["IsLatest"]) == ("k", marker, True)
    assert entry["Owner"]["ID"] == owner and "Size" not in entry and "ETag" not in entry


def test_a_bucket_without_versioning_has_null_versions(s3, bucket):
    for key in ("a", "b"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"1")
    s3.put_object(Bucket=bucket, Key="a", Body=b"12")
    page = s3.list_object_versions(Bucket=bucket)
    assert [(entry["Key"], entry["VersionId"], entry["IsLatest"], entry["Size"]) for entry in page["Versions"]] == [
        ("a", "null", True, 2), ("b", "null", True, 1)]
    assert "DeleteMarkers" not in page


def test_an_empty_bucket_has_none(s3, bucket):
    page = s3.list_object_versions(Bucket=bucket)
    assert "Versions" not in page and "DeleteMarkers" not in page and page["IsTruncated"] is False


@pytest.mark.parametrize("options, keys, common", [
    ({"Prefix": "b/"}, ["b/1", "b/2"], []), ({"Prefix": "d"}, ["d e", "dä"], []), ({"Prefix": "x"}, [], []),
    ({"Delimiter": "/"}, ["a", "c", "d e", "dä"], ["b/", "e/"]),
    ({"Prefix": "b/", "Delimiter": "/"}, ["b/1", "b/2"], []), ({"Prefix": "b", "Delimiter": "/"}, [], ["b/"])])
def test_prefix_and_delimiter_choose_what_is_listed(s3, versioned, filled, options, keys, common):
    page = s3.list_object_versions(Bucket=versioned, **options)
    assert entries(page) == sorted(entry for entry in filled if entry[0] in keys)
    assert prefixes(page) == common
    assert page["Prefix"] == options.get("Prefix", "") and page.get("Delimiter") == options.get("Delimiter")


@pytest.mark.parametrize("size", [1, 2, 3, 5, 12])
@pytest.mark.parametrize("options", [{}, {"Delimiter": "/"}, {"Prefix": "d"}, {"Prefix": "b/", "Delimiter": "/"}])
def test_pages_together_are_the_whole_listing(s3, versioned, filled, size, options):
    whole = s3.list_object_versions(Bucket=versioned, **options)
    pages = list(s3.get_paginator("list_object_versions").paginate(
        Bucket=versioned, PaginationConfig={"PageSize": size}, **options))
    counts = [len(entries(page)) + len(prefixes(page)) for page in pages]
    assert all(count == size for count in counts[:-1]) and counts[-1] <= size
    assert sorted(sum(map(entries, pages), [])) == entries(whole)
    assert sum(map(prefixes, pages), []) == prefixes(whole)
    for page, following in zip(pages, pages[1:]):
        assert page["IsTruncated"] is True
        assert following["KeyMarker"] == page["NextKeyMarker"]
        assert following["VersionIdMarker"] == page.get("NextVersionIdMarker", "")


def test_a_key_marker_alone_skips_the_whole_key(s3, versioned, filled):
    assert entries(s3.list_object_versions(Bucket=versioned, KeyMarker="a")) == sorted(
        entry for entry in filled if entry[0] != "a")
    assert entries(s3.list_object_versions(Bucket=versioned, KeyMarker="b/15")) == sorted(
        entry for entry in filled if entry[0] > "b/15")
    page = s3.list_object_versions(Bucket=versioned, KeyMarker="zz")
    assert entries(page) == [] and page["KeyMarker"] == "zz" and page["IsTruncated"] is False


def test_with_a_version_marker_the_older_versions_of_its_key_follow(s3, versioned, filled):
    page = s3.list_object_versions(Bucket=versioned, KeyMarker="a", VersionIdMarker=filled[0][1], MaxKeys=1)
    assert entries(page) == [filled[1]]
    assert page["VersionIdMarker"] == filled[0][1]
    assert (page["NextKeyMarker"], page["NextVersionIdMarker"]) == filled[1]
    last = s3.list_object_versions(Bucket=versioned, KeyMarker="a", VersionIdMarker=filled[2][1], MaxKeys=1)
    assert entries(last) == [filled[3]]


def test_a_page_goes_on_behind_a_common_prefix(s3, versioned, filled):
    page = s3.list_object_versions(Bucket=versioned, Delimiter="/", MaxKeys=4)
    assert prefixes(page) == ["b/"] and page["NextKeyMarker"] == "b/"
    following = s3.list_object_versions(Bucket=versioned, Delimiter="/", KeyMarker="b/")
    assert prefixes(following) == ["e/"]
    assert "b/1" not in [key for key, _ in entries(following)]


def test_names_are_encoded_for_those_who_ask(http, s3, versioned):
    s3.put_object(Bucket=versioned, Key="ä b+\x01/c", Body=b"")
    s3.delete_object(Bucket=versioned, Key="ä b+\x01/c")
    url = s3.generate_presigned_url("list_object_versions", {"Bucket": versioned, "EncodingType": "url"})
    page = http.get(url).text
    assert len(re.findall("<Key>%C3%A4(?:%20|[+])b%2B%01/c</Key>", page)) == 2
    assert "<EncodingType>url</EncodingType>" in page


@pytest.mark.parametrize("options", [
    {"VersionIdMarker": "null"}, {"KeyMarker": "a", "VersionIdMarker": "nonsense"}, {"MaxKeys": -1},
    {"EncodingType": "base64"}])
def test_an_argument_that_means_nothing_is_refused(s3, versioned, filled, refused, options):
    assert refused(s3.list_object_versions, Bucket=versioned, **options) == ("InvalidArgument", 400)


def test_no_keys_can_be_asked_for(s3, versioned, filled):
    page = s3.list_object_versions(Bucket=versioned, MaxKeys=0)
    assert entries(page) == [] and page["MaxKeys"] == 0 and page["IsTruncated"] is False


def test_a_page_has_a_thousand_at_most(s3, versioned, filled):
    assert s3.list_object_versions(Bucket=versioned, MaxKeys=5000)["MaxKeys"] == 1000


def test_a_bucket_that_is_not_there_is_reported(s3, refused):
    assert refused(s3.list_object_versions, Bucket="no-such-bucket-here") == ("NoSuchBucket", 404)
