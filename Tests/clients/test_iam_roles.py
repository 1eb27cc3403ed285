"""Roles: made, found, changed, deleted. Assuming them is in test_sts.py."""

import json

import pytest

from conftest import aws_cli, policy_of


def trust(*principals, **statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": list(principals)}, "Action": "sts:AssumeRole", **statement}]})


@pytest.fixture
def role(iam, name, member):
    return iam.create_role(
        RoleName=f"{name}-r", Path="/r/", Description="what for", MaxSessionDuration=7200,
        AssumeRolePolicyDocument=trust(member.arn), Tags=[{"Key": "a", "Value": "b"}])["Role"]


def test_a_role_is_what_was_asked_for(iam, role, member, refused):
    name = role["RoleName"]
    assert role["Arn"] == f"arn:aws:iam::000000000000:role/r/{name}"
    assert role["RoleId"].startswith("AROA") and role["MaxSessionDuration"] == 7200
    assert role["AssumeRolePolicyDocument"] == json.loads(trust(member.arn))
    assert iam.get_role(RoleName=name)["Role"] == role
    assert [found["RoleName"] for found in iam.list_roles()["Roles"] if found["RoleName"] == name] == [name]
    assert refused(iam.create_role, RoleName=name.upper(),
                   AssumeRolePolicyDocument=trust(member.arn)) == ("EntityAlreadyExists", 409)
    iam.delete_role(RoleName=name)
    assert refused(iam.get_role, RoleName=name) == ("NoSuchEntity", 404)


def test_a_role_is_changed(iam, role, member, refused):
    name = role["RoleName"]
    iam.update_role(RoleName=name, Description="else", MaxSessionDuration=3600)
    other = trust("arn:aws:iam::000000000000:root")
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=other)
    iam.tag_role(RoleName=name, Tags=[{"Key": "c", "Value": "d"}])
    iam.untag_role(RoleName=name, TagKeys=["a"])
    found = iam.get_role(RoleName=name)["Role"]
    assert (found["Description"], found["MaxSessionDuration"]) == ("else", 3600)
    assert found["AssumeRolePolicyDocument"] == json.loads(other)
    assert found["Tags"] == iam.list_role_tags(RoleName=name)["Tags"] == [{"Key": "c", "Value": "d"}]
    assert refused(iam.update_role, RoleName=name, MaxSessionDuration=43201) == ("ValidationError", 400)


@pytest.mark.parametrize("text", ["x" * 1001, "a\x00b", "a\x1bb", "a\x7fb", "a\u2028b"])
def test_a_malformed_description_of_a_role_is_refused(iam, role, name, member, refused, text):
    assert refused(iam.create_role, RoleName=f"{name}-other", AssumeRolePolicyDocument=trust(member.arn),
                   Description=text) == ("ValidationError", 400)
    assert refused(iam.update_role, RoleName=role["RoleName"], Description=text) == ("ValidationError", 400)
    assert refused(iam.update_role_description, RoleName=role["RoleName"], Description=text) == (
        "ValidationError", 400)


def test_a_description_is_changed_alone(iam, role):
    answer = iam.update_role_description(RoleName=role["RoleName"], Description="tab\tand é")
    assert answer["Role"]["Description"] == "tab\tand é"
    assert answer["Role"] == iam.get_role(RoleName=role["RoleName"])["Role"]


def test_a_role_has_no_instance_profiles(iam, role, name, refused):
    assert iam.list_instance_profiles_for_role(RoleName=role["RoleName"])["InstanceProfiles"] == []
    assert refused(iam.list_instance_profiles_for_role, RoleName=f"{name}-none") == ("NoSuchEntity", 404)


def test_a_role_has_policies_of_all_kinds(iam, role, refused):
    name = role["RoleName"]
    arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=policy_of("s3:*"))
    iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=arn)
    assert iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"][0]["PolicyArn"] == arn
    assert iam.get_role_policy(RoleName=name, PolicyName="p")["PolicyDocument"] == json.loads(policy_of("s3:*"))
    assert iam.get_role(RoleName=name)["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"] == arn
    assert refused(iam.delete_role, RoleName=name) == ("DeleteConflict", 409)
    iam.detach_role_policy(RoleName=name, PolicyArn=arn)
    assert refused(iam.delete_role, RoleName=name) == ("DeleteConflict", 409)
    iam.delete_role_policy(RoleName=name, PolicyName="p")
    iam.delete_role_permissions_boundary(RoleName=name)
    iam.delete_role(RoleName=name)


@pytest.mark.parametrize("document", [
    "nonsense", "{}", policy_of("sts:AssumeRole"), trust("nobody"),
    trust("arn:aws:iam::000000000000:root", Resource="*"), trust("arn:aws:iam::000000000000:root", Action="s3:*")])
def test_a_malformed_trust_policy_is_refused(iam, role, name, refused, document):
    assert refused(iam.create_role, RoleName=f"{name}-x", AssumeRolePolicyDocument=document) \
        == ("MalformedPolicyDocument", 400)
    assert refused(iam.update_assume_role_policy, RoleName=role["RoleName"], PolicyDocument=document) \
        == ("MalformedPolicyDocument", 400)


def test_making_roles_or_changing_their_trust_needs_a_right(role, member, refused):
    client = member.client("iam")
    assert refused(client.create_role, RoleName="r", AssumeRolePolicyDocument=trust(member.arn)) \
        == ("AccessDenied", 403)
    assert refused(client.update_assume_role_policy, RoleName=role["RoleName"], PolicyDocument=trust(member.arn)) \
        == ("AccessDenied", 403)


def test_the_cli_makes_a_role_and_finds_it(account_server, member):
    aws = aws_cli(account_server)
    aws("iam", "create-role", "--role-name", f"{member.name}-cli", "--assume-role-policy-document", trust(member.arn))
    role = json.loads(aws("iam", "get-role", "--role-name", f"{member.name}-cli").stdout)["Role"]
    assert role["AssumeRolePolicyDocument"] == json.loads(trust(member.arn))
