"""`coffer explain`: decisions by policies in files, as text, as JSON, and as exit codes."""

import json

import pytest

import servers

ALICE = "arn:aws:iam::111122223333:user/staff/alice"
FULL_ACCESS = "arn:aws:iam::aws:policy/AmazonS3FullAccess"
ALLOWED, REFUSED, FAILED, USAGE = 0, 3, 1, 64


@pytest.fixture
def policy(tmp_path):
    """Writes a policy to a file."""
    def policy(*statements, name="policy.json"):
        path = tmp_path / name
        path.write_text(json.dumps({"Version": "2012-10-17", "Statement": statements}))
        return str(path)

    return policy


def explain(*arguments, principal=ALICE, action="s3:GetObject", resource="arn:aws:s3:::books/a.csv"):
    return servers.run("explain", "--principal", principal, "--action", action, "--resource", resource, *arguments)


def explained(*arguments, **options):
    result = explain("--json", *arguments, **options)
    assert result.stderr == "" and result.returncode in (ALLOWED, REFUSED)
    answer = json.loads(result.stdout)
    assert answer["allowed"] == (result.returncode == ALLOWED)
    return answer


def bucket(effect="Allow", principal="*", action="s3:GetObject", resource="arn:aws:s3:::books/*", **more):
    return {"Effect": effect, "Principal": principal, "Action": action, "Resource": resource, **more}


def identity(effect="Allow", action="s3:*", resource="*", **more):
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def test_a_decision_is_told_with_every_statement(policy):
    result = explain("--policy", policy(bucket(Sid="Open"), bucket("Deny", action="s3:PutObject")))
    assert (result.returncode, result.stderr) == (ALLOWED, "")
    assert result.stdout.splitlines() == [
        'allowed by statement "Open" of the resource policy', "", f"Principal: {ALICE}", "Action: s3:GetObject",
        "Resource: arn:aws:s3:::books/a.csv", "", "Statements",
        '  Allow, statement "Open" of the resource policy: matches',
        "  Deny, statement 2 of the resource policy: applies to other actions"]


def test_a_program_reads_it_as_json(policy):
    condition = {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}
    answer = explained("--policy", policy(bucket(Sid='Shu"t', effect="Deny"), bucket(Condition=condition)))
    assert not answer["allowed"] and answer["denied"]
    assert answer["reason"] == 'denied by statement "Shu"t" of the resource policy'
    assert (answer["principal"], answer["action"]) == (ALICE, "s3:GetObject")
    shut, open_ = answer["statements"]
    assert shut == {"effect": "Deny", "source": "resource policy", "policy": None, "index": 0, "sid": 'Shu"t',
                    "matches": True, "outcome": "matches"}
    assert open_["sid"] is None and not open_["matches"] and "aws:sourceip" in open_["outcome"]


