"""The reason of a denial: in the log for every 403, and in the response if the caller may read the bucket's policy."""

import json

import boto3
import botocore.exceptions
import pytest

from conftest import datastore_environment, make_anonymous_client, make_client, public_read_policy, start

ROOT = {"COFFER_ACCESS_KEY": "root", "COFFER_SECRET_KEY": "secret of the root"}
USER = "arn:aws:iam::000000000000:user/openspending-robot"


class Clients:
    """Clients of one server: the root's, an administrator's and an anonymous one."""

    def __init__(self, server):
        self.server = server
        self.root = make_client(server, ROOT["COFFER_ACCESS_KEY"], ROOT["COFFER_SECRET_KEY"])
        self.user, self.anonymous = make_client(server), make_anonymous_client(server)

    def put_policy(self, *statements):
        self.root.put_bucket_policy(
            Bucket="books", Policy=json.dumps({"Version": "2012-10-17", "Statement": statements}))


@pytest.fixture(scope="module")
def server():
    with start("--ephemeral", "--log-format", "json", **ROOT, **datastore_environment()) as server:
        clients = Clients(server)
        clients.root.create_bucket(Bucket="books")
        clients.root.put_object(Bucket="books", Key="k", Body=b"k", Tagging="class=secret")
        yield server


@pytest.fixture
def clients(server):
    clients = Clients(server)
    clients.root.delete_bucket_policy(Bucket="books")
    return clients


@pytest.fixture
def refused(server):
    """Makes a call that must be denied; returns the reasons in the response's header and in the log."""
    def refused(function, **options):
        with pytest.raises(botocore.exceptions.ClientError) as caught:
            function(Bucket="books", **options)
        answer = caught.value.response["ResponseMetadata"]
        assert answer["HTTPStatusCode"] == 403
        logged = json.loads(server.log_line(answer["HTTPHeaders"]["x-amz-request-id"]))
        return answer["HTTPHeaders"].get("x-coffer-reason"), logged["reason"]

    return refused


def statement(effect, principal, action, resource="/*", **more):
    return {"Effect": effect, "Principal": principal, "Action": action,
            "Resource": f"arn:aws:s3:::books{resource}", **more}


DENIED = 's3:GetObject on arn:aws:s3:::books/k: denied by statement "Shut" of the resource policy'
SHUT = statement("Deny", "*", "s3:GetObject", Sid="Shut")


def test_the_root_is_told_which_statement_denies(clients, refused):
    clients.put_policy(SHUT)
    assert refused(clients.root.get_object, Key="k") == (DENIED, DENIED)
    assert refused(clients.root.head_object, Key="k") == (DENIED, DENIED)


def test_a_user_who_may_read_the_policy_is_told_which_statement_denies(clients, refused):
    clients.put_policy(SHUT)
    assert refused(clients.user.get_object, Key="k") == (DENIED, DENIED)


def test_a_user_who_may_not_read_the_policy_gets_no_reason_and_the_log_has_it(clients, refused):
    clients.put_policy(SHUT, statement("Deny", {"AWS": USER}, "s3:GetBucketPolicy", ""))
    assert refused(clients.user.get_object, Key="k") == (None, DENIED)


def test_an_anonymous_caller_gets_no_reason_and_the_log_has_it(clients, refused):
    clients.put_policy(SHUT, statement("Allow", "*", "s3:GetBucketPolicy", ""))
    assert refused(clients.anonymous.get_object, Key="k") == (None, DENIED)


