"""The elements of response documents: their order, on which strict parsers rely, and the format of times."""

import re
import uuid
import xml.etree.ElementTree as ElementTree

import pytest

from signed import V4, Signed

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z")


@pytest.fixture
def elements(server, connection):
    """Sends a request; returns the names of the document's elements in order, each name once, and the document."""

    def call(path, query="", headers=(), method="GET"):
        answer = Signed(server, V4, method, path, query, headers).send(connection)
        assert answer.status == 200, answer
        root = ElementTree.fromstring(re.sub(rb' xmlns="[^"]+"', b"", answer.body))
        return list(dict.fromkeys(child.tag for child in root)), root

    return call


@pytest.fixture
def filled(s3, bucket):
    for key in ("a/1", "b", "c"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"data")
    return bucket


@pytest.mark.parametrize("query, expected", [
    ("", "Name Prefix Marker MaxKeys IsTruncated Contents"),
    ("prefix=a&marker=a&delimiter=%2F&encoding-type=url&max-keys=2",
     "Name Prefix Marker MaxKeys Delimiter EncodingType IsTruncated CommonPrefixes"),
    ("delimiter=%2F&max-keys=2",
     "Name Prefix Marker NextMarker MaxKeys Delimiter IsTruncated Contents CommonPrefixes"),
    ("list-type=2", "Name Prefix KeyCount MaxKeys IsTruncated Contents"),
    ("list-type=2&start-after=a&delimiter=%2F&encoding-type=url&max-keys=2",
     "Name Prefix StartAfter NextContinuationToken KeyCount MaxKeys Delimiter EncodingType IsTruncated Contents "
     "CommonPrefixes"),
    ("versions", "Name Prefix KeyMarker VersionIdMarker MaxKeys IsTruncated Version"),
    ("versions&key-marker=a&delimiter=%2F&encoding-type=url&max-keys=2",
     "Name Prefix KeyMarker VersionIdMarker NextKeyMarker NextVersionIdMarker MaxKeys Delimiter EncodingType "
     "IsTruncated Version CommonPrefixes")])
def test_the_elements_of_listings_stand_in_the_order_of_aws(elements, filled, query, expected):
    assert " ".join(elements(f"/{filled}", query)[0]) == expected


def test_a_continued_listing_tells_its_token_before_its_count(elements, filled, s3):
    token = s3.list_objects_v2(Bucket=filled, MaxKeys=1)["NextContinuationToken"]
    names, _ = elements(f"/{filled}", f"list-type=2&continuation-token={token.replace('=', '%3D').replace('+', '%2B')}")
    assert " ".join(names) == "Name Prefix ContinuationToken KeyCount MaxKeys IsTruncated Contents"


def test_the_elements_of_entries_stand_in_the_order_of_aws(elements, filled, s3):
    entry = "Key LastModified ETag ChecksumAlgorithm ChecksumType Size Owner StorageClass"
    _, root = elements(f"/{filled}", "list-type=2&fetch-owner=true")
    assert " ".join(child.tag for child in root.find("Contents")) == entry
    s3.put_bucket_versioning(Bucket=filled, VersioningConfiguration={"Status": "Enabled"})
    s3.delete_object(Bucket=filled, Key="b")
    _, root = elements(f"/{filled}", "versions")
    marker = "Key VersionId IsLatest LastModified Owner"
    assert " ".join(child.tag for child in root.find("DeleteMarker")) == marker
    assert " ".join(child.tag for child in root.find("Version")) == (
        "Key VersionId IsLatest LastModified ETag ChecksumAlgorithm ChecksumType Size StorageClass Owner")


