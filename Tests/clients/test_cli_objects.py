"""`coffer ls`, `tree`, `du`, `cat`, `stat`, `presign`, `rm`, `mb` and `rb`."""

import json
import subprocess
import urllib.request
import uuid

import pytest

import servers
from cli import FAILED, USAGE, keys
from conftest import public_read_policy

ODD = ["a b", "a%20b", "a+b", "ü", "e\u0301", "\u00e9", "日本/語", "new\nline", "tab\tq'\"", "back\\slash", "x//y", "x/../up", "."]


@pytest.fixture
def filled(s3, bucket):
    for key in ["a.csv", "dir/b.csv", "dir/sub/c.csv", "dir2/d.csv", "e.csv"]:
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode() * 300)
    return bucket


def test_buckets_are_listed(coffer, bucket):
    assert any(line.endswith(f" {bucket}") for line in coffer("ls").splitlines())
    assert bucket in [item["Name"] for item in coffer.json("ls")]


def words(text):
    return [line.split() for line in text.splitlines()]


@pytest.mark.parametrize("prefix", ["", "/", "/dir", "/e"])
def test_a_listing_is_what_the_aws_cli_prints(coffer, aws, filled, prefix):
    ours, theirs = words(coffer("ls", f"s3://{filled}{prefix}")), words(aws("s3", "ls", f"s3://{filled}{prefix}").stdout)
    assert len(ours) == {"": 4, "/": 4, "/dir": 2, "/e": 1}[prefix]
    # Sorted here, since the AWS CLI lists all folders first.
    assert sorted(line[-2:] for line in ours) == sorted(line[-2:] for line in theirs)
    assert {line[0] for line in ours} == {line[0] for line in theirs}


@pytest.mark.parametrize("options", [[], ["-r"]])
def test_names_are_relative_to_their_folder_as_in_the_aws_cli(coffer, aws, s3, filled, options):
    s3.put_object(Bucket=filled, Key="dir/", Body=b"")
    for prefix in ["dir/", "dir/s", "dir/sub/", "dir/sub/c", "dir"]:
        ours = coffer("ls", *options, f"s3://{filled}/{prefix}")
        theirs = aws("s3", "ls", *(["--recursive"] if options else []), f"s3://{filled}/{prefix}").stdout
        assert sorted(ours.splitlines()) == sorted(theirs.splitlines()), prefix
        # JSON output has complete keys.
        found = [item.get("Key") or item["Prefix"] for item in coffer.json("ls", *options, f"s3://{filled}/{prefix}")]
        assert found and all(key.startswith(prefix) for key in found)


def test_letters_of_other_tools_mean_what_they_do(coffer, filled):
    long = coffer("ls", f"s3://{filled}/dir/")
    for letters in ["-l", "-a", "-la", "-al"]:
        assert coffer("ls", letters, f"s3://{filled}/dir/") == long
    assert "1.5 KiB a.csv" in coffer("ls", "-lh", f"s3://{filled}")
    assert coffer("ls", "-lr", f"s3://{filled}/dir/") == coffer("ls", "-r", f"s3://{filled}/dir/")
    assert "unknown option -z (in -lz)" in coffer.run("ls", "-lz", check=USAGE).stderr
    assert "--recursive is given twice" in coffer.run("ls", "-rlr", check=USAGE).stderr


def test_a_listing_finds_names(coffer, filled):
    def found(*words):
        return [line.split()[-1] for line in coffer("ls", *words, f"s3://{filled}").splitlines()]

    assert found("-r", "--include", "*c.csv") == ["dir/sub/c.csv"]
    assert found("-r", "--include", "dir/*", "--include", "e*") == ["dir/b.csv", "dir/sub/c.csv", "e.csv"]
    assert found("-r", "--exclude", "*/*") == ["a.csv", "e.csv"]
    assert found("-r", "--exclude", "*", "--include", "dir2/*") == ["dir2/d.csv"]
    assert found("--include", "d*") == ["dir/", "dir2/"]


def test_a_recursive_listing_adds_up(coffer, filled):
    out = coffer("ls", "-r", "--summarize", "--human-readable", f"s3://{filled}/dir/")
    lines = out.splitlines()
    assert [line.split()[-1] for line in lines[:2]] == ["dir/b.csv", "dir/sub/c.csv"]
    assert "   2.6 KiB dir/b.csv" in lines[0]
    assert lines[-2:] == ["Total Objects: 2", "   Total Size: 6.4 KiB"]


