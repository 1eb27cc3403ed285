"""Objects that are read again and again: sent from memory, verified anew when their files change, and let go."""

import os
import random
import threading
import time

import pytest
import requests

import wire
from conftest import make_client, secure, start
from servers import PATIENCE
from test_damage import flip, get_raw

ROOT = {"COFFER_ACCESS_KEY": "root-of-hot-objects", "COFFER_SECRET_KEY": "secret-of-the-hot-objects"}
BUCKET = "hot"
MIB = 1 << 20


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def server(data):
    with start("--data", str(data), "--create-bucket", f"{BUCKET}:download", **ROOT) as server:
        yield server


@pytest.fixture
def s3(server):
    return make_client(server)


@pytest.fixture
def put(s3):
    def put(key, size):
        body = random.Random(size).randbytes(size)
        s3.put_object(Bucket=BUCKET, Key=key, Body=body)
        return body

    return put


def process_files(server, kind):
    """What the server has open ("fd") or mapped ("maps") of its segments."""
    root = f"/proc/{server.process.pid}"
    if kind == "maps":
        lines = open(f"{root}/maps").read().splitlines()
    else:
        lines = []
        for name in os.listdir(f"{root}/fd"):
            try:
                lines.append(os.readlink(f"{root}/fd/{name}"))
            except FileNotFoundError:  # Closed meanwhile.
                pass
    return [line for line in lines if "/blobs/" in line]


def get(connection, key, first=None, last=None, method="GET"):
    headers = [] if first is None else [("Range", f"bytes={first}-{last}")]
    return connection.ask(method, f"/{BUCKET}/{key}", headers)


def assert_same(found, expected):
    """Without a report of all the differences, which takes minutes for long bodies."""
    is_same = found == expected
    assert is_same, f"{len(found)} bytes differ from {len(expected)}"


def eventually(claim):
    deadline = time.monotonic() + PATIENCE
    while not claim():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("size", [32 << 10, (32 << 10) + 1, 100_000, MIB, MIB + 1, 5 * MIB - 1, 65 * MIB])
