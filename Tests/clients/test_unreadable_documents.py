"""Unreadable bucket configurations, such as those stored by an earlier version: what they may have forbidden
is forbidden, everything else works, and they can be replaced."""

import contextlib
import sqlite3

import botocore.config
import botocore.exceptions
import pytest
import requests

import accounts
from conftest import Member, make_anonymous_client, make_client, policy_of, root_environment, start
from test_accounts import control  # A fixture.

RUBBISH = "<rubbish"
ORIGIN = "https://budgets.example"
CORS = {"CORSRules": [{"AllowedOrigins": [ORIGIN], "AllowedMethods": ["GET"]}]}
LOCK = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}}
SSE = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]}
NOTHING_PUBLIC = dict.fromkeys(
    ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), False)


def corrupt(data, *statements):
    with contextlib.closing(sqlite3.connect(data / "catalog.sqlite")) as catalog, catalog:
        for statement, *values in statements:
            assert catalog.execute(statement, values).rowcount > 0, statement


def code(function, **options):
    """The error code of a call; None if it succeeds."""
    try:
        function(**options)
        return None
    except botocore.exceptions.ClientError as error:
        return error.response["Error"]["Code"]


def patient(server, **options):
    return make_client(server, config=botocore.config.Config(retries={"max_attempts": 0}), **options)


@pytest.fixture
def data(tmp_path):
    """The data directory of a server with two identical buckets, one of which will be corrupted."""
    data = tmp_path / "data"
    with start("--data", str(data), **root_environment()) as server:
        s3 = make_client(server)
        for bucket in "books", "others":
            s3.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
            s3.put_bucket_cors(Bucket=bucket, CORSConfiguration=CORS)
            s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=LOCK)
            s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=SSE)
            s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=NOTHING_PUBLIC)
            s3.put_bucket_ownership_controls(
                Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})
            s3.put_bucket_acl(Bucket=bucket, ACL="public-read")
            s3.put_object(Bucket=bucket, Key="k", Body=b"data", ACL="public-read")
    return data


@pytest.fixture
def corrupted(data):
    """Starts the server after corrupting one configuration of the bucket books."""
    with contextlib.ExitStack() as stack:
        def corrupted(kind):
            corrupt(data, ("UPDATE bucket_configurations SET document = ? WHERE kind = ? AND bucket = "
                         "(SELECT id FROM buckets WHERE name = 'books')", RUBBISH.encode(), kind))
            server = stack.enter_context(start("--data", str(data), **root_environment()))
            assert patient(server).get_object(Bucket="books", Key="k")["Body"].read() == b"data"
            assert patient(server).get_object(Bucket="others", Key="k")["Body"].read() == b"data"
            return server

        yield corrupted


def warnings(server, kind):
    return server.log().count(f"the {kind} configuration of bucket books cannot be read")


def allows_origin(server, bucket):
    headers = {"Origin": ORIGIN, "Access-Control-Request-Method": "GET"}
    answer = requests.options(f"{server.endpoint}/{bucket}/k", headers=headers)
    return answer.headers.get("Access-Control-Allow-Origin") == ORIGIN


@pytest.mark.parametrize("mend", ["put", "delete"])
def test_without_its_cors_rules_a_bucket_has_none(corrupted, mend):
    server = corrupted("cors")
    s3 = patient(server)
    assert not allows_origin(server, "books") and allows_origin(server, "others")
    assert code(s3.put_object, Bucket="books", Key="n", Body=b"") is None
    # The bucket is read again after a change, without another warning.
    s3.put_bucket_tagging(Bucket="books", Tagging={"TagSet": []})
    assert not allows_origin(server, "books")
    if mend == "put":
        s3.put_bucket_cors(Bucket="books", CORSConfiguration=CORS)
        assert allows_origin(server, "books")
    else:
        s3.delete_bucket_cors(Bucket="books")
        assert code(s3.get_bucket_cors, Bucket="books") == "NoSuchCORSConfiguration"
    assert warnings(server, "cors") == 1


def test_without_its_acl_a_bucket_is_private(corrupted):
    server = corrupted("acl")
    s3, anonymous = patient(server), make_anonymous_client(server)
    assert code(anonymous.list_objects_v2, Bucket="books") == "AccessDenied"
    assert code(anonymous.list_objects_v2, Bucket="others") is None
    assert [grant["Grantee"]["Type"] for grant in s3.get_bucket_acl(Bucket="books")["Grants"]] == ["CanonicalUser"]
    s3.put_bucket_acl(Bucket="books", ACL="public-read")
    assert code(anonymous.list_objects_v2, Bucket="books") is None
    assert warnings(server, "acl") == 1


@pytest.mark.parametrize("mend", ["put", "delete"])
def test_without_its_ownership_a_bucket_has_no_acls(corrupted, mend):
    server = corrupted("ownershipControls")
    s3, anonymous = patient(server), make_anonymous_client(server)
    assert code(anonymous.get_object, Bucket="books", Key="k") == "AccessDenied"
    assert code(anonymous.list_objects_v2, Bucket="books") == "AccessDenied"
    assert code(anonymous.list_objects_v2, Bucket="others") is None
    assert code(s3.put_object_acl, Bucket="books", Key="k", ACL="private") == "AccessControlListNotSupported"
    if mend == "put":
        s3.put_bucket_ownership_controls(
            Bucket="books", OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})
    else:
        s3.delete_bucket_ownership_controls(Bucket="books")
    assert code(anonymous.get_object, Bucket="books", Key="k") is None
    assert warnings(server, "ownershipControls") == 1


