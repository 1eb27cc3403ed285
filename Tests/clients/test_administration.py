"""`coffer user`, `key`, `policy` and `explain` against a server."""

import contextlib
import http.server
import json
import re
import shlex
import subprocess
import threading

import pytest

import accounts
import servers
from accounts import STRANGER_ACCOUNT
from conftest import Member, make_client, policy_of, root_environment, start

ALLOWED, REFUSED, FAILED, USAGE = 0, 3, 1, 64
FULL_ACCESS = "arn:aws:iam::aws:policy/AmazonS3FullAccess"


@pytest.fixture
def coffer(account_server):
    """Runs the command as the root of the first account, or with other keys."""
    def coffer(*arguments, keys=None, expected=0):
        access_key, secret_key = keys or (account_server.access_key, account_server.secret_key)
        result = servers.run(*arguments, env={
            "AWS_ACCESS_KEY_ID": access_key, "AWS_SECRET_ACCESS_KEY": secret_key,
            "COFFER_ENDPOINT": account_server.endpoint})
        assert result.returncode == expected, result.stderr or result.stdout
        return result.stdout if expected in (ALLOWED, REFUSED) else result.stderr

    return coffer


def test_the_setup_page_without_aws_tools(coffer, iam, name, root_s3, account_server):
    made = json.loads(coffer("user", "create", name, "--path", "/staff/", "--tag", "a=b", "--json"))
    assert made["Arn"].endswith(f":user/staff/{name}")
    assert iam.list_user_tags(UserName=name)["Tags"] == [{"Key": "a", "Value": "b"}]
    coffer("policy", "attach", "AmazonS3FullAccess", "--user", name)
    shell = coffer("key", "create", name)
    found = re.fullmatch(r"unset COFFER_ALIAS\nexport COFFER_ENDPOINT=\S+\nexport AWS_ACCESS_KEY_ID=(\S+)\nexport AWS_SECRET_ACCESS_KEY=(\S+)\n", shell)
    root_s3.create_bucket(Bucket=name)
    make_client(account_server, *found.groups()).put_object(Bucket=name, Key="k", Body=b"1")
    shown = dict(line.split(None, 1) for line in coffer("user", "show", name).splitlines() if " " in line)
    assert shown["AttachedPolicies"] == "AmazonS3FullAccess" and shown["AccessKeys"] == f"{found[1]} Active"
    # The caller's own user needs no name.
    coffer("policy", "attach", "IAMReadOnlyAccess", "--user", name)
    assert json.loads(coffer("user", "show", "--json", keys=found.groups()))["UserName"] == name
    coffer("user", "delete", name, "--force")
    assert f"{name} cannot be found" in coffer("user", "show", name, expected=FAILED)


@contextlib.contextmanager
def hostile_server(answer):
    """A server that answers every IAM action with this text; yields the environment for a client of it."""
    class Hostile(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer.encode())))
            self.end_headers()
            self.wfile.write(answer.encode())

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hostile) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b",
               "COFFER_ENDPOINT": f"http://127.0.0.1:{server.server_address[1]}"}
        server.shutdown()


def test_a_server_cannot_have_a_shell_run_what_it_names_a_key(tmp_path):
    """The output of `coffer key create` is for `eval`, and the server may be hostile."""
    made = tmp_path / "made"
    hostile = f"$(touch {made})'; touch {made}; '"
    with hostile_server(f"<CreateAccessKeyResponse><CreateAccessKeyResult><AccessKey><AccessKeyId>{hostile}</AccessKeyId>"
                        "<SecretAccessKey>a/b+c=</SecretAccessKey></AccessKey></CreateAccessKeyResult>"
                        "</CreateAccessKeyResponse>") as environment:
        result = servers.run("key", "create", env=environment)
    assert result.returncode == ALLOWED, result.stderr
    output = subprocess.run(
        ["bash", "-c", f'eval {shlex.quote(result.stdout)}; printf "%s|%s" "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY"'],
        capture_output=True, text=True, check=True)
    assert output.stdout == f"{hostile}|a/b+c=" and not made.exists()


def test_a_server_does_nothing_to_a_terminal():
    # A C1 control character that XML allows, and that starts an escape sequence in terminals.
    with hostile_server("<ListUsersResponse><ListUsersResult><Users><member><UserName>a\x9b31m\u202eb</UserName></member>"
                        "</Users></ListUsersResult></ListUsersResponse>") as environment:
        lines, document = (servers.run("user", "list", *options, env=environment) for options in ([], ["--json"]))
    assert lines.stdout.split()[0] == "a\\u{9b}31m\\u{202e}b", lines.stdout
    assert json.loads(document.stdout)[0]["UserName"] == "a\x9b31m\u202eb"


