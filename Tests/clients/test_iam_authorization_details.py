"""GetAccountAuthorizationDetails: all IAM resources of an account, by kinds and in pages."""

import json

import botocore.config
import pytest

import accounts
from conftest import Member, aws_cli, make_client, policy_of
from test_iam_roles import trust

READ_ONLY = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
LISTS = {"User": "UserDetailList", "Group": "GroupDetailList", "Role": "RoleDetailList"}


@pytest.fixture
def other_iam(account_server):
    """An IAM client of an account that few tests use."""
    account = accounts.THIRD_ACCOUNT
    return make_client(account_server, account.access_key, account.secret_key, service="iam")


@pytest.fixture
def made(account_server, other_iam, name):
    """One resource of each kind, with everything that it can have."""
    iam = other_iam
    policy = iam.create_policy(
        PolicyName=f"{name}-p", Path="/p/", Description="what for", PolicyDocument=policy_of("s3:Get*"))["Policy"]
    iam.create_policy_version(PolicyArn=policy["Arn"], PolicyDocument=policy_of("s3:*"), SetAsDefault=True)
    member = Member(account_server, iam, name)
    member.may("s3:PutObject", resource="arn:aws:s3:::b/ü+ %*")
    iam.tag_user(UserName=name, Tags=[{"Key": "a", "Value": "b"}])
    iam.attach_user_policy(UserName=name, PolicyArn=policy["Arn"])
    iam.put_user_permissions_boundary(UserName=name, PermissionsBoundary=READ_ONLY)
    iam.create_group(GroupName=f"{name}-g", Path="/g/")
    iam.put_group_policy(GroupName=f"{name}-g", PolicyName="p", PolicyDocument=policy_of("s3:Get*"))
    iam.attach_group_policy(GroupName=f"{name}-g", PolicyArn=READ_ONLY)
    iam.add_user_to_group(GroupName=f"{name}-g", UserName=name)
    iam.create_role(
        RoleName=f"{name}-r", AssumeRolePolicyDocument=trust(member.arn), Tags=[{"Key": "c", "Value": "d"}])
    iam.put_role_policy(RoleName=f"{name}-r", PolicyName="p", PolicyDocument=policy_of("s3:List*"))
    return member


def details(iam, *kinds, **options):
    pages = list(iam.get_paginator("get_account_authorization_details").paginate(Filter=list(kinds), **options))
    return {name: [item for page in pages for item in page[name]] for name in [*LISTS.values(), "Policies"]}


def test_everything_is_told_of_everyone(other_iam, made, name):
    iam = other_iam
    found = details(iam)
    user, = [user for user in found["UserDetailList"] if user["UserName"] == name]
    assert user == {
        **{key: value for key, value in iam.get_user(UserName=name)["User"].items()},
        "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": json.loads(
            policy_of("s3:PutObject", resource="arn:aws:s3:::b/ü+ %*"))}],
        "GroupList": [f"{name}-g"],
        "AttachedManagedPolicies": iam.list_attached_user_policies(UserName=name)["AttachedPolicies"]}
    assert user["Tags"] and user["PermissionsBoundary"]["PermissionsBoundaryArn"] == READ_ONLY
    group, = [group for group in found["GroupDetailList"] if group["GroupName"] == f"{name}-g"]
    assert group == {
        **iam.get_group(GroupName=f"{name}-g")["Group"],
        "GroupPolicyList": [{"PolicyName": "p", "PolicyDocument": json.loads(policy_of("s3:Get*"))}],
        "AttachedManagedPolicies": [{"PolicyName": "AmazonS3ReadOnlyAccess", "PolicyArn": READ_ONLY}]}
    role, = [role for role in found["RoleDetailList"] if role["RoleName"] == f"{name}-r"]
    known = iam.get_role(RoleName=f"{name}-r")["Role"]
    assert role == {
        **{key: value for key, value in known.items() if key != "MaxSessionDuration"}, "InstanceProfileList": [],
        "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": json.loads(policy_of("s3:List*"))}],
        "AttachedManagedPolicies": []}
    policy, = [policy for policy in found["Policies"] if policy["PolicyName"] == f"{name}-p"]
    known = iam.get_policy(PolicyArn=policy["Arn"])["Policy"]
    assert {key: value for key, value in policy.items() if key != "PolicyVersionList"} == {
        key: value for key, value in known.items() if key != "Tags"}
    assert [(version["VersionId"], version["IsDefaultVersion"], version["Document"]) for version in policy[
        "PolicyVersionList"]] == [
            ("v2", True, json.loads(policy_of("s3:*"))), ("v1", False, json.loads(policy_of("s3:Get*")))]
    aws, = [policy for policy in found["Policies"] if policy["Arn"] == READ_ONLY]
    assert aws["AttachmentCount"] >= 1 and aws["PolicyVersionList"][0]["VersionId"] == "v1"


