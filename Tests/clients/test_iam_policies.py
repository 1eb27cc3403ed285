"""Policies: managed ones with versions, AWS's own, inline ones, and boundaries. What they decide is tested in
test_iam_simulation.py."""

import json

import pytest

from conftest import aws_cli, make_client, policy_of, root_environment, start

READ_ONLY = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"


@pytest.fixture
def policy(iam, name):
    return iam.create_policy(
        PolicyName=f"{name}-p", Path="/p/", Description="what for", PolicyDocument=policy_of("s3:ListAllMyBuckets"),
        Tags=[{"Key": "a", "Value": "b"}])["Policy"]


def test_a_policy_is_what_was_asked_for(iam, policy, refused):
    arn = policy["Arn"]
    assert arn == f"arn:aws:iam::000000000000:policy/p/{policy['PolicyName']}"
    assert (policy["DefaultVersionId"], policy["AttachmentCount"]) == ("v1", 0)
    assert iam.get_policy(PolicyArn=arn)["Policy"] == policy and policy["Description"] == "what for"
    version = iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]
    assert version["Document"] == json.loads(policy_of("s3:ListAllMyBuckets")) and version["IsDefaultVersion"]
    assert refused(iam.create_policy, PolicyName=policy["PolicyName"],
                   PolicyDocument=policy_of("s3:*")) == ("EntityAlreadyExists", 409)
    iam.delete_policy(PolicyArn=arn)
    assert refused(iam.get_policy, PolicyArn=arn) == ("NoSuchEntity", 404)


def test_the_default_version_is_the_one_that_holds(iam, member, policy, refused):
    arn, s3 = policy["Arn"], member.client()
    iam.attach_user_policy(UserName=member.name, PolicyArn=arn)
    s3.list_buckets()
    made = iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy_of("s3:GetObject"))["PolicyVersion"]
    assert (made["VersionId"], made["IsDefaultVersion"]) == ("v2", False)
    s3.list_buckets()
    iam.set_default_policy_version(PolicyArn=arn, VersionId="v2")
    assert refused(s3.list_buckets) == ("AccessDenied", 403)
    assert refused(iam.delete_policy_version, PolicyArn=arn, VersionId="v2") == ("DeleteConflict", 409)
    iam.delete_policy_version(PolicyArn=arn, VersionId="v1")
    made = iam.create_policy_version(
        PolicyArn=arn, PolicyDocument=policy_of("s3:ListAllMyBuckets"), SetAsDefault=True)["PolicyVersion"]
    assert (made["VersionId"], made["IsDefaultVersion"]) == ("v3", True)
    s3.list_buckets()
    listed = iam.list_policy_versions(PolicyArn=arn)["Versions"]
    assert [(version["VersionId"], version["IsDefaultVersion"]) for version in listed] == [("v3", True), ("v2", False)]


def test_a_policy_has_five_versions_at_most(iam, policy, refused):
    for _ in range(4):
        iam.create_policy_version(PolicyArn=policy["Arn"], PolicyDocument=policy_of("s3:*"))
    assert refused(iam.create_policy_version, PolicyArn=policy["Arn"],
                   PolicyDocument=policy_of("s3:*")) == ("LimitExceeded", 409)
    assert refused(iam.delete_policy, PolicyArn=policy["Arn"]) == ("DeleteConflict", 409)
    assert refused(iam.get_policy_version, PolicyArn=policy["Arn"], VersionId="v9") == ("NoSuchEntity", 404)
    assert refused(iam.get_policy_version, PolicyArn=policy["Arn"], VersionId="9") == ("ValidationError", 400)


def test_an_attached_policy_is_not_deleted(iam, member, policy, refused):
    iam.attach_user_policy(UserName=member.name, PolicyArn=policy["Arn"])
    iam.attach_user_policy(UserName=member.name, PolicyArn=policy["Arn"])
    assert iam.get_policy(PolicyArn=policy["Arn"])["Policy"]["AttachmentCount"] == 1
    assert refused(iam.delete_policy, PolicyArn=policy["Arn"]) == ("DeleteConflict", 409)
    entities = iam.list_entities_for_policy(PolicyArn=policy["Arn"])
    assert [user["UserName"] for user in entities["PolicyUsers"]] == [member.name]
    iam.detach_user_policy(UserName=member.name, PolicyArn=policy["Arn"])
    assert refused(iam.detach_user_policy, UserName=member.name, PolicyArn=policy["Arn"]) == ("NoSuchEntity", 404)
    iam.delete_policy(PolicyArn=policy["Arn"])


