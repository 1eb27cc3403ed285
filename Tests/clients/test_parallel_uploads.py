"""Long bodies that arrive at the same time, whose MD5s are computed together: each has its own, whatever the others do."""

import hashlib
import random
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import wire
from conftest import start
from multipart import PART, Upload, etag_of, noise
from test_encryption import md5
from v4 import SIGNED_TRAILER, UNSIGNED_TRAILER, Signer, crc32

MIB = 1 << 20
#: Around the length above which bodies are gathered, and around the blocks in which they are.
SIZES = [
    MIB - 1, MIB, MIB + 1, MIB + 63, MIB + 64, MIB + 65, 17 * 65536 - 1, 17 * 65536, 17 * 65536 + 1, 3 * MIB,
    4 * MIB - 7, 5 * MIB, 5 * MIB + 1, 6 * MIB, 7 * MIB + 12345, 8 * MIB]


def etag(body):
    return f'"{hashlib.md5(body).hexdigest()}"'


class Slow:
    """An upload that sends some of its body, and the rest when it is told to."""

    def __init__(self, server, bucket, key, body):
        self.body, path = body, f"/{bucket}/{key}"
        self.connection = wire.Connection(server)
        headers = Signer(server).headers("PUT", path, payload="UNSIGNED-PAYLOAD")
        self.connection.request("PUT", path, [*headers, ("Content-Length", str(len(body)))], body[:2 * MIB])

    def finish(self):
        self.connection.send(self.body[2 * MIB:])
        return self.connection.answer()


def test_parallel_uploads_have_their_own_etags(server, s3, bucket):
    bodies = {f"k{size}": noise(size, size) for size in SIZES}
    slow, broken = (Slow(server, bucket, key, noise(3 * MIB, key)) for key in ("slow", "broken"))
    parts = {number: noise(PART + number, number) for number in range(1, 5)}
    upload = Upload(s3, bucket, "parts")

    def put(key):
        return s3.put_object(Bucket=bucket, Key=key, Body=bodies[key])["ETag"]

    def put_part(number):
        return upload.part(number, parts[number])["ETag"]

    with ThreadPoolExecutor(20) as pool:
        answers = {key: pool.submit(put, key) for key in bodies}
        part_answers = {number: pool.submit(put_part, number) for number in parts}
        broken.connection.socket.close()
        assert {key: answer.result() for key, answer in answers.items()} == {
            key: etag(body) for key, body in bodies.items()}
        assert {number: answer.result() for number, answer in part_answers.items()} == {
            number: etag(part) for number, part in parts.items()}
    answer = slow.finish()
    assert (answer.status, answer.header("etag")) == (200, etag(slow.body))
    assert upload.complete()["ETag"] == etag_of(*parts.values())
    assert upload.stored() == b"".join(parts.values())
    for key, body in {**bodies, "slow": slow.body}.items():
        assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == body
    keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    assert sorted(keys) == sorted([*bodies, "slow", "parts"])


@pytest.fixture
def company(server, s3, bucket):
    """Another body is on its way meanwhile, and arrives."""
    slow = Slow(server, bucket, "company", noise(4 * MIB, 9))
    yield
    answer = slow.finish()
    assert (answer.status, answer.header("etag")) == (200, etag(slow.body))
    assert [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["company"]


BODY = noise(3 * MIB + 5, 4)
WRONG = {
    "content-md5": ("BadDigest", [("Content-MD5", md5(b"other"))], "UNSIGNED-PAYLOAD"),
    "checksum": ("BadDigest", [("x-amz-checksum-crc32", crc32(b"other"))], "UNSIGNED-PAYLOAD"),
    "sha256": ("XAmzContentSHA256Mismatch", [], hashlib.sha256(b"other").hexdigest()),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_long_body_with_a_wrong_digest_is_not_stored(server, bucket, company, wrong):
    code, fields, payload = WRONG[wrong]
    headers = Signer(server).headers("PUT", f"/{bucket}/k", headers=fields, payload=payload)
    with wire.Connection(server) as connection:
        answer = connection.ask("PUT", f"/{bucket}/k", headers, BODY)
    assert (answer.status, answer["Code"]) == (400, code)


@pytest.mark.parametrize("kind", [SIGNED_TRAILER, UNSIGNED_TRAILER])
@pytest.mark.parametrize("difference", [-1, 0, 1])
def test_a_long_chunked_body_has_the_announced_length_and_digest(server, s3, bucket, kind, difference):
    signer, path = Signer(server), f"/{bucket}/k"
    fields = [
        ("content-encoding", "aws-chunked"), ("x-amz-decoded-content-length", str(len(BODY) + difference)),
        ("x-amz-trailer", "x-amz-checksum-crc32"), ("content-md5", md5(BODY))]
    headers = signer.headers("PUT", path, headers=fields, payload=kind)
    body = signer.chunked(kind, BODY, size=100_000, trailer=("x-amz-checksum-crc32", crc32(BODY)))
    with wire.Connection(server) as connection:
        answer = connection.ask("PUT", path, headers, body)
    if difference == 0:
        assert (answer.status, answer.header("etag")) == (200, etag(BODY))
        assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == BODY
    else:
        assert (answer.status, answer["Code"]) == (400, "IncompleteBody")
        assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


@pytest.mark.parametrize("options", [{"ServerSideEncryption": "AES256"}, {"ChecksumAlgorithm": "SHA256"}])
def test_a_long_body_is_encrypted_and_checked_as_a_short_one(s3, bucket, options):
    assert s3.put_object(Bucket=bucket, Key="k", Body=BODY, **options)["ETag"] == etag(BODY)
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == BODY


def test_many_long_bodies_need_little_memory():
    count, random_bytes = 64, random.Random(5).randbytes(8 * MIB)
    with start("--ephemeral", "--create-bucket", "memory") as server:
        def put(number, gate):
            body = random_bytes[number:]
            with wire.Connection(server) as connection:
                path = f"/memory/{number}"
                headers = Signer(server).headers("PUT", path, payload="UNSIGNED-PAYLOAD")
                connection.request("PUT", path, [*headers, ("Content-Length", str(len(body)))])
                # All are there before the first of them sends its body.
                gate.wait()
                connection.send(body)
                answer = connection.answer()
            return answer.status, answer.header("etag") == etag(body)

        def resident(name):
            return int(re.search(name + r":\s+(\d+) kB", Path(f"/proc/{server.process.pid}/status").read_text())[1])

        before, gate = resident("VmRSS"), threading.Barrier(count)
        with ThreadPoolExecutor(count) as pool:
            assert set(pool.map(lambda number: put(number, gate), range(count))) == {(200, True)}
        # libmicrohttpd has 64 KiB for a connection, and a body twice as much: one block that is filled, one in turn.
        assert resident("VmHWM") - before < 20 << 10
