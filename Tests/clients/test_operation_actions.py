"""Each operation is allowed by its action, under the name that AWS gives it, and by no other: with boto3, for any caller."""

import json

import botocore.exceptions
import pytest

import accounts
from accounts import STRANGER_ACCOUNT as STRANGER
from conftest import datastore_environment, make_anonymous_client, make_client, start

#: Anonymous callers may not do these, whatever the policy allows.
NEVER_ANONYMOUS = {"CopyObject", "CreateMultipartUpload", "GetBucketOwnershipControls"}
OBJECT = {"Key": "k"}
#: By the operation's name in botocore: its action, the parameters of the request, and further actions that it needs.
OPERATIONS = {
    "AbortMultipartUpload": ("AbortMultipartUpload", {**OBJECT, "UploadId": "u"}),
    "CopyObject": ("PutObject", {"Key": "c", "CopySource": "books/k"}, "GetObject"),
    "CreateMultipartUpload": ("PutObject", OBJECT),
    "DeleteBucketCors": ("PutBucketCORS", {}),
    "DeleteBucketEncryption": ("PutEncryptionConfiguration", {}),
    "DeleteBucketTagging": ("PutBucketTagging", {}),
    "DeleteObject": ("DeleteObject", {"Key": "gone"}),
    "DeleteObjectTagging": ("DeleteObjectTagging", OBJECT),
    "GetBucketAcl": ("GetBucketAcl", {}),
    "GetBucketCors": ("GetBucketCORS", {}),
    "GetBucketEncryption": ("GetEncryptionConfiguration", {}),
    "GetBucketLocation": ("GetBucketLocation", {}),
    "GetBucketOwnershipControls": ("GetBucketOwnershipControls", {}),
    "GetBucketPolicyStatus": ("GetBucketPolicyStatus", {}),
    "GetBucketTagging": ("GetBucketTagging", {}),
    "GetBucketVersioning": ("GetBucketVersioning", {}),
    "GetObject": ("GetObject", OBJECT),
    "GetObjectAcl": ("GetObjectAcl", OBJECT),
    "GetObjectLockConfiguration": ("GetBucketObjectLockConfiguration", {}),
    "GetObjectTagging": ("GetObjectTagging", OBJECT),
    "GetPublicAccessBlock": ("GetBucketPublicAccessBlock", {}),
    "HeadBucket": ("ListBucket", {}),
    "HeadObject": ("GetObject", OBJECT),
    "ListMultipartUploads": ("ListBucketMultipartUploads", {}),
    "ListObjectVersions": ("ListBucketVersions", {}),
    "ListObjects": ("ListBucket", {}),
    "ListObjectsV2": ("ListBucket", {}),
    "ListParts": ("ListMultipartUploadParts", {**OBJECT, "UploadId": "u"}),
    "PutBucketTagging": ("PutBucketTagging", {"Tagging": {"TagSet": []}}),
    "PutObject": ("PutObject", OBJECT),
    "PutObjectTagging": ("PutObjectTagging", {**OBJECT, "Tagging": {"TagSet": []}}),
    "UploadPart": ("PutObject", {**OBJECT, "UploadId": "u", "PartNumber": 1}),
}


@pytest.fixture(scope="module")
def clients():
    """Clients of the bucket's owner, of an anonymous caller and of another account, and the server with its log."""
    with start("--ephemeral", "--log-format", "json", "--accounts", accounts.FILE, **datastore_environment()) as server:
        stranger = make_client(server, STRANGER.access_key, STRANGER.secret_key)
        owner = make_client(server)
        owner.create_bucket(Bucket="books")
        owner.put_object(Bucket="books", Key="k", Body=b"k")
        yield owner, make_anonymous_client(server), stranger, server


def allow(owner, *actions):
    owner.put_bucket_policy(Bucket="books", Policy=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": [f"s3:{action}" for action in actions],
         "Resource": ["arn:aws:s3:::books", "arn:aws:s3:::books/*"]}]}))


def others(actions):
    """All actions of the table except the given ones."""
    return sorted({row[0] for row in OPERATIONS.values()} - set(actions))


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_action_of_an_operation_decides_it_and_no_other(clients, operation):
    owner, anonymous, stranger, server = clients
    caller = stranger if operation in NEVER_ANONYMOUS else anonymous
    action, parameters, *besides = OPERATIONS[operation]
    assert operation in owner.meta.service_model.operation_names
    call = getattr(caller, {name: method for method, name in caller.meta.method_to_api_mapping.items()}[operation])
    allow(owner, action, *besides)
    try:
        call(Bucket="books", **parameters)
    except botocore.exceptions.ClientError as error:
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 404, error
    allow(owner, *others([action]))
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(Bucket="books", **parameters)
    answer = caught.value.response["ResponseMetadata"]
    assert answer["HTTPStatusCode"] == 403
    logged = json.loads(server.log_line(answer["HTTPHeaders"]["x-amz-request-id"]))
    assert logged["operation"] == operation and logged["reason"].startswith(f"s3:{action} on arn:aws:s3:::books")