def test_odd_keys_are_exact_in_json_and_harmless_in_lines(coffer, s3, bucket):
    for key in ODD:
        s3.put_object(Bucket=bucket, Key=key, Body=b"1")
    assert [item["Key"] for item in coffer.json("ls", "-r", f"s3://{bucket}")] == sorted(ODD, key=str.encode)
    out = coffer("ls", "-r", f"s3://{bucket}")
    assert len(out.splitlines()) == len(ODD) and "new\\nline" in out and "\t" not in out
    s3.put_object(Bucket=bucket, Key="\x1b[31mred", Body=b"")
    assert "\x1b" not in coffer("ls", "-r", f"s3://{bucket}")
    for key in ODD + ["\x1b[31mred"]:
        assert json.loads(coffer("stat", "--json", f"s3://{bucket}/{key}"))["Key"] == key
        coffer("rm", f"s3://{bucket}/{key}")
    assert keys(s3, bucket) == []


def test_an_empty_listing_is_an_empty_list(coffer, bucket):
    assert coffer("ls", f"s3://{bucket}") == "" and coffer.json("ls", f"s3://{bucket}") == []


def test_versions_are_listed_newest_first(coffer, s3, bucket):
    coffer("versioning", "set", f"s3://{bucket}", "Enabled")
    ids = [s3.put_object(Bucket=bucket, Key="k", Body=b"x" * n)["VersionId"] for n in (1, 2)]
    marker = s3.delete_object(Bucket=bucket, Key="k")["VersionId"]
    listed = coffer.json("ls", "--versions", f"s3://{bucket}")
    assert [item["VersionId"] for item in listed] == [marker, ids[1], ids[0]]
    assert [item["IsDeleteMarker"] for item in listed] == [True, False, False]
    assert "(deleted) (latest)" in coffer("ls", "--versions", f"s3://{bucket}").splitlines()[0]
    assert coffer("cat", "--version-id", ids[0], f"s3://{bucket}/k") == "x"
    coffer("rm", "--version-id", ids[0], f"s3://{bucket}/k")
    coffer("rm", "--versions", f"s3://{bucket}/k")
    assert coffer.json("ls", "--versions", f"s3://{bucket}") == []


def test_a_listing_of_several_pages_is_whole(coffer, s3, bucket):
    names = [f"k{number:04}" for number in range(1100)]
    for name in names:
        s3.put_object(Bucket=bucket, Key=name, Body=b"")
    assert [item["Key"] for item in coffer.json("ls", f"s3://{bucket}")] == names
    coffer("rm", "-r", "-q", f"s3://{bucket}")
    assert keys(s3, bucket) == []


def test_a_tree_is_drawn(coffer, filled):
    assert coffer("tree", "--depth", "2", f"s3://{filled}") == f"""s3://{filled}/
├── a.csv
├── dir/
│   ├── b.csv
│   └── sub/
├── dir2/
│   └── d.csv
└── e.csv

3 folders, 4 objects
"""
    tree = coffer.json("tree", f"s3://{filled}/dir")
    assert tree["Contents"][1]["Contents"] == [{"Key": "dir/sub/c.csv", "Size": 3900}]


def test_sizes_are_added_up_by_folder(coffer, filled):
    assert coffer("du", "--depth", "1", f"s3://{filled}").splitlines() == [
        f"6600\t2\ts3://{filled}/dir/", f"3000\t1\ts3://{filled}/dir2/", f"12600\t5\ts3://{filled}/"]
    assert coffer.json("du", f"s3://{filled}/a")[0] == {"Prefix": "a", "Size": 1500, "Objects": 1}


def test_objects_are_written_to_standard_output(coffer, s3, bucket):
    data = bytes(range(256)) * 40_000
    s3.put_object(Bucket=bucket, Key="k", Body=data)
    s3.put_object(Bucket=bucket, Key="empty", Body=b"")
    assert coffer("cat", f"s3://{bucket}/k", f"s3://{bucket}/empty", f"s3://{bucket}/k", text=False) == data * 2
    assert coffer("cat", "--range", "256-511", f"s3://{bucket}/k", text=False) == data[:256]
    assert coffer("cat", "--range", "-3", f"s3://{bucket}/k", text=False) == data[-3:]
    result = coffer.run("cat", f"s3://{bucket}/none", check=FAILED)
    assert result.stdout == "" and "NoSuchKey" in result.stderr


def test_all_is_told_of_an_object(coffer, s3, bucket):
    s3.put_object(
        Bucket=bucket, Key="k", Body=b"abc", ContentType="text/csv", CacheControl="max-age=1", Metadata={"a": "1"},
        Tagging="x=y")
    output = coffer.json("stat", f"s3://{bucket}/k")
    names = ["ContentLength", "ContentType", "CacheControl", "Metadata", "TagCount"]
    assert tuple(output[name] for name in names) == (
        3, "text/csv", "max-age=1", {"a": "1"}, "1")
    assert "Metadata.a" in coffer("stat", f"s3://{bucket}/k")
    assert coffer.json("stat", f"s3://{bucket}")["Region"] == "us-east-1"
    assert "NoSuchKey" in coffer.run("stat", f"s3://{bucket}/none", check=FAILED).stderr


