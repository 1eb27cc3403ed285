"""Users: created, found, renamed, tagged, listed in pages, deleted, and the rights for that."""

import json

import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.credentials
import botocore.exceptions
import pytest
import requests

from conftest import DATASTORE, aws_cli, make_client, policy_of, root_environment, start
from wire import Connection


def test_a_user_is_what_was_asked_for(iam, name):
    made = iam.create_user(UserName=name, Path="/staff/", Tags=[{"Key": "Team", "Value": "budget ü"}])["User"]
    assert made["Arn"] == f"arn:aws:iam::000000000000:user/staff/{name}"
    assert made["UserId"].startswith("AIDA") and len(made["UserId"]) == 21
    found = iam.get_user(UserName=name)["User"]
    assert found == made and found["Tags"] == [{"Key": "Team", "Value": "budget ü"}]
    iam.delete_user(UserName=name)
    with pytest.raises(iam.exceptions.NoSuchEntityException) as caught:
        iam.get_user(UserName=name)
    assert caught.value.response["Error"]["Message"] == f"The user with name {name} cannot be found."
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_names_differ_by_more_than_case(iam, name, refused):
    iam.create_user(UserName=name)
    assert refused(iam.create_user, UserName=name) == ("EntityAlreadyExists", 409)
    assert refused(iam.create_user, UserName=name.upper()) == ("EntityAlreadyExists", 409)


@pytest.mark.parametrize("options", [
    {"UserName": "a b"}, {"UserName": "a/b"}, {"UserName": "ü"}, {"UserName": "x" * 65},
    {"UserName": "a", "Path": "x"}, {"UserName": "a", "Path": "/x"}, {"UserName": "a", "Path": "/\x7f/"}])
def test_a_malformed_name_or_path_is_refused(account_server, refused, options):
    client = make_client(
        account_server, service="iam", config=botocore.config.Config(parameter_validation=False))
    assert refused(client.create_user, **options) == ("ValidationError", 400)


def test_a_user_is_renamed_and_moved_and_keeps_all_else(iam, member):
    old = iam.get_user(UserName=member.name)["User"]
    member.may("s3:*")
    new = f"{member.name}-2"
    iam.update_user(UserName=member.name, NewUserName=new, NewPath="/moved/")
    user = iam.get_user(UserName=new)["User"]
    assert (user["UserId"], user["Path"]) == (old["UserId"], "/moved/")
    assert iam.list_user_policies(UserName=new)["PolicyNames"] == ["own"]
    assert member.client("sts").get_caller_identity()["Arn"] == f"arn:aws:iam::000000000000:user/moved/{new}"


def test_a_user_cannot_take_anothers_name(iam, name, refused):
    for suffix in "ab":
        iam.create_user(UserName=f"{name}-{suffix}")
    assert refused(iam.update_user, UserName=f"{name}-a", NewUserName=f"{name}-B") == ("EntityAlreadyExists", 409)


def test_users_are_listed_in_pages_below_a_path(iam, name):
    names = [f"{name}-{number:02}" for number in range(25)]
    for user in names:
        iam.create_user(UserName=user, Path=f"/{name}/")
    pages = list(iam.get_paginator("list_users").paginate(
        PathPrefix=f"/{name}/", PaginationConfig={"PageSize": 10}))
    assert [len(page["Users"]) for page in pages] == [10, 10, 5]
    assert [user["UserName"] for page in pages for user in page["Users"]] == names
    assert not iam.list_users(PathPrefix=f"/{name}-none/")["Users"]


