"""Roles: made, found, changed, deleted. Assuming them is in test_sts.py."""

import json
import time

import pytest

from conftest import aws_cli, make_client, policy_of, root_environment, start


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
    assert iam.get_role(RoleName=name)["Role"] == {**role, "RoleLastUsed": {}}
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
    assert {**answer["Role"], "RoleLastUsed": {}} == iam.get_role(RoleName=role["RoleName"])["Role"]


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


# Later additions to roles

def test_the_longest_session_of_those_who_sign_in(iam, role, name, member, refused):
    for options in {}, {"MaxSigninSessionDuration": 7_776_000}:
        made = iam.create_role(
            RoleName=f"{name}-{len(options)}", AssumeRolePolicyDocument=trust(member.arn), **options)["Role"]
        assert made.get("MaxSigninSessionDuration") == options.get("MaxSigninSessionDuration")
        assert made["MaxSessionDuration"] == 3600
    other = role["RoleName"]

    def signin():
        return iam.get_role(RoleName=other)["Role"].get("MaxSigninSessionDuration")

    iam.update_role(RoleName=other, MaxSigninSessionDuration=3600)
    assert signin() == 3600
    iam.update_role(RoleName=other, Description="another", ResetMaxSigninSessionDuration=False)
    assert signin() == 3600
    assert refused(iam.update_role, RoleName=other, MaxSigninSessionDuration=7200,
                   ResetMaxSigninSessionDuration=True) == ("InvalidInput", 400)
    for _ in range(2):
        iam.update_role(RoleName=other, ResetMaxSigninSessionDuration=True)
        assert signin() is None


def test_when_a_role_was_last_used_is_reported(iam, account_server, role, member):
    def last_used():
        details = iam.get_account_authorization_details(Filter=["Role"], MaxItems=1000)["RoleDetailList"]
        detail, = [found for found in details if found["RoleName"] == role["RoleName"]]
        use = iam.get_role(RoleName=role["RoleName"])["Role"]["RoleLastUsed"]
        assert detail["RoleLastUsed"] == use
        return use

    assert last_used() == {}
    credentials = member.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="night")["Credentials"]
    assert last_used() == {}
    make_client(
        account_server, credentials["AccessKeyId"], credentials["SecretAccessKey"], service="sts",
        region_name="eu-central-1", aws_session_token=credentials["SessionToken"]).get_caller_identity()
    used = last_used()
    assert used["Region"] == "eu-central-1" and abs(used["LastUsedDate"].timestamp() - time.time()) < 60
    iam.update_role(RoleName=role["RoleName"], Description="changed since")
    assert last_used() == used
    assert all("RoleLastUsed" not in found for found in iam.list_roles(MaxItems=1000)["Roles"])


def test_what_is_told_of_a_role_outlives_the_server(tmp_path):
    data, uses = str(tmp_path / "data"), []
    for _ in range(2):
        with start("--data", data, **root_environment()) as server:
            iam = make_client(server, service="iam")
            if not uses:
                arn = iam.create_user(UserName="alice")["User"]["Arn"]
                key = iam.create_access_key(UserName="alice")["AccessKey"]
                made = iam.create_role(
                    RoleName="r", AssumeRolePolicyDocument=trust(arn), MaxSigninSessionDuration=5000)["Role"]
                sts = make_client(server, key["AccessKeyId"], key["SecretAccessKey"], service="sts")
                session = sts.assume_role(RoleArn=made["Arn"], RoleSessionName="one")["Credentials"]
                make_client(server, session["AccessKeyId"], session["SecretAccessKey"], service="sts",
                            aws_session_token=session["SessionToken"]).get_caller_identity()
            found = iam.get_role(RoleName="r")["Role"]
            uses.append((found["MaxSigninSessionDuration"], found["RoleLastUsed"]["LastUsedDate"]))
    assert uses[0] == uses[1] and uses[0][0] == 5000
