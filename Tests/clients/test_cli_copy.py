"""`coffer cp` and `coffer mv`: files, folders, streams and objects, and mistakes that must not happen."""

import hashlib
import json
import os

import pytest

import conftest
from cli import DONE, FAILED, USAGE, body, keys, read_tree, write_tree

ODD = {"a b/c d": b"1", "100%/%20": b"2", "plus+": b"3", "ü/e\u0301": b"4", "\u00e9": b"5", "new\nline": b"6",
       "quote'\"": b"7", "-dash": b"8", "..dots": b"9", "back\\slash": b"10", "empty": b"", "日本/語🗂": b"11",
       "n" * 255: b"12"}


def md5(data):
    return hashlib.md5(data).hexdigest()


@pytest.fixture
def tree(tmp_path):
    return write_tree(tmp_path / "tree", {
        "a.csv": b"a", "b.tmp": b"b", "raw/c.csv": b"c", "raw/deep/d.json": b"{}", "raw-e": b"e"})


# Options that have no effect

SETTINGS = [("--content-type", "text/csv"), ("--content-encoding", "gzip"), ("--content-disposition", "inline"),
            ("--content-language", "pl"), ("--cache-control", "no-cache"), ("--expires", "2027-01-01T00:00:00Z"),
            ("--metadata", "a=b"), ("--tag", "a=b"), ("--acl", "private"), ("--storage-class", "STANDARD"),
            ("--sse", "AES256"), ("--sse-kms-key-id", "k")]


@pytest.mark.parametrize("option", SETTINGS, ids=lambda option: option[0])
def test_a_setting_of_objects_is_refused_where_none_is_written(coffer, bucket, tmp_path, option):
    for words in [("cp", f"s3://{bucket}/k", tmp_path / "k"), ("cp", f"s3://{bucket}/k", "-"),
                  ("mv", "-r", f"s3://{bucket}/", tmp_path), ("sync", f"s3://{bucket}", tmp_path)]:
        output = coffer.run(*words, *option, check=USAGE).stderr
        assert f"{option[0]} has no effect here: it applies to stored objects" in output
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("words, expected_text", [
    (["cp", "{file}", "{url}/k", "--exclude", "x"], "--exclude has no effect here: it needs -r"),
    (["mv", "{file}", "{url}/k", "--include", "x"], "--include has no effect here: it needs -r"),
    (["cp", "{file}", "{url}/k", "--jobs", "2"], "--jobs has no effect here: it needs -r"),
    (["cp", "{file}", "{url}/k", "--no-follow-symlinks"], "--no-follow-symlinks has no effect here: it needs -r"),
    (["cp", "-r", "{url}", "{url}-2", "--no-follow-symlinks"], "it applies only to uploads of files"),
    (["cp", "{url}/k", "{file}", "--resume"], "--resume has no effect here: it applies only to uploads of files"),
    (["cp", "-", "{url}/k", "--resume"], "--resume has no effect here: it applies only to uploads of files"),
    (["cp", "{url}/k", "{url}/l", "--resume"], "--resume has no effect here: it applies only to uploads of files"),
    (["sync", "{url}", "{file}", "--force"], "--force has no effect here: it needs --delete"),
    (["sync", "{url}", "{file}", "--size-only", "--checksum"], "give only one of --size-only and --checksum"),
    (["rm", "{url}/k", "--exclude", "x"], "--exclude has no effect here: it needs -r")])
def test_an_option_that_changes_nothing_is_refused(coffer, s3, bucket, tmp_path, words, expected_text):
    s3.put_object(Bucket=bucket, Key="k", Body=b"1")
    (tmp_path / "f").write_bytes(b"2")
    words = [word.format(file=tmp_path / "f", url=f"s3://{bucket}") for word in words]
    assert expected_text in coffer.run(*words, check=USAGE).stderr
    assert keys(s3, bucket) == ["k"] and body(s3, bucket, "k") == b"1" and (tmp_path / "f").read_bytes() == b"2"


# One file

def test_a_file_takes_its_name_along_into_a_folder(coffer, s3, bucket, tmp_path):
    (tmp_path / "budget.csv").write_bytes(b"year\n")
    for target, key in [("", "budget.csv"), ("/", "budget.csv"), ("/2026/", "2026/budget.csv"), ("/x", "x")]:
        out = coffer("cp", tmp_path / "budget.csv", f"s3://{bucket}{target}")
        assert out == f"upload: {tmp_path}/budget.csv to s3://{bucket}/{key}\n"
        assert body(s3, bucket, key) == b"year\n"
        assert s3.head_object(Bucket=bucket, Key=key)["ContentType"] == "text/csv"
    (tmp_path / "down").mkdir()
    for target, path in [("down", "down/budget.csv"), ("new/dir/", "new/dir/budget.csv"), ("new/name", "new/name")]:
        output = coffer.json("cp", f"s3://{bucket}/budget.csv", f"{tmp_path}/{target}")
        assert output[0]["Target"] == str(tmp_path / path)
        assert (tmp_path / path).read_bytes() == b"year\n"
    modified = s3.head_object(Bucket=bucket, Key="budget.csv")["LastModified"].timestamp()
    assert (tmp_path / "new/name").stat().st_mtime == modified