def test_every_read_gives_the_same_bytes_on_one_connection(server, put, size):
    body = put("k", size)
    ranges = [(0, 0), (size - 1, size - 1), (1, size - 2), (size // 2, size - 1), (0, min(size, MIB) - 1),
              (size // 3, min(size, size // 3 + 65536) - 1)]
    with wire.Connection(server) as connection:
        for _ in range(3):
            answer = get(connection, "k")
            assert answer.status == 200
            assert_same(answer.body, body)
            head = get(connection, "k", method="HEAD")
            assert head.status == 200 and head.header("content-length") == str(size)
            for first, last in ranges:
                answer = get(connection, "k", first, last)
                assert answer.status == 206
                assert_same(answer.body, body[first:last + 1])
                assert answer.header("content-range") == f"bytes {first}-{last}/{size}"
    assert bool(process_files(server, "maps")) == (32 << 10 < size <= 64 * MIB)


def test_an_object_of_several_parts_is_read_whole_and_across_its_parts(server, s3):
    parts = [os.urandom(5 * MIB), os.urandom(6 * MIB), os.urandom(100)]
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key="k")["UploadId"]
    etags = [
        s3.upload_part(Bucket=BUCKET, Key="k", UploadId=upload, PartNumber=number, Body=part)["ETag"]
        for number, part in enumerate(parts, 1)]
    s3.complete_multipart_upload(Bucket=BUCKET, Key="k", UploadId=upload, MultipartUpload={
        "Parts": [{"PartNumber": number, "ETag": etag} for number, etag in enumerate(etags, 1)]})
    body = b"".join(parts)
    with wire.Connection(server) as connection:
        for _ in range(3):
            assert_same(get(connection, "k").body, body)
            for first, last in [(5 * MIB - 1, 5 * MIB), (4 * MIB, 11 * MIB + 49), (11 * MIB - 70_000, 11 * MIB + 99)]:
                assert_same(get(connection, "k", first, last).body, body[first:last + 1])


def test_requests_that_wait_behind_a_large_body_are_answered_after_it(server, put):
    body = put("k", 9 * MIB)
    request = wire.head("GET", f"/{BUCKET}/k", [], host=f"{server.host}:{server.port}")
    missing = wire.head("GET", "/-/health", [], host=f"{server.host}:{server.port}")
    with wire.Connection(server) as connection:
        for _ in range(3):
            connection.send(request + missing + request)
            assert_same(connection.answer().body, body)
            assert connection.answer().body.startswith(b"ok\n")
            assert_same(connection.answer().body, body)


def test_a_slow_reader_holds_up_no_others_and_gets_everything(server, put):
    body = put("k", 12 * MIB)
    with wire.Connection(server) as fast:
        for _ in range(2):
            assert_same(get(fast, "k").body, body)
        slow = [wire.Connection(server) for _ in range(6)]
        for connection in slow:
            connection.request("GET", f"/{BUCKET}/k")
            assert connection.socket.recv(12).startswith(b"HTTP/1.1 200")
        for _ in range(5):
            assert_same(get(fast, "k").body, body)
            assert_same(get(fast, "k", 5, 70_000).body, body[5:70_001])
        for connection in slow:
            connection.buffer = b"HTTP/1.1 200"
            assert_same(connection.answer().body, body)
            connection.socket.close()


def test_a_client_that_hangs_up_in_the_middle_leaves_nothing_behind(server, put):
    body = put("k", 32 * MIB)
    for _ in range(20):
        with requests.get(f"{server.endpoint}/{BUCKET}/k", stream=True) as answer:
            assert_same(answer.raw.read(MIB), body[:MIB])
    assert_same(requests.get(f"{server.endpoint}/{BUCKET}/k").content, body)
    assert len(process_files(server, "fd")) <= 2 and len(process_files(server, "maps")) <= 1


@pytest.mark.parametrize("reads", [0, 2], ids=["cold", "hot"])
@pytest.mark.parametrize("change", ["deleted", "replaced"])
def test_an_object_that_is_deleted_or_replaced_while_it_is_read_is_read_to_its_end(server, s3, put, reads, change):
    body = put("k", 32 * MIB)
    for _ in range(reads):
        assert_same(requests.get(f"{server.endpoint}/{BUCKET}/k").content, body)
    with requests.get(f"{server.endpoint}/{BUCKET}/k", stream=True) as answer:
        received = answer.raw.read(MIB)
        if change == "deleted":
            s3.delete_object(Bucket=BUCKET, Key="k")
        else:
            s3.put_object(Bucket=BUCKET, Key="k", Body=b"new" * MIB)
        assert_same(received + answer.raw.read(), body)
    after = requests.get(f"{server.endpoint}/{BUCKET}/k")
    assert after.status_code == (404 if change == "deleted" else 200)
    if change == "replaced":
        assert_same(after.content, b"new" * MIB)
    eventually(lambda: not any("(deleted)" in line for kind in ("fd", "maps") for line in process_files(server, kind)))


@pytest.mark.parametrize("reads", [0, 1, 3])
@pytest.mark.parametrize("size,place", [(100_000, 7), (3 * MIB, 2 * MIB), (3 * MIB, -1)])
def test_a_byte_that_changes_after_reads_is_found_by_the_next(server, s3, put, data, reads, size, place):
    body = put("k", size)
    for _ in range(reads):
        assert_same(get_raw(server, s3, "k", BUCKET)[2], body)
    flip(data, place)
    for _ in range(2):
        status, length, received = get_raw(server, s3, "k", BUCKET)
        assert (status, length) == (200, size) and len(received) < size


def test_a_file_that_is_replaced_behind_the_servers_back_is_verified_anew(server, s3, put, data):
    body = put("k", 3 * MIB)
    for _ in range(3):
        assert_same(get_raw(server, s3, "k", BUCKET)[2], body)
    [path] = [path for path in (data / "blobs").rglob("*") if path.is_file()]
    for replacement, is_whole in [(body[:-1] + bytes([body[-1] ^ 1]), False), (body, True)]:
        (data / "other").write_bytes(replacement)
        os.rename(data / "other", path)
        for _ in range(2):
            received = get_raw(server, s3, "k", BUCKET)[2]
            assert len(received) == len(body) if is_whole else len(received) < len(body)


def test_few_files_stay_open_and_none_for_long(server, s3):
    for number in range(150):
        s3.put_object(Bucket=BUCKET, Key=str(number), Body=b"%03d" % number * 20_000)
    with wire.Connection(server) as connection:
        for _ in range(2):
            for number in range(150):
                assert get(connection, str(number)).body == b"%03d" % number * 20_000
                assert len(process_files(server, "fd")) <= 65
        for number in range(150):
            for _ in range(3):
                assert get(connection, str(number)).body == b"%03d" % number * 20_000
    assert 0 < len(process_files(server, "fd")) <= 65 and 0 < len(process_files(server, "maps")) <= 65
    eventually(lambda: not process_files(server, "fd") and not process_files(server, "maps"))


def test_no_more_than_a_share_of_the_memory_is_mapped_however_many_read(server, put):
    bodies = {f"k{number}": put(f"k{number}", 60 * MIB + number) for number in range(6)}
    failures = []

    def read(key):
        with wire.Connection(server) as connection:
            for _ in range(3):
                if get(connection, key).body != bodies[key]:
                    failures.append(key)

    threads = [threading.Thread(target=read, args=[key]) for key in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    mapped = [line.split()[0].split("-") for line in process_files(server, "maps")]
    assert 0 < sum(int(end, 16) - int(first, 16) for first, end in mapped) <= 256 * MIB


def test_nothing_is_sent_from_mappings_with_tls(pem, data):
    body = random.Random(3).randbytes(3 * MIB + 5)
    with secure(pem, "--data", str(data), "--create-bucket", f"{BUCKET}:download", **ROOT) as server:
        make_client(server, verify=str(pem / "pem")).put_object(Bucket=BUCKET, Key="k", Body=body)
        url, options = f"{server.endpoint}/{BUCKET}/k", {"verify": str(pem / "pem")}
        with requests.Session() as session:
            for _ in range(3):
                assert_same(session.get(url, **options).content, body)
                part = session.get(url, headers={"Range": "bytes=5-1999999"}, **options)
                assert_same(part.content, body[5:2_000_000])
        assert not process_files(server, "maps")
