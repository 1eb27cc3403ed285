"""Requests that every operation refuses: each test makes the operation's valid request invalid in one way."""

import json

import botocore.loaders
import pytest

from accounts import STRANGER_ACCOUNT
from refusals import BASES, OPERATIONS, Place, elements, status_and_code
from wire import Connection

MODEL = botocore.loaders.Loader().load_service_model("s3", "service-2")
#: Operations of S3 Control, whose requests name the account.
CONTROL = [name for name in OPERATIONS if "Account" in name or name.endswith("Resource")]
WITHOUT_BUCKET = {*CONTROL, "ListBuckets"}
OF_BUCKETS = [name for name in OPERATIONS if name not in WITHOUT_BUCKET]
HEADS = ("HeadBucket", "HeadObject")


@pytest.fixture(scope="module")
def place(server, s3):
    with Connection(server) as connection:
        place = Place(server, s3, connection, "refusals")
        before = place.state()
        yield place
        assert place.state() == before


def refused(answer, status, code):
    assert status_and_code(answer) == (status, code if answer.body else None), answer
    if answer.body:
        found = elements(answer)
        assert found["Message"] and found["RequestId"] and found["HostId"], answer


def test_every_operation_has_a_request_here():
    missing, unknown = set(OPERATIONS) - set(BASES), set(BASES) - set(OPERATIONS)
    assert OPERATIONS and not missing and not unknown, f"BASES in refusals.py lacks {missing}, and has {unknown}"


# Missing buckets

@pytest.mark.parametrize("operation", [name for name in OF_BUCKETS if name != "CreateBucket"])
def test_a_bucket_that_is_not_there(place, operation):
    path = BASES[operation].path.replace("BUCKET", "no-such-bucket").replace("LOCKED", "no-such-bucket")
    query = BASES[operation].query
    refused(place.ask(operation, target=f"{path}?{query}"), 404, "NoSuchBucket")


@pytest.mark.parametrize("operation", OF_BUCKETS)
@pytest.mark.parametrize("name", ["Upper", "ab", "under_score"])
def test_a_name_that_no_bucket_has(place, operation, name):
    path = BASES[operation].path.replace("BUCKET-new", name).replace("BUCKET", name).replace("LOCKED", name)
    answer = place.ask(operation, target=f"{path}?{BASES[operation].query}")
    refused(answer, 400, "InvalidBucketName")


# Bucket owners

@pytest.mark.parametrize("operation", [name for name in OF_BUCKETS if name not in ("CreateBucket",)])
def test_another_owner_than_the_buckets(place, operation):
    # The form has no credentials here, so it is refused before this check.
    for owner, status, code in [("123", 400, "InvalidBucketOwnerAWSAccountID"),
                                ("not-a-number", 400, "InvalidBucketOwnerAWSAccountID"),
                                ("123456789012", 403, "AccessDenied")]:
        if operation == "PostObject":
            status, code = 403, "AccessDenied"
        refused(place.ask(operation, headers=[("x-amz-expected-bucket-owner", owner)]), status, code)


@pytest.mark.parametrize("operation", ["CopyObject", "UploadPartCopy"])
def test_another_owner_than_the_sources(place, operation):
    for owner, status, code in [("123", 400, "InvalidBucketOwnerAWSAccountID"),
                                ("123456789012", 403, "AccessDenied")]:
        refused(place.ask(operation, headers=[("x-amz-source-expected-bucket-owner", owner)]), status, code)


@pytest.mark.parametrize("operation", CONTROL)
def test_another_account_than_the_callers(place, operation):
    refused(place.ask(operation, headers=[("x-amz-account-id", "123456789012")]), 403, "AccessDenied")
    refused(place.ask(operation, without=["x-amz-account-id"]), 400, "InvalidRequest")


