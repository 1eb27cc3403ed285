"""Conditions on the parameters and resources of IAM requests: boundaries, policies' ARNs and tags."""

import json

import botocore.exceptions
import pytest

from conftest import Member, policy_of

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
READER = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"


@pytest.fixture
def delegate(iam, member):
    """An IAM client of a user who may do some actions under a condition."""

    def delegate(*actions, **condition):
        iam.put_user_policy(UserName=member.name, PolicyName="own", PolicyDocument=policy_of(
            *actions, Condition=condition))
        return member.client("iam")

    return delegate


def stray(client, **parameters):
    """Adds parameters to each request that its operation does not have."""
    client.meta.events.register(
        "before-call.iam", lambda params, **_: params["body"].update(parameters), unique_id="stray")
    return client


@pytest.fixture
def boundary(iam, name):
    return iam.create_policy(PolicyName=f"{name}-boundary", PolicyDocument=policy_of("s3:*"))["Policy"]["Arn"]


@pytest.fixture
def other(account_server, iam, name):
    return Member(account_server, iam, f"{name}-other")


def test_a_stray_boundary_does_not_satisfy_a_condition(boundary, other, delegate, refused):
    client = stray(
        delegate("iam:*", StringEquals={"iam:PermissionsBoundary": boundary}), PermissionsBoundary=boundary)
    assert refused(client.attach_user_policy, UserName=other.name, PolicyArn=ADMINISTRATOR) == ("AccessDenied", 403)
    document = policy_of("*")
    assert refused(client.put_user_policy, UserName=other.name, PolicyName="p", PolicyDocument=document) == (
        "AccessDenied", 403)
    assert refused(client.create_access_key, UserName=other.name) == ("AccessDenied", 403)
    assert refused(client.delete_user_permissions_boundary, UserName=other.name) == ("AccessDenied", 403)


def test_the_boundary_asked_for_is_the_one_that_the_target_has(iam, boundary, other, delegate, refused):
    client = delegate("iam:*", StringEquals={"iam:PermissionsBoundary": boundary})
    iam.put_user_permissions_boundary(UserName=other.name, PermissionsBoundary=boundary)
    client.attach_user_policy(UserName=other.name, PolicyArn=READER)
    client.detach_user_policy(UserName=other.name, PolicyArn=READER)
    client.put_user_policy(UserName=other.name, PolicyName="p", PolicyDocument=policy_of("s3:*"))
    client.delete_user_policy(UserName=other.name, PolicyName="p")
    client.delete_user_permissions_boundary(UserName=other.name)
    assert refused(client.attach_user_policy, UserName=other.name, PolicyArn=READER) == ("AccessDenied", 403)


def test_the_boundary_asked_for_is_the_one_that_making_gives(name, boundary, delegate, refused):
    client = delegate("iam:*", StringEquals={"iam:PermissionsBoundary": boundary})
    assert refused(client.create_user, UserName=f"{name}-new") == ("AccessDenied", 403)
    client.create_user(UserName=f"{name}-new", PermissionsBoundary=boundary)
    assert refused(client.put_user_permissions_boundary, UserName=f"{name}-new", PermissionsBoundary=READER) == (
        "AccessDenied", 403)
    client.put_user_permissions_boundary(UserName=f"{name}-new", PermissionsBoundary=boundary)


def test_a_policy_arn_is_one_only_where_it_is_attached(other, delegate, refused):
    client = stray(delegate("iam:*", ArnEquals={"iam:PolicyARN": READER}), PolicyArn=READER)
    assert refused(client.put_user_policy, UserName=other.name, PolicyName="p", PolicyDocument=policy_of("*")) == (
        "AccessDenied", 403)
    client.attach_user_policy(UserName=other.name, PolicyArn=READER)


