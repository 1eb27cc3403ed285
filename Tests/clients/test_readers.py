"""The Datastore's readers: browsers of other origins, all forms of an object's URL, ranges."""

import random
from urllib.parse import quote

import pytest
import requests

import wire
from conftest import DATASTORE
from datastore import ORIGIN, boto2, conductor, url_of


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


def test_a_rule_for_some_origins_names_the_one_that_asks(server, http, s3, public_bucket):
    s3.put_object(Bucket=public_bucket, Key="k", Body=b"data")
    s3.put_bucket_cors(Bucket=public_bucket, CORSConfiguration={"CORSRules": [
        {"AllowedOrigins": ["https://*.example.org"], "AllowedMethods": ["GET"], "AllowedHeaders": ["x-a*"]}]})
    url = url_of(server, "k", public_bucket)
    allowed = http.get(url, headers={"Origin": "https://budget.example.org"})
    assert allowed.headers["Access-Control-Allow-Origin"] == "https://budget.example.org"
    assert "Origin" in allowed.headers["Vary"]
    for origin in ("https://example.org", "http://budget.example.org", "https://budget.example.org.elsewhere.test"):
        answer = http.get(url, headers={"Origin": origin})
        assert answer.status_code == 200 and "Access-Control-Allow-Origin" not in answer.headers
    for asked, status in (("x-abc", 200), ("X-ABC, x-a", 200), ("x-abc, x-b", 403)):
        answer = http.options(url, headers={
            "Origin": "https://budget.example.org", "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": asked})
        assert answer.status_code == status


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
    assert boto2(server).get_bucket(bucket).name == bucket  # sends and signs "/bucket/"


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


def test_readers_that_hang_up_leave_the_next_ones_undisturbed(server, http, large_object):
    key, data = large_object
    for _ in range(20):
        with requests.get(url_of(server, key), stream=True) as answer:
            assert answer.raw.read(10000) == data[:10000]
    assert http.get(url_of(server, key)).content == data
