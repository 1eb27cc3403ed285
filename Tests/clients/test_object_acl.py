"""ACLs of objects and versions: their grants and the access that they give."""

import json

import pytest

from acl import (
    ALL_USERS, AUTHENTICATED_USERS, BAD_DOCUMENTS, BAD_GRANTS, CANNED, LOG_DELIVERY, OWNER, STRANGER, grants, owner_of,
    policy)
from accounts import STRANGER_ACCOUNT
from conftest import DATASTORE
from v4 import Signer
import wire

DENIED = ("AccessDenied", 403)
#: Ways to write an object with parameters of PutObject.
WAYS = ["put", "copy", "parts", "acl"]


def write(s3, bucket, way, key="k", **settings):
    """Writes an object with an ACL, in one of these ways."""
    if way == "put":
        s3.put_object(Bucket=bucket, Key=key, Body=b"data", **settings)
    elif way == "copy":
        s3.put_object(Bucket=bucket, Key=f"source of {key}", Body=b"data")
        s3.copy_object(Bucket=bucket, Key=key, CopySource=f"{bucket}/source of {key}", **settings)
    elif way == "parts":
        upload = s3.create_multipart_upload(Bucket=bucket, Key=key, **settings)["UploadId"]
        part = s3.upload_part(Bucket=bucket, Key=key, UploadId=upload, PartNumber=1, Body=b"data")
        s3.complete_multipart_upload(
            Bucket=bucket, Key=key, UploadId=upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})
    else:
        s3.put_object(Bucket=bucket, Key=key, Body=b"data")
        s3.put_object_acl(Bucket=bucket, Key=key, **settings)


@pytest.fixture
def object_acl(s3, bucket):
    return lambda **options: grants(s3.get_object_acl(Bucket=bucket, **{"Key": "k", **options}))


@pytest.mark.parametrize("way", WAYS[:-1])
def test_a_new_object_is_its_owners(s3, bucket, object_acl, anonymous, refused, way):
    write(s3, bucket, way)
    assert object_acl() == [OWNER]
    assert refused(anonymous.get_object, Bucket=bucket, Key="k") == DENIED


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", CANNED)
def test_canned_acls_are_grants(s3, bucket, object_acl, name, way):
    write(s3, bucket, way, ACL=name)
    assert object_acl() == [OWNER, *CANNED[name]]


@pytest.mark.parametrize("way", WAYS)
def test_grants_come_in_headers(s3, bucket, object_acl, way):
    write(
        s3, bucket, way, GrantRead=f'uri="{ALL_USERS}", id={STRANGER}', GrantReadACP=f'uri="{AUTHENTICATED_USERS}"',
        GrantWriteACP=f'id="{STRANGER}"', GrantFullControl=f'id="{owner_of(s3)}"')
    assert set(object_acl()) == {
        OWNER, (ALL_USERS, "READ"), (STRANGER, "READ"), (AUTHENTICATED_USERS, "READ_ACP"), (STRANGER, "WRITE_ACP")}


@pytest.mark.parametrize("pairs", [
    [OWNER], [], [(ALL_USERS, "READ")], [OWNER, (STRANGER, "WRITE"), (AUTHENTICATED_USERS, "READ_ACP")],
    [OWNER] + [(STRANGER, "READ")] * 99], ids=lambda pairs: f"{len(pairs)} grants")
def test_grants_come_in_a_document(s3, bucket, object_acl, pairs):
    write(s3, bucket, "acl", AccessControlPolicy=policy(owner_of(s3), *pairs))
    assert object_acl() == pairs
    assert s3.get_object_acl(Bucket=bucket, Key="k")["Owner"] == {"ID": owner_of(s3)}