@pytest.mark.parametrize("size", [0, 1, 5 << 20, (20 << 20) + 1])
def test_files_of_all_lengths_make_the_round_trip(coffer, s3, bucket, tmp_path, size):
    data = os.urandom(size)
    (tmp_path / "up").write_bytes(data)
    coffer("cp", tmp_path / "up", f"s3://{bucket}/k")
    assert md5(body(s3, bucket, "k")) == md5(data)
    coffer("cp", f"s3://{bucket}/k", tmp_path / "down")
    assert md5((tmp_path / "down").read_bytes()) == md5(data)
    coffer("cp", "-", f"s3://{bucket}/streamed", stdin=data)
    assert md5(body(s3, bucket, "streamed")) == md5(data)
    assert md5(coffer("cp", f"s3://{bucket}/streamed", "-", text=False)) == md5(data)
    assert "-" not in s3.head_object(Bucket=bucket, Key="k")["ETag"] or size > 16 << 20
    assert sorted(os.listdir(tmp_path)) == ["down", "up"]


def test_settings_go_with_an_object(coffer, s3, bucket, tmp_path):
    coffer(
        "cp", "-", f"s3://{bucket}/k", "--content-type", "text/x", "--metadata", "Who=me", "--metadata", "b=2",
        "--cache-control", "no-store", "--content-disposition", "inline", "--tag", "t=u", "--storage-class",
        "STANDARD_IA", "--expires", "2030-01-01T00:00:00Z", "--sse", "AES256", stdin=b"x")
    head = s3.head_object(Bucket=bucket, Key="k")
    assert (head["ContentType"], head["Metadata"], head["CacheControl"], head["StorageClass"], head["TagCount"]) == (
        "text/x", {"who": "me", "b": "2"}, "no-store", "STANDARD_IA", 1)
    coffer("cp", f"s3://{bucket}/k", f"s3://{bucket}/same")
    assert s3.head_object(Bucket=bucket, Key="same")["Metadata"] == {"who": "me", "b": "2"}
    coffer("cp", f"s3://{bucket}/k", f"s3://{bucket}/changed", "--metadata", "b=3")
    head = s3.head_object(Bucket=bucket, Key="changed")
    assert (head["Metadata"], head["ContentType"], head["TagCount"]) == ({"who": "me", "b": "3"}, "text/x", 1)
    assert coffer.run("cp", "-", f"s3://{bucket}/k", "--acl", "nonsense").returncode == USAGE


def test_a_download_that_fails_leaves_the_file_as_it_is(coffer, s3, bucket, tmp_path):
    (tmp_path / "good").write_bytes(b"good")
    result = coffer.run("cp", f"s3://{bucket}/none", tmp_path / "good", check=FAILED)
    assert "NoSuchKey" in result.stderr
    assert read_tree(tmp_path) == {"good": b"good"}


def test_a_directory_needs_r_and_a_stream_a_name(coffer, bucket, tmp_path):
    assert f"{tmp_path} is a directory: use -r to copy it" in coffer.run("cp", tmp_path, f"s3://{bucket}/", check=USAGE).stderr
    for url in [f"s3://{bucket}/dir/", f"s3://{bucket}"]:
        assert "use -r to move everything in it" in coffer.run("mv", url, tmp_path, check=USAGE).stderr
    assert coffer.run("cp", "-", f"s3://{bucket}/", check=USAGE).stderr
    assert coffer.run("cp", "-", "-", check=USAGE).stderr
    for words in [("cp", "--json", f"s3://{bucket}/k", "-"), ("mv", f"s3://{bucket}/k", "-"), ("mv", "-", f"s3://{bucket}/k")]:
        assert coffer.run(*words, check=USAGE).stdout == ""
    assert "No such file" in coffer.run("cp", tmp_path / "none", f"s3://{bucket}/", check=FAILED).stderr


# Folders

