"""`coffer sync`: differences are transferred, nothing else is touched, and nothing is deleted without `--delete`."""

import os

import boto3.s3.transfer
import pytest

from cli import DONE, FAILED, USAGE, body, keys, read_tree, write_tree


@pytest.fixture
def tree(tmp_path):
    return write_tree(tmp_path / "tree", {"a.csv": b"a", "raw/b.csv": b"b", "raw/c.tmp": b"c", "raw-d": b"d", "empty": b""})


def lines(out):
    return sorted(out.splitlines())


def test_only_what_differs_is_transferred(coffer, s3, bucket, tree, tmp_path):
    assert len(coffer("sync", tree, f"s3://{bucket}/p").splitlines()) == 5
    assert coffer("sync", tree, f"s3://{bucket}/p") == ""
    (tree / "a.csv").write_bytes(b"A")  # The same size, other content.
    os.utime(tree / "a.csv", (1, 1))  # And older.
    (tree / "raw/b.csv").write_bytes(b"longer")
    (tree / "new").write_bytes(b"n")
    os.utime(tree / "raw-d", None)  # Touched, with the same content.
    assert lines(coffer("sync", "--dry-run", tree, f"s3://{bucket}/p")) == [
        f"(dry run) upload: {tree}/{name} to s3://{bucket}/p/{name}" for name in ["a.csv", "new", "raw/b.csv"]]
    coffer("sync", tree, f"s3://{bucket}/p")
    assert body(s3, bucket, "p/a.csv") == b"A"
    coffer("sync", f"s3://{bucket}/p", tmp_path / "down")
    assert read_tree(tmp_path / "down") == read_tree(tree)
    assert coffer("sync", f"s3://{bucket}/p", tmp_path / "down") == ""
    assert coffer("sync", tmp_path / "down", f"s3://{bucket}/p") == ""


def test_nothing_is_deleted_unless_asked_for(coffer, s3, bucket, tree, tmp_path):
    for key in ["p/old", "p/raw/old", "p/raw/x.tmp", "pq"]:
        s3.put_object(Bucket=bucket, Key=key, Body=b"")
    coffer("sync", tree, f"s3://{bucket}/p")
    assert "p/old" in keys(s3, bucket)
    dry = coffer("sync", "--delete", "-n", tree, f"s3://{bucket}/p", "--exclude", "*.tmp")
    assert lines(dry) == [f"(dry run) delete: s3://{bucket}/p/old", f"(dry run) delete: s3://{bucket}/p/raw/old"]
    output = coffer.json("sync", "--delete", tree, f"s3://{bucket}/p", "--exclude", "*.tmp")
    assert [item["Action"] for item in output] == ["delete", "delete"]
    assert keys(s3, bucket) == ["p/a.csv", "p/empty", "p/raw-d", "p/raw/b.csv", "p/raw/c.tmp", "p/raw/x.tmp", "pq"]

    write_tree(tmp_path / "down", {"old": b"", "raw/old": b"", "raw/x.log": b""})
    coffer("sync", f"s3://{bucket}/p", tmp_path / "down", "--delete", "--exclude", "*.log", "--exclude", "*.tmp")
    assert sorted(read_tree(tmp_path / "down")) == ["a.csv", "empty", "raw-d", "raw/b.csv", "raw/x.log"]


def test_an_empty_source_deletes_nothing_unless_forced(coffer, s3, bucket, tmp_path):
    (tmp_path / "empty").mkdir()
    write_tree(tmp_path / "full", {"a": b"a"})
    s3.put_object(Bucket=bucket, Key="p/a", Body=b"")
    assert "--force" in coffer.run("sync", "--delete", tmp_path / "empty", f"s3://{bucket}/p", check=FAILED).stderr
    assert "--force" in coffer.run("sync", "--delete", f"s3://{bucket}/q", tmp_path / "full", check=FAILED).stderr
    assert "No such file" in coffer.run("sync", "--delete", "--force", tmp_path / "none", f"s3://{bucket}/p", check=FAILED).stderr
    assert "NoSuchBucket" in coffer.run("sync", "--delete", "--force", "s3://not-there-at-all", tmp_path / "full", check=FAILED).stderr
    assert keys(s3, bucket) == ["p/a"] and read_tree(tmp_path / "full") == {"a": b"a"}
    coffer("sync", "--delete", "--force", tmp_path / "empty", f"s3://{bucket}/p")
    assert keys(s3, bucket) == []


