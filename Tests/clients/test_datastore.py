"""The OpenSpending Datastore: provisioned by its operator, written through its conductor, read by anyone."""

import base64
import hashlib
import json
import random
import uuid
from urllib.parse import quote

import boto
import boto.s3.connection
import pytest
import requests

import wire
from conftest import DATASTORE, REPOSITORY, public_read_policy

PACKAGE = REPOSITORY / "testdata" / "brookfield-budget-2025"
ORIGIN = {"Origin": "http://localhost:8090"}
CORS = {"CORSRules": [{
    "AllowedOrigins": ["*"], "AllowedMethods": ["GET", "PUT", "POST"], "MaxAgeSeconds": 3000,
    "ExposeHeaders": ["Content-Range"], "AllowedHeaders": ["*"]}]}
THREE_DAYS = 259200


def md5(data):
    return base64.b64encode(hashlib.md5(data).digest()).decode()


def conductor(server, bucket, path, data, content_type="application/octet-stream", expires=THREE_DAYS):
    """What the conductor does for every upload: connect, create the bucket again, get it, sign a URL."""
    connection = boto.connect_s3(
        server.access_key, server.secret_key, host=server.host, port=server.port, is_secure=False,
        calling_format=boto.s3.connection.OrdinaryCallingFormat())
    connection.create_bucket(bucket)
    key = connection.get_bucket(bucket).new_key(path)
    headers = {"Content-Length": len(data), "Content-MD5": md5(data), "Content-Type": content_type}
    url = key.generate_url(expires, "PUT", headers=headers)
    return url, {name: headers[name] for name in ("Content-MD5", "Content-Type")}


@pytest.fixture
def prefix():
    return f"{uuid.uuid4().hex}/budget"


@pytest.fixture
def upload(server, http, prefix):
    def upload(name, data, **options):
        url, headers = conductor(server, DATASTORE, f"{prefix}/{name}", data, **options)
        return http.put(url, data=data, headers={**headers, **ORIGIN})

    return upload


def url_of(server, key, bucket=DATASTORE):
    return f"{server.endpoint}/{bucket}/{quote(key)}"


# Who may do what

def test_the_datastore_is_ready_with_its_policy_and_cross_origin_rules(s3):
    assert json.loads(s3.get_bucket_policy(Bucket=DATASTORE)["Policy"]) == json.loads(public_read_policy(DATASTORE))
    assert s3.get_bucket_cors(Bucket=DATASTORE)["CORSRules"] == CORS["CORSRules"]


def test_policy_and_cross_origin_rules_are_read_back_as_they_were_written(s3, bucket):
    policy = public_read_policy(bucket)
    s3.put_bucket_policy(Bucket=bucket, Policy=policy)
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration=CORS)
    assert s3.get_bucket_policy(Bucket=bucket)["Policy"] == policy
    assert s3.get_bucket_cors(Bucket=bucket)["CORSRules"] == CORS["CORSRules"]


@pytest.mark.parametrize("method, path", [
    ("GET", "/missing.csv"), ("HEAD", "/missing.csv"), ("PUT", "/new.csv"), ("DELETE", "/missing.csv"), ("GET", ""),
    ("GET", "?list-type=2"), ("GET", "?policy"), ("GET", "?cors"), ("PUT", "?policy"), ("DELETE", ""), ("HEAD", ""),
    ("POST", "?delete")])
def test_anonymous_clients_may_do_nothing_but_read_objects(server, http, s3, method, path):
    document = b"<Delete><Object><Key>missing.csv</Key></Object></Delete>"
    body = {"POST": document, "PUT": b"x"}.get(method)
    headers = {"Content-MD5": md5(document)} if method == "POST" else {}
    answer = http.request(method, f"{server.endpoint}/{DATASTORE}{path}", data=body, headers=headers)
    assert answer.status_code == 403
    if method != "HEAD":
        assert wire.error(answer.content)["Code"] == "AccessDenied"
    assert "Contents" not in s3.list_objects_v2(Bucket=DATASTORE, Prefix="new.csv")


