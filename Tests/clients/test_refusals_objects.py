"""Requests that operations on objects and uploads refuse, with AWS's codes and messages."""

import pytest

from refusals import FAR, Place, status_and_code
from wire import Connection

OTHER = '"00000000000000000000000000000000"'
KEY = "KKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKA="
WRONG_KEY = ("x-amz-server-side-encryption-customer-key-md5", "AAAAAAAAAAAAAAAAAAAAAA==")
MALFORMED_TAGS = ("The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag "
                  "name duplicates.")
RETENTION = [("x-amz-object-lock-mode", "GOVERNANCE"), ("x-amz-object-lock-retain-until-date", FAR)]


@pytest.fixture(scope="module")
def place(server, s3):
    with Connection(server) as connection:
        place = Place(server, s3, connection, "objects")
        before = place.state()
        yield place
        assert place.state() == before


def row(operation, status, code, message=None, **request):
    headers = request.get("headers", [])
    text = " ".join([request.get("target", ""), *(f"{name}: {value}" for name, value in headers), request.get("body", "")])
    return pytest.param(operation, status, code, message, request, id=f"{operation} {text}"[:110])


def of_reads(operation):
    yield row(operation, 404, "NoSuchKey", target="/BUCKET/nothing")
    yield row(operation, 404, "NoSuchKey", target="/LOCKED/gone")
    yield row(operation, 400, "KeyTooLongError", "Your key is too long", target="/BUCKET/" + "k" * 1025)
    yield row(operation, 400, "InvalidURI", target="/BUCKET/%FF")
    yield row(operation, 400, "InvalidURI", target="/BUCKET/k?a=%zz")
    for name in ("response-nonsense", "response-", "response-etag"):
        yield row(
            operation, 400, "InvalidArgument",
            f"{name} is not in the set of overridable response headers. Please refer to the S3 API documentation for a "
            "complete list of overridable response headers.", target=f"/BUCKET/k?{name}=x")
    yield row(operation, 400, "InvalidArgument", target="/BUCKET/k?response-content-type=a%0Ab")
    for number in ("0", "10001", "x", "-1", ""):
        yield row(operation, 400, "InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive",
                  target=f"/BUCKET/k?partNumber={number}")
    yield row(operation, 416, "InvalidPartNumber", target="/BUCKET/k?partNumber=2")
    yield row(operation, 400, "InvalidRequest", "Cannot specify both Range header and partNumber query parameter",
              target="/BUCKET/k?partNumber=1", headers=[("Range", "bytes=0-1")])
    for value in ("bytes=4-", "bytes=-0", "bytes=100-200"):
        yield row(operation, 416, "InvalidRange", headers=[("Range", value)])
    yield row(operation, 412, "PreconditionFailed", headers=[("If-Match", OTHER)])
    yield row(operation, 412, "PreconditionFailed", headers=[("If-Unmodified-Since", "Mon, 01 Jan 2001 00:00:00 GMT")])
    yield row(operation, 400, "InvalidArgument", headers=[("x-amz-server-side-encryption", "AES256")])
    yield row(operation, 400, "InvalidArgument", "You can only specify a copy source header for copy requests.",
              headers=[("x-amz-copy-source", "BUCKET/k")])
    yield from of_customer_keys(operation)


def of_customer_keys(operation, prefix="x-amz-"):
    name = f"{prefix}server-side-encryption-customer-"
    algorithm, key = (f"{name}algorithm", "AES256"), (f"{name}key", KEY)
    yield row(operation, 400, "InvalidArgument", headers=[algorithm])
    yield row(operation, 400, "InvalidArgument", headers=[key])
    yield row(operation, 400, "InvalidArgument", headers=[algorithm, (f"{name}key", "c2hvcnQ="), (f"{name}key-md5", "x")])
    yield row(operation, 400, "InvalidEncryptionAlgorithmError", headers=[(f"{name}algorithm", "AES128"), key])


