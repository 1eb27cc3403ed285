"""A disk that other programs have filled completely: what still works, and what the operator sees."""

import contextlib
import os
import shutil
import subprocess
import time

import botocore.config
import botocore.exceptions
import pytest

import servers
from conftest import DATASTORE, make_client, start

ONCE = botocore.config.Config(retries={"total_max_attempts": 1})


def may_mount(directory):
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", directory], capture_output=True).returncode:
        return False
    subprocess.run(["umount", directory], check=True)
    return True


@contextlib.contextmanager
def mounted(directory, mebibytes):
    if not shutil.which("mount") or not may_mount(directory):
        pytest.skip("mounting is refused here")
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs", directory], check=True)
    try:
        yield directory
    finally:
        subprocess.run(["umount", "--lazy", directory], check=True)


@pytest.fixture
def disk(tmp_path):
    """A file system of 160 MiB in memory, of which Coffer reserves 20 MiB for deleting."""
    with mounted(tmp_path, 160) as directory:
        yield directory


def fill(disk):
    with open(disk / "filler", "ab", buffering=0) as file:
        with contextlib.suppress(OSError):
            while True:
                file.write(bytes(1 << 20))
        with contextlib.suppress(OSError):
            while True:
                file.write(bytes(4096))
    assert os.statvfs(disk).f_bavail == 0


def refused(call):
    with pytest.raises(botocore.exceptions.ClientError) as failure:
        call()
    return failure.value.response["ResponseMetadata"]["HTTPStatusCode"], failure.value.response["Error"]["Code"]


def test_a_full_disk_is_read_and_emptied_but_not_written(disk):
    with start("--data", str(disk / "data")) as server:
        s3 = make_client(server, config=ONCE)
        for index in range(20):
            s3.put_object(Bucket=DATASTORE, Key=f"small/{index}", Body=b"a" * 4096)
            s3.put_object(Bucket=DATASTORE, Key=f"large/{index}", Body=b"b" * 100_000)
        fill(disk)
        for size in [10, 100_000]:
            error = refused(lambda: s3.put_object(Bucket=DATASTORE, Key="new", Body=b"c" * size))
            assert error == (507, "InsufficientStorage") or error[1] == "InsufficientStorage"
        s3.delete_object(Bucket=DATASTORE, Key="small/0")
        s3.delete_objects(Bucket=DATASTORE, Delete={"Objects": [{"Key": f"large/{index}"} for index in range(5)]})
        assert s3.get_object(Bucket=DATASTORE, Key="large/9")["Body"].read() == b"b" * 100_000
        assert s3.list_objects_v2(Bucket=DATASTORE)["KeyCount"] == 34
        server.kill()
    fill(disk)
    for _ in range(2):
        with start("--data", str(disk / "data")) as server:
            s3 = make_client(server, config=ONCE)
            assert "MiB are reserved for deleting" in server.log() or "the disk is full" in server.log()
            assert s3.get_object(Bucket=DATASTORE, Key="large/9")["Body"].read() == b"b" * 100_000
            assert refused(lambda: s3.put_object(Bucket=DATASTORE, Key="new", Body=b"c"))[1] == "InsufficientStorage"
            s3.delete_object(Bucket=DATASTORE, Key="small/1")
        fill(disk)
    os.unlink(disk / "filler")
    with start("--data", str(disk / "data")) as server:
        s3 = make_client(server, config=ONCE)
        fill(disk)
        s3.delete_object(Bucket=DATASTORE, Key="small/2")
        os.unlink(disk / "filler")
        refused_once = 0
        while True:  # Free space is checked once a second.
            try:
                s3.put_object(Bucket=DATASTORE, Key="new", Body=b"c")
                break
            except botocore.exceptions.ClientError:
                refused_once += 1
                assert refused_once < 10_000
        assert s3.list_objects_v2(Bucket=DATASTORE)["KeyCount"] == 33


@pytest.mark.parametrize("mebibytes", [16, 64])
def test_a_small_volume_is_used(tmp_path, mebibytes):
    """It stores objects until little space is left, warns before that, and can be emptied and filled again."""
    with mounted(tmp_path, mebibytes) as disk, start("--data", str(disk / "data")) as server:
        s3 = make_client(server, config=ONCE)

        def written():
            count = 0
            with contextlib.suppress(botocore.exceptions.ClientError):
                while True:
                    s3.put_object(Bucket=DATASTORE, Key=f"{count}", Body=os.urandom(256 << 10))
                    count += 1
            return count

        first = written()
        assert first > mebibytes * 4 // 2 and "(the reserve)" in server.log()
        assert "are reserved for deleting" in server.log() or "the disk is full" in server.log()
        for number in range(first):
            s3.delete_object(Bucket=DATASTORE, Key=f"{number}")
        end = time.monotonic() + servers.PATIENCE
        while not (second := written()):  # Files are deleted when no request reads them any more.
            assert time.monotonic() < end
        assert second > 0 and s3.get_object(Bucket=DATASTORE, Key="0")["ContentLength"] == 256 << 10


def test_many_small_objects_fit_on_a_small_volume(tmp_path):
    """They are stored in the catalog, whose log must not outgrow the disk."""
    with mounted(tmp_path, 64) as disk, start("--data", str(disk / "data")) as server:
        s3 = make_client(server, config=ONCE)
        for number in range(1200):
            s3.put_object(Bucket=DATASTORE, Key=f"{number % 40}", Body=os.urandom(30_000))
        assert s3.list_objects_v2(Bucket=DATASTORE)["KeyCount"] == 40 and "the disk is full" not in server.log()