@pytest.mark.parametrize("mend", ["put", "delete"])
def test_without_its_public_access_block_a_bucket_blocks_everything(corrupted, mend):
    server = corrupted("publicAccessBlock")
    s3, anonymous = patient(server), make_anonymous_client(server)
    assert code(anonymous.get_object, Bucket="books", Key="k") == "AccessDenied"
    assert code(anonymous.get_object, Bucket="others", Key="k") is None
    assert code(s3.put_object_acl, Bucket="books", Key="k", ACL="public-read") == "AccessDenied"
    if mend == "put":
        s3.put_public_access_block(Bucket="books", PublicAccessBlockConfiguration=NOTHING_PUBLIC)
    else:
        s3.delete_public_access_block(Bucket="books")
    assert code(anonymous.get_object, Bucket="books", Key="k") is None
    assert warnings(server, "publicAccessBlock") == 1


def test_without_its_public_access_block_an_account_blocks_everything(data, control):
    account = accounts.FIRST_ID
    with start("--data", str(data), **root_environment()) as server:
        control(server, server).put_public_access_block(AccountId=account, PublicAccessBlockConfiguration=NOTHING_PUBLIC)
        assert code(make_anonymous_client(server).get_object, Bucket="books", Key="k") is None
    corrupt(data, ("UPDATE account_configurations SET document = ?", RUBBISH.encode()))
    with start("--data", str(data), **root_environment()) as server:
        assert code(make_anonymous_client(server).get_object, Bucket="books", Key="k") == "AccessDenied"
        assert code(patient(server).get_object, Bucket="books", Key="k") is None
        assert warnings(server, "account's publicAccessBlock") == 1
        control(server, server).delete_public_access_block(AccountId=account)
        assert code(make_anonymous_client(server).get_object, Bucket="books", Key="k") is None


WRITES = {
    "PutObject": lambda s3, **options: s3.put_object(Bucket="books", Key="n", Body=b"n", **options),
    "CopyObject": lambda s3, **options: s3.copy_object(
        Bucket="books", Key="n", CopySource="books/k", **options),
    "CreateMultipartUpload": lambda s3, **options: s3.create_multipart_upload(Bucket="books", Key="n", **options),
}


@pytest.mark.parametrize("mend", ["put", "delete"])
def test_without_its_encryption_a_bucket_takes_nothing_that_depends_on_it(corrupted, mend):
    server = corrupted("encryption")
    s3 = patient(server)
    for write in WRITES.values():
        assert code(write, s3=s3) == "InternalError"
    assert code(s3.get_bucket_encryption, Bucket="books") == "InternalError"
    assert "the encryption configuration of bucket books cannot be read" in server.log()
    # Requests that choose an encryption or write no bytes do not depend on it.
    assert code(WRITES["PutObject"], s3=s3, ServerSideEncryption="AES256") is None
    assert code(s3.put_object_tagging, Bucket="books", Key="n", Tagging={"TagSet": []}) is None
    assert code(s3.delete_object, Bucket="books", Key="n") is None
    assert code(s3.put_object, Bucket="others", Key="n", Body=b"") is None
    if mend == "put":
        s3.put_bucket_encryption(Bucket="books", ServerSideEncryptionConfiguration=SSE)
    else:
        s3.delete_bucket_encryption(Bucket="books")
    wanted = "aws:kms" if mend == "put" else "AES256"
    assert WRITES["PutObject"](s3)["ServerSideEncryption"] == wanted


def test_without_its_lock_a_bucket_takes_nothing_that_depends_on_it(corrupted):
    server = corrupted("object-lock")
    s3 = patient(server)
    for write in WRITES.values():
        assert code(write, s3=s3) == "InternalError"
    assert code(s3.get_object_lock_configuration, Bucket="books") == "InternalError"
    assert "the object-lock configuration of bucket books cannot be read" in server.log()
    # Versions stay locked, and the bucket keeps Object Lock.
    version = s3.head_object(Bucket="books", Key="k")
    assert version["ObjectLockMode"] == "GOVERNANCE"
    assert code(s3.delete_object, Bucket="books", Key="k", VersionId=version["VersionId"]) == "AccessDenied"
    assert code(s3.put_bucket_versioning, Bucket="books",
                VersioningConfiguration={"Status": "Suspended"}) == "InvalidBucketState"
    until = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": version["ObjectLockRetainUntilDate"]}
    assert code(WRITES["PutObject"], s3=s3, **until) is None
    s3.put_object_lock_configuration(Bucket="books", ObjectLockConfiguration=LOCK)
    assert code(WRITES["PutObject"], s3=s3) is None
    assert s3.head_object(Bucket="books", Key="n")["ObjectLockMode"] == "GOVERNANCE"


def test_without_the_ids_of_its_principals_a_policy_is_not_understood(tmp_path):
    data = tmp_path / "data"
    with start("--data", str(data), **root_environment()) as server:
        s3 = make_client(server)
        alice = Member(server, make_client(server, service="iam"), "alice")
        s3.create_bucket(Bucket="books")
        policy = policy_of("s3:*", resource="arn:aws:s3:::books", Principal={"AWS": alice.arn})
        s3.put_bucket_policy(Bucket="books", Policy=policy)
    corrupt(data, ("UPDATE bucket_configurations SET document = ? WHERE kind = 'policy-principals'", b'{"a": 1}'))
    with start("--data", str(data), **root_environment()) as server:
        s3 = patient(server)
        client = make_client(server, alice.key["AccessKeyId"], alice.key["SecretAccessKey"])
        assert code(client.list_objects_v2, Bucket="books") == "AccessDenied"
        assert s3.get_bucket_policy(Bucket="books")["Policy"] == policy
        s3.put_bucket_policy(Bucket="books", Policy=policy)
        assert code(client.list_objects_v2, Bucket="books") is None