def test_presigned_urls_read_and_write(coffer, s3, bucket):
    url = coffer("presign", "--put", "--content-type", "text/csv", "--expires-in", "60", f"s3://{bucket}/a +ü").strip()
    request = urllib.request.Request(url, data=b"data", method="PUT", headers={"Content-Type": "text/csv"})
    assert urllib.request.urlopen(request).status == 200
    assert urllib.request.urlopen(coffer.json("presign", f"s3://{bucket}/a +ü")["Url"]).read() == b"data"
    assert coffer.run("presign", "--expires-in", "604801", f"s3://{bucket}/k").returncode == USAGE


def test_nothing_is_deleted_by_mistake(coffer, s3, filled):
    assert coffer.run("rm", f"s3://{filled}").returncode == USAGE
    assert coffer("rm", "-r", "--dry-run", f"s3://{filled}/dir").splitlines() == [
        f"(dry run) delete: s3://{filled}/dir/b.csv", f"(dry run) delete: s3://{filled}/dir/sub/c.csv"]
    assert len(keys(s3, filled)) == 5
    output = coffer.json("rm", "-r", f"s3://{filled}/dir", "--exclude", "sub/*")
    assert [item["Target"] for item in output] == [f"s3://{filled}/dir/b.csv"]
    assert keys(s3, filled) == ["a.csv", "dir/sub/c.csv", "dir2/d.csv", "e.csv"]
    coffer("rm", f"s3://{filled}/a.csv", f"s3://{filled}/e.csv")
    assert keys(s3, filled) == ["dir/sub/c.csv", "dir2/d.csv"]


def test_what_cannot_be_deleted_is_told_and_counted(coffer, s3):
    bucket = f"locked-{uuid.uuid4().hex[:12]}"
    coffer("mb", "--object-lock", f"s3://{bucket}")
    s3.put_object(Bucket=bucket, Key="a", Body=b"")
    s3.put_object(Bucket=bucket, Key="b", Body=b"", ObjectLockLegalHoldStatus="ON")
    result = coffer.run("rm", "-r", "--versions", f"s3://{bucket}", check=FAILED)
    assert result.stdout.startswith(f"delete: s3://{bucket}/a (") and "AccessDenied" in result.stderr
    assert result.stderr.endswith("coffer: 1 of 2 failed\n")
    assert coffer.run("rb", "--force", f"s3://{bucket}").returncode == FAILED
    s3.put_object_legal_hold(Bucket=bucket, Key="b", LegalHold={"Status": "OFF"})
    coffer("rb", "--force", f"s3://{bucket}")
    assert bucket not in coffer("ls")


def test_rb_prints_nothing_where_that_is_asked_for(coffer, bucket):
    assert coffer("rb", "-q", f"s3://{bucket}") == ""
    assert bucket not in coffer("ls")


def test_a_bucket_with_content_stays_unless_forced(coffer, s3):
    bucket = f"made-{uuid.uuid4().hex[:12]}"
    assert coffer("mb", f"s3://{bucket}") == f"make_bucket: {bucket}\n"
    coffer("versioning", "set", f"s3://{bucket}", "enabled")
    for _ in range(2):
        s3.put_object(Bucket=bucket, Key="k", Body=b"")
    s3.delete_object(Bucket=bucket, Key="k")
    s3.create_multipart_upload(Bucket=bucket, Key="unfinished")
    assert "BucketNotEmpty" in coffer.run("rb", f"s3://{bucket}", check=FAILED).stderr
    output = coffer.json("rb", "--force", f"s3://{bucket}")
    assert len(output) == 4 and output[-1] == {"Action": "remove_bucket", "Bucket": bucket}
    assert bucket not in coffer("ls")


def test_without_keys_only_what_is_public_is_read(coffer, s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"open")
    assert "AccessDenied" in coffer.run("cat", "--no-sign-request", f"s3://{bucket}/k", check=FAILED).stderr
    s3.put_bucket_policy(Bucket=bucket, Policy=public_read_policy(bucket))
    assert coffer("cat", "--no-sign-request", f"s3://{bucket}/k") == "open"


@pytest.mark.parametrize("words", [
    ["ls", "bucket"], ["cat", "s3://abc"], ["ls", "s3://UPPER"], ["ls", "s3:///key"], ["stat", "s3://"],
    ["ls", "s3://nobody@abc"]])
