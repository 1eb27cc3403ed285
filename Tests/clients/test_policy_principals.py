"""Users and roles in bucket and trust policies: those who had the names when the policy was put, and no others."""

import contextlib
import json
import sqlite3

import botocore.exceptions
import pytest

from accounts import FIRST_ID, STRANGER_ACCOUNT
from conftest import Member, make_client, root_environment, start
from test_iam_roles import trust
from test_sts import Temporary

# The account OTHER does not exist.
ACCOUNT, OTHER = FIRST_ID, "999999999999"


def reading(bucket, *principals, effect="Allow", **members):
    """A policy about reading a bucket's objects, as an indented document."""
    principal = {} if "NotPrincipal" in members else {"Principal": {"AWS": list(principals)}}
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": effect, **principal, "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*", **members}]},
        indent=1)


@pytest.fixture
def books(root_s3, name):
    root_s3.create_bucket(Bucket=name)
    root_s3.put_object(Bucket=name, Key="k", Body=b"data")
    return name


def reads(client, bucket):
    try:
        return client.get_object(Bucket=bucket, Key="k")["Body"].read() == b"data"
    except botocore.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDenied"
        return False


def delete(iam, member):
    for policy in iam.list_user_policies(UserName=member.name)["PolicyNames"]:
        iam.delete_user_policy(UserName=member.name, PolicyName=policy)
    for key in iam.list_access_keys(UserName=member.name)["AccessKeyMetadata"]:
        iam.delete_access_key(UserName=member.name, AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName=member.name)


def principal(s3, bucket):
    return json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"][0]["Principal"]["AWS"]


# Bucket policies

def test_a_user_made_anew_under_a_name_is_another_user(account_server, iam, root_s3, member, books):
    document = reading(books, member.arn)
    root_s3.put_bucket_policy(Bucket=books, Policy=document)
    assert reads(member.client(), books)
    assert root_s3.get_bucket_policy(Bucket=books)["Policy"] == document
    old_id = iam.get_user(UserName=member.name)["User"]["UserId"]
    delete(iam, member)
    assert principal(root_s3, books) == [old_id]
    again = Member(account_server, iam, member.name)
    assert again.arn == member.arn and not reads(again.client(), books)
    assert root_s3.get_bucket_policy(Bucket=books)["Policy"] == document.replace(member.arn, old_id)
    root_s3.put_bucket_policy(Bucket=books, Policy=document)
    assert reads(again.client(), books)
    assert root_s3.get_bucket_policy(Bucket=books)["Policy"] == document


def test_who_is_renamed_keeps_the_rights(account_server, iam, root_s3, member, books):
    document = reading(books, member.arn, ACCOUNT)
    root_s3.put_bucket_policy(Bucket=books, Policy=document)
    iam.update_user(UserName=member.name, NewUserName=f"{member.name}-2", NewPath="/moved/")
    assert reads(member.client(), books)
    arn = iam.get_user(UserName=f"{member.name}-2")["User"]["Arn"]
    assert root_s3.get_bucket_policy(Bucket=books)["Policy"] == document.replace(member.arn, arn)
    assert not reads(Member(account_server, iam, member.name).client(), books)


def test_a_denial_follows_whom_it_is_about(account_server, iam, root_s3, member, books):
    member.may("s3:GetObject")
    root_s3.put_bucket_policy(Bucket=books, Policy=reading(books, member.arn, effect="Deny"))
    assert not reads(member.client(), books)
    iam.update_user(UserName=member.name, NewUserName=f"{member.name}-2")
    assert not reads(member.client(), books)
    again = Member(account_server, iam, member.name)
    again.may("s3:GetObject")
    assert reads(again.client(), books)


def test_a_not_principal_follows_whom_it_leaves_out(account_server, iam, root_s3, member, books):
    member.may("s3:GetObject")
    left_out = {"AWS": [ACCOUNT, member.arn]}
    root_s3.put_bucket_policy(Bucket=books, Policy=reading(books, effect="Deny", NotPrincipal=left_out))
    assert reads(member.client(), books)
    iam.update_user(UserName=member.name, NewUserName=f"{member.name}-2")
    assert reads(member.client(), books)
    again = Member(account_server, iam, member.name)
    again.may("s3:GetObject")
    assert not reads(again.client(), books)