def test_a_folder_makes_the_round_trip_with_odd_names(coffer, s3, bucket, tmp_path):
    write_tree(tmp_path / "up", ODD)
    out = coffer("cp", "-r", tmp_path / "up", f"s3://{bucket}/some prefix+")
    assert len(out.splitlines()) == len(ODD)
    assert sorted(keys(s3, bucket)) == sorted(f"some prefix+/{name}" for name in ODD)
    coffer("cp", "-r", f"s3://{bucket}/some prefix+/", tmp_path / "down")
    assert read_tree(tmp_path / "down") == ODD
    assert coffer("sync", tmp_path / "up", f"s3://{bucket}/some prefix+") == ""
    assert coffer("sync", f"s3://{bucket}/some prefix+", tmp_path / "down", "--delete") == ""


def test_a_large_tree_goes_in_parallel(coffer, s3, bucket, tmp_path):
    files = {f"{number % 37}/{number}": b"%d" % number for number in range(3000)}
    write_tree(tmp_path / "up", files)
    assert len(coffer.json("cp", "-r", "--jobs", "16", tmp_path / "up", f"s3://{bucket}")) == 3000
    assert len(coffer("cp", "-r", f"s3://{bucket}", tmp_path / "down").splitlines()) == 3000
    assert read_tree(tmp_path / "down") == files


def test_filters_are_applied_in_their_order(coffer, s3, bucket, tree):
    coffer("cp", "-r", tree, f"s3://{bucket}", "--exclude", "*", "--include", "*.csv", "--exclude", "raw/*")
    assert keys(s3, bucket) == ["a.csv"]
    out = coffer("cp", "-r", "-n", tree, f"s3://{bucket}", "--exclude", "*.tmp", "--exclude=raw/[a-c]*", "--exclude", "raw-?")
    assert [line.split(" to ")[1] for line in sorted(out.splitlines())] == [
        f"s3://{bucket}/a.csv", f"s3://{bucket}/raw/deep/d.json"]
    assert keys(s3, bucket) == ["a.csv"], "a dry run does nothing"


def test_a_folder_is_its_prefix_and_a_slash(coffer, s3, bucket, tmp_path):
    for key in ["p/a", "pq/b", "p"]:
        s3.put_object(Bucket=bucket, Key=key, Body=b"")
    coffer("cp", "-r", f"s3://{bucket}/p", tmp_path)
    assert read_tree(tmp_path) == {"a": b""}
    coffer("cp", "-r", f"s3://{bucket}/p", f"s3://{bucket}/copy/")
    assert keys(s3, bucket, "copy") == ["copy/a"]
    for words in [("cp", f"s3://{bucket}/p", f"s3://{bucket}/p/deeper"), ("mv", f"s3://{bucket}/p", f"s3://{bucket}/p/")]:
        assert coffer.run(words[0], "-r", *words[1:]).returncode == USAGE


@pytest.mark.parametrize("key", ["../up", "a/../../up", "/root", "a//b", "./a", "a/.", "..", "x/"])
def test_keys_that_are_no_paths_below_the_directory_are_refused(coffer, s3, bucket, tmp_path, key):
    s3.put_object(Bucket=bucket, Key=f"p/{key}", Body=b"evil")
    s3.put_object(Bucket=bucket, Key="p/good", Body=b"good")
    target = tmp_path / "one" / "two"
    for command in (["cp", "-r"], ["sync"]):
        result = coffer.run(*command, f"s3://{bucket}/p", target, check=FAILED)
        assert "1 of " in result.stderr and "failed" in result.stderr
        assert read_tree(tmp_path) == {"one/two/good": b"good"}


def test_markers_of_folders_are_passed_over(coffer, s3, bucket, tmp_path):
    for key in ["p/", "p/dir/", "p/dir/a"]:
        s3.put_object(Bucket=bucket, Key=key, Body=b"")
    coffer("cp", "-r", f"s3://{bucket}/p", tmp_path)
    assert read_tree(tmp_path) == {"dir/a": b""}


def test_a_key_that_is_a_folder_too_does_not_destroy_it(coffer, s3, bucket, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "kept").write_bytes(b"kept")
    s3.put_object(Bucket=bucket, Key="a", Body=b"object")
    s3.put_object(Bucket=bucket, Key="a/b", Body=b"below")
    *output, total = json.loads(coffer.run("cp", "-r", f"s3://{bucket}", tmp_path, "--json", check=FAILED).stdout)
    assert [item.get("Error") is None for item in sorted(output, key=lambda item: item["Source"])] == [False, True]
    assert (total["Objects"], total["Failed"]) == (1, 1)
    assert read_tree(tmp_path) == {"a/kept": b"kept", "a/b": b"below"}


