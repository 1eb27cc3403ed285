"""Multipart uploads: CreateMultipartUpload, UploadPart, CompleteMultipartUpload, AbortMultipartUpload."""

import hashlib
import time
import uuid
import xml.etree.ElementTree as ElementTree

import botocore.exceptions
import pytest

from multipart import PART, Upload, etag_of, noise, upload
from v4 import Signer

FIRST, SECOND, LAST = noise(PART, 1), noise(PART + 1, 2), noise(70_000, 3)
WHOLE = FIRST + SECOND + LAST
OTHER = '"00000000000000000000000000000000"'
NO_PART = ("InvalidPart", 400)
NO_UPLOAD = ("NoSuchUpload", 404)


@pytest.fixture
def new_upload(s3, bucket):
    return Upload(s3, bucket)


@pytest.fixture
def small(new_upload):
    """An upload with one part of four bytes."""
    new_upload.part(1, b"data")
    return new_upload


@pytest.fixture(scope="module")
def whole(s3):
    """A bucket with an object of three parts."""
    name = f"whole-{uuid.uuid4().hex[:20]}"
    s3.create_bucket(Bucket=name)
    upload(s3, name, "k", [FIRST, SECOND, LAST])
    return {"Bucket": name, "Key": "k"}


def nothing_stored(s3, bucket):
    return s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


# A whole upload

def test_the_parts_together_are_the_object(s3, bucket, new_upload):
    for number, body in enumerate((FIRST, SECOND, LAST), 1):
        assert new_upload.part(number, body)["ETag"] == f'"{hashlib.md5(body).hexdigest()}"'
        assert nothing_stored(s3, bucket), "the object must only be there once its upload is complete"
    answer = new_upload.complete()
    assert (answer["Bucket"], answer["Key"]) == (bucket, "k")
    assert answer["Location"].endswith("/k")
    assert answer["ETag"] == etag_of(FIRST, SECOND, LAST)
    found = s3.get_object(Bucket=bucket, Key="k")
    assert (found["ETag"], found["ContentLength"]) == (answer["ETag"], len(WHOLE))
    assert found["Body"].read() == WHOLE
    listed = s3.list_objects_v2(Bucket=bucket)["Contents"][0]
    assert (listed["ETag"], listed["Size"]) == (answer["ETag"], len(WHOLE))


def test_create_answers_the_bucket_the_key_and_an_id_of_its_own(s3, bucket):
    answers = [s3.create_multipart_upload(Bucket=bucket, Key="a key+ü") for _ in range(3)]
    assert {(answer["Bucket"], answer["Key"]) for answer in answers} == {(bucket, "a key+ü")}
    assert len({answer["UploadId"] for answer in answers}) == 3


def test_the_documents_have_the_roots_that_clients_look_for(server, connection, bucket):
    def post(query, body=b""):
        headers = Signer(server).headers("POST", f"/{bucket}/k", query, payload=hashlib.sha256(body).hexdigest())
        return connection.ask("POST", f"/{bucket}/k?{query}", headers, body)

    name_space = "{http://s3.amazonaws.com/doc/2006-03-01/}"
    created = ElementTree.fromstring(post("uploads").body)
    assert created.tag == f"{name_space}InitiateMultipartUploadResult"
    query = f"partNumber=1&uploadId={created.find(f'{name_space}UploadId').text}"
    headers = Signer(server).headers("PUT", f"/{bucket}/k", query, payload=hashlib.sha256(b"data").hexdigest())
    etag = connection.ask("PUT", f"/{bucket}/k?{query}", headers, b"data").header("ETag")
    completed = post(query.split("&")[1], (
        f"<CompleteMultipartUpload><Part><ETag>{etag}</ETag><PartNumber>1</PartNumber></Part>"
        "</CompleteMultipartUpload>").encode())
    assert completed.status == 200, completed
    root = ElementTree.fromstring(completed.body)
    assert root.tag == f"{name_space}CompleteMultipartUploadResult"
    assert root.find(f"{name_space}ETag").text == etag_of(b"data")