def test_sessions_go_with_their_role(account_server, iam, root_s3, member, books):
    def make():
        role = iam.create_role(RoleName=f"{books}-r", Path="/r/", AssumeRolePolicyDocument=trust(member.arn))["Role"]
        answer = member.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="night")
        return role, Temporary(account_server, answer["Credentials"])

    role, session = make()
    root_s3.put_bucket_policy(Bucket=books, Policy=reading(books, role["Arn"]))
    assert reads(session.client(), books)
    iam.delete_role(RoleName=f"{books}-r")
    assert principal(root_s3, books) == [role["RoleId"]]
    again, session = make()
    assert again["Arn"] == role["Arn"] and not reads(session.client(), books)
    # A session in a policy is identified by its name.
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/{books}-r/night"
    root_s3.put_bucket_policy(Bucket=books, Policy=reading(books, arn))
    assert reads(session.client(), books) and principal(root_s3, books) == [arn]


def test_users_of_another_account_are_known_too(account_server, root_s3, books, name, refused):
    theirs = make_client(account_server, STRANGER_ACCOUNT.access_key, STRANGER_ACCOUNT.secret_key, service="iam")
    outsider = Member(account_server, theirs, name)
    outsider.may("s3:GetObject")
    document = reading(books, outsider.arn)
    assert refused(root_s3.put_bucket_policy, Bucket=books, Policy=document.replace(name, f"{name}-2")) == (
        "MalformedPolicy", 400)
    root_s3.put_bucket_policy(Bucket=books, Policy=document)
    theirs.update_user(UserName=name, NewUserName=f"{name}-2", NewPath="/a:b/")
    moved = outsider.arn.replace(f"/{name}", f"/a:b/{name}-2")
    assert reads(outsider.client(), books) and principal(root_s3, books) == [moved]
    root_s3.put_bucket_policy(Bucket=books, Policy=reading(books, moved))
    assert reads(outsider.client(), books)
    again = Member(account_server, theirs, name)
    again.may("s3:GetObject")
    assert again.arn == outsider.arn and not reads(again.client(), books)


def test_a_policy_that_was_read_is_put_back(iam, root_s3, member, books, name):
    keeper = iam.create_user(UserName=f"{name}-keeper")["User"]
    root_s3.put_bucket_policy(Bucket=books, Policy=reading(books, member.arn, keeper["Arn"]))
    delete(iam, member)
    shown = root_s3.get_bucket_policy(Bucket=books)["Policy"]
    root_s3.put_bucket_policy(Bucket=books, Policy=shown)
    assert root_s3.get_bucket_policy(Bucket=books)["Policy"] == shown
    # The id of an existing user is accepted as well, and returned as the user's ARN.
    root_s3.put_bucket_policy(Bucket=books, Policy=reading(books, keeper["UserId"]))
    assert principal(root_s3, books) == [keeper["Arn"]]
    # The id of a deleted user is refused if it is not in the current policy.
    with pytest.raises(botocore.exceptions.ClientError, match="Invalid principal in policy"):
        root_s3.put_bucket_policy(Bucket=books, Policy=shown)


@pytest.mark.parametrize("kind, text", [
    ("AWS", f"arn:aws:iam::{ACCOUNT}:user/nobody"), ("AWS", f"arn:aws:iam::{ACCOUNT}:role/nobody"),
    ("AWS", f"arn:aws:iam::{OTHER}:user/alice"), ("AWS", OTHER), ("AWS", f"arn:aws:iam::{OTHER}:root"),
    ("AWS", "AIDANOBODYNOBODYNOBOD"), ("CanonicalUser", "ab" * 32)])
@pytest.mark.parametrize("element", ["Principal", "NotPrincipal"])
def test_a_principal_that_is_not_there_is_refused(root_s3, books, kind, text, element):
    policy = reading(books, effect="Deny", NotPrincipal=None)
    policy = policy.replace('"NotPrincipal": null', json.dumps({element: {kind: text}})[1:-1])
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        root_s3.put_bucket_policy(Bucket=books, Policy=policy)
    error = caught.value.response["Error"]
    assert (error["Code"], error["Message"]) == ("MalformedPolicy", "Invalid principal in policy")
    assert error["Detail"] == f'"{kind}" : "{text}"'
    with pytest.raises(root_s3.exceptions.ClientError, match="NoSuchBucketPolicy"):
        root_s3.get_bucket_policy(Bucket=books)


def test_nothing_of_a_deleted_policy_stays(tmp_path):
    with start("--data", str(tmp_path / "data"), **root_environment()) as server:
        iam, s3 = make_client(server, service="iam"), make_client(server)
        alice = Member(server, iam, "alice")
        s3.create_bucket(Bucket="books")
        s3.put_bucket_policy(Bucket="books", Policy=reading("books", alice.arn))
        delete(iam, alice)
        shown = s3.get_bucket_policy(Bucket="books")["Policy"]
        s3.delete_bucket_policy(Bucket="books")
        with pytest.raises(botocore.exceptions.ClientError, match="Invalid principal in policy"):
            s3.put_bucket_policy(Bucket="books", Policy=shown)
    with contextlib.closing(sqlite3.connect(tmp_path / "data" / "catalog.sqlite")) as catalog:
        kinds = [kind for kind, in catalog.execute("SELECT kind FROM bucket_configurations")]
        assert not [kind for kind in kinds if kind.startswith("policy")]