def test_without_a_policy_an_object_is_private(server, http, s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"data")
    assert http.get(url_of(server, "k", bucket)).status_code == 403
    s3.put_bucket_policy(Bucket=bucket, Policy=public_read_policy(bucket))
    assert http.get(url_of(server, "k", bucket)).content == b"data"
    s3.delete_bucket_policy(Bucket=bucket)
    assert http.get(url_of(server, "k", bucket)).status_code == 403


# Publishing

@pytest.mark.parametrize("name", [
    "budget.csv", "2016 T0753.3 Izvoz podataka (GIFT) ver. 3.csv", "перевірка.csv", "a+b&c=d,e.csv",
    "__os_imported__x.csv", "667d:croatia-budget 100%.zip"])
def test_an_upload_through_the_conductor_has_the_files_md5_as_its_etag(server, http, upload, prefix, name):
    data = f"name,amount\n{name},17\n".encode()
    answer = upload(name, data)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    found = http.head(url_of(server, f"{prefix}/{name}"))
    assert found.headers["ETag"] == f'"{hashlib.md5(data).hexdigest()}"'
    assert found.headers["Content-Length"] == str(len(data))
    assert found.headers["Content-Type"] == "application/octet-stream"
    assert http.get(url_of(server, f"{prefix}/{name}")).content == data


def test_a_package_is_published_and_read_from_its_descriptor(server, http, upload, prefix):
    files = sorted(path for path in PACKAGE.rglob("*") if path.is_file())
    assert len(files) >= 3
    for path in files:
        assert upload(str(path.relative_to(PACKAGE)), path.read_bytes(), content_type="text/csv").status_code == 200
    descriptor = http.get(url_of(server, f"{prefix}/datapackage.json")).json()
    for resource in descriptor["resources"]:
        answer = http.get(url_of(server, f"{prefix}/{resource['path']}"))
        assert len(answer.content) == resource["bytes"]
        assert answer.headers["ETag"].strip('"') == resource["hash"]


def test_a_change_shows_in_the_etag_and_the_same_bytes_do_not(server, http, upload, prefix):
    def etag():
        return http.head(url_of(server, f"{prefix}/x.csv")).headers["ETag"]

    upload("x.csv", b"one")
    first = etag()
    upload("x.csv", b"one")
    assert etag() == first
    upload("x.csv", b"two")
    assert etag() != first


def test_another_md5_than_the_signed_one_is_forbidden(server, http, prefix):
    url, headers = conductor(server, DATASTORE, f"{prefix}/x.csv", b"data")
    answer = http.put(url, data=b"other", headers={**headers, "Content-MD5": md5(b"other"), **ORIGIN})
    assert (answer.status_code, wire.error(answer.content)["Code"]) == (403, "SignatureDoesNotMatch")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert http.get(url_of(server, f"{prefix}/x.csv")).status_code == 403


def test_another_body_than_the_signed_md5_says_is_a_bad_digest(server, http, prefix):
    url, headers = conductor(server, DATASTORE, f"{prefix}/x.csv", b"data")
    answer = http.put(url, data=b"dada", headers={**headers, **ORIGIN})
    assert (answer.status_code, wire.error(answer.content)["Code"]) == (400, "BadDigest")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert http.get(url_of(server, f"{prefix}/x.csv")).status_code == 403


def test_an_expired_upload_url_is_forbidden(server, http, prefix):
    url, headers = conductor(server, DATASTORE, f"{prefix}/x.csv", b"data", expires=-1)
    answer = http.put(url, data=b"data", headers={**headers, **ORIGIN})
    assert (answer.status_code, wire.error(answer.content)["Code"]) == (403, "AccessDenied")
    assert wire.error(answer.content)["Message"] == "Request has expired"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


# Browsers

