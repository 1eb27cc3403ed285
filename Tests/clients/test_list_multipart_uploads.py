"""ListMultipartUploads: uploads in progress, by key and then by age, for every page size."""

import re
from datetime import datetime, timedelta, timezone

import pytest

from multipart import Upload

KEYS = ["c", "b/2", "a", "b/1", "a", "d e", "dä", "a", "b/1", "e/1"]  # in the order in which the uploads are created


@pytest.fixture
def new_uploads(s3, bucket):
    """Every upload as key and id, in the order of the listing."""
    uploads = [(key, Upload(s3, bucket, key).id) for key in KEYS]
    return sorted(uploads, key=lambda entry: entry[0].encode())


def entries(page):
    return [(entry["Key"], entry["UploadId"]) for entry in page.get("Uploads", [])]


def prefixes(page):
    return [entry["Prefix"] for entry in page.get("CommonPrefixes", [])]


def test_uploads_are_listed_by_key_and_age(s3, bucket, new_uploads):
    page = s3.list_multipart_uploads(Bucket=bucket)
    assert entries(page) == new_uploads
    assert (page["Bucket"], page["KeyMarker"], page["MaxUploads"], page["IsTruncated"]) == (bucket, "", 1000, False)
    assert page.get("Prefix", "") == "" and page.get("UploadIdMarker", "") == ""


def test_an_entry_tells_of_its_upload(s3, bucket):
    upload = Upload(s3, bucket, StorageClass="STANDARD_IA")
    entry = s3.list_multipart_uploads(Bucket=bucket)["Uploads"][0]
    assert (entry["Key"], entry["UploadId"], entry["StorageClass"]) == ("k", upload.id, "STANDARD_IA")
    assert abs(entry["Initiated"] - datetime.now(timezone.utc)) < timedelta(minutes=1)
    assert entry["Owner"]["ID"] == s3.list_buckets()["Owner"]["ID"] and entry["Initiator"]["ID"]


def test_what_is_over_is_listed_no_more(s3, bucket):
    one, two, three = (Upload(s3, bucket, key) for key in "abc")
    one.abort()
    two.part(1, b"data")
    two.complete()
    assert entries(s3.list_multipart_uploads(Bucket=bucket)) == [("c", three.id)]


def test_a_bucket_without_uploads_has_none(s3, bucket, refused):
    page = s3.list_multipart_uploads(Bucket=bucket)
    assert "Uploads" not in page and page["IsTruncated"] is False
    assert refused(s3.list_multipart_uploads, Bucket="no-such-bucket-here") == ("NoSuchBucket", 404)


@pytest.mark.parametrize("options, keys, common", [
    ({"Prefix": "b/"}, {"b/1", "b/2"}, []), ({"Prefix": "d"}, {"d e", "dä"}, []), ({"Prefix": "x"}, set(), []),
    ({"Delimiter": "/"}, {"a", "c", "d e", "dä"}, ["b/", "e/"]),
    ({"Prefix": "b/", "Delimiter": "/"}, {"b/1", "b/2"}, []), ({"Prefix": "b", "Delimiter": "/"}, set(), ["b/"])])
def test_prefix_and_delimiter_choose_what_is_listed(s3, bucket, new_uploads, options, keys, common):
    page = s3.list_multipart_uploads(Bucket=bucket, **options)
    assert entries(page) == [entry for entry in new_uploads if entry[0] in keys]
    assert prefixes(page) == common
    assert page.get("Prefix", "") == options.get("Prefix", "") and page.get("Delimiter") == options.get("Delimiter")


@pytest.mark.parametrize("size", [1, 2, 3, 9, 10])
@pytest.mark.parametrize("options", [{}, {"Prefix": "a"}, {"Prefix": "b/"}])
def test_pages_together_are_the_whole_listing(s3, bucket, new_uploads, size, options):
    pages = list(s3.get_paginator("list_multipart_uploads").paginate(
        Bucket=bucket, PaginationConfig={"PageSize": size}, **options))
    assert sum(map(entries, pages), []) == [
        entry for entry in new_uploads if entry[0].startswith(options.get("Prefix", ""))]
    assert all(len(entries(page)) == size for page in pages[:-1])
    for page, following in zip(pages, pages[1:]):
        assert page["IsTruncated"] is True and page["MaxUploads"] == size
        assert (page["NextKeyMarker"], page["NextUploadIdMarker"]) == entries(page)[-1]
        assert (following["KeyMarker"], following["UploadIdMarker"]) == entries(page)[-1]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_with_a_delimiter_miss_and_repeat_nothing(s3, bucket, new_uploads, size):
    whole = s3.list_multipart_uploads(Bucket=bucket, Delimiter="/")
    pages = list(s3.get_paginator("list_multipart_uploads").paginate(
        Bucket=bucket, Delimiter="/", PaginationConfig={"PageSize": size}))
    assert sum(map(entries, pages), []) == entries(whole)
    assert sum(map(prefixes, pages), []) == prefixes(whole)


def test_a_key_marker_alone_skips_the_whole_key(s3, bucket, new_uploads):
    for marker in ("a", "b/15", "zz"):
        page = s3.list_multipart_uploads(Bucket=bucket, KeyMarker=marker)
        assert entries(page) == [entry for entry in new_uploads if entry[0] > marker]
        assert page["KeyMarker"] == marker


def test_with_an_upload_marker_the_later_uploads_of_its_key_follow(s3, bucket, new_uploads):
    page = s3.list_multipart_uploads(Bucket=bucket, KeyMarker="a", UploadIdMarker=new_uploads[0][1])
    assert entries(page) == new_uploads[1:]
    assert page["UploadIdMarker"] == new_uploads[0][1]


def test_an_upload_marker_without_a_key_means_nothing(s3, bucket, new_uploads):
    assert entries(s3.list_multipart_uploads(Bucket=bucket, UploadIdMarker=new_uploads[5][1])) == new_uploads


def test_names_are_encoded_for_those_who_ask(http, s3, bucket):
    Upload(s3, bucket, "ä b+/c")
    url = s3.generate_presigned_url("list_multipart_uploads", {"Bucket": bucket, "EncodingType": "url"})
    page = http.get(url).text
    assert re.search("<Key>%C3%A4(%20|[+])b%2B/c</Key>", page)
    assert "<EncodingType>url</EncodingType>" in page


@pytest.mark.parametrize("options", [
    {"MaxUploads": -1}, {"EncodingType": "base64"}, {"KeyMarker": "a", "UploadIdMarker": "nonsense"}])
def test_an_argument_that_means_nothing_is_refused(s3, bucket, new_uploads, refused, options):
    assert refused(s3.list_multipart_uploads, Bucket=bucket, **options) == ("InvalidArgument", 400)