def of_writes(operation):
    for key in ("../x", "a/../../b", "a/./../../b", "..", "/../x", "a/../b/../../c"):
        query = "?uploads" if operation == "CreateMultipartUpload" else ""
        yield row(operation, 400, "InvalidURI", target=f"/BUCKET/{key}{query}")
    for value in ("=", "=1", "a=b,c=d", "a=b=c", "a=1&a=2", "a=%zz", "a=%FF", "a={}"):
        yield row(operation, 400, "InvalidArgument", MALFORMED_TAGS, headers=[("x-amz-tagging", value)])
    for value in ("k" * 129 + "=1", "a=" + "v" * 257, "a=%3B", "a%0A=1", "aws:a=1"):
        yield row(operation, 400, "InvalidTag", headers=[("x-amz-tagging", value)])
    yield row(operation, 400, "BadRequest", "Object tags cannot be greater than 10",
              headers=[("x-amz-tagging", "&".join(f"k{n}=v" for n in range(11)))])
    yield row(operation, 400, "MetadataTooLarge", headers=[("x-amz-meta-a", "v" * 2048)])
    yield row(operation, 400, "InvalidRedirectLocation", headers=[("x-amz-website-redirect-location", "nowhere")])
    yield row(operation, 400, "InvalidRequest", headers=[("x-amz-acl", "private"), ("x-amz-grant-read", "id=OWNER")])
    for value in ("nonsense", "name=OWNER", 'id="OWNER', "id=nobody", "uri=http://nobody"):
        yield row(operation, 400, "InvalidArgument", headers=[("x-amz-grant-read", value)])
    yield row(operation, 400, "UnresolvableGrantByEmailAddress",
              headers=[("x-amz-grant-read", "emailAddress=nobody@example.org")])
    yield row(operation, 400, "InvalidArgument",
              headers=[("x-amz-server-side-encryption-aws-kms-key-id", "k")])
    yield row(operation, 400, "InvalidArgument", headers=[
        ("x-amz-server-side-encryption", "aws:kms"), ("x-amz-server-side-encryption-bucket-key-enabled", "maybe")])
    yield row(operation, 400, "InvalidArgument", headers=[
        ("x-amz-server-side-encryption", "aws:kms"), ("x-amz-server-side-encryption-context", "nonsense")])
    yield from of_customer_keys(operation)
    yield row(operation, 400, "InvalidArgument", headers=RETENTION[:1])
    yield row(operation, 400, "InvalidArgument", headers=RETENTION[1:])
    for date, message in [("tomorrow", "The retain until date must be provided in ISO 8601 format"),
                          ("2001-01-01T00:00:00Z", "The retain until date must be in the future!")]:
        yield row(operation, 400, "InvalidArgument", message,
                  headers=[RETENTION[0], ("x-amz-object-lock-retain-until-date", date)])
    digest = [("Content-MD5", "nU4eI71bcnBGqeO0t9tXvA==")] if operation == "PutObject" else []
    for lock in (RETENTION, [("x-amz-object-lock-legal-hold", "ON")]):
        yield row(operation, 400, "InvalidRequest", "Bucket is missing Object Lock Configuration", headers=lock + digest)


def of_conditional_writes(operation):
    yield row(operation, 412, "PreconditionFailed", headers=[("If-None-Match", "*")])
    yield row(operation, 412, "PreconditionFailed", headers=[("If-Match", OTHER)])
    for headers in ([("If-None-Match", OTHER)], [("If-Match", "*")], [("If-Match", OTHER), ("If-None-Match", "*")]):
        yield row(operation, 501, "NotImplemented", headers=headers)


def of_sources(operation):
    for source, message in [
            ("", "Invalid copy source bucket name"), ("/", "Invalid copy source bucket name"),
            ("Upper/k", "Invalid copy source bucket name"), ("a/k", "Invalid copy source bucket name"),
            ("BUCKET", "Invalid copy source object key"), ("BUCKET/", "Invalid copy source object key"),
            ("/BUCKET/", "Invalid copy source object key"), ("BUCKET/%zz", "Invalid copy source encoding")]:
        yield row(operation, 400, "InvalidArgument", message, headers=[("x-amz-copy-source", source)])
    yield row(operation, 404, "NoSuchKey", headers=[("x-amz-copy-source", "BUCKET/nothing")])
    yield row(operation, 404, "NoSuchBucket", headers=[("x-amz-copy-source", "no-such-bucket/k")])
    yield row(operation, 403, "InvalidObjectState", headers=[("x-amz-copy-source", "BUCKET/cold")])
    for name, value in [("match", OTHER), ("none-match", "*"), ("unmodified-since", "Mon, 01 Jan 2001 00:00:00 GMT")]:
        yield row(operation, 412, "PreconditionFailed", headers=[(f"x-amz-copy-source-if-{name}", value)])
    yield from of_customer_keys(operation, prefix="x-amz-copy-source-")


