"""ACLs of buckets: their grants and the access that they give."""

import json
import uuid

import pytest

from acl import (
    ALL_USERS, AUTHENTICATED_USERS, BAD_DOCUMENTS, BAD_GRANTS, CANNED, LOG_DELIVERY, OWNER, STRANGER, grants, owner_of,
    policy)
from conftest import make_anonymous_client, make_client, policy_of, start
import wire


@pytest.fixture
def new_bucket(s3):
    """Makes a bucket with options, and returns its name."""
    def make(**options):
        name = f"test-{uuid.uuid4().hex[:20]}"
        s3.create_bucket(Bucket=name, **options)
        return name

    return make


def test_a_new_bucket_is_its_owners(s3, bucket):
    answer = s3.get_bucket_acl(Bucket=bucket)
    assert grants(answer) == [OWNER] and answer["Owner"] == {"ID": owner_of(s3)}


def test_the_document_is_as_aws_writes_it(s3, bucket, http):
    s3.put_bucket_acl(Bucket=bucket, ACL="public-read")
    answer = http.get(s3.generate_presigned_url("get_bucket_acl", Params={"Bucket": bucket}))
    xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    owner = owner_of(s3)
    assert answer.headers["Content-Type"] == "application/xml"
    assert answer.text.split("\n", 1)[1] == (
        '<AccessControlPolicy xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"<Owner><ID>{owner}</ID></Owner><AccessControlList>"
        f'<Grant><Grantee {xsi} xsi:type="CanonicalUser"><ID>{owner}</ID></Grantee>'
        "<Permission>FULL_CONTROL</Permission></Grant>"
        f'<Grant><Grantee {xsi} xsi:type="Group"><URI>{ALL_USERS}</URI></Grantee><Permission>READ</Permission></Grant>'
        "</AccessControlList></AccessControlPolicy>")


BUCKET_ACLS = {**CANNED, "log-delivery-write": [(LOG_DELIVERY, "WRITE"), (LOG_DELIVERY, "READ_ACP")]}


@pytest.mark.parametrize("name", BUCKET_ACLS)
def test_canned_acls_are_grants(s3, bucket, new_bucket, name):
    s3.put_bucket_acl(Bucket=bucket, ACL=name)
    assert grants(s3.get_bucket_acl(Bucket=bucket)) == [OWNER, *BUCKET_ACLS[name]]
    assert grants(s3.get_bucket_acl(Bucket=new_bucket(ACL=name))) == [OWNER, *BUCKET_ACLS[name]]
    s3.put_bucket_acl(Bucket=bucket, ACL="private")
    assert grants(s3.get_bucket_acl(Bucket=bucket)) == [OWNER]


def test_grants_come_in_headers(s3, bucket, new_bucket):
    given = {
        "GrantRead": f'uri="{ALL_USERS}", id={STRANGER}', "GrantWrite": f"uri={LOG_DELIVERY}",
        "GrantReadACP": f'uri="{AUTHENTICATED_USERS}"', "GrantWriteACP": f'id="{STRANGER}"',
        "GrantFullControl": f'id="{owner_of(s3)}"'}
    expected = {
        OWNER, (ALL_USERS, "READ"), (STRANGER, "READ"), (LOG_DELIVERY, "WRITE"), (AUTHENTICATED_USERS, "READ_ACP"),
        (STRANGER, "WRITE_ACP")}
    s3.put_bucket_acl(Bucket=bucket, **given)
    assert set(grants(s3.get_bucket_acl(Bucket=bucket))) == expected
    assert set(grants(s3.get_bucket_acl(Bucket=new_bucket(**given)))) == expected


@pytest.mark.parametrize("pairs", [
    [OWNER], [], [(ALL_USERS, "READ")], [OWNER, (STRANGER, "WRITE"), (AUTHENTICATED_USERS, "READ_ACP")],
    [OWNER] + [(STRANGER, "READ")] * 99], ids=lambda pairs: f"{len(pairs)} grants")
def test_grants_come_in_a_document(s3, bucket, pairs):
    s3.put_bucket_acl(Bucket=bucket, AccessControlPolicy=policy(owner_of(s3), *pairs))
    assert grants(s3.get_bucket_acl(Bucket=bucket)) == pairs


