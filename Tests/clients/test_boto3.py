"""boto3 with its defaults: buckets, access, and operations that are not implemented."""

import uuid
from datetime import datetime, timedelta, timezone

import botocore
import pytest

import wire
from conftest import DATASTORE, make_client, public_read_policy, start


def test_a_bucket_is_made_found_and_deleted(s3, refused):
    name = f"test-{uuid.uuid4().hex[:16]}"
    assert refused(s3.head_bucket, Bucket=name) == ("404", 404)
    assert s3.create_bucket(Bucket=name)["Location"] == f"/{name}"
    assert s3.create_bucket(Bucket=name)["Location"] == f"/{name}"
    assert s3.head_bucket(Bucket=name)["BucketRegion"] == "us-east-1"
    s3.delete_bucket(Bucket=name)
    assert refused(s3.delete_bucket, Bucket=name) == ("NoSuchBucket", 404)


def test_a_location_constraint_is_the_buckets_region(s3, bucket, refused):
    assert s3.get_bucket_location(Bucket=bucket)["LocationConstraint"] is None
    name = f"test-{uuid.uuid4().hex[:16]}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    assert s3.get_bucket_location(Bucket=name)["LocationConstraint"] == "eu-central-1"
    assert s3.head_bucket(Bucket=name)["BucketRegion"] == "eu-central-1"
    code = refused(s3.create_bucket, Bucket=f"{name}x", CreateBucketConfiguration={"LocationConstraint": "No Region"})
    assert code == ("InvalidLocationConstraint", 400)


@pytest.mark.parametrize("name", [
    "UPPER", "under_score", "ab", "x" * 64, "-dash", "dash-", ".dot", "dot.", "two..dots", "192.168.0.1", "xn--abc",
    "abc-s3alias", "sthree-x", "abc--ol-s3"])
def test_a_name_against_the_rules_is_refused(server, refused, name):
    client = make_client(server)
    client.meta.events.unregister("before-parameter-build.s3", botocore.handlers.validate_bucket_name)
    assert refused(client.create_bucket, Bucket=name) == ("InvalidBucketName", 400)


@pytest.mark.parametrize("name", ["abc", "x" * 63, "a.b-c.1", "123"])
def test_a_name_within_the_rules_is_taken(s3, name):
    s3.create_bucket(Bucket=name)
    assert s3.head_bucket(Bucket=name)
    s3.delete_bucket(Bucket=name)


def test_a_bucket_with_objects_is_not_deleted(s3, bucket, refused):
    s3.put_object(Bucket=bucket, Key="k", Body=b"")
    assert refused(s3.delete_bucket, Bucket=bucket) == ("BucketNotEmpty", 409)
    s3.delete_object(Bucket=bucket, Key="k")
    s3.delete_bucket(Bucket=bucket)


def test_buckets_are_listed_by_prefix_and_in_pages(s3):
    prefix = f"list-{uuid.uuid4().hex[:8]}-"
    names = [f"{prefix}{number}" for number in range(5)]
    for name in reversed(names):
        s3.create_bucket(Bucket=name)
    whole = s3.list_buckets()
    assert [b["Name"] for b in whole["Buckets"] if b["Name"].startswith(prefix)] == names
    assert whole["Owner"]["ID"]
    assert datetime.now(timezone.utc) - whole["Buckets"][0]["CreationDate"] < timedelta(hours=1)
    pages = list(s3.get_paginator("list_buckets").paginate(Prefix=prefix, PaginationConfig={"PageSize": 2}))
    assert [[b["Name"] for b in page["Buckets"]] for page in pages] == [names[:2], names[2:4], names[4:]]
    assert pages[0]["Prefix"] == prefix and pages[0]["Buckets"][0]["BucketRegion"] == "us-east-1"
    assert s3.list_buckets(Prefix=prefix, BucketRegion="eu-west-1")["Buckets"] == []


def test_an_anonymous_client_reads_what_the_policy_opens(anonymous, s3, public_bucket, refused):
    s3.put_object(Bucket=public_bucket, Key="k", Body=b"data")
    assert anonymous.get_object(Bucket=public_bucket, Key="k")["Body"].read() == b"data"
    assert anonymous.head_object(Bucket=public_bucket, Key="k")["ContentLength"] == 4
    assert refused(anonymous.get_object, Bucket=public_bucket, Key="missing") == ("AccessDenied", 403)
    assert refused(anonymous.list_buckets) == ("AccessDenied", 403)
    assert refused(anonymous.create_bucket, Bucket="anonymous-bucket") == ("AccessDenied", 403)


def test_with_the_right_to_list_an_anonymous_client_learns_that_a_key_is_missing(anonymous, s3, bucket, refused):
    policy = public_read_policy(bucket).replace('"s3:GetObject"', '["s3:GetObject", "s3:ListBucket"]')
    policy = policy.replace(f'"arn:aws:s3:::{bucket}/*"', f'["arn:aws:s3:::{bucket}/*", "arn:aws:s3:::{bucket}"]')
    s3.put_bucket_policy(Bucket=bucket, Policy=policy)
    assert anonymous.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    assert refused(anonymous.get_object, Bucket=bucket, Key="missing") == ("NoSuchKey", 404)


def test_a_deny_goes_before_every_allow(anonymous, s3, public_bucket, refused):
    s3.put_object(Bucket=public_bucket, Key="secret/k", Body=b"data")
    policy = (
        '{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "s3:Get*", '
        '"Resource": "arn:aws:s3:::%s/*"},'
        '{"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::%s/secret/*"}]}')
    s3.put_bucket_policy(Bucket=public_bucket, Policy=policy % (public_bucket, public_bucket))
    assert refused(anonymous.get_object, Bucket=public_bucket, Key="secret/k") == ("AccessDenied", 403)
    assert refused(s3.get_object, Bucket=public_bucket, Key="secret/k") == ("AccessDenied", 403)


def test_a_bucket_in_the_host_name_is_found_below_a_domain():
    with start("--ephemeral", "--domain", "s3.example.test") as server:
        client = make_client(server)
        client.put_object(Bucket=DATASTORE, Key="k", Body=b"data")
        with wire.Connection(server) as connection:
            connection.host = f"{DATASTORE}.s3.example.test:{server.port}"
            assert connection.ask("GET", "/k").body == b"data"
            connection.host = "s3.example.test"
            assert connection.ask("GET", f"/{DATASTORE}/k").body == b"data"


RULE = {"ID": "1", "Status": "Enabled", "Filter": {}, "Expiration": {"Days": 1}}
UNIMPLEMENTED = [
    ("put_bucket_lifecycle_configuration", {"LifecycleConfiguration": {"Rules": [RULE]}}),
    ("put_bucket_website", {"WebsiteConfiguration": {"IndexDocument": {"Suffix": "i"}}}),
    ("put_bucket_notification_configuration", {"NotificationConfiguration": {}}),
    ("put_bucket_accelerate_configuration", {"AccelerateConfiguration": {"Status": "Enabled"}})]


@pytest.mark.parametrize("name, options", UNIMPLEMENTED, ids=[name for name, _ in UNIMPLEMENTED])
def test_what_the_server_does_not_have_is_named(s3, bucket, name, options):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        getattr(s3, name)(Bucket=bucket, **options)
    response = caught.value.response
    assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == ("NotImplemented", 501)
    assert s3.meta.method_to_api_mapping[name] in response["Error"]["Message"].split()
