"""Bucket policies put by boto3, for a user who is not the account's root."""

import contextlib
import json
import sqlite3

import pytest

from conftest import make_anonymous_client, make_client, public_read_policy, start


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def statement(bucket, effect="Allow", action="s3:GetObject", resource="/*", principal="*", **more):
    return {
        "Effect": effect, "Principal": principal, "Action": action, "Resource": f"arn:aws:s3:::{bucket}{resource}",
        **more}


def test_a_policy_that_locks_its_author_out_must_be_confirmed(s3, bucket, refused):
    policy = document(statement(bucket, "Deny", "s3:PutBucketPolicy", ""))
    assert refused(s3.put_bucket_policy, Bucket=bucket, Policy=policy) == ("AccessDenied", 403)
    assert refused(s3.get_bucket_policy, Bucket=bucket) == ("NoSuchBucketPolicy", 404)
    assert refused(
        s3.put_bucket_policy, Bucket=bucket, Policy=policy, ConfirmRemoveSelfBucketAccess=False) == ("AccessDenied", 403)
    s3.put_bucket_policy(Bucket=bucket, Policy=policy, ConfirmRemoveSelfBucketAccess=True)
    assert json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"]) == json.loads(policy)
    assert refused(
        s3.put_bucket_policy, Bucket=bucket, Policy=document(statement(bucket))) == ("AccessDenied", 403)


def test_the_right_to_put_a_policy_may_hang_on_a_condition_that_holds(s3, bucket):
    denial = statement(
        bucket, "Deny", "s3:PutBucketPolicy", "", Condition={"NotIpAddress": {"aws:SourceIp": "127.0.0.0/8"}})
    s3.put_bucket_policy(Bucket=bucket, Policy=document(denial))
    s3.put_bucket_policy(Bucket=bucket, Policy=document(statement(bucket)))


@pytest.mark.parametrize("condition, is_public", [
    ({}, True), ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, False),
    ({"IpAddress": {"aws:SourceIp": "0.0.0.0/1"}}, True), ({"StringLike": {"aws:SourceVpce": "vpce-*"}}, True)])
def test_the_policy_status(s3, bucket, condition, is_public):
    s3.put_bucket_policy(Bucket=bucket, Policy=document(statement(bucket, Condition=condition)))
    assert s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"]["IsPublic"] is is_public


def test_there_is_no_status_without_a_policy(s3, bucket, refused):
    assert refused(s3.get_bucket_policy_status, Bucket=bucket) == ("NoSuchBucketPolicy", 404)


