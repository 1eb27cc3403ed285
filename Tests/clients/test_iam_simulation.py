"""IAM's simulator: decisions by policies, with or without a principal, with a bucket's policy, between accounts."""

import json

import boto3
import botocore.config
import pytest

from conftest import policy_of
from test_iam_roles import trust

UNCHECKED = botocore.config.Config(parameter_validation=False)
ACCOUNT, OTHER = "000000000000", "999999999999"
BOB = f"arn:aws:iam::{ACCOUNT}:user/bob"
STRANGER = f"arn:aws:iam::{OTHER}:user/staff/eve"
KEY = "arn:aws:s3:::books/k"


def decisions(results):
    return [(result["EvalActionName"], result["EvalDecision"]) for result in results["EvaluationResults"]]


def bucket_policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::books/*", **statement}
        for statement in statements]})


@pytest.fixture
def simulate(iam):
    """Simulates one action on one resource."""
    def simulate(*policies, action="s3:GetObject", resource=KEY, **options):
        if resource:
            options["ResourceArns"] = [resource]
        results = iam.simulate_custom_policy(
            PolicyInputList=list(policies), ActionNames=[action], **options)["EvaluationResults"]
        assert len(results) == 1
        return results[0]

    return simulate


@pytest.fixture
def policy(iam, name):
    return iam.create_policy(
        PolicyName=f"{name}-p", PolicyDocument=policy_of("s3:ListAllMyBuckets"))["Policy"]


def test_what_a_user_may_do_is_simulated(iam, member, policy, name):
    iam.attach_user_policy(UserName=member.name, PolicyArn=policy["Arn"])
    member.may("s3:DeleteBucket", effect="Deny")
    iam.create_group(GroupName=f"{name}-g")
    iam.put_group_policy(GroupName=f"{name}-g", PolicyName="p", PolicyDocument=policy_of("s3:PutObject", "s3:DeleteBucket"))
    iam.add_user_to_group(GroupName=f"{name}-g", UserName=member.name)
    results = iam.simulate_principal_policy(
        PolicySourceArn=member.arn,
        ActionNames=["s3:ListAllMyBuckets", "s3:DeleteBucket", "s3:GetObject", "s3:PutObject"])
    assert decisions(results) == [
        ("s3:ListAllMyBuckets", "allowed"), ("s3:DeleteBucket", "explicitDeny"), ("s3:GetObject", "implicitDeny"),
        ("s3:PutObject", "allowed")]
    matched = [
        [(statement["SourcePolicyId"], statement["SourcePolicyType"]) for statement in result["MatchedStatements"]]
        for result in results["EvaluationResults"]]
    assert matched == [
        [(policy["PolicyName"], "user-managed")], [(f"user_{member.name}_own", "user")], [],
        [(f"group_{name}-g_p", "group")]]


def test_a_groups_and_a_roles_policies_are_simulated(iam, member, name):
    iam.create_group(GroupName=f"{name}-g")
    iam.put_group_policy(GroupName=f"{name}-g", PolicyName="p", PolicyDocument=policy_of("s3:PutObject"))
    role = iam.create_role(RoleName=f"{name}-r", AssumeRolePolicyDocument=trust(member.arn))["Role"]
    iam.put_role_policy(RoleName=f"{name}-r", PolicyName="p", PolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Action": "s3:*", "Resource": "*",
            "Condition": {"ArnEquals": {"aws:PrincipalArn": role["Arn"]}}}]}))
    iam.put_role_permissions_boundary(
        RoleName=f"{name}-r", PermissionsBoundary="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")
    arn = iam.get_group(GroupName=f"{name}-g")["Group"]["Arn"]
    actions = ["s3:PutObject", "s3:GetObject"]
    assert decisions(iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=actions)) == [
        ("s3:PutObject", "allowed"), ("s3:GetObject", "implicitDeny")]
    results = iam.simulate_principal_policy(PolicySourceArn=role["Arn"], ActionNames=actions)
    assert decisions(results) == [("s3:PutObject", "implicitDeny"), ("s3:GetObject", "allowed")]
    assert [result["PermissionsBoundaryDecisionDetail"]["AllowedByPermissionsBoundary"]
            for result in results["EvaluationResults"]] == [False, True]
    wide = iam.simulate_principal_policy(
        PolicySourceArn=role["Arn"], ActionNames=actions, PermissionsBoundaryPolicyInputList=[policy_of("s3:Put*")])
    assert decisions(wide) == [("s3:PutObject", "allowed"), ("s3:GetObject", "implicitDeny")]


def test_policies_are_simulated_that_nobody_has(iam, simulate):
    inputs = [policy_of("s3:GetObject", resource="arn:aws:s3:::books/*")]
    results = iam.simulate_custom_policy(
        PolicyInputList=inputs, ActionNames=["s3:GetObject"], ResourceArns=["arn:aws:s3:::books/k", "arn:aws:s3:::cooks/k"])
    assert [(result["EvalResourceName"], result["EvalDecision"]) for result in results["EvaluationResults"]] == [
        ("arn:aws:s3:::books/k", "allowed"), ("arn:aws:s3:::cooks/k", "implicitDeny")]
    limited = simulate(policy_of("s3:*"), action="s3:PutObject", PermissionsBoundaryPolicyInputList=inputs)
    assert limited["EvalDecision"] == "implicitDeny" and limited["MatchedStatements"] == []
    assert limited["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}


def test_each_resource_has_its_own_result_and_all_of_them_none(simulate):
    result = simulate(policy_of("s3:GetObject"))
    own = result["ResourceSpecificResults"]
    assert [(found["EvalResourceName"], found["EvalResourceDecision"]) for found in own] == [(KEY, "allowed")]
    assert own[0]["MatchedStatements"] == result["MatchedStatements"] and result["EvalDecisionDetails"] == {}
    result = simulate(policy_of("s3:GetObject"), resource=None)
    assert result["EvalResourceName"] == "*" and result["EvalDecision"] == "allowed"
    assert "ResourceSpecificResults" not in result and "EvalDecisionDetails" not in result


def test_statements_are_found_in_their_document(simulate):
    document = '{"Version": "2012-10-17",\n "Id": "a,{é[}", "Statement": [\n{"Effect": "Allow", "Action": "s3:Put*", "Resource": "*"},' \
        '\n  {"Sid": "é", "Effect": "Allow",\n   "Action": ["s3:Get*"], "Resource": "*"}]}'.replace('"Sid": "é", ', "")
    statement = simulate(document)["MatchedStatements"][0]
    assert (statement["StartPosition"], statement["EndPosition"]) == (
        {"Line": 4, "Column": 3}, {"Line": 5, "Column": 43})
    statement = simulate('{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}')["MatchedStatements"][0]
    assert (statement["StartPosition"], statement["EndPosition"]) == (
        {"Line": 1, "Column": 14}, {"Line": 1, "Column": 60})


def test_a_denial_is_the_only_statement_that_is_reported(simulate):
    result = simulate(policy_of("s3:*"), policy_of("s3:Get*", effect="Deny"))
    assert result["EvalDecision"] == "explicitDeny"
    assert [statement["SourcePolicyId"] for statement in result["MatchedStatements"]] == ["PolicyInputList.2"]


# Conditions

def test_conditions_see_what_the_simulation_is_reported(simulate):
    address = {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}
    document = policy_of("s3:GetObject", Condition=address)
    missing = simulate(document)
    assert missing["EvalDecision"] == "implicitDeny" and missing["MissingContextValues"] == ["aws:SourceIp"]
    assert missing["ResourceSpecificResults"][0]["MissingContextValues"] == ["aws:SourceIp"]
    for value, decision in ("10.1.2.3", "allowed"), ("11.1.2.3", "implicitDeny"):
        result = simulate(document, ContextEntries=[
            {"ContextKeyName": "aws:sourceip", "ContextKeyValues": [value], "ContextKeyType": "ip"}])
        assert (result["EvalDecision"], result["MissingContextValues"]) == (decision, [])


def test_conditions_see_who_asks(iam, member, simulate):
    iam.tag_user(UserName=member.name, Tags=[{"Key": "team", "Value": "a"}])
    condition = {"aws:PrincipalAccount": ACCOUNT, "aws:PrincipalType": "User", "aws:PrincipalArn": member.arn}
    own = policy_of("s3:GetObject", resource="arn:aws:s3:::books/${aws:username}/*", Condition={
        "StringEquals": {**condition, "aws:PrincipalTag/Team": "a"}})
    resource = f"arn:aws:s3:::books/{member.name}/k"
    asked = {"ActionNames": ["s3:GetObject"], "ResourceArns": [resource]}
    member.iam.put_user_policy(UserName=member.name, PolicyName="own", PolicyDocument=own)
    for caller in ({}, {"CallerArn": member.arn}):
        found = iam.simulate_principal_policy(PolicySourceArn=member.arn, **asked, **caller)
        assert decisions(found) == [("s3:GetObject", "allowed")]
    # A caller who is only named in CallerArn has no tags: a simulation would reveal them.
    named = simulate(own, resource=resource, CallerArn=member.arn)
    assert named["EvalDecision"] == "implicitDeny" and named["MissingContextValues"] == ["aws:PrincipalTag/Team"]
    bare = policy_of("s3:GetObject", resource="arn:aws:s3:::books/${aws:username}/*", Condition={
        "StringEquals": condition})
    assert simulate(bare, resource=resource, CallerArn=member.arn)["EvalDecision"] == "allowed"
    assert simulate(own, resource=resource, CallerArn=BOB)["EvalDecision"] == "implicitDeny"
    nobody = simulate(own, resource=resource)
    assert nobody["EvalDecision"] == "implicitDeny" and nobody["MissingContextValues"] == ["aws:username"]
    result = simulate(own, resource=resource, CallerArn=BOB, ContextEntries=[
        {"ContextKeyName": name, "ContextKeyValues": [value], "ContextKeyType": "string"}
        for name, value in [
            ("aws:username", member.name), ("aws:PrincipalTag/Team", "a"), ("aws:principalarn", member.arn)]])
    assert result["EvalDecision"] == "allowed"


def test_one_may_simulate_another_caller(iam, member, simulate):
    member.may("s3:GetObject", resource="arn:aws:s3:::books/${aws:username}")
    asked = {"PolicySourceArn": member.arn, "ActionNames": ["s3:GetObject"], "ResourceArns": ["arn:aws:s3:::books/bob"]}
    assert decisions(iam.simulate_principal_policy(**asked)) == [("s3:GetObject", "implicitDeny")]
    assert decisions(iam.simulate_principal_policy(**asked, CallerArn=BOB)) == [("s3:GetObject", "allowed")]


# A bucket's policy

def test_a_buckets_policy_allows_and_denies(simulate):
    nothing = policy_of("s3:ListAllMyBuckets")
    allowed = simulate(nothing, CallerArn=BOB, ResourcePolicy=bucket_policy({"Principal": {"AWS": BOB}}))
    assert allowed["EvalDecision"] == "allowed" and allowed["EvalDecisionDetails"] == {}
    assert [(found["SourcePolicyId"], found["SourcePolicyType"]) for found in allowed["MatchedStatements"]] == [
        ("ResourcePolicy", "resource")]
    other = simulate(nothing, CallerArn=BOB, ResourcePolicy=bucket_policy({"Principal": {"AWS": BOB + "2"}}))
    assert other["EvalDecision"] == "implicitDeny"
    denied = simulate(policy_of("s3:*"), CallerArn=BOB, ResourcePolicy=bucket_policy(
        {"Principal": "*"}, {"Principal": "*", "Effect": "Deny"}))
    assert denied["EvalDecision"] == "explicitDeny"
    assert [(found["SourcePolicyId"], found["StartPosition"]["Column"]) for found in denied["MatchedStatements"]] == [
        ("ResourcePolicy", 142)]


@pytest.mark.parametrize("identity, bucket, details", [
    ("s3:GetObject", STRANGER, ("allowed", "allowed", "allowed")),
    ("s3:PutObject", STRANGER, ("implicitDeny", "implicitDeny", "allowed")),
    ("s3:GetObject", BOB, ("implicitDeny", "allowed", "implicitDeny")),
    ("s3:PutObject", BOB, ("implicitDeny", "implicitDeny", "implicitDeny"))])
@pytest.mark.parametrize("owner", [ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root"])
def test_between_accounts_both_must_allow_it(simulate, identity, bucket, details, owner):
    result = simulate(
        policy_of(identity), CallerArn=STRANGER, ResourceOwner=owner,
        ResourcePolicy=bucket_policy({"Principal": {"AWS": bucket}}))
    own = result["ResourceSpecificResults"][0]
    for found, decision in (result, result["EvalDecision"]), (own, own["EvalResourceDecision"]):
        assert (decision, found["EvalDecisionDetails"]["IAM Policy"],
                found["EvalDecisionDetails"]["Resource Policy"]) == details


def test_a_denial_between_accounts_is_told_of_its_side(simulate):
    result = simulate(
        policy_of("s3:*"), CallerArn=STRANGER, ResourceOwner=ACCOUNT, ResourcePolicy=bucket_policy(
            {"Principal": "*"}, {"Principal": {"AWS": OTHER}, "Effect": "Deny"}))
    assert result["EvalDecision"] == "explicitDeny"
    assert result["EvalDecisionDetails"] == {"IAM Policy": "allowed", "Resource Policy": "explicitDeny"}


def test_an_arn_with_an_account_tells_the_owner(simulate):
    result = simulate(policy_of("iam:*"), action="iam:GetUser", resource=BOB, CallerArn=STRANGER)
    assert result["EvalDecision"] == "implicitDeny"
    assert result["EvalDecisionDetails"] == {"IAM Policy": "allowed", "Resource Policy": "implicitDeny"}
    assert simulate(policy_of("iam:*"), action="iam:GetUser", resource=BOB)["EvalDecision"] == "allowed"


# Refused simulations

POLICY = {"ResourcePolicy": bucket_policy({"Principal": "*"}), "CallerArn": BOB}


@pytest.mark.parametrize("options", [
    {"PolicyInputList": ["nonsense"]}, {"PermissionsBoundaryPolicyInputList": ["{}"]},
    {"PermissionsBoundaryPolicyInputList": [policy_of("s3:*")] * 2},
    {"ActionNames": ["GetObject"]}, {"ActionNames": ["s3:Get*"]},
    {"ResourcePolicy": POLICY["ResourcePolicy"]}, {**POLICY, "ResourcePolicy": "nonsense"},
    {**POLICY, "ResourcePolicy": policy_of("s3:*")}, {**POLICY, "ResourceArns": ["arn:aws:s3:::cooks/k"]},
    {**POLICY, "ResourceArns": [KEY, "arn:aws:s3:::cooks/k"]}, {**POLICY, "ResourceArns": ["*"]},
    {**POLICY, "ResourceArns": [BOB]}, {**POLICY, "ResourceArns": ["arn:aws:s3:::A_/k"]},
    {**POLICY, "CallerArn": f"arn:aws:iam::{ACCOUNT}:role/r"},
    {**POLICY, "CallerArn": f"arn:aws:iam::{ACCOUNT}:group/g"},
    {"CallerArn": f"arn:aws:sts::{ACCOUNT}:assumed-role/r/s"}, {"CallerArn": f"arn:aws:iam::{ACCOUNT}:root"},
    {"CallerArn": f"arn:aws:sts::{ACCOUNT}:federated-user/f"}, {"CallerArn": "arn:aws:iam::1:user/bob"},
    {"CallerArn": f"arn:aws:iam::{ACCOUNT}:user/"}, {"CallerArn": f"arn:aws:iam::{ACCOUNT}:user//b"},
    {"CallerArn": "bob"}, {"ResourceOwner": "bob"}, {"ResourceOwner": BOB}, {"ResourceOwner": "arn:aws:iam::1:root"},
    {"ResourceHandlingOption": "EC2-VPC-EBS"},
    {"ContextEntries": [{"ContextKeyName": "nonsense", "ContextKeyValues": ["a"], "ContextKeyType": "string"}]}])
def test_what_cannot_be_simulated_is_refused(account_server, refused, options):
    client = boto3.client(
        "iam", endpoint_url=account_server.endpoint, region_name="us-east-1", config=UNCHECKED,
        aws_access_key_id=account_server.access_key, aws_secret_access_key=account_server.secret_key)
    asked = {"PolicyInputList": [policy_of("s3:*")], "ActionNames": ["s3:GetObject"], "ResourceArns": [KEY], **options}
    assert refused(client.simulate_custom_policy, **asked) == ("InvalidInput", 400)


def test_what_is_not_simulated_yet_is_refused(iam, member, refused):
    asked = {"PolicySourceArn": member.arn, "ActionNames": ["s3:GetObject"]}
    assert refused(iam.simulate_principal_policy, **asked, PolicyExclusionList=[{"PolicyType": "inline"}]) == (
        "NotImplemented", 501)
    assert refused(iam.simulate_principal_policy, **{**asked, "PolicySourceArn": member.arn + "x"}) == (
        "NoSuchEntity", 404)
    unknown = [{"ContextKeyName": "aws:SourceIp", "ContextKeyValues": ["a"], "ContextKeyType": "color"}]
    assert refused(iam.simulate_principal_policy, **asked, ContextEntries=unknown) == ("ValidationError", 400)


def test_simulating_a_principal_needs_a_right_on_it(member, refused):
    member.may("iam:SimulatePrincipalPolicy", "iam:GetContextKeysForPrincipalPolicy", resource=BOB)
    client = member.client("iam")
    assert refused(client.simulate_principal_policy, PolicySourceArn=member.arn, ActionNames=["s3:GetObject"]) == (
        "AccessDenied", 403)
    assert refused(client.get_context_keys_for_principal_policy, PolicySourceArn=member.arn) == ("AccessDenied", 403)
    assert refused(client.get_context_keys_for_principal_policy, PolicySourceArn=BOB) == ("NoSuchEntity", 404)


# Pages and limits

def test_a_simulation_is_answered_in_pages(iam, refused):
    asked = {
        "PolicyInputList": [policy_of("s3:*", resource="arn:aws:s3:::b1/*")],
        "ActionNames": [f"s3:Action{number}" for number in range(7)],
        "ResourceArns": [f"arn:aws:s3:::b{number}/x" for number in range(3)]}
    pages = list(iam.get_paginator("simulate_custom_policy").paginate(**asked, PaginationConfig={"PageSize": 8}))
    assert [len(page["EvaluationResults"]) for page in pages] == [8, 8, 5]
    results = [result for page in pages for result in page["EvaluationResults"]]
    assert [(result["EvalActionName"], result["EvalResourceName"]) for result in results] == [
        (action, resource) for action in asked["ActionNames"] for resource in asked["ResourceArns"]]
    assert {result["EvalResourceName"] for result in results if result["EvalDecision"] == "allowed"} == {
        "arn:aws:s3:::b1/x"}
    assert refused(iam.simulate_custom_policy, **asked, Marker="MTAwMA==") == ("ValidationError", 400)


def test_a_simulation_has_limits_and_makes_no_more_than_its_page(account_server, iam, refused):
    one = {"PolicyInputList": [policy_of("s3:*")], "ActionNames": ["s3:GetObject"], "ResourceArns": ["*"]}
    large = {**one, "ActionNames": ["s3:GetObject"] * 1000, "ResourceArns": ["arn:aws:s3:::books/x"] * 100}
    began = account_server.processor_seconds()
    assert len(iam.simulate_custom_policy(**large)["EvaluationResults"]) == 100
    assert account_server.processor_seconds() - began < 5
    for name, limit in ("ActionNames", 1000), ("ResourceArns", 100), ("PolicyInputList", 20):
        assert refused(iam.simulate_custom_policy, **{**one, name: one[name] * (limit + 1)}) == (
            "ValidationError", 400)


def test_large_policies_make_small_pages(iam):
    hard = policy_of("s3:*", resource=["arn:aws:s3:::" + "a*" * 500 + "b"] * 20)
    asked = {
        "PolicyInputList": [hard] * 5, "ActionNames": ["s3:GetObject"], "MaxItems": 1000,
        "ResourceArns": ["arn:aws:s3:::" + "a" * 100] * 60}
    page = iam.simulate_custom_policy(**asked)
    assert page["IsTruncated"] and len(page["EvaluationResults"]) == (4 << 20) // (5 * len(hard))
    following = iam.simulate_custom_policy(**asked, Marker=page["Marker"])
    assert len(following["EvaluationResults"]) == 60 - len(page["EvaluationResults"])


# Context keys

def test_the_keys_are_told_that_policies_ask_for(iam, member):
    inputs = [
        policy_of("s3:*", resource="arn:aws:s3:::books/${aws:username}/${aws:PrincipalTag/Team}", Condition={
            "DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"},
            "StringEquals": {"aws:Username": "${aws:userid}", "custom:Thing": "x"}}),
        policy_of("s3:*", Condition={"Bool": {"aws:currenttime": "true"}})]
    found = iam.get_context_keys_for_custom_policy(PolicyInputList=inputs)["ContextKeyNames"]
    assert sorted(found) == ["aws:CurrentTime", "aws:PrincipalTag/Team", "aws:Username", "aws:userid", "custom:Thing"]
    member.may("s3:*", resource="arn:aws:s3:::books/${aws:SourceIp}")
    assert iam.get_context_keys_for_principal_policy(PolicySourceArn=member.arn)["ContextKeyNames"] == ["aws:SourceIp"]
    both = iam.get_context_keys_for_principal_policy(PolicySourceArn=member.arn, PolicyInputList=inputs)
    assert len(both["ContextKeyNames"]) == 6
