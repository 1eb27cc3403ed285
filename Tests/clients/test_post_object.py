"""POST: forms that browsers send, with a signed policy or to a bucket that everyone may write to."""

import base64
import hashlib
import hmac
import json
import uuid
from datetime import datetime, timedelta, timezone
from email.header import decode_header, make_header
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree

import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.credentials
import pytest
import requests

import wire
from checksums import checksum
from conftest import make_client, start
from multipart import noise
from v4 import Signer

DATA = b"a,b\r\n1,2\r\n"
FAR = datetime.now(timezone.utc) + timedelta(hours=1)
DENIED = (403, "AccessDenied")


def signed(server, bucket, conditions, version=4, expiration=FAR, document=None):
    """The form fields of a signed policy with these conditions, or of the given document."""
    signer = Signer(server)
    fields = {"AWSAccessKeyId": signer.access_key} if version == 2 else {
        "x-amz-algorithm": "AWS4-HMAC-SHA256", "x-amz-credential": f"{signer.access_key}/{signer.scope}",
        "x-amz-date": signer.date}
    exact = [{name: value} for name, value in fields.items() if version == 4]
    policy = {"expiration": expiration.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
              "conditions": [{"bucket": bucket}, *exact, *conditions]}
    text = base64.b64encode((json.dumps(policy) if document is None else document).encode()).decode()
    if version == 2:
        digest = hmac.new(server.secret_key.encode(), text.encode(), hashlib.sha1).digest()
        return {**fields, "policy": text, "signature": base64.b64encode(digest).decode()}
    return {**fields, "policy": text,
            "x-amz-signature": hmac.new(signer.key, text.encode(), hashlib.sha256).hexdigest()}


def form(fields, data=DATA, name="file.csv", behind=(), boundary=None):
    """The body of a form, and its type; `data` of None leaves the file out."""
    boundary = boundary or uuid.uuid4().hex
    pieces = [(f'form-data; name="{key}"', value.encode()) for key, value in fields.items()]
    if data is not None:
        filename = f'; filename="{name}"' if name is not None else ""
        pieces.append((f'form-data; name="file"{filename}\r\nContent-Type: text/x-of-the-part', data))
    pieces += [(f'form-data; name="{key}"', value.encode()) for key, value in behind]
    body = b"".join(b"--%s\r\nContent-Disposition: %s\r\n\r\n%s\r\n" % (boundary.encode(), head.encode(), value)
                    for head, value in pieces)
    return body + b"--%s--\r\n" % boundary.encode(), f"multipart/form-data; boundary={boundary}"


@pytest.fixture
def post(server, http, bucket):
    """Posts a form with a policy that has the given conditions."""
    def post(fields, conditions=None, headers=(), signature=None, into=bucket, **options):
        if conditions is None:
            conditions = [{name: value} for name, value in fields.items()]
        signature = signed(server, into, conditions) if signature is None else signature
        body, kind = form({**fields, **signature}, **options)
        return http.post(f"{server.endpoint}/{into}", data=body, headers={"Content-Type": kind, **dict(headers)},
                         allow_redirects=False)

    return post


def outcome(answer):
    return answer.status_code, wire.error(answer.content).get("Code")


@pytest.fixture
def nothing_stored(s3, bucket):
    yield
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


# Forms signed by boto3

@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_a_form_that_boto3_signs_stores_its_file(server, http, s3, bucket, version):
    client = make_client(server, config=botocore.config.Config(signature_version=version))
    presigned = client.generate_presigned_post(
        bucket, "dir/${filename}", Fields={"Content-Type": "text/csv", "x-amz-meta-kind": "budget"},
        Conditions=[{"Content-Type": "text/csv"}, ["starts-with", "$x-amz-meta-kind", "bud"],
                    ["content-length-range", 1, 1000]])
    assert ("x-amz-signature" in presigned["fields"]) == (version == "s3v4")
    answer = http.post(presigned["url"], data=presigned["fields"], files={"file": ("a ü.csv", DATA)})
    assert answer.status_code == 204 and answer.content == b""
    found = s3.get_object(Bucket=bucket, Key="dir/a ü.csv")
    assert found["Body"].read() == DATA
    assert (found["ContentType"], found["Metadata"]) == ("text/csv", {"kind": "budget"})
    assert answer.headers["ETag"] == found["ETag"] == f'"{hashlib.md5(DATA).hexdigest()}"'


