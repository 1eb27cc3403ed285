"""Several accounts on one server: who owns what, and access to another account's resources."""

import json
import uuid

import boto3
import botocore.exceptions
import pytest
import requests

import accounts
import servers
from accounts import FIRST_ID, STRANGER_ACCOUNT, THIRD_ACCOUNT
from acl import ALL_USERS, owner_of, policy
from conftest import (
    Member, datastore_environment, make_anonymous_client, make_client, policy_of, root_environment, start)


@pytest.fixture
def stranger(account_server):
    """Makes clients that sign as the other account's root."""
    return lambda service="s3": make_client(
        account_server, STRANGER_ACCOUNT.access_key, STRANGER_ACCOUNT.secret_key, service=service)


@pytest.fixture
def outsider(account_server, stranger, name):
    """A user of the other account."""
    return Member(account_server, stranger("iam"), name)


@pytest.fixture
def home(root_s3):
    """A bucket of the first account."""
    name = f"home-{uuid.uuid4().hex[:20]}"
    root_s3.create_bucket(Bucket=name)
    return name


def put_policy(s3, bucket, principal, *actions, effect="Allow"):
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": effect, "Principal": {"AWS": principal}, "Action": list(actions),
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]}]}))


# Owners

def test_every_account_has_its_own_identity(account_server, stranger):
    for account in accounts.ACCOUNTS:
        sts = make_client(account_server, account.access_key, account.secret_key, service="sts")
        caller = sts.get_caller_identity()
        assert (caller["Account"], caller["Arn"], caller["UserId"]) == (account.id, account.arn, account.id)
    assert owner_of(stranger()) == STRANGER_ACCOUNT.canonical_id


def test_buckets_are_listed_by_their_own_account(root_s3, stranger, home):
    theirs = f"theirs-{uuid.uuid4().hex[:20]}"
    stranger().create_bucket(Bucket=theirs)

    def names(s3):
        return [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]

    assert home in names(root_s3) and theirs not in names(root_s3)
    assert theirs in names(stranger()) and home not in names(stranger())


def test_a_bucket_of_another_account_is_not_made_again(root_s3, stranger, home, refused):
    assert refused(stranger().create_bucket, Bucket=home) == ("BucketAlreadyExists", 409)
    root_s3.create_bucket(Bucket=home)


def test_users_of_one_name_are_of_two_accounts(account_server, iam, stranger, name):
    mine, theirs = Member(account_server, iam, name), Member(account_server, stranger("iam"), name)
    assert mine.arn == f"arn:aws:iam::{FIRST_ID}:user/{name}"
    assert theirs.arn == f"arn:aws:iam::{STRANGER_ACCOUNT.id}:user/{name}"
    mine.may("s3:ListAllMyBuckets")
    mine.client().list_buckets()
    with pytest.raises(botocore.exceptions.ClientError):
        theirs.client().list_buckets()
    stranger("iam").delete_access_key(UserName=name, AccessKeyId=theirs.key["AccessKeyId"])
    stranger("iam").delete_user(UserName=name)
    assert iam.get_user(UserName=name)["User"]["Arn"] == mine.arn
    mine.client().list_buckets()


def test_a_root_is_nobody_in_another_account(stranger, root_s3, home, name, refused, iam):
    iam.create_user(UserName=name)
    assert refused(stranger("iam").get_user, UserName=name) == ("NoSuchEntity", 404)
    root_s3.put_object(Bucket=home, Key="k", Body=b"1")
    s3 = stranger()
    for call in (s3.list_objects_v2, s3.get_bucket_acl, s3.get_bucket_policy, s3.delete_bucket, s3.get_bucket_location):
        assert refused(call, Bucket=home) == ("AccessDenied", 403)
    for call in (s3.get_object, s3.put_object, s3.delete_object, s3.get_object_acl):
        assert refused(call, Bucket=home, Key="k") == ("AccessDenied", 403)