@pytest.mark.parametrize("operation", [name for name in CONTROL if name.endswith("Resource")])
def test_a_resource_that_is_not_there(place, operation):
    query = BASES[operation].query
    for arn in ("arn%3Aaws%3As3%3A%3A%3Ano-such-bucket", "arn%3Aaws%3As3%3A%3A%3AUpper", "arn%3Aaws%3Asqs%3A%3A%3Aq"):
        refused(place.ask(operation, target=f"/v20180820/tags/{arn}?{query}"), 404, "NoSuchResource")
    refused(place.ask(operation, target=f"/v20180820/tags/BUCKET?{query}"), 400, "InvalidRequest")
    if operation == "UntagResource":
        refused(place.ask(operation, target=BASES[operation].path), 400, "InvalidRequest")


# Callers

@pytest.mark.parametrize("operation", OPERATIONS)
def test_nobody_may_do_anything_with_a_private_bucket(place, operation):
    refused(place.ask(operation, signed=False), 403, "AccessDenied")


@pytest.mark.parametrize("operation", [name for name in OPERATIONS if name != "PostObject"])
def test_a_wrong_secret(place, operation):
    refused(place.ask(operation, secret_key="another"), 403, "SignatureDoesNotMatch")
    refused(place.ask(operation, access_key="nobodys"), 403, "InvalidAccessKeyId")


#: Operations that anonymous callers may never do, whatever policies and ACLs allow, with the messages.
NEVER_ANONYMOUS = {
    "CreateMultipartUpload": "Anonymous users cannot initiate multipart uploads.  Please authenticate.",
    "CopyObject": "Anonymous users cannot copy objects.  Please authenticate.",
    "UploadPartCopy": "Anonymous users cannot copy objects.  Please authenticate.",
    "GetBucketOwnershipControls": "s3:GetBucketOwnershipControls does not support Anonymous requests!",
    "PutBucketOwnershipControls": "s3:PutBucketOwnershipControls does not support Anonymous requests!",
    "DeleteBucketOwnershipControls": "s3:PutBucketOwnershipControls does not support Anonymous requests!",
    **dict.fromkeys([
        "PutBucketAcl", "PutObjectAcl", "PutBucketPolicy", "DeleteBucketPolicy", "PutPublicAccessBlock",
        "DeletePublicAccessBlock", "DeleteBucket", "CreateBucket", "ListBuckets"],
        "Anonymous users cannot invoke this API. Please authenticate.")}


@pytest.mark.parametrize("operation", NEVER_ANONYMOUS)
def test_what_nobody_may_do_even_where_everything_is_allowed(server, s3, bucket, operation):
    with Connection(server) as connection:
        place = Place(server, s3, connection, f"{bucket}-open")
        policy = {"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": "*", "Action": "s3:*",
            "Resource": [f"arn:aws:s3:::{place.bucket}", f"arn:aws:s3:::{place.bucket}/*"]}]}
        s3.put_bucket_acl(Bucket=place.bucket, ACL="public-read-write")
        s3.put_bucket_policy(Bucket=place.bucket, Policy=json.dumps(policy))
        assert place.ask("GetObject", signed=False).status == 200
        answer = place.ask(operation, signed=False)
        refused(answer, 403, "AccessDenied")
        assert answer["Message"] == NEVER_ANONYMOUS[operation]
        assert STRANGER_ACCOUNT.canonical_id not in str(s3.get_bucket_acl(Bucket=place.bucket))


# Versions

WITH_VERSION = [name for name in OPERATIONS if name in MODEL["operations"] and any(
    member.get("locationName") == "versionId"
    for member in MODEL["shapes"][MODEL["operations"][name]["input"]["shape"]]["members"].values())]


@pytest.mark.parametrize("operation", WITH_VERSION)
@pytest.mark.parametrize("version", [
    "", "nonsense", "3HL4kqtJvjVBH40Nrjfkd", "A" * 32, "3HL4kqtJvjVBH40Nrjfkd.L4kqtJvjVB", "MADE"])
def test_a_version_that_was_never_made(place, operation, version):
    made = place.s3.list_object_versions(Bucket=place.locked)["Versions"][0]["VersionId"]
    version = version.replace("MADE", made[:-1] + ("A" if made[-1] != "A" else "B"))
    path, query = BASES[operation].path, BASES[operation].query
    answer = place.ask(operation, target=f"{path}?{query + '&' if query else ''}versionId={version}")
    refused(answer, 400, "InvalidArgument")
    if answer.body:
        assert answer["Message"] == (
            "Invalid version id specified" if version else "Version id cannot be the empty string")
        assert (answer["ArgumentName"], answer["ArgumentValue"] or "") == ("versionId", version)


