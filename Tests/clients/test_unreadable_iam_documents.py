"""Unreadable IAM documents, such as those stored by an earlier version: the users they apply to lose access, everything
else works, and they can be replaced."""

import contextlib

import botocore.exceptions
import pytest

from conftest import Member, make_client, policy_of, root_environment, start
from test_iam_roles import trust
from test_sts import Temporary
from test_unreadable_documents import RUBBISH, code, corrupt


@pytest.fixture
def people(tmp_path):
    """Restarts a server with corrupted documents of one kind. Alice has an inline policy, bob one by his group, carol
    a managed one, dave a boundary, erin a role; frank has none of them."""
    data = tmp_path / "data"
    with start("--data", str(data), **root_environment()) as server:
        iam = make_client(server, service="iam")
        make_client(server).create_bucket(Bucket="books")
        members = {name: Member(server, iam, name) for name in ("alice", "bob", "carol", "dave", "erin", "frank")}
        for name in "alice", "dave", "frank":
            members[name].may("s3:ListBucket")
        iam.create_group(GroupName="readers")
        iam.put_group_policy(GroupName="readers", PolicyName="own", PolicyDocument=policy_of("s3:ListBucket"))
        iam.add_user_to_group(GroupName="readers", UserName="bob")
        managed = iam.create_policy(PolicyName="m", PolicyDocument=policy_of("s3:ListBucket"))["Policy"]["Arn"]
        iam.attach_user_policy(UserName="carol", PolicyArn=managed)
        limit = iam.create_policy(PolicyName="limit", PolicyDocument=policy_of("s3:*"))["Policy"]["Arn"]
        iam.put_user_permissions_boundary(UserName="dave", PermissionsBoundary=limit)
        iam.create_role(RoleName="night", AssumeRolePolicyDocument=trust(members["erin"].arn))
        iam.put_role_policy(RoleName="night", PolicyName="own", PolicyDocument=policy_of("s3:ListBucket"))
    with contextlib.ExitStack() as stack:
        def people(*statements):
            corrupt(data, *statements)
            server = stack.enter_context(start("--data", str(data), **root_environment()))
            return People(server, members)

        yield people


class People:
    def __init__(self, server, members):
        self.server, self.members = server, members
        self.iam = make_client(server, service="iam")

    def client(self, name, **options):
        key = self.members[name].key
        return make_client(self.server, key["AccessKeyId"], key["SecretAccessKey"], **options)

    def sleeper(self):
        answer = self.client("erin", service="sts").assume_role(
            RoleArn="arn:aws:iam::000000000000:role/night", RoleSessionName="sleep")
        return Temporary(self.server, answer["Credentials"]).client()

    def readers(self):
        """The users who may list the bucket."""
        clients = {name: self.client(name) for name in self.members if name != "erin"}
        with contextlib.suppress(botocore.exceptions.ClientError):
            clients["erin"] = self.sleeper()
        return {name for name, client in clients.items() if code(client.list_objects_v2, Bucket="books") is None}

    def warnings(self):
        return [line for line in self.server.log().splitlines() if "cannot be read" in line]


EVERYBODY = {"alice", "bob", "carol", "dave", "erin", "frank"}
MEMBER = ("UPDATE iam_entities SET document = CAST(json_set(CAST(document AS TEXT), '$.{member}', ?) AS BLOB) "
          "WHERE kind = '{kind}' AND name = ?")
MANAGED = MEMBER.format(kind="policy", member="versions[0].document")


def inline(kind):
    return MEMBER.format(kind=kind, member="inline.own")


GOOD = policy_of("s3:ListBucket")


@pytest.mark.parametrize("statement, of, shut, holder, mends", [
    (inline("user"), "alice", "alice", "user/alice", [
        lambda iam: iam.put_user_policy(UserName="alice", PolicyName="own", PolicyDocument=GOOD)]),
    (inline("group"), "readers", "bob", "group/readers", [
        lambda iam: iam.delete_group_policy(GroupName="readers", PolicyName="own"),
        lambda iam: iam.put_group_policy(GroupName="readers", PolicyName="new", PolicyDocument=GOOD)]),
    (inline("role"), "night", "erin", "role/night", [
        lambda iam: iam.put_role_policy(RoleName="night", PolicyName="own", PolicyDocument=GOOD)]),
    (MANAGED, "m", "carol", "user/carol", [
        lambda iam: iam.create_policy_version(
            PolicyArn="arn:aws:iam::000000000000:policy/m", PolicyDocument=GOOD, SetAsDefault=True),
        lambda iam: iam.delete_policy_version(PolicyArn="arn:aws:iam::000000000000:policy/m", VersionId="v1")]),
    (MANAGED, "limit", "dave", "user/dave", [
        lambda iam: iam.delete_user_permissions_boundary(UserName="dave")]),
    (MEMBER.format(kind="role", member="trust"), "night", "erin", "role/night", [
        lambda iam: iam.update_assume_role_policy(
            RoleName="night", PolicyDocument=trust("arn:aws:iam::000000000000:user/erin"))]),
], ids=["inline of a user", "inline of a group", "inline of a role", "managed", "boundary", "trust policy"])
def test_whom_a_document_concerns_is_shut_out_and_nobody_else(people, statement, of, shut, holder, mends):
    people = people((statement, RUBBISH, of))
    assert people.readers() == EVERYBODY - {shut}
    assert any(f"arn:aws:iam::000000000000:{holder}" in warning for warning in people.warnings())
    assert all(other not in warning for warning in people.warnings() for other in EVERYBODY - {shut})
    for mend in mends:
        mend(people.iam)
    assert people.readers() == EVERYBODY


def test_what_cannot_be_read_is_shown_simulated_and_deleted(people):
    people = people((inline("user"), '{"Statement": 1}', "alice"), (MANAGED, '{"Statement": 2}', "m"))
    iam = people.iam
    assert iam.get_user_policy(UserName="alice", PolicyName="own")["PolicyDocument"] == {"Statement": 1}
    policy = "arn:aws:iam::000000000000:policy/m"
    assert iam.get_policy_version(PolicyArn=policy, VersionId="v1")["PolicyVersion"]["Document"] == {"Statement": 2}
    for name in "alice", "carol":
        answer = iam.simulate_principal_policy(
            PolicySourceArn=people.members[name].arn, ActionNames=["s3:ListBucket"])
        assert [result["EvalDecision"] for result in answer["EvaluationResults"]] == ["explicitDeny"]
    iam.delete_user_policy(UserName="alice", PolicyName="own")
    iam.create_policy_version(PolicyArn=policy, PolicyDocument=GOOD, SetAsDefault=True)
    assert code(iam.set_default_policy_version, PolicyArn=policy, VersionId="v1") == "MalformedPolicyDocument"
    assert people.readers() == EVERYBODY - {"alice"}
    iam.put_user_policy(UserName="alice", PolicyName="own", PolicyDocument=GOOD)
    assert people.readers() == EVERYBODY