@pytest.mark.parametrize("body", [b"", b"x", b"x" * 5000], ids=len)
def test_the_only_part_may_be_of_any_size(new_upload, body):
    new_upload.part(1, body)
    assert new_upload.complete()["ETag"] == etag_of(body)
    assert new_upload.stored() == body


def test_parts_may_come_in_any_order_and_with_any_numbers(new_upload):
    for number, body in ((10_000, LAST), (17, SECOND), (2, FIRST)):
        new_upload.part(number, body)
    assert new_upload.complete()["ETag"] == etag_of(FIRST, SECOND, LAST)
    assert new_upload.stored() == WHOLE


def test_a_part_that_is_uploaded_again_replaces_the_former(new_upload, refused):
    former = new_upload.part(1, b"former")["ETag"]
    new_upload.part(1, b"latter")
    assert refused(new_upload.complete, [{"PartNumber": 1, "ETag": former}]) == NO_PART
    new_upload.complete()
    assert new_upload.stored() == b"latter"


def test_parts_that_the_completion_does_not_name_vanish(new_upload):
    for number, body in enumerate((FIRST, SECOND, LAST), 1):
        new_upload.part(number, body)
    assert new_upload.complete([new_upload.parts[1], new_upload.parts[3]])["ETag"] == etag_of(FIRST, LAST)
    assert new_upload.stored() == FIRST + LAST


def test_etags_are_taken_with_and_without_quotes(new_upload):
    new_upload.part(1, FIRST)
    new_upload.part(2, LAST)
    new_upload.parts[2]["ETag"] = new_upload.parts[2]["ETag"].strip('"')
    new_upload.complete()
    assert new_upload.stored() == FIRST + LAST


def test_a_repeated_completion_answers_the_same(small):
    first, second = small.complete(), small.complete()
    for name in ("ETag", "Location", "Bucket", "Key"):
        assert first[name] == second[name]
    assert small.stored() == b"data"


def test_uploads_of_one_key_do_not_touch_one_another(s3, bucket):
    one, two = Upload(s3, bucket), Upload(s3, bucket)
    one.part(1, b"one")
    two.part(1, b"two")
    two.complete()
    assert one.stored() == b"two"
    one.complete()
    assert one.stored() == b"one"


def test_an_object_that_came_meanwhile_is_whole_or_replaced(s3, bucket, small):
    s3.put_object(Bucket=bucket, Key="k", Body=b"meanwhile")
    small.complete()
    assert small.stored() in (b"data", b"meanwhile")


def test_the_headers_of_the_object_are_given_when_the_upload_begins(s3, bucket):
    sent = {
        "ContentType": "text/csv", "ContentEncoding": "gzip", "ContentLanguage": "de", "CacheControl": "no-store",
        "ContentDisposition": "attachment", "Metadata": {"kind": "budget"}}
    in_progress = Upload(s3, bucket, Tagging="a=1&b=2", StorageClass="STANDARD_IA", **sent)
    in_progress.part(1, b"data")
    in_progress.complete()
    found = s3.head_object(Bucket=bucket, Key="k")
    assert {name: found[name] for name in sent} == sent
    assert (found["TagCount"], found["StorageClass"]) == (2, "STANDARD_IA")


def test_an_upload_without_a_type_makes_a_byte_stream(s3, bucket, small):
    small.complete()
    assert s3.head_object(Bucket=bucket, Key="k")["ContentType"] == "binary/octet-stream"


# Refused requests

def test_every_part_but_the_last_has_5_mebibytes(s3, bucket, new_upload):
    new_upload.part(1, FIRST[:-1])
    new_upload.part(2, LAST)
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        new_upload.complete()
    error = caught.value.response["Error"]
    assert error["Code"] == "EntityTooSmall"
    assert error["Message"] == "Your proposed upload is smaller than the minimum allowed size"
    assert (error["ProposedSize"], error["MinSizeAllowed"]) == (str(PART - 1), str(PART))
    assert (error["PartNumber"], error["ETag"]) == ("1", hashlib.md5(FIRST[:-1]).hexdigest())
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert nothing_stored(s3, bucket)
    new_upload.part(1, FIRST)
    new_upload.complete()
    assert new_upload.stored() == FIRST + LAST


