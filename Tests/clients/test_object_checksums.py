"""The ten checksums: of single-part, multipart and copied objects, in headers and in trailers."""

import functools
import hashlib

import botocore.config
import pytest

from checksums import RAW, checksum, composite
from conftest import make_client
from multipart import PART, Upload, noise, upload
from v4 import SIGNED_TRAILER, UNSIGNED_TRAILER, Signer

DATA = b"123456789"
FIRST, LAST = noise(PART, 1), noise(1000, 2)
BAD_DIGEST = ("BadDigest", 400)
INVALID = ("InvalidRequest", 400)
HASHES = ["SHA1", "SHA256", "SHA512", "MD5", "XXHASH64", "XXHASH3", "XXHASH128"]
ALGORITHMS = pytest.mark.parametrize("algorithm", RAW)


@functools.cache
def of_whole(algorithm):
    return checksum(algorithm, FIRST + LAST)


@pytest.fixture(scope="module")
def plain(server):
    """A client that sends checksums only on request."""
    return make_client(server, config=botocore.config.Config(
        request_checksum_calculation="when_required", response_checksum_validation="when_required"))


def begin(s3, bucket, algorithm, kind=None):
    options = {"ChecksumType": kind} if kind else {}
    return Upload(s3, bucket, ChecksumAlgorithm=algorithm, **options)


def fill(in_progress, algorithm):
    """Uploads two parts, each with its checksum."""
    for number, body in enumerate((FIRST, LAST), 1):
        value = {f"Checksum{algorithm}": checksum(algorithm, body)}
        assert value.items() <= in_progress.part(number, body, **value).items()


# Single-part objects

def test_our_checksums_are_those_of_the_books():
    assert checksum("CRC32", DATA) == "y/Q5Jg=="
    assert checksum("CRC32C", DATA) == "4waSgw=="
    assert checksum("CRC64NVME", DATA) == "rosUhgp5mIg="
    assert checksum("XXHASH64", b"") == "70bbN1HY6Zk="


