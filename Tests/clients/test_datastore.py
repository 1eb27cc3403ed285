"""The OpenSpending Datastore: provisioned by its operator, written through its conductor and its pipelines."""

import hashlib
import json
import uuid

import pytest

import wire
from conftest import DATASTORE, REPOSITORY, public_read_policy
from datastore import ORIGIN, boto2, conductor, md5, url_of

PACKAGE = REPOSITORY / "testdata" / "brookfield-budget-2025"
CORS = {"CORSRules": [{
    "AllowedOrigins": ["*"], "AllowedMethods": ["GET", "PUT", "POST"], "MaxAgeSeconds": 3000,
    "ExposeHeaders": ["Content-Range"], "AllowedHeaders": ["*"]}]}


# Access

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
    assert [key.name for key in boto2(server).get_bucket(bucket).list()] == names
    assert len(s3.list_objects_v2(Bucket=bucket, MaxKeys=5000)["Contents"]) == 1000


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