@pytest.mark.parametrize("statements, nearest", [
    ([], None), ([statement("Allow", "*", "s3:PutObject")], None),
    ([statement("Allow", "*", "s3:GetObject", "/other/*", Sid="Other")],
     'Allow, statement "Other" of the resource policy: applies to other resources'),
    ([statement("Allow", {"AWS": USER}, "s3:GetObject")],
     "Allow, statement 1 of the resource policy: applies to other principals"),
    ([statement("Allow", "*", "s3:GetObject", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
      statement("Allow", {"AWS": USER}, "s3:GetObject")],
     'Allow, statement 1 of the resource policy: the condition IpAddress aws:sourceip ["10.0.0.0/8"] is not met: '
     'the request has ["127.0.0.1"]')], ids=lambda part: "" if isinstance(part, list) else str(part)[-40:])
def test_the_log_tells_what_came_nearest_to_allowing_it(clients, refused, statements, nearest):
    if statements:
        clients.put_policy(*statements)
    header, logged = refused(clients.anonymous.get_object, Key="k")
    missing = ("s3:GetObject on arn:aws:s3:::books/k: not allowed: "
               "no identity policy, resource policy or ACL allows it")
    assert header is None and logged == missing + (f"; closest match: {nearest}" if nearest else "")


def test_a_condition_on_tags_of_the_object_is_told_to_the_root_alone(clients, refused):
    secret = statement("Deny", "*", "s3:GetObject", Sid="Secret", Condition={
        "StringEquals": {"s3:ExistingObjectTag/class": "secret"}})
    clients.put_policy(secret)
    reason = DENIED.replace("Shut", "Secret")
    assert refused(clients.root.get_object, Key="k") == (reason, reason)
    assert refused(clients.user.get_object, Key="k") == (None, reason)


def test_that_there_is_no_key_is_told_to_the_root_alone(clients, refused):
    clients.put_policy(statement("Deny", "*", "s3:ListBucket", "", Sid="Hide"))
    reason = 's3:ListBucket on arn:aws:s3:::books: denied by statement "Hide" of the resource policy'
    assert refused(clients.root.get_object, Key="missing") == (reason, reason)
    assert refused(clients.user.get_object, Key="missing") == (None, reason)


def test_the_source_of_a_copy_and_what_is_asked_later_have_their_reasons(clients, refused):
    clients.put_policy(SHUT)
    assert refused(clients.user.copy_object, Key="c", CopySource="books/k") == (DENIED, DENIED)
    clients.put_policy(statement("Deny", "*", "s3:GetObjectTagging", Sid="Shut"))
    header, logged = refused(clients.user.copy_object, Key="c", CopySource="books/k")
    assert header == logged == DENIED.replace("GetObject ", "GetObjectTagging ")


# Many keys at once

@pytest.fixture
def delete(server):
    """Deletes keys of the bucket; returns the keys that were refused, and the reasons in the header and in the log."""
    def delete(client, *keys, **options):
        objects = [{"Key": key} if isinstance(key, str) else key for key in keys]
        answer = client.delete_objects(Bucket="books", Delete={"Objects": objects}, **options)
        headers = answer["ResponseMetadata"]["HTTPHeaders"]
        logged = json.loads(server.log_line(headers["x-amz-request-id"]))
        assert (logged["status"], logged["error"], logged["operation"]) == (200, None, "DeleteObjects")
        refused = [entry["Key"] for entry in answer.get("Errors", [])]
        assert {(entry["Code"], entry["Message"]) for entry in answer.get("Errors", [])} <= {
            ("AccessDenied", "Access Denied")}
        return refused, headers.get("x-coffer-reason"), logged["reason"]

    return delete


KEEP = statement("Deny", "*", "s3:DeleteObject", "/keep/*", Sid="Keep")


def kept(key, sid="Keep", action="s3:DeleteObject"):
    return f'{key}: {action} on arn:aws:s3:::books/{key}: denied by statement "{sid}" of the resource policy'


def test_keys_that_are_refused_among_many_have_their_reasons(clients, delete):
    clients.put_policy(KEEP, statement("Deny", "*", "s3:DeleteObject", "/other", Sid="Other"))
    header = f"3 of 4 keys were refused; {kept('keep/a')}; {kept('other', 'Other')}; {kept('keep/b')}"
    for client in (clients.root, clients.user):
        assert delete(client, "keep/a", "gone", "other", "keep/b") == (["keep/a", "other", "keep/b"], header, header)
    assert delete(clients.root, "gone") == ([], None, None)


def test_keys_that_are_refused_are_explained_to_nobody_who_may_not_read_the_policy(clients, delete):
    header = f"1 of 2 keys were refused; {kept('keep/a')}"
    clients.put_policy(KEEP, statement("Deny", {"AWS": USER}, "s3:GetBucketPolicy", ""))
    assert delete(clients.user, "keep/a", "gone") == (["keep/a"], None, header)
    clients.put_policy(
        KEEP, statement("Allow", "*", "s3:DeleteObject"), statement("Allow", "*", "s3:GetBucketPolicy", ""))
    assert delete(clients.anonymous, "keep/a", "gone") == (["keep/a"], None, header)


def test_reasons_that_depend_on_the_objects_are_told_to_the_root_alone_and_the_others_to_the_user(clients, delete):
    clients.put_policy(KEEP, statement("Deny", "*", "s3:DeleteObject", "/tag*", Sid="Secret", Condition={
        "StringEquals": {"s3:ExistingObjectTag/class": "secret"}}))
    clients.root.put_object(Bucket="books", Key="tagged", Body=b"", Tagging="class=secret")
    every = f"2 of 2 keys were refused; {kept('tagged', 'Secret')}; {kept('keep/a')}"
    assert delete(clients.root, "tagged", "keep/a") == (["tagged", "keep/a"], every, every)
    assert delete(clients.user, "tagged", "keep/a") == (
        ["tagged", "keep/a"], f"2 of 2 keys were refused; {kept('keep/a')}", every)
    assert delete(clients.user, "tagged") == (["tagged"], None, f"1 of 1 keys were refused; {kept('tagged', 'Secret')}")


def test_versions_and_conditions_on_what_is_stored_have_the_reason_of_their_own_right(clients, delete):
    clients.put_policy(statement("Deny", "*", ["s3:DeleteObjectVersion", "s3:GetObject"], Sid="Shut"))
    version = {"Key": "k", "VersionId": "null"}
    assert delete(clients.root, version)[1] == (
        f"1 of 1 keys were refused; {kept('k', 'Shut', 's3:DeleteObjectVersion')}")
    assert delete(clients.root, {"Key": "k", "ETag": "0"})[1] == (
        f"1 of 1 keys were refused; {kept('k', 'Shut', 's3:GetObject')}")
    clients.put_policy(statement("Deny", "*", "s3:ListBucket", "", Sid="Hide"))
    reason = ('1 of 1 keys were refused; no%20such: s3:ListBucket on arn:aws:s3:::books: denied by statement "Hide" of the '
              "resource policy")
    assert delete(clients.root, {"Key": "no such", "ETag": "0"}) == (["no such"], reason, reason)
    assert delete(clients.user, {"Key": "no such", "ETag": "0"}) == (["no such"], None, reason)


@pytest.mark.parametrize("count, key", [
    (1000, "keep/{}"), (3, "keep/" + "x" * 900 + "{}"), (9, "keep/ü\n{}")], ids=str)
def test_reasons_of_many_keys_fit_in_a_line(clients, delete, count, key):
    clients.put_policy(KEEP)
    keys = [key.format(n) for n in range(count)]
    refused, header, logged = delete(clients.root, *keys)
    assert refused == keys and header == logged and len(header) <= 1024 and header.isascii() and header.isprintable()
    assert header.startswith(f"{count} of {count} keys were refused; keep/")
    if count == 1000:
        assert header.endswith("of the resource policy") and kept("keep/0") in header and kept("keep/5") in header


def test_quiet_answers_and_locked_versions_have_their_reasons(clients, server, delete):
    clients.put_policy(KEEP)
    answer = clients.root.delete_objects(
        Bucket="books", Delete={"Objects": [{"Key": "keep/a"}, {"Key": "b"}], "Quiet": True})
    header = answer["ResponseMetadata"]["HTTPHeaders"]["x-coffer-reason"]
    assert header == f"1 of 2 keys were refused; {kept('keep/a')}"
    clients.root.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
    version = clients.root.put_object(Bucket="locked", Key="k", Body=b"", ObjectLockLegalHoldStatus="ON")["VersionId"]
    answer = clients.root.delete_objects(Bucket="locked", Delete={"Objects": [{"Key": "k", "VersionId": version}]})
    request = answer["ResponseMetadata"]["HTTPHeaders"]["x-amz-request-id"]
    assert answer["Errors"][0]["Code"] == "AccessDenied"
    logged = json.loads(server.log_line(request))["reason"]
    assert logged == f"1 of 1 keys were refused; k: {answer['Errors'][0]['Message']}"


def test_a_policy_that_locks_out_its_author_says_so(clients, refused):
    policy = json.dumps({"Version": "2012-10-17", "Statement": [
        statement("Deny", {"AWS": USER}, "s3:PutBucketPolicy", "")]})
    header, logged = refused(clients.user.put_bucket_policy, Policy=policy)
    assert header == logged and "x-amz-confirm-remove-self-bucket-access" in header


def test_a_public_access_block_is_named_in_the_log(clients, refused):
    clients.root.put_bucket_policy(Bucket="books", Policy=public_read_policy("books"))
    clients.root.put_public_access_block(
        Bucket="books", PublicAccessBlockConfiguration={"RestrictPublicBuckets": True})
    header, logged = refused(clients.anonymous.get_object, Key="k")
    assert header is None and "RestrictPublicBuckets" in logged
    clients.root.delete_public_access_block(Bucket="books")


def test_refusals_for_buckets_of_others_and_for_missing_objects_are_in_the_log(clients, refused):
    _, logged = refused(clients.user.list_objects_v2, ExpectedBucketOwner="123456789012")
    assert "does not belong to the account that the request expects" in logged
    header, logged = refused(clients.anonymous.get_bucket_website)
    assert header is None and logged.startswith("s3:GetBucketWebsite on arn:aws:s3:::")


# Users with their own rights

@pytest.fixture(scope="module")
def iam(server):
    return boto3.client(
        "iam", endpoint_url=server.endpoint, region_name="us-east-1", aws_access_key_id=ROOT["COFFER_ACCESS_KEY"],
        aws_secret_access_key=ROOT["COFFER_SECRET_KEY"])


@pytest.fixture
def make_user(server, iam):
    """Makes a user who may do some actions; returns the access key and secret key."""
    def make_user(name, *actions):
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=json.dumps({
            "Version": "2012-10-17", "Statement": [
                {"Sid": "Own", "Effect": "Allow", "Action": list(actions), "Resource": "*"}]}))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return key["AccessKeyId"], key["SecretAccessKey"]

    return make_user