@pytest.mark.parametrize("document, code", BAD_DOCUMENTS, ids=[f"{number}" for number in range(len(BAD_DOCUMENTS))])
def test_a_document_that_is_no_acl_is_refused_and_nothing_changes(s3, bucket, http, object_acl, document, code):
    write(s3, bucket, "put", ACL="public-read")
    url = s3.generate_presigned_url("put_object_acl", Params={"Bucket": bucket, "Key": "k"})
    answer = http.put(url, data=document.replace("%s", owner_of(s3)).encode())
    assert (wire.error(answer.content)["Code"], answer.status_code) == (code, 403 if code == "AccessDenied" else 400)
    assert object_acl() == [OWNER, (ALL_USERS, "READ")]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("settings, code", [
    *[({"GrantRead": value}, code) for value, code in BAD_GRANTS], ({"ACL": "public"}, "InvalidArgument"),
    ({"ACL": "private", "GrantRead": f"id={STRANGER}"}, "InvalidRequest")],
    ids=lambda value: str(value)[:40])
def test_an_invalid_acl_is_refused_and_nothing_is_written(s3, bucket, refused, way, settings, code):
    assert refused(write, s3, bucket, way, "k", **settings) == (code, 400)
    if way == "acl":
        assert grants(s3.get_object_acl(Bucket=bucket, Key="k")) == [OWNER]
    else:
        assert refused(s3.head_object, Bucket=bucket, Key="k") == ("404", 404)


def test_an_acl_comes_in_one_form_alone(s3, bucket, refused, http):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    assert refused(
        s3.put_object_acl, Bucket=bucket, Key="k", ACL="private", AccessControlPolicy=policy(owner_of(s3), OWNER)) == (
            "UnexpectedContent", 400)
    answer = http.put(s3.generate_presigned_url("put_object_acl", Params={"Bucket": bucket, "Key": "k"}))
    assert wire.error(answer.content)["Code"] == "MissingSecurityHeader"


@pytest.mark.parametrize("call", ["get_object_acl", "put_object_acl"])
def test_what_is_not_there_has_no_acl(s3, bucket, refused, call):
    options = {} if call == "get_object_acl" else {"ACL": "private"}
    assert refused(getattr(s3, call), Bucket=bucket, Key="k", **options) == ("NoSuchKey", 404)
    assert refused(getattr(s3, call), Bucket="no-such-bucket-here", Key="k", **options) == ("NoSuchBucket", 404)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket=bucket, Key="k", Body=b"x")["VersionId"]
    s3.delete_object(Bucket=bucket, Key="k", VersionId=version)
    assert refused(getattr(s3, call), Bucket=bucket, Key="k", VersionId=version, **options) == ("NoSuchVersion", 404)
    marker = s3.delete_object(Bucket=bucket, Key="k")["VersionId"]
    assert refused(getattr(s3, call), Bucket=bucket, Key="k", **options) == (
        ("NoSuchKey", 404) if call == "get_object_acl" else ("MethodNotAllowed", 405))
    assert refused(getattr(s3, call), Bucket=bucket, Key="k", VersionId=marker, **options) == ("MethodNotAllowed", 405)


# Access

@pytest.mark.parametrize("way", WAYS)
def test_public_read_opens_the_object_and_private_closes_it(s3, bucket, anonymous, refused, http, server, way):
    write(s3, bucket, way, ACL="public-read")
    assert anonymous.get_object(Bucket=bucket, Key="k")["Body"].read() == b"data"
    assert anonymous.head_object(Bucket=bucket, Key="k")["ContentLength"] == 4
    assert http.get(f"{server.endpoint}/{bucket}/k", headers={"Range": "bytes=0-1"}).content == b"da"
    for call, options in [
            (anonymous.get_object_acl, {}), (anonymous.put_object_acl, {"ACL": "private"}), (anonymous.put_object, {}),
            (anonymous.delete_object, {}), (anonymous.get_object_tagging, {}),
            (anonymous.get_object_attributes, {"ObjectAttributes": ["ETag"]})]:
        assert refused(call, Bucket=bucket, Key="k", **options) == DENIED, call
    assert refused(anonymous.list_objects_v2, Bucket=bucket) == DENIED
    s3.put_object_acl(Bucket=bucket, Key="k", ACL="private")
    assert refused(anonymous.get_object, Bucket=bucket, Key="k") == DENIED
    assert refused(anonymous.head_object, Bucket=bucket, Key="k") == ("403", 403)