def test_a_preflight_is_answered_without_a_signature_whatever_its_query(server, http, prefix):
    url, _ = conductor(server, DATASTORE, f"{prefix}/x.csv", b"data")
    answer = http.options(url, headers={
        **ORIGIN, "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "content-md5,content-type"},
        allow_redirects=False)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "PUT" in answer.headers["Access-Control-Allow-Methods"]
    allowed = answer.headers["Access-Control-Allow-Headers"].lower().replace(" ", "").split(",")
    assert allowed == ["content-md5", "content-type"]
    assert answer.headers["Access-Control-Max-Age"] == "3000"


@pytest.mark.parametrize("headers, status, code", [
    ({**ORIGIN, "Access-Control-Request-Method": "DELETE"}, 403, "AccessForbidden"),
    ({"Access-Control-Request-Method": "GET"}, 400, "BadRequest"), (ORIGIN, 400, "BadRequest")])
def test_a_preflight_for_what_no_rule_allows_is_refused(server, http, headers, status, code):
    answer = http.options(url_of(server, "x.csv"), headers=headers)
    assert (answer.status_code, wire.error(answer.content)["Code"]) == (status, code)
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_without_rules_a_preflight_is_refused_and_answers_have_no_cross_origin_headers(server, http, s3, public_bucket):
    s3.put_object(Bucket=public_bucket, Key="k", Body=b"data")
    url = url_of(server, "k", public_bucket)
    assert http.options(url, headers={**ORIGIN, "Access-Control-Request-Method": "GET"}).status_code == 403
    answer = http.get(url, headers=ORIGIN)
    assert answer.status_code == 200 and "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("headers, status", [
    ({}, 200), ({"Range": "bytes=0-1"}, 206), ({"If-None-Match": "*"}, 304), ({"Range": "bytes=99-"}, 416),
    ({"If-Match": '"0"'}, 412)])
def test_every_answer_on_an_object_can_be_read_by_a_page_of_another_origin(
        server, http, upload, prefix, headers, status):
    upload("x.csv", b"abcdef")
    answer = http.get(url_of(server, f"{prefix}/x.csv"), headers={**ORIGIN, **headers})
    assert answer.status_code == status
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Expose-Headers"] == "Content-Range"


def test_refusals_can_be_read_by_a_page_of_another_origin(server, http, s3):
    forbidden = http.get(url_of(server, "missing"), headers=ORIGIN)
    missing = http.get(s3.generate_presigned_url("get_object", {"Bucket": DATASTORE, "Key": "missing"}), headers=ORIGIN)
    assert (forbidden.status_code, missing.status_code) == (403, 404)
    for answer in (forbidden, missing):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


# The forms of an object's URL

def test_one_object_is_read_by_path_by_host_and_with_explicit_ports(server, upload, prefix, http):
    assert upload("x y.csv", b"data").status_code == 200
    key = quote(f"{prefix}/x y.csv")
    port = server.port
    requests_ = [
        (f"/{DATASTORE}/{key}", f"127.0.0.1:{port}"), (f"/{DATASTORE}/{key}", "127.0.0.1"),
        (f"/{DATASTORE}/{key}", "s3.amazonaws.com:443"), (f"/{key}", DATASTORE), (f"/{key}", f"{DATASTORE}:{port}"),
        (f"/{key}", f"{DATASTORE}:443"), (f"/{key}", f"{DATASTORE.upper()}:80"),
        (f"/{key}", f"{DATASTORE}.localhost:{port}")]
    for target, host in requests_:
        answer = http.get(f"{server.endpoint}{target}", headers={"Host": host})
        assert (answer.status_code, answer.content) == (200, b"data"), (target, host)


def test_a_trailing_slash_of_a_bucket_changes_nothing(server, s3, http, bucket):
    url = s3.generate_presigned_url("list_objects_v2", {"Bucket": bucket})
    assert f"/{bucket}?" in url  # where "/bucket/" is what boto3 signs
    assert http.get(url, allow_redirects=False).status_code == 200
    connection = boto.connect_s3(  # sends and signs "/bucket/"
        server.access_key, server.secret_key, host=server.host, port=server.port, is_secure=False,
        calling_format=boto.s3.connection.OrdinaryCallingFormat())
    assert connection.get_bucket(bucket).name == bucket


# Readers