def test_documents_are_encoded_as_rfc_3986_says(made):
    """boto3 decodes the documents; the test looks at the raw response."""
    texts = []
    made.iam.meta.events.register(
        "response-received.iam.GetAccountAuthorizationDetails", lambda response_dict, **_: texts.append(response_dict["body"]))
    made.iam.get_account_authorization_details(Filter=["User"])
    assert b"<PolicyDocument>%7B%22Version%22%3A%20%222012-10-17%22%2C%20" in texts[0]
    assert b"arn%3Aaws%3As3%3A%3A%3Ab%2F%5Cu00fc%2B%20%25%2A%22" in texts[0]


@pytest.mark.parametrize("kinds", [
    ["User"], ["Role"], ["Group"], ["LocalManagedPolicy"], ["AWSManagedPolicy"], ["User", "Group"],
    ["LocalManagedPolicy", "AWSManagedPolicy", "AWSManagedPolicy"]])
def test_kinds_are_chosen(other_iam, made, kinds):
    found = details(other_iam, *kinds)
    for kind, name in LISTS.items():
        assert bool(found[name]) == (kind in kinds)
    owners = {policy["Arn"].split(":")[4] for policy in found["Policies"]}
    expected = {"LocalManagedPolicy": accounts.THIRD_ACCOUNT.id, "AWSManagedPolicy": "aws"}
    assert owners == {owner for kind, owner in expected.items() if kind in kinds}


def test_pages_hold_each_once(other_iam, made):
    def names(found):
        return [next(value for key, value in item.items() if key in ("Arn",)) for items in found.values() for item in items]

    whole = names(details(other_iam))
    assert names(details(other_iam, PaginationConfig={"PageSize": 1})) == whole
    assert names(details(other_iam, PaginationConfig={"PageSize": 3})) == whole
    assert len(set(whole)) == len(whole) > 8


def test_large_documents_make_small_pages(other_iam, name):
    spaces = policy_of("s3:*")[:-1] + " " * 100_000 + "}"
    for number in range(12):
        other_iam.create_policy(PolicyName=f"{name}-{number:02}", PolicyDocument=spaces)
    first = other_iam.get_account_authorization_details(Filter=["LocalManagedPolicy"], MaxItems=1000)
    assert first["IsTruncated"]
    assert len([policy for policy in first["Policies"] if policy["PolicyName"].startswith(name)]) < 12
    policies = [policy["PolicyName"] for policy in details(other_iam, "LocalManagedPolicy")["Policies"]]
    assert [policy for policy in policies if policy.startswith(name)] == [f"{name}-{number:02}" for number in range(12)]


def test_it_is_refused_without_a_right_and_for_unknown_kinds(made, other_iam, refused):
    config = botocore.config.Config(parameter_validation=False)
    assert refused(made.client("iam").get_account_authorization_details) == ("AccessDenied", 403)
    made.may("iam:GetAccountAuthorizationDetails")
    other_iam.delete_user_permissions_boundary(UserName=made.name)
    made.client("iam").get_account_authorization_details()
    client = made.client("iam", config=config)
    assert refused(client.get_account_authorization_details, Filter=["Bucket"]) == ("ValidationError", 400)
    assert refused(client.get_account_authorization_details, Marker="!") == ("ValidationError", 400)


def test_the_cli_reads_it(account_server, member):
    found = json.loads(aws_cli(account_server)("iam", "get-account-authorization-details", "--filter", "User").stdout)
    assert member.name in [user["UserName"] for user in found["UserDetailList"]]