def test_who_has_a_policy_is_told_by_what_it_is_used_for(iam, member, policy, name):
    iam.create_group(GroupName=name, Path="/staff/")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy_of(
        "sts:AssumeRole", Principal={"AWS": member.arn}).replace('"Resource": "*", ', ""))
    arn = policy["Arn"]
    iam.attach_group_policy(GroupName=name, PolicyArn=arn)
    iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    iam.put_user_permissions_boundary(UserName=member.name, PermissionsBoundary=arn)

    def found(**options):
        pages = iam.get_paginator("list_entities_for_policy").paginate(PolicyArn=arn, **options)
        kinds = [(kind, entity[f"{kind}Name"]) for page in pages for kind in ("Group", "User", "Role")
                 for entity in page[f"Policy{kind}s"]]
        assert {entity for _, entity in kinds} <= {name, member.name}
        return [kind for kind, _ in kinds]

    assert found() == found(PaginationConfig={"PageSize": 3}) == ["Group", "User", "Role"]
    assert sorted(found(PaginationConfig={"PageSize": 1})) == ["Group", "Role", "User"]
    assert found(PolicyUsageFilter="PermissionsPolicy") == ["Group", "Role"]
    assert found(PolicyUsageFilter="PermissionsBoundary") == ["User"]
    assert found(EntityFilter="Role") == ["Role"]
    assert found(EntityFilter="AWSManagedPolicy") == []
    assert found(PathPrefix="/staff/") == ["Group"]
    for usage, count in [("PermissionsPolicy", 1), ("PermissionsBoundary", 1)]:
        listed = [each["Arn"] for page in iam.get_paginator("list_policies").paginate(Scope="Local", PolicyUsageFilter=usage)
                  for each in page["Policies"]]
        assert listed.count(arn) == count
    iam.detach_group_policy(GroupName=name, PolicyArn=arn)
    iam.detach_role_policy(RoleName=name, PolicyArn=arn)
    assert arn not in [each["Arn"] for each in iam.list_policies(
        Scope="Local", PolicyUsageFilter="PermissionsPolicy", MaxItems=1000)["Policies"]]


def test_a_user_has_ten_attached_policies_at_most(iam, member, refused):
    arns = [iam.create_policy(PolicyName=f"{member.name}-{number}", PolicyDocument=policy_of("s3:*"))["Policy"]["Arn"]
            for number in range(11)]
    for arn in arns[:10]:
        iam.attach_user_policy(UserName=member.name, PolicyArn=arn)
    assert refused(iam.attach_user_policy, UserName=member.name, PolicyArn=arns[10]) == ("LimitExceeded", 409)
    pages = list(iam.get_paginator("list_attached_user_policies").paginate(
        UserName=member.name, PaginationConfig={"PageSize": 4}))
    assert [len(page["AttachedPolicies"]) for page in pages] == [4, 4, 2]


def test_a_policy_that_there_is_not_is_not_attached(iam, member, refused):
    for arn in ("arn:aws:iam::aws:policy/NoSuchPolicy", "arn:aws:iam::000000000000:policy/none"):
        assert refused(iam.attach_user_policy, UserName=member.name, PolicyArn=arn) == ("NoSuchEntity", 404)
    assert refused(iam.attach_user_policy, UserName=member.name, PolicyArn="nonsense-of-20-letters") \
        == ("InvalidInput", 400)


# AWS's own

@pytest.mark.parametrize("managed, may_read, may_write, may_list_users", [
    ("AmazonS3FullAccess", True, True, False), ("AmazonS3ReadOnlyAccess", True, False, False),
    ("AdministratorAccess", True, True, True), ("PowerUserAccess", True, True, False),
    ("IAMFullAccess", False, False, True), ("IAMReadOnlyAccess", False, False, True),
    ("AWSDenyAll", False, False, False)])
def test_awss_own_policies_allow_what_their_names_say(
        iam, member, managed, refused, may_read, may_write, may_list_users):
    iam.attach_user_policy(UserName=member.name, PolicyArn=f"arn:aws:iam::aws:policy/{managed}")
    s3, bucket = member.client(), f"b-{member.name}"
    for is_allowed, call in [(may_read, lambda: s3.list_buckets()),
                             (may_write, lambda: s3.create_bucket(Bucket=bucket)),
                             (may_list_users, lambda: member.client("iam").list_users())]:
        if is_allowed:
            call()
        else:
            assert refused(call) == ("AccessDenied", 403)


