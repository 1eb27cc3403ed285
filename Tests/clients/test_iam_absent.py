"""What an account of this server never has: tools look for it before they delete, and are told that there is none."""

import json

import boto3
import pytest

from conftest import aws_cli, policy_of
from test_iam_roles import trust

OF_USERS = {
    "list_mfa_devices": "MFADevices", "list_ssh_public_keys": "SSHPublicKeys",
    "list_signing_certificates": "Certificates", "list_service_specific_credentials": "ServiceSpecificCredentials"}
OF_ACCOUNTS = {
    "list_virtual_mfa_devices": "VirtualMFADevices", "list_account_aliases": "AccountAliases",
    "list_instance_profiles": "InstanceProfiles", "list_server_certificates": "ServerCertificateMetadataList",
    "list_open_id_connect_providers": "OpenIDConnectProviderList", "list_saml_providers": "SAMLProviderList"}


@pytest.mark.parametrize("operation, items", OF_USERS.items())
def test_users_have_none(iam, member, refused, operation, items):
    assert getattr(iam, operation)(UserName=member.name)[items] == []
    assert refused(getattr(iam, operation), UserName=member.name + "x") == ("NoSuchEntity", 404)
    assert refused(getattr(member.client("iam"), operation), UserName=member.name) == ("AccessDenied", 403)
    member.may("iam:List*", resource=member.arn)
    assert getattr(member.client("iam"), operation)()[items] == []
    assert refused(getattr(member.client("iam"), operation), UserName="other") == ("AccessDenied", 403)


@pytest.mark.parametrize("operation, items", OF_ACCOUNTS.items())
def test_accounts_have_none(iam, member, refused, operation, items):
    assert getattr(iam, operation)()[items] == []
    assert refused(getattr(member.client("iam"), operation)) == ("AccessDenied", 403)


def test_nobody_has_a_password(iam, member, refused):
    for call in iam.get_login_profile, iam.delete_login_profile:
        assert refused(call, UserName=member.name) == ("NoSuchEntity", 404)
    assert refused(iam.update_login_profile, UserName=member.name, Password="new") == ("NoSuchEntity", 404)
    assert refused(iam.get_account_password_policy) == ("NoSuchEntity", 404)
    assert refused(iam.delete_account_password_policy) == ("NoSuchEntity", 404)
    assert refused(member.client("iam").get_login_profile, UserName=member.name) == ("AccessDenied", 403)
    assert refused(iam.create_login_profile, UserName=member.name, Password="new") == ("InvalidAction", 400)


def test_a_user_is_deleted_with_all_that_they_have(iam, member, name, refused):
    """As infrastructure tools delete a user by force: they look for everything that may stand in the way."""
    iam.create_group(GroupName=f"{name}-g")
    iam.add_user_to_group(GroupName=f"{name}-g", UserName=name)
    iam.attach_user_policy(UserName=name, PolicyArn="arn:aws:iam::aws:policy/AmazonS3FullAccess")
    member.may("s3:*")
    for group in iam.list_groups_for_user(UserName=name)["Groups"]:
        iam.remove_user_from_group(UserName=name, GroupName=group["GroupName"])
    for key in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]:
        iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
    for policy in iam.list_attached_user_policies(UserName=name)["AttachedPolicies"]:
        iam.detach_user_policy(UserName=name, PolicyArn=policy["PolicyArn"])
    for policy in iam.list_user_policies(UserName=name)["PolicyNames"]:
        iam.delete_user_policy(UserName=name, PolicyName=policy)
    for operation, items in OF_USERS.items():
        assert getattr(iam, operation)(UserName=name)[items] == []
    assert [device for device in iam.list_virtual_mfa_devices(AssignmentStatus="Any")["VirtualMFADevices"]] == []
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.delete_login_profile(UserName=name)
    iam.delete_user(UserName=name)
    assert refused(iam.get_user, UserName=name) == ("NoSuchEntity", 404)


def test_boto3s_resources_are_walked_through(account_server, iam, member, name):
    iam.create_group(GroupName=f"{name}-g")
    role = iam.create_role(RoleName=f"{name}-r", AssumeRolePolicyDocument=trust(member.arn))["Role"]
    policy = iam.create_policy(PolicyName=f"{name}-p", PolicyDocument=policy_of("s3:*"))["Policy"]
    iam.attach_role_policy(RoleName=role["RoleName"], PolicyArn=policy["Arn"])
    resource = boto3.resource(
        "iam", endpoint_url=account_server.endpoint, region_name="us-east-1",
        aws_access_key_id=account_server.access_key, aws_secret_access_key=account_server.secret_key)
    found = {}
    for entity in (resource, resource.User(name), resource.Group(f"{name}-g"), resource.Role(role["RoleName"]),
                   resource.Policy(policy["Arn"])):
        for collection in entity.meta.resource_model.collections:
            found[entity.meta.resource_model.name, collection.name] = list(getattr(entity, collection.name).all())
    assert len(found) == 24 and [key.id for key in found["User", "access_keys"]] == [member.key["AccessKeyId"]]
    assert [policy.arn for policy in found["Role", "attached_policies"]] == [policy["Arn"]]
    assert found["User", "mfa_devices"] == found["iam", "saml_providers"] == []
    assert resource.Role(role["RoleName"]).assume_role_policy_document == json.loads(trust(member.arn))
    assert resource.AccountSummary().summary_map["Users"] >= 1 and resource.CurrentUser().user_name == "root"


def test_the_cli_lists_no_aliases(account_server):
    assert '"AccountAliases": []' in aws_cli(account_server)("iam", "list-account-aliases").stdout