def test_a_copy_of_a_version_that_was_never_made(place):
    for operation in ("CopyObject", "UploadPartCopy"):
        for version in ("nonsense", "3HL4kqtJvjVBH40Nrjfkd.L4kqtJvjVB"):
            answer = place.ask(operation, headers=[("x-amz-copy-source", f"BUCKET/k?versionId={version}")])
            refused(answer, 400, "InvalidArgument")


def test_versions_that_are_gone_are_no_malformed_ids(server, s3, bucket, connection):
    place = Place(server, s3, connection, f"{bucket}-gone")
    version = s3.put_object(Bucket=place.locked, Key="k", Body=b"x")["VersionId"]
    s3.delete_object(Bucket=place.locked, Key="k", VersionId=version)
    refused(place.ask("GetObject", target=f"/LOCKED/k?versionId={version}"), 404, "NoSuchVersion")
    assert place.ask("DeleteObject", target=f"/LOCKED/k?versionId={version}").status == 204
    refused(place.ask("GetObject", target=f"/LOCKED/other?versionId={version}"), 404, "NoSuchVersion")
    page = place.ask("ListObjectVersions", target=f"/LOCKED?versions&key-marker=k&version-id-marker={version}")
    assert page.status == 200


# Values that are not in the service's model

#: AWS's response to an invalid value of an enumeration in a header or parameter; None if AWS ignores the value.
WORDS = {
    "x-amz-acl": (400, "InvalidArgument"), "x-amz-checksum-algorithm": (400, "InvalidRequest"),
    "x-amz-checksum-type": (400, "InvalidRequest"), "x-amz-metadata-directive": (400, "InvalidArgument"),
    "x-amz-tagging-directive": (400, "InvalidArgument"), "x-amz-server-side-encryption": (400, "InvalidArgument"),
    "x-amz-storage-class": (400, "InvalidStorageClass"), "x-amz-object-lock-mode": (400, "InvalidArgument"),
    "x-amz-object-lock-legal-hold": (400, "InvalidArgument"), "x-amz-object-ownership": (400, "InvalidArgument"),
    "encoding-type": (400, "InvalidArgument"), "x-amz-object-attributes": (400, "InvalidArgument"),
    "x-amz-bucket-namespace": (400, "InvalidArgument"), "x-amz-object-annotation-directive": (400, "InvalidArgument"),
    # Not implemented on this server.
    "x-amz-object-lock-event-hold": (501, "NotImplemented"),
    # Requester Pays does not exist here, and other values of checksum-mode do not request checksums.
    "x-amz-request-payer": None, "x-amz-checksum-mode": None, "x-amz-sdk-checksum-algorithm": None,
    "x-amz-optional-object-attributes": None,
}


def enumerated():
    shapes = MODEL["shapes"]
    for name in OPERATIONS:
        if name not in MODEL["operations"]:
            continue
        members = shapes[MODEL["operations"][name]["input"]["shape"]]["members"]
        for member in members.values():
            shape = shapes[member["shape"]]
            shape = shapes[shape["member"]["shape"]] if shape["type"] == "list" else shape
            is_read = member.get("location") in ("header", "querystring")
            if "enum" in shape and is_read and WORDS[member["locationName"].lower()]:
                yield name, member["location"], member["locationName"].lower()


@pytest.mark.parametrize("operation, location, name", enumerated())
@pytest.mark.parametrize("word", ["nonsense", "NONSENSE"])
def test_a_word_that_the_model_does_not_have(place, operation, location, name, word):
    headers = [(name, word)] if location == "header" else []
    if name == "x-amz-object-lock-mode":
        headers.append(("x-amz-object-lock-retain-until-date", "2035-01-01T00:00:00Z"))
    query = BASES[operation].query
    target = f"{BASES[operation].path}?{query + '&' if query else ''}{name}={word}" if not headers else None
    refused(place.ask(operation, headers=headers, target=target), *WORDS[name])
