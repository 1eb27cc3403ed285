"""Requests that operations on buckets refuse, with AWS's codes and messages; and the regions of buckets."""

import pytest

from accounts import STRANGER_ACCOUNT
from conftest import make_client, root_environment, start
from refusals import Place, status_and_code
from wire import Connection

LISTINGS = [("ListObjects", ""), ("ListObjectsV2", "list-type=2&"), ("ListObjectVersions", "versions&")]


@pytest.fixture(scope="module")
def place(server, s3):
    with Connection(server) as connection:
        place = Place(server, s3, connection, "buckets")
        before = place.state()
        yield place
        assert place.state() == before


def row(operation, status, code, message=None, **request):
    text = " ".join([request.get("target", ""), str(request.get("headers", "")), request.get("body", "")])
    return pytest.param(operation, status, code, message, request, id=f"{operation} {text}"[:110])


def listings():
    for operation, query in LISTINGS:
        target = f"/BUCKET?{query}"
        for value in ("x", "1.5", "2147483648", "-2147483649", "99999999999999999999", ""):
            yield row(operation, 400, "InvalidArgument", "Provided max-keys not an integer or within integer range",
                      target=f"{target}max-keys={value}")
        yield row(operation, 400, "InvalidArgument", "Argument maxKeys must be an integer between 0 and 2147483647",
                  target=f"{target}max-keys=-1")
    for operation, query in [*LISTINGS, ("ListMultipartUploads", "uploads&")]:
        for value in ("", "URL", "base64"):
            yield row(operation, 400, "InvalidArgument", "Invalid Encoding Method specified in Request",
                      target=f"/BUCKET?{query}encoding-type={value}")
    for value in ("x", "2147483648", ""):
        yield row("ListMultipartUploads", 400, "InvalidArgument",
                  "Provided max-uploads not an integer or within integer range",
                  target=f"/BUCKET?uploads&max-uploads={value}")
    yield row("ListMultipartUploads", 400, "InvalidArgument",
              "Argument max-uploads must be an integer between 0 and 2147483647", target="/BUCKET?uploads&max-uploads=-1")
    yield row("ListMultipartUploads", 400, "InvalidArgument", "Invalid uploadId marker",
              target="/BUCKET?uploads&key-marker=k&upload-id-marker=nonsense")
    for value in ("", "1", "3", "x"):
        yield row("ListObjectsV2", 400, "InvalidArgument", "Invalid List Type specified in Request",
                  target=f"/BUCKET?list-type={value}")
    for value in ("", "nonsense", "AAAA"):
        yield row("ListObjectsV2", 400, "InvalidArgument", "The continuation token provided is incorrect",
                  target=f"/BUCKET?list-type=2&continuation-token={value}")
    yield row("ListObjectVersions", 400, "InvalidArgument",
              "A version-id marker cannot be specified without a key marker.",
              target="/BUCKET?versions&version-id-marker=null")
    for value in ("nonsense", "3HL4kqtJvjVBH40Nrjfkd.L4kqtJvjVB"):
        yield row("ListObjectVersions", 400, "InvalidArgument", "Invalid version id specified",
                  target=f"/LOCKED?versions&key-marker=k&version-id-marker={value}")
    for value in ("0", "10001", "-1", "x", ""):
        yield row("ListBuckets", 400, "InvalidArgument", target=f"/?max-buckets={value}")
    for value in ("", "nowhere", "us-east-1a", "EU"):
        yield row("ListBuckets", 400, "InvalidArgument", target=f"/?bucket-region={value}")
    yield row("ListBuckets", 400, "InvalidArgument", "The continuation token provided is incorrect",
              target="/?continuation-token=nonsense")


def new(constraint):
    return (f"<CreateBucketConfiguration><LocationConstraint>{constraint}</LocationConstraint>"
            "</CreateBucketConfiguration>")


def creations():
    for constraint in ("us-east-1", "nowhere", "eu", "eu-west-1a", "US", "../.."):
        yield row("CreateBucket", 400, "InvalidLocationConstraint", "The specified location-constraint is not valid",
                  body=new(constraint))
    for constraint, region in [("eu-west-1", "eu-west-2"), ("EU", "us-west-2"), ("us-west-2", "eu-west-1")]:
        yield row("CreateBucket", 400, "IllegalLocationConstraintException",
                  f"The {constraint} location constraint is incompatible for the region specific endpoint this request was "
                  "sent to.", body=new(constraint), region=region)
    yield row("CreateBucket", 400, "MalformedXML", body="<CreateBucketConfiguration>")
    yield row("CreateBucket", 400, "MalformedXML", body="<Another/>")
    yield row("CreateBucket", 400, "MalformedXML", body=new("eu-west-1</LocationConstraint><Unknown>1</Unknown><LocationConstraint>"))
    yield row("CreateBucket", 400, "MalformedXML", body=new("eu-west-1").replace("</Create", "<Unknown>1</Unknown></Create"))
    for headers, code in [
            ([("x-amz-acl", "bucket-owner-nonsense")], "InvalidArgument"),
            ([("x-amz-acl", "private"), ("x-amz-grant-read", "id=OWNER")], "InvalidRequest"),
            ([("x-amz-grant-read", "nonsense")], "InvalidArgument"),
            ([("x-amz-object-ownership", "Everybody")], "InvalidArgument"),
            ([("x-amz-acl", "public-read"), ("x-amz-object-ownership", "BucketOwnerEnforced")],
             "InvalidBucketAclWithObjectOwnership")]:
        yield row("CreateBucket", 400, code, headers=headers, body="")


