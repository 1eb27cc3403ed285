"""Stored bytes that differ from those written: what clients, the log and the metrics report."""

import os
import re
import shutil
import sqlite3

import botocore.config
import botocore.exceptions
import pytest
import requests

import servers
import tracing
import wire
from conftest import DATASTORE, make_client, start

ONCE = botocore.config.Config(retries={"total_max_attempts": 1})
ROOT = {"COFFER_ACCESS_KEY": "root-of-damage", "COFFER_SECRET_KEY": "secret-of-damage-tests"}
BUCKET = "damaged"


@pytest.fixture
def server(tmp_path):
    with start("--data", str(tmp_path / "data"), **ROOT) as server:
        make_client(server).create_bucket(Bucket=BUCKET)
        yield server


@pytest.fixture
def s3(server):
    return make_client(server, config=ONCE)


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


def blobs(data):
    return sorted(path for path in (data / "blobs").rglob("*") if path.is_file())


def flip(data, place):
    """Flips one bit in the only file."""
    [path] = blobs(data)
    with open(path, "r+b") as file:
        file.seek(place, os.SEEK_SET if place >= 0 else os.SEEK_END)
        byte = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte[0] ^ 1]))


def damaged_reads(server):
    return int(re.search(r"^coffer_damaged_reads_total (\d+)$", requests.get(f"{server.endpoint}/-/metrics").text, re.M)[1])


def get_raw(server, s3, key, bucket=BUCKET):
    """The response's status, its Content-Length, and the body bytes received before the connection ended."""
    url = s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": key})
    with wire.Connection(server) as connection:
        connection.request("GET", url.removeprefix(server.endpoint), [("Connection", "close")])
        received = b""
        while True:
            try:
                piece = connection.socket.recv(1 << 20)
            except ConnectionResetError:
                break
            if not piece:
                break
            received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    return int(head.split()[1]), int(re.search(rb"(?i)content-length: (\d+)", head)[1]), body


@pytest.mark.parametrize("size,place", [(40_000, 0), (40_000, -1), (3 << 20, 1 << 20), (3 << 20, -1)])
def test_a_flipped_byte_of_a_file_cuts_the_answer_short(server, s3, data, size, place):
    body = os.urandom(size)
    s3.put_object(Bucket=BUCKET, Key="a b", Body=body)
    assert get_raw(server, s3, "a b") == (200, size, body) and damaged_reads(server) == 0
    flip(data, place)
    status, length, received = get_raw(server, s3, "a b")
    assert (status, length) == (200, size) and len(received) < size
    assert damaged_reads(server) == 1
    [line] = [line for line in server.log().splitlines() if " error " in line]
    assert f"GetObject: {BUCKET}/a%20b, version null, was cut off: segment {blobs(data)[0].name} is not what was" in line
    # Other objects are served, and the damaged object can be replaced.
    s3.put_object(Bucket=BUCKET, Key="a b", Body=b"new")
    assert s3.get_object(Bucket=BUCKET, Key="a b")["Body"].read() == b"new"


@tracing.may_attach
def test_a_disk_that_cannot_read_cuts_the_answer_short(server, s3, data):
    body = os.urandom(3 << 20)
    s3.put_object(Bucket=BUCKET, Key="k", Body=body)
    [path] = blobs(data)
    faults = ["-P", str(path), "-e", "trace=pread64,preadv2", "-e", "inject=pread64,preadv2:error=EIO:when=5+"]
    with tracing.attached(server.process.pid, *faults):
        status, length, received = get_raw(server, s3, "k")
    assert (status, length) == (200, 3 << 20) and 0 < len(received) < length and body.startswith(received)
    assert damaged_reads(server) == 1 and f"segment {path.name} cannot be read: " in server.log()
    assert get_raw(server, s3, "k") == (200, 3 << 20, body)


@pytest.mark.parametrize("change", ["cut", "grown", "missing"])
def test_a_file_of_another_length_is_an_error_before_the_head(server, s3, data, change):
    s3.put_object(Bucket=BUCKET, Key="k", Body=os.urandom(100_000))
    [path] = blobs(data)
    if change == "missing":
        path.unlink()
    else:
        os.truncate(path, 50_000 if change == "cut" else 100_001)
    for options in [{}, {"Range": "bytes=0-9"}]:
        with pytest.raises(botocore.exceptions.ClientError) as failure:
            s3.get_object(Bucket=BUCKET, Key="k", **options)
        answer = failure.value.response
        assert (answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]) == (500, "InternalError")
        assert f"segment {path.name}" in server.log_line(answer["ResponseMetadata"]["RequestId"])
    assert damaged_reads(server) == 2
    assert s3.head_object(Bucket=BUCKET, Key="k")["ContentLength"] == 100_000