def test_stray_tags_do_not_satisfy_a_condition(other, delegate, refused):
    client = stray(
        delegate("iam:*", StringEquals={"aws:RequestTag/team": "a"}),
        **{"Tags.member.1.Key": "team", "Tags.member.1.Value": "a"})
    assert refused(client.create_access_key, UserName=other.name) == ("AccessDenied", 403)
    assert refused(client.untag_user, UserName=other.name, TagKeys=["x"]) == ("AccessDenied", 403)
    client.tag_user(UserName=other.name, Tags=[{"Key": "team", "Value": "a"}])


def test_only_some_tag_keys_may_be_given_and_taken(other, delegate, refused):
    client = delegate("iam:*", **{
        "ForAllValues:StringEquals": {"aws:TagKeys": ["team", "cost"]}, "Null": {"aws:TagKeys": "false"}})
    client.tag_user(UserName=other.name, Tags=[{"Key": "team", "Value": "a"}, {"Key": "cost", "Value": "b"}])
    client.untag_user(UserName=other.name, TagKeys=["cost"])
    assert refused(client.untag_user, UserName=other.name, TagKeys=["team", "role"]) == ("AccessDenied", 403)
    assert refused(client.tag_user, UserName=other.name, Tags=[
        {"Key": "team", "Value": "a"}, {"Key": "role", "Value": "b"}]) == ("AccessDenied", 403)
    assert refused(client.delete_user, UserName=other.name) == ("AccessDenied", 403)


@pytest.mark.parametrize("key", ["aws:ResourceTag/Team", "iam:ResourceTag/Team"])
def test_users_and_roles_are_chosen_by_their_tags(iam, name, other, delegate, refused, key):
    client = delegate("iam:*", StringEquals={key: "a"})
    trust = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]})
    iam.create_role(RoleName=f"{name}-role", AssumeRolePolicyDocument=trust, Tags=[{"Key": "Team", "Value": "a"}])
    assert refused(client.get_user, UserName=other.name) == ("AccessDenied", 403)
    iam.tag_user(UserName=other.name, Tags=[{"Key": "Team", "Value": "a"}])
    client.get_user(UserName=other.name)
    client.get_role(RoleName=f"{name}-role")
    client.update_user(UserName=other.name, NewPath="/moved/")
    iam.tag_user(UserName=other.name, Tags=[{"Key": "Team", "Value": "b"}])
    assert refused(client.get_user, UserName=other.name) == ("AccessDenied", 403)


def test_policies_are_chosen_by_their_tags(iam, name, delegate, refused):
    client = delegate("iam:GetPolicy", StringEquals={"aws:ResourceTag/team": "a"})
    made = [
        iam.create_policy(PolicyName=f"{name}-{team}", PolicyDocument=policy_of("s3:*"), Tags=[
            {"Key": "team", "Value": team}])["Policy"]["Arn"] for team in "ab"]
    client.get_policy(PolicyArn=made[0])
    assert refused(client.get_policy, PolicyArn=made[1]) == ("AccessDenied", 403)


def test_making_with_tags_needs_the_right_to_tag(member, name, refused):
    tags = [{"Key": "team", "Value": "a"}]
    trust = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": member.arn}, "Action": "sts:AssumeRole"}]})
    client = member.client("iam")
    calls = [
        ("User", client.create_user, {"UserName": f"{name}-u"}),
        ("Role", client.create_role, {"RoleName": f"{name}-r", "AssumeRolePolicyDocument": trust}),
        ("Policy", client.create_policy, {"PolicyName": f"{name}-p", "PolicyDocument": policy_of("s3:*")})]
    for noun, create, options in calls:
        member.may(f"iam:Create{noun}")
        with pytest.raises(botocore.exceptions.ClientError, match=f"not authorized to perform: iam:Tag{noun} "):
            create(**options, Tags=tags)
        member.may(f"iam:Create{noun}", f"iam:Tag{noun}")
        create(**options, Tags=tags)
        member.may(f"iam:Create{noun}")
        assert refused(create, **options) == ("EntityAlreadyExists", 409)