def test_tags_are_added_replaced_and_removed(iam, name, refused):
    iam.create_user(UserName=name)
    iam.tag_user(UserName=name, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    iam.tag_user(UserName=name, Tags=[{"Key": "A", "Value": "3"}])
    assert {tag["Key"]: tag["Value"] for tag in iam.list_user_tags(UserName=name)["Tags"]} == {"A": "3", "b": "2"}
    iam.untag_user(UserName=name, TagKeys=["a", "unknown"])
    assert iam.list_user_tags(UserName=name)["Tags"] == [{"Key": "b", "Value": "2"}]
    assert refused(iam.tag_user, UserName=name, Tags=[{"Key": "aws:x", "Value": ""}]) == ("InvalidInput", 400)
    many = [{"Key": f"k{number}", "Value": ""} for number in range(50)]
    assert refused(iam.tag_user, UserName=name, Tags=many) == ("LimitExceeded", 409)


def test_a_user_with_anything_left_is_not_deleted(iam, member, refused):
    arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    iam.attach_user_policy(UserName=member.name, PolicyArn=arn)
    member.may("s3:GetObject")
    assert refused(iam.delete_user, UserName=member.name) == ("DeleteConflict", 409)
    iam.delete_access_key(UserName=member.name, AccessKeyId=member.key["AccessKeyId"])
    assert refused(iam.delete_user, UserName=member.name) == ("DeleteConflict", 409)
    iam.detach_user_policy(UserName=member.name, PolicyArn=arn)
    assert refused(iam.delete_user, UserName=member.name) == ("DeleteConflict", 409)
    iam.delete_user_policy(UserName=member.name, PolicyName="own")
    iam.delete_user(UserName=member.name)


# Rights

def test_a_user_without_rights_is_told_which_one_is_missing(member):
    client = member.client("iam")
    with pytest.raises(client.exceptions.ClientError) as caught:
        client.create_user(UserName="eve")
    error = caught.value.response
    assert (error["Error"]["Code"], error["ResponseMetadata"]["HTTPStatusCode"]) == ("AccessDenied", 403)
    assert error["Error"]["Message"].startswith(
        f"User: {member.arn} is not authorized to perform: iam:CreateUser on resource: "
        "arn:aws:iam::000000000000:user/eve")


def test_whether_a_user_exists_is_not_told_to_those_who_may_not_look(member, refused):
    client = member.client("iam")
    for user in (member.name, "nobody"):
        assert refused(client.get_user, UserName=user) == ("AccessDenied", 403)


def test_a_refusal_does_not_tell_the_path_of_a_user(iam, member, name):
    iam.create_user(UserName=f"{name}-hidden", Path="/secret/")
    iam.create_user(UserName=f"{name}-plain")
    for user in f"{name}-hidden", f"{name}-plain", f"{name}-none":
        with pytest.raises(botocore.exceptions.ClientError, match=f"on resource: arn:aws:iam::0{{12}}:user/{user} "):
            member.client("iam").get_user(UserName=user)


def test_a_right_on_a_path_ends_there(iam, member, refused):
    member.may("iam:CreateUser", "iam:GetUser", resource=f"arn:aws:iam::000000000000:user/{member.name}/*")
    client = member.client("iam")
    client.create_user(UserName=f"{member.name}-in", Path=f"/{member.name}/")
    assert refused(client.create_user, UserName=f"{member.name}-out") == ("AccessDenied", 403)
    assert client.get_user(UserName=f"{member.name}-in")["User"]["Path"] == f"/{member.name}/"
    assert refused(client.get_user, UserName=member.name) == ("AccessDenied", 403)


def test_a_user_who_may_make_users_gives_nobody_rights(member, refused):
    member.may("iam:CreateUser", "iam:UpdateUser", "iam:CreateAccessKey")
    client = member.client("iam")
    full = "arn:aws:iam::aws:policy/AdministratorAccess"
    assert refused(client.attach_user_policy, UserName=member.name, PolicyArn=full) == ("AccessDenied", 403)
    assert refused(client.put_user_policy, UserName=member.name, PolicyName="p",
                   PolicyDocument=policy_of("*")) == ("AccessDenied", 403)


def test_a_right_that_was_given_and_taken_holds_at_once(iam, member, refused):
    client = member.client("iam")
    member.may("iam:ListUsers")
    assert client.list_users()["Users"]
    iam.delete_user_policy(UserName=member.name, PolicyName="own")
    assert refused(client.list_users) == ("AccessDenied", 403)


def test_the_caller_is_meant_where_no_user_is_named(iam, member):
    member.may("iam:GetUser")
    assert member.client("iam").get_user()["User"]["UserName"] == member.name
    assert iam.get_user()["User"]["Arn"] == "arn:aws:iam::000000000000:root"


# The protocol

def test_an_operation_that_there_is_not_is_refused(account_server):
    body = "Action=NoSuchThing&Version=2010-05-08"
    answer = ask(account_server, body)
    assert (answer.status_code, b"<Code>InvalidAction</Code>" in answer.content) == (400, True)
    assert b"<Code>InvalidAction</Code>" in ask(account_server, "Action=ListUsers&Version=2000-01-01").content
    assert b"<Code>MissingAction</Code>" in ask(account_server, "x=y").content


def ask(server, body, service="iam", region="us-east-1", sent=None, secret=None):
    """Signs a form with botocore, and sends it, or another one in its place."""
    credentials = botocore.credentials.Credentials(server.access_key, secret or server.secret_key)
    request = botocore.awsrequest.AWSRequest(
        "POST", f"{server.endpoint}/", data=body, headers={"Content-Type": "application/x-www-form-urlencoded"})
    botocore.auth.SigV4Auth(credentials, service, region).add_auth(request)
    return requests.post(request.url, data=body if sent is None else sent, headers=dict(request.headers))


def test_the_body_is_covered_by_the_signature(account_server):
    body = "Action=ListUsers&Version=2010-05-08"
    assert ask(account_server, body).status_code == 200
    answer = ask(account_server, body, sent=body + "&MaxItems=1")
    assert (answer.status_code, b"<Code>SignatureDoesNotMatch</Code>" in answer.content) == (403, True)
    assert b"CanonicalRequest" not in answer.content
    assert ask(account_server, body, secret="another").status_code == 403


def test_every_region_is_good_and_another_service_is_not(account_server):
    body = "Action=ListUsers&Version=2010-05-08"
    assert ask(account_server, body, region="aws-global").status_code == 200
    assert b"<Code>InvalidAction</Code>" in ask(account_server, body, service="sts").content
    assert ask(account_server, body, service="ec2").status_code in (400, 403, 405)


def test_a_form_that_is_not_signed_is_refused(account_server, http):
    answer = http.post(f"{account_server.endpoint}/", data={"Action": "ListUsers", "Version": "2010-05-08"})
    assert answer.status_code == 403 and b"<Code>MissingAuthenticationToken</Code>" in answer.content


def test_a_body_that_is_too_large_is_refused(account_server):
    answer = ask(account_server, "Action=ListUsers&Version=2010-05-08&x=" + "x" * (600 << 10))
    assert (answer.status_code, b"<Code>RequestEntityTooLarge</Code>" in answer.content) == (413, True)


def test_a_presigned_request_lives_for_a_quarter_of_an_hour_at_most(iam):
    for seconds, status in ((900, 200), (901, 403)):
        url = iam.generate_presigned_url("list_users", ExpiresIn=seconds, HttpMethod="GET")
        assert requests.get(url).status_code == status


@pytest.mark.parametrize("key, token", [("AKIAUNKNOWN", None), ("ASIAUNKNOWN", None), ("ASIAUNKNOWN", "nonsense")])
def test_who_names_no_key_that_there_is_sends_no_body(account_server, key, token):
    credential = f"{key}/20261124/us-east-1/iam/aws4_request"
    headers = [
        ("Authorization", f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature={'0' * 64}"),
        ("Content-Length", str(400 << 10)), ("Expect", "100-continue"),
        *([("x-amz-security-token", token)] if token else [])]
    with Connection(account_server) as connection:
        connection.request("POST", "/", headers)
        answer = connection.answer()
        assert answer.status == 403 and b"<Code>InvalidClientTokenId</Code>" in answer.body


# The Datastore's set-up page

def test_the_datastore_is_set_up_by_its_page(tmp_path, refused):
    with start("--data", str(tmp_path / "data"), **root_environment()) as server:
        root = aws_cli(server)
        root("s3", "mb", f"s3://{DATASTORE}")
        root("iam", "create-user", "--user-name", "openspending-robot")
        key = json.loads(root("iam", "create-access-key", "--user-name", "openspending-robot").stdout)["AccessKey"]
        robot = aws_cli(server, key["AccessKeyId"], key["SecretAccessKey"])
        (tmp_path / "budget.csv").write_text("a,b\n1,2\n")
        upload = ("s3", "cp", str(tmp_path / "budget.csv"), f"s3://{DATASTORE}/owner/budget.csv")
        assert "AccessDenied" in robot(*upload, check=False).stderr
        root("iam", "attach-user-policy", "--user-name", "openspending-robot", "--policy-arn",
             "arn:aws:iam::aws:policy/AmazonS3FullAccess")
        robot(*upload)
        (tmp_path / "policy.json").write_text(json.dumps({
            "Version": "2012-10-17", "Statement": [{
                "Sid": "AddPerm", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
                "Resource": f"arn:aws:s3:::{DATASTORE}/*"}]}))
        robot("s3api", "put-bucket-policy", "--bucket", DATASTORE, "--policy", f"file://{tmp_path}/policy.json")
        url = f"{server.endpoint}/{DATASTORE}/owner/budget.csv"
        assert requests.get(url).text == "a,b\n1,2\n"
    with start("--data", str(tmp_path / "data"), **root_environment()) as server:
        robot = make_client(server, key["AccessKeyId"], key["SecretAccessKey"])
        assert robot.get_object(Bucket=DATASTORE, Key="owner/budget.csv")["Body"].read() == b"a,b\n1,2\n"
        attached = make_client(server, service="iam").list_attached_user_policies(UserName="openspending-robot")
        assert [policy["PolicyName"] for policy in attached["AttachedPolicies"]] == ["AmazonS3FullAccess"]