def test_awss_own_policies_are_listed_and_cannot_be_changed(iam, policy, refused):
    listed = [found["Arn"] for page in iam.get_paginator("list_policies").paginate(
        Scope="AWS", PaginationConfig={"PageSize": 2}) for found in page["Policies"]]
    assert READ_ONLY in listed and len(set(listed)) == len(listed) > 5
    document = iam.get_policy_version(PolicyArn=READ_ONLY, VersionId="v1")["PolicyVersion"]["Document"]
    assert "s3:Get*" in document["Statement"][0]["Action"]
    assert refused(iam.delete_policy, PolicyArn=READ_ONLY) == ("AccessDenied", 403)
    assert refused(iam.create_policy_version, PolicyArn=READ_ONLY,
                   PolicyDocument=policy_of("*")) == ("AccessDenied", 403)
    local = [found["Arn"] for found in iam.list_policies(Scope="Local", PathPrefix="/p/")["Policies"]]
    assert policy["Arn"] in local and READ_ONLY not in local
    assert policy["Arn"] not in [found["Arn"] for found in iam.list_policies(OnlyAttached=True)["Policies"]]


# Documents

@pytest.mark.parametrize("document", [
    "", "nonsense", "[]", "{}", '{"Statement": []}', '{"Version": "2020-01-01", "Statement": []}',
    policy_of("s3:*", Principal="*"), policy_of("GetObject"), policy_of("s3:*", resource="bucket"),
    policy_of("s3:*", effect="Perhaps"), policy_of("s3:*", NotAction="s3:*"), policy_of("s3:*", Sid="a b"),
    policy_of("s3:*", Colour="red"), '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*"}}'])
def test_a_malformed_document_is_refused(iam, member, policy, refused, document):
    document = document or " "
    for call in [
            lambda: iam.create_policy(PolicyName="malformed", PolicyDocument=document),
            lambda: iam.create_policy_version(PolicyArn=policy["Arn"], PolicyDocument=document),
            lambda: iam.put_user_policy(UserName=member.name, PolicyName="p", PolicyDocument=document)]:
        assert refused(call) == ("MalformedPolicyDocument", 400)


def test_inline_policies_are_put_read_and_deleted(iam, member, refused):
    document = policy_of("s3:GetObject", Sid="Umlautß".replace("ß", "s"), resource="arn:aws:s3:::b/ü+%20")
    iam.put_user_policy(UserName=member.name, PolicyName="p+q@r", PolicyDocument=document)
    found = iam.get_user_policy(UserName=member.name, PolicyName="p+q@r")
    assert found["PolicyDocument"] == json.loads(document)
    iam.put_user_policy(UserName=member.name, PolicyName="b", PolicyDocument=policy_of("s3:*"))
    assert iam.list_user_policies(UserName=member.name)["PolicyNames"] == ["b", "p+q@r"]
    iam.delete_user_policy(UserName=member.name, PolicyName="b")
    assert refused(iam.get_user_policy, UserName=member.name, PolicyName="b") == ("NoSuchEntity", 404)


def test_documents_have_their_limits_and_white_space_is_free(iam, member, refused):
    long = policy_of(*[f"s3:{'x' * 90}{number}" for number in range(25)])
    assert refused(iam.put_user_policy, UserName=member.name, PolicyName="p",
                   PolicyDocument=long) == ("LimitExceeded", 409)
    iam.create_policy(PolicyName=f"{member.name}-long", PolicyDocument=long)
    iam.put_user_policy(UserName=member.name, PolicyName="p", PolicyDocument=policy_of("s3:*") + " " * 3000)
    assert refused(iam.create_policy, PolicyName="too-long", PolicyDocument=policy_of(
        *[f"s3:{'x' * 90}{number}" for number in range(80)])) == ("LimitExceeded", 409)


def test_white_space_is_not_free_without_end(refused):
    with start("--ephemeral", **root_environment()) as server:
        client = make_client(server, service="iam")
        document = policy_of("s3:*")
        document += " " * (128 * 1024 - len(document))
        assert refused(client.create_policy, PolicyName="over", PolicyDocument=document + " ") == (
            "ValidationError", 400)
        for number in range(128):
            client.create_policy(PolicyName=f"p-{number}", PolicyDocument=document)
        assert refused(client.create_policy, PolicyName="more", PolicyDocument=document) == ("LimitExceeded", 409)
        client.create_user(UserName="u")
        assert refused(client.put_user_policy, UserName="u", PolicyName="p", PolicyDocument=policy_of("s3:*")) == (
            "LimitExceeded", 409)
        client.delete_policy(PolicyArn="arn:aws:iam::000000000000:policy/p-0")
        client.put_user_policy(UserName="u", PolicyName="p", PolicyDocument=policy_of("s3:*"))


