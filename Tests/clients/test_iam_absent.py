"""IAM resources that an account here never has: tools ask for them before they delete, and get empty results."""

import base64
import json

import boto3
import botocore
import botocore.config
import pytest

from conftest import aws_cli, policy_of
from test_iam_roles import trust
from test_iam_users import ask
from wire import Connection

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
    """Deletes a user as infrastructure tools do: they first ask for everything that could prevent it."""
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


ACCOUNT = "arn:aws:iam::000000000000"


@pytest.mark.parametrize("operation, options", [
    ("get_instance_profile", {"InstanceProfileName": "none"}),
    ("list_instance_profile_tags", {"InstanceProfileName": "none"}),
    ("get_server_certificate", {"ServerCertificateName": "none"}),
    ("list_server_certificate_tags", {"ServerCertificateName": "none"}),
    ("get_open_id_connect_provider", {"OpenIDConnectProviderArn": f"{ACCOUNT}:oidc-provider/idp.example"}),
    ("list_open_id_connect_provider_tags", {"OpenIDConnectProviderArn": f"{ACCOUNT}:oidc-provider/idp.example"}),
    ("get_saml_provider", {"SAMLProviderArn": f"{ACCOUNT}:saml-provider/none"}),
    ("list_saml_provider_tags", {"SAMLProviderArn": f"{ACCOUNT}:saml-provider/none"}),
    ("get_mfa_device", {"SerialNumber": f"{ACCOUNT}:mfa/none"}),
    ("list_mfa_device_tags", {"SerialNumber": f"{ACCOUNT}:mfa/none"}),
    ("get_service_last_accessed_details", {"JobId": "0" * 36}),
    ("get_service_last_accessed_details_with_entities", {"JobId": "0" * 36, "ServiceNamespace": "s3"}),
    ("get_organizations_access_report", {"JobId": "0" * 36}),
    ("get_service_linked_role_deletion_status", {"DeletionTaskId": "task/none"})])
def test_what_there_never_is_is_not_found(iam, member, refused, operation, options):
    assert refused(getattr(iam, operation), **options) == ("NoSuchEntity", 404)
    assert refused(getattr(member.client("iam"), operation), **options) == ("AccessDenied", 403)


def test_public_keys_and_reports_are_not_found(iam, member, refused):
    asked = {"SSHPublicKeyId": "APKAAAAAAAAAAAAAAAAA", "Encoding": "SSH"}
    assert refused(iam.get_ssh_public_key, UserName=member.name, **asked) == ("NoSuchEntity", 404)
    assert refused(iam.get_ssh_public_key, UserName="nobody", **asked) == ("NoSuchEntity", 404)
    assert refused(member.client("iam").get_ssh_public_key, UserName=member.name, **asked) == ("AccessDenied", 403)
    assert refused(iam.get_credential_report) == ("ReportNotPresent", 410)
    with pytest.raises(iam.exceptions.CredentialReportNotPresentException):
        iam.get_credential_report()
    assert refused(iam.get_saml_provider, SAMLProviderArn=f"{ACCOUNT}:role/no-provider") == ("InvalidInput", 400)


def test_empty_lists_have_the_members_of_the_model_alone(account_server, iam, member):
    assert iam.list_service_specific_credentials(AllUsers=True)["ServiceSpecificCredentials"] == []
    for action, has_pages in (("ListSAMLProviders", False), ("ListOpenIDConnectProviders", False),
                              ("ListAccountAliases", True)):
        answer = ask(account_server, f"Action={action}&Version=2010-05-08")
        assert answer.status_code == 200 and ("IsTruncated" in answer.text) == has_pages


# Unsigned requests, whose callers an identity provider would vouch for

def token(**claims):
    parts = [json.dumps(part).encode() for part in ({"alg": "RS256"}, claims)] + [b"signature"]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


@pytest.mark.parametrize("web_token, message", [
    ("nonsense", "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"),
    ("a.b.c", "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"),
    (token(iss="https://idp.example"), "No OpenIDConnect provider found in your account for https://idp.example")])
def test_no_web_identity_is_known(account_server, web_token, message):
    sts = unsigned(account_server)
    with pytest.raises(sts.exceptions.InvalidIdentityTokenException) as caught:
        sts.assume_role_with_web_identity(
            RoleArn=f"{ACCOUNT}:role/any", RoleSessionName="pod", WebIdentityToken=web_token)
    assert caught.value.response["Error"]["Message"] == message
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_no_saml_assertion_is_known(account_server):
    sts = unsigned(account_server)
    for assertion, message in (("AAAA", "Specified provider doesn't exist"), ("?" * 8, "Invalid base64 SAMLResponse")):
        with pytest.raises(sts.exceptions.InvalidIdentityTokenException) as caught:
            sts.assume_role_with_saml(
                RoleArn=f"{ACCOUNT}:role/any", PrincipalArn=f"{ACCOUNT}:saml-provider/x", SAMLAssertion=assertion)
        assert caught.value.response["Error"]["Message"] == message


def test_unsigned_requests_of_sts_are_answered_in_its_namespace(account_server, http):
    query = {"Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15", "RoleArn": f"{ACCOUNT}:role/any",
             "RoleSessionName": "pod", "WebIdentityToken": "nonsense"}
    namespace = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"'
    for answer in http.post(f"{account_server.endpoint}/", data=query), http.get(account_server.endpoint, params=query):
        assert (answer.status_code, namespace in answer.text) == (400, True)
        assert "<Code>InvalidIdentityToken</Code>" in answer.text
    del query["RoleSessionName"]
    answer = http.post(f"{account_server.endpoint}/", data=query)
    assert "<Code>ValidationError</Code>" in answer.text and namespace in answer.text and "nonsense" not in answer.text
    line = account_server.log_line(answer.headers["x-amzn-RequestId"])
    assert "AssumeRoleWithWebIdentity" in line and "nonsense" not in line


@pytest.mark.parametrize("action, version", [
    ("AssumeRole", "2011-06-15"), ("ListUsers", "2010-05-08"), ("AssumeRoleWithWebIdentity", "2010-05-08")])
def test_other_unsigned_requests_are_refused_as_before(account_server, http, action, version):
    answer = http.post(f"{account_server.endpoint}/", data={"Action": action, "Version": version})
    assert (answer.status_code, "<Code>MissingAuthenticationToken</Code>" in answer.text) == (403, True)


def test_little_is_held_for_who_signs_nothing(account_server):
    with Connection(account_server) as connection:
        connection.request("POST", "/", [
            ("Content-Type", "application/x-www-form-urlencoded"), ("Content-Length", str(65 << 10)),
            ("Expect", "100-continue")])
        answer = connection.answer()
        assert answer.status == 403 and b"MissingAuthenticationToken" in answer.body


def unsigned(server):
    return boto3.client(
        "sts", endpoint_url=server.endpoint, region_name="us-east-1",
        config=botocore.config.Config(signature_version=botocore.UNSIGNED))