@pytest.mark.parametrize("number", [0, -1, 10_001, 230_000_000])
def test_a_part_number_is_1_to_10000(small, number):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        small.part(number, b"data")
    error = caught.value.response["Error"]
    assert (error["Code"], error["ArgumentName"], error["ArgumentValue"]) == (
        "InvalidArgument", "partNumber", str(number))
    assert error["Message"] == "Part number must be an integer between 1 and 10000, inclusive"


@pytest.mark.parametrize("change", [
    {"ETag": OTHER}, {"ETag": "nonsense"}, {"PartNumber": 2}, {"ETag": OTHER, "PartNumber": 9999}])
def test_a_part_that_is_not_there_is_invalid(s3, bucket, small, change):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        small.complete([{**small.parts[1], **change}])
    error = caught.value.response["Error"]
    assert (error["Code"], error["UploadId"]) == ("InvalidPart", small.id)
    assert error["Message"] == (
        "One or more of the specified parts could not be found.  The part may not have been uploaded, or the "
        "specified entity tag may not match the part's entity tag.")
    assert error["PartNumber"] == str(change.get("PartNumber", 1))
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert nothing_stored(s3, bucket)
    small.complete()
    assert small.stored() == b"data"


def test_parts_are_named_in_ascending_order(s3, bucket, new_upload, refused):
    new_upload.part(1, FIRST)
    new_upload.part(2, FIRST)
    assert refused(new_upload.complete, new_upload.list()[::-1]) == ("InvalidPartOrder", 400)
    assert refused(new_upload.complete, [new_upload.parts[1], new_upload.parts[1]]) == ("InvalidPartOrder", 400)
    assert nothing_stored(s3, bucket)


def test_a_completion_names_a_part(s3, bucket, small, refused):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        small.complete([])
    error = caught.value.response["Error"]
    assert (error["Code"], error["Message"]) == ("InvalidRequest", "You must specify at least one part")
    assert nothing_stored(s3, bucket)
    names = {"Bucket": bucket, "Key": "k", "UploadId": "nonsense"}
    assert refused(s3.complete_multipart_upload, **names, MultipartUpload={"Parts": []}) == NO_UPLOAD


@pytest.mark.parametrize("document", [
    "<CompleteMultipartUpload><Part/></CompleteMultipartUpload>",
    "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>",
    "<CompleteMultipartUpload><Part><ETag>ETAG</ETag></Part></CompleteMultipartUpload>",
    "<CompleteMultipartUpload><Part><PartNumber>one</PartNumber><ETag>ETAG</ETag></Part></CompleteMultipartUpload>",
    "<Another><Part><PartNumber>1</PartNumber><ETag>ETAG</ETag></Part></Another>",
    "<CompleteMultipartUpload><Part>", "nonsense"])
def test_a_malformed_completion_is_refused(server, connection, s3, bucket, small, document):
    path, query = f"/{bucket}/k", f"uploadId={small.id}"
    body = document.replace("ETAG", small.parts[1]["ETag"]).encode()
    headers = Signer(server).headers("POST", path, query, payload=hashlib.sha256(body).hexdigest())
    answer = connection.ask("POST", f"{path}?{query}", headers, body)
    assert (answer.status, answer["Code"]) == (400, "MalformedXML")
    assert nothing_stored(s3, bucket)


def test_an_upload_that_is_not_there_is_reported(s3, bucket, small, refused):
    names = {"Bucket": bucket, "Key": "k", "UploadId": "nonsense"}
    parts = {"Parts": small.list()}
    assert refused(s3.upload_part, **names, PartNumber=1, Body=b"data") == NO_UPLOAD
    assert refused(s3.complete_multipart_upload, **names, MultipartUpload=parts) == NO_UPLOAD
    assert refused(s3.abort_multipart_upload, **names) == NO_UPLOAD
    assert refused(s3.list_parts, **names) == NO_UPLOAD


