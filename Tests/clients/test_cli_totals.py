"""The totals at the end of `cp -r`, `mv -r` and `sync`."""

import json

import pytest

from cli import DONE, FAILED, write_tree


@pytest.fixture
def tree(tmp_path):
    return write_tree(tmp_path / "tree", {"a": bytes(1024), "dir/b": bytes(1024), "dir/c": bytes(512)})


def totals(coffer, *words, check=DONE):
    """The plain-text line, without the values that depend on time."""
    line = coffer.run(*words, check=check).stderr.splitlines()[-1 if check == DONE else -2]
    head, found, rest = line.partition(" in ")
    return head + "".join(rest.partition(";")[1:]) if found else line


def total(coffer, *words, check=DONE):
    result = coffer.run(*words, "--json", check=check)
    found = json.loads(result.stdout)[-1]
    assert found.pop("Action") == "total" and 0 <= found.pop("Seconds") < 100
    return found, result.stderr


def test_copies_of_folders_end_with_totals(coffer, bucket, tree, tmp_path):
    assert totals(coffer, "cp", "-r", "-n", tree, f"s3://{bucket}/p") == "(dry run) would upload 3 objects, 2.5 KiB"
    assert totals(coffer, "cp", "-r", tree, f"s3://{bucket}/p") == "uploaded 3 objects, 2.5 KiB"
    assert totals(coffer, "cp", "-r", f"s3://{bucket}/p", f"s3://{bucket}/q") == "copied 3 objects, 2.5 KiB"
    assert totals(coffer, "cp", "-r", f"s3://{bucket}/p/dir", tmp_path / "down") == "downloaded 2 objects, 1.5 KiB"
    assert totals(coffer, "mv", "-r", f"s3://{bucket}/q/dir", f"s3://{bucket}/r") == "moved 2 objects, 1.5 KiB"
    line = coffer.run("cp", "-r", f"s3://{bucket}/p/dir", tmp_path / "down", check=DONE).stderr
    assert line.startswith("downloaded 2 objects, 1.5 KiB in ") and line.endswith("/s)\n") and " s (" in line


def test_a_sync_says_what_it_did_and_what_was_the_same(coffer, s3, bucket, tree):
    s3.put_object(Bucket=bucket, Key="p/old", Body=b"1")
    assert totals(coffer, "sync", tree, f"s3://{bucket}/p") == "uploaded 3 objects, 2.5 KiB"
    assert totals(coffer, "sync", tree, f"s3://{bucket}/p") == "nothing to upload: 3 objects are the same"
    (tree / "a").write_bytes(bytes(2048))
    assert totals(coffer, "sync", "--delete", "-n", tree, f"s3://{bucket}/p") == (
        "(dry run) would upload 1 object, 2.0 KiB; 1 to delete; 2 unchanged")
    assert totals(coffer, "sync", "--delete", tree, f"s3://{bucket}/p") == "uploaded 1 object, 2.0 KiB; 1 deleted; 2 unchanged"
    assert totals(coffer, "sync", "--delete", f"s3://{bucket}/p/dir", tree) == "downloaded 2 objects, 1.5 KiB; 3 deleted"


def test_programs_find_the_totals_at_the_end_of_the_list(coffer, bucket, tree):
    counts = {"Objects": 3, "Size": 2560, "Deleted": 0, "Unchanged": 0, "Failed": 0}
    assert total(coffer, "cp", "-r", "-n", tree, f"s3://{bucket}") == (counts | {"DryRun": True}, "")
    assert total(coffer, "sync", tree, f"s3://{bucket}") == (counts, "")
    assert total(coffer, "sync", tree, f"s3://{bucket}") == (counts | {"Objects": 0, "Size": 0, "Unchanged": 3}, "")


def test_totals_count_what_failed(coffer, bucket, tree):
    (tree / "long" ).mkdir()
    (tree / "long" / ("x" * 250)).write_bytes(b"1")
    url = f"s3://{bucket}/{'p' * 800}"
    assert totals(coffer, "cp", "-r", tree, url, check=FAILED) == "uploaded 3 objects, 2.5 KiB; 1 failed"
    found, output = total(coffer, "sync", tree, url, check=FAILED)
    assert (found["Failed"], found["Unchanged"]) == (1, 3) and output.endswith("coffer: 1 of 1 failed\n")


def test_who_wants_quiet_gets_it(coffer, bucket, tree):
    for words in (["cp", "-r", tree, f"s3://{bucket}"], ["sync", tree, f"s3://{bucket}"]):
        for options in (["-q"], ["-q", "--json"]):
            result = coffer.run(*words, *options, check=DONE)
            assert (result.stdout, result.stderr) == ("", "")


def test_one_thing_needs_no_total(coffer, bucket, tree):
    result = coffer.run("cp", tree / "a", f"s3://{bucket}/a", check=DONE)
    assert result.stderr == "" and len(coffer.json("cp", tree / "a", f"s3://{bucket}/a")) == 1