def of_uploads(operation, query=""):
    yield row(operation, 404, "NoSuchUpload", target=f"/BUCKET/k?uploadId=made-up{query}")
    yield row(operation, 404, "NoSuchUpload", target=f"/BUCKET/other?uploadId=UPLOAD{query}")
    yield row(operation, 404, "NoSuchUpload", target=f"/BUCKET/k?uploadId={query}")


def of_part_numbers(operation):
    for number in ("0", "10001", "x", "-1", ""):
        yield row(operation, 400, "InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive",
                  target=f"/BUCKET/k?partNumber={number}&uploadId=UPLOAD")
    yield row(operation, 405, "MethodNotAllowed", target="/BUCKET/k?uploadId=UPLOAD")
    yield row(operation, 400, "InvalidArgument", "This operation does not accept partNumber without uploadId",
              target="/BUCKET/k?partNumber=1")


def part(number=1, etag="x"):
    return f"<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>"


def completing(status, code, message, *parts, **request):
    body = f"<CompleteMultipartUpload>{''.join(parts)}</CompleteMultipartUpload>"
    return row("CompleteMultipartUpload", status, code, message, body=body, **request)


def locks():
    for operation in ("GetObjectRetention", "PutObjectRetention"):
        yield row(operation, 400, "InvalidRequest", target="/BUCKET/k?retention")
        yield row(operation, 405, "MethodNotAllowed", target="/LOCKED/gone?retention")
        yield row(operation, 404, "NoSuchKey", target="/LOCKED/nothing?retention")
    for operation in ("GetObjectLegalHold", "PutObjectLegalHold"):
        yield row(operation, 400, "InvalidRequest", target="/BUCKET/k?legal-hold")
        yield row(operation, 405, "MethodNotAllowed", target="/LOCKED/gone?legal-hold")
        yield row(operation, 404, "NoSuchKey", target="/LOCKED/nothing?legal-hold")
    yield row("GetObjectRetention", 404, "NoSuchObjectLockConfiguration")
    yield row("GetObjectLegalHold", 404, "NoSuchObjectLockConfiguration")
    yield row("PutObject", 400, "InvalidRequest",
              "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters",
              target="/LOCKED/k", headers=RETENTION)
    yield row("DeleteObject", 400, "InvalidArgument", headers=[("x-amz-bypass-governance-retention", "true")])


def subresources():
    for operation, path in [("GetObjectTagging", "tagging"), ("PutObjectTagging", "tagging"),
                            ("DeleteObjectTagging", "tagging"), ("PutObjectAcl", "acl")]:
        yield row(operation, 405, "MethodNotAllowed", target=f"/LOCKED/gone?{path}")
        yield row(operation, 404, "NoSuchKey", target=f"/BUCKET/nothing?{path}")
    yield row("GetObjectAcl", 404, "NoSuchKey", target="/LOCKED/gone?acl")
    yield row("GetObjectAcl", 404, "NoSuchKey", target="/BUCKET/nothing?acl")
    yield row("PutObjectAcl", 400, "UnexpectedContent", headers=[("x-amz-acl", "private")])
    yield row("PutObjectAcl", 403, "AccessDenied",
              body="<AccessControlPolicy><Owner><ID>another</ID></Owner><AccessControlList/></AccessControlPolicy>")
    yield row("GetObject", 400, "InvalidRequest", "Key is not expected for the GET method ?uploads subresource",
              target="/BUCKET/k?uploads")
    yield row("GetObject", 400, "InvalidRequest", "There is no such thing as the ?versions sub-resource for a key",
              target="/BUCKET/k?versions")
    yield row("GetObject", 400, "NoLoggingStatusForKey", "There is no such thing as the ?logging sub-resource for a key",
              target="/BUCKET/k?logging")
    yield row("DeleteObject", 405, "MethodNotAllowed", target="/BUCKET/k?acl")
    yield row("GetObjectTorrent", 405, "MethodNotAllowed")
    yield row("GetObjectAttributes", 404, "NoSuchKey", target="/BUCKET/nothing?attributes")
    yield row("GetObjectAttributes", 404, "NoSuchKey", target="/LOCKED/gone?attributes")
    yield row("GetObjectAttributes", 400, "InvalidRequest", headers=[("x-amz-object-attributes", "")])
    yield row("GetObjectAttributes", 400, "InvalidRequest", without=["x-amz-object-attributes"])
    yield row("GetObjectAttributes", 400, "InvalidArgument", "Invalid attribute name specified.",
              headers=[("x-amz-object-attributes", "ETag,Dummy")])


