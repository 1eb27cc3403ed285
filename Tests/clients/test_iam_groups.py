"""Groups: their members, and their policies, which apply to the members."""

import pytest

from conftest import policy_of


@pytest.fixture
def group(iam, name):
    return iam.create_group(GroupName=f"{name}-g", Path="/g/")["Group"]


def test_a_group_is_what_was_asked_for(iam, group, refused):
    name = group["GroupName"]
    assert group["Arn"] == f"arn:aws:iam::000000000000:group/g/{name}"
    assert group["GroupId"].startswith("AGPA")
    found = iam.get_group(GroupName=name)
    assert found["Group"] == group and found["Users"] == []
    assert refused(iam.create_group, GroupName=name.upper()) == ("EntityAlreadyExists", 409)
    iam.update_group(GroupName=name, NewGroupName=f"{name}2", NewPath="/h/")
    assert refused(iam.get_group, GroupName=name) == ("NoSuchEntity", 404)
    assert [found["GroupName"] for found in iam.list_groups(PathPrefix="/h/")["Groups"]] == [f"{name}2"]
    iam.update_group(GroupName=f"{name}2", NewPath="/i/")
    iam.delete_group(GroupName=f"{name}2")
    assert refused(iam.delete_group, GroupName=f"{name}2") == ("NoSuchEntity", 404)


def test_a_groups_policies_hold_for_its_members_and_for_nobody_else(iam, member, group, refused):
    name = group["GroupName"]
    iam.put_group_policy(GroupName=name, PolicyName="p", PolicyDocument=policy_of("s3:ListAllMyBuckets"))
    s3 = member.client()
    assert refused(s3.list_buckets) == ("AccessDenied", 403)
    iam.add_user_to_group(GroupName=name, UserName=member.name)
    iam.add_user_to_group(GroupName=name, UserName=member.name)
    s3.list_buckets()
    assert [user["UserName"] for user in iam.get_group(GroupName=name)["Users"]] == [member.name]
    assert [found["GroupName"] for found in iam.list_groups_for_user(UserName=member.name)["Groups"]] == [name]
    iam.attach_group_policy(GroupName=name, PolicyArn="arn:aws:iam::aws:policy/AWSDenyAll")
    assert refused(s3.list_buckets) == ("AccessDenied", 403)
    iam.detach_group_policy(GroupName=name, PolicyArn="arn:aws:iam::aws:policy/AWSDenyAll")
    s3.list_buckets()
    iam.remove_user_from_group(GroupName=name, UserName=member.name)
    assert refused(s3.list_buckets) == ("AccessDenied", 403)


def test_a_renamed_group_keeps_its_members(iam, member, group):
    iam.add_user_to_group(GroupName=group["GroupName"], UserName=member.name)
    iam.update_group(GroupName=group["GroupName"], NewGroupName=f"{group['GroupName']}-2")
    users = iam.get_group(GroupName=f"{group['GroupName']}-2")["Users"]
    assert [user["UserName"] for user in users] == [member.name]


def test_a_group_with_members_or_policies_is_not_deleted(iam, member, group, refused):
    name = group["GroupName"]
    iam.add_user_to_group(GroupName=name, UserName=member.name)
    assert refused(iam.delete_group, GroupName=name) == ("DeleteConflict", 409)
    iam.remove_user_from_group(GroupName=name, UserName=member.name)
    iam.put_group_policy(GroupName=name, PolicyName="p", PolicyDocument=policy_of("s3:*"))
    assert iam.list_group_policies(GroupName=name)["PolicyNames"] == ["p"]
    assert refused(iam.delete_group, GroupName=name) == ("DeleteConflict", 409)
    iam.delete_group_policy(GroupName=name, PolicyName="p")
    iam.delete_group(GroupName=name)


def test_a_user_is_in_ten_groups_at_most(iam, member, refused):
    for number in range(11):
        iam.create_group(GroupName=f"{member.name}-{number}")
    for number in range(10):
        iam.add_user_to_group(GroupName=f"{member.name}-{number}", UserName=member.name)
    assert refused(iam.add_user_to_group, GroupName=f"{member.name}-10",
                   UserName=member.name) == ("LimitExceeded", 409)


def test_users_or_groups_that_there_are_not(iam, member, group, refused):
    assert refused(iam.add_user_to_group, GroupName="none", UserName=member.name) == ("NoSuchEntity", 404)
    assert refused(iam.add_user_to_group, GroupName=group["GroupName"], UserName="none") == ("NoSuchEntity", 404)


def test_putting_oneself_into_a_group_needs_its_own_right(iam, member, group, refused):
    member.may("iam:Get*", "iam:List*", "iam:CreateGroup")
    assert refused(member.client("iam").add_user_to_group, GroupName=group["GroupName"],
                   UserName=member.name) == ("AccessDenied", 403)
