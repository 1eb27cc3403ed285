"""Uploads and downloads of a large file: with boto3's transfers, the AWS CLI, rclone and s3cmd.

Its size is 48 MiB, or what COFFER_LARGE_MIB says.
"""

import filecmp
import os
import random
import re
import shutil
import subprocess

import pytest
from boto3.s3.transfer import TransferConfig

import servers

SIZE = int(os.environ.get("COFFER_LARGE_MIB", "48")) << 20
CHUNK = 8 << 20
IN_PARTS = re.compile(r'"[0-9a-f]{32}-\d+"')
SECONDS = servers.PATIENCE + SIZE // (1 << 20)


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A large file of random bytes, whose size is not a whole number of MiB."""
    path, source = tmp_path_factory.mktemp("large") / "large file.bin", random.Random(48)
    with open(path, "wb") as file:
        for _ in range(SIZE >> 20):
            file.write(source.randbytes(1 << 20))
        file.write(b"the end")
    return path


def is_same(one, other):
    return filecmp.cmp(one, other, shallow=False)


def check(s3, bucket, key, large, back):
    """Checks that the object was uploaded in parts, is complete, and was downloaded unchanged."""
    found = s3.head_object(Bucket=bucket, Key=key)
    assert IN_PARTS.fullmatch(found["ETag"]) and found["ContentLength"] == large.stat().st_size
    assert is_same(large, back)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)


def tool(name, *arguments, env=None):
    program = shutil.which(name)
    assert program, f"{name} is missing; scripts/test installs it"
    result = subprocess.run([program, *arguments], env=servers.plain_environment(env), capture_output=True, text=True,
                            stdin=subprocess.DEVNULL, timeout=SECONDS)
    assert result.returncode == 0, f"{name} {' '.join(map(str, arguments))}\n{result.stdout}\n{result.stderr}"
    return result.stdout


@pytest.mark.parametrize("threads", [1, 8])
def test_boto3_transfers_a_large_file(s3, bucket, large, tmp_path, threads):
    config = TransferConfig(multipart_threshold=CHUNK, multipart_chunksize=CHUNK, max_concurrency=threads,
                            use_threads=threads > 1)
    extra = {"ContentType": "text/csv", "Metadata": {"kind": "budget"}, "Tagging": "a=1"}
    s3.upload_file(str(large), bucket, "k", Config=config, ExtraArgs=extra)
    s3.download_file(bucket, "k", str(tmp_path / "back"), Config=config)
    check(s3, bucket, "k", large, tmp_path / "back")
    found = s3.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert (found["ContentType"], found["Metadata"], found["TagCount"]) == ("text/csv", {"kind": "budget"}, 1)
    assert found["ChecksumType"] == "COMPOSITE" and re.fullmatch(r"[\w+/]{6}==-\d+", found["ChecksumCRC32"])


def test_boto3_transfers_streams(s3, bucket, large, tmp_path):
    config = TransferConfig(multipart_threshold=CHUNK, multipart_chunksize=CHUNK)
    with open(large, "rb") as file:
        s3.upload_fileobj(file, bucket, "k", Config=config, ExtraArgs={"ChecksumAlgorithm": "SHA256"})
    with open(tmp_path / "back", "wb") as file:
        s3.download_fileobj(bucket, "k", file, Config=config)
    check(s3, bucket, "k", large, tmp_path / "back")
    assert "ChecksumSHA256" in s3.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")


def test_boto3_copies_a_large_object_in_parts(s3, bucket, large, tmp_path):
    config = TransferConfig(multipart_threshold=CHUNK, multipart_chunksize=CHUNK)
    s3.upload_file(str(large), bucket, "k", Config=config)
    s3.copy({"Bucket": bucket, "Key": "k"}, bucket, "copy", Config=config)
    s3.download_file(bucket, "copy", str(tmp_path / "back"))
    check(s3, bucket, "copy", large, tmp_path / "back")


def test_the_aws_cli_transfers_a_large_file(aws, s3, bucket, large, tmp_path):
    aws("s3", "cp", "--only-show-errors", str(large), f"s3://{bucket}/dir/k")
    aws("s3", "cp", "--only-show-errors", f"s3://{bucket}/dir/k", str(tmp_path / "back"))
    check(s3, bucket, "dir/k", large, tmp_path / "back")
    aws("s3", "mv", "--only-show-errors", f"s3://{bucket}/dir/k", f"s3://{bucket}/moved")
    aws("s3", "cp", "--only-show-errors", f"s3://{bucket}/moved", str(tmp_path / "moved"))
    check(s3, bucket, "moved", large, tmp_path / "moved")


def test_rclone_transfers_a_large_file(server, s3, bucket, large, tmp_path):
    (tmp_path / "rclone.conf").write_text("")
    env = {
        "RCLONE_CONFIG": str(tmp_path / "rclone.conf"), "RCLONE_CONFIG_COFFER_TYPE": "s3",
        "RCLONE_CONFIG_COFFER_PROVIDER": "Other", "RCLONE_CONFIG_COFFER_ENDPOINT": server.endpoint,
        "RCLONE_CONFIG_COFFER_REGION": "us-east-1", "RCLONE_CONFIG_COFFER_ACCESS_KEY_ID": server.access_key,
        "RCLONE_CONFIG_COFFER_SECRET_ACCESS_KEY": server.secret_key, "RCLONE_S3_UPLOAD_CUTOFF": "8Mi",
        "RCLONE_S3_CHUNK_SIZE": "8Mi"}
    remote = f"coffer:{bucket}/dir"
    tool("rclone", "copy", str(large), remote, env=env)
    tool("rclone", "check", "--download", str(large.parent), remote, env=env)
    tool("rclone", "copy", remote, str(tmp_path / "back"), env=env)
    check(s3, bucket, f"dir/{large.name}", large, tmp_path / "back" / large.name)
    assert tool("rclone", "lsf", "--format", "sp", remote, env=env) == f"{large.stat().st_size};{large.name}\n"
    tool("rclone", "moveto", f"{remote}/{large.name}", f"coffer:{bucket}/moved", env=env)
    assert [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["moved"]


def test_s3cmd_transfers_a_large_file(server, s3, bucket, large, tmp_path):
    host = f"{server.host}:{server.port}"
    (tmp_path / "s3cfg").write_text("\n".join([
        "[default]", f"access_key = {server.access_key}", f"secret_key = {server.secret_key}", f"host_base = {host}",
        f"host_bucket = {host}", "use_https = False", "multipart_chunk_size_mb = 8", "progress_meter = False"]))

    def s3cmd(*arguments):
        return tool("s3cmd", "--config", str(tmp_path / "s3cfg"), *arguments)

    s3cmd("put", str(large), f"s3://{bucket}/dir/k")
    assert str(large.stat().st_size) in s3cmd("ls", f"s3://{bucket}/dir/")
    s3cmd("get", f"s3://{bucket}/dir/k", str(tmp_path / "back"))
    check(s3, bucket, "dir/k", large, tmp_path / "back")
    s3cmd("del", f"s3://{bucket}/dir/k")
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
