"""What a caller with some rights does not learn and cannot do, for anonymous callers with bucket policies."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import botocore.config
import pytest

import servers
from conftest import make_client

DENIED = ("AccessDenied", 403)
OTHER = '"00000000000000000000000000000000"'


@pytest.fixture
def allow(s3, bucket):
    """Allows everyone some actions, with an optional condition."""
    def allow(*actions, condition=None):
        statement = {
            "Effect": "Allow", "Principal": "*", "Action": list(actions),
            "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]}
        s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({
            "Version": "2012-10-17", "Statement": [{**statement, **({"Condition": condition} if condition else {})}]}))

    return allow


def test_a_prefix_limits_the_listing_of_versions_as_well(s3, anonymous, bucket, allow, refused):
    s3.put_object(Bucket=bucket, Key="open/k", Body=b"")
    s3.put_object(Bucket=bucket, Key="secret/k", Body=b"")
    allow("s3:ListBucket", "s3:ListBucketVersions", condition={"StringLike": {"s3:prefix": "open*"}})
    assert anonymous.list_objects_v2(Bucket=bucket, Prefix="open/")["KeyCount"] == 1
    assert len(anonymous.list_object_versions(Bucket=bucket, Prefix="open/")["Versions"]) == 1
    for prefix in ("secret/", ""):
        assert refused(anonymous.list_objects_v2, Bucket=bucket, Prefix=prefix) == DENIED
        assert refused(anonymous.list_object_versions, Bucket=bucket, Prefix=prefix) == DENIED


def test_tags_do_not_leave_by_a_copy(s3, stranger, bucket, allow, refused):
    s3.put_object(Bucket=bucket, Key="k", Body=b"data", Tagging="kind=secret")
    copy = {"Bucket": bucket, "Key": "copy", "CopySource": f"{bucket}/k"}
    allow("s3:GetObject", "s3:PutObject")
    assert "TagCount" not in stranger.head_object(Bucket=bucket, Key="k")
    assert refused(stranger.copy_object, **copy) == DENIED
    allow("s3:GetObject", "s3:PutObject", "s3:GetObjectTagging")
    assert stranger.head_object(Bucket=bucket, Key="k")["TagCount"] == 1
    assert refused(stranger.copy_object, **copy) == DENIED
    allow("s3:GetObject", "s3:PutObject", "s3:GetObjectTagging", "s3:PutObjectTagging")
    stranger.copy_object(**copy)
    assert stranger.head_object(Bucket=bucket, Key="copy")["TagCount"] == 1


def test_the_tags_of_a_version_are_counted_for_who_may_read_those_of_versions(s3, anonymous, bucket, allow):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket=bucket, Key="k", Body=b"data", Tagging="kind=secret")["VersionId"]
    named = {"Bucket": bucket, "Key": "k", "VersionId": version}
    allow("s3:GetObjectVersion", "s3:GetObjectTagging")
    assert "TagCount" not in anonymous.head_object(**named)
    allow("s3:GetObjectVersion", "s3:GetObjectVersionTagging", condition={"StringEquals": {"s3:VersionId": version}})
    assert anonymous.head_object(**named)["TagCount"] == 1


def test_who_may_not_read_may_not_ask_before_it_deletes(s3, anonymous, bucket, allow, refused):
    conditions = {"IfMatch": OTHER}
    s3.put_object(Bucket=bucket, Key="k", Body=b"data")
    allow("s3:DeleteObject")
    for key in ("k", "missing"):
        assert refused(anonymous.delete_object, Bucket=bucket, Key=key, **conditions) == DENIED
    allow("s3:DeleteObject", "s3:GetObject")
    assert refused(anonymous.delete_object, Bucket=bucket, Key="k", **conditions) == ("PreconditionFailed", 412)


def test_who_may_not_read_may_not_ask_before_it_writes(s3, anonymous, bucket, allow, refused):
    s3.put_object(Bucket=bucket, Key="k", Body=b"data")
    allow("s3:PutObject")
    for key in ("k", "missing"):
        assert refused(anonymous.put_object, Bucket=bucket, Key=key, Body=b"new", IfMatch=OTHER) == DENIED
    assert refused(anonymous.put_object, Bucket=bucket, Key="k", Body=b"more", WriteOffsetBytes=4) == DENIED
    anonymous.put_object(Bucket=bucket, Key="new", Body=b"new", IfNoneMatch="*")
    allow("s3:PutObject", "s3:GetObject")
    assert refused(anonymous.put_object, Bucket=bucket, Key="k", Body=b"", IfMatch=OTHER) == ("PreconditionFailed", 412)
    assert refused(anonymous.put_object, Bucket=bucket, Key="missing", Body=b"", IfMatch=OTHER) == DENIED


# Concurrent requests

def test_copies_that_read_much_hold_up_nobody_else(server, s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=bytes(40 << 20))
    client = make_client(server, config=botocore.config.Config(
        max_pool_connections=90, retries={"total_max_attempts": 1}, read_timeout=servers.PATIENCE))

    def copy(number):
        try:
            client.copy_object(
                Bucket=bucket, Key=f"copy{number}", CopySource=f"{bucket}/k", ChecksumAlgorithm="SHA256")
            return 200
        except botocore.exceptions.ClientError as error:
            return error.response["ResponseMetadata"]["HTTPStatusCode"]

    with ThreadPoolExecutor(90) as threads:
        copies = [threads.submit(copy, number) for number in range(90)]
        listed = threading.Event()
        client.list_objects_v2(Bucket=bucket)
        client.put_object(Bucket=bucket, Key="other", Body=bytes(100_000))
        if not all(future.done() for future in copies):
            listed.set()
        found = [future.result() for future in copies]
    assert listed.is_set(), "the copies were done before any other response"
    assert set(found) <= {200, 503} and found.count(200) >= 60


def test_a_copy_of_what_is_overwritten_meanwhile_is_of_one_or_the_other(server, s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"0" * 50_000)
    end = threading.Event()

    def overwrite(number):
        while not end.is_set():
            s3.put_object(Bucket=bucket, Key="k", Body=b"%d" % number * 50_000)

    with ThreadPoolExecutor(3) as threads:
        for number in range(3):
            threads.submit(overwrite, number)
        try:
            for number in range(60):
                options = {"ChecksumAlgorithm": "SHA1"} if number % 2 else {}
                s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/k", **options)
                body = s3.get_object(Bucket=bucket, Key="copy", ChecksumMode="ENABLED")["Body"].read()
                assert len(body) == 50_000 and len(set(body)) == 1
        finally:
            end.set()