def test_an_upload_belongs_to_its_key_and_bucket(s3, bucket, small, refused):
    names = {"Bucket": bucket, "Key": "l", "UploadId": small.id}
    assert refused(s3.upload_part, **names, PartNumber=1, Body=b"data") == NO_UPLOAD
    assert refused(s3.complete_multipart_upload, **names, MultipartUpload={"Parts": small.list()}) == NO_UPLOAD
    s3.create_bucket(Bucket=f"{bucket}-2")
    names = {"Bucket": f"{bucket}-2", "Key": "k", "UploadId": small.id}
    assert refused(s3.upload_part, **names, PartNumber=1, Body=b"data") == NO_UPLOAD
    assert refused(s3.abort_multipart_upload, **names) == NO_UPLOAD


def test_an_aborted_upload_is_gone_with_its_parts(s3, bucket, small, refused):
    for _ in range(2):  # A client may have missed the first response.
        assert small.abort()["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert refused(small.part, 2, b"data") == NO_UPLOAD
    assert refused(small.complete) == NO_UPLOAD
    assert refused(s3.list_parts, **small.names) == NO_UPLOAD
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)
    assert nothing_stored(s3, bucket)


def test_a_completed_upload_takes_no_more_parts(s3, bucket, small, refused):
    small.complete()
    assert small.abort()["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert small.stored() == b"data"
    assert refused(small.part, 2, b"data") == NO_UPLOAD
    assert refused(s3.list_parts, **small.names) == NO_UPLOAD
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)


def test_an_upload_into_a_bucket_that_is_not_there_does_not_begin(s3, refused):
    assert refused(s3.create_multipart_upload, Bucket="no-such-bucket-here", Key="k") == ("NoSuchBucket", 404)


def test_a_body_that_is_not_what_was_meant_is_no_part(s3, small, refused):
    assert refused(small.part, 2, b"data", ContentMD5="1B2M2Y8AsgTpgAmY7PhCfg==") == ("BadDigest", 400)
    assert refused(small.part, 2, b"data", ChecksumCRC32="AAAAAA==") == ("BadDigest", 400)
    assert [part["PartNumber"] for part in s3.list_parts(**small.names)["Parts"]] == [1]


def test_the_expected_size_is_compared(s3, bucket, small, refused):
    assert refused(small.complete, MpuObjectSize=5) == ("InvalidRequest", 400)
    assert nothing_stored(s3, bucket)
    small.complete(MpuObjectSize=4)
    assert small.stored() == b"data"


def test_a_bucket_with_an_upload_under_way_can_be_deleted(s3, bucket, small, refused):
    s3.delete_bucket(Bucket=bucket)
    assert refused(s3.head_bucket, Bucket=bucket) == ("404", 404)


# Conditions

def test_a_completion_can_require_that_there_is_nothing(s3, bucket, small, refused):
    s3.put_object(Bucket=bucket, Key="k", Body=b"first")
    late = Upload(s3, bucket)
    late.part(1, b"data")
    assert refused(late.complete, IfNoneMatch="*") == ("PreconditionFailed", 412)
    assert small.stored() == b"first"
    s3.delete_object(Bucket=bucket, Key="k")
    again = Upload(s3, bucket)
    again.part(1, b"data")
    again.complete(IfNoneMatch="*")
    assert again.stored() == b"data"


def test_a_completion_can_require_what_it_replaces(s3, bucket, small, refused):
    etag = s3.put_object(Bucket=bucket, Key="k", Body=b"first")["ETag"]
    late = Upload(s3, bucket)
    late.part(1, b"data")
    assert refused(late.complete, IfMatch=OTHER) == ("PreconditionFailed", 412)
    assert small.stored() == b"first"
    again = Upload(s3, bucket)
    again.part(1, b"data")
    again.complete(IfMatch=etag)
    assert again.stored() == b"data"
    missing = Upload(s3, bucket, "missing")
    missing.part(1, b"data")
    assert refused(missing.complete, IfMatch=etag) == ("NoSuchKey", 404)


def overwrite(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"meanwhile")


def overwrite_by_parts(s3, bucket):
    upload(s3, bucket, "k", [b"meanwhile"])


def delete_and_restore(s3, bucket):
    s3.delete_object(Bucket=bucket, Key="k")
    s3.put_object(Bucket=bucket, Key="k", Body=b"first")


def delete(s3, bucket):
    s3.delete_object(Bucket=bucket, Key="k")