def test_it_is_about_one_object(s3, bucket, anonymous, refused):
    write(s3, bucket, "put", "open", ACL="public-read")
    write(s3, bucket, "put", "closed")
    assert anonymous.get_object(Bucket=bucket, Key="open")
    assert refused(anonymous.get_object, Bucket=bucket, Key="closed") == DENIED
    assert refused(anonymous.get_object, Bucket=bucket, Key="missing") == DENIED


@pytest.mark.parametrize("permission, opens", [
    ("READ", "get"), ("READ_ACP", "get_acl"), ("WRITE_ACP", "put_acl"), ("WRITE", ""),
    ("FULL_CONTROL", "get get_acl put_acl")])
def test_each_permission_allows_its_operations(s3, bucket, anonymous, stranger, refused, permission, opens):
    write(s3, bucket, "acl", AccessControlPolicy=policy(owner_of(s3), OWNER, (ALL_USERS, permission)))
    calls = {
        "get": lambda **options: anonymous.get_object(Bucket=bucket, Key="k", **options),
        "get_acl": lambda **options: anonymous.get_object_acl(Bucket=bucket, Key="k", **options),
        "put": lambda **options: anonymous.put_object(Bucket=bucket, Key="k"),
        "delete": lambda **options: anonymous.delete_object(Bucket=bucket, Key="k", **options),
        "put_acl": lambda **options: stranger.put_object_acl(Bucket=bucket, Key="k", ACL="private", **options)}
    # Anonymous callers never change an ACL.
    assert refused(anonymous.put_object_acl, Bucket=bucket, Key="k", ACL="private") == DENIED
    for name, call in calls.items():
        if name in opens.split():
            call()
        else:
            assert refused(call) == DENIED, name


@pytest.mark.parametrize("group", [AUTHENTICATED_USERS, LOG_DELIVERY, STRANGER])
def test_what_others_are_granted_is_not_anyones(s3, bucket, anonymous, refused, group):
    write(s3, bucket, "acl", AccessControlPolicy=policy(owner_of(s3), OWNER, (group, "FULL_CONTROL")))
    assert s3.get_object(Bucket=bucket, Key="k")
    assert refused(anonymous.get_object, Bucket=bucket, Key="k") == DENIED
    assert refused(anonymous.get_object_acl, Bucket=bucket, Key="k") == DENIED


def test_a_policy_that_denies_wins_and_one_that_allows_adds(s3, bucket, anonymous, refused):
    write(s3, bucket, "put", "open", ACL="public-read")
    write(s3, bucket, "put", "private", ACL="private")
    def set_policy(effect, key):
        s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({
            "Version": "2012-10-17", "Statement": [{
                "Effect": effect, "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/{key}"}]}))
    set_policy("Deny", "open")
    assert refused(anonymous.get_object, Bucket=bucket, Key="open") == DENIED
    set_policy("Allow", "private")
    assert anonymous.get_object(Bucket=bucket, Key="private")["Body"].read() == b"data"
    assert anonymous.get_object(Bucket=bucket, Key="open")["Body"].read() == b"data"


def test_what_is_public_can_be_copied_by_anyone_who_may_write(s3, bucket, stranger, refused):
    s3.put_bucket_acl(Bucket=bucket, ACL="public-read-write")
    write(s3, bucket, "put", "open", ACL="public-read")
    write(s3, bucket, "put", "closed")
    stranger.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/open", ACL="bucket-owner-read")
    assert s3.get_object(Bucket=bucket, Key="copy")["Body"].read() == b"data"
    assert refused(stranger.copy_object, Bucket=bucket, Key="copy", CopySource=f"{bucket}/closed") == DENIED


def test_an_older_version_that_is_public_can_be_copied_by_anyone_who_may_write(s3, bucket, stranger, refused):
    s3.put_bucket_acl(Bucket=bucket, ACL="public-read-write")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    old = s3.put_object(Bucket=bucket, Key="k", Body=b"old", ACL="public-read")["VersionId"]
    new = s3.put_object(Bucket=bucket, Key="k", Body=b"new")["VersionId"]
    source = {"Bucket": bucket, "Key": "k"}
    stranger.copy_object(
        Bucket=bucket, Key="copy", CopySource={**source, "VersionId": old}, ACL="bucket-owner-read")
    assert s3.get_object(Bucket=bucket, Key="copy")["Body"].read() == b"old"
    for private in (source, {**source, "VersionId": new}):
        assert refused(stranger.copy_object, Bucket=bucket, Key="copy", CopySource=private) == DENIED


