"""Names are compared without regard to case, and returned as they were given."""

import json

import pytest

from conftest import policy_of
from test_iam_roles import trust


def test_a_user_is_found_in_whatever_case(iam, name, refused):
    iam.create_user(UserName=f"{name}-Bob", Path="/staff/")
    for asked in f"{name}-bob", f"{name}-BOB".upper():
        assert iam.get_user(UserName=asked)["User"]["UserName"] == f"{name}-Bob"
    key = iam.create_access_key(UserName=f"{name}-bob")["AccessKey"]
    assert key["UserName"] == f"{name}-Bob"
    iam.put_user_policy(UserName=f"{name}-BOB", PolicyName="p", PolicyDocument=policy_of("s3:*"))
    iam.tag_user(UserName=f"{name}-bOB", Tags=[{"Key": "a", "Value": "b"}])
    assert iam.list_user_policies(UserName=f"{name}-Bob")["PolicyNames"] == ["p"]
    iam.delete_user_policy(UserName=f"{name}-bob", PolicyName="p")
    iam.delete_access_key(UserName=f"{name}-bob", AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName=f"{name}-bob")
    assert refused(iam.get_user, UserName=f"{name}-Bob") == ("NoSuchEntity", 404)


def test_groups_and_roles_are_found_in_whatever_case(iam, name, member):
    iam.create_group(GroupName=f"{name}-Group")
    iam.add_user_to_group(GroupName=f"{name}-group", UserName=member.name.upper())
    assert [user["UserName"] for user in iam.get_group(GroupName=f"{name}-GROUP".lower())["Users"]] == [member.name]
    assert [group["GroupName"] for group in iam.list_groups_for_user(UserName=member.name.upper())["Groups"]] == [
        f"{name}-Group"]
    iam.remove_user_from_group(GroupName=f"{name}-gROUP", UserName=member.name.upper())
    iam.delete_group(GroupName=f"{name}-group")
    iam.create_role(RoleName=f"{name}-Role", AssumeRolePolicyDocument=trust(member.arn))
    assert iam.get_role(RoleName=f"{name}-role")["Role"]["RoleName"] == f"{name}-Role"
    arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    iam.attach_role_policy(RoleName=f"{name}-ROLE", PolicyArn=arn)
    iam.detach_role_policy(RoleName=f"{name}-role", PolicyArn=arn)
    iam.delete_role(RoleName=f"{name}-ROLE")


def test_a_name_may_change_its_case_and_nothing_else(iam, name, refused):
    iam.create_user(UserName=f"{name}-bob")
    iam.create_user(UserName=f"{name}-other")
    iam.update_user(UserName=f"{name}-BOB", NewUserName=f"{name}-Bob")
    assert iam.get_user(UserName=f"{name}-bob")["User"]["UserName"] == f"{name}-Bob"
    assert refused(iam.update_user, UserName=f"{name}-bob", NewUserName=f"{name}-OTHER") == (
        "EntityAlreadyExists", 409)


def test_policies_differ_by_more_than_case(iam, name, refused):
    made = iam.create_policy(PolicyName=f"{name}-P", PolicyDocument=policy_of("s3:*"))["Policy"]
    assert refused(iam.create_policy, PolicyName=f"{name}-p", PolicyDocument=policy_of("s3:*")) == (
        "EntityAlreadyExists", 409)
    # In an ARN, case counts.
    assert refused(iam.get_policy, PolicyArn=made["Arn"].replace(f"{name}-P", f"{name}-p")) == ("NoSuchEntity", 404)


def test_a_denial_by_arn_holds_in_whatever_case_the_name_is_asked_for(iam, member, name, refused):
    iam.create_user(UserName=f"{name}-Boss")
    member.may("iam:GetUser")
    denied = f"arn:aws:iam::000000000000:user/{name}-Boss"
    member.may("iam:GetUser", resource=denied, effect="Deny", policy="denial")
    for asked in f"{name}-Boss", f"{name}-boss":
        assert refused(member.client("iam").get_user, UserName=asked) == ("AccessDenied", 403)


def test_a_refusal_names_what_was_asked_for(iam, member, name):
    """Not the stored spelling of the name, which would reveal that the user exists."""
    iam.create_user(UserName=f"{name}-Secret", Path="/hidden/")
    with pytest.raises(iam.exceptions.ClientError) as caught:
        member.client("iam").get_user(UserName=f"{name}-secret")
    assert f"user/{name}-secret " in caught.value.response["Error"]["Message"]


def test_lists_are_ordered_without_regard_to_case(iam, name):
    path = f"/{name}/"
    for suffix in "bAcB"[:3]:
        iam.create_user(UserName=f"{name}-{suffix}", Path=path)
        iam.create_group(GroupName=f"{name}-{suffix}", Path=path)
        iam.create_policy(PolicyName=f"{name}-{suffix}", Path=path, PolicyDocument=policy_of("s3:*"))
        iam.create_role(RoleName=f"{name}-{suffix}", Path=path,
                        AssumeRolePolicyDocument=trust("arn:aws:iam::000000000000:root"))
        iam.put_user_policy(UserName=f"{name}-A" if suffix == "A" else f"{name}-{suffix}", PolicyName="p",
                            PolicyDocument=policy_of("s3:*"))
    expected = [f"{name}-A", f"{name}-b", f"{name}-c"]
    for operation, items, key in (("list_users", "Users", "UserName"), ("list_groups", "Groups", "GroupName"),
                                  ("list_roles", "Roles", "RoleName"), ("list_policies", "Policies", "PolicyName")):
        call = getattr(iam, operation)
        assert [item[key] for item in call(PathPrefix=path)[items]] == expected
        first = call(PathPrefix=path, MaxItems=1)
        rest = call(PathPrefix=path, Marker=first["Marker"])
        assert [item[key] for item in first[items] + rest[items]] == expected


def test_a_role_is_assumed_by_its_arn_alone(iam, member, name, refused):
    iam.create_role(RoleName=f"{name}-R", AssumeRolePolicyDocument=trust(member.arn))
    sts = member.client("sts")
    session = sts.assume_role(RoleArn=f"arn:aws:iam::000000000000:role/{name}-R", RoleSessionName="one")
    assert session["AssumedRoleUser"]["Arn"].endswith(f"{name}-R/one")
    assert refused(sts.assume_role, RoleArn=f"arn:aws:iam::000000000000:role/{name}-r", RoleSessionName="one") == (
        "AccessDenied", 403)
    assert json.loads(json.dumps(iam.get_role(RoleName=f"{name}-r")["Role"]["AssumeRolePolicyDocument"])) == json.loads(
        trust(member.arn))