@pytest.mark.parametrize("change", [overwrite, overwrite_by_parts, delete_and_restore, delete])
@pytest.mark.parametrize("condition", ["If-None-Match", "If-Match"])
def test_what_was_written_or_deleted_since_the_upload_began_is_a_conflict(s3, bucket, change, condition):
    s3.put_object(Bucket=bucket, Key="k", Body=b"first")
    new_upload = Upload(s3, bucket)
    new_upload.part(1, b"data")
    change(s3, bucket)
    listed = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
    etag = listed[0]["ETag"] if listed else OTHER  # Even the right ETag does not help.
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        new_upload.complete(**({"IfMatch": etag} if condition == "If-Match" else {"IfNoneMatch": "*"}))
    error = caught.value.response["Error"]
    assert (error["Code"], error["Condition"]) == ("ConditionalRequestConflict", condition)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 409
    assert [item["ETag"] for item in s3.list_objects_v2(Bucket=bucket).get("Contents", [])] == [
        item["ETag"] for item in listed]
    new_upload.complete()
    assert new_upload.stored() == b"data"


def test_a_condition_on_the_beginning_of_an_upload_is_of_directory_buckets(s3, small, refused):
    now = s3.list_multipart_uploads(Bucket=small.names["Bucket"])["Uploads"][0]["Initiated"]
    assert refused(s3.abort_multipart_upload, **small.names, IfMatchInitiatedTime=now) == ("NotImplemented", 501)
    small.complete()


# Age and versions

def test_an_object_in_parts_is_as_old_as_its_upload(s3, bucket, new_upload):
    began = s3.list_multipart_uploads(Bucket=bucket)["Uploads"][0]["Initiated"]
    time.sleep(1.1)  # Until the next second, as times are returned in whole seconds.
    new_upload.part(1, b"data")
    new_upload.complete()
    for found in (s3.head_object(Bucket=bucket, Key="k"), s3.get_object(Bucket=bucket, Key="k"),
                  s3.list_objects_v2(Bucket=bucket)["Contents"][0]):
        assert found["LastModified"].replace(microsecond=0) == began.replace(microsecond=0)


def test_where_versions_have_ids_every_answer_tells_that_of_the_object(s3, bucket):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=bucket, Key="source", Body=b"data")
    new_upload = Upload(s3, bucket)
    version = new_upload.created["VersionId"]
    assert new_upload.part(1, FIRST)["VersionId"] == version
    copied = s3.upload_part_copy(**new_upload.names, PartNumber=2, CopySource=f"{bucket}/source")
    assert copied["VersionId"] == version
    new_upload.note(2, copied["CopyPartResult"])
    assert s3.list_parts(**new_upload.names)["VersionId"] == version
    assert s3.list_multipart_uploads(Bucket=bucket)["Uploads"][0]["VersionId"] == version
    assert new_upload.complete()["VersionId"] == version
    assert s3.head_object(Bucket=bucket, Key="k")["VersionId"] == version
    aborted = Upload(s3, bucket)
    assert aborted.abort()["VersionId"] == aborted.created["VersionId"] != version


def test_without_versions_no_answer_tells_one(s3, bucket, small):
    listed = s3.list_multipart_uploads(Bucket=bucket)["Uploads"][0]
    for answer in (small.created, small.part(1, b"data"), s3.list_parts(**small.names), listed, small.abort()):
        assert "VersionId" not in answer


def test_the_upload_that_began_last_is_current(s3, bucket):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    first, between, second = Upload(s3, bucket), s3.put_object(Bucket=bucket, Key="k", Body=b"put"), Upload(s3, bucket)
    first.part(1, b"first")
    second.part(1, b"second")
    second.complete()
    first.complete()
    assert first.stored() == b"second"
    listed = s3.list_object_versions(Bucket=bucket)["Versions"]
    assert [version["VersionId"] for version in listed] == [
        second.created["VersionId"], between["VersionId"], first.created["VersionId"]]
    assert [version["IsLatest"] for version in listed] == [True, False, False]
    names = {"Bucket": bucket, "Key": "k", "VersionId": first.created["VersionId"]}
    assert s3.get_object(**names)["Body"].read() == b"first"


