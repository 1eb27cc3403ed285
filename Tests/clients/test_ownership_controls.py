"""Who owns the objects of a bucket, and where ACLs have no effect."""

import uuid

import pytest

from acl import ALL_USERS, AUTHENTICATED_USERS, OWNER, STRANGER, grants, owner_of, policy
from v4 import Signer

DENIED = ("AccessDenied", 403)
NOT_SUPPORTED = ("AccessControlListNotSupported", 400)


def set_ownership(s3, bucket, ownership):
    return s3.put_bucket_ownership_controls(
        Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": ownership}]})


def ownership(s3, bucket):
    return s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]


@pytest.fixture
def enforced(s3, bucket):
    set_ownership(s3, bucket, "BucketOwnerEnforced")
    return bucket


def test_a_bucket_has_none_until_they_are_put(s3, bucket, refused):
    assert refused(s3.get_bucket_ownership_controls, Bucket=bucket) == ("OwnershipControlsNotFoundError", 404)


@pytest.mark.parametrize("value", ["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"])
def test_they_come_back_as_they_were_put(s3, bucket, value):
    assert set_ownership(s3, bucket, value)["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert ownership(s3, bucket) == {"Rules": [{"ObjectOwnership": value}]}
    name = f"test-{uuid.uuid4().hex[:20]}"
    s3.create_bucket(Bucket=name, ObjectOwnership=value)
    assert ownership(s3, name) == {"Rules": [{"ObjectOwnership": value}]}


def test_they_are_deleted(s3, enforced, refused):
    for _ in range(2):
        answer = s3.delete_bucket_ownership_controls(Bucket=enforced)
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
        assert refused(s3.get_bucket_ownership_controls, Bucket=enforced) == ("OwnershipControlsNotFoundError", 404)


@pytest.mark.parametrize("document", [
    "<", "<OwnershipControls/>", "<OwnershipControls><Rule/></OwnershipControls>",
    "<OwnershipControls><Rule><ObjectOwnership>Nobody</ObjectOwnership></Rule></OwnershipControls>",
    "<OwnershipControls>" + "<Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule>" * 2 + "</OwnershipControls>",
    "<Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule>"])
def test_an_invalid_document_is_refused_and_nothing_changes(s3, server, enforced, http, document):
    url = server.endpoint + Signer(server).presigned("PUT", f"/{enforced}", ownershipControls="")
    answer = http.put(url, data=document.encode())
    assert answer.status_code == 400 and "<Code>MalformedXML</Code>" in answer.text
    assert ownership(s3, enforced) == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


def test_an_invalid_ownership_makes_no_bucket(s3, bucket, refused):
    name = f"{bucket}-2"
    assert refused(s3.create_bucket, Bucket=name, ObjectOwnership="Nobody") == ("InvalidArgument", 400)
    assert refused(s3.head_bucket, Bucket=name) == ("404", 404)


@pytest.mark.parametrize("call, options", [
    ("get_bucket_ownership_controls", {}), ("delete_bucket_ownership_controls", {}),
    ("put_bucket_ownership_controls", {"OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}})])
def test_they_are_the_owners_business(s3, bucket, anonymous, refused, call, options):
    s3.put_bucket_acl(Bucket=bucket, GrantFullControl=f'uri="{ALL_USERS}"')
    assert refused(getattr(anonymous, call), Bucket=bucket, **options) == DENIED
    assert refused(getattr(s3, call), Bucket="no-such-bucket-here", **options) == ("NoSuchBucket", 404)


# ACLs are disabled

WRITES = {
    "put": lambda s3, bucket, **acl: s3.put_object(Bucket=bucket, Key="k", Body=b"x", **acl),
    "copy": lambda s3, bucket, **acl: s3.copy_object(Bucket=bucket, Key="k", CopySource=f"{bucket}/source", **acl),
    "parts": lambda s3, bucket, **acl: s3.create_multipart_upload(Bucket=bucket, Key="k", **acl)}


@pytest.mark.parametrize("way", WRITES)
def test_acls_are_refused_where_they_are_disabled(s3, enforced, refused, way):
    s3.put_object(Bucket=enforced, Key="source", Body=b"x")
    write = WRITES[way]
    for acl in ({"ACL": "private"}, {"ACL": "public-read"}, {"ACL": "bucket-owner-read"}, {"GrantRead": f"id={STRANGER}"}):
        assert refused(write, s3, enforced, **acl) == NOT_SUPPORTED, acl
    assert refused(s3.head_object, Bucket=enforced, Key="k") == ("404", 404)
    write(s3, enforced)
    write(s3, enforced, ACL="bucket-owner-full-control")
    write(s3, enforced, GrantFullControl=f"id={owner_of(s3)}")


def test_acls_cannot_be_changed_where_they_are_disabled(s3, enforced, refused):
    s3.put_object(Bucket=enforced, Key="k", Body=b"x")
    stranger = policy(owner_of(s3), OWNER, (STRANGER, "READ"))
    for options in ({"ACL": "public-read"}, {"ACL": "private"}, {"AccessControlPolicy": stranger}):
        assert refused(s3.put_bucket_acl, Bucket=enforced, **options) == NOT_SUPPORTED
        assert refused(s3.put_object_acl, Bucket=enforced, Key="k", **options) == NOT_SUPPORTED
    s3.put_object_acl(Bucket=enforced, Key="k", ACL="bucket-owner-full-control")


def test_acls_have_no_effect_while_they_are_disabled(s3, bucket, anonymous, refused):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", ACL="public-read")
    set_ownership(s3, bucket, "BucketOwnerEnforced")
    assert refused(anonymous.get_object, Bucket=bucket, Key="k") == DENIED
    assert grants(s3.get_object_acl(Bucket=bucket, Key="k")) == [OWNER]
    assert grants(s3.get_bucket_acl(Bucket=bucket)) == [OWNER]
    set_ownership(s3, bucket, "ObjectWriter")
    assert anonymous.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"
    assert grants(s3.get_object_acl(Bucket=bucket, Key="k")) == [OWNER, (ALL_USERS, "READ")]


@pytest.mark.parametrize("acl", ["public-read", "authenticated-read", "log-delivery-write"])
def test_acls_are_not_disabled_while_the_bucket_grants_something(s3, bucket, refused, acl):
    s3.put_bucket_acl(Bucket=bucket, ACL=acl)
    assert refused(set_ownership, s3, bucket, "BucketOwnerEnforced") == ("InvalidBucketAclWithObjectOwnership", 400)
    assert refused(s3.get_bucket_ownership_controls, Bucket=bucket) == ("OwnershipControlsNotFoundError", 404)
    set_ownership(s3, bucket, "BucketOwnerPreferred")
    s3.put_bucket_acl(Bucket=bucket, ACL="private")
    set_ownership(s3, bucket, "BucketOwnerEnforced")


def test_a_new_bucket_without_acls_has_none(s3, bucket, refused):
    name = f"{bucket}-2"
    assert refused(s3.create_bucket, Bucket=name, ObjectOwnership="BucketOwnerEnforced", ACL="public-read") == (
        "InvalidBucketAclWithObjectOwnership", 400)
    assert refused(s3.head_bucket, Bucket=name) == ("404", 404)
    s3.create_bucket(Bucket=name, ObjectOwnership="BucketOwnerEnforced", ACL="private")
    s3.create_bucket(Bucket=name)
    assert ownership(s3, name) == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


@pytest.mark.parametrize("value", ["BucketOwnerPreferred", "ObjectWriter"])
def test_acls_work_with_the_other_ownerships(s3, bucket, anonymous, value):
    set_ownership(s3, bucket, value)
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", ACL="public-read")
    s3.put_bucket_acl(Bucket=bucket, ACL="authenticated-read")
    assert anonymous.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"
    assert grants(s3.get_bucket_acl(Bucket=bucket)) == [OWNER, (AUTHENTICATED_USERS, "READ")]


def test_the_cli_sets_and_shows_them(aws, bucket):
    aws("s3api", "put-bucket-ownership-controls", "--bucket", bucket, "--ownership-controls",
        "Rules=[{ObjectOwnership=BucketOwnerPreferred}]")
    assert "BucketOwnerPreferred" in aws("s3api", "get-bucket-ownership-controls", "--bucket", bucket).stdout