@pytest.mark.parametrize("version", [2, 4])
def test_a_policy_signed_by_hand_is_taken(server, post, s3, bucket, version):
    assert post({"key": "k"}, signature=signed(server, bucket, [{"key": "k"}], version)).status_code == 204
    found = s3.get_object(Bucket=bucket, Key="k")
    assert (found["Body"].read(), found["ContentType"]) == (DATA, "binary/octet-stream")


@pytest.mark.parametrize("version", [2, 4])
@pytest.mark.parametrize("change", ["policy", "signature"])
def test_a_changed_policy_or_signature_is_refused(server, post, bucket, nothing_stored, version, change):
    fields = signed(server, bucket, [{"key": "k"}], version)
    name = "policy" if change == "policy" else "signature" if version == 2 else "x-amz-signature"
    fields[name] = signed(server, bucket, [{"key": "other"}], version)[name]
    assert outcome(post({"key": "k"}, signature=fields)) == (403, "SignatureDoesNotMatch")


def test_an_unknown_access_key_is_reported(server, post, bucket, nothing_stored):
    fields = {**signed(server, bucket, [{"key": "k"}], 2), "AWSAccessKeyId": "AKIAUNKNOWNUNKNOWN00"}
    assert outcome(post({"key": "k"}, signature=fields)) == (403, "InvalidAccessKeyId")


@pytest.mark.parametrize("version, missing", [
    (2, "signature"), (2, "AWSAccessKeyId"), (4, "x-amz-signature"), (4, "x-amz-credential"), (4, "x-amz-date")])
def test_a_policy_without_its_whole_signature_is_refused(server, post, bucket, nothing_stored, version, missing):
    fields = signed(server, bucket, [{"key": "k"}], version)
    del fields[missing]
    assert post({"key": "k"}, signature=fields).status_code in (400, 403)


# Conditions

KEY = {"key": "user/k"}
HOLD = [
    (KEY, [{"key": "user/k"}]), (KEY, [["eq", "$key", "user/k"]]), (KEY, [["starts-with", "$key", "user/"]]),
    (KEY, [["starts-with", "$key", ""]]), (KEY, [["eq", "$key", "user/k"], ["content-length-range", 0, 10]]),
    (KEY, [["eq", "$key", "user/k"], ["content-length-range", 10, 10]]),
    ({**KEY, "acl": "private"}, [KEY, {"acl": "private"}]),
    ({**KEY, "Content-Type": "text/csv"}, [KEY, ["starts-with", "$Content-Type", "text/"]]),
    ({**KEY, "Cache-Control": "no-store"}, [KEY, ["eq", "$Cache-Control", "no-store"]]),
    ({**KEY, "x-amz-meta-a": "1", "x-amz-meta-b": ""}, [
        KEY, {"x-amz-meta-a": "1"}, ["starts-with", "$x-amz-meta-b", ""]]),
    ({**KEY, "x-ignore-me": "anything"}, [KEY]), ({**KEY, "success_action_status": "200"}, [
        KEY, {"success_action_status": "200"}])]


@pytest.mark.parametrize("fields, conditions", HOLD, ids=[str(row[1])[:60] for row in HOLD])
def test_a_form_that_meets_every_condition_is_stored(post, s3, bucket, fields, conditions):
    answer = post(fields, conditions)
    assert answer.status_code in (200, 204), answer.content
    assert s3.get_object(Bucket=bucket, Key="user/k")["Body"].read() == DATA