def restores():
    days = "<Days>1</Days>"

    def document(content):
        return f"<RestoreRequest>{content}</RestoreRequest>"

    yield row("RestoreObject", 404, "NoSuchKey", target="/BUCKET/nothing?restore")
    yield row("RestoreObject", 403, "InvalidObjectState", "Restore is not allowed for the object's current storage class",
              target="/BUCKET/k?restore")
    yield row("RestoreObject", 400, "InvalidArgument", "Retrieval option is not supported by this storage class",
              target="/BUCKET/coldest?restore",
              body=document(f"{days}<GlacierJobParameters><Tier>Expedited</Tier></GlacierJobParameters>"))
    yield row("RestoreObject", 400, "InvalidArgument",
              "INTELLIGENT_TIERING objects are not subject to restore expiry. Do not specify Days when restoring this object",
              target="/BUCKET/tiered?restore", body=document(days))
    yield row("RestoreObject", 403, "ObjectAlreadyInActiveTierError",
              "This action is not allowed against this storage tier.", target="/BUCKET/tiered?restore",
              body=document("<GlacierJobParameters><Tier>Standard</Tier></GlacierJobParameters>"))
    yield row("RestoreObject", 501, "NotImplemented", body=document("<Type>SELECT</Type>"))


ROWS = [
    *of_reads("GetObject"), *of_reads("HeadObject"), row("GetObject", 403, "InvalidObjectState", target="/BUCKET/cold"),
    *of_writes("PutObject"), *of_writes("CopyObject"), *of_writes("CreateMultipartUpload"),
    *of_conditional_writes("PutObject"), *of_sources("CopyObject"), *of_sources("UploadPartCopy"),
    row("PutObject", 400, "KeyTooLongError", target="/BUCKET/" + "k" * 1025),
    row("PutObject", 400, "InvalidDigest", headers=[("Content-MD5", "nonsense")]),
    row("PutObject", 400, "BadDigest", headers=[("Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg==")]),
    row("PutObject", 400, "BadDigest", headers=[("x-amz-checksum-crc32", "AAAAAA==")]),
    row("PutObject", 400, "InvalidRequest", headers=[("x-amz-checksum-crc32", "nonsense")]),
    row("PutObject", 400, "InvalidRequest",
        headers=[("x-amz-checksum-crc32", "AAAAAA=="), ("x-amz-checksum-crc32c", "AAAAAA==")]),
    row("PutObject", 400, "InvalidArgument", headers=[("x-amz-write-offset-bytes", "x")]),
    row("PutObject", 400, "InvalidWriteOffset", headers=[("x-amz-write-offset-bytes", "7")]),
    row("CopyObject", 400, "InvalidRequest", target="/BUCKET/k"),
    *of_uploads("UploadPart", "&partNumber=1"), *of_uploads("UploadPartCopy", "&partNumber=1"), *of_uploads("ListParts"),
    *of_uploads("AbortMultipartUpload"), *of_uploads("CompleteMultipartUpload"),
    *of_part_numbers("UploadPart"), *of_part_numbers("UploadPartCopy"),
    *(row("UploadPartCopy", 400, "InvalidArgument", headers=[("x-amz-copy-source-range", value)])
      for value in ("nonsense", "bytes=0", "bytes=0-", "bytes=-1", "bytes=3-1", "0-1", "bytes=0-1,2-3", "")),
    row("AbortMultipartUpload", 501, "NotImplemented",
        headers=[("x-amz-if-match-initiated-time", "Mon, 01 Jan 2001 00:00:00 GMT")]),
    completing(404, "NoSuchUpload", None, target="/BUCKET/k?uploadId=made-up"),
    row("CompleteMultipartUpload", 404, "NoSuchUpload", target="/BUCKET/k?uploadId=made-up", body=""),
    completing(400, "InvalidRequest", "You must specify at least one part"),
    row("CompleteMultipartUpload", 400, "InvalidRequest", "You must specify at least one part", body=""),
    completing(400, "MalformedXML", None, "<Part><ETag>x</ETag></Part>"),
    completing(400, "MalformedXML", None, "<Part><PartNumber>1</PartNumber></Part>"),
    completing(400, "MalformedXML", None, part("x")),
    completing(400, "InvalidArgument", None, part(0)), completing(400, "InvalidArgument", None, part(10001)),
    completing(400, "InvalidPartOrder", None, part(2), part(1)),
    completing(400, "InvalidPartOrder", None, part(1), part(1)),
    completing(400, "InvalidPart", "One or more of the specified parts could not be found.  The part may not have been "
               "uploaded, or the specified entity tag may not match the part's entity tag.", part(1)),
    row("CompleteMultipartUpload", 400, "InvalidRequest", headers=[("x-amz-mp-object-size", "x")]),
    *(row("ListParts", 400, "InvalidArgument", f"Provided {name} not an integer or within integer range",
          target=f"/BUCKET/k?uploadId=UPLOAD&{name}={value}")
      for name in ("max-parts", "part-number-marker") for value in ("x", "2147483648", "")),
    *(row("ListParts", 400, "InvalidArgument", f"Argument {name} must be an integer between 0 and 2147483647",
          target=f"/BUCKET/k?uploadId=UPLOAD&{name}=-1") for name in ("max-parts", "part-number-marker")),
    row("ListParts", 400, "InvalidArgument", target="/BUCKET/k?uploadId=UPLOAD&encoding-type="),
    row("CreateMultipartUpload", 400, "InvalidRequest",
        headers=[("x-amz-checksum-algorithm", "SHA256"), ("x-amz-checksum-type", "FULL_OBJECT")]),
    row("CreateMultipartUpload", 400, "InvalidRequest",
        headers=[("x-amz-checksum-algorithm", "CRC64NVME"), ("x-amz-checksum-type", "COMPOSITE")]),
    row("DeleteObject", 501, "NotImplemented", headers=[("x-amz-if-match-size", "4")]),
    row("DeleteObject", 501, "NotImplemented",
        headers=[("x-amz-if-match-last-modified-time", "Mon, 01 Jan 2035 00:00:00 GMT")]),
    row("DeleteObject", 412, "PreconditionFailed", headers=[("If-Match", OTHER)]),
    row("DeleteObject", 404, "NoSuchKey", target="/BUCKET/nothing", headers=[("If-Match", OTHER)]),
    row("DeleteObject", 400, "InvalidArgument", "You can only specify a copy source header for copy requests.",
        headers=[("x-amz-copy-source", "BUCKET/k")]),
    row("RenameObject", 404, "NoSuchKey", headers=[("x-amz-rename-source", "nothing")]),
    row("RenameObject", 400, "InvalidRequest", target="/BUCKET/k?renameObject"),
    row("RenameObject", 400, "InvalidArgument", without=["x-amz-rename-source"]),
    row("RenameObject", 400, "InvalidURI", target="/BUCKET/../x?renameObject"),
    row("RenameObject", 412, "PreconditionFailed", headers=[("x-amz-rename-source-if-match", OTHER)]),
    row("RenameObject", 412, "PreconditionFailed", headers=[("If-Match", OTHER)]),
    *locks(), *subresources(), *restores(),
]