@pytest.mark.parametrize("there", [True, False], ids=["another", "none"])
def test_an_object_that_takes_the_place_of_an_open_one_is_not_open(server, s3, bucket, object_acl, connection, there):
    """The object is replaced after PutObjectAcl was allowed, and before its body arrived."""
    s3.put_bucket_acl(Bucket=bucket, ACL="public-read")
    if there:
        s3.put_object(Bucket=bucket, Key="k", Body=b"open", GrantWriteACP=f'uri="{ALL_USERS}"')
    document = b"<AccessControlPolicy/>"
    signer = Signer(server, access_key=STRANGER_ACCOUNT.access_key, secret_key=STRANGER_ACCOUNT.secret_key)
    headers = signer.headers("PUT", f"/{bucket}/k", "acl", payload="UNSIGNED-PAYLOAD")
    connection.request("PUT", f"/{bucket}/k?acl", [
        *headers, ("Content-Length", str(len(document))), ("Expect", "100-continue")])
    assert connection.answer().status == 100
    s3.put_object(Bucket=bucket, Key="k", Body=b"closed")
    connection.send(document)
    answer = connection.answer()
    assert (answer.status, answer["Code"]) == DENIED[::-1]
    assert object_acl() == [OWNER]


# Versions

def test_every_version_has_its_own(s3, bucket, object_acl, anonymous, refused):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    old = s3.put_object(Bucket=bucket, Key="k", Body=b"old", ACL="public-read")["VersionId"]
    new = s3.put_object(Bucket=bucket, Key="k", Body=b"new")["VersionId"]
    assert object_acl() == object_acl(VersionId=new) == [OWNER]
    assert object_acl(VersionId=old) == [OWNER, (ALL_USERS, "READ")]
    assert anonymous.get_object(Bucket=bucket, Key="k", VersionId=old)["Body"].read() == b"old"
    assert refused(anonymous.get_object, Bucket=bucket, Key="k") == DENIED
    assert refused(anonymous.get_object, Bucket=bucket, Key="k", VersionId=new) == DENIED
    s3.put_object_acl(Bucket=bucket, Key="k", VersionId=old, ACL="private")
    s3.put_object_acl(Bucket=bucket, Key="k", ACL="public-read")
    assert refused(anonymous.get_object, Bucket=bucket, Key="k", VersionId=old) == DENIED
    assert anonymous.get_object(Bucket=bucket, Key="k")["Body"].read() == b"new"
    s3.delete_object(Bucket=bucket, Key="k", VersionId=new)
    assert object_acl() == [OWNER] and object_acl(VersionId=old) == [OWNER]


def test_an_older_version_that_comes_back_has_kept_its_acl(s3, bucket, anonymous):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=bucket, Key="k", Body=b"old", ACL="public-read")
    marker = s3.delete_object(Bucket=bucket, Key="k")["VersionId"]
    s3.delete_object(Bucket=bucket, Key="k", VersionId=marker)
    assert anonymous.get_object(Bucket=bucket, Key="k")["Body"].read() == b"old"


# Copies, overwrites and other changes of the object

def test_a_copy_has_an_acl_of_its_own(s3, bucket, object_acl):
    write(s3, bucket, "put", "source", ACL="public-read")
    for directive in ("COPY", "REPLACE"):
        s3.copy_object(Bucket=bucket, Key="k", CopySource=f"{bucket}/source", MetadataDirective=directive)
        assert object_acl() == [OWNER]
    s3.copy_object(Bucket=bucket, Key="k", CopySource=f"{bucket}/source", ACL="authenticated-read")
    assert object_acl() == [OWNER, (AUTHENTICATED_USERS, "READ")]
    assert object_acl(Key="source") == [OWNER, (ALL_USERS, "READ")]


def test_an_object_that_is_written_anew_is_its_owners_again(s3, bucket, object_acl):
    for way in WAYS[:-1]:
        write(s3, bucket, "put", ACL="public-read")
        write(s3, bucket, way)
        assert object_acl() == [OWNER], way