FAIL = [
    (KEY, [{"key": "user/other"}], "Policy Condition failed"), (KEY, [["eq", "$key", "user"]], "Policy Condition"),
    (KEY, [["starts-with", "$key", "users/"]], "Policy Condition failed"),
    (KEY, [KEY, {"acl": "private"}], "Policy Condition failed"),
    ({**KEY, "acl": "public-read"}, [KEY, {"acl": "private"}], "Policy Condition failed"),
    ({**KEY, "Content-Type": "image/png"}, [KEY, ["starts-with", "$Content-Type", "text/"]], "Policy Condition"),
    ({**KEY, "x-amz-meta-a": "1"}, [KEY], "Extra input fields: x-amz-meta-a"),
    ({**KEY, "Content-Type": "text/csv"}, [KEY], "Extra input fields"), (KEY, [], "Extra input fields: key")]


@pytest.mark.parametrize("fields, conditions, message", FAIL, ids=[str(row[1])[:60] for row in FAIL])
def test_a_form_that_misses_a_condition_is_denied(post, nothing_stored, fields, conditions, message):
    answer = post(fields, conditions)
    assert outcome(answer) == DENIED
    assert f"Invalid according to Policy: {message}" in wire.error(answer.content)["Message"]


def test_a_policy_is_of_its_bucket_alone(server, post, s3, bucket, nothing_stored):
    assert outcome(post(KEY, signature=signed(server, "another-bucket", [KEY]))) == DENIED


@pytest.mark.parametrize("limits, code, allowed", [
    ((0, 9), "EntityTooLarge", ("MaxSizeAllowed", "9")), ((11, 20), "EntityTooSmall", ("MinSizeAllowed", "11"))])
def test_a_file_is_not_too_large_nor_too_small(post, nothing_stored, limits, code, allowed):
    answer = post(KEY, [KEY, ["content-length-range", *limits]])
    assert outcome(answer) == (400, code)
    error = wire.error(answer.content)
    assert (error["ProposedSize"], error[allowed[0]]) == (str(len(DATA)), allowed[1])


@pytest.mark.parametrize("version", [2, 4])
def test_a_policy_expires(server, post, bucket, nothing_stored, version):
    past = datetime.now(timezone.utc) - timedelta(minutes=1)
    answer = post(KEY, signature=signed(server, bucket, [KEY], version, expiration=past))
    assert outcome(answer) == DENIED
    assert "Policy expired" in wire.error(answer.content)["Message"]


@pytest.mark.parametrize("document", [
    "nonsense", "[]", "{}", '{"conditions": []}', '{"expiration": "tomorrow", "conditions": []}',
    '{"expiration": "2040-01-01T00:00:00Z"}'])
def test_an_invalid_policy_is_refused(server, post, bucket, nothing_stored, document):
    answer = post(KEY, signature=signed(server, bucket, [], 2, document=document))
    assert outcome(answer) == (400, "InvalidPolicyDocument")


# Fields

@pytest.mark.parametrize("name, key", [
    ("file.csv", "dir/file.csv"), ("C:\\\\docs\\\\file.csv", "dir/file.csv"), ("/home/me/file.csv", "dir/file.csv"),
    ("ü + %.csv", "dir/ü + %.csv"), ("", "dir/")])
def test_the_filename_variable_is_replaced_by_the_files_name(post, s3, bucket, name, key):
    assert post({"key": "dir/${filename}"}, [["starts-with", "$key", "dir/"]], name=name).status_code == 204
    assert [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket)["Contents"]] == [key]