@pytest.mark.parametrize("operation, status, code, message, request_", ROWS)
def test_a_request_that_is_refused(place, operation, status, code, message, request_):
    answer = place.ask(operation, **request_)
    assert status_and_code(answer) == (status, code if answer.body else None), answer
    assert not answer.body or answer["Message"] and message in (None, answer["Message"]), answer


def test_a_method_that_there_is_not_names_those_that_there_are(place):
    answer = place.ask("UploadPart", target="/BUCKET/k?uploadId=UPLOAD")
    assert (answer["Method"], answer["ResourceType"], answer.header("Allow")) == ("PUT", "UPLOAD", "DELETE, POST, GET")
    for operation in ("PutObjectAcl", "GetObjectTagging"):
        answer = place.ask(operation, target=f"/LOCKED/gone?{operation[9:].lower()}")
        assert answer["ResourceType"] == "DeleteMarker" and answer.header("x-amz-delete-marker") == "true"


# Accepted, as by AWS

def test_what_is_not_refused(place):
    empty = place.s3.put_object(Bucket=place.locked, Key="empty", Body=b"")["VersionId"]
    answer = place.ask("GetObject", target="/LOCKED/empty", headers=[("Range", "bytes=-1")])
    assert answer.status == 200 and answer.body == b"" and answer.header("Content-Range") is None
    assert status_and_code(place.ask("GetObject", target="/LOCKED/empty", headers=[("Range", "bytes=0-")]))[0] == 416
    place.s3.delete_object(Bucket=place.locked, Key="empty", VersionId=empty)
    for operation in ("GetObject", "HeadObject"):
        assert place.ask(operation, headers=[("Content-MD5", "nonsense")]).status == 200
    for value in ("x", "-1", ""):
        assert place.ask("GetObjectAttributes", headers=[("x-amz-max-parts", value)]).status == 200
    assert place.ask("RestoreObject", body="<RestoreRequest><Days>1</Days><Description>why</Description></RestoreRequest>",
                     target="/BUCKET/nothing?restore").status == 404


