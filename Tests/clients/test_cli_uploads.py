"""`coffer uploads`, and the sizes of uncompleted uploads in `du --all` and `stat`."""

import json

import pytest

import servers
from cli import FAILED, USAGE, Client

PART = bytes(5 << 20)


@pytest.fixture
def ids(s3, bucket):
    """The ids of three uploads by their keys: with two parts, with one part, with none."""
    ids = {}
    for key, parts in [("a", 2), ("dir/b", 1), ("dir/c", 0)]:
        ids[key] = s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
        for number in range(1, parts + 1):
            s3.upload_part(Bucket=bucket, Key=key, UploadId=ids[key], PartNumber=number, Body=PART)
    s3.put_object(Bucket=bucket, Key="dir/object", Body=b"12345")
    return ids


def uploads(s3, bucket):
    return sorted(item["Key"] for item in s3.list_multipart_uploads(Bucket=bucket).get("Uploads", []))


def test_uploads_are_listed_with_what_they_take(coffer, bucket, ids):
    lines = [line.split() for line in coffer("uploads", "list", f"s3://{bucket}").splitlines()]
    assert [line[2:] for line in lines] == [
        [str(len(PART) * parts), ids[key], key] for key, parts in [("a", 2), ("dir/b", 1), ("dir/c", 0)]]
    assert "10.0 MiB" in coffer("uploads", "list", "--human-readable", f"s3://{bucket}")
    listed = coffer.json("uploads", "list", f"s3://{bucket}/dir/")
    assert [(item["Key"], item["UploadId"], item["Parts"], item["Size"]) for item in listed] == [
        ("dir/b", ids["dir/b"], 1, len(PART)), ("dir/c", ids["dir/c"], 0, 0)]
    assert coffer.json("uploads", "list", f"s3://{bucket}/none") == []


def test_uploads_are_aborted(coffer, s3, bucket, ids):
    dry = coffer("uploads", "abort", "-n", f"s3://{bucket}/dir/")
    assert dry.splitlines() == [
        f"(dry run) abort_upload: s3://{bucket}/{key} ({ids[key]})" for key in ["dir/b", "dir/c"]]
    assert uploads(s3, bucket) == ["a", "dir/b", "dir/c"]
    output = coffer.json("uploads", "abort", f"s3://{bucket}/dir/")
    assert output == [{"Action": "abort_upload", "Target": f"s3://{bucket}/{key}", "UploadId": ids[key]}
                      for key in ["dir/b", "dir/c"]]
    assert uploads(s3, bucket) == ["a"]
    again = s3.create_multipart_upload(Bucket=bucket, Key="a")["UploadId"]
    assert coffer("uploads", "abort", "-q", "--upload-id", ids["a"], f"s3://{bucket}/a") == ""
    assert [item["UploadId"] for item in s3.list_multipart_uploads(Bucket=bucket)["Uploads"]] == [again]
    again = coffer.run("uploads", "abort", "--upload-id", ids["a"], f"s3://{bucket}/a", check=FAILED)
    assert "there is no upload" in again.stderr
    assert "dir/object" in coffer("ls", "-r", f"s3://{bucket}")


def test_young_uploads_are_spared(coffer, s3, bucket, ids):
    for age in ["1h", "1d", "2w", "1d12h", "90m"]:
        assert coffer("uploads", "abort", "--older-than", age, f"s3://{bucket}") == ""
        assert coffer("uploads", "list", "--older-than", age, f"s3://{bucket}") == ""
    assert len(uploads(s3, bucket)) == 3
    assert len(coffer("uploads", "abort", "--older-than", "0s", f"s3://{bucket}").splitlines()) == 3
    assert uploads(s3, bucket) == []


@pytest.mark.parametrize("age", ["", "7", "d", "7x", "-1d", "1d2", "1.5h", "99999999999w", "9" * 40 + "s"])
def test_an_age_of_another_form_aborts_nothing(coffer, s3, bucket, ids, age):
    output = coffer.run("uploads", "abort", f"--older-than={age}", f"s3://{bucket}", check=USAGE).stderr
    assert "the form is 90s, 30m, 12h" in output and len(uploads(s3, bucket)) == 3


def test_uploads_count_where_all_is_counted(coffer, bucket, ids):
    assert coffer("du", f"s3://{bucket}") == f"5\t1\ts3://{bucket}/\n"
    assert coffer("du", "--all", "--depth", "1", f"s3://{bucket}").splitlines() == [
        f"{len(PART) + 5}\t1\t2\ts3://{bucket}/dir/", f"{3 * len(PART) + 5}\t1\t3\ts3://{bucket}/"]
    assert coffer.json("du", "--all", f"s3://{bucket}") == [
        {"Prefix": "", "Size": 3 * len(PART) + 5, "Objects": 1, "Uploads": 3, "UploadSize": 3 * len(PART)}]
    coffer("versioning", "set", f"s3://{bucket}", "Enabled")
    coffer("rm", f"s3://{bucket}/dir/object")
    assert coffer("du", "-a", f"s3://{bucket}") == f"{3 * len(PART) + 5}\t2\t3\ts3://{bucket}/\n"


def test_a_buckets_properties_have_its_uploads(coffer, bucket, ids):
    assert coffer.json("stat", f"s3://{bucket}")["UncompletedUploads"] == 3
    assert "UncompletedUploads  3\n" in coffer("stat", f"s3://{bucket}")


def test_without_the_right_to_list_uploads_no_number_is_shown(root_s3, account_server, member, name, tmp_path):
    root_s3.create_bucket(Bucket=name)
    member.may("s3:ListBucket", "s3:GetBucketVersioning")
    coffer = Client(account_server, tmp_path, AWS_ACCESS_KEY_ID=member.key["AccessKeyId"],
                    AWS_SECRET_ACCESS_KEY=member.key["SecretAccessKey"])
    assert json.loads(coffer("stat", "--json", f"s3://{name}"))["UncompletedUploads"] is None
    assert "AccessDenied" in coffer.run("uploads", "list", f"s3://{name}", check=FAILED).stderr


def test_a_bucket_that_is_not_there_has_no_uploads(coffer):
    for verb in ["list", "abort"]:
        output = coffer.run("uploads", verb, "s3://no-such-bucket", check=FAILED).stderr
        assert output.startswith("coffer: s3://no-such-bucket: there is no such bucket (404 NoSuchBucket)")
    assert "uploads abort" in servers.run("uploads", "--help").stdout
