"""Condition keys that have a value in every request."""

import uuid

import pytest

from accounts import FIRST_ID, STRANGER_ACCOUNT
from conftest import make_anonymous_client, make_client, policy_of

DENIED = ("AccessDenied", 403)
OTHERS_ROLE = f"arn:aws:iam::{STRANGER_ACCOUNT.id}:role/"


def deny(member, **condition):
    member.may("s3:*", "iam:*", "sts:*")
    member.iam.put_user_policy(UserName=member.name, PolicyName="denial", PolicyDocument=policy_of(
        "*", effect="Deny", Condition=condition))


@pytest.mark.parametrize("condition", [
    # IAM User Guide, "Denies access to AWS based on the source IP".
    {"NotIpAddress": {"aws:SourceIp": ["192.0.2.0/24"]}, "Bool": {"aws:ViaAWSService": "false"}},
    {"Bool": {"aws:PrincipalIsAWSService": "false"}}, {"StringEquals": {"aws:ResourceAccount": FIRST_ID}}], ids=str)
def test_a_denial_holds_for_every_request(member, root_s3, name, refused, condition):
    root_s3.create_bucket(Bucket=name)
    deny(member, **condition)
    s3, iam = member.client(), member.client("iam")
    for call, parameters in [
            (s3.list_buckets, {}), (s3.create_bucket, {"Bucket": f"{name}-new"}), (s3.list_objects_v2, {"Bucket": name}),
            (iam.list_users, {})]:
        assert refused(call, **parameters) == DENIED


@pytest.mark.parametrize("condition", [
    {"Bool": {"aws:ViaAWSService": "true"}}, {"Bool": {"aws:PrincipalIsAWSService": "true"}},
    {"StringNotEquals": {"aws:ResourceAccount": FIRST_ID}}, {"StringEquals": {"aws:ResourceAccount": STRANGER_ACCOUNT.id}}],
    ids=str)
def test_a_denial_for_other_accounts_does_not_concern_the_own(member, root_s3, name, condition):
    root_s3.create_bucket(Bucket=name)
    deny(member, **condition)
    member.client().list_buckets()
    member.client().list_objects_v2(Bucket=name)
    member.client("iam").list_users()


def test_conditions_on_services_do_not_match_anonymous_callers(account_server, root_s3, name, refused):
    root_s3.create_bucket(Bucket=name)
    root_s3.put_bucket_policy(Bucket=name, Policy=policy_of(
        "s3:ListBucket", resource=f"arn:aws:s3:::{name}", Principal="*",
        Condition={"Bool": {"aws:PrincipalIsAWSService": "false"}}))
    assert refused(make_anonymous_client(account_server).list_objects_v2, Bucket=name) == DENIED
    root_s3.list_objects_v2(Bucket=name)


def test_a_role_is_of_its_own_account(account_server, member, refused):
    role = f"t-{uuid.uuid4().hex[:20]}"
    theirs = make_client(
        account_server, STRANGER_ACCOUNT.access_key, STRANGER_ACCOUNT.secret_key, service="iam")
    theirs.create_role(RoleName=role, AssumeRolePolicyDocument=policy_of("sts:AssumeRole", Principal={"AWS": FIRST_ID})
                       .replace('"Resource": "*", ', ""))
    request = {"RoleArn": OTHERS_ROLE + role, "RoleSessionName": "night"}
    sts = member.client("sts")
    for account, is_denied in [(FIRST_ID, False), (STRANGER_ACCOUNT.id, True)]:
        deny(member, StringEquals={"aws:ResourceAccount": account})
        if is_denied:
            assert refused(sts.assume_role, **request) == DENIED
        else:
            sts.assume_role(**request)