def test_a_flipped_byte_in_the_catalog_is_an_error(server, s3, data):
    s3.put_object(Bucket=BUCKET, Key="k", Body=b"amount,1000\n" * 50)
    with sqlite3.connect(data / "catalog.sqlite") as catalog:
        catalog.execute("UPDATE segments SET bytes = CAST(replace(bytes, '1000', '9000') AS BLOB)")
    for options in [{}, {"Range": "bytes=0-9"}]:
        with pytest.raises(botocore.exceptions.ClientError) as failure:
            s3.get_object(Bucket=BUCKET, Key="k", **options)
        assert failure.value.response["Error"]["Code"] == "InternalError"
    assert damaged_reads(server) == 2


def test_the_ranges_in_which_a_client_downloads_are_proved(server, s3, data, tmp_path):
    s3.put_object(Bucket=BUCKET, Key="k", Body=os.urandom(20 << 20))
    flip(data, 10 << 20)
    with pytest.raises(Exception) as failure:
        s3.get_object(Bucket=BUCKET, Key="k", Range=f"bytes={8 << 20}-{(16 << 20) - 1}")["Body"].read()
    assert "IncompleteRead" in repr(failure.value) or "broken" in repr(failure.value)
    assert len(s3.get_object(Bucket=BUCKET, Key="k", Range=f"bytes=0-{(8 << 20) - 1}")["Body"].read()) == 8 << 20


@pytest.mark.parametrize("size", [5000, 100_000], ids=["in the catalog", "in a file"])
def test_damaged_bytes_are_not_copied(server, s3, data, size):
    s3.put_object(Bucket=BUCKET, Key="k", Body=b"a" * size)
    if size < 32 << 10:
        with sqlite3.connect(data / "catalog.sqlite") as catalog:
            catalog.execute("UPDATE segments SET bytes = zeroblob(?)", [size])
    else:
        flip(data, 7)
    source = {"Bucket": BUCKET, "Key": "k"}
    customer = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": "k" * 32}
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key="copy")["UploadId"]
    for copy in [
        lambda: s3.copy_object(Bucket=BUCKET, Key="copy", CopySource=source, **customer),
        lambda: s3.copy_object(Bucket=BUCKET, Key="copy", CopySource=source, ChecksumAlgorithm="SHA256"),
        lambda: s3.upload_part_copy(Bucket=BUCKET, Key="copy", UploadId=upload, PartNumber=1, CopySource=source),
    ]:
        with pytest.raises(botocore.exceptions.ClientError) as failure:
            copy()
        assert failure.value.response["Error"]["Code"] == "InternalError"
    with pytest.raises(s3.exceptions.ClientError):
        s3.head_object(Bucket=BUCKET, Key="copy")
    assert damaged_reads(server) == 3 and server.log().count("is not what was written") == 3


def kept_files(data):
    """All files except the catalog's log, which SQLite creates and removes."""
    return sorted(path for path in data.rglob("*") if not path.name.endswith(("-wal", "-shm")))


def test_a_start_without_a_part_of_the_data_is_refused_with_what_to_do(tmp_path):
    data = tmp_path / "data"
    with start("--data", str(data)) as server:
        make_client(server).put_object(Bucket=DATASTORE, Key="k", Body=b"a" * 100_000)
    for name, words in [("catalog.sqlite", "restore it from your backup"), ("blobs", "mount its disk, or restore it"),
                        ("secrets.key", "restore the file")]:
        shutil.move(data / name, tmp_path / "away")
        before = kept_files(data)
        ended = servers.run("serve", "--port", "0", "--data", str(data))
        assert ended.returncode != 0 and name in ended.stderr and words in ended.stderr, ended.stderr
        assert kept_files(data) == before
        shutil.move(tmp_path / "away", data / name)
    with start("--data", str(data)) as server:
        assert make_client(server).get_object(Bucket=DATASTORE, Key="k")["Body"].read() == b"a" * 100_000