def test_headers_metadata_class_and_tags_come_from_fields(post, s3, bucket):
    tags = "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>"
    answer = post({
        "key": "k", "Content-Type": "text/csv", "Content-Disposition": "attachment", "Content-Encoding": "gzip",
        "Cache-Control": "no-store", "Expires": "Wed, 02 Jan 2030 03:04:05 GMT", "x-amz-meta-kind": "budget",
        "x-amz-storage-class": "STANDARD_IA", "tagging": tags, "x-amz-website-redirect-location": "/other"})
    assert answer.status_code == 204, answer.content
    found = s3.head_object(Bucket=bucket, Key="k")
    assert (found["ContentType"], found["ContentDisposition"], found["ContentEncoding"], found["CacheControl"]) == (
        "text/csv", "attachment", "gzip", "no-store")
    assert (found["ExpiresString"], found["Metadata"]) == ("Wed, 02 Jan 2030 03:04:05 GMT", {"kind": "budget"})
    assert (found["StorageClass"], found["WebsiteRedirectLocation"]) == ("STANDARD_IA", "/other")
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == [{"Key": "a", "Value": "1"}]


def test_metadata_beyond_ascii_come_back_in_the_words_of_mail(post, s3, bucket):
    assert post({"key": "k", "x-amz-meta-name": "Zürich 日本"}).status_code == 204
    value = s3.head_object(Bucket=bucket, Key="k")["Metadata"]["name"]
    assert value.isascii() and str(make_header(decode_header(value))) == "Zürich 日本"


def test_what_stands_behind_the_file_means_nothing(post, s3, bucket):
    answer = post({"key": "k"}, behind=[("x-amz-meta-late", "1"), ("key", "other"), ("submit", "Upload")])
    assert answer.status_code == 204, answer.content
    found = s3.get_object(Bucket=bucket, Key="k")
    assert found["Body"].read() == DATA and found["Metadata"] == {}


def test_a_form_needs_a_key(post, nothing_stored):
    answer = post({})
    assert outcome(answer) == (400, "InvalidArgument")
    error = wire.error(answer.content)
    assert error["ArgumentName"] == "key"
    assert error["Message"].startswith("Bucket POST must contain a field named 'key'.")


def test_a_form_needs_a_file(post, nothing_stored):
    answer = post({"key": "k"}, data=None)
    assert outcome(answer) == (400, "InvalidArgument")
    error = wire.error(answer.content)
    assert error["ArgumentName"] == "file"
    assert error["Message"] == "POST requires exactly one file upload per request."


def test_a_key_behind_the_file_is_ignored(post, nothing_stored):
    answer = post({}, [{"key": "k"}], behind=[("key", "k")])
    assert answer.status_code in (400, 403)


@pytest.mark.parametrize("algorithm", ["crc32", "sha256"])
def test_a_checksum_is_compared(post, s3, bucket, algorithm):
    name = f"x-amz-checksum-{algorithm}"
    wrong = post({"key": "k", name: checksum(algorithm.upper(), b"other")})
    assert outcome(wrong) == (400, "BadDigest")
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    right = checksum(algorithm.upper(), DATA)
    assert post({"key": "k", name: right}).status_code == 204
    found = s3.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert found[f"Checksum{algorithm.upper()}"] == right


def test_a_content_md5_is_compared(post, s3, bucket):
    def field(data):
        return {"key": "k", "Content-MD5": base64.b64encode(hashlib.md5(data).digest()).decode()}

    assert outcome(post(field(b"other"))) == (400, "BadDigest")
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    assert post(field(DATA)).status_code == 204


@pytest.mark.parametrize("data", [
    b"", b"\r\n", b"--", b"\r\n--", b"\r\n--boundar", b"x--boundary", b"\r\n-boundary", b"\n--boundary", b"\r" * 5000,
    noise(70_000, 8), noise(6 << 20, 9)], ids=lambda data: ascii(data)[2:24])
def test_a_file_is_opaque(post, s3, bucket, data):
    assert post({"key": "k"}, data=data, boundary="boundary").status_code == 204
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == data


def test_a_form_is_a_form(server, http, bucket, nothing_stored):
    for kind in ("application/x-www-form-urlencoded", "text/plain"):
        answer = http.post(f"{server.endpoint}/{bucket}", data=b"key=k&file=data", headers={"Content-Type": kind})
        assert outcome(answer) == (412, "PreconditionFailed")


