"""The AWS CLI and curl: a directory of a thousand files with awkward names is uploaded, listed, read and downloaded."""

import filecmp
import os
import random
import subprocess
import uuid

import pytest

import servers
from conftest import public_read_policy

AWKWARD = [
    "plain", "two words", " leading", "trailing ", "plus+plus", "100%", "%20", "a&b", "a=b", "semi;colon", "comma,",
    "quote'", 'double"quote', "(round)", "[square]", "{curly}", "hash#", "question?", "star*", "dollar$", "at@",
    "bang!", "tilde~", "caret^", "back`tick", "pipe|", "<angle>", "colon:",
    "ümläut", "e\u0301", "日本語", "emoji🗂", "Ж",
    "-dash", "..dots", "back\\slash"]


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """1,000 files of up to 5 kB in some directories; every awkward name is used for a file and for a directory."""
    root, source = tmp_path_factory.mktemp("tree"), random.Random(1000)
    for number in range(1000):
        name = AWKWARD[number % len(AWKWARD)]
        directory = root / AWKWARD[number // len(AWKWARD)] if number >= len(AWKWARD) else root / name
        directory.mkdir(exist_ok=True)
        (directory / f"{name}.{number}").write_bytes(source.randbytes(source.randrange(5000)))
    assert sum(len(files) for _, _, files in os.walk(root)) == 1000
    return root


def files(root):
    return {os.path.relpath(os.path.join(directory, name), root): os.path.join(directory, name)
            for directory, _, names in os.walk(root) for name in names}


def test_a_thousand_files_with_awkward_names_make_the_round_trip(aws, s3, bucket, tree, tmp_path):
    url = f"s3://{bucket}/some prefix+/"
    aws("s3", "cp", "--recursive", "--only-show-errors", str(tree), url)
    expected = files(tree)
    listed = [entry for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
              for entry in page["Contents"]]
    assert {entry["Key"] for entry in listed} == {f"some prefix+/{name}" for name in expected}
    summary = aws("s3", "ls", "--recursive", "--summarize", f"s3://{bucket}").stdout
    assert "Total Objects: 1000" in summary
    assert f"Total Size: {sum(map(os.path.getsize, expected.values()))}" in summary
    assert "some prefix+/ümläut/" in summary

    # --size-only: the CLI otherwise compares times, which S3 only keeps in whole seconds
    assert aws("s3", "sync", "--size-only", str(tree), url).stdout == "", "a sync without changes uploads nothing"
    aws("s3", "sync", "--only-show-errors", url, str(tmp_path / "back"))
    back = files(tmp_path / "back")
    assert back.keys() == expected.keys()
    match, mismatch, errors = filecmp.cmpfiles(tree, tmp_path / "back", expected, shallow=False)
    assert (len(match), mismatch, errors) == (1000, [], [])

    aws("s3", "rm", "--recursive", "--only-show-errors", url)
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_a_bucket_is_made_and_removed(aws):
    url = f"s3://cli-{uuid.uuid4().hex[:12]}"
    aws("s3", "mb", url)
    aws("s3api", "put-object", "--bucket", url[5:], "--key", "dir/k")
    listing = aws("s3", "ls").stdout
    assert url[5:] in listing
    assert "PRE dir/" in aws("s3", "ls", f"{url}/").stdout
    failed = aws("s3", "rb", url, check=False)
    assert failed.returncode != 0 and "BucketNotEmpty" in failed.stderr
    aws("s3", "rb", "--force", url)
    assert url[5:] not in aws("s3", "ls").stdout


def test_an_object_is_copied_and_moved_on_the_server(aws, s3, bucket, tmp_path):
    (tmp_path / "budget.csv").write_bytes(b"a,b\n1,2\n")
    aws("s3", "cp", str(tmp_path / "budget.csv"), f"s3://{bucket}/one ü.csv")
    assert s3.head_object(Bucket=bucket, Key="one ü.csv")["ContentType"] == "text/csv"
    aws("s3", "cp", f"s3://{bucket}/one ü.csv", f"s3://{bucket}/two.csv")
    aws("s3", "mv", f"s3://{bucket}/two.csv", f"s3://{bucket}/dir/three.csv")
    assert [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["dir/three.csv", "one ü.csv"]
    assert aws("s3", "cp", f"s3://{bucket}/dir/three.csv", "-").stdout == "a,b\n1,2\n"


def test_a_missing_object_is_an_error_that_the_cli_can_tell(aws, bucket):
    failed = aws("s3", "cp", f"s3://{bucket}/missing", "-", check=False)
    assert failed.returncode != 0 and "404" in failed.stderr


def curl(*arguments):
    return subprocess.run(["curl", "--silent", "--show-error", "--noproxy", "*", *arguments], capture_output=True,
                          timeout=servers.PATIENCE, check=True).stdout


def test_curl_reads_a_presigned_url(aws, bucket, tmp_path):
    (tmp_path / "x").write_bytes(b"presigned")
    aws("s3", "cp", str(tmp_path / "x"), f"s3://{bucket}/a b+c")
    url = aws("s3", "presign", f"s3://{bucket}/a b+c").stdout.strip()
    assert "Signature=" in url
    assert curl(url) == b"presigned"
    assert b"<Code>SignatureDoesNotMatch</Code>" in curl(url.replace("Signature=", "Signature=x"))


def test_curl_reads_a_public_object_anonymously_with_a_range(aws, server, bucket, tmp_path):
    (tmp_path / "x").write_bytes(bytes(range(256)))
    aws("s3", "cp", str(tmp_path / "x"), f"s3://{bucket}/dir/x.bin")
    url = f"{server.endpoint}/{bucket}/dir/x.bin"
    assert b"<Code>AccessDenied</Code>" in curl(url)
    (tmp_path / "policy").write_text(public_read_policy(bucket))
    aws("s3api", "put-bucket-policy", "--bucket", bucket, "--policy", f"file://{tmp_path}/policy")
    assert curl(url) == bytes(range(256))
    assert curl("--range", "10-19", url) == bytes(range(10, 20))
    head = curl("--head", "--range", "-6", url).decode().splitlines()
    assert head[0] == "HTTP/1.1 206 Partial Content"
    assert "Content-Range: bytes 250-255/256" in head