@pytest.mark.parametrize("text", ["x" * 1001, "a\x00b", "a\x1bb", "a\x7fb", "a\x85b", "a\uffffb"])
def test_a_malformed_description_is_refused(iam, name, refused, text):
    assert refused(iam.create_policy, PolicyName=name, PolicyDocument=policy_of("s3:*"), Description=text) == (
        "ValidationError", 400)


def test_tags_of_a_policy_are_added_listed_and_removed(iam, policy, refused):
    arn = policy["Arn"]
    iam.tag_policy(PolicyArn=arn, Tags=[{"Key": "Team", "Value": "a"}, {"Key": "cost", "Value": "b"}])
    iam.untag_policy(PolicyArn=arn, TagKeys=["COST"])
    tags = {tag["Key"]: tag["Value"] for tag in iam.list_policy_tags(PolicyArn=arn)["Tags"]}
    assert tags == {tag["Key"]: tag["Value"] for tag in iam.get_policy(PolicyArn=arn)["Policy"]["Tags"]}
    assert tags["Team"] == "a" and "cost" not in tags
    assert iam.list_policy_tags(PolicyArn=READ_ONLY)["Tags"] == []
    assert refused(iam.tag_policy, PolicyArn=READ_ONLY, Tags=[{"Key": "a", "Value": "b"}]) == ("AccessDenied", 403)
    assert refused(iam.list_policy_tags, PolicyArn=f"{arn}-none") == ("NoSuchEntity", 404)


# Boundaries

def test_a_boundary_limits_what_policies_allow(iam, member, refused):
    iam.attach_user_policy(UserName=member.name, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    s3 = member.client()
    s3.create_bucket(Bucket=f"b-{member.name}")
    iam.put_user_permissions_boundary(UserName=member.name, PermissionsBoundary=READ_ONLY)
    boundary = iam.get_user(UserName=member.name)["User"]["PermissionsBoundary"]
    assert boundary == {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": READ_ONLY}
    s3.list_buckets()
    assert refused(s3.delete_bucket, Bucket=f"b-{member.name}") == ("AccessDenied", 403)
    own = member.client("iam")
    assert refused(own.delete_user_permissions_boundary, UserName=member.name) == ("AccessDenied", 403)
    iam.delete_user_permissions_boundary(UserName=member.name)
    s3.delete_bucket(Bucket=f"b-{member.name}")
    assert refused(iam.delete_user_permissions_boundary, UserName=member.name) == ("NoSuchEntity", 404)


def test_a_boundary_allows_nothing_by_itself(iam, name, member, refused):
    iam.put_user_permissions_boundary(
        UserName=member.name, PermissionsBoundary="arn:aws:iam::aws:policy/AdministratorAccess")
    assert refused(member.client().list_buckets) == ("AccessDenied", 403)


def test_a_boundary_must_exist_and_is_not_deleted(iam, name, policy, refused):
    assert refused(iam.create_user, UserName=name, PermissionsBoundary="arn:aws:iam::000000000000:policy/none") \
        == ("NoSuchEntity", 404)
    iam.create_user(UserName=name, PermissionsBoundary=policy["Arn"])
    assert iam.get_policy(PolicyArn=policy["Arn"])["Policy"]["PermissionsBoundaryUsageCount"] == 1
    assert refused(iam.delete_policy, PolicyArn=policy["Arn"]) == ("DeleteConflict", 409)


def test_the_account_is_summed_up(iam, member, policy):
    summary = iam.get_account_summary()["SummaryMap"]
    assert summary["Users"] >= 1 and summary["Policies"] >= 1 and summary["AccessKeysPerUserQuota"] == 2


def test_the_cli_makes_and_attaches_a_policy(account_server, member, tmp_path):
    aws = aws_cli(account_server)
    (tmp_path / "policy.json").write_text(policy_of("s3:ListAllMyBuckets"))
    made = json.loads(aws("iam", "create-policy", "--policy-name", f"{member.name}-cli", "--policy-document",
                          f"file://{tmp_path}/policy.json").stdout)["Policy"]
    aws("iam", "attach-user-policy", "--user-name", member.name, "--policy-arn", made["Arn"])
    own = aws_cli(account_server, member.key["AccessKeyId"], member.key["SecretAccessKey"])
    own("s3", "ls")
    failed = own("iam", "list-users", check=False)
    assert "AccessDenied" in failed.stderr and "iam:ListUsers" in failed.stderr