def test_what_the_source_cannot_tell_of_is_not_deleted(coffer, s3, bucket, tree, tmp_path):
    write_tree(tmp_path / "outside", {"x": b""})
    os.symlink("../outside", tree / "linked")
    s3.put_object(Bucket=bucket, Key="linked/x", Body=b"")
    s3.put_object(Bucket=bucket, Key="linked-not", Body=b"")
    coffer.run("sync", "--delete", tree, f"s3://{bucket}", check=DONE)
    assert "linked/x" in keys(s3, bucket) and "linked-not" not in keys(s3, bucket)
    # Files behind a symbolic link in the target do not belong to the target.
    s3.delete_object(Bucket=bucket, Key="linked/x")
    os.symlink("raw", tree / "inner")
    coffer.run("sync", "--delete", f"s3://{bucket}", tree, check=DONE)
    assert read_tree(tmp_path / "outside") == {"x": b""} and (tree / "inner").is_symlink()
    assert (tree / "raw" / "b.csv").exists()


def test_objects_in_parts_are_compared_by_checksum(coffer, s3, bucket, tmp_path):
    data = os.urandom(17 << 20)
    write_tree(tmp_path / "up", {"long": data})
    url = f"s3://{bucket}/p"
    coffer("sync", tmp_path / "up", url)
    assert "-" in s3.head_object(Bucket=bucket, Key="p/long")["ETag"]
    assert coffer("sync", tmp_path / "up", url) == ""
    changed = bytes([data[0] ^ 1]) + data[1:]
    (tmp_path / "up" / "long").write_bytes(changed)
    os.utime(tmp_path / "up" / "long", (1, 1))
    assert coffer("sync", "--size-only", tmp_path / "up", url) == ""
    assert coffer("sync", tmp_path / "up", url).startswith("upload: ")
    assert body(s3, bucket, "p/long") == changed
    assert coffer("sync", "--checksum", tmp_path / "up", url) == ""
    # boto3's parts carry composite checksums.
    parts = boto3.s3.transfer.TransferConfig(multipart_chunksize=6 << 20)
    s3.upload_file(str(tmp_path / "up" / "long"), bucket, "p/long", Config=parts,
                   ExtraArgs={"ChecksumAlgorithm": "SHA256"})
    assert coffer("sync", "--checksum", tmp_path / "up", url) == ""


def test_prefixes_are_synced_within_the_service(coffer, s3, bucket, tree):
    coffer("sync", tree, f"s3://{bucket}/p")
    s3.put_object(Bucket=bucket, Key="q/old", Body=b"")
    assert len(coffer.json("sync", "--delete", f"s3://{bucket}/p", f"s3://{bucket}/q")) == 6
    assert coffer("sync", "--delete", f"s3://{bucket}/p", f"s3://{bucket}/q") == ""
    s3.put_object(Bucket=bucket, Key="p/a.csv", Body=b"Z")
    assert [item["Source"] for item in coffer.json("sync", f"s3://{bucket}/p", f"s3://{bucket}/q")] == [
        f"s3://{bucket}/p/a.csv"]
    assert body(s3, bucket, "q/a.csv") == b"Z"


def test_order_holds_where_names_begin_alike(coffer, s3, bucket, tmp_path):
    names = ["a", "a-", "a-/x", "a.b", "a/", "a0", "ab/c", "a\u0300/x", "ä", "z/z/z", "z/z-", "z.z"]
    files = {name + ("x" if name.endswith("/") else ""): b"1" for name in names if name not in ("a", "a-")}
    write_tree(tmp_path / "t", files)
    assert len(coffer("sync", tmp_path / "t", f"s3://{bucket}").splitlines()) == len(files)
    assert coffer("sync", "--delete", tmp_path / "t", f"s3://{bucket}") == ""
    assert coffer("sync", "--delete", f"s3://{bucket}", tmp_path / "t") == ""
    assert read_tree(tmp_path / "t") == files


def test_a_folder_is_not_synced_into_itself(coffer, bucket, tmp_path):
    assert coffer.run("sync", f"s3://{bucket}/p", f"s3://{bucket}/p/q").returncode == USAGE
    assert coffer.run("sync", tmp_path, tmp_path / "x").returncode == USAGE


def test_what_a_killed_download_leaves_is_not_uploaded(coffer, s3, bucket, tmp_path):
    (tmp_path / "file").write_bytes(b"1")
    (tmp_path / ".0123456789ab.part").write_bytes(b"2")
    (tmp_path / ".mine.part").write_bytes(b"3")
    output = coffer.run("sync", tmp_path, f"s3://{bucket}", check=DONE)
    assert "a stale file of an interrupted download" in output.stdout + output.stderr
    assert keys(s3, bucket) == [".mine.part", "file"]