@pytest.mark.parametrize("key", ["a/../b", "a/b/../../c", "a/..", "..a", "a/...", "./a", ".a/../b"])
def test_keys_whose_dots_lead_nowhere_beyond(server, s3, bucket, connection, key):
    place = Place(server, s3, connection, f"{bucket}-keys")
    assert place.ask("PutObject", target=f"/BUCKET/{key}").status == 200
    assert place.ask("GetObject", target=f"/BUCKET/{key}").body == b"x"


@pytest.mark.parametrize("value", ["", "&", "a", "a=", "a&b", "123", "a=b/c:d@e+f", "a%3Db=c"])
def test_tags_that_are_taken(server, s3, bucket, connection, value):
    place = Place(server, s3, connection, f"{bucket}-tags")
    assert place.ask("PutObject", headers=[("x-amz-tagging", value)]).status == 200


def test_a_lock_becomes_longer_and_never_another(server, s3, bucket, connection):
    place = Place(server, s3, connection, f"{bucket}-lock")

    def put(mode, year, *headers):
        body = f"<Retention><Mode>{mode}</Mode><RetainUntilDate>{year}-01-01T00:00:00.125Z</RetainUntilDate></Retention>"
        return place.ask("PutObjectRetention", body=body, headers=headers)

    bypass = ("x-amz-bypass-governance-retention", "true")
    assert put("GOVERNANCE", 2035).status == 200
    for mode, year in [("GOVERNANCE", 2034), ("COMPLIANCE", 2034), ("COMPLIANCE", 2035), ("COMPLIANCE", 2036)]:
        assert status_and_code(put(mode, year)) == (403, "AccessDenied")
    assert put("GOVERNANCE", 2036).status == 200
    assert b"<RetainUntilDate>2036-01-01T00:00:00.125Z<" in place.ask("GetObjectRetention").body
    head = place.ask("HeadObject", target="/LOCKED/k")
    assert head.header("x-amz-object-lock-retain-until-date") == "2036-01-01T00:00:00.125Z"
    assert put("GOVERNANCE", 2034, bypass).status == 200
    assert put("COMPLIANCE", 2030, bypass).status == 200
    for mode, year in [("GOVERNANCE", 2036), ("COMPLIANCE", 2029)]:
        assert status_and_code(put(mode, year, bypass)) == (403, "AccessDenied")
    assert put("COMPLIANCE", 2031).status == 200