def test_links_are_followed_within_the_directory_alone(coffer, s3, bucket, tmp_path):
    write_tree(tmp_path, {"up/real/a": b"a", "outside/secret": b"s"})
    os.symlink("real", tmp_path / "up" / "dir")
    os.symlink("real/a", tmp_path / "up" / "file")
    os.symlink("..", tmp_path / "up" / "real" / "loop")
    os.symlink("../outside", tmp_path / "up" / "out")
    os.symlink("../outside/secret", tmp_path / "up" / "out2")
    os.symlink("nowhere", tmp_path / "up" / "broken")
    os.mkfifo(tmp_path / "up" / "fifo")
    result = coffer.run("cp", "-r", tmp_path / "up", f"s3://{bucket}", check=DONE)
    assert keys(s3, bucket) == ["dir/a", "file", "real/a"]
    assert len(result.stderr.splitlines()) == 6 + len(["totals"]), result.stderr
    coffer.run("rm", "-r", f"s3://{bucket}", check=DONE)
    coffer.run("cp", "-r", "--no-follow-symlinks", tmp_path / "up", f"s3://{bucket}", check=DONE)
    assert keys(s3, bucket) == ["real/a"]


def test_a_download_goes_through_no_link_out_of_the_directory(coffer, s3, bucket, tmp_path):
    write_tree(tmp_path, {"outside/a": b"theirs", "target/x": b""})
    os.symlink("../outside", tmp_path / "target" / "dir")
    os.symlink("../outside/a", tmp_path / "target" / "file")
    s3.put_object(Bucket=bucket, Key="dir/a", Body=b"new")
    s3.put_object(Bucket=bucket, Key="dir/deeper/b", Body=b"new")
    s3.put_object(Bucket=bucket, Key="file", Body=b"new")
    result = coffer.run("cp", "-r", f"s3://{bucket}", tmp_path / "target", check=FAILED)
    assert "2 of 3 failed" in result.stderr
    assert read_tree(tmp_path / "outside") == {"a": b"theirs"}
    assert (tmp_path / "target" / "file").read_bytes() == b"new" and not (tmp_path / "target" / "file").is_symlink()


def test_what_fails_is_counted_and_the_rest_is_done(coffer, s3, bucket, tmp_path):
    write_tree(tmp_path / "up", {"a": b"1", "z": b"2", "k" * 200 + "/" + "l" * 200 + "/" + "m" * 250: b"3"})
    (tmp_path / "up" / os.fsdecode(b"bad\xff")).write_bytes(b"4")
    long = "p" * 800
    result = coffer.run("cp", "-r", tmp_path / "up", f"s3://{bucket}/{long}", check=FAILED)
    assert "2 of 4 failed" in result.stderr and "KeyTooLong" in result.stderr and "UTF-8" in result.stderr
    assert keys(s3, bucket) == [f"{long}/a", f"{long}/z"]


def test_a_server_that_is_not_there_is_told_once(coffer, bucket, tree):
    result = coffer.run("cp", "-r", "--endpoint", "http://127.0.0.1:9", tree, f"s3://{bucket}", check=FAILED)
    assert result.stderr.count("127.0.0.1") == 1 and "coffer serve" in result.stderr
    keyless = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
    output = coffer.run("cp", "-r", tree, f"s3://{bucket}", check=FAILED, env=keyless).stderr
    assert output.count("no credentials") == 1 and "coffer alias set" in output


def test_a_folder_that_is_not_there_is_no_empty_one(coffer, s3, bucket, tmp_path):
    s3.put_object(Bucket=bucket, Key="object", Body=b"1")
    for verb in ["cp", "mv"]:
        output = coffer.run(verb, "-r", f"s3://{bucket}/none", tmp_path / "down", check=FAILED).stderr
        assert output == f"coffer: there is nothing in s3://{bucket}/none/\n"
        result = coffer.run(verb, "-r", "--json", f"s3://{bucket}/object", f"s3://{bucket}/copy", check=FAILED)
        assert result.stderr == f"coffer: s3://{bucket}/object is an object, not a folder\n" and result.stdout == "[]\n"
    for words in (["rm", "-r", f"s3://{bucket}/object"], ["sync", f"s3://{bucket}/object", tmp_path / "down"]):
        output = coffer.run(*words, check=DONE).stderr
        assert output.startswith(f"coffer: s3://{bucket}/object is an object, not a folder\n")
    assert keys(s3, bucket) == ["object"]
    # Excluded objects, empty buckets and empty directories do exist.
    coffer("cp", "-r", f"s3://{bucket}", tmp_path / "down", "--exclude", "*")
    coffer("rm", f"s3://{bucket}/object")
    (tmp_path / "empty").mkdir()
    for words in (["cp", "-r", f"s3://{bucket}", tmp_path / "down"], ["rm", "-r", f"s3://{bucket}"],
                  ["sync", f"s3://{bucket}", tmp_path / "down"], ["cp", "-r", tmp_path / "empty", f"s3://{bucket}/e"]):
        assert coffer(*words) == ""
    s3.put_object(Bucket=bucket, Key="marked/", Body=b"")
    coffer("cp", "-r", f"s3://{bucket}/marked", tmp_path / "down")


