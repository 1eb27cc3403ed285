"""STS: the caller's identity, three kinds of temporary credentials, and requests signed with them in every way."""

import datetime
import json

import botocore.config
import botocore.exceptions
import pytest
import requests

import tokens
from conftest import aws_cli, make_client, policy_of, root_environment, start
from test_iam_roles import trust


class Temporary:
    """Clients with temporary credentials."""

    def __init__(self, server, credentials):
        self.server, self.credentials = server, credentials

    def client(self, service="s3", token=None, **options):
        return make_client(
            self.server, self.credentials["AccessKeyId"], self.credentials["SecretAccessKey"], service=service,
            aws_session_token=token or self.credentials["SessionToken"], **options)


@pytest.fixture
def role(iam, name, member):
    """A role that the member may assume and that may list buckets."""
    role = iam.create_role(RoleName=f"{name}-r", AssumeRolePolicyDocument=trust(member.arn))["Role"]
    iam.put_role_policy(RoleName=f"{name}-r", PolicyName="p", PolicyDocument=policy_of("s3:ListAllMyBuckets"))
    return role


@pytest.fixture
def assume(account_server, member, role):
    def assume(by=None, config=None, **options):
        options = {"RoleArn": role["Arn"], "RoleSessionName": "night", **options}
        sts = (by or member).client("sts", config=config)
        return Temporary(account_server, sts.assume_role(**options)["Credentials"])

    return assume


@pytest.fixture
def session(account_server, member):
    """Temporary credentials of the member, who may do everything in S3."""
    member.may("s3:*")
    return Temporary(account_server, member.client("sts").get_session_token()["Credentials"])


# The caller's identity

def test_everyone_is_told_who_they_are(account_server, iam, member, role, assume, session):
    def identity(client):
        found = client.get_caller_identity()
        return found["Arn"], found["UserId"], found["Account"]

    account, user = "000000000000", iam.get_user(UserName=member.name)["User"]["UserId"]
    assert identity(make_client(account_server, service="sts")) == (f"arn:aws:iam::{account}:root", account, account)
    assert identity(member.client("sts")) == (member.arn, user, account)
    assert identity(session.client("sts")) == (member.arn, user, account)
    assert identity(assume().client("sts")) == (
        f"arn:aws:sts::{account}:assumed-role/{role['RoleName']}/night", f"{role['RoleId']}:night", account)


def test_who_one_is_cannot_be_denied(member):
    member.may("*", effect="Deny")
    assert member.client("sts").get_caller_identity()["Arn"] == member.arn


def test_a_presigned_url_tells_who_one_is(member):
    url = member.client("sts").generate_presigned_url("get_caller_identity", HttpMethod="GET")
    answer = requests.get(url)
    assert answer.status_code == 200 and member.arn in answer.text
    assert requests.get(url.replace("GetCallerIdentity", "GetSessionToken")).status_code == 403


def test_a_presigned_url_gives_credentials_for_a_quarter_of_an_hour_at_most(member):
    for seconds, status in (900, 200), (901, 403):
        url = member.client("sts").generate_presigned_url("get_session_token", ExpiresIn=seconds, HttpMethod="GET")
        answer = requests.get(url)
        assert answer.status_code == status
        assert ("<SecretAccessKey>" in answer.text) == (status == 200)


# Roles

def test_a_role_gives_its_own_rights_and_not_the_users(iam, member, role, assume, refused):
    member.may("iam:ListUsers")
    temporary = assume()
    credentials = temporary.credentials
    assert credentials["AccessKeyId"].startswith("ASIA") and len(credentials["AccessKeyId"]) == 20
    left = credentials["Expiration"] - datetime.datetime.now(datetime.timezone.utc)
    assert 3500 < left.total_seconds() <= 3600
    temporary.client().list_buckets()
    assert refused(member.client().list_buckets) == ("AccessDenied", 403)
    assert refused(temporary.client("iam").list_users) == ("AccessDenied", 403)
    iam.put_role_policy(RoleName=role["RoleName"], PolicyName="p", PolicyDocument=policy_of("iam:ListUsers"))
    assert refused(temporary.client().list_buckets) == ("AccessDenied", 403)
    temporary.client("iam").list_users()