def test_an_owner_who_grants_themselves_nothing_can_still_change_it(s3, bucket):
    s3.put_bucket_acl(Bucket=bucket, AccessControlPolicy=policy(owner_of(s3)))
    assert grants(s3.get_bucket_acl(Bucket=bucket)) == []
    s3.put_bucket_acl(Bucket=bucket, ACL="private")
    assert grants(s3.get_bucket_acl(Bucket=bucket)) == [OWNER]


@pytest.mark.parametrize("document, code", BAD_DOCUMENTS, ids=[f"{number}" for number in range(len(BAD_DOCUMENTS))])
def test_a_document_that_is_no_acl_is_refused_and_nothing_changes(s3, bucket, http, document, code):
    s3.put_bucket_acl(Bucket=bucket, ACL="public-read")
    url = s3.generate_presigned_url("put_bucket_acl", Params={"Bucket": bucket})
    answer = http.put(url, data=document.replace("%s", owner_of(s3)).encode())
    assert (wire.error(answer.content)["Code"], answer.status_code) == (code, 403 if code == "AccessDenied" else 400)
    assert grants(s3.get_bucket_acl(Bucket=bucket)) == [OWNER, (ALL_USERS, "READ")]


@pytest.mark.parametrize("value, code", BAD_GRANTS)
def test_a_header_that_grants_to_nobody_is_refused(s3, bucket, refused, value, code):
    assert refused(s3.put_bucket_acl, Bucket=bucket, GrantRead=value) == (code, 400)
    assert refused(s3.create_bucket, Bucket=f"{bucket}-2", GrantRead=value) == (code, 400)
    assert grants(s3.get_bucket_acl(Bucket=bucket)) == [OWNER]
    assert refused(s3.head_bucket, Bucket=f"{bucket}-2") == ("404", 404)


def test_an_acl_that_is_not_known_is_refused(s3, bucket, refused):
    assert refused(s3.put_bucket_acl, Bucket=bucket, ACL="public") == ("InvalidArgument", 400)
    assert refused(s3.create_bucket, Bucket=f"{bucket}-2", ACL="public") == ("InvalidArgument", 400)


def test_an_acl_comes_in_one_form_alone(s3, bucket, refused, http):
    assert refused(s3.put_bucket_acl, Bucket=bucket, ACL="private", GrantRead=f"id={STRANGER}") == ("InvalidRequest", 400)
    assert refused(
        s3.put_bucket_acl, Bucket=bucket, ACL="private", AccessControlPolicy=policy(owner_of(s3), OWNER)) == (
            "UnexpectedContent", 400)
    answer = http.put(s3.generate_presigned_url("put_bucket_acl", Params={"Bucket": bucket}))
    error = wire.error(answer.content)
    assert (error["Code"], error["MissingHeaderName"]) == ("MissingSecurityHeader", "x-amz-acl")


# Access