@pytest.mark.parametrize("next_page", ["", "<Marker>again</Marker>"])
def test_an_incomplete_list_is_an_error(next_page):
    with hostile_server(f"<ListUsersResponse><ListUsersResult><Users/><IsTruncated>true</IsTruncated>{next_page}"
                        "</ListUsersResult></ListUsersResponse>") as environment:
        assert servers.run("user", "list", env=environment).returncode == FAILED


def test_a_document_is_not_cut(coffer, tmp_path):
    (tmp_path / "policy.json").write_text(" " * (1 << 20) + "{}")
    assert "longer than 1 MiB" in coffer("policy", "create", "p", str(tmp_path / "policy.json"), expected=FAILED)


def test_users_are_listed_over_pages(coffer, iam, name):
    names = [f"{name}-{number}" for number in range(120)]
    for each in names:
        iam.create_user(UserName=each, Path=f"/{name}/")
    listed = json.loads(coffer("user", "list", "--path", f"/{name}/", "--json"))
    assert [user["UserName"] for user in listed] == sorted(names)
    assert len(coffer("user", "list", "--path", f"/{name}/").splitlines()) == 120


def test_keys_are_switched_and_deleted(coffer, member, refused):
    member.may("s3:ListAllMyBuckets")
    key = member.key["AccessKeyId"]
    member.client().list_buckets()
    coffer("key", "disable", key, "--user", member.name)
    assert refused(member.client().list_buckets) == ("InvalidAccessKeyId", 403)
    coffer("key", "enable", key, "--user", member.name)
    member.client().list_buckets()
    listed, = json.loads(coffer("key", "list", member.name, "--json"))
    assert (listed["AccessKeyId"], listed["Status"], listed["LastUsedService"]) == (key, "Active", "s3")
    coffer("key", "delete", key, "--user", member.name)
    assert coffer("key", "list", member.name) == ""


def test_a_policy_is_made_changed_and_deleted(coffer, iam, name, member, tmp_path):
    file = tmp_path / "policy.json"
    for number in range(7):
        file.write_text(policy_of(f"s3:GetObject", resource=f"arn:aws:s3:::books/{number}"))
        coffer("policy", "update" if number else "create", name, file)
    assert json.loads(coffer("policy", "show", name)) == json.loads(file.read_text())
    arn, = [row["Arn"] for row in json.loads(coffer("policy", "list", "--json")) if row["PolicyName"] == name]
    assert len(iam.list_policy_versions(PolicyArn=arn)["Versions"]) == 5
    coffer("policy", "attach", arn, "--user", member.name)
    assert "DeleteConflict" in coffer("policy", "delete", name, expected=FAILED)
    coffer("policy", "detach", name, "--user", member.name)
    coffer("policy", "delete", name)
    assert "NoSuchEntity" in coffer("policy", "show", arn, expected=FAILED)
    assert "AmazonS3ReadOnlyAccess" in coffer("policy", "list", "--aws")


def test_what_is_wrong_is_reported(coffer, name, tmp_path, member):
    assert "is not authorized to perform: iam:CreateUser" in coffer(
        "user", "create", name, keys=(member.key["AccessKeyId"], member.key["SecretAccessKey"]), expected=FAILED)
    assert "coffer user create NAME" in coffer("user", "create", expected=USAGE)
    assert "use an ARN" in coffer(
        "explain", "--principal", "bob", "--action", "s3:GetObject", "--resource", "*", expected=USAGE)
    assert "unexpected argument 'b'" in coffer("user", "create", "a", "b", expected=USAGE)
    assert "'coffer user' needs a subcommand: create, list" in coffer("user", "make", expected=USAGE)
    assert "--user, --group and --role" in coffer("policy", "attach", "X", expected=USAGE)
    assert "none.json" in coffer("policy", "create", name, tmp_path / "none.json", expected=FAILED)
    assert "KEY=VALUE" in coffer("user", "create", name, "--tag", "a", expected=USAGE)


def test_a_secret_is_in_no_message(coffer, account_server):
    message = coffer("user", "list", keys=(account_server.access_key, "the-wrong-secret"), expected=FAILED)
    assert "SignatureDoesNotMatch" in message or "signature" in message.lower()
    assert "the-wrong-secret" not in message and account_server.secret_key not in message


