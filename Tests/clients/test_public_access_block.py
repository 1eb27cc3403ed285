"""The public access block of buckets, and servers that set it on new buckets."""

import json

import pytest

from acl import ALL_USERS, AUTHENTICATED_USERS, OWNER, STRANGER, grants, owner_of, policy
from conftest import make_anonymous_client, make_client, public_read_policy, start
from v4 import Signer

DENIED = ("AccessDenied", 403)
SETTINGS = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"]
NOTHING = dict.fromkeys(SETTINGS, False)
EVERYTHING = dict.fromkeys(SETTINGS, True)


def block(s3, bucket, *names):
    return s3.put_public_access_block(
        Bucket=bucket, PublicAccessBlockConfiguration={name: True for name in names})


def blocked(s3, bucket):
    return s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]


def test_a_bucket_has_none_until_it_is_put(s3, bucket, refused):
    assert refused(s3.get_public_access_block, Bucket=bucket) == ("NoSuchPublicAccessBlockConfiguration", 404)


@pytest.mark.parametrize("names", [*([name] for name in SETTINGS), SETTINGS], ids=lambda names: "+".join(names))
def test_it_comes_back_whole(s3, bucket, names):
    assert block(s3, bucket, *names)["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert blocked(s3, bucket) == {**NOTHING, **dict.fromkeys(names, True)}


def test_it_is_deleted(s3, bucket, anonymous, refused):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", ACL="public-read")
    block(s3, bucket, *SETTINGS)
    for _ in range(2):
        assert s3.delete_public_access_block(Bucket=bucket)["ResponseMetadata"]["HTTPStatusCode"] == 204
        assert refused(s3.get_public_access_block, Bucket=bucket) == ("NoSuchPublicAccessBlockConfiguration", 404)
    assert anonymous.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"


@pytest.mark.parametrize("document, code", [
    ("", "MissingRequestBodyError"), ("<", "MalformedXML"), ("<PublicAccessBlockConfiguration/>", "InvalidRequest"),
    ("<PublicAccessBlockConfiguration><BlockPublicAcls>yes</BlockPublicAcls></PublicAccessBlockConfiguration>", "MalformedXML"),
    ("<PublicAccessBlockConfiguration><BlockAll>true</BlockAll></PublicAccessBlockConfiguration>", "MalformedXML"),
    ("<OwnershipControls/>", "MalformedXML")])
def test_an_invalid_document_is_refused_and_nothing_changes(s3, server, bucket, http, document, code):
    block(s3, bucket, *SETTINGS)
    url = server.endpoint + Signer(server).presigned("PUT", f"/{bucket}", publicAccessBlock="")
    answer = http.put(url, data=document.encode())
    assert answer.status_code == 400 and f"<Code>{code}</Code>" in answer.text
    assert blocked(s3, bucket) == EVERYTHING


def test_the_words_may_be_upper_case(s3, server, bucket, http):
    url = server.endpoint + Signer(server).presigned("PUT", f"/{bucket}", publicAccessBlock="")
    inside = "<IgnorePublicAcls>TRUE</IgnorePublicAcls><BlockPublicAcls>FALSE</BlockPublicAcls>"
    document = f"<PublicAccessBlockConfiguration>{inside}</PublicAccessBlockConfiguration>"
    assert http.put(url, data=document.encode()).status_code == 200
    assert blocked(s3, bucket) == {**NOTHING, "IgnorePublicAcls": True}


@pytest.mark.parametrize("call, options", [
    ("get_public_access_block", {}), ("delete_public_access_block", {}),
    ("put_public_access_block", {"PublicAccessBlockConfiguration": {"BlockPublicAcls": False}})])
def test_it_is_the_owners_business(s3, bucket, anonymous, refused, call, options):
    s3.put_bucket_acl(Bucket=bucket, GrantFullControl=f'uri="{ALL_USERS}"')
    assert refused(getattr(anonymous, call), Bucket=bucket, **options) == DENIED
    assert refused(getattr(s3, call), Bucket="no-such-bucket-here", **options) == ("NoSuchBucket", 404)


# Public ACLs

PUBLIC_ACLS = [
    {"ACL": "public-read"}, {"ACL": "public-read-write"}, {"ACL": "authenticated-read"},
    {"GrantRead": f'uri="{ALL_USERS}"'}, {"GrantFullControl": f"id={STRANGER},uri={AUTHENTICATED_USERS}"}]


@pytest.mark.parametrize("acl", PUBLIC_ACLS, ids=str)
def test_public_acls_are_refused_where_they_are_blocked(s3, bucket, refused, acl):
    s3.put_object(Bucket=bucket, Key="source", Body=b"x")
    block(s3, bucket, "BlockPublicAcls")
    for call, options in [
            (s3.put_object, {"Key": "k"}), (s3.create_multipart_upload, {"Key": "k"}), (s3.put_bucket_acl, {}),
            (s3.copy_object, {"Key": "k", "CopySource": f"{bucket}/source"}), (s3.put_object_acl, {"Key": "source"})]:
        assert refused(call, Bucket=bucket, **options, **acl) == DENIED, call
    assert [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["source"]
    assert grants(s3.get_object_acl(Bucket=bucket, Key="source")) == grants(s3.get_bucket_acl(Bucket=bucket)) == [OWNER]


def test_a_public_document_is_refused_where_they_are_blocked(s3, bucket, refused):
    block(s3, bucket, "BlockPublicAcls")
    public = policy(owner_of(s3), OWNER, (ALL_USERS, "READ"))
    assert refused(s3.put_bucket_acl, Bucket=bucket, AccessControlPolicy=public) == DENIED
    s3.put_bucket_acl(Bucket=bucket, AccessControlPolicy=policy(owner_of(s3), OWNER, (STRANGER, "READ")))


def test_other_acls_are_taken_where_public_ones_are_blocked(s3, bucket):
    block(s3, bucket, "BlockPublicAcls")
    for acl in ({"ACL": "private"}, {"ACL": "bucket-owner-full-control"}, {"GrantRead": f"id={STRANGER}"}):
        s3.put_object(Bucket=bucket, Key="k", Body=b"x", **acl)
    s3.put_bucket_acl(Bucket=bucket, ACL="log-delivery-write")


def test_what_was_public_before_stays_public_where_new_acls_are_blocked(s3, bucket, anonymous):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", ACL="public-read")
    block(s3, bucket, "BlockPublicAcls")
    assert anonymous.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"


def test_a_bucket_made_once_more_does_not_become_public(s3, bucket, refused):
    block(s3, bucket, "BlockPublicAcls")
    assert refused(s3.create_bucket, Bucket=bucket, ACL="public-read") == DENIED
    assert grants(s3.get_bucket_acl(Bucket=bucket)) == [OWNER]


def test_public_acls_are_ignored(s3, bucket, anonymous, refused):
    s3.put_bucket_acl(Bucket=bucket, ACL="public-read-write")
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", ACL="public-read")
    block(s3, bucket, "IgnorePublicAcls")
    assert refused(anonymous.get_object, Bucket=bucket, Key="k") == DENIED
    assert refused(anonymous.list_objects_v2, Bucket=bucket) == DENIED
    assert refused(anonymous.put_object, Bucket=bucket, Key="new") == DENIED
    s3.put_object(Bucket=bucket, Key="new", Body=b"x", ACL="public-read")
    assert refused(anonymous.get_object, Bucket=bucket, Key="new") == DENIED
    assert grants(s3.get_object_acl(Bucket=bucket, Key="k")) == [OWNER, (ALL_USERS, "READ")]
    s3.put_bucket_policy(Bucket=bucket, Policy=public_read_policy(bucket))
    assert anonymous.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"


# Public policies

def statement(bucket, **members):
    return json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*", **members}]})


@pytest.mark.parametrize("members, is_public", [
    ({}, True), ({"Principal": {"AWS": "*"}}, True), ({"Principal": {"AWS": ["000000000000", "*"]}}, True),
    ({"Condition": {"StringEquals": {"aws:Referer": "http://example.org/"}}}, True),
    ({"Condition": {"IpAddress": {"aws:SourceIp": "0.0.0.0/1"}}}, True),
    ({"Condition": {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "::/0"]}}}, True),
    ({"Condition": {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}, True),
    ({"Condition": {"StringLike": {"aws:PrincipalAccount": "*"}}}, True),
    ({"Condition": {"StringEquals": {"aws:userid": "anonymous"}}}, True),
    ({"Condition": {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.7", "2001:db8::/32"]}}}, False),
    ({"Condition": {"StringEquals": {"aws:PrincipalAccount": "000000000000"}}}, False),
    ({"Principal": {"AWS": "000000000000"}}, False),
    ({"Principal": {"AWS": "arn:aws:iam::000000000000:user/openspending-robot"}}, False),
    ({"Effect": "Deny"}, False)], ids=lambda value: str(value)[:60])
def test_public_policies_are_refused_where_they_are_blocked(s3, bucket, refused, members, is_public):
    block(s3, bucket, "BlockPublicPolicy")
    document = statement(bucket, **members)
    if is_public:
        assert refused(s3.put_bucket_policy, Bucket=bucket, Policy=document) == DENIED
        assert refused(s3.get_bucket_policy, Bucket=bucket) == ("NoSuchBucketPolicy", 404)
    else:
        s3.put_bucket_policy(Bucket=bucket, Policy=document)


def test_a_public_policy_lets_in_the_account_alone_where_it_is_restricted(s3, public_bucket, anonymous, refused):
    s3.put_object(Bucket=public_bucket, Key="k", Body=b"x", ACL="public-read")
    s3.put_bucket_acl(Bucket=public_bucket, ACL="public-read")
    block(s3, public_bucket, "RestrictPublicBuckets")
    assert refused(anonymous.get_object, Bucket=public_bucket, Key="k") == DENIED
    assert refused(anonymous.list_objects_v2, Bucket=public_bucket) == DENIED
    assert s3.get_object(Bucket=public_bucket, Key="k")["Body"].read() == b"x"
    s3.put_bucket_policy(Bucket=public_bucket, Policy=public_read_policy(public_bucket))
    s3.delete_public_access_block(Bucket=public_bucket)
    assert anonymous.get_object(Bucket=public_bucket, Key="k")["Body"].read() == b"x"


def test_a_policy_that_is_not_public_is_not_restricted(s3, bucket, anonymous):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    s3.put_bucket_policy(Bucket=bucket, Policy=statement(
        bucket, Condition={"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}))
    block(s3, bucket, "RestrictPublicBuckets")
    assert anonymous.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"


def test_the_cli_sets_and_shows_it(aws, bucket):
    aws("s3api", "put-public-access-block", "--bucket", bucket, "--public-access-block-configuration",
        "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true")
    shown = json.loads(aws("s3api", "get-public-access-block", "--bucket", bucket).stdout)
    assert shown["PublicAccessBlockConfiguration"] == EVERYTHING


# Servers that create buckets with AWS's current defaults

@pytest.fixture(scope="module")
def closed_server():
    with start("--ephemeral", "--acl", "disabled") as server:
        yield server


def test_new_buckets_have_no_acls_and_no_public_access(closed_server, refused):
    s3, anonymous = make_client(closed_server), make_anonymous_client(closed_server)
    s3.create_bucket(Bucket="closed")
    assert blocked(s3, "closed") == EVERYTHING
    rules = s3.get_bucket_ownership_controls(Bucket="closed")["OwnershipControls"]["Rules"]
    assert rules == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert refused(s3.put_object, Bucket="closed", Key="k", ACL="public-read") == ("AccessControlListNotSupported", 400)
    assert refused(s3.put_bucket_policy, Bucket="closed", Policy=public_read_policy("closed")) == DENIED
    s3.put_object(Bucket="closed", Key="k", Body=b"x")
    assert refused(anonymous.get_object, Bucket="closed", Key="k") == DENIED


def test_new_buckets_can_be_opened_as_on_aws(closed_server, refused):
    s3, anonymous = make_client(closed_server), make_anonymous_client(closed_server)
    assert refused(s3.create_bucket, Bucket="opened", ACL="public-read") == ("InvalidBucketAclWithObjectOwnership", 400)
    assert refused(s3.create_bucket, Bucket="opened", ACL="public-read", ObjectOwnership="ObjectWriter") == (
        "InvalidBucketAclWithBlockPublicAccessError", 400)
    s3.create_bucket(Bucket="opened", ObjectOwnership="ObjectWriter")
    assert refused(s3.put_object, Bucket="opened", Key="k", ACL="public-read") == DENIED
    s3.delete_public_access_block(Bucket="opened")
    s3.put_object(Bucket="opened", Key="k", Body=b"x", ACL="public-read")
    assert anonymous.get_object(Bucket="opened", Key="k")["Body"].read() == b"x"