ROWS = [
    *listings(), *creations(),
    row("DeleteBucket", 409, "BucketNotEmpty"), row("DeleteBucket", 409, "BucketNotEmpty", target="/LOCKED"),
    row("PutBucketAcl", 400, "UnexpectedContent", headers=[("x-amz-acl", "private")]),
    row("PutBucketAcl", 400, "InvalidArgument", headers=[("x-amz-acl", "nonsense")], body=""),
    row("PutBucketAcl", 400, "InvalidRequest", body="", headers=[("x-amz-acl", "private"), ("x-amz-grant-read", "id=OWNER")]),
    row("PutBucketAcl", 403, "AccessDenied",
        body="<AccessControlPolicy><Owner><ID>another</ID></Owner><AccessControlList/></AccessControlPolicy>"),
    row("PutBucketVersioning", 409, "InvalidBucketState",
        body="<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>"),
    row("PutObjectLockConfiguration", 409, "InvalidBucketState", target="/BUCKET?object-lock"),
    row("GetBucketCors", 404, "NoSuchCORSConfiguration"), row("GetBucketPolicy", 404, "NoSuchBucketPolicy"),
    row("GetBucketPolicyStatus", 404, "NoSuchBucketPolicy"), row("GetBucketTagging", 404, "NoSuchTagSet"),
    row("GetBucketOwnershipControls", 404, "OwnershipControlsNotFoundError"),
    row("GetPublicAccessBlock", 404, "NoSuchPublicAccessBlockConfiguration"),
    row("GetObjectLockConfiguration", 404, "ObjectLockConfigurationNotFoundError", target="/BUCKET?object-lock"),
    row("PutBucketPolicy", 400, "MalformedPolicy", body='{"Version": "2012-10-17", "Statement": [], "Unknown": 1}'),
    row("HeadBucket", 404, None, target="/no-such-bucket"),
    row("PostObject", 412, "PreconditionFailed", headers=[("content-type", "text/plain")]),
    row("PostObject", 412, "PreconditionFailed", headers=[("content-type", "application/x-www-form-urlencoded")]),
    row("PostObject", 400, "MalformedPOSTRequest", headers=[("content-type", "multipart/form-data")]),
    row("PostObject", 400, "MalformedPOSTRequest", headers=[("content-type", "multipart/form-data; boundary=")]),
    row("PostObject", 400, "MalformedPOSTRequest", body="nonsense"),
    row("PostObject", 404, "NoSuchBucket", target="/no-such-bucket"),
    row("PostObject", 400, "InvalidArgument", target="/no-such-bucket",
        body="--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx\r\n--b--\r\n"),
    row("GetBucketLocation", 405, "MethodNotAllowed", method="PUT"),
    row("ListObjects", 400, "InvalidArgument", "You can only specify a copy source header for copy requests.",
        headers=[("x-amz-copy-source", "BUCKET/k")]),
]


@pytest.mark.parametrize("operation, status, code, message, request_", ROWS)
def test_a_request_that_is_refused(place, operation, status, code, message, request_):
    answer = place.ask(operation, **request_)
    assert status_and_code(answer) == (status, code), answer
    assert message in (None, answer["Message"])
    assert status_and_code(place.ask("HeadBucket", target="/BUCKET-new"))[0] == 404


# Buckets that already exist

def test_a_bucket_is_made_again_in_the_first_region_alone(place, bucket):
    def create(name=bucket, body="", **options):
        return place.ask("CreateBucket", target=f"/{name}", body=body, **options)

    assert create().status == 200
    for body, region in [("", "eu-west-1"), (new("eu-west-1"), "us-east-1"), (new("eu-west-1"), "eu-west-1")]:
        answer = create(body=body, region=region)
        assert status_and_code(answer) == (409, "BucketAlreadyOwnedByYou") and answer["BucketName"] == bucket
    assert create(f"{bucket}-eu", new("EU")).status == 200
    for body in ("", new("EU"), new("eu-west-1")):
        assert status_and_code(create(f"{bucket}-eu", body)) == (409, "BucketAlreadyOwnedByYou")


def test_the_constraint_is_answered_as_it_was_given(place, s3, bucket):
    for name, constraint, answered, region in [
            ("eu", "EU", "EU", "eu-west-1"), ("ireland", "eu-west-1", "eu-west-1", "eu-west-1"),
            ("west", "us-west-2", "us-west-2", "us-west-2"), ("first", None, None, "us-east-1"),
            ("home", "home-1", "home-1", "home-1")]:
        # A custom region is accepted if the client's own region is the same.
        options = {"region": "home-1"} if name == "home" else {}
        answer = place.ask(
            "CreateBucket", target=f"/{bucket}-{name}", body=new(constraint) if constraint else "", **options)
        assert answer.status == 200, answer
        assert s3.get_bucket_location(Bucket=f"{bucket}-{name}")["LocationConstraint"] == answered
        assert s3.head_bucket(Bucket=f"{bucket}-{name}")["BucketRegion"] == region