@pytest.mark.parametrize("options, statement, code", [
    ((), {}, REFUSED), (("--condition", "aws:SourceIp=10.1.2.3"), {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, ALLOWED),
    (("--condition", "aws:SourceIp=11.1.2.3"), {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, REFUSED),
    (("--condition", "AWS:SOURCEIP=10.1.2.3"), {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, ALLOWED),
    (("--condition", "s3:prefix=a=b"), {"StringEquals": {"s3:prefix": "a=b"}}, ALLOWED),
    (("--condition", "s3:RequestObjectTagKeys=a", "--condition", "s3:RequestObjectTagKeys=b"),
     {"ForAllValues:StringEquals": {"s3:RequestObjectTagKeys": ["a", "b"]},
      "ForAnyValue:StringEquals": {"s3:RequestObjectTagKeys": "b"}}, ALLOWED),
    ((), {"StringEquals": {"aws:username": "alice"}}, ALLOWED), ((), {"StringEquals": {"aws:username": "bob"}}, REFUSED),
    ((), {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:user/staff/*"}}, ALLOWED),
    ((), {"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, ALLOWED),
    (("--condition", "aws:CurrentTime=2019-01-01T00:00:00Z"),
     {"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, REFUSED),
    (("--condition", "aws:PrincipalTag/team=data"), {"StringEquals": {"aws:PrincipalTag/team": "data"}}, ALLOWED)], ids=str)
def test_conditions_have_the_values_given_and_those_of_the_principal(policy, options, statement, code):
    path = policy(identity(Condition=statement) if statement else identity(action="ec2:*"))
    assert explain("--identity-policy", path, *options).returncode == code


@pytest.mark.parametrize("principal, statement, code", [
    ("anonymous", bucket(), ALLOWED), ("anonymous", bucket(principal={"AWS": ALICE}), REFUSED),
    (ALICE, bucket(principal={"AWS": ALICE}), ALLOWED), ("root", bucket(action="s3:PutObject"), ALLOWED),
    ("root", bucket("Deny"), REFUSED), ("arn:aws:iam::111122223333:root", bucket(action="s3:PutObject"), ALLOWED),
    ("arn:aws:sts::111122223333:assumed-role/reader/me", bucket(principal={"AWS": "arn:aws:iam::111122223333:role/reader"}),
     ALLOWED),
    ("arn:aws:sts::111122223333:assumed-role/other/me", bucket(principal={"AWS": "arn:aws:iam::111122223333:role/reader"}),
     REFUSED)], ids=str)
def test_everyone_can_be_asked_for(policy, principal, statement, code):
    assert explain("--policy", policy(statement), principal=principal).returncode == code


def test_other_accounts_need_both_sides(policy):
    open_, other = policy(bucket()), ("--bucket-owner", "999900001111")
    assert explain("--policy", open_, *other).returncode == REFUSED
    assert explain("--identity-policy", FULL_ACCESS, *other).returncode == REFUSED
    assert explain("--policy", open_, "--identity-policy", FULL_ACCESS, *other).returncode == ALLOWED


def test_policies_of_all_kinds_have_their_say_and_their_names(policy):
    allow, silent = policy(identity(), name="allow.json"), policy(identity(action="ec2:*"), name="silent.json")
    assert explained("--identity-policy", FULL_ACCESS)["statements"][0]["policy"] == FULL_ACCESS
    answer = explained("--identity-policy", allow, "--identity-policy", silent)
    assert [statement["policy"] for statement in answer["statements"]] == [allow, silent] and answer["allowed"]
    assert "boundary" in explained("--identity-policy", allow, "--boundary", silent)["reason"]
    assert "session" in explained("--identity-policy", allow, "--session-policy", silent)["reason"]


@pytest.mark.parametrize("options, expected_text", [
    ({"action": "s3:GetObjekt"}, "not an S3 action"), ({"principal": "alice"}, "'alice' is not a principal"),
    ({"principal": "arn:aws:iam::1:user/a"}, "--principal"), ({"resource": "books/a"}, "arn:aws:s3:::bucket/key"),
    ({"principal": "arn:aws:iam::111122223333:user/"}, "--principal")])
def test_wrong_words_are_reported(options, expected_text):
    result = explain("--identity-policy", FULL_ACCESS, **options)
    assert result.returncode == USAGE and expected_text in result.stderr and result.stdout == ""


@pytest.mark.parametrize("arguments, expected_text", [
    (("--condition", "aws:SourceIp"), "KEY=VALUE"), (("--condition", "aws:SourceIpp=1"), "'aws:SourceIpp' is not a condition key"),
    (("--colour",), "--colour"), (("--policy", "a", "--policy", "b"), "twice")])
def test_wrong_options_are_reported(arguments, expected_text):
    result = explain(*arguments)
    assert result.returncode == USAGE and expected_text in result.stderr


def test_what_is_needed_is_reported():
    result = servers.run("explain", "--action", "s3:GetObject")
    assert result.returncode == USAGE and "--principal" in result.stderr
    assert "explain" in servers.run("--help").stdout and "Exit codes" in servers.run("explain", "--help").stdout


def test_a_policy_that_cannot_be_read_is_told_with_its_reason(policy, tmp_path):
    missing = explain("--policy", str(tmp_path / "missing.json"))
    assert missing.returncode == FAILED and "missing.json" in missing.stderr
    for option, statement, reason in [
            ("--policy", bucket(action="s3:Dance"), "invalid action"),
            ("--policy", bucket(resource="arn:aws:s3:::other/*"), "invalid resource"),
            ("--identity-policy", bucket(), "should not specify a principal")]:
        result = explain(option, policy(statement))
        assert result.returncode == FAILED and reason in result.stderr