@ALGORITHMS
def test_a_checksum_is_verified_stored_and_returned(plain, bucket, refused, algorithm):
    name, value = f"Checksum{algorithm}", checksum(algorithm, DATA)
    stored = plain.put_object(Bucket=bucket, Key="k", Body=DATA, **{name: value})
    assert (stored[name], stored["ChecksumType"]) == (value, "FULL_OBJECT")
    for read in (plain.get_object, plain.head_object):
        answer = read(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
        assert (answer[name], answer["ChecksumType"]) == (value, "FULL_OBJECT")
        assert [key for key in answer if key.startswith("Checksum")] in ([name, "ChecksumType"], ["ChecksumType", name])
        assert name not in read(Bucket=bucket, Key="k")
    listed = plain.list_objects_v2(Bucket=bucket)["Contents"][0]
    assert (listed["ChecksumAlgorithm"], listed["ChecksumType"]) == ([algorithm], "FULL_OBJECT")
    wrong = {name: checksum(algorithm, b"other")}
    assert refused(plain.put_object, Bucket=bucket, Key="l", Body=DATA, **wrong) == BAD_DIGEST
    assert refused(plain.head_object, Bucket=bucket, Key="l") == ("404", 404)


@ALGORITHMS
def test_a_checksum_of_nothing_is_one_too(plain, bucket, algorithm):
    name, value = f"Checksum{algorithm}", checksum(algorithm, b"")
    assert plain.put_object(Bucket=bucket, Key="k", Body=b"", **{name: value})[name] == value


@ALGORITHMS
@pytest.mark.parametrize("value", ["abc", "eA==", "!!!!", checksum("SHA512", b"")[:-4]], ids=lambda value: value[:4])
def test_a_malformed_checksum_is_invalid(plain, bucket, refused, algorithm, value):
    assert refused(plain.put_object, Bucket=bucket, Key="k", Body=b"", **{f"Checksum{algorithm}": value}) == INVALID
    assert plain.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


@ALGORITHMS
@pytest.mark.parametrize("kind", [SIGNED_TRAILER, UNSIGNED_TRAILER])
def test_a_checksum_may_come_behind_the_body(server, connection, plain, bucket, algorithm, kind):
    def put(value):
        signer, name = Signer(server), f"x-amz-checksum-{algorithm.lower()}"
        headers = signer.headers("PUT", f"/{bucket}/k", headers=[
            ("content-encoding", "aws-chunked"), ("x-amz-decoded-content-length", str(len(DATA))),
            ("x-amz-trailer", name)], payload=kind)
        return connection.ask("PUT", f"/{bucket}/k", headers, signer.chunked(kind, DATA, trailer=(name, value)))

    wrong = put(checksum(algorithm, b"other"))
    assert (wrong.status, wrong["Code"]) == (400, "BadDigest")
    assert plain.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    assert put(checksum(algorithm, DATA)).status == 200
    found = plain.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert found[f"Checksum{algorithm}"] == checksum(algorithm, DATA)


def test_two_checksums_are_one_too_many(plain, bucket, refused):
    both = {f"Checksum{algorithm}": checksum(algorithm, DATA) for algorithm in ("CRC32", "SHA256")}
    assert refused(plain.put_object, Bucket=bucket, Key="k", Body=DATA, **both) == INVALID
    assert plain.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


@pytest.mark.parametrize("algorithm", ["CRC32", "NONSENSE"])
def test_an_algorithm_without_a_checksum_is_refused(server, connection, plain, bucket, algorithm):
    headers = Signer(server).headers(
        "PUT", f"/{bucket}/k", headers=[("x-amz-sdk-checksum-algorithm", algorithm)], payload="UNSIGNED-PAYLOAD")
    answer = connection.ask("PUT", f"/{bucket}/k", headers, DATA)
    assert (answer.status, answer["Code"]) == INVALID[::-1]
    assert plain.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_who_sends_none_gets_a_crc64nvme(plain, bucket):
    value = checksum("CRC64NVME", DATA)
    stored = plain.put_object(Bucket=bucket, Key="k", Body=DATA)
    assert (stored["ChecksumCRC64NVME"], stored["ChecksumType"]) == (value, "FULL_OBJECT")
    assert plain.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")["ChecksumCRC64NVME"] == value


# Copies

@ALGORITHMS
def test_a_copy_keeps_its_sources_checksum(plain, bucket, algorithm):
    name, value = f"Checksum{algorithm}", checksum(algorithm, DATA)
    plain.put_object(Bucket=bucket, Key="k", Body=DATA, **{name: value})
    result = plain.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/k")["CopyObjectResult"]
    assert (result[name], result["ChecksumType"]) == (value, "FULL_OBJECT")
    assert plain.head_object(Bucket=bucket, Key="copy", ChecksumMode="ENABLED")[name] == value


@ALGORITHMS
def test_a_copy_may_have_another_checksum(plain, bucket, algorithm):
    source = "SHA256" if algorithm != "SHA256" else "CRC32"
    plain.put_object(Bucket=bucket, Key="k", Body=DATA, **{f"Checksum{source}": checksum(source, DATA)})
    result = plain.copy_object(
        Bucket=bucket, Key="copy", CopySource=f"{bucket}/k", ChecksumAlgorithm=algorithm)["CopyObjectResult"]
    assert result[f"Checksum{algorithm}"] == checksum(algorithm, DATA) and f"Checksum{source}" not in result
    found = plain.head_object(Bucket=bucket, Key="copy", ChecksumMode="ENABLED")
    assert found[f"Checksum{algorithm}"] == checksum(algorithm, DATA) and f"Checksum{source}" not in found


def test_a_copy_of_parts_has_the_checksum_of_the_whole(plain, bucket):
    in_progress = begin(plain, bucket, "SHA256")
    fill(in_progress, "SHA256")
    completed = in_progress.complete()
    assert completed["ChecksumType"] == "COMPOSITE"
    copy = {"Bucket": bucket, "Key": "copy", "CopySource": f"{bucket}/k"}
    for options in ({}, {"ChecksumAlgorithm": "SHA256"}):
        result = plain.copy_object(**copy, **options)["CopyObjectResult"]
        assert (result["ChecksumSHA256"], result["ChecksumType"]) == (of_whole("SHA256"), "FULL_OBJECT")
    result = plain.copy_object(**copy, ChecksumAlgorithm="CRC32")["CopyObjectResult"]
    assert (result["ChecksumCRC32"], result["ChecksumType"]) == (of_whole("CRC32"), "FULL_OBJECT")
    assert "ChecksumSHA256" not in result


@pytest.mark.parametrize("algorithm", ["CRC32", "CRC64NVME"])
def test_a_checksum_of_the_whole_stays_that_of_a_copy(plain, bucket, algorithm):
    in_progress = begin(plain, bucket, algorithm, "FULL_OBJECT")
    fill(in_progress, algorithm)
    in_progress.complete()
    result = plain.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/k")["CopyObjectResult"]
    assert (result[f"Checksum{algorithm}"], result["ChecksumType"]) == (of_whole(algorithm), "FULL_OBJECT")
    assert result["ETag"] == f'"{hashlib.md5(FIRST + LAST).hexdigest()}"'


def test_an_unknown_algorithm_is_refused(plain, bucket, refused):
    plain.put_object(Bucket=bucket, Key="k", Body=DATA)
    assert refused(plain.copy_object, Bucket=bucket, Key="copy", CopySource=f"{bucket}/k",
                   ChecksumAlgorithm="NONSENSE") == INVALID
    assert refused(begin, plain, bucket, "NONSENSE") == INVALID
    assert "Uploads" not in plain.list_multipart_uploads(Bucket=bucket)


# Multipart objects

@pytest.mark.parametrize("algorithm", ["CRC32", "CRC32C", *HASHES])
def test_an_object_in_parts_has_a_checksum_of_checksums(plain, bucket, algorithm):
    name, value = f"Checksum{algorithm}", composite(algorithm, FIRST, LAST)
    in_progress = begin(plain, bucket, algorithm)
    assert (in_progress.created["ChecksumAlgorithm"], in_progress.created["ChecksumType"]) == (algorithm, "COMPOSITE")
    fill(in_progress, algorithm)
    completed = in_progress.complete()
    assert (completed[name], completed["ChecksumType"]) == (value, "COMPOSITE")
    names = {"Bucket": bucket, "Key": "k", "ChecksumMode": "ENABLED"}
    whole, part = plain.get_object(**names), plain.get_object(**names, PartNumber=2)
    assert (whole["Body"].read(), part["Body"].read()) == (FIRST + LAST, LAST)
    for found in (whole, plain.head_object(**names)):
        assert (found[name], found["ChecksumType"]) == (value, "COMPOSITE")
    for found in (part, plain.head_object(**names, PartNumber=2)):
        assert found[name] == checksum(algorithm, LAST)
    listed = plain.list_objects_v2(Bucket=bucket)["Contents"][0]
    assert (listed["ChecksumAlgorithm"], listed["ChecksumType"]) == ([algorithm], "COMPOSITE")


@pytest.mark.parametrize("algorithm", ["CRC32", "CRC32C", "CRC64NVME"])
def test_an_object_in_parts_may_have_the_checksum_of_the_whole(plain, bucket, refused, algorithm):
    name, value = f"Checksum{algorithm}", of_whole(algorithm)
    in_progress = begin(plain, bucket, algorithm, "FULL_OBJECT")
    assert (in_progress.created["ChecksumAlgorithm"], in_progress.created["ChecksumType"]) == (algorithm, "FULL_OBJECT")
    fill(in_progress, algorithm)
    wrong = {name: checksum(algorithm, b"other"), "ChecksumType": "FULL_OBJECT"}
    assert refused(in_progress.complete, **wrong) == BAD_DIGEST
    assert plain.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    completed = in_progress.complete(**{name: value}, ChecksumType="FULL_OBJECT")
    assert (completed[name], completed["ChecksumType"]) == (value, "FULL_OBJECT")
    found = plain.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert (found[name], found["ChecksumType"]) == (value, "FULL_OBJECT")


@pytest.mark.parametrize("algorithm", ["CRC32", "CRC64NVME"])
def test_for_the_checksum_of_the_whole_the_parts_need_none(plain, bucket, algorithm):
    in_progress = begin(plain, bucket, algorithm, "FULL_OBJECT")
    in_progress.part(1, FIRST)
    in_progress.part(2, LAST)
    parts = [{"PartNumber": part["PartNumber"], "ETag": part["ETag"]} for part in in_progress.list()]
    assert in_progress.complete(parts)[f"Checksum{algorithm}"] == of_whole(algorithm)


def test_an_upload_without_an_algorithm_gets_the_crc64nvme_of_the_whole(plain, bucket):
    completed = upload(plain, bucket, "k", [FIRST, LAST])
    assert (completed["ChecksumCRC64NVME"], completed["ChecksumType"]) == (of_whole("CRC64NVME"), "FULL_OBJECT")


def test_boto3s_own_crc32_of_each_part_is_taken_without_an_algorithm(s3, bucket):
    completed = upload(s3, bucket, "k", [FIRST, LAST])
    assert completed["ETag"].endswith('-2"')
    assert s3.get_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")["Body"].read() == FIRST + LAST


@pytest.mark.parametrize("algorithm", HASHES)
def test_a_hash_is_of_checksums_alone(plain, bucket, refused, algorithm):
    assert refused(begin, plain, bucket, algorithm, "FULL_OBJECT") == INVALID


def test_a_crc64nvme_is_of_the_whole_alone(plain, bucket, refused):
    assert begin(plain, bucket, "CRC64NVME").created["ChecksumType"] == "FULL_OBJECT"
    assert refused(begin, plain, bucket, "CRC64NVME", "COMPOSITE") == INVALID


def test_a_type_needs_an_algorithm_and_is_one_of_two(plain, bucket, refused):
    assert refused(Upload, plain, bucket, ChecksumType="FULL_OBJECT") == INVALID
    assert refused(begin, plain, bucket, "CRC32", "NONSENSE") == INVALID


def message(function, *arguments, **options):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        function(*arguments, **options)
    return caught.value.response["Error"]["Message"]


def test_a_completion_of_another_type_is_invalid(plain, bucket, refused):
    in_progress = begin(plain, bucket, "CRC32")
    fill(in_progress, "CRC32")
    assert refused(in_progress.complete, ChecksumType="FULL_OBJECT") == INVALID
    assert message(in_progress.complete, ChecksumType="FULL_OBJECT") == (
        "The upload was created using the COMPOSITE checksum mode. The complete request must use the same checksum mode.")
    in_progress.complete(ChecksumType="composite")


def test_an_upload_without_an_algorithm_is_completed_without_a_type(plain, bucket, refused):
    in_progress = Upload(plain, bucket)
    in_progress.part(1, LAST)
    assert refused(in_progress.complete, ChecksumType="FULL_OBJECT") == INVALID
    assert 'using the null checksum mode' in message(in_progress.complete, ChecksumType="FULL_OBJECT")
    in_progress.complete()


def test_a_type_is_read_in_any_case(plain, bucket):
    assert begin(plain, bucket, "crc32", "full_object").created["ChecksumType"] == "FULL_OBJECT"


def test_a_checksum_that_nothing_is_compared_with_is_refused(plain, bucket, refused):
    in_progress = Upload(plain, bucket)
    in_progress.part(1, LAST, ChecksumSHA256=checksum("SHA256", LAST))
    with_checksum = [{**in_progress.parts[1], "ChecksumSHA256": checksum("SHA256", LAST)}]
    assert refused(in_progress.complete, with_checksum) == ("InvalidPart", 400)
    assert refused(in_progress.complete, ChecksumSHA256=checksum("SHA256", LAST)) == BAD_DIGEST
    in_progress.complete(ChecksumCRC64NVME=checksum("CRC64NVME", LAST))


def test_a_part_of_a_completion_has_one_checksum_of_the_uploads_algorithm(plain, bucket, refused):
    in_progress = begin(plain, bucket, "CRC32")
    fill(in_progress, "CRC32")
    first, last = in_progress.list()
    others = {"ETag": last["ETag"], "PartNumber": 2}
    for fields, expected in [
            ({"ChecksumSHA256": checksum("SHA256", LAST)}, BAD_DIGEST),
            ({**last, "ChecksumSHA256": checksum("SHA256", LAST)}, ("InvalidArgument", 400)),
            ({"ChecksumCRC32": "not Base64"}, ("InvalidArgument", 400)),
            ({"ChecksumCRC32": "AAAA"}, ("InvalidArgument", 400)),
            ({"ChecksumCRC32": checksum("CRC32", FIRST)}, ("InvalidPart", 400)), ({}, INVALID)]:
        assert refused(in_progress.complete, [first, {**others, **fields}]) == expected, fields
    assert refused(in_progress.complete, ChecksumCRC32="not Base64") == INVALID
    assert message(in_progress.complete, ChecksumCRC32="AAAA") == "Value for x-amz-checksum-crc32 header is invalid."
    assert refused(in_progress.complete, ChecksumSHA256=composite("SHA256", FIRST, LAST)) == BAD_DIGEST
    assert plain.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    in_progress.complete(ChecksumCRC32=composite("CRC32", FIRST, LAST).removesuffix("-2"))


@pytest.mark.parametrize("method, query", [("PUT", ""), ("POST", "uploadId=UPLOAD")])
def test_an_unknown_checksum_is_invalid(server, connection, plain, bucket, method, query):
    in_progress = Upload(plain, bucket)
    query = query.replace("UPLOAD", in_progress.id)
    in_progress.part(1, LAST)
    etag = in_progress.parts[1]["ETag"]
    body = (f"<CompleteMultipartUpload><Part><ETag>{etag}</ETag><PartNumber>1</PartNumber></Part>"
            "</CompleteMultipartUpload>").encode()
    headers = Signer(server).headers(
        method, f"/{bucket}/k", query, [("x-amz-checksum-crc16", "AAA=")], payload="UNSIGNED-PAYLOAD")
    answer = connection.ask(method, f"/{bucket}/k?{query}", headers, body)
    assert (answer.status, answer["Code"]) == INVALID[::-1]
    assert plain.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


NAMED = [  # the target, the headers next to the name SHA256, and the expected response
    ("k", {"x-amz-checksum-crc32": checksum("CRC32", DATA)}, ("BadDigest", 400)),
    ("k", {"x-amz-checksum-sha256": checksum("SHA256", DATA)}, None),
    ("k", {"content-md5": checksum("MD5", DATA)}, INVALID),
    ("k?partNumber=1&uploadId=UPLOAD", {"x-amz-checksum-crc32": checksum("CRC32", DATA)}, None),
    ("k?partNumber=1&uploadId=UPLOAD", {}, INVALID)]


@pytest.mark.parametrize("target, fields, expected", NAMED)
def test_the_name_of_an_algorithm_counts_where_aws_says_so(
        server, connection, plain, bucket, target, fields, expected):
    path, _, query = f"/{bucket}/{target}".replace("UPLOAD", Upload(plain, bucket).id).partition("?")
    headers = Signer(server).headers("PUT", path, query, [
        ("x-amz-sdk-checksum-algorithm", "SHA256"), *fields.items()], payload="UNSIGNED-PAYLOAD")
    answer = connection.ask("PUT", f"{path}?{query}", headers, DATA)
    assert (answer["Code"], answer.status) == (expected or (None, 200))


@pytest.mark.parametrize("fields", [
    {"content-md5": checksum("MD5", DATA)}, {"x-amz-checksum-crc32": checksum("CRC32", DATA)}], ids=str)
def test_sdks_send_a_content_md5_or_a_crc32_for_md5(server, connection, plain, bucket, fields):
    headers = Signer(server).headers("PUT", f"/{bucket}/k", "", [
        ("x-amz-sdk-checksum-algorithm", "MD5"), *fields.items()], payload="UNSIGNED-PAYLOAD")
    assert connection.ask("PUT", f"/{bucket}/k", headers, DATA).status == 200


def test_the_whole_by_its_ranges_has_its_checksum_and_a_part_by_its_number_none(plain, bucket):
    value = checksum("CRC32", DATA)
    plain.put_object(Bucket=bucket, Key="k", Body=DATA, ChecksumCRC32=value)
    for read in (plain.get_object, plain.head_object):
        names = {"Bucket": bucket, "Key": "k", "ChecksumMode": "ENABLED"}
        whole = read(**names, Range="bytes=0-")
        assert (whole["ChecksumCRC32"], whole["ResponseMetadata"]["HTTPStatusCode"]) == (value, 206)
        assert "ChecksumCRC32" not in read(**names, Range="bytes=1-")
        assert "ChecksumCRC32" not in read(**names, PartNumber=1)
    in_progress = begin(plain, bucket, "CRC32", "FULL_OBJECT")
    fill(in_progress, "CRC32")
    in_progress.complete()
    assert "ChecksumCRC32" not in plain.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED", PartNumber=2)


def test_every_part_has_the_uploads_checksum(plain, bucket, refused):
    in_progress = begin(plain, bucket, "SHA256")
    assert refused(in_progress.part, 1, LAST) == INVALID
    assert refused(in_progress.part, 1, LAST, ChecksumCRC32=checksum("CRC32", LAST)) == INVALID
    assert refused(in_progress.part, 1, LAST, ChecksumSHA256=checksum("SHA256", FIRST)) == BAD_DIGEST
    assert "Parts" not in plain.list_parts(**in_progress.names)


def test_a_completion_names_every_parts_checksum(plain, bucket, refused):
    in_progress = begin(plain, bucket, "SHA256")
    fill(in_progress, "SHA256")
    without = [{"PartNumber": part["PartNumber"], "ETag": part["ETag"]} for part in in_progress.list()]
    assert refused(in_progress.complete, without) == INVALID
    wrong = [in_progress.parts[1], {**in_progress.parts[2], "ChecksumSHA256": in_progress.parts[1]["ChecksumSHA256"]}]
    assert refused(in_progress.complete, wrong) == ("InvalidPart", 400)
    assert plain.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    in_progress.complete()


def test_a_wrong_checksum_of_checksums_is_a_bad_digest(plain, bucket, refused):
    in_progress = begin(plain, bucket, "SHA256")
    fill(in_progress, "SHA256")
    assert refused(in_progress.complete, ChecksumSHA256=composite("SHA256", LAST, FIRST)) == BAD_DIGEST
    completed = in_progress.complete(ChecksumSHA256=composite("SHA256", FIRST, LAST))
    assert completed["ChecksumSHA256"] == composite("SHA256", FIRST, LAST)


def test_the_parts_that_are_listed_tell_their_checksums(plain, bucket):
    in_progress = begin(plain, bucket, "SHA1")
    fill(in_progress, "SHA1")
    page = plain.list_parts(**in_progress.names)
    assert (page["ChecksumAlgorithm"], page["ChecksumType"]) == ("SHA1", "COMPOSITE")
    assert [part["ChecksumSHA1"] for part in page["Parts"]] == [checksum("SHA1", FIRST), checksum("SHA1", LAST)]
    listed = plain.list_multipart_uploads(Bucket=bucket)["Uploads"][0]
    assert (listed["ChecksumAlgorithm"], listed["ChecksumType"]) == ("SHA1", "COMPOSITE")


def test_a_copied_part_has_the_uploads_checksum(plain, bucket):
    plain.put_object(Bucket=bucket, Key="source", Body=LAST)
    in_progress = begin(plain, bucket, "SHA256")
    assert in_progress.copy(1, f"{bucket}/source")["ChecksumSHA256"] == checksum("SHA256", LAST)
    assert in_progress.complete()["ChecksumSHA256"] == composite("SHA256", LAST)
