"""Session tags and source identities: the right to set them, their effect in policies, and role chaining."""

import json

import botocore.config
import botocore.exceptions
import pytest
import requests

from accounts import STRANGER_ACCOUNT
from conftest import Member, make_client, policy_of
from test_sts import Temporary

TEAM = [{"Key": "Team", "Value": "a"}]
ASSUMING = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
UNCHECKED = botocore.config.Config(parameter_validation=False)


def trust(*arns, **statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": list(arns)}, "Action": ASSUMING, **statement}]})


def allow(*actions, resource="*", **condition):
    return policy_of(*actions, resource=resource, **({"Condition": condition} if condition else {}))


@pytest.fixture
def make_role(iam, name):
    """Makes a role with one policy."""
    def make(suffix, trust_policy, policy=policy_of("s3:ListAllMyBuckets", *ASSUMING), tags=()):
        role = f"{name}-{suffix}"
        made = iam.create_role(RoleName=role, AssumeRolePolicyDocument=trust_policy, Tags=list(tags))["Role"]
        iam.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=policy)
        return made["Arn"]

    return make


@pytest.fixture
def assume(account_server, member):
    def assume(role, by=None, **options):
        answer = (by or member).client("sts", config=UNCHECKED).assume_role(
            RoleArn=role, RoleSessionName="night", **options)
        session = Temporary(account_server, answer["Credentials"])
        session.answer = answer
        return session

    return assume


def refusal(call, *arguments, **options):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(*arguments, **options)
    return caught.value.response["Error"]


def may_list(session):
    try:
        session.client().list_buckets()
    except botocore.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDenied"
        return False
    return True


def listing_for(**condition):
    """A role's policy that lets its sessions list buckets under a condition, and assume further roles."""
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*", "Condition": condition},
        {"Effect": "Allow", "Action": ASSUMING, "Resource": "*"}]})


# Tags

def test_a_sessions_tags_are_its_principals_over_those_of_the_role(member, make_role, assume):
    role = make_role("r", trust(member.arn), listing_for(StringEquals={
        "aws:PrincipalTag/Team": "a", "aws:PrincipalTag/cost": "7"}), [
            {"Key": "team", "Value": "b"}, {"Key": "Cost", "Value": "7"}])
    assert not may_list(assume(role))
    assert may_list(assume(role, Tags=TEAM))
    assert may_list(assume(role, Tags=[{"Key": "TEAM", "Value": "a"}]))
    assert not may_list(assume(role, Tags=TEAM + [{"Key": "COST", "Value": "8"}]))


@pytest.mark.parametrize("key", ["team", "Team", "TEAM"])
def test_a_roles_tag_is_gone_under_every_spelling_where_the_session_has_it(member, make_role, assume, key):
    role = make_role("r", trust(member.arn), listing_for(StringEquals={f"aws:PrincipalTag/{key}": "b"}), [
        {"Key": "TEAM", "Value": "b"}])
    assert may_list(assume(role))
    assert not may_list(assume(role, Tags=TEAM))


def test_tags_need_the_trust_of_the_role(member, make_role, assume):
    role = make_role("r", trust(member.arn, Action="sts:AssumeRole"))
    member.may(*ASSUMING)
    assume(role)
    for extra, action in ({"Tags": TEAM}, "sts:TagSession"), ({"SourceIdentity": "bob"}, "sts:SetSourceIdentity"):
        error = refusal(assume, role, **extra)
        assert error["Code"] == "AccessDenied"
        assert error["Message"] == f"User: {member.arn} is not authorized to perform: {action} on resource: {role}"


