"""The constraints in botocore's models, for every parameter: a request with an invalid value is refused."""

import re
from urllib.parse import quote

import boto3
import pytest

from conftest import root_environment, start
from test_iam_users import ask

VERSIONS = {"iam": "2010-05-08", "sts": "2011-06-15"}
ROLE = "arn:aws:iam::000000000000:role/nobody"
#: Valid values of required members; the resources that they name need not exist.
VALID = {
    "PolicyArn": "arn:aws:iam::000000000000:policy/none", "PermissionsBoundary": "arn:aws:iam::aws:policy/none",
    "PolicySourceArn": ROLE, "RoleArn": ROLE, "PrincipalArn": ROLE, "AccessKeyId": "AKIAAAAAAAAAAAAAAAAA",
    "VersionId": "v1", "Status": "Active", "Description": "d", "Encoding": "SSH", "SSHPublicKeyId": "A" * 20,
    "SerialNumber": "arn:aws:iam::000000000000:mfa/x", "JobId": "0" * 36, "ServiceNamespace": "s3",
    "DeletionTaskId": "task", "SAMLAssertion": "AAAA", "WebIdentityToken": "AAAA", "ActionNames": ["s3:GetObject"],
    "PolicyInputList": ["{}"], "TagKeys": ["k"], "Tags": [{"Key": "k", "Value": "v"}],
    "OpenIDConnectProviderArn": "arn:aws:iam::000000000000:oidc-provider/x.example",
    "SAMLProviderArn": "arn:aws:iam::000000000000:saml-provider/x",
    "AssumeRolePolicyDocument": "{}", "PolicyDocument": "{}"}
#: Members that are refused as not implemented.
NOT_IMPLEMENTED = {"PolicyExclusionList", "OrderedOrganizationPolicyInputList", "ProvidedContexts", "ServiceName"}


@pytest.fixture(scope="module")
def own_server():
    """Its own server: valid parts of a request may take effect before the invalid part is found."""
    with start("--ephemeral", **root_environment()) as server:
        yield server


