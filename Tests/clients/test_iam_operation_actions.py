"""Each IAM operation is allowed by the action of its own name, and by no other."""

import json

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.exceptions
import botocore.session
import pytest
import requests

from conftest import Member, make_client, policy_of, root_environment, start
from test_iam_roles import trust

ACCOUNT = "000000000000"
USER, GROUP, ROLE, POLICY = "u", "g", "r", f"arn:aws:iam::{ACCOUNT}:policy/p"
BOUNDARY = {"PermissionsBoundary": "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"}
DOCUMENT = {"PolicyDocument": policy_of("s3:*")}
TAGS, TAG_KEYS = {"Tags": [{"Key": "a", "Value": "b"}]}, {"TagKeys": ["a"]}
OF = {"User": {"UserName": USER}, "Group": {"GroupName": GROUP}, "Role": {"RoleName": ROLE}}
#: The parameters of each operation's request.
OPERATIONS = {
    "CreateUser": {"UserName": "new"}, "CreateGroup": {"GroupName": "new"},
    "CreateRole": {"RoleName": "new", "AssumeRolePolicyDocument": trust(f"arn:aws:iam::{ACCOUNT}:root")},
    "CreatePolicy": {"PolicyName": "new", **DOCUMENT},
    "GetUser": OF["User"], "GetGroup": OF["Group"], "GetRole": OF["Role"], "GetPolicy": {"PolicyArn": POLICY},
    "ListUsers": {}, "ListGroups": {}, "ListRoles": {}, "ListPolicies": {},
    "UpdateUser": OF["User"], "UpdateGroup": OF["Group"], "UpdateRole": OF["Role"],
    "UpdateRoleDescription": {**OF["Role"], "Description": "d"},
    "UpdateAssumeRolePolicy": {**OF["Role"], "PolicyDocument": trust(f"arn:aws:iam::{ACCOUNT}:root")},
    "AddUserToGroup": {**OF["User"], **OF["Group"]}, "RemoveUserFromGroup": {**OF["User"], **OF["Group"]},
    "ListGroupsForUser": OF["User"], "ListInstanceProfilesForRole": OF["Role"],
    "CreateAccessKey": OF["User"], "ListAccessKeys": OF["User"],
    "UpdateAccessKey": {**OF["User"], "AccessKeyId": "A" * 20, "Status": "Active"},
    "DeleteAccessKey": {**OF["User"], "AccessKeyId": "A" * 20}, "GetAccessKeyLastUsed": {"AccessKeyId": "A" * 20},
    **{f"Tag{noun}": {**OF[noun], **TAGS} for noun in ("User", "Role")}, "TagPolicy": {"PolicyArn": POLICY, **TAGS},
    **{f"Untag{noun}": {**OF[noun], **TAG_KEYS} for noun in ("User", "Role")},
    "UntagPolicy": {"PolicyArn": POLICY, **TAG_KEYS},
    **{f"List{noun}Tags": OF[noun] for noun in ("User", "Role")}, "ListPolicyTags": {"PolicyArn": POLICY},
    "CreatePolicyVersion": {"PolicyArn": POLICY, **DOCUMENT}, "ListPolicyVersions": {"PolicyArn": POLICY},
    "GetPolicyVersion": {"PolicyArn": POLICY, "VersionId": "v1"},
    "SetDefaultPolicyVersion": {"PolicyArn": POLICY, "VersionId": "v1"},
    "DeletePolicyVersion": {"PolicyArn": POLICY, "VersionId": "v9"}, "ListEntitiesForPolicy": {"PolicyArn": POLICY},
    **{f"Attach{noun}Policy": {**name, "PolicyArn": POLICY} for noun, name in OF.items()},
    **{f"Detach{noun}Policy": {**name, "PolicyArn": POLICY} for noun, name in OF.items()},
    **{f"ListAttached{noun}Policies": name for noun, name in OF.items()},
    **{f"Put{noun}Policy": {**name, "PolicyName": "p", **DOCUMENT} for noun, name in OF.items()},
    **{f"Get{noun}Policy": {**name, "PolicyName": "p"} for noun, name in OF.items()},
    **{f"Delete{noun}Policy": {**name, "PolicyName": "q"} for noun, name in OF.items()},
    **{f"List{noun}Policies": name for noun, name in OF.items()},
    **{f"Put{noun}PermissionsBoundary": {**OF[noun], **BOUNDARY} for noun in ("User", "Role")},
    **{f"Delete{noun}PermissionsBoundary": OF[noun] for noun in ("User", "Role")},
    "SimulatePrincipalPolicy": {"PolicySourceArn": f"arn:aws:iam::{ACCOUNT}:user/{USER}", "ActionNames": ["s3:GetObject"]},
    "SimulateCustomPolicy": {"PolicyInputList": [policy_of("s3:*")], "ActionNames": ["s3:GetObject"]},
    "GetContextKeysForPrincipalPolicy": {"PolicySourceArn": f"arn:aws:iam::{ACCOUNT}:user/{USER}"},
    "GetContextKeysForCustomPolicy": {"PolicyInputList": [policy_of("s3:*")]},
    "GetAccountSummary": {}, "GetAccountAuthorizationDetails": {},
    "ListMFADevices": OF["User"], "ListSSHPublicKeys": OF["User"], "ListSigningCertificates": OF["User"],
    "ListServiceSpecificCredentials": OF["User"], "ListVirtualMFADevices": {}, "ListAccountAliases": {},
    "ListInstanceProfiles": {}, "ListServerCertificates": {}, "ListOpenIDConnectProviders": {}, "ListSAMLProviders": {},
    "GetLoginProfile": OF["User"], "UpdateLoginProfile": {**OF["User"], "Password": "p"}, "DeleteLoginProfile": OF["User"],
    "GetAccountPasswordPolicy": {}, "DeleteAccountPasswordPolicy": {},
    **{operation: {"InstanceProfileName": "none"} for operation in ("GetInstanceProfile", "ListInstanceProfileTags")},
    **{operation: {"ServerCertificateName": "none"}
       for operation in ("GetServerCertificate", "ListServerCertificateTags")},
    **{operation: {"OpenIDConnectProviderArn": f"arn:aws:iam::{ACCOUNT}:oidc-provider/idp.example"}
       for operation in ("GetOpenIDConnectProvider", "ListOpenIDConnectProviderTags")},
    **{operation: {"SAMLProviderArn": f"arn:aws:iam::{ACCOUNT}:saml-provider/none"}
       for operation in ("GetSAMLProvider", "ListSAMLProviderTags")},
    **{operation: {"SerialNumber": f"arn:aws:iam::{ACCOUNT}:mfa/none"} for operation in ("GetMFADevice", "ListMFADeviceTags")},
    **{operation: {"JobId": "0" * 36} for operation in ("GetServiceLastAccessedDetails", "GetOrganizationsAccessReport")},
    "GetServiceLastAccessedDetailsWithEntities": {"JobId": "0" * 36, "ServiceNamespace": "s3"},
    "GetServiceLinkedRoleDeletionStatus": {"DeletionTaskId": "task"}, "GetCredentialReport": {},
    "GetSSHPublicKey": {**OF["User"], "SSHPublicKeyId": "A" * 20, "Encoding": "SSH"},
    "DeleteUser": {"UserName": "none"}, "DeleteGroup": {"GroupName": "none"}, "DeleteRole": {"RoleName": "none"},
    "DeletePolicy": {"PolicyArn": POLICY + "-none"},
}