def test_buckets_of_a_region_fill_pages(account_server, name):
    client = make_client(account_server)
    for number in range(6):
        constraint = {"CreateBucketConfiguration": {"LocationConstraint": "eu-north-1"}} if number % 2 else {}
        client.create_bucket(Bucket=f"{name}-{number}", **constraint)
    pages = list(client.get_paginator("list_buckets").paginate(
        Prefix=name, BucketRegion="eu-north-1", PaginationConfig={"PageSize": 2}))
    assert [[bucket["Name"][-1] for bucket in page["Buckets"]] for page in pages] == [["1", "3"], ["5"]]


def test_an_empty_token_asks_for_the_first_page_of_buckets(place):
    answer = place.ask("ListBuckets", target="/?continuation-token=")
    assert answer.status == 200 and place.bucket.encode() in answer.body


def test_an_empty_set_of_tags_takes_all_away(place, s3, bucket):
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    answer = place.ask("PutBucketTagging", target=f"/{bucket}?tagging", body="<Tagging><TagSet/></Tagging>")
    assert answer.status == 204
    assert status_and_code(place.ask("GetBucketTagging", target=f"/{bucket}?tagging")) == (404, "NoSuchTagSet")


def test_a_page_of_no_parts_goes_nowhere(place):
    answer = place.ask("ListParts", target="/BUCKET/k?uploadId=UPLOAD&max-parts=0")
    assert answer.status == 200
    assert b"<IsTruncated>false<" in answer.body and b"<NextPartNumberMarker>0<" in answer.body


# The region is in every response about a bucket

@pytest.mark.parametrize("operation, request_", [
    ("HeadBucket", {}), ("HeadBucket", {"signed": False}), ("HeadBucket", {"secret_key": "wrong"}),
    ("HeadBucket", {"access_key": STRANGER_ACCOUNT.access_key, "secret_key": STRANGER_ACCOUNT.secret_key}),
    ("GetObject", {"target": "/BUCKET/nothing"}), ("GetObject", {"signed": False}), ("ListObjects", {}),
    ("ListObjects", {"target": "/BUCKET?max-keys=x"}), ("PutBucketTagging", {"body": "nonsense"}),
    ("GetBucketPolicy", {})])
def test_the_region_of_a_bucket_is_always_told(place, operation, request_):
    answer = place.ask(operation, **request_)
    assert [value for name, value in answer.headers if name.lower() == "x-amz-bucket-region"] == ["us-east-1"], answer
    missing = place.ask("HeadBucket", target="/no-such-bucket", signed="signed" not in request_)
    assert missing.header("x-amz-bucket-region") is None


@pytest.fixture(scope="module")
def strict():
    with start("--ephemeral", "--strict-region", **root_environment()) as server, Connection(server) as connection:
        yield Place(server, make_client(server), connection, "strict")


def test_a_strict_server_has_the_region_of_each_bucket(strict):
    def ask(operation, region, target, body=""):
        return strict.ask(operation, region=region, target=target, body=body)

    assert status_and_code(ask("CreateBucket", "eu-west-1", "/ireland")) == (400, "IllegalLocationConstraintException")
    assert status_and_code(ask("CreateBucket", "eu-west-1", "/ireland", new("us-west-2"))) == (
        400, "IllegalLocationConstraintException")
    assert ask("CreateBucket", "eu-west-1", "/ireland", new("eu-west-1")).status == 200
    assert ask("HeadBucket", "eu-west-1", "/ireland").status == 200
    head = ask("HeadBucket", "us-east-1", "/ireland")
    assert (head.status, head.body, head.header("x-amz-bucket-region")) == (301, b"", "eu-west-1")
    answer = ask("ListObjects", "us-east-1", "/ireland")
    assert status_and_code(answer) == (400, "AuthorizationHeaderMalformed")
    assert (answer["Region"], answer.header("x-amz-bucket-region")) == ("eu-west-1", "eu-west-1")
    assert status_and_code(ask("ListBuckets", "eu-west-1", "/")) == (400, "AuthorizationHeaderMalformed")
    assert ask("GetObject", "us-east-1", "/BUCKET/k").body == b"data"
    assert ask("HeadObject", "eu-west-1", "/BUCKET/k").status == 301


def test_clients_follow_the_region_of_a_bucket(strict):
    strict.s3.create_bucket(Bucket="followed", CreateBucketConfiguration={"LocationConstraint": "eu-north-1"})
    client = make_client(strict.server, region_name="eu-north-1")
    client.put_object(Bucket="followed", Key="k", Body=b"data")
    assert make_client(strict.server).get_object(Bucket="followed", Key="k")["Body"].read() == b"data"
