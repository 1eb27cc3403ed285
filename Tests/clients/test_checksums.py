"""Checksums: every algorithm is verified, stored and returned."""

import base64
import hashlib
import zlib

import botocore.config
import pytest
import xxhash

from conftest import make_client
from v4 import Signer


def crc32(data):
    return base64.b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()


def encoded(digest):
    return lambda data: base64.b64encode(digest(data).digest()).decode()


def bitwise_crc(data, polynomial, bits):
    """A reflected CRC with all ones at both ends, a bit at a time: slow, but independent of any library."""
    mask = (1 << bits) - 1
    value = mask
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = (value >> 1) ^ polynomial if value & 1 else value >> 1
    return base64.b64encode((value ^ mask).to_bytes(bits // 8, "big")).decode()


CHECKSUMS = {
    "CRC32": crc32,
    "CRC32C": lambda data: bitwise_crc(data, 0x82F63B78, 32),
    "CRC64NVME": lambda data: bitwise_crc(data, 0x9A6C9329AC4BC9B5, 64),
    "SHA1": encoded(hashlib.sha1),
    "SHA256": encoded(hashlib.sha256),
    "SHA512": encoded(hashlib.sha512),
    "MD5": encoded(hashlib.md5),
    "XXHASH64": encoded(xxhash.xxh64),
    "XXHASH3": encoded(xxhash.xxh3_64),
    "XXHASH128": encoded(xxhash.xxh3_128),
}


@pytest.mark.parametrize("algorithm", CHECKSUMS)
def test_a_checksum_is_verified_stored_and_returned(s3, bucket, refused, algorithm):
    name, value = f"Checksum{algorithm}", CHECKSUMS[algorithm](b"123456789")
    stored = s3.put_object(Bucket=bucket, Key="k", Body=b"123456789", **{name: value})
    assert stored[name] == value and stored["ChecksumType"] == "FULL_OBJECT"
    for read in (s3.get_object, s3.head_object):
        answer = read(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
        assert answer[name] == value and answer["ChecksumType"] == "FULL_OBJECT"
    listed = s3.list_objects_v2(Bucket=bucket)["Contents"][0]
    assert listed["ChecksumAlgorithm"] == [algorithm] and listed["ChecksumType"] == "FULL_OBJECT"
    wrong = CHECKSUMS[algorithm](b"other")
    assert refused(s3.put_object, Bucket=bucket, Key="l", Body=b"123456789", **{name: wrong}) == ("BadDigest", 400)
    assert refused(s3.put_object, Bucket=bucket, Key="l", Body=b"", **{name: "eA=="}) == ("InvalidRequest", 400)
    assert refused(s3.head_object, Bucket=bucket, Key="l") == ("404", 404)


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_a_checksum_that_boto3_computes_is_returned(s3, bucket, algorithm):
    stored = s3.put_object(Bucket=bucket, Key="k", Body=b"data", ChecksumAlgorithm=algorithm)
    assert stored[f"Checksum{algorithm}"] == CHECKSUMS[algorithm](b"data")


def test_boto3_sends_a_crc32_by_default_and_a_client_without_gets_a_crc64nvme(server, s3, bucket):
    assert s3.put_object(Bucket=bucket, Key="k", Body=b"data")["ChecksumCRC32"] == crc32(b"data")
    config = botocore.config.Config(request_checksum_calculation="when_required")
    stored = make_client(server, config=config).put_object(Bucket=bucket, Key="k", Body=b"data")
    assert stored["ChecksumCRC64NVME"] == CHECKSUMS["CRC64NVME"](b"data")


def test_checksums_are_shown_only_to_those_who_ask_and_not_for_a_range(server, s3, bucket):
    config = botocore.config.Config(response_checksum_validation="when_required")
    client = make_client(server, config=config)
    s3.put_object(Bucket=bucket, Key="k", Body=b"data")
    assert "ChecksumCRC32" not in client.get_object(Bucket=bucket, Key="k")
    assert "ChecksumCRC32" not in client.get_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED", Range="bytes=0-1")
    assert client.get_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")["ChecksumCRC32"] == crc32(b"data")


def test_a_content_md5_is_verified(s3, bucket, refused):
    def md5(data):
        return base64.b64encode(hashlib.md5(data).digest()).decode()

    s3.put_object(Bucket=bucket, Key="k", Body=b"data", ContentMD5=md5(b"data"))
    assert refused(s3.put_object, Bucket=bucket, Key="k", Body=b"x", ContentMD5=md5(b"y")) == ("BadDigest", 400)
    assert refused(s3.put_object, Bucket=bucket, Key="k", Body=b"x", ContentMD5="abc") == ("InvalidDigest", 400)
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"data"


@pytest.mark.parametrize("name", ["x-amz-checksum-nonsense", "x-amz-checksum-", "x-amz-checksum-crc32x"])
def test_a_checksum_that_nobody_knows_is_an_invalid_request(server, connection, bucket, name):
    path, headers = f"/{bucket}/k", [(name, "AAAAAA==")]
    answer = connection.ask("PUT", path, Signer(server).headers(
        "PUT", path, headers=headers, payload=hashlib.sha256(b"data").hexdigest()), b"data")
    assert (answer.status, answer["Code"]) == (400, "InvalidRequest"), answer