def model(service):
    return boto3.client(service, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x") \
        .meta.service_model


MODELS = {service: model(service) for service in VERSIONS}
OPERATIONS = [(service, name) for service, found in MODELS.items() for name in found.operation_names]


def flat(prefix, value):
    """The parameters of a value in the query protocol."""
    if isinstance(value, dict):
        return [pair for name, item in value.items() for pair in flat(f"{prefix}.{name}", item)]
    if isinstance(value, list):
        return [pair for number, item in enumerate(value) for pair in flat(f"{prefix}.member.{number + 1}", item)]
    return [(prefix, str(value))]


def valid_members(shape):
    """The required members, with valid values."""
    return {name: VALID.get(name, "nobody") for name in shape.required_members}


def is_broken_by(pattern, text):
    if r"\p{" in pattern:
        return text == "\u2603"
    return "u10FFFF" not in pattern and re.fullmatch(pattern, text) is None


def bad_values(shape):
    """Values that a shape does not allow: the fault, and the value."""
    limits = shape.metadata
    if shape.type_name == "string" and "enum" in limits:
        return [("other", "Other")]
    if shape.type_name == "string":
        values = [("long", "a" * (limits["max"] + 1))] if limits.get("max", 10**6) < 200_000 else []
        values += [("short", "a" * (limits["min"] - 1))] if limits.get("min", 0) > 0 else []
        text = "\u2603" * max(1, limits.get("min", 0))
        return values + ([("pattern", text)] if is_broken_by(limits.get("pattern", ""), text) and "pattern" in limits
                         else [])
    if shape.type_name in ("integer", "long"):
        return [("small", limits["min"] - 1)] * ("min" in limits) + [("large", limits["max"] + 1)] * ("max" in limits)
    if shape.type_name == "boolean":
        return [("other", "maybe")]
    if shape.type_name == "list":
        inner = [(f"member {what}", [value]) for what, value in bad_values(shape.member)]
        if "max" in limits:
            item = valid_members(shape.member) if shape.member.type_name == "structure" else "aaaa"
            items = [{**item, "Key": f"k{number}"} if isinstance(item, dict) else item
                     for number in range(limits["max"] + 1)]
            inner.append(("many", items))
        return inner
    if shape.type_name == "structure":
        return [(f"{name} {what}", {**valid_members(shape), name: value}) for name, member in shape.members.items()
                for what, value in bad_values(member)]
    return []


def code(answer):
    found = re.search("<Code>(.*)</Code>", answer.text)
    return found[1] if found else None


def send(server, service, operation, members):
    pairs = [("Action", operation), ("Version", VERSIONS[service])]
    pairs += [pair for name, value in members.items() for pair in flat(name, value)]
    body = "&".join(f"{name}={quote(value, safe='')}" for name, value in pairs)
    return ask(server, body, service=service)


@pytest.mark.parametrize("service, operation", OPERATIONS, ids=lambda value: value)
def test_a_value_that_the_model_does_not_allow_is_refused(own_server, service, operation):
    shape = MODELS[service].operation_model(operation).input_shape
    if shape is None or code(send(own_server, service, operation, valid_members(shape))) == "InvalidAction":
        pytest.skip("the operation has no parameters or is not implemented")
    wrong = []
    for name, member in shape.members.items():
        if name in NOT_IMPLEMENTED:
            continue
        for what, value in bad_values(member):
            answer = send(own_server, service, operation, {**valid_members(shape), name: value})
            if (answer.status_code, code(answer)) != (400, "ValidationError"):
                wrong.append((name, what, answer.status_code, code(answer)))
    for name in shape.required_members:
        rest = {other: value for other, value in valid_members(shape).items() if other != name}
        answer = send(own_server, service, operation, rest)
        if "Member must not be null" not in answer.text or f"'{name[0].lower()}{name[1:]}'" not in answer.text:
            wrong.append((name, "missing", answer.status_code, code(answer)))
    assert wrong == []


def test_most_of_what_tools_ask_for_is_there(own_server):
    there = [operation for service, operation in OPERATIONS
             if code(send(own_server, service, operation, {})) != "InvalidAction"]
    assert len(there) >= 110 and "ListUsers" in there and "AssumeRole" in there


# AWS's messages

@pytest.mark.parametrize("operation, members, message", [
    ("ListUsers", {"Marker": ""},
     "1 validation error detected: Value '' at 'marker' failed to satisfy constraint: Member must have length greater "
     "than or equal to 1"),
    ("ListUsers", {"MaxItems": 0},
     "1 validation error detected: Value '0' at 'maxItems' failed to satisfy constraint: Member must have value greater "
     "than or equal to 1"),
    ("ListUsers", {"PathPrefix": "x"},
     "The specified value for pathPrefix is invalid. It must begin with the / character and contain only alphanumeric "
     "characters and/or / characters."),
    ("ListPolicies", {"PathPrefix": "/foo"},
     "The specified value for pathPrefix is invalid. It must begin with the / character and contain only alphanumeric "
     "characters and/or / characters."),
    ("CreateUser", {"UserName": "a/b"},
     "The specified value for userName is invalid. It must contain only alphanumeric characters and/or the following: "
     "+=,.@_-"),
    ("CreateGroup", {"GroupName": "g", "Path": "//"},
     "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters "
     "and/or / characters."),
    ("UntagUser", {"UserName": "u", "TagKeys": ["k" * 129]},
     f"1 validation error detected: Value '{'k' * 129}' at 'tagKeys.1.member' failed to satisfy constraint: Member must "
     "have length less than or equal to 128"),
    ("TagUser", {"UserName": "u", "Tags": [{"Key": "", "Value": "v"}, {"Key": "k"}]},
     "2 validation errors detected: Value '' at 'tags.1.member.key' failed to satisfy constraint: Member must have length "
     "greater than or equal to 1; Value null at 'tags.2.member.value' failed to satisfy constraint: Member must not be "
     "null"),
    ("ListVirtualMFADevices", {"AssignmentStatus": "x"},
     "1 validation error detected: Value 'x' at 'assignmentStatus' failed to satisfy constraint: Member must satisfy enum "
     "value set: [Assigned, Unassigned, Any]"),
    ("GetAccessKeyLastUsed", {"AccessKeyId": "AKIA-1234567890123"},
     "1 validation error detected: Value 'AKIA-1234567890123' at 'accessKeyId' failed to satisfy constraint: Member must "
     r"satisfy regular expression pattern: [\w]+")])
def test_a_refusal_says_what_aws_says(account_server, operation, members, message):
    answer = send(account_server, "iam", operation, members)
    text = re.search("<Message>(.*)</Message>", answer.text)[1].replace("&apos;", "'").replace("&#39;", "'")
    assert (answer.status_code, code(answer), text) == (400, "ValidationError", message)


def test_a_password_is_not_repeated(account_server):
    answer = send(account_server, "iam", "UpdateLoginProfile", {"UserName": "u", "Password": "hunter2" * 20})
    assert code(answer) == "ValidationError" and "hunter2" not in answer.text


def test_a_value_is_checked_before_rights_are(member, refused):
    import botocore.config
    client = member.client("iam", config=botocore.config.Config(parameter_validation=False))
    assert refused(client.list_users, Marker="") == ("ValidationError", 400)
    assert refused(client.list_users, Marker="MQ==") == ("AccessDenied", 403)


def test_the_pages_markers_may_be_given_back(iam, name):
    """Whatever the length of the names: a marker has at most 320 characters."""
    iam.create_user(UserName=name)
    keys = [chr(0x4E00 + number) * 128 for number in range(3)]
    iam.tag_user(UserName=name, Tags=[{"Key": key, "Value": ""} for key in keys])
    found, options = [], {}
    while True:
        page = iam.list_user_tags(UserName=name, MaxItems=1, **options)
        found += [tag["Key"] for tag in page["Tags"]]
        if not page["IsTruncated"]:
            break
        assert len(page["Marker"]) <= 320
        options = {"Marker": page["Marker"]}
    assert found == keys


def test_members_of_a_list_may_leave_out_numbers(account_server, iam, name):
    iam.create_user(UserName=name, Tags=[{"Key": "a", "Value": ""}, {"Key": "b", "Value": ""}])
    body = f"Action=UntagUser&Version=2010-05-08&UserName={name}&TagKeys.member.2=b"
    assert ask(account_server, body).status_code == 200
    assert [tag["Key"] for tag in iam.list_user_tags(UserName=name)["Tags"]] == ["a"]