def test_tags_need_a_right_of_the_user_whom_the_role_trusts_by_the_account(member, make_role, assume, refused):
    role = make_role("r", trust("arn:aws:iam::000000000000:root"))
    member.may("sts:AssumeRole")
    assume(role)
    assert refused(assume, role, Tags=TEAM) == ("AccessDenied", 403)
    assert refused(assume, role, SourceIdentity="bob") == ("AccessDenied", 403)
    member.may("sts:AssumeRole", "sts:TagSession")
    assume(role, Tags=TEAM)
    assert refused(assume, role, SourceIdentity="bob") == ("AccessDenied", 403)
    member.may(*ASSUMING)
    assume(role, Tags=TEAM, SourceIdentity="bob")
    member.may("sts:TagSession", effect="Deny", policy="no")
    assert refused(assume, role, Tags=TEAM) == ("AccessDenied", 403)


@pytest.mark.parametrize("condition, passed, isAllowed", [
    ({"StringEquals": {"aws:RequestTag/team": "a"}}, {"Tags": TEAM}, True),
    ({"StringEquals": {"aws:RequestTag/team": "b"}}, {"Tags": TEAM}, False),
    ({"StringEquals": {"aws:RequestTag/team": "a"}}, {}, False),
    ({"ForAllValues:StringEquals": {"aws:TagKeys": ["Team"]}}, {"Tags": TEAM}, True),
    ({"ForAllValues:StringEquals": {"aws:TagKeys": ["Team"]}}, {"Tags": TEAM + [{"Key": "x", "Value": ""}]}, False),
    ({"Null": {"aws:TagKeys": "false"}}, {}, False),
    ({"ForAnyValue:StringEquals": {"sts:TransitiveTagKeys": "Team"}}, {"Tags": TEAM, "TransitiveTagKeys": ["team"]}, True),
    ({"ForAnyValue:StringEquals": {"sts:TransitiveTagKeys": "Team"}}, {"Tags": TEAM}, False),
    ({"StringEquals": {"aws:ResourceTag/kind": "open"}}, {"Tags": TEAM}, True),
    ({"StringEquals": {"iam:ResourceTag/kind": "shut"}}, {"Tags": TEAM}, False),
    ({"StringEquals": {"sts:SourceIdentity": "bob"}}, {"SourceIdentity": "bob"}, True),
    ({"StringEquals": {"sts:SourceIdentity": "bob"}}, {"SourceIdentity": "eve"}, False),
    ({"StringEquals": {"sts:SourceIdentity": "bob"}}, {}, False),
    ({"Null": {"aws:SourceIdentity": "true"}}, {"SourceIdentity": "bob"}, True),
    ({"StringEquals": {"sts:RoleSessionName": "night"}}, {"Tags": TEAM}, True),
    ({"StringEquals": {"sts:ExternalId": "x-7"}}, {"Tags": TEAM, "ExternalId": "x-7"}, True),
    ({"StringLike": {"sts:SourceIdentity": "${aws:username}"}}, {"SourceIdentity": "bob"}, False),
    ({"NumericLessThan": {"sts:DurationSeconds": "5000"}}, {"DurationSeconds": 900}, False),
    ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, {}, False),
    ({"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}, {}, True)])
def test_trust_depends_on_what_the_session_is_given(member, make_role, assume, refused, condition, passed, isAllowed):
    role = make_role("r", trust(member.arn, Condition=condition), tags=[{"Key": "kind", "Value": "open"}])
    if isAllowed:
        assume(role, **passed)
    else:
        assert refused(assume, role, **passed) == ("AccessDenied", 403)


def test_a_user_may_pass_their_own_name_as_source_identity(member, make_role, assume):
    role = make_role("r", trust(member.arn, Condition={"StringEquals": {"sts:SourceIdentity": "${aws:username}"}}))
    assert assume(role, SourceIdentity=member.name).answer["SourceIdentity"] == member.name


@pytest.mark.parametrize("options, code", [
    ({"Tags": [{"Key": "", "Value": "v"}]}, "ValidationError"),
    ({"Tags": [{"Key": "k" * 129, "Value": "v"}]}, "ValidationError"),
    ({"Tags": [{"Key": "k", "Value": "v" * 257}]}, "ValidationError"),
    ({"Tags": [{"Key": "k", "Value": "${aws:username}"}]}, "ValidationError"),
    ({"Tags": [{"Key": "k*", "Value": "v"}]}, "ValidationError"),
    ({"Tags": [{"Key": "k", "Value": "a?"}]}, "ValidationError"),
    ({"Tags": [{"Key": "k", "Value": "a\nb"}]}, "ValidationError"),
    ({"Tags": [{"Key": "aws:k", "Value": "v"}]}, "ValidationError"),
    ({"Tags": [{"Key": "AWS:k", "Value": "v"}]}, "ValidationError"),
    ({"Tags": [{"Key": "k", "Value": "aws:v"}]}, "ValidationError"),
    ({"Tags": [{"Key": "k"}]}, "ValidationError"),
    ({"Tags": [{"Key": f"k{number}", "Value": "v"} for number in range(51)]}, "ValidationError"),
    ({"Tags": [{"Key": "k", "Value": "1"}, {"Key": "K", "Value": "2"}]}, "InvalidParameterValue"),
    ({"Tags": TEAM, "TransitiveTagKeys": ["other"]}, "InvalidParameterValue"),
    ({"TransitiveTagKeys": ["Team"]}, "InvalidParameterValue"),
    ({"TransitiveTagKeys": ["Team"] * 51}, "ValidationError"),
    ({"Tags": [{"Key": f"k{number}", "Value": "v" * 256} for number in range(20)]}, "PackedPolicyTooLarge"),
    ({"SourceIdentity": "b"}, "ValidationError"), ({"SourceIdentity": "b" * 257}, "ValidationError"),
    ({"SourceIdentity": "b b"}, "ValidationError"), ({"SourceIdentity": "aws:bob"}, "ValidationError"),
    ({"SourceIdentity": "${aws:username}"}, "ValidationError")])
def test_malformed_tags_and_identities_are_refused(member, make_role, assume, refused, options, code):
    assert refused(assume, make_role("r", trust(member.arn)), **options) == (code, 400)


def test_tags_are_of_every_script_and_fill_their_space(member, make_role, assume):
    tags = [{"Key": "k" * 128, "Value": "v" * 256}, {"Key": "Größe ÆØ: a/b=c+d-e@f.g_h", "Value": ""}]
    role = make_role("r", trust(member.arn), listing_for(StringEquals={
        "aws:PrincipalTag/" + "k" * 128: "v" * 256, "aws:PrincipalTag/Größe ÆØ: a/b=c+d-e@f.g_h": ""}))
    session = assume(role, Tags=tags)
    assert may_list(session) and session.answer["PackedPolicySize"] == 14
    assert "PackedPolicySize" not in assume(role).answer and "SourceIdentity" not in assume(role).answer


def test_a_session_with_as_many_tags_as_there_may_be_presigns_urls(member, make_role, assume, root_s3, name):
    root_s3.create_bucket(Bucket=name)
    key = "k" * 400
    root_s3.put_object(Bucket=name, Key=key, Body=b"body")
    role = make_role("r", trust(member.arn), policy_of("s3:GetObject"))
    tags = [{"Key": f"k{number:02}", "Value": "/" * (59 if number < 22 else 58)} for number in range(50)]
    session = assume(
        role, Tags=tags, TransitiveTagKeys=[tag["Key"] for tag in tags], SourceIdentity="s" * 64)
    assert session.answer["PackedPolicySize"] == 100
    url = session.client().generate_presigned_url("get_object", {"Bucket": name, "Key": key})
    assert 7000 < len(url) < 8192 and requests.get(url).content == b"body"


def test_variables_in_a_tags_value_and_its_wildcards_are_text(member, make_role, assume, root_s3, name, refused):
    """A tag's value is plain text wherever a policy uses it."""
    root_s3.create_bucket(Bucket=name)
    root_s3.put_object(Bucket=name, Key="a/k", Body=b"")
    role = make_role("r", trust(member.arn), policy_of(
        "s3:GetObject", resource=f"arn:aws:s3:::{name}/${{aws:PrincipalTag/Team}}/*"))
    assume(role, Tags=TEAM).client().get_object(Bucket=name, Key="a/k")
    for value in ("b", "", "a/k", "A"):
        session = assume(role, Tags=[{"Key": "Team", "Value": value}])
        assert refused(session.client().get_object, Bucket=name, Key="a/k") == ("AccessDenied", 403)


# Chains

def test_transitive_tags_pass_on_and_stay(member, make_role, assume, refused):
    first = make_role("1", trust(member.arn))
    second = make_role("2", trust(first), listing_for(StringEquals={"aws:PrincipalTag/Team": "a"}), [
        {"Key": "team", "Value": "b"}])
    third = make_role("3", trust(second), listing_for(StringEquals={"aws:PrincipalTag/Team": "a"}), [
        {"Key": "Team", "Value": "c"}])
    one = assume(first, Tags=TEAM + [{"Key": "Other", "Value": "x"}], TransitiveTagKeys=["TEAM"])
    two = assume(second, by=one)
    assert may_list(two)
    assert may_list(assume(third, by=two))
    for tags in (TEAM, [{"Key": "TEAM", "Value": "c"}]):
        error = refusal(assume, second, by=one, Tags=tags)
        assert error["Code"] == "InvalidParameterValue" and "conflicts with a transitive tag key" in error["Message"]
    assert may_list(assume(third, by=assume(second, by=one, Tags=[{"Key": "Other", "Value": "y"}])))
    plain = assume(first, Tags=TEAM)
    assert not may_list(assume(second, by=plain))


def test_inherited_tags_need_the_further_roles_trust(member, make_role, assume, refused):
    first = make_role("1", trust(member.arn))
    untagged = make_role("2", trust(first, Action="sts:AssumeRole"))
    limited = make_role("3", trust(first, Condition={"StringEquals": {"aws:RequestTag/Team": "b"}}))
    one = assume(first, Tags=TEAM, TransitiveTagKeys=["Team"])
    assert refused(assume, untagged, by=one) == ("AccessDenied", 403)
    assert refused(assume, limited, by=one) == ("AccessDenied", 403)
    assume(untagged, by=assume(first, Tags=TEAM))


def test_what_is_inherited_counts_as_what_is_given(member, make_role, assume, refused):
    first = make_role("1", trust(member.arn))
    second = make_role("2", trust(first))
    tags = [{"Key": f"k{number}", "Value": "v"} for number in range(50)]
    one = assume(first, Tags=tags, TransitiveTagKeys=[tag["Key"] for tag in tags])
    assume(second, by=one)
    assert refused(assume, second, by=one, Tags=TEAM) == ("ValidationError", 400)
    large = [{"Key": f"k{number}", "Value": "v" * 250} for number in range(10)]
    one = assume(first, Tags=large, TransitiveTagKeys=[tag["Key"] for tag in large])
    large = [{**tag, "Key": "n" + tag["Key"]} for tag in large]
    assert refused(assume, second, by=one, Tags=large) == ("PackedPolicyTooLarge", 400)


def test_a_source_identity_stays_for_good(member, make_role, assume, root_s3, name):
    first = make_role("1", trust(member.arn), listing_for(StringEquals={"aws:SourceIdentity": "bob"}))
    second = make_role("2", trust(first, Condition={"StringEquals": {"aws:SourceIdentity": "bob"}}), listing_for(
        StringEquals={"aws:SourceIdentity": "bob"}))
    one = assume(first, SourceIdentity="bob")
    assert one.answer["SourceIdentity"] == "bob" and may_list(one)
    assert not may_list(assume(first)) and not may_list(assume(first, SourceIdentity="eve"))
    two = assume(second, by=one)
    assert two.answer["SourceIdentity"] == "bob" and may_list(two)
    assert assume(second, by=one, SourceIdentity="bob").answer["SourceIdentity"] == "bob"
    error = refusal(assume, second, by=one, SourceIdentity="eve")
    assert (error["Code"], error["Message"]) == (
        "ValidationError", "The source identity is already set for this assume role session")
    assert refusal(assume, second, by=assume(first, SourceIdentity="eve"))["Code"] == "AccessDenied"
    assert one.client("sts").get_caller_identity().keys() == {"UserId", "Account", "Arn", "ResponseMetadata"}


def test_the_log_tells_the_source_identity(account_server, member, make_role, assume, root_s3, name):
    session = assume(make_role("r", trust(member.arn)), SourceIdentity="bob@example.org")
    for client, call in ("s3", "list_buckets"), ("sts", "get_caller_identity"):
        answer = getattr(session.client(client), call)()["ResponseMetadata"]
        assert account_server.log_line(answer["RequestId"]).split()[-1] == "source=bob@example.org"
    root_s3.create_bucket(Bucket=name)
    post = session.client("s3").generate_presigned_post(name, "k")
    answer = requests.post(post["url"], data=post["fields"], files={"file": b"1"})
    assert " source=bob@example.org" in account_server.log_line(answer.headers["x-amz-request-id"])
    answer = assume(make_role("s", trust(member.arn))).client().list_buckets()["ResponseMetadata"]
    assert "source=" not in account_server.log_line(answer["RequestId"])


def test_passing_a_source_identity_on_needs_rights_on_both_sides(member, make_role, assume, refused):
    first = make_role("1", trust(member.arn), policy_of("sts:AssumeRole"))
    trusting = make_role("2", trust(first))
    wary = make_role("3", trust(first, Action="sts:AssumeRole"))
    one = assume(first, SourceIdentity="bob")
    assert refused(assume, trusting, by=one) == ("AccessDenied", 403)
    assume(trusting, by=assume(first))
    member.iam.put_role_policy(
        RoleName=first.split("/")[-1], PolicyName="p", PolicyDocument=policy_of("sts:SetSourceIdentity"))
    assume(trusting, by=one)
    assert refused(assume, wary, by=one) == ("AccessDenied", 403)


# Federated users

def test_a_federated_user_has_the_users_tags_and_the_sessions(account_server, iam, member, refused):
    iam.tag_user(UserName=member.name, Tags=[{"Key": "team", "Value": "b"}, {"Key": "cost", "Value": "7"}])
    member.may("s3:*", "sts:GetFederationToken", "sts:TagSession")

    def lists(condition, **options):
        answer = member.client("sts").get_federation_token(
            Name="bob", Policy=allow("s3:ListAllMyBuckets", StringEquals=condition), **options)
        return may_list(Temporary(account_server, answer["Credentials"]))

    both = {"aws:PrincipalTag/Team": "a", "aws:PrincipalTag/cost": "7"}
    assert lists(both, Tags=TEAM) and not lists(both)
    assert lists({"aws:PrincipalTag/team": "b"}) and not lists({"aws:PrincipalTag/team": "b"}, Tags=TEAM)


def test_tagging_a_federated_user_needs_a_right(iam, member, refused):
    federate = member.client("sts", config=UNCHECKED).get_federation_token
    member.may("sts:GetFederationToken")
    federate(Name="bob")
    error = refusal(federate, Name="bob", Tags=TEAM)
    assert error["Code"] == "AccessDenied" and "not authorized to perform: sts:TagSession on resource: " in error["Message"]
    assert error["Message"].count("arn:aws:sts::000000000000:federated-user/bob")
    for condition, isAllowed in [
            ({"StringEquals": {"aws:RequestTag/Team": "a"}}, True), ({"StringEquals": {"aws:RequestTag/Team": "b"}}, False),
            ({"ForAllValues:StringEquals": {"aws:TagKeys": "Team"}}, True),
            ({"ForAllValues:StringEquals": {"aws:TagKeys": "x"}}, False)]:
        iam.put_user_policy(UserName=member.name, PolicyName="own", PolicyDocument=policy_of(
            "sts:GetFederationToken", "sts:TagSession", Condition=condition))
        if isAllowed:
            assert federate(Name="bob", Tags=TEAM)["PackedPolicySize"] == 1
        else:
            assert refused(federate, Name="bob", Tags=TEAM) == ("AccessDenied", 403)
    member.may("sts:*")
    for tags, code in [
            ([{"Key": "k", "Value": "1"}, {"Key": "K", "Value": "2"}], "InvalidParameterValue"),
            ([{"Key": "aws:k", "Value": "1"}], "ValidationError"),
            ([{"Key": f"k{number}", "Value": "v" * 256} for number in range(20)], "PackedPolicyTooLarge")]:
        assert refused(federate, Name="bob", Tags=tags) == (code, 400)


# Across accounts

@pytest.fixture
def stranger_iam(account_server):
    return make_client(account_server, STRANGER_ACCOUNT.access_key, STRANGER_ACCOUNT.secret_key, service="iam")


@pytest.fixture
def outsider(account_server, stranger_iam, name):
    """A user of another account."""
    return Member(account_server, stranger_iam, f"{name}-o")


def test_across_accounts_both_must_allow_tags_and_source_identity(make_role, assume, outsider, refused):
    role = make_role("r", trust(outsider.arn), listing_for(StringEquals={"aws:PrincipalTag/Team": "a"}))
    untagged = make_role("u", trust(outsider.arn, Action="sts:AssumeRole"))
    extras = {"sts:TagSession": {"Tags": TEAM}, "sts:SetSourceIdentity": {"SourceIdentity": "bob"}}
    outsider.may("sts:AssumeRole")
    assume(role, by=outsider)
    for action, extra in extras.items():
        outsider.may("sts:AssumeRole")
        assert refused(assume, role, by=outsider, **extra) == ("AccessDenied", 403)
        outsider.may("sts:AssumeRole", action)
        assume(role, by=outsider, **extra)
        assert refused(assume, untagged, by=outsider, **extra) == ("AccessDenied", 403)
    outsider.may(*ASSUMING)
    assert may_list(assume(role, by=outsider, Tags=TEAM))


def test_tags_and_source_identity_pass_on_to_another_account(
        iam, account_server, outsider, stranger_iam, make_role, assume, name):
    first = stranger_iam.create_role(
        RoleName=f"{name}-1", AssumeRolePolicyDocument=trust(outsider.arn))["Role"]["Arn"]
    stranger_iam.put_role_policy(RoleName=f"{name}-1", PolicyName="p", PolicyDocument=policy_of(*ASSUMING))
    second = make_role("2", trust(first, Condition={"StringEquals": {"aws:ResourceTag/kind": "open"}}), listing_for(
        StringEquals={"aws:PrincipalTag/Team": "a", "aws:SourceIdentity": "bob"}), [{"Key": "kind", "Value": "open"}])
    one = assume(first, by=outsider, Tags=TEAM, TransitiveTagKeys=["Team"], SourceIdentity="bob")
    assert may_list(assume(second, by=one))


def test_a_sessions_managed_policies_are_those_of_the_roles_account(
        iam, outsider, stranger_iam, make_role, assume, name, refused):
    role = make_role("r", trust(outsider.arn))
    outsider.may("sts:AssumeRole")
    made = [client.create_policy(PolicyName=f"{name}-p", PolicyDocument=policy_of("s3:*"))["Policy"]["Arn"]
            for client in (iam, stranger_iam)]
    assert may_list(assume(role, by=outsider, PolicyArns=[{"arn": made[0]}]))
    assert refused(assume, role, by=outsider, PolicyArns=[{"arn": made[1]}]) == ("NoSuchEntity", 404)


def test_a_root_learns_nothing_of_roles_of_another_account(account_server, make_role):
    sts = make_client(account_server, STRANGER_ACCOUNT.access_key, STRANGER_ACCOUNT.secret_key, service="sts")
    role = make_role("r", trust(STRANGER_ACCOUNT.arn))
    assert refusal(sts.assume_role, RoleArn=role, RoleSessionName="night") == refusal(
        sts.assume_role, RoleArn=role + "x", RoleSessionName="night")