def test_an_unquoted_if_none_match_is_no_match(server, http, upload, prefix):
    upload("x.csv", b"0123456789")
    answer = http.get(url_of(server, f"{prefix}/x.csv"), headers={
        "Range": "bytes=0-5242879", "If-None-Match": "webkit-no-cache"})
    assert (answer.status_code, answer.content) == (206, b"0123456789")
    assert answer.headers["Content-Range"] == "bytes 0-9/10"


@pytest.mark.parametrize("header, first, last", [
    ("bytes=0-5242879", 0, 5242879), ("bytes=5242880-10485759", 5242880, 6000000), ("bytes=0-", 0, 6000000),
    ("bytes=-1000", 5999001, 6000000), ("bytes=-99999999", 0, 6000000), ("bytes=6000000-6000000", 6000000, 6000000)])
def test_ranges_are_clipped_to_the_object(server, http, large_object, header, first, last):
    key, data = large_object
    answer = http.get(url_of(server, key), headers={"Range": header})
    assert answer.status_code == 206
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{len(data)}"
    assert answer.headers["Content-Length"] == str(last - first + 1)
    assert answer.content == data[first:last + 1]


def test_a_range_behind_the_end_is_not_satisfiable(server, http, large_object):
    key, data = large_object
    answer = http.get(url_of(server, key), headers={"Range": f"bytes={len(data)}-"})
    assert (answer.status_code, wire.error(answer.content)["Code"]) == (416, "InvalidRange")
    assert answer.headers["Content-Range"] == f"bytes */{len(data)}"
    assert wire.error(answer.content)["ActualObjectSize"] == str(len(data))


@pytest.fixture(scope="module")
def large_object(s3):
    data = random.Random(7).randbytes(6000001)
    s3.put_object(Bucket=DATASTORE, Key="large/data.bin", Body=data)
    return "large/data.bin", data


# Pipelines

def test_2500_keys_are_paged_by_marker_without_loss(server, s3, bucket):
    names = sorted(f"owner/package {number:04}/data.csv" for number in range(2500))
    for name in names:
        s3.put_object(Bucket=bucket, Key=name, Body=b"")
    found, marker, pages = [], "", 0
    while True:
        page = s3.list_objects(Bucket=bucket, Marker=marker)
        found += [entry["Key"] for entry in page["Contents"]]
        pages += 1
        if not page["IsTruncated"]:
            break
        marker = page["Contents"][-1]["Key"]
    assert found == names
    assert pages == 3
    connection = boto.connect_s3(
        server.access_key, server.secret_key, host=server.host, port=server.port, is_secure=False,
        calling_format=boto.s3.connection.OrdinaryCallingFormat())
    assert [key.name for key in connection.get_bucket(bucket).list()] == names


def test_a_dump_lists_writes_and_lists_again(s3):
    key = f"{uuid.uuid4().hex}/final/data/x ü.csv"
    assert s3.list_objects_v2(Bucket=DATASTORE, Prefix=key)["KeyCount"] == 0
    s3.put_object(Bucket=DATASTORE, Key=key, Body=b"a,b\n", ContentType="text/csv")
    assert s3.list_objects_v2(Bucket=DATASTORE, Prefix=key)["KeyCount"] == 1
    s3.delete_object(Bucket=DATASTORE, Key=key)
    assert s3.list_objects_v2(Bucket=DATASTORE, Prefix=key)["KeyCount"] == 0


def test_a_dump_to_a_missing_bucket_learns_that_it_is_missing_and_makes_it(s3, refused):
    bucket = f"new-{uuid.uuid4().hex[:16]}"
    assert refused(s3.list_objects_v2, Bucket=bucket, Prefix="x") == ("NoSuchBucket", 404)
    assert refused(s3.put_object, Bucket=bucket, Key="x", Body=b"") == ("NoSuchBucket", 404)
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="x", Body=b"")


def test_readers_that_hang_up_leave_the_next_ones_undisturbed(server, http, large_object):
    key, data = large_object
    for _ in range(20):
        with requests.get(url_of(server, key), stream=True) as answer:
            assert answer.raw.read(10000) == data[:10000]
    assert http.get(url_of(server, key)).content == data