def test_public_read_opens_the_listings_and_nothing_else(s3, bucket, anonymous, refused):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    assert refused(anonymous.list_objects_v2, Bucket=bucket) == ("AccessDenied", 403)
    s3.put_bucket_acl(Bucket=bucket, ACL="public-read")
    assert [item["Key"] for item in anonymous.list_objects_v2(Bucket=bucket)["Contents"]] == ["k"]
    assert anonymous.list_objects(Bucket=bucket)["Contents"]
    assert anonymous.list_object_versions(Bucket=bucket)["Versions"]
    assert anonymous.list_multipart_uploads(Bucket=bucket)["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert anonymous.head_bucket(Bucket=bucket)
    for call, options in [
            (anonymous.get_object, {"Key": "k"}), (anonymous.put_object, {"Key": "k"}), (anonymous.get_bucket_acl, {}),
            (anonymous.delete_object, {"Key": "k"}), (anonymous.get_bucket_location, {}),
            (anonymous.put_bucket_acl, {"ACL": "private"}), (anonymous.delete_bucket, {})]:
        assert refused(call, Bucket=bucket, **options) == ("AccessDenied", 403), call
    s3.put_bucket_acl(Bucket=bucket, ACL="private")
    assert refused(anonymous.list_objects_v2, Bucket=bucket) == ("AccessDenied", 403)


def test_who_may_list_is_told_that_a_key_is_not_there(s3, bucket, anonymous, refused):
    assert refused(anonymous.get_object, Bucket=bucket, Key="k") == ("AccessDenied", 403)
    s3.put_bucket_acl(Bucket=bucket, ACL="public-read")
    assert refused(anonymous.get_object, Bucket=bucket, Key="k") == ("NoSuchKey", 404)
    assert refused(anonymous.get_object_acl, Bucket=bucket, Key="k") == ("NoSuchKey", 404)


def test_public_read_write_lets_anyone_write_for_the_owner(s3, bucket, anonymous, refused):
    s3.put_bucket_acl(Bucket=bucket, ACL="public-read-write")
    anonymous.put_object(Bucket=bucket, Key="k", Body=b"anyone's")
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"anyone's"
    assert grants(s3.get_object_acl(Bucket=bucket, Key="k")) == [OWNER]
    assert refused(anonymous.get_object, Bucket=bucket, Key="k") == ("AccessDenied", 403)
    assert refused(anonymous.delete_object, Bucket=bucket, Key="k") == ("AccessDenied", 403)
    assert refused(anonymous.put_object_tagging, Bucket=bucket, Key="k", Tagging={"TagSet": []}) == ("AccessDenied", 403)


def test_who_may_write_may_say_who_reads(s3, bucket, anonymous):
    s3.put_bucket_acl(Bucket=bucket, ACL="public-read-write")
    anonymous.put_object(Bucket=bucket, Key="k", Body=b"x", ACL="public-read")
    assert anonymous.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"


def test_who_may_write_may_upload_in_parts_and_by_form(s3, bucket, stranger, http, server):
    s3.put_bucket_acl(Bucket=bucket, ACL="public-read-write")
    upload = stranger.create_multipart_upload(Bucket=bucket, Key="parts")["UploadId"]
    part = stranger.upload_part(Bucket=bucket, Key="parts", UploadId=upload, PartNumber=1, Body=b"x")
    stranger.complete_multipart_upload(
        Bucket=bucket, Key="parts", UploadId=upload,
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})
    answer = http.post(f"{server.endpoint}/{bucket}", files=[("key", (None, "form")), ("file", ("f", b"x"))])
    assert answer.status_code == 204
    assert [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["form", "parts"]


@pytest.mark.parametrize("permission, reads, writes", [
    ("READ_ACP", True, False), ("WRITE_ACP", False, True), ("FULL_CONTROL", True, True), ("READ", False, False),
    ("WRITE", False, False)])
def test_the_acl_itself_has_its_permissions(s3, bucket, anonymous, stranger, refused, permission, reads, writes):
    s3.put_bucket_acl(Bucket=bucket, AccessControlPolicy=policy(owner_of(s3), OWNER, (ALL_USERS, permission)))
    if reads:
        assert grants(anonymous.get_bucket_acl(Bucket=bucket)) == [OWNER, (ALL_USERS, permission)]
    else:
        assert refused(anonymous.get_bucket_acl, Bucket=bucket) == ("AccessDenied", 403)
    # Anonymous callers never change an ACL.
    assert refused(anonymous.put_bucket_acl, Bucket=bucket, ACL="private") == ("AccessDenied", 403)
    if writes:
        stranger.put_bucket_acl(Bucket=bucket, ACL="private")
        assert grants(s3.get_bucket_acl(Bucket=bucket)) == [OWNER]
    else:
        assert refused(stranger.put_bucket_acl, Bucket=bucket, ACL="private") == ("AccessDenied", 403)


@pytest.mark.parametrize("group", [AUTHENTICATED_USERS, LOG_DELIVERY, STRANGER])
def test_what_others_are_granted_is_not_anyones(s3, bucket, anonymous, refused, group):
    s3.put_bucket_acl(Bucket=bucket, AccessControlPolicy=policy(owner_of(s3), OWNER, (group, "FULL_CONTROL")))
    s3.list_objects_v2(Bucket=bucket)
    assert refused(anonymous.list_objects_v2, Bucket=bucket) == ("AccessDenied", 403)
    assert refused(anonymous.put_object, Bucket=bucket, Key="k") == ("AccessDenied", 403)
    assert refused(anonymous.get_bucket_acl, Bucket=bucket) == ("AccessDenied", 403)


def test_a_policy_that_denies_wins(s3, bucket, anonymous, refused):
    s3.put_bucket_acl(Bucket=bucket, ACL="public-read")
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({
        "Version": "2012-10-17", "Statement": [{
            "Effect": "Deny", "Principal": "*", "Action": "s3:ListBucketVersions",
            "Resource": f"arn:aws:s3:::{bucket}"}]}))
    assert anonymous.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    assert refused(anonymous.list_object_versions, Bucket=bucket) == ("AccessDenied", 403)


