"""A disk that other programs fill to its last block: what still works, and what the operator is told."""

import contextlib
import os
import shutil
import subprocess

import botocore.config
import botocore.exceptions
import pytest

from conftest import DATASTORE, make_client, start

ONCE = botocore.config.Config(retries={"total_max_attempts": 1})


def may_mount(directory):
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", directory], capture_output=True).returncode:
        return False
    subprocess.run(["umount", directory], check=True)
    return True


@pytest.fixture
def disk(tmp_path):
    """A file system of 160 MiB in memory, of which 96 MiB are what Coffer keeps for deleting."""
    if not shutil.which("mount") or not may_mount(tmp_path):
        pytest.skip("mounting is refused here")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=160m", "tmpfs", tmp_path], check=True)
    yield tmp_path
    subprocess.run(["umount", "--lazy", tmp_path], check=True)


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
            assert "MiB are kept for deleting" in server.log() or "the disk is full" in server.log()
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
        while True:  # Free space is looked at once a second.
            try:
                s3.put_object(Bucket=DATASTORE, Key="new", Body=b"c")
                break
            except botocore.exceptions.ClientError:
                refused_once += 1
                assert refused_once < 10_000
        assert s3.list_objects_v2(Bucket=DATASTORE)["KeyCount"] == 33