def test_the_answer_names_the_session(member, role):
    answer = member.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="a@b", Policy=policy_of("s3:*"))
    assert answer["AssumedRoleUser"] == {
        "AssumedRoleId": f"{role['RoleId']}:a@b",
        "Arn": f"arn:aws:sts::000000000000:assumed-role/{role['RoleName']}/a@b"}
    assert 1 <= answer["PackedPolicySize"] <= 100


def test_a_role_that_does_not_trust_the_caller_is_refused_like_one_that_is_not_there(
        iam, account_server, member, name, refused):
    member.may("sts:AssumeRole")
    iam.create_user(UserName=f"{name}-other")
    other = iam.create_role(
        RoleName=f"{name}-o", AssumeRolePolicyDocument=trust(f"arn:aws:iam::000000000000:user/{name}-other"))["Role"]
    sts = member.client("sts")
    for arn in (other["Arn"], "arn:aws:iam::000000000000:role/no-such-role"):
        assert refused(sts.assume_role, RoleArn=arn, RoleSessionName="night") == ("AccessDenied", 403)


def test_a_role_that_trusts_the_account_needs_a_policy_of_the_user(iam, member, role, assume, refused):
    iam.update_assume_role_policy(
        RoleName=role["RoleName"], PolicyDocument=trust("arn:aws:iam::000000000000:root"))
    assert refused(assume) == ("AccessDenied", 403)
    member.may("sts:AssumeRole", resource=role["Arn"])
    assume().client().list_buckets()
    member.may("sts:*", effect="Deny", policy="deny")
    assert refused(assume) == ("AccessDenied", 403)


def test_a_denial_of_the_users_holds_though_the_role_names_them(member, assume, refused):
    assume()
    member.may("sts:AssumeRole", effect="Deny")
    assert refused(assume) == ("AccessDenied", 403)


def test_an_external_id_must_be_the_one(iam, member, role, assume, refused):
    iam.update_assume_role_policy(RoleName=role["RoleName"], PolicyDocument=trust(
        member.arn, Condition={"StringEquals": {"sts:ExternalId": "datastore-7"}}))
    assert refused(assume) == ("AccessDenied", 403)
    assert refused(assume, ExternalId="datastore-8") == ("AccessDenied", 403)
    assume(ExternalId="datastore-7").client().list_buckets()


def test_a_session_lives_as_long_as_the_role_allows(iam, role, assume, refused):
    assert refused(assume, DurationSeconds=7200) == ("ValidationError", 400)
    iam.update_role(RoleName=role["RoleName"], MaxSessionDuration=7200)
    left = assume(DurationSeconds=7200).credentials["Expiration"] - datetime.datetime.now(datetime.timezone.utc)
    assert 7100 < left.total_seconds() <= 7200
    assert refused(assume, DurationSeconds=43201) == ("ValidationError", 400)


def test_policies_of_the_session_limit_it_and_add_nothing(iam, role, assume, refused):
    iam.attach_role_policy(RoleName=role["RoleName"], PolicyArn="arn:aws:iam::aws:policy/AmazonS3FullAccess")
    limited = assume(Policy=policy_of("s3:GetObject", "iam:*"))
    assert refused(limited.client().list_buckets) == ("AccessDenied", 403)
    assert refused(limited.client("iam").list_users) == ("AccessDenied", 403)
    arns = [{"arn": "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"}]
    reader = assume(PolicyArns=arns)
    reader.client().list_buckets()
    assert refused(reader.client().create_bucket, Bucket="never-made") == ("AccessDenied", 403)
    assert refused(assume, PolicyArns=[{"arn": "arn:aws:iam::aws:policy/NoSuchPolicy"}]) == ("NoSuchEntity", 404)
    assert refused(assume, Policy="nonsense") == ("MalformedPolicyDocument", 400)


@pytest.mark.parametrize("arn, is_repeated", [
    ("arn:aws:iam::0:role", True), ("arn:aws:iam::000000000000:role/" + "r" * 2048, False)])
def test_a_malformed_arn_is_refused(member, arn, is_repeated):
    sts = member.client("sts", config=botocore.config.Config(parameter_validation=False))
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        sts.assume_role(RoleArn=arn, RoleSessionName="night")
    error = caught.value.response["Error"]
    assert error["Code"] == "ValidationError" and (f"'{arn}'" in error["Message"]) == is_repeated


@pytest.mark.parametrize("external_id", ["a", "a" * 1225, "a b", "ü" * 2])
def test_a_malformed_external_id_is_refused(assume, external_id, refused):
    config = botocore.config.Config(parameter_validation=False)
    assert refused(assume, config=config, ExternalId=external_id) == ("ValidationError", 400)