# Reading parts and ranges

@pytest.mark.parametrize("number, body, first", [
    (1, FIRST, 0), (2, SECOND, PART), (3, LAST, 2 * PART + 1)], ids=["1", "2", "3"])
def test_a_part_is_read_by_its_number(s3, whole, number, body, first):
    found = s3.get_object(**whole, PartNumber=number)
    assert found["ResponseMetadata"]["HTTPStatusCode"] == 206
    assert found["Body"].read() == body
    head = s3.head_object(**whole, PartNumber=number)
    assert head["ResponseMetadata"]["HTTPStatusCode"] == 206
    for answer in (found, head):
        assert (answer["PartsCount"], answer["ContentLength"]) == (3, len(body))
        assert answer["ContentRange"] == f"bytes {first}-{first + len(body) - 1}/{len(WHOLE)}"
        assert answer["ETag"] == etag_of(FIRST, SECOND, LAST)


def test_the_number_of_parts_is_told_to_those_who_ask_for_a_part(s3, whole):
    assert "PartsCount" not in s3.head_object(**whole)
    assert "PartsCount" not in s3.get_object(**whole, Range="bytes=0-0")


def test_a_part_that_the_object_has_not_is_not_satisfiable(s3, whole, refused):
    assert refused(s3.get_object, **whole, PartNumber=4) == ("InvalidPartNumber", 416)
    assert refused(s3.head_object, **whole, PartNumber=4)[1] == 416
    assert refused(s3.get_object, **whole, PartNumber=10_001) == ("InvalidArgument", 400)


def test_a_part_and_a_range_exclude_one_another(s3, whole, refused):
    assert refused(s3.get_object, **whole, PartNumber=1, Range="bytes=0-1") == ("InvalidRequest", 400)


def test_an_object_in_one_piece_is_its_first_part(s3, bucket, refused):
    s3.put_object(Bucket=bucket, Key="k", Body=b"data")
    found = s3.get_object(Bucket=bucket, Key="k", PartNumber=1)
    assert (found["ResponseMetadata"]["HTTPStatusCode"], found["Body"].read()) == (206, b"data")
    assert "PartsCount" not in found
    assert refused(s3.get_object, Bucket=bucket, Key="k", PartNumber=2) == ("InvalidPartNumber", 416)


RANGES = [(0, 0), (PART - 1, PART), (PART, PART), (PART - 3, 2 * PART + 3), (2 * PART, 2 * PART + 1),
          (2 * PART + 1, len(WHOLE) - 1), (10, len(WHOLE) - 10), (len(WHOLE) - 1, len(WHOLE) - 1)]


@pytest.mark.parametrize("first, last", RANGES)
def test_a_range_goes_across_the_borders_of_parts(s3, whole, first, last):
    found = s3.get_object(**whole, Range=f"bytes={first}-{last}")
    assert found["ContentRange"] == f"bytes {first}-{last}/{len(WHOLE)}"
    assert found["Body"].read() == WHOLE[first:last + 1]
    assert s3.head_object(**whole, Range=f"bytes={first}-{last}")["ContentLength"] == last + 1 - first


def test_the_last_bytes_are_read_whatever_their_parts(s3, whole):
    for count in (1, len(LAST), len(LAST) + 1, len(LAST) + PART + 2):
        assert s3.get_object(**whole, Range=f"bytes=-{count}")["Body"].read() == WHOLE[-count:]


def test_a_copy_of_an_object_in_parts_is_of_one_piece(s3, bucket, whole, refused):
    result = s3.copy_object(Bucket=bucket, Key="copy", CopySource=whole)["CopyObjectResult"]
    copy = s3.get_object(Bucket=bucket, Key="copy")
    assert copy["Body"].read() == WHOLE
    assert copy["ETag"] == result["ETag"] == f'"{hashlib.md5(WHOLE).hexdigest()}"'
    assert "PartsCount" not in s3.head_object(Bucket=bucket, Key="copy", PartNumber=1)
    assert refused(s3.get_object, Bucket=bucket, Key="copy", PartNumber=2) == ("InvalidPartNumber", 416)