def test_the_elements_of_uploads_and_parts_stand_in_the_order_of_aws(elements, bucket, s3):
    empty = "Bucket KeyMarker UploadIdMarker NextKeyMarker NextUploadIdMarker Prefix MaxUploads IsTruncated"
    names, root = elements(f"/{bucket}", "uploads")
    assert " ".join(names) == empty
    assert (root.find("NextKeyMarker").text, root.find("NextUploadIdMarker").text) == (None, None)
    ids = [s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"] for key in ("a/1", "b")]
    names, root = elements(f"/{bucket}", "uploads&delimiter=%2F&encoding-type=url")
    assert " ".join(names) == (
        "Bucket KeyMarker UploadIdMarker NextKeyMarker NextUploadIdMarker Delimiter Prefix EncodingType MaxUploads "
        "IsTruncated Upload CommonPrefixes")
    assert (root.find("NextKeyMarker").text, root.find("NextUploadIdMarker").text) == ("b", ids[1])
    names, root = elements(f"/{bucket}/b", f"uploadId={ids[1]}")
    assert " ".join(names) == (
        "Bucket Key UploadId Initiator Owner StorageClass PartNumberMarker NextPartNumberMarker MaxParts IsTruncated")
    assert root.find("NextPartNumberMarker").text == "0"
    s3.upload_part(Bucket=bucket, Key="b", UploadId=ids[1], PartNumber=7, Body=b"part")
    names, root = elements(f"/{bucket}/b", f"uploadId={ids[1]}")
    assert names[-1] == "Part" and root.find("NextPartNumberMarker").text == "7"


def test_buckets_of_a_page_tell_their_region_and_arn(elements, bucket):
    _, root = elements("/", f"prefix={bucket}")
    assert [child.tag for child in root.find("Buckets/Bucket")] == ["Name", "CreationDate", "BucketRegion", "BucketArn"]


def test_pages_of_buckets_of_a_region_are_full(s3):
    name = f"pages-{uuid.uuid4().hex[:12]}"
    for number in range(6):
        region = {"LocationConstraint": "eu-west-1"} if number % 2 else {}
        s3.create_bucket(Bucket=f"{name}-{number}", **({"CreateBucketConfiguration": region} if region else {}))
    options = {"Prefix": name, "BucketRegion": "eu-west-1", "MaxBuckets": 2}
    first = s3.list_buckets(**options)
    rest = s3.list_buckets(**options, ContinuationToken=first["ContinuationToken"])
    found = [[bucket["Name"][-1] for bucket in page["Buckets"]] for page in (first, rest)]
    assert found == [["1", "3"], ["5"]] and "ContinuationToken" not in rest


def test_times_are_told_to_the_second_and_everywhere_the_same(elements, bucket, s3):
    """At least one of six objects was not written in the first millisecond of a second."""
    for number in range(6):
        s3.put_object(Bucket=bucket, Key=f"k{number}", Body=b"data")
    upload = s3.create_multipart_upload(Bucket=bucket, Key="k")["UploadId"]
    s3.upload_part(Bucket=bucket, Key="k", UploadId=upload, PartNumber=1, Body=b"part")
    copy = [("x-amz-copy-source", f"{bucket}/k0")]
    documents = [
        elements(f"/{bucket}"), elements(f"/{bucket}", "list-type=2"), elements(f"/{bucket}", "versions"),
        elements(f"/{bucket}", "uploads"), elements(f"/{bucket}/k", f"uploadId={upload}"), elements("/"),
        elements(f"/{bucket}/copy", headers=copy, method="PUT"),
        elements(f"/{bucket}/k", f"partNumber=2&uploadId={upload}", copy, "PUT")]
    for names, root in documents:
        times = [element.text for element in root.iter()
                 if element.tag in ("LastModified", "CreationDate", "Initiated")]
        assert times and all(TIME.fullmatch(time) for time in times), (root.tag, times)
    for entry in s3.list_objects_v2(Bucket=bucket)["Contents"]:
        assert entry["LastModified"] == s3.head_object(Bucket=bucket, Key=entry["Key"])["LastModified"]


# Archived objects

RESTORATIONS = [("x-amz-optional-object-attributes", "RestoreStatus")]


@pytest.mark.parametrize("query, entry", [("", "Contents"), ("list-type=2", "Contents"), ("versions", "Version")])
def test_listings_tell_until_when_an_object_is_restored(elements, s3, bucket, server, connection, query, entry):
    for key in ("archived", "restored"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"data", StorageClass="GLACIER")
    s3.put_object(Bucket=bucket, Key="usual", Body=b"data")
    s3.restore_object(Bucket=bucket, Key="restored", RestoreRequest={"Days": 2})
    _, root = elements(f"/{bucket}", query, RESTORATIONS)
    found = {one.find("Key").text: one.find("RestoreStatus") for one in root.iter(entry)}
    assert found["archived"] is None and found["usual"] is None
    assert [child.tag for child in found["restored"]] == ["IsRestoreInProgress", "RestoreExpiryDate"]
    assert found["restored"][0].text == "false" and TIME.fullmatch(found["restored"][1].text)
    assert "RestoreStatus" not in ElementTree.tostring(elements(f"/{bucket}", query)[1]).decode()
    wrong = Signed(server, V4, "GET", f"/{bucket}", query, [("x-amz-optional-object-attributes", "Size")])
    answer = wrong.send(connection)
    assert (answer.status, answer["Code"]) == (400, "InvalidArgument")