@pytest.mark.parametrize("session_name", ["a b", "üü", "x/y"])
def test_a_malformed_session_name_is_refused(assume, session_name, refused):
    assert refused(assume, RoleSessionName=session_name) == ("ValidationError", 400)


def test_the_root_assumes_no_role(account_server, iam, name, refused):
    role = iam.create_role(
        RoleName=name, AssumeRolePolicyDocument=trust("arn:aws:iam::000000000000:root"))["Role"]
    sts = make_client(account_server, service="sts")
    assert refused(sts.assume_role, RoleArn=role["Arn"], RoleSessionName="night") == ("AccessDenied", 403)


def test_a_session_assumes_a_further_role_for_an_hour(iam, role, assume, name, refused):
    second = iam.create_role(
        RoleName=f"{name}-2", MaxSessionDuration=7200, AssumeRolePolicyDocument=trust(role["Arn"]))["Role"]
    first = assume()
    with_second = assume(by=first, RoleArn=second["Arn"])
    assert with_second.client("sts").get_caller_identity()["Arn"].endswith(f"assumed-role/{name}-2/night")
    assert refused(assume, by=first, RoleArn=second["Arn"], DurationSeconds=7200) == ("ValidationError", 400)


def test_a_session_ends_with_its_role(iam, role, assume, refused):
    temporary = assume()
    iam.delete_role_policy(RoleName=role["RoleName"], PolicyName="p")
    iam.delete_role(RoleName=role["RoleName"])
    assert refused(temporary.client().list_buckets) == ("InvalidToken", 400)
    iam.create_role(RoleName=role["RoleName"], AssumeRolePolicyDocument=json.dumps(role["AssumeRolePolicyDocument"]))
    assert refused(temporary.client().list_buckets) == ("InvalidToken", 400)


# Sessions of users

def test_a_users_session_has_the_users_rights_in_s3_alone(member, session, refused):
    session.client().list_buckets()
    member.may("iam:*", "sts:*", policy="more")
    assert refused(session.client("iam").list_users) == ("InvalidClientTokenId", 403)
    assert refused(session.client("sts").get_session_token) == ("AccessDenied", 403)
    assert refused(session.client("sts").get_federation_token, Name="bob") == ("AccessDenied", 403)
    member.may("s3:*", effect="Deny")
    assert refused(session.client().list_buckets) == ("AccessDenied", 403)


@pytest.mark.parametrize("seconds, lives", [(900, 900), (129600, 129600), (None, 43200)])
def test_a_users_session_lives_as_long_as_was_asked(member, seconds, lives):
    options = {"DurationSeconds": seconds} if seconds else {}
    credentials = member.client("sts").get_session_token(**options)["Credentials"]
    left = credentials["Expiration"] - datetime.datetime.now(datetime.timezone.utc)
    assert lives - 60 < left.total_seconds() <= lives


def test_a_code_of_a_device_that_there_is_not_is_refused(member, assume, refused):
    code = {"SerialNumber": "arn:aws:iam::000000000000:mfa/x", "TokenCode": "123456"}
    assert refused(member.client("sts").get_session_token, **code) == ("AccessDenied", 403)
    assert refused(assume, **code) == ("AccessDenied", 403)
    context = [{"ProviderArn": "arn:aws:iam::aws:contextProvider/IdentityCenter", "ContextAssertion": "abcd"}]
    assert refused(assume, ProvidedContexts=context) == ("NotImplemented", 501)


def test_the_roots_session_is_the_root_for_an_hour(account_server):
    credentials = make_client(account_server, service="sts").get_session_token()["Credentials"]
    Temporary(account_server, credentials).client().list_buckets()
    left = credentials["Expiration"] - datetime.datetime.now(datetime.timezone.utc)
    assert left.total_seconds() <= 3600


def test_a_federated_user_has_what_both_the_user_and_the_session_allow(account_server, member, refused):
    member.may("s3:ListAllMyBuckets", "sts:GetFederationToken")
    answer = member.client("sts").get_federation_token(Name="bob", Policy=policy_of("s3:*"), DurationSeconds=900)
    arn = "arn:aws:sts::000000000000:federated-user/bob"
    assert answer["FederatedUser"] == {"FederatedUserId": "000000000000:bob", "Arn": arn}
    bob = Temporary(account_server, answer["Credentials"])
    bob.client().list_buckets()
    assert refused(bob.client().create_bucket, Bucket="never-made") == ("AccessDenied", 403)
    assert bob.client("sts").get_caller_identity()["Arn"] == arn
    assert refused(bob.client("iam").list_users) == ("InvalidClientTokenId", 403)
    nothing = Temporary(account_server, member.client("sts").get_federation_token(Name="bob")["Credentials"])
    assert refused(nothing.client().list_buckets) == ("AccessDenied", 403)