@pytest.mark.parametrize("keep", [0.2, 0.6, 0.95])
def test_a_form_that_ends_early_stores_nothing(server, http, bucket, nothing_stored, keep):
    body, kind = form({"key": "k", **signed(server, bucket, [{"key": "k"}])}, data=DATA * 100)
    answer = http.post(f"{server.endpoint}/{bucket}", data=body[:int(len(body) * keep)],
                       headers={"Content-Type": kind})
    assert 400 <= answer.status_code < 500


# Responses

@pytest.mark.parametrize("status, expected", [("200", 200), ("201", 201), ("204", 204), ("418", 204), ("", 204)])
def test_the_status_is_what_the_form_wishes(post, s3, bucket, status, expected):
    answer = post({"key": "k", "success_action_status": status})
    assert answer.status_code == expected
    etag = s3.head_object(Bucket=bucket, Key="k")["ETag"]
    assert answer.headers["ETag"] == etag and answer.headers["Location"].endswith(f"{bucket}/k")
    if expected == 201:
        root = ElementTree.fromstring(answer.content)
        assert root.tag == "PostResponse"
        found = {child.tag: child.text for child in root}
        assert (found["Bucket"], found["Key"], found["ETag"]) == (bucket, "k", etag)
        assert found["Location"] == answer.headers["Location"]
    else:
        assert answer.content == b""


def test_the_answer_leads_where_the_form_wishes(post, s3, bucket):
    for name in ("success_action_redirect", "redirect"):
        answer = post({"key": "a key+ü", name: "http://example.org/done?step=1"})
        assert answer.status_code == 303
        parts = urlsplit(answer.headers["Location"])
        assert (parts.netloc, parts.path) == ("example.org", "/done")
        assert dict(parse_qsl(parts.query)) == {
            "step": "1", "bucket": bucket, "key": "a key+ü", "etag": s3.head_object(
                Bucket=bucket, Key="a key+ü")["ETag"]}


def test_a_version_is_reported(post, s3, bucket):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    version = post({"key": "k"}).headers["x-amz-version-id"]
    assert s3.head_object(Bucket=bucket, Key="k")["VersionId"] == version


def test_the_answer_is_for_other_origins_where_the_bucket_says_so(post, s3, bucket):
    origin = {"Origin": "http://example.org"}
    assert "Access-Control-Allow-Origin" not in post({"key": "k"}, headers=origin).headers
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [{
        "AllowedOrigins": ["http://example.org"], "AllowedMethods": ["POST"], "ExposeHeaders": ["ETag"]}]})
    for answer in (post({"key": "k"}, headers=origin), post({"key": "k"}, [], headers=origin)):
        assert answer.headers["Access-Control-Allow-Origin"] == "http://example.org"


# Without a signature