@pytest.fixture(scope="module")
def server():
    with start("--ephemeral", **root_environment()) as server:
        iam = make_client(server, service="iam")
        iam.create_user(UserName=USER)
        iam.create_group(GroupName=GROUP)
        iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=trust(f"arn:aws:iam::{ACCOUNT}:root"))
        iam.create_policy(PolicyName="p", **DOCUMENT)
        server.caller = Member(server, iam, "caller")
        yield server


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_action_of_an_operation_decides_it_and_no_other(server, operation):
    client = server.caller.client("iam")
    call = getattr(client, {name: method for method, name in client.meta.method_to_api_mapping.items()}[operation])
    server.caller.iam.put_user_policy(UserName="caller", PolicyName="own", PolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "NotAction": f"iam:{operation}", "Resource": "*"}]}))
    with pytest.raises(botocore.exceptions.ClientError, match=f"not authorized to perform: iam:{operation} on") as caught:
        call(**OPERATIONS[operation])
    assert caught.value.response["Error"]["Code"] == "AccessDenied"
    server.caller.may(f"iam:{operation}")
    try:
        call(**OPERATIONS[operation])
    except botocore.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] in ("NoSuchEntity", "ReportNotPresent"), error


def test_the_table_has_every_operation_that_is_served(server):
    """Sends every action name of AWS: actions that are not implemented answer InvalidAction before anything else."""
    key = server.caller.key
    credentials = botocore.credentials.Credentials(key["AccessKeyId"], key["SecretAccessKey"])
    model = botocore.session.get_session().get_service_model("iam")
    served = set()
    for operation in model.operation_names:
        request = botocore.awsrequest.AWSRequest(
            "POST", server.endpoint + "/", data=f"Action={operation}&Version={model.api_version}",
            headers={"Content-Type": "application/x-www-form-urlencoded"})
        botocore.auth.SigV4Auth(credentials, "iam", "us-east-1").add_auth(request)
        answer = requests.post(request.url, data=request.data, headers=dict(request.headers))
        assert answer.status_code in (400, 403)
        if "<Code>InvalidAction</Code>" not in answer.text:
            served.add(operation)
    assert served == set(OPERATIONS)