@pytest.mark.parametrize("condition, key", [
    ({"StringEquals": {"s3:ExistingObjectTag/open": "yes"}}, "tagged"),
    ({"StringEquals": {"s3:signatureversion": "AWS4-HMAC-SHA256"}}, "plain"),
    ({"StringEquals": {"s3:authType": "REST-HEADER"}}, "plain"),
    ({"NumericLessThan": {"s3:signatureAge": "600000"}}, "plain"),
    ({"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/*"}}, "plain"),
    ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/*"}}, "plain"),
    ({"StringEquals": {"aws:PrincipalType": "User"}}, "plain"), ({"Null": {"aws:username": "false"}}, "plain"),
    ({"StringLike": {"s3:x-amz-content-sha256": "*"}}, "plain")])
def test_a_denial_sees_what_a_signed_request_carries(s3, bucket, refused, condition, key):
    s3.put_object(Bucket=bucket, Key="tagged", Body=b"", Tagging="open=yes")
    s3.put_object(Bucket=bucket, Key="plain", Body=b"")
    s3.put_object(Bucket=bucket, Key="other", Body=b"")
    denial = statement(bucket, "Deny", Condition=condition)
    denial["Resource"] = f"arn:aws:s3:::{bucket}/{key}"
    s3.put_bucket_policy(Bucket=bucket, Policy=document(denial))
    assert refused(s3.get_object, Bucket=bucket, Key=key) == ("AccessDenied", 403)
    s3.get_object(Bucket=bucket, Key="other")


def test_the_tags_of_a_version_decide_about_that_version(s3, bucket, refused):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    shut = s3.put_object(Bucket=bucket, Key="k", Body=b"1", Tagging="shut=yes")["VersionId"]
    s3.put_object(Bucket=bucket, Key="k", Body=b"2")
    denial = statement(
        bucket, "Deny", ["s3:GetObject", "s3:GetObjectVersion", "s3:DeleteObjectVersion"],
        Condition={"StringEquals": {"s3:ExistingObjectTag/shut": "yes"}})
    s3.put_bucket_policy(Bucket=bucket, Policy=document(denial))
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"2"
    assert refused(s3.get_object, Bucket=bucket, Key="k", VersionId=shut) == ("AccessDenied", 403)
    source = {"Bucket": bucket, "Key": "k", "VersionId": shut}
    assert refused(s3.copy_object, Bucket=bucket, Key="copy", CopySource=source) == ("AccessDenied", 403)
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "k", "VersionId": shut}]})
    assert [error["Code"] for error in answer["Errors"]] == ["AccessDenied"]


def test_tags_that_are_put_decide_whether_they_may_be(s3, bucket, refused):
    s3.put_object(Bucket=bucket, Key="k", Body=b"")
    denial = statement(
        bucket, "Deny", "s3:PutObject*", Condition={"StringEquals": {"s3:RequestObjectTag/level": "secret"}})
    s3.put_bucket_policy(Bucket=bucket, Policy=document(denial))
    for value, is_refused in (("open", False), ("secret", True)):
        tags = {"TagSet": [{"Key": "level", "Value": value}]}
        if is_refused:
            assert refused(s3.put_object_tagging, Bucket=bucket, Key="k", Tagging=tags) == ("AccessDenied", 403)
            assert refused(
                s3.put_object, Bucket=bucket, Key="n", Body=b"", Tagging="level=secret") == ("AccessDenied", 403)
        else:
            s3.put_object_tagging(Bucket=bucket, Key="k", Tagging=tags)
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == [{"Key": "level", "Value": "open"}]


def test_every_key_lies_in_the_home_of_its_user(s3, bucket, refused):
    denial = statement(bucket, "Deny", "s3:PutObject", "")
    del denial["Resource"]
    denial["NotResource"] = f"arn:aws:s3:::{bucket}/home/${{aws:username}}/*"
    s3.put_bucket_policy(Bucket=bucket, Policy=document(denial))
    assert refused(s3.put_object, Bucket=bucket, Key="home/somebody/k", Body=b"") == ("AccessDenied", 403)
    s3.put_object(Bucket=bucket, Key="home/openspending-robot/k", Body=b"")


def test_a_policy_that_cannot_be_read_any_more_leaves_the_bucket_to_the_root(tmp_path, refused):
    """A stored policy of an older version: it may deny anything, and the bucket's owner can still replace it."""
    data, root = tmp_path / "data", {"AWS_ACCESS_KEY_ID": "the-root", "AWS_SECRET_ACCESS_KEY": "secret of the root"}
    stored = {"Bucket": "books", "Key": "k"}
    with start("--data", str(data), **root) as server:
        s3 = make_client(server)
        s3.create_bucket(Bucket="books")
        s3.put_object(**stored, Body=b"data")
        s3.put_bucket_policy(Bucket="books", Policy=public_read_policy("books"))
        assert make_anonymous_client(server).get_object(**stored)["Body"].read() == b"data"
    with contextlib.closing(sqlite3.connect(data / "catalog.sqlite")) as catalog, catalog:
        changed = catalog.execute("UPDATE bucket_configurations SET document = '{\"Nonsense\": 1}' WHERE kind = 'policy'")
        assert changed.rowcount == 1
    with start("--data", str(data), **root) as server:
        s3, anonymous = make_client(server), make_anonymous_client(server)
        assert refused(anonymous.get_object, **stored) == ("AccessDenied", 403)
        assert s3.get_object(**stored)["Body"].read() == b"data"
        s3.put_bucket_policy(Bucket="books", Policy=public_read_policy("books"))
        assert anonymous.get_object(**stored)["Body"].read() == b"data"
        assert "the bucket's policy cannot be read" in server.log()