def test_tags_appends_and_names_leave_it(s3, bucket, object_acl):
    expected = [OWNER, (ALL_USERS, "READ")]
    write(s3, bucket, "put", ACL="public-read")
    s3.put_object_tagging(Bucket=bucket, Key="k", Tagging={"TagSet": [{"Key": "a", "Value": "1"}]})
    assert object_acl() == expected
    s3.delete_object_tagging(Bucket=bucket, Key="k")
    assert object_acl() == expected
    s3.put_object(Bucket=bucket, Key="k", Body=b"more", WriteOffsetBytes=4)
    assert object_acl() == expected
    s3.rename_object(Bucket=bucket, Key="renamed", RenameSource=f"{bucket}/k")
    assert object_acl(Key="renamed") == expected


def test_an_acl_leaves_everything_else(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", Metadata={"a": "1"}, Tagging="t=1", ContentType="text/csv")
    before = s3.head_object(Bucket=bucket, Key="k")
    s3.put_object_acl(Bucket=bucket, Key="k", ACL="public-read")
    after = s3.head_object(Bucket=bucket, Key="k")
    for name in ("ETag", "LastModified", "Metadata", "ContentType", "TagCount"):
        assert before.get(name) == after.get(name), name


# Requests of the Datastore's clients

def test_the_pipelines_close_a_package_and_leave_its_sibling(s3, bucket, anonymous, refused):
    """datapackage-pipelines-aws: aws.dump.to_s3, then change_acl."""
    for package in ("one", "two"):
        for name in ("datapackage.json", "data/budget.csv"):
            s3.put_object(Bucket=bucket, Key=f"owner/{package}/{name}", Body=b"x", ACL="public-read")
    for item in s3.list_objects(Bucket=bucket, Prefix="owner/one/")["Contents"]:
        s3.put_object_acl(Bucket=bucket, Key=item["Key"], ACL="private")
    assert refused(anonymous.head_object, Bucket=bucket, Key="owner/one/datapackage.json") == ("403", 403)
    assert refused(anonymous.get_object, Bucket=bucket, Key="owner/one/data/budget.csv") == DENIED
    assert anonymous.get_object(Bucket=bucket, Key="owner/two/data/budget.csv")["Body"].read() == b"x"


def test_a_private_object_of_the_datastore_stays_readable_by_its_policy(s3, anonymous):
    s3.put_object(Bucket=DATASTORE, Key="acl/private.csv", Body=b"x", ACL="private")
    assert anonymous.get_object(Bucket=DATASTORE, Key="acl/private.csv")["Body"].read() == b"x"


def test_boto_2_reads_and_sets_them(server, bucket, anonymous, refused):
    import boto.s3.connection
    connection = boto.s3.connection.S3Connection(
        server.access_key, server.secret_key, host=server.host, port=server.port, is_secure=False,
        calling_format=boto.s3.connection.OrdinaryCallingFormat())
    place = connection.get_bucket(bucket)
    key = place.new_key("k")
    key.set_contents_from_string("data", policy="public-read")
    assert [(grant.uri, grant.permission) for grant in key.get_acl().acl.grants if grant.uri] == [(ALL_USERS, "READ")]
    key.make_public()
    assert anonymous.get_object(Bucket=bucket, Key="k")["Body"].read() == b"data"
    key.set_acl(place.get_acl())
    assert refused(anonymous.get_object, Bucket=bucket, Key="k") == DENIED
    place.set_acl("public-read")
    assert [grant.uri for grant in place.get_acl().acl.grants if grant.uri] == [ALL_USERS]


def test_the_cli_sets_and_shows_them(aws, s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    aws("s3api", "put-object-acl", "--bucket", bucket, "--key", "k", "--grant-read", f"uri={ALL_USERS}")
    shown = json.loads(aws("s3api", "get-object-acl", "--bucket", bucket, "--key", "k").stdout)
    assert grants(shown) == [(ALL_USERS, "READ")]
    aws("s3", "cp", f"s3://{bucket}/k", f"s3://{bucket}/copy", "--acl", "public-read")
    assert grants(s3.get_object_acl(Bucket=bucket, Key="copy")) == [OWNER, (ALL_USERS, "READ")]
