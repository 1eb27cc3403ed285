"""ListParts: the parts of an upload by number, for every page size."""

import hashlib
from datetime import datetime, timedelta, timezone

import pytest

from multipart import Upload
from v4 import Signer

NUMBERS = [1, 2, 5, 17, 300, 9999, 10_000]


@pytest.fixture
def filled(s3, bucket):
    """An upload whose parts were uploaded in arbitrary order."""
    new_upload = Upload(s3, bucket)
    for number in sorted(NUMBERS, key=str):
        new_upload.part(number, b"x" * number)
    return new_upload


def numbers(page):
    return [part["PartNumber"] for part in page.get("Parts", [])]


def test_the_parts_are_listed_by_number(s3, bucket, filled):
    page = s3.list_parts(**filled.names)
    assert numbers(page) == NUMBERS
    assert (page["Bucket"], page["Key"], page["UploadId"]) == (bucket, "k", filled.id)
    assert (page["PartNumberMarker"], page["MaxParts"], page["IsTruncated"]) == (0, 1000, False)
    assert page["NextPartNumberMarker"] == 10_000
    for part in page["Parts"]:
        body = b"x" * part["PartNumber"]
        assert (part["Size"], part["ETag"]) == (len(body), f'"{hashlib.md5(body).hexdigest()}"')
        assert abs(part["LastModified"] - datetime.now(timezone.utc)) < timedelta(minutes=1)


def test_an_upload_without_parts_has_none(s3, bucket):
    page = s3.list_parts(**Upload(s3, bucket).names)
    assert "Parts" not in page and page["IsTruncated"] is False


def test_a_part_that_was_uploaded_again_is_listed_once(s3, filled):
    filled.part(5, b"again")
    page = s3.list_parts(**filled.names)
    assert numbers(page) == NUMBERS
    assert page["Parts"][2]["Size"] == 5 and page["Parts"][2]["ETag"] == filled.parts[5]["ETag"]


def test_the_upload_tells_its_owner_and_class(s3, bucket):
    page = s3.list_parts(**Upload(s3, bucket, StorageClass="STANDARD_IA").names)
    assert page["StorageClass"] == "STANDARD_IA"
    assert page["Owner"]["ID"] == s3.list_buckets()["Owner"]["ID"]
    assert page["Initiator"]["ID"]
    assert s3.list_parts(**Upload(s3, bucket).names)["StorageClass"] == "STANDARD"


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 8])
def test_pages_together_are_the_whole_listing(s3, filled, size):
    pages = list(s3.get_paginator("list_parts").paginate(**filled.names, PaginationConfig={"PageSize": size}))
    assert sum(map(numbers, pages), []) == NUMBERS
    assert all(len(numbers(page)) == size for page in pages[:-1])
    for page, following in zip(pages, pages[1:]):
        assert page["IsTruncated"] is True and page["MaxParts"] == size
        assert page["NextPartNumberMarker"] == numbers(page)[-1] == following["PartNumberMarker"]
    assert pages[-1]["IsTruncated"] is False


@pytest.mark.parametrize("marker, expected", [(0, 7), (1, 6), (4, 5), (5, 4), (9999, 1), (10_000, 0), (20_000, 0)])
def test_a_page_begins_behind_its_marker(s3, filled, marker, expected):
    page = s3.list_parts(**filled.names, PartNumberMarker=marker)
    assert numbers(page) == [number for number in NUMBERS if number > marker]
    assert len(numbers(page)) == expected and page["PartNumberMarker"] == marker


def test_a_page_has_a_thousand_at_most(s3, filled):
    assert s3.list_parts(**filled.names, MaxParts=5000)["MaxParts"] == 1000


@pytest.mark.parametrize("query", ["max-parts=-1", "max-parts=many", "part-number-marker=-1", "part-number-marker=x"])
def test_an_argument_that_means_nothing_is_refused(server, connection, bucket, filled, query):
    query = f"{query}&uploadId={filled.id}"
    answer = connection.ask("GET", f"/{bucket}/k?{query}", Signer(server).headers("GET", f"/{bucket}/k", query))
    assert (answer.status, answer["Code"]) == (400, "InvalidArgument")


def test_what_is_not_there_is_reported(s3, bucket, filled, refused):
    assert refused(s3.list_parts, Bucket=bucket, Key="k", UploadId="nonsense") == ("NoSuchUpload", 404)
    assert refused(s3.list_parts, Bucket=bucket, Key="l", UploadId=filled.id) == ("NoSuchUpload", 404)
    assert refused(s3.list_parts, Bucket="no-such-bucket-here", Key="k", UploadId=filled.id) == ("NoSuchBucket", 404)