def test_a_server_that_is_not_there_is_named():
    result = servers.run("user", "list", env={
        "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "COFFER_ENDPOINT": "http://127.0.0.1:1"})
    assert result.returncode == FAILED and "127.0.0.1" in result.stderr


def test_two_servers_in_the_environment_are_refused():
    result = servers.run("user", "list", env={"COFFER_ALIAS": "home", "COFFER_ENDPOINT": "http://127.0.0.1:9"})
    assert result.returncode == USAGE and "COFFER_ALIAS and COFFER_ENDPOINT" in result.stderr


def test_help_on_a_command_is_its_own():
    for words in (("help", "key", "create"), ("key", "create", "--help")):
        assert "Usage: coffer key create [USER] [options]\n" in servers.run(*words).stdout
    assert "See coffer --help" in servers.run("hlep").stderr


def test_the_reason_of_a_refusal_is_printed(coffer, root_s3, member, name):
    root_s3.create_bucket(Bucket=name)
    member.may("s3:GetBucketPolicy")
    output = coffer(
        "ls", f"s3://{name}", keys=(member.key["AccessKeyId"], member.key["SecretAccessKey"]), expected=FAILED)
    assert "AccessDenied" in output and "s3:ListBucket" in output and "no identity policy" in output


# `coffer explain` with a server

@pytest.fixture
def explain(coffer, root_s3, name):
    """Asks about an existing bucket."""
    root_s3.create_bucket(Bucket=name)
    root_s3.put_object(Bucket=name, Key="k", Body=b"1", Tagging="shelf=open")

    def explain(principal, action="s3:GetObject", key="/k", *arguments, expected, **options):
        return coffer("explain", "--principal", principal, "--action", action, "--resource", f"arn:aws:s3:::{name}{key}",
                      *arguments, expected=expected, **options)

    return explain


def test_a_server_explains_by_the_users_policies(explain, member, name):
    assert "no identity policy, resource policy or ACL allows it" in explain(member.arn, expected=REFUSED)
    member.may("s3:GetObject", policy="reading")
    answer = json.loads(explain(member.arn, "s3:GetObject", "/k", "--json", expected=ALLOWED))
    assert answer["allowed"] and not answer["denied"] and answer["principal"] == member.arn
    assert answer["reason"] == "allowed by statement 1 of the identity policy reading"
    assert answer["statements"] == [{
        "effect": "Allow", "source": "identity policy", "policy": "reading", "index": 0, "sid": None, "matches": True,
        "outcome": "matches"}]


def test_a_server_explains_by_the_buckets_policy_and_what_is_stored(explain, root_s3, member, name):
    root_s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Sid": "Open", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{name}/*",
         "Condition": {"StringEquals": {"s3:ExistingObjectTag/shelf": "open"}}},
        {"Sid": "Shut", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": f"arn:aws:s3:::{name}/*",
         "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}]}))
    assert 'allowed by statement "Open"' in explain("anonymous", expected=ALLOWED)
    output = explain("anonymous", "s3:GetObject", "/k", "--condition", "aws:SourceIp=192.0.2.7", expected=REFUSED)
    assert 'denied by statement "Shut"' in output
    assert "anonymous" in output and "Deny, statement \"Shut\" of the resource policy: matches" in output
    assert "s3:existingobjecttag/shelf" in explain("anonymous", "s3:GetObject", "/none", expected=REFUSED).lower()
    assert "the root of an account" in explain("root", "s3:DeleteObject", expected=ALLOWED)


def test_a_server_explains_by_acls_and_blocks(explain, root_s3, name):
    root_s3.put_object_acl(Bucket=name, Key="k", ACL="public-read")
    assert "allowed by the ACL" in explain("anonymous", expected=ALLOWED)
    root_s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration={"IgnorePublicAcls": True})
    explain("anonymous", expected=REFUSED)
    root_s3.delete_public_access_block(Bucket=name)
    root_s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{name}/*"}]}))
    root_s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration={"RestrictPublicBuckets": True})
    assert "RestrictPublicBuckets" in explain("anonymous", expected=REFUSED)


def test_a_role_and_its_session_are_explained(explain, iam, name):
    trust = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": accounts.FIRST_ID}, "Action": "sts:AssumeRole"}]})
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=policy_of("s3:GetObject"))
    explain(arn, expected=ALLOWED)
    explain(f"arn:aws:sts::{accounts.FIRST_ID}:assumed-role/{name}/night", expected=ALLOWED)
    explain(arn, "s3:PutObject", expected=REFUSED)


def test_what_other_accounts_users_may_do_is_explained_without_their_policies(
        explain, account_server, root_s3, name):
    iam = make_client(account_server, STRANGER_ACCOUNT.access_key, STRANGER_ACCOUNT.secret_key, service="iam")
    outsider = Member(account_server, iam, name)
    outsider.may("s3:GetObject", policy="secret-name")
    answer = json.loads(explain(outsider.arn, "s3:GetObject", "/k", "--json", expected=REFUSED))
    assert answer["statements"] == [] and "secret-name" not in json.dumps(answer)


def test_what_other_accounts_let_their_users_do_is_not_told(explain, coffer, account_server, root_s3, name):
    """Neither the text nor any other difference in the response reveals it."""
    iam = make_client(account_server, STRANGER_ACCOUNT.access_key, STRANGER_ACCOUNT.secret_key, service="iam")
    outsider = Member(account_server, iam, name)
    iam.tag_user(UserName=name, Tags=[{"Key": "rank", "Value": "secret-tag"}])
    root_s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": outsider.arn}, "Action": "s3:GetObject",
         "Resource": f"arn:aws:s3:::{name}/*"},
        {"Effect": "Allow", "Principal": {"AWS": outsider.arn}, "Action": "s3:PutObject",
         "Resource": f"arn:aws:s3:::{name}/*", "Condition": {"StringEquals": {"aws:PrincipalTag/rank": "high"}}}]}))
    answers = []
    for effect in (None, "Allow", "Deny"):
        if effect:
            outsider.may("s3:*", effect=effect, policy="secret-name")
        answers.append([json.loads(explain(outsider.arn, action, "/k", "--json", expected=expected))
                        for action, expected in [("s3:GetObject", ALLOWED), ("s3:PutObject", REFUSED)]])
        question = ("explain", "--principal", outsider.arn, "--action", "s3:ListAllMyBuckets", "--resource", "*")
        assert "AccessDenied" in coffer(*question, expected=FAILED)
    assert answers[0] == answers[1] == answers[2] and "secret" not in json.dumps(answers)
    assert "its own account" in answers[0][0]["reason"]


def test_explanations_are_for_the_owners_root_alone(explain, member):
    member.may("iam:*", "s3:*")
    keys = (member.key["AccessKeyId"], member.key["SecretAccessKey"])
    assert "AccessDenied" in explain("anonymous", keys=keys, expected=FAILED)
    stranger = (STRANGER_ACCOUNT.access_key, STRANGER_ACCOUNT.secret_key)
    explain("anonymous", keys=stranger, expected=FAILED)


@pytest.mark.parametrize("principal, resource, words", [
    ("arn:aws:iam::000000000000:user/nobody-at-all", "", "cannot be found"), ("arn:aws:iam::999999999999:root", "", "cannot be found"),
    ("anonymous", "-none", "does not exist")])
def test_what_is_not_there_is_reported(explain, principal, resource, words):
    assert words in explain(principal, "s3:ListBucket", resource, expected=FAILED)


# `coffer explain` with a data directory

def test_a_data_directory_explains(tmp_path):
    data = tmp_path / "data"
    with start("--data", data, **root_environment()) as server:
        make_client(server).create_bucket(Bucket="books")
        make_client(server).put_object(Bucket="books", Key="k", Body=b"1")
        member = Member(server, make_client(server, service="iam"), "alice")
        member.may("s3:GetObject")
        arguments = ("explain", "--data", data, "--principal", member.arn, "--resource", "arn:aws:s3:::books/k", "--action")
        busy = servers.run(*arguments, "s3:GetObject")
        assert busy.returncode == FAILED and "another process" in busy.stderr
    assert servers.run(*arguments, "s3:GetObject").returncode == ALLOWED
    refused = servers.run(*arguments, "s3:PutObject")
    assert refused.returncode == REFUSED and "not allowed" in refused.stdout
    with start("--data", data, **root_environment()) as server:
        assert make_client(server).get_object(Bucket="books", Key="k")["Body"].read() == b"1"


def test_a_data_directory_that_is_not_there_is_not_made(tmp_path):
    result = servers.run("explain", "--data", tmp_path / "none", "--principal", "root", "--action", "s3:GetObject",
                         "--resource", "arn:aws:s3:::books/k")
    assert result.returncode == FAILED and "no data directory" in result.stderr and not (tmp_path / "none").exists()