# Trust policies

def test_a_role_trusts_who_had_the_name(account_server, iam, member, books, refused):
    role = iam.create_role(RoleName=f"{books}-r", AssumeRolePolicyDocument=trust(member.arn))["Role"]
    ask = {"RoleArn": role["Arn"], "RoleSessionName": "night"}
    user = iam.get_user(UserName=member.name)["User"]
    iam.update_user(UserName=member.name, NewUserName=f"{member.name}-2")
    member.name += "-2"
    member.client("sts").assume_role(**ask)
    again = Member(account_server, iam, user["UserName"])
    assert again.arn == user["Arn"]
    assert refused(again.client("sts").assume_role, **ask) == ("AccessDenied", 403)
    for shown in (iam.get_role(RoleName=role["RoleName"])["Role"],
                  next(each for page in iam.get_paginator("list_roles").paginate() for each in page["Roles"]
                       if each["RoleName"] == role["RoleName"])):
        assert shown["AssumeRolePolicyDocument"] == json.loads(trust(f"{user['Arn']}-2"))
    delete(iam, member)
    shown = iam.get_role(RoleName=role["RoleName"])["Role"]["AssumeRolePolicyDocument"]
    assert shown == json.loads(trust(user["UserId"]))
    iam.update_assume_role_policy(RoleName=role["RoleName"], PolicyDocument=json.dumps(shown))
    assert iam.get_role(RoleName=role["RoleName"])["Role"]["AssumeRolePolicyDocument"] == shown
    iam.update_assume_role_policy(RoleName=role["RoleName"], PolicyDocument=trust(again.arn))
    iam.update_user(UserName=again.name, NewUserName=f"{again.name}-3")
    again.client("sts").assume_role(**ask)
    shown = iam.get_role(RoleName=role["RoleName"])["Role"]["AssumeRolePolicyDocument"]
    assert shown == json.loads(trust(f"{again.arn}-3"))


@pytest.mark.parametrize("text", [
    f"arn:aws:iam::{ACCOUNT}:user/nobody", f"arn:aws:iam::{OTHER}:root", OTHER, "AROANOBODYNOBODYNOBOD"])
def test_a_role_cannot_trust_who_is_not_there(iam, member, name, text):
    iam.create_role(RoleName=f"{name}-r", AssumeRolePolicyDocument=trust(member.arn))
    for call in (lambda: iam.create_role(RoleName=f"{name}-o", AssumeRolePolicyDocument=trust(text)),
                 lambda: iam.update_assume_role_policy(RoleName=f"{name}-r", PolicyDocument=trust(text))):
        with pytest.raises(botocore.exceptions.ClientError) as caught:
            call()
        error = caught.value.response["Error"]
        assert (error["Code"], error["Message"]) == (
            "MalformedPolicyDocument", f'Invalid principal in policy: "AWS":"{text}"')


# Restarts

def test_who_is_meant_is_known_after_a_restart(tmp_path, refused):
    data = tmp_path / "data"
    with start("--data", str(data), **root_environment()) as server:
        iam, s3 = make_client(server, service="iam"), make_client(server)
        alice = Member(server, iam, "alice")
        s3.create_bucket(Bucket="books")
        s3.put_object(Bucket="books", Key="k", Body=b"data")
        s3.put_bucket_policy(Bucket="books", Policy=reading("books", alice.arn))
        role = iam.create_role(RoleName="night", AssumeRolePolicyDocument=trust(alice.arn))["Role"]["Arn"]
    for name in ["alice", "alicia"]:
        with start("--data", str(data), **root_environment()) as server:
            iam, s3 = make_client(server, service="iam"), make_client(server)
            old = make_client(server, alice.key["AccessKeyId"], alice.key["SecretAccessKey"])
            sts = make_client(server, alice.key["AccessKeyId"], alice.key["SecretAccessKey"], service="sts")
            assert reads(old, "books") and sts.assume_role(RoleArn=role, RoleSessionName="night")
            assert principal(s3, "books") == [alice.arn.replace("alice", name)]
            if name == "alice":
                iam.update_user(UserName="alice", NewUserName="alicia")
                continue
            new = Member(server, iam, "alice")
            assert not reads(new.client(), "books")
            assert refused(new.client("sts").assume_role, RoleArn=role, RoleSessionName="night") == (
                "AccessDenied", 403)