def test_what_is_no_url_of_an_object_is_reported(coffer, words):
    result = coffer.run(*words)
    assert result.returncode in (FAILED, USAGE) and result.stderr.startswith("coffer: ") and result.stdout == ""


@pytest.mark.parametrize("words, expected_text", [
    (["ls", "books"], "'books' is not an S3 URL; did you mean 's3://books'?\n"),
    (["cat", "books/a.csv"], "did you mean 's3://books/a.csv'? There is no alias 'books'"),
    (["ls", "/books"], "'/books' is not an S3 URL: the form is s3://BUCKET/KEY\n"),
    (["mb", "s3://My_Books"], "'My_Books' is not a valid bucket name: 3 to 63 lowercase letters, digits, dots and hyphens"),
    (["mb", "My_Books"], "'My_Books' is not a valid bucket name"), (["mb", "books/x"], "did you mean 's3://books/x'?"),
    (["mb", "s3://books/x"], "give only the bucket")])
def test_a_word_that_is_no_url_is_answered_with_the_right_form(coffer, words, expected_text):
    assert expected_text in coffer.run(*words, check=USAGE).stderr


@pytest.mark.parametrize("words, expected_text", [
    (["rm", "--dryrun", "s3://b/k"], "--dry-run"), (["cp", "-z", "a", "s3://b/k"], "unknown option -z\n"),
    (["cp", "a"], "TO is missing: coffer cp FROM TO\n"), (["cp"], "FROM and TO are missing"),
    (["user", "create"], "NAME is missing: coffer user create NAME\n"), (["rm"], "s3://BUCKET/KEY is missing"),
    (["mb", "s3://b", "x"], "unexpected argument 'x': coffer mb s3://BUCKET\n"),
    (["serve", "/data"], "unexpected argument '/data'; give the data directory with --data /data\n"),
    (["ls", "--json", "--json"], "--json is given twice"),
    (["--alias", "home", "ls"], "options go after the command: coffer ls --alias NAME\n"),
    (["policy"], "'coffer policy' needs a subcommand: get, set, create, "),
    (["versioning", "set", "s3://abc", "on"], "'on' is not allowed; allowed: Enabled, Suspended"),
    (["ls", "-r"], "--recursive needs a bucket"), (["ls", "--include", "x", "s3://"], "--include needs a bucket"),
    (["stat", "--version-id", "x", "s3://abc"], "--version-id needs an object: s3://abc/KEY"),
    (["presign", "--content-type", "a/b", "s3://abc/k"], "--content-type needs --put"),
    (["cp", "--sse-kms-key-id", "x", "a", "s3://abc/k"], "--sse-kms-key-id needs --sse aws:kms"),
    (["cp", "--sse", "AES256", "--sse-kms-key-id", "x", "a", "s3://abc/k"], "--sse-kms-key-id needs --sse aws:kms"),
    (["cp", "a", "b"], "s3://"), (["nonsense"], "unknown command 'nonsense'")])
def test_wrong_words_end_with_64(coffer, words, expected_text):
    result = coffer.run(*words, check=USAGE)
    assert expected_text in result.stderr


@pytest.mark.parametrize("words, meant", [
    (["lss"], "ls"), (["sl"], "ls"), (["remov"], None), (["x"], None), (["versoning", "get"], "versioning"),
    (["policy", "gett"], "get"), (["policy"], None), (["help", "synk"], "sync"), (["ls", "--recursiv"], "--recursive"),
    (["ls", "--recurs"], "--recursive"), (["ls", "-R"], "-r"), (["ls", "-z"], None), (["rm", "-rf"], None),
    (["ls", "--endpoint-url", "x"], "--endpoint"), (["cp", "--dryrun"], "--dry-run"), (["ls", "--frobnicate"], None)])
def test_who_writes_a_wrong_word_is_told_the_right_one(coffer, words, meant):
    output = coffer.run(*words, check=USAGE).stderr
    assert (f"did you mean '{meant}'?" in output) if meant else ("did you mean" not in output)


def test_options_before_the_command_are_told_their_place(coffer):
    assert "coffer COMMAND --json" in coffer.run("--json", "ls", check=USAGE).stderr


@pytest.mark.parametrize("words", [["cat", b"s3://abc/\xff"], ["cp", b"\xff", "s3://abc/k"], [b"\xff"]])
def test_words_that_are_not_utf8_name_nothing_else(coffer, words):
    process = subprocess.run([servers.binary(), *words], env=coffer.env, capture_output=True, timeout=servers.PATIENCE)
    assert process.returncode == USAGE and b"is not UTF-8" in process.stderr