def test_federation_needs_a_right(member, refused):
    assert refused(member.client("sts").get_federation_token, Name="bob") == ("AccessDenied", 403)


# Signed in every way

@pytest.fixture
def full_bucket(root_s3, name):
    root_s3.create_bucket(Bucket=name)
    root_s3.put_object(Bucket=name, Key="k", Body=b"body")
    return name


@pytest.mark.parametrize("version", ["s3v4", "s3"])
def test_a_token_is_taken_from_the_header(session, full_bucket, version):
    s3 = session.client(config=botocore.config.Config(signature_version=version))
    assert s3.get_object(Bucket=full_bucket, Key="k")["Body"].read() == b"body"
    s3.put_object(Bucket=full_bucket, Key="k2", Body=b"x" * 100_000)


@pytest.mark.parametrize("version", ["s3v4", "s3"])
def test_a_token_is_taken_from_a_presigned_url(session, full_bucket, version):
    s3 = session.client(config=botocore.config.Config(signature_version=version))
    url = s3.generate_presigned_url("get_object", {"Bucket": full_bucket, "Key": "k"})
    assert "-token=" in url.lower() and requests.get(url).content == b"body"
    put = s3.generate_presigned_url("put_object", {"Bucket": full_bucket, "Key": "new"})
    assert requests.put(put, data=b"new").status_code == 200
    without = "&".join(part for part in url.split("&") if "-token=" not in part.lower())
    assert requests.get(without).status_code == 403


@pytest.mark.parametrize("version", ["s3v4", "s3"])
def test_a_token_is_taken_from_a_form(session, full_bucket, version):
    s3 = session.client(config=botocore.config.Config(signature_version=version))
    post = s3.generate_presigned_post(full_bucket, "posted")
    assert "x-amz-security-token" in post["fields"]
    assert requests.post(post["url"], data=post["fields"], files={"file": b"body"}).status_code == 204
    fields = {name: value for name, value in post["fields"].items() if name != "x-amz-security-token"}
    assert requests.post(post["url"], data=fields, files={"file": b"body"}).status_code == 403


def test_a_foreign_or_malformed_token_is_refused(account_server, member, session, assume, full_bucket, refused):
    other = assume().credentials["SessionToken"]
    token = session.credentials["SessionToken"]
    middle = len(token) // 2
    changed = token[:middle] + ("A" if token[middle] != "A" else "B") + token[middle + 1:]
    for wrong in ("nonsense", other, changed, token[:-4]):
        assert refused(session.client(token=wrong).list_buckets) == ("InvalidToken", 400)
        assert refused(session.client("sts", token=wrong).get_caller_identity) == ("InvalidClientTokenId", 403)
    lasting = Temporary(account_server, {**member.key, "SessionToken": token})
    assert refused(lasting.client().list_buckets) == ("InvalidToken", 400)


def test_temporary_keys_without_their_token_are_unknown(account_server, session, refused):
    s3 = make_client(account_server, session.credentials["AccessKeyId"], session.credentials["SecretAccessKey"])
    assert refused(s3.list_buckets) == ("InvalidAccessKeyId", 403)


def test_a_token_without_a_signature_is_nothing(account_server, session, full_bucket, http):
    url = f"{account_server.endpoint}/{full_bucket}/k"
    answer = http.get(url, headers={"x-amz-security-token": session.credentials["SessionToken"]})
    assert answer.status_code in (400, 403)


def test_a_session_ends_with_its_user(iam, name, account_server, refused):
    iam.create_user(UserName=name)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    sts = make_client(account_server, key["AccessKeyId"], key["SecretAccessKey"], service="sts")
    temporary = Temporary(account_server, sts.get_session_token()["Credentials"])
    temporary.client("sts").get_caller_identity()
    iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName=name)
    iam.create_user(UserName=name)
    assert refused(temporary.client("sts").get_caller_identity) == ("InvalidClientTokenId", 403)