def test_a_link_that_is_named_stays_one(coffer, s3, bucket, tmp_path):
    s3.put_object(Bucket=bucket, Key="k", Body=b"new")
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    coffer("cp", f"s3://{bucket}/k", tmp_path / "link")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "real").read_bytes() == b"new"


def test_the_standard_streams_are_no_files(coffer, s3, bucket):
    coffer("cp", "/dev/stdin", f"s3://{bucket}/k", stdin=b"streamed")
    assert coffer("cp", f"s3://{bucket}/k", "/dev/stdout") == "streamed"


def test_a_pipe_is_not_waited_for(coffer, bucket, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert "use '-' to copy" in coffer.run("cp", tmp_path / "pipe", f"s3://{bucket}/k", check=USAGE).stderr


def test_a_file_where_a_directory_is_needed_is_named(coffer, s3, bucket, tmp_path):
    s3.put_object(Bucket=bucket, Key="k", Body=b"1")
    (tmp_path / "file").write_bytes(b"2")
    for words in (["cp", f"s3://{bucket}/k", tmp_path / "file" / "k"], ["cp", "-r", f"s3://{bucket}", tmp_path / "file"]):
        output = coffer.run(*words, check=FAILED).stderr
        assert f"{tmp_path}/file: is not a directory, and one is needed in its place" in output
    assert (tmp_path / "file").read_bytes() == b"2"


# Moves

def test_moves_delete_what_has_arrived(coffer, s3, bucket, tree, tmp_path):
    files = read_tree(tree)
    assert coffer("mv", "-r", "-n", tree, f"s3://{bucket}/in").startswith("(dry run) move: ")
    assert read_tree(tree) == files
    coffer("mv", "-r", tree, f"s3://{bucket}/in")
    assert read_tree(tree) == {} and len(keys(s3, bucket, "in/")) == len(files)
    coffer("mv", "-r", f"s3://{bucket}/in", f"s3://{bucket}/out")
    assert keys(s3, bucket, "in/") == []
    coffer("mv", f"s3://{bucket}/out/a.csv", f"s3://{bucket}/a")
    assert coffer.run("mv", f"s3://{bucket}/a", f"s3://{bucket}/a").returncode == USAGE
    assert body(s3, bucket, "a") == b"a"
    coffer("mv", f"s3://{bucket}/a", tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == b"a" and "a" not in keys(s3, bucket)
    assert "NoSuchKey" in coffer.run("mv", f"s3://{bucket}/a", tmp_path / "back", check=FAILED).stderr


# Two services

def test_bytes_go_from_one_service_to_another(coffer, s3, bucket, tmp_path, tmp_path_factory):
    with conftest.start("--ephemeral", COFFER_ACCESS_KEY="second-root-key", COFFER_SECRET_KEY="second-root-secret") as other:
        env = {"AWS_ACCESS_KEY_ID": other.access_key, "AWS_SECRET_ACCESS_KEY": other.secret_key}
        coffer("alias", "set", "other", other.endpoint, env=env)
        coffer("mb", "s3://other@target")
        data = os.urandom(18 << 20)
        s3.put_object(Bucket=bucket, Key="d/k", Body=data, ContentType="text/x", Metadata={"a": "b"}, Tagging="t=u")
        s3.put_object(Bucket=bucket, Key="d/empty", Body=b"")
        coffer("cp", "-r", f"s3://{bucket}/d", "s3://other@target/e")
        there = conftest.make_client(other)
        head = there.head_object(Bucket="target", Key="e/k")
        assert (head["ContentType"], head["Metadata"], head["TagCount"]) == ("text/x", {"a": "b"}, 1)
        assert md5(body(there, "target", "e/k")) == md5(data) and body(there, "target", "e/empty") == b""
        assert coffer("sync", f"s3://{bucket}/d", "s3://other@target/e", "--checksum") == ""
        assert bucket not in coffer("ls", "--alias", "other")
        assert bucket not in coffer("ls", "s3://other@")
        coffer("mb", f"s3://other@{bucket}")
        assert coffer.run("mv", f"s3://{bucket}/d/k", f"s3://other@{bucket}/d/k").returncode == USAGE