def allow_everyone(s3, bucket, action):
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": "*", "Action": action, "Resource": f"arn:aws:s3:::{bucket}/in/*"}]}))


def test_everyone_may_post_where_the_bucket_says_so(post, s3, bucket):
    allow_everyone(s3, bucket, "s3:PutObject")
    assert post({"key": "in/k"}, signature={}).status_code == 204
    assert s3.get_object(Bucket=bucket, Key="in/k")["Body"].read() == DATA
    assert outcome(post({"key": "out/k"}, signature={})) == DENIED
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 1


def test_nobody_else_may_post(post, s3, bucket, nothing_stored):
    assert outcome(post({"key": "in/k"}, signature={})) == DENIED
    allow_everyone(s3, bucket, "s3:GetObject")
    assert outcome(post({"key": "in/k"}, signature={})) == DENIED


def test_a_bucket_that_is_not_there_is_reported(post):
    assert outcome(post({"key": "k"}, into="no-such-bucket-here")) == (404, "NoSuchBucket")


def test_tags_need_their_own_permission(post, s3, bucket):
    tags = "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>"
    allow_everyone(s3, bucket, "s3:PutObject")
    assert outcome(post({"key": "in/k", "tagging": tags}, signature={})) == DENIED
    allow_everyone(s3, bucket, ["s3:PutObject", "s3:PutObjectTagging"])
    assert post({"key": "in/k", "tagging": tags}, signature={}).status_code == 204


# Invalid forms, and the headers of their requests

def test_a_server_may_take_forms_of_version_4_alone(server, bucket):
    with start("--ephemeral", "--no-signature-v2") as strict:
        make_client(strict).create_bucket(Bucket=bucket)
        for version, expected in ((2, (400, "InvalidRequest")), (4, (204, None))):
            body, kind = form({"key": "k", **signed(strict, bucket, [{"key": "k"}], version)})
            answer = requests.post(f"{strict.endpoint}/{bucket}", data=body, headers={"Content-Type": kind})
            assert outcome(answer) == expected


def test_a_form_is_signed_in_its_fields_alone(server, http, bucket, nothing_stored):
    body, kind = form({"key": "k"})
    url = f"{server.endpoint}/{bucket}"
    request = botocore.awsrequest.AWSRequest("POST", url, data=body, headers={"Content-Type": kind})
    botocore.auth.S3SigV4Auth(
        botocore.credentials.Credentials(server.access_key, server.secret_key), "s3", "us-east-1").add_auth(request)
    answer = http.post(url, data=body, headers=dict(request.headers))
    assert outcome(answer) == (400, "InvalidArgument")
    assert wire.error(answer.content)["Message"].startswith("Only one auth mechanism allowed")


@pytest.mark.parametrize("name, value", [
    ("x-amz-meta-a", "x\r\nSet-Cookie: a=b"), ("x-amz-meta-a", "\x7f"), ("Cache-Control", "no-store\n"),
    ("x-amz-meta-a b", "1"), ("success_action_redirect", "http://example.org/\r\nSet-Cookie: a=b")])
def test_a_field_that_no_header_can_be_is_refused(post, nothing_stored, name, value):
    answer = post({"key": "k", name: value}, [{"key": "k"}, ["starts-with", f"${name}", ""]])
    assert outcome(answer) == (400, "InvalidArgument")
    assert wire.error(answer.content)["ArgumentName"] == name.lower()


@pytest.mark.parametrize("place", ["", "/done", "javascript:alert(1)", "//example.org/", "http:///done", "http://a b/"])
def test_an_invalid_redirect_is_ignored(post, bucket, place):
    answer = post({"key": "k", "success_action_redirect": place})
    assert answer.status_code == 204 and answer.headers["Location"].endswith(f"/{bucket}/k")


def test_an_answer_leads_to_a_part_of_a_page(post):
    location = post({"key": "k", "success_action_redirect": "https://example.org/#done"}).headers["Location"]
    parts = urlsplit(location)
    assert (parts.fragment, dict(parse_qsl(parts.query))["key"]) == ("done", "k")


def test_the_browsers_own_headers_are_not_the_objects(post, s3, bucket):
    assert post({"key": "k"}, headers={
        "Cache-Control": "max-age=0", "x-amz-meta-a": "1", "x-amz-storage-class": "GLACIER",
        "x-amz-acl": "public-read"}).status_code == 204
    found = s3.head_object(Bucket=bucket, Key="k")
    assert found["Metadata"] == {} and "CacheControl" not in found and "StorageClass" not in found


@pytest.mark.parametrize("place", ["field", "header"])
def test_a_form_overwrites_nothing_if_it_says_so(post, s3, bucket, place):
    s3.put_object(Bucket=bucket, Key="k", Body=b"old")
    fields, headers = ({"if-none-match": "*"}, {}) if place == "field" else ({}, {"If-None-Match": "*"})
    assert outcome(post({"key": "k", **fields}, headers=headers)) == (412, "PreconditionFailed")
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"old"


def test_a_file_is_encrypted_with_the_customers_key(post, s3, bucket):
    key = noise(32, 10)
    customer = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": key}
    prefix = "x-amz-server-side-encryption-customer-"
    answer = post({
        "key": "k", prefix + "algorithm": "AES256", prefix + "key": base64.b64encode(key).decode(),
        prefix + "key-MD5": base64.b64encode(hashlib.md5(key).digest()).decode()})
    assert answer.status_code == 204 and answer.headers[prefix + "algorithm"] == "AES256"
    assert s3.get_object(Bucket=bucket, Key="k", **customer)["Body"].read() == DATA


@pytest.mark.parametrize("name, value, code", [
    ("x-amz-copy-source", "other/key", (501, "NotImplemented")), ("x-amz-write-offset-bytes", "0", (501, "NotImplemented")),
    ("x-amz-grant-read", "id=a", (400, "InvalidArgument")), ("acl", "public", (400, "InvalidArgument")),
    ("x-amz-storage-class", "NONE", (400, "InvalidStorageClass"))])
def test_a_field_that_cannot_be_meant_is_refused(post, nothing_stored, name, value, code):
    assert outcome(post({"key": "k", name: value})) == code


@pytest.mark.parametrize("key, code", [
    ("", (400, "UserKeyMustBeSpecified")), ("k" * 1025, (400, "KeyTooLongError")), ("a\0b", (400, "InvalidURI"))])
def test_a_key_is_a_key(post, nothing_stored, key, code):
    assert outcome(post({"key": key}, [["starts-with", "$key", ""]])) == code


def test_there_is_one_file(post, nothing_stored):
    answer = post({"key": "k"}, behind=[("file", "more")])
    assert outcome(answer) == (400, "InvalidArgument")
    assert wire.error(answer.content)["Message"] == "POST requires exactly one file upload per request."


@pytest.mark.parametrize("value, name", [("a" * 21_000, "file"), ("${filename}" * 1000, "n" * 4000)])
def test_fields_have_a_limit(post, nothing_stored, value, name):
    answer = post({"key": "k", "x-ignore-a": value}, [{"key": "k"}], name=name)
    assert outcome(answer) == (400, "MaxPostPreDataLengthExceededError")


def test_the_location_is_in_the_style_of_the_request(server, http, s3, bucket):
    key = "dir/ü&<>"
    body, kind = form({"key": key, "success_action_status": "201", **signed(
        server, bucket, [{"key": key}, {"success_action_status": "201"}])})
    answer = http.post(server.endpoint, data=body, headers={"Content-Type": kind, "Host": f"{bucket}.localhost:99"})
    assert answer.headers["Location"] == f"http://{bucket}.localhost:99/dir%2F%C3%BC%26%3C%3E"
    assert ElementTree.fromstring(answer.content).findtext("Key") == key
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == DATA


@pytest.mark.parametrize("target, kind, length, expected", [
    ("", "multipart/form-data; boundary=b", 5 << 30, 100), ("", "text/plain", 100, 412),
    ("-not-there", "multipart/form-data; boundary=b", 100, 100), ("", "multipart/form-data", 100, 400), ("", "multipart/form-data; boundary=b", 6 << 30, 400)])
def test_what_is_known_before_the_form_is_refused_before_it(connection, bucket, target, kind, length, expected):
    connection.request("POST", f"/{bucket}{target}", [
        ("Content-Type", kind), ("Content-Length", str(length)), ("Expect", "100-continue")])
    assert connection.answer("POST").status == expected


def test_the_length_of_a_form_is_required(server, http, bucket, nothing_stored):
    body, kind = form({"key": "k", **signed(server, bucket, [{"key": "k"}])})
    answer = http.post(f"{server.endpoint}/{bucket}", data=iter([body]), headers={"Content-Type": kind})
    assert outcome(answer) == (501, "NotImplemented")


def test_who_goes_away_within_the_file_stores_nothing(server, connection, bucket, still_healthy):
    body, kind = form({"key": "k", **signed(server, bucket, [{"key": "k"}])}, data=noise(1 << 20, 11))
    connection.request("POST", f"/{bucket}", [("Content-Type", kind), ("Content-Length", str(len(body)))], body[:-1000])
    connection.socket.close()