# Restarts and expiry

def test_sessions_outlive_the_server_and_end_when_they_expire(tmp_path, refused):
    data = tmp_path / "data"
    with start("--data", str(data), **root_environment()) as server:
        credentials = make_client(server, service="sts").get_session_token()["Credentials"]
        iam = make_client(server, service="iam")
        user = iam.create_user(UserName="alice")["User"]["UserId"]
        iam.put_user_policy(UserName="alice", PolicyName="p", PolicyDocument=policy_of("s3:ListAllMyBuckets"))
    with start("--data", str(data), **root_environment()) as server:
        Temporary(server, credentials).client().list_buckets()
        key = (data / "secrets.key").read_text()
        for seconds, outcome in [(60, None), (0, "ExpiredToken"), (-1000, "ExpiredToken")]:
            token = tokens.sealed(key, user, "ASIAAAAAAAAAAAAAAAAA", "secret", seconds=seconds)
            own = Temporary(server, {
                "AccessKeyId": "ASIAAAAAAAAAAAAAAAAA", "SecretAccessKey": "secret", "SessionToken": token})
            if outcome is None:
                own.client().list_buckets()
                continue
            assert refused(own.client().list_buckets) == (outcome, 400)
            assert refused(own.client("sts").get_caller_identity) == (outcome, 403)
            url = own.client().generate_presigned_url("list_buckets")
            assert requests.get(url).status_code == 400 and "<Code>ExpiredToken</Code>" in requests.get(url).text
        forged = tokens.sealed("00" * 32, user, "ASIAAAAAAAAAAAAAAAAA", "secret")
        foreign = Temporary(server, {
            "AccessKeyId": "ASIAAAAAAAAAAAAAAAAA", "SecretAccessKey": "secret", "SessionToken": forged})
        assert refused(foreign.client().list_buckets) == ("InvalidToken", 400)


def test_the_cli_assumes_a_role(account_server, member, role):
    aws = aws_cli(account_server, member.key["AccessKeyId"], member.key["SecretAccessKey"])
    answer = json.loads(aws("sts", "assume-role", "--role-arn", role["Arn"], "--role-session-name", "cli").stdout)
    assert answer["AssumedRoleUser"]["Arn"].endswith("/cli")
    identity = json.loads(aws("sts", "get-caller-identity").stdout)
    assert identity["Arn"] == member.arn


# Ending sessions

def test_sessions_are_revoked_by_the_time_of_their_issue(iam, member, assume, role, refused):
    """Like AWS's console, which revokes a role's older sessions."""
    session = assume()
    assert session.client().list_buckets()["Buckets"] is not None
    soon = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    statement = {
        "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"DateLessThan": {"aws:TokenIssueTime": soon}}}
    iam.put_role_policy(
        RoleName=role["RoleName"], PolicyName="AWSRevokeOlderSessions",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    assert refused(session.client().list_buckets) == ("AccessDenied", 403)


def test_a_session_says_that_it_has_no_mfa(member, session, refused):
    statement = {
        "Effect": "Deny", "Action": "s3:*", "Resource": "*",
        "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}
    assert session.client().list_buckets()["Buckets"] is not None
    member.iam.put_user_policy(
        UserName=member.name, PolicyName="mfa",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    assert refused(session.client().list_buckets) == ("AccessDenied", 403)
    assert member.client("s3").list_buckets()["Buckets"] is not None


def test_the_size_of_a_token_is_told_and_may_be_asked_for(member, role):
    sts = member.client("sts")
    arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    member.may("sts:GetFederationToken")
    calls = [
        lambda **options: sts.get_session_token(**options),
        lambda **options: sts.assume_role(RoleArn=role["Arn"], RoleSessionName="night", **options),
        lambda **options: sts.get_federation_token(Name="guest", PolicyArns=[{"arn": arn}], **options)]
    for call in calls:
        answer = call()
        size = len(answer["Credentials"]["SessionToken"])
        assert answer["SessionTokenSize"] == size and 0 < answer["SessionTokenUtilization"] <= 100
        large = call(MinimumSessionTokenSize=4096)
        assert large["SessionTokenSize"] == len(large["Credentials"]["SessionToken"]) >= 4096
        assert large["SessionTokenUtilization"] > answer["SessionTokenUtilization"]
        who = Temporary(member.server, large["Credentials"]).client("sts").get_caller_identity()
        assert who["Account"] == "000000000000"