def test_the_account_of_a_key_is_reported(stranger, iam, account_server, outsider):
    sts = make_client(account_server, service="sts")
    assert sts.get_access_key_info(AccessKeyId=outsider.key["AccessKeyId"])["Account"] == STRANGER_ACCOUNT.id
    assert sts.get_access_key_info(AccessKeyId="AKIAAAAAAAAAAAAAAAAA")["Account"] == FIRST_ID


# Access of another account by a bucket policy

def test_both_accounts_must_allow_it(root_s3, home, outsider, refused):
    root_s3.put_object(Bucket=home, Key="k", Body=b"1")
    s3 = outsider.client()

    def get():
        return s3.get_object(Bucket=home, Key="k")["Body"].read()

    assert refused(get) == ("AccessDenied", 403)
    outsider.may("s3:GetObject")
    assert refused(get) == ("AccessDenied", 403)
    put_policy(root_s3, home, STRANGER_ACCOUNT.arn, "s3:GetObject")
    assert get() == b"1"
    outsider.may("s3:GetObject", resource=f"arn:aws:s3:::{home}/other")
    assert refused(get) == ("AccessDenied", 403)


@pytest.mark.parametrize("kind", ["root's ARN", "id", "user's ARN", "canonical id"])
def test_a_policy_names_an_account_in_every_way(root_s3, home, outsider, kind):
    principal = {
        "root's ARN": {"AWS": STRANGER_ACCOUNT.arn}, "id": {"AWS": STRANGER_ACCOUNT.id}, "user's ARN": {"AWS": outsider.arn},
        "canonical id": {"CanonicalUser": STRANGER_ACCOUNT.canonical_id}}[kind]
    root_s3.put_bucket_policy(Bucket=home, Policy=json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": principal, "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{home}/*"}]}))
    outsider.may("s3:PutObject")
    outsider.client().put_object(Bucket=home, Key="k", Body=b"1")


def test_the_policy_itself_is_for_the_owners_account_alone(root_s3, home, stranger, refused):
    put_policy(root_s3, home, STRANGER_ACCOUNT.arn, "s3:*")
    s3 = stranger()
    s3.list_objects_v2(Bucket=home)
    for call in (s3.get_bucket_policy, s3.delete_bucket_policy):
        assert refused(call, Bucket=home) == ("MethodNotAllowed", 405)
    assert refused(s3.put_bucket_policy, Bucket=home, Policy=policy_of(
        "s3:*", resource=f"arn:aws:s3:::{home}/*", Principal="*")) == ("MethodNotAllowed", 405)


def test_a_foreign_bucket_may_be_expected_and_refused(root_s3, home, stranger, refused):
    root_s3.list_objects_v2(Bucket=home, ExpectedBucketOwner=FIRST_ID)
    assert refused(root_s3.list_objects_v2, Bucket=home, ExpectedBucketOwner=STRANGER_ACCOUNT.id) == ("AccessDenied", 403)
    put_policy(root_s3, home, STRANGER_ACCOUNT.arn, "s3:ListBucket")
    stranger().list_objects_v2(Bucket=home, ExpectedBucketOwner=FIRST_ID)


def test_each_bucket_of_a_copy_has_an_owner_to_be_expected(root_s3, home, stranger, refused, name):
    s3 = stranger()
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="k", Body=b"1")
    put_policy(s3, name, FIRST_ID, "s3:GetObject")
    copy = {"Bucket": home, "Key": "k", "CopySource": f"{name}/k", "Tagging": "a=b", "TaggingDirective": "REPLACE"}
    root_s3.copy_object(**copy, ExpectedBucketOwner=FIRST_ID, ExpectedSourceBucketOwner=STRANGER_ACCOUNT.id)
    for wrong in ({"ExpectedBucketOwner": STRANGER_ACCOUNT.id}, {"ExpectedSourceBucketOwner": FIRST_ID}):
        assert refused(root_s3.copy_object, **copy, **wrong) == ("AccessDenied", 403)
    upload = root_s3.create_multipart_upload(Bucket=home, Key="p")["UploadId"]
    part = {"Bucket": home, "Key": "p", "UploadId": upload, "PartNumber": 1, "CopySource": f"{name}/k"}
    root_s3.upload_part_copy(**part, ExpectedBucketOwner=FIRST_ID, ExpectedSourceBucketOwner=STRANGER_ACCOUNT.id)
    assert refused(root_s3.upload_part_copy, **part, ExpectedSourceBucketOwner=FIRST_ID) == ("AccessDenied", 403)


@pytest.mark.parametrize("path", ["/", "/staff/", "/a:b/c=d/"])
def test_a_role_is_assumed_from_another_account(account_server, iam, root_s3, home, outsider, refused, name, path):
    trust = json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": STRANGER_ACCOUNT.id}, "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": "77"}}}]})
    arn = iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=policy_of("s3:ListBucket"))
    sts = outsider.client("sts")
    request = {"RoleArn": arn, "RoleSessionName": "night", "ExternalId": "77"}
    assert refused(sts.assume_role, **request) == ("AccessDenied", 403)
    outsider.may("sts:AssumeRole", resource=arn)
    assert refused(sts.assume_role, **{**request, "ExternalId": "88"}) == ("AccessDenied", 403)
    answer = sts.assume_role(**request)
    assert answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{FIRST_ID}:assumed-role/{name}/night"
    credentials = answer["Credentials"]
    session = make_client(
        account_server, credentials["AccessKeyId"], credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"])
    session.list_objects_v2(Bucket=home)


def test_a_role_of_an_account_that_is_not_there_is_refused_alike(outsider, refused):
    outsider.may("sts:AssumeRole")
    for account in (FIRST_ID, "999999999999"):
        assert refused(outsider.client("sts").assume_role, RoleArn=f"arn:aws:iam::{account}:role/none",
                       RoleSessionName="night") == ("AccessDenied", 403)


# ACLs across accounts

@pytest.fixture
def shared(root_s3, home):
    """A bucket of the first account into which the other account may write."""
    root_s3.put_bucket_acl(Bucket=home, GrantWrite=f"id={STRANGER_ACCOUNT.canonical_id}",
                           GrantFullControl=f"id={owner_of(root_s3)}")
    return home


def test_an_acl_lets_an_account_read(root_s3, home, stranger, outsider, refused):
    root_s3.put_object(Bucket=home, Key="k", Body=b"1", GrantRead=f"id={STRANGER_ACCOUNT.canonical_id}")
    assert stranger().get_object(Bucket=home, Key="k")["Body"].read() == b"1"
    # Its users also need a policy in their own account.
    assert refused(outsider.client().get_object, Bucket=home, Key="k") == ("AccessDenied", 403)
    outsider.may("s3:GetObject")
    assert outsider.client().get_object(Bucket=home, Key="k")["Body"].read() == b"1"


def test_an_account_is_named_by_its_address(root_s3, home, stranger):
    root_s3.put_object(Bucket=home, Key="k", Body=b"1", GrantRead='emailAddress="Stranger@example.org"')
    assert stranger().get_object(Bucket=home, Key="k")["Body"].read() == b"1"
    root_s3.put_bucket_acl(Bucket=home, AccessControlPolicy=policy(
        owner_of(root_s3), ("owner", "FULL_CONTROL"), ("third@example.org", "READ")))
    grantees = [grant["Grantee"] for grant in root_s3.get_bucket_acl(Bucket=home)["Grants"]]
    assert grantees[1] == {"Type": "CanonicalUser", "ID": THIRD_ACCOUNT.canonical_id}


def test_who_writes_an_object_owns_it(root_s3, shared, stranger, refused):
    stranger().put_object(Bucket=shared, Key="k", Body=b"1")
    entry, = root_s3.list_objects_v2(Bucket=shared, FetchOwner=True)["Contents"]
    assert entry["Owner"]["ID"] == STRANGER_ACCOUNT.canonical_id
    assert root_s3.list_objects(Bucket=shared)["Contents"][0]["Owner"] == entry["Owner"]
    assert root_s3.list_object_versions(Bucket=shared)["Versions"][0]["Owner"] == entry["Owner"]
    assert stranger().get_object_acl(Bucket=shared, Key="k")["Owner"]["ID"] == STRANGER_ACCOUNT.canonical_id
    # The bucket's owner may not read it, but may delete it.
    for call in (root_s3.get_object, root_s3.head_object, root_s3.get_object_acl):
        assert refused(call, Bucket=shared, Key="k")[1] == 403
    assert refused(root_s3.put_object_acl, Bucket=shared, Key="k", ACL="private") == ("AccessDenied", 403)
    assert refused(root_s3.copy_object, Bucket=shared, Key="copy", CopySource=f"{shared}/k") == ("AccessDenied", 403)
    root_s3.delete_object(Bucket=shared, Key="k")
    assert root_s3.list_objects_v2(Bucket=shared)["KeyCount"] == 0


@pytest.mark.parametrize("acl, may", [
    ("bucket-owner-full-control", ["get_object", "get_object_acl"]), ("bucket-owner-read", ["get_object"]),
    ("public-read", ["get_object"]), ("authenticated-read", ["get_object"]), ("private", [])])
def test_the_writer_says_what_the_buckets_owner_may(root_s3, shared, stranger, refused, acl, may):
    stranger().put_object(Bucket=shared, Key="k", Body=b"1", ACL=acl)
    for call in ("get_object", "get_object_acl"):
        if call in may:
            getattr(root_s3, call)(Bucket=shared, Key="k")
        else:
            assert refused(getattr(root_s3, call), Bucket=shared, Key="k") == ("AccessDenied", 403)


def test_a_bucket_policy_allows_nothing_of_what_another_owns(account_server, root_s3, shared, stranger, refused, member):
    anonymous = make_anonymous_client(account_server)
    put_policy(root_s3, shared, "*", "s3:GetObject")
    root_s3.put_object(Bucket=shared, Key="own", Body=b"1")
    stranger().put_object(Bucket=shared, Key="k", Body=b"1")
    member.may("s3:GetObject")
    anonymous.get_object(Bucket=shared, Key="own")
    member.client().get_object(Bucket=shared, Key="own")
    assert refused(anonymous.get_object, Bucket=shared, Key="k") == ("AccessDenied", 403)
    assert refused(member.client().get_object, Bucket=shared, Key="k") == ("AccessDenied", 403)
    stranger().get_object(Bucket=shared, Key="k")
    # A Deny still applies.
    put_policy(root_s3, shared, STRANGER_ACCOUNT.arn, "s3:GetObject", effect="Deny")
    assert refused(stranger().get_object, Bucket=shared, Key="k") == ("AccessDenied", 403)


def test_where_acls_are_disabled_the_buckets_owner_owns_everything(root_s3, shared, stranger, refused):
    stranger().put_object(Bucket=shared, Key="k", Body=b"1")
    root_s3.put_bucket_acl(Bucket=shared, ACL="private")
    root_s3.put_bucket_ownership_controls(
        Bucket=shared, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]})
    root_s3.get_object(Bucket=shared, Key="k")
    assert refused(stranger().get_object, Bucket=shared, Key="k") == ("AccessDenied", 403)
    owner = owner_of(root_s3)
    assert root_s3.list_objects(Bucket=shared)["Contents"][0]["Owner"]["ID"] == owner
    assert root_s3.get_object_acl(Bucket=shared, Key="k")["Owner"]["ID"] == owner


@pytest.mark.parametrize("acl, owner", [
    ("bucket-owner-full-control", "bucket's"), ("private", "writer's")])
def test_preferred_ownership_is_the_writers_to_give(root_s3, shared, stranger, acl, owner):
    root_s3.put_bucket_ownership_controls(
        Bucket=shared, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]})
    stranger().put_object(Bucket=shared, Key="k", Body=b"1", ACL=acl)
    shown = root_s3.list_objects(Bucket=shared)["Contents"][0]["Owner"]["ID"]
    assert shown == (owner_of(root_s3) if owner == "bucket's" else STRANGER_ACCOUNT.canonical_id)


def test_uploads_show_who_began_them_and_whose_they_are(root_s3, shared, stranger, outsider):
    outsider.may("s3:PutObject")
    ids = [s3.create_multipart_upload(Bucket=shared, Key=key)["UploadId"]
           for s3, key in [(stranger(), "a"), (outsider.client(), "b"), (root_s3, "c")]]
    canonical = STRANGER_ACCOUNT.canonical_id
    shown = [(upload["Owner"]["ID"], upload["Initiator"]["ID"])
             for upload in root_s3.list_multipart_uploads(Bucket=shared)["Uploads"]]
    first = owner_of(root_s3)
    assert shown == [(canonical, canonical), (canonical, outsider.arn), (first, first)]
    parts = root_s3.list_parts(Bucket=shared, Key="c", UploadId=ids[2])
    assert parts["Owner"]["ID"] == parts["Initiator"]["ID"] == first


def test_who_began_an_upload_may_see_and_end_it(root_s3, shared, member, outsider, stranger, refused):
    member.may("s3:PutObject")
    # Another account's user needs permission from that account, and none from the bucket's owner.
    outsider.may("s3:PutObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload")
    for s3, account in [(member.client(), root_s3), (outsider.client(), stranger())]:
        upload = s3.create_multipart_upload(Bucket=shared, Key="k")["UploadId"]
        others = (stranger() if account is root_s3 else member.client())
        name = {"Bucket": shared, "Key": "k", "UploadId": upload}
        s3.upload_part(**name, PartNumber=1, Body=b"1")
        assert [part["Size"] for part in s3.list_parts(**name)["Parts"]] == [1]
        account.list_parts(**name)
        for call in (others.list_parts, others.abort_multipart_upload):
            assert refused(call, **name) == ("AccessDenied", 403)
        member.may("s3:AbortMultipartUpload", effect="Deny", policy="shut")
        if account is root_s3:
            assert refused(s3.abort_multipart_upload, **name) == ("AccessDenied", 403)
            member.iam.delete_user_policy(UserName=member.name, PolicyName="shut")
        s3.abort_multipart_upload(**name)
        assert refused(root_s3.list_parts, **name) == ("NoSuchUpload", 404)


def test_authenticated_users_are_of_every_account(root_s3, account_server, home, stranger, refused):
    root_s3.put_object(Bucket=home, Key="k", Body=b"1", ACL="authenticated-read")
    stranger().get_object(Bucket=home, Key="k")
    assert refused(make_anonymous_client(account_server).get_object, Bucket=home, Key="k") == ("AccessDenied", 403)


def test_a_bucket_is_written_by_grant_and_shown_with_it(root_s3, shared, stranger, refused):
    assert (STRANGER_ACCOUNT.canonical_id, "WRITE") in [
        (grant["Grantee"].get("ID"), grant["Permission"]) for grant in root_s3.get_bucket_acl(Bucket=shared)["Grants"]]
    stranger().put_object(Bucket=shared, Key="k", Body=b"1")
    stranger().put_object(Bucket=shared, Key="k2", Body=b"1")
    # It may delete what it wrote, and nothing else.
    root_s3.put_object(Bucket=shared, Key="own", Body=b"1")
    stranger().delete_object(Bucket=shared, Key="k")
    assert refused(stranger().delete_object, Bucket=shared, Key="own") == ("AccessDenied", 403)
    answer = stranger().delete_objects(Bucket=shared, Delete={"Objects": [{"Key": "own"}, {"Key": "k2"}]})
    assert [item["Key"] for item in answer["Deleted"]] == ["k2"]
    assert [(item["Key"], item["Code"]) for item in answer["Errors"]] == [("own", "AccessDenied")]
    assert [entry["Key"] for entry in root_s3.list_objects_v2(Bucket=shared)["Contents"]] == ["own"]


# Public access block of a whole account

@pytest.fixture
def control(monkeypatch):
    """Makes clients of S3 Control, whose host begins with the account's id."""
    import socket
    found = socket.getaddrinfo

    def getaddrinfo(host, *arguments, **options):
        return found("127.0.0.1" if str(host).endswith(".localhost") else host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return lambda server, account: boto3.client(
        "s3control", endpoint_url=f"http://localhost:{server.port}", region_name="us-east-1",
        aws_access_key_id=account.access_key, aws_secret_access_key=account.secret_key)


ALL = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}


def test_an_account_refuses_the_public(account_server, control, refused):
    third, bucket = control(account_server, THIRD_ACCOUNT), f"third-{uuid.uuid4().hex[:20]}"
    s3 = make_client(account_server, THIRD_ACCOUNT.access_key, THIRD_ACCOUNT.secret_key)
    anonymous = make_anonymous_client(account_server)
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="k", Body=b"1", ACL="public-read")
    anonymous.get_object(Bucket=bucket, Key="k")
    me = {"AccountId": THIRD_ACCOUNT.id}
    assert refused(third.get_public_access_block, **me) == ("NoSuchPublicAccessBlockConfiguration", 404)
    third.put_public_access_block(**me, PublicAccessBlockConfiguration={"IgnorePublicAcls": True})
    assert refused(anonymous.get_object, Bucket=bucket, Key="k") == ("AccessDenied", 403)
    third.put_public_access_block(**me, PublicAccessBlockConfiguration=ALL)
    assert third.get_public_access_block(**me)["PublicAccessBlockConfiguration"] == ALL
    assert refused(s3.put_object_acl, Bucket=bucket, Key="k", ACL="public-read") == ("AccessDenied", 403)
    assert refused(put_policy, s3, bucket, "*", "s3:GetObject") == ("AccessDenied", 403)
    # The bucket's own configuration stays, and is returned separately.
    assert refused(s3.get_public_access_block, Bucket=bucket) == ("NoSuchPublicAccessBlockConfiguration", 404)
    third.delete_public_access_block(**me)
    assert refused(third.get_public_access_block, **me) == ("NoSuchPublicAccessBlockConfiguration", 404)
    anonymous.get_object(Bucket=bucket, Key="k")
    put_policy(s3, bucket, "*", "s3:GetObject")


def test_other_accounts_are_not_concerned(account_server, root_s3, home, control, refused):
    third = control(account_server, THIRD_ACCOUNT)
    third.put_public_access_block(AccountId=THIRD_ACCOUNT.id, PublicAccessBlockConfiguration=ALL)
    put_policy(root_s3, home, "*", "s3:GetObject")
    for call in (third.get_public_access_block, third.delete_public_access_block):
        assert refused(call, AccountId=FIRST_ID) == ("AccessDenied", 403)
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        third.put_public_access_block(AccountId=STRANGER_ACCOUNT.id, PublicAccessBlockConfiguration=ALL)
    answer = caught.value.response["ResponseMetadata"]
    assert answer["HTTPStatusCode"] == 403 and "x-coffer-reason" not in answer["HTTPHeaders"]
    assert "does not name the caller's account" in account_server.log_line(answer["RequestId"])
    third.delete_public_access_block(AccountId=THIRD_ACCOUNT.id)


def test_users_need_the_right_to_refuse_the_public(account_server, control, outsider, refused):
    class Keys:
        access_key, secret_key = outsider.key["AccessKeyId"], outsider.key["SecretAccessKey"]

    mine, me = control(account_server, Keys), {"AccountId": STRANGER_ACCOUNT.id}
    assert refused(mine.get_public_access_block, **me) == ("AccessDenied", 403)
    assert refused(mine.delete_public_access_block, **me) == ("AccessDenied", 403)
    outsider.may("s3:GetAccountPublicAccessBlock")
    assert refused(mine.get_public_access_block, **me) == ("NoSuchPublicAccessBlockConfiguration", 404)
    assert refused(mine.delete_public_access_block, **me) == ("AccessDenied", 403)


def test_other_operations_of_s3_control_are_not_there(account_server, control, refused):
    third = control(account_server, THIRD_ACCOUNT)
    assert refused(third.list_jobs, AccountId=THIRD_ACCOUNT.id) == ("NotImplemented", 501)


def test_a_key_may_look_like_a_path_of_s3_control(root_s3, iam, account_server):
    if "v20180820" not in [bucket["Name"] for bucket in root_s3.list_buckets()["Buckets"]]:
        root_s3.create_bucket(Bucket="v20180820")
    root_s3.put_object(Bucket="v20180820", Key="configuration/publicAccessBlock", Body=b"1")
    answer = root_s3.get_object(Bucket="v20180820", Key="configuration/publicAccessBlock")
    assert answer["Body"].read() == b"1"


# Setting up accounts

def write(path, *items):
    path.write_text(json.dumps(list(items)))
    return path


def test_keys_of_an_account_are_made_once_and_stay(tmp_path):
    file = write(tmp_path / "accounts.json", {"name": "audit"})
    shown = []
    for _ in range(2):
        with start("--data", tmp_path / "data", "--accounts", file) as server:
            keys = dict(line.split("=") for line in (tmp_path / "data/account-audit.env").read_text().split())
            s3 = make_client(server, keys["COFFER_ACCESS_KEY"], keys["COFFER_SECRET_KEY"])
            shown.append(owner_of(s3))
            server.stop()
            output = server.process.stdout.read()
            assert "Account audit" in output and keys["COFFER_SECRET_KEY"] not in output
            assert f"{keys['COFFER_ACCESS_KEY']}, its secret in {tmp_path}/data/account-audit.env" in output
    assert shown[0] == shown[1]
    # It stays when it is no longer configured.
    with start("--data", tmp_path / "data") as server:
        assert owner_of(make_client(server, keys["COFFER_ACCESS_KEY"], keys["COFFER_SECRET_KEY"])) == shown[0]
    assert (tmp_path / "data/account-audit.env").stat().st_mode & 0o77 == 0


def test_the_first_account_may_have_a_name_and_an_address(tmp_path):
    file = write(tmp_path / "accounts.json", {"name": "treasury", "id": FIRST_ID, "email": "treasury@example.org"},
                 {"name": "222222222222", "id": "222222222222"})
    with start("--ephemeral", "--accounts", file, COFFER_ACCESS_KEY="root", COFFER_SECRET_KEY="root-secret-of-tests") as server:
        s3 = make_client(server)
        s3.create_bucket(Bucket="books")
        s3.put_bucket_acl(Bucket="books", GrantRead="emailAddress=treasury@example.org")


@pytest.mark.parametrize("items, words", [
    ("{", "line 1, column 2"), ("{}", "JSON list"), ("[1]", "JSON object"), ('[{"id": "1"}]', "has no name"),
    ('[{"name": "../etc"}]', "letters, digits"), ('[{"name": ""}]', "letters, digits"), ('[{"name": "a", "id": "12"}]', "twelve"),
    ('[{"name": "a", "age": "12"}]', "unknown member 'age'"), ('[{"name": 1}]', "must be a string"),
    ('[{"name": "a", "accessKeyId": "x"}]', "or neither"), ('[{"name": "a", "email": "nobody"}]', "e-mail"),
    ('[{"name": "a", "email": "a@b.org"}, {"name": "b", "email": "A@b.org"}]', "the same e-mail address"),
    ('[{"name": "a", "id": "111111111111"}, {"name": "A", "id": "222222222222"}]', "duplicate account"),
    ('[{"name": "a"}, {"name": "A", "accessKeyId": "y", "secretAccessKey": "0123456789ab"}]', "duplicate account"),
    ('[{"name": "a", "id": "111111111111"}, {"name": "b", "id": "111111111111"}]', "duplicate account"),
    ('[{"name": "first", "id": "111111111111"}]', "cannot be changed"),
    ('[{"name": "a", "accessKeyId": "root-of-the-tests", "secretAccessKey": "0123456789ab"}]', "give each its own"),
    ('[{"name": "first", "accessKeyId": "x", "secretAccessKey": "0123456789ab"}]', "--access-key")])
def test_accounts_that_cannot_be_are_refused(tmp_path, items, words):
    (tmp_path / "accounts.json").write_text(items)
    result = servers.run(
        "serve", "--ephemeral", "--port", "0", "--accounts", tmp_path / "accounts.json",
        env={"COFFER_ACCESS_KEY": "root-of-the-tests", "COFFER_SECRET_KEY": "root-secret-of-the-tests"})
    assert result.returncode == 1 and words in result.stderr


def test_a_key_is_of_one_account(tmp_path):
    file = write(tmp_path / "accounts.json", {
        "name": "a", "accessKeyId": "openspending", "secretAccessKey": "another-secret"})
    with start("--data", tmp_path / "data", **{**datastore_environment(), **root_environment()}):
        pass
    # The key of the Datastore's user stays, whatever is in the environment later.
    result = servers.run(
        "serve", "--data", tmp_path / "data", "--port", "0", "--accounts", file, env=root_environment())
    assert result.returncode == 1 and "the access key openspending" in result.stderr


def test_a_file_that_is_not_there_is_named(tmp_path):
    result = servers.run("serve", "--ephemeral", "--port", "0", "--accounts", tmp_path / "none.json")
    assert result.returncode == 1 and "none.json" in result.stderr


def test_a_session_of_the_root_ends_with_its_key(tmp_path):
    def keys(secret):
        return {"COFFER_ACCESS_KEY": "root-of-the-tests", "COFFER_SECRET_KEY": secret}

    with start("--data", tmp_path / "data", **keys("first-secret-of-the-root")) as server:
        credentials = make_client(server, service="sts").get_session_token()["Credentials"]

    def listed(server):
        s3 = make_client(server, credentials["AccessKeyId"], credentials["SecretAccessKey"],
                         aws_session_token=credentials["SessionToken"])
        return s3.list_buckets()["Owner"]["ID"]

    with start("--data", tmp_path / "data", **keys("first-secret-of-the-root")) as server:
        assert listed(server)
    with start("--data", tmp_path / "data", **keys("second-secret-of-the-root")) as server:
        with pytest.raises(botocore.exceptions.ClientError) as caught:
            listed(server)
        assert caught.value.response["Error"]["Code"] == "InvalidToken"


def test_an_account_makes_no_public_bucket(account_server, control, refused, name):
    third, me = control(account_server, THIRD_ACCOUNT), {"AccountId": THIRD_ACCOUNT.id}
    s3 = make_client(account_server, THIRD_ACCOUNT.access_key, THIRD_ACCOUNT.secret_key)
    third.put_public_access_block(**me, PublicAccessBlockConfiguration={"BlockPublicAcls": True})
    try:
        for acl in ({"ACL": "public-read"}, {"ACL": "authenticated-read"}, {"GrantRead": f"uri={ALL_USERS}"}):
            assert refused(s3.create_bucket, Bucket=name, **acl) == ("AccessDenied", 403)
        s3.create_bucket(Bucket=name, ACL="private")
        # CreateBucket once more sets the requested ACL.
        assert refused(s3.create_bucket, Bucket=name, ACL="public-read") == ("AccessDenied", 403)
    finally:
        third.delete_public_access_block(**me)
    s3.create_bucket(Bucket=f"{name}-open", ACL="public-read")


def test_the_log_tells_the_account(account_server, root_s3, home, stranger, outsider):
    """Two accounts may have users of one name, and each account has a root."""
    def line(answer):
        return account_server.log_line(answer["ResponseMetadata"]["RequestId"])

    outsider.may("s3:ListAllMyBuckets")
    for call in (stranger().list_buckets, outsider.client().list_buckets, outsider.client("sts").get_caller_identity):
        assert line(call()).split()[-1] == f"account={STRANGER_ACCOUNT.id}"
    assert "account=" not in line(root_s3.list_buckets())
    put_policy(root_s3, home, STRANGER_ACCOUNT.id, "s3:PutObject")
    post = stranger().generate_presigned_post(home, "k")
    answer = requests.post(post["url"], data=post["fields"], files={"file": b"1"})
    assert answer.status_code == 204
    assert account_server.log_line(answer.headers["x-amz-request-id"]).split()[-1] == f"account={STRANGER_ACCOUNT.id}"
    answer = requests.post(post["url"], data={**post["fields"], "signature": "AAAA"}, files={"file": b"1"})
    assert account_server.log_line(answer.headers["x-amz-request-id"]).split()[3] == "-"