@pytest.mark.parametrize("may_read_the_policy", [True, False])
def test_a_user_without_the_right_is_told_what_is_missing_if_the_policy_is_no_secret(
        server, clients, make_user, refused, may_read_the_policy):
    actions = ["s3:PutObject"] + (["s3:GetBucketPolicy"] if may_read_the_policy else [])
    user = make_client(server, *make_user(f"writer{may_read_the_policy}", *actions))
    user.put_object(Bucket="books", Key="new", Body=b"")
    header, logged = refused(user.get_object, Key="k")
    assert logged == ("s3:GetObject on arn:aws:s3:::books/k: not allowed: "
                      "no identity policy, resource policy or ACL allows it")
    assert header == (logged if may_read_the_policy else None)


def test_a_refusal_by_iam_is_in_the_log_with_its_reason(server, make_user):
    access_key, secret_key = make_user("nobody", "s3:GetObject")
    client = boto3.client("iam", endpoint_url=server.endpoint, region_name="us-east-1", aws_access_key_id=access_key,
                          aws_secret_access_key=secret_key)
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        client.list_users()
    answer = caught.value.response["ResponseMetadata"]
    assert answer["HTTPStatusCode"] == 403
    assert "iam:ListUsers" in json.loads(server.log_line(answer["HTTPHeaders"]["x-amzn-requestid"]))["reason"]


def test_what_is_allowed_has_no_reason(clients, server):
    answer = clients.root.get_object(Bucket="books", Key="k")["ResponseMetadata"]["HTTPHeaders"]
    assert "x-coffer-reason" not in answer
    assert json.loads(server.log_line(answer["x-amz-request-id"]))["reason"] is None