# Creation, deletion and restarts

def test_a_bucket_that_is_made_once_more_has_the_acl_that_is_asked_for(s3, bucket, anonymous, refused):
    s3.put_bucket_acl(Bucket=bucket, ACL="public-read")
    s3.create_bucket(Bucket=bucket)
    assert grants(s3.get_bucket_acl(Bucket=bucket)) == [OWNER]
    assert refused(anonymous.list_objects_v2, Bucket=bucket) == ("AccessDenied", 403)
    s3.create_bucket(Bucket=bucket, ACL="public-read")
    assert anonymous.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_a_new_bucket_of_an_old_name_has_no_old_acl(s3, bucket, anonymous, refused):
    s3.put_bucket_acl(Bucket=bucket, ACL="public-read")
    s3.delete_bucket(Bucket=bucket)
    s3.create_bucket(Bucket=bucket)
    assert refused(anonymous.list_objects_v2, Bucket=bucket) == ("AccessDenied", 403)


def test_a_bucket_that_is_not_there_has_no_acl(s3, refused):
    assert refused(s3.get_bucket_acl, Bucket="no-such-bucket-here") == ("NoSuchBucket", 404)
    assert refused(s3.put_bucket_acl, Bucket="no-such-bucket-here", ACL="private") == ("NoSuchBucket", 404)


def test_acls_survive_a_restart(tmp_path, refused):
    arguments = ("--data", str(tmp_path / "data"), "--durability", "relaxed")
    with start(*arguments) as server:
        client = make_client(server)
        client.create_bucket(Bucket="open-bucket", ACL="public-read")
        for key, acl in (("open", "public-read"), ("closed", "private")):
            client.put_object(Bucket="open-bucket", Key=key, Body=b"x", ACL=acl)
    with start(*arguments) as server:
        anonymous = make_anonymous_client(server)
        assert anonymous.list_objects_v2(Bucket="open-bucket")["KeyCount"] == 2
        assert anonymous.get_object(Bucket="open-bucket", Key="open")["Body"].read() == b"x"
        assert refused(anonymous.get_object, Bucket="open-bucket", Key="closed") == ("AccessDenied", 403)


def test_the_cli_sets_and_shows_them(aws, bucket):
    aws("s3api", "put-bucket-acl", "--bucket", bucket, "--acl", "authenticated-read")
    shown = json.loads(aws("s3api", "get-bucket-acl", "--bucket", bucket).stdout)
    assert grants(shown) == [OWNER, (AUTHENTICATED_USERS, "READ")]


def test_a_bucket_that_is_made_once_more_keeps_what_its_policy_denies(root_s3, member, name, refused):
    """CreateBucket resets the ACL then, which amounts to PutBucketAcl."""
    root_s3.create_bucket(Bucket=name)
    root_s3.put_bucket_policy(Bucket=name, Policy=policy_of(
        "s3:PutBucketAcl", resource=f"arn:aws:s3:::{name}", effect="Deny", Principal={"AWS": member.arn}))
    member.may("s3:*")
    for acl in ("public-read", "authenticated-read"):
        assert refused(member.client().put_bucket_acl, Bucket=name, ACL=acl) == ("AccessDenied", 403)
        assert refused(member.client().create_bucket, Bucket=name, ACL=acl) == ("AccessDenied", 403)
    # A request that changes nothing needs no right.
    member.client().create_bucket(Bucket=name)
    assert grants(root_s3.get_bucket_acl(Bucket=name)) == [("owner", "FULL_CONTROL")]
    root_s3.put_bucket_acl(Bucket=name, ACL="public-read")
    assert refused(member.client().create_bucket, Bucket=name) == ("AccessDenied", 403)
    root_s3.create_bucket(Bucket=name)
    assert grants(root_s3.get_bucket_acl(Bucket=name)) == [("owner", "FULL_CONTROL")]
