"""CORS: the rules of a bucket, preflight requests, and the headers of every response."""

import base64
import hashlib

import botocore.exceptions
import pytest

import wire
from v4 import Signer

ORIGIN = "https://budget.example.org"
VARY = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"
NOT_ALLOWED = (
    "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / "
    "Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.")


def rule(**changed):
    return {"AllowedOrigins": [ORIGIN], "AllowedMethods": ["GET"], **changed}


@pytest.fixture
def put_rules(s3, public_bucket):
    s3.put_object(Bucket=public_bucket, Key="k", Body=b"0123456789")

    def put_rules(*rules):
        s3.put_bucket_cors(Bucket=public_bucket, CORSConfiguration={"CORSRules": list(rules)})

    return put_rules


@pytest.fixture
def ask(connection, public_bucket):
    """Sends a request for the object, or for another target."""
    def ask(method="GET", target=None, origin=ORIGIN, asked_method=None, asked_headers=None, headers=()):
        fields = [("Origin", origin), ("Access-Control-Request-Method", asked_method),
                  ("Access-Control-Request-Headers", asked_headers)]
        return connection.ask(method, target or f"/{public_bucket}/k", [
            *[field for field in fields if field[1] is not None], *headers])

    return ask


def cors_fields(answer):
    """The response's Access-Control headers, without that prefix, and Vary."""
    start = "access-control-"
    found = {name.lower().removeprefix(start): value for name, value in answer.headers if name.lower().startswith(start)}
    return {**found, "vary": answer.header("vary")}


NOTHING = {"vary": None}
BY_DEFAULT = {"allow-origin": ORIGIN, "allow-credentials": "true", "allow-methods": "GET", "vary": VARY}


# The configuration

@pytest.mark.parametrize("rules, message", [
    ([rule(AllowedMethods=["GET", "PATCH"])], "Found unsupported HTTP method in CORS config. Unsupported method is PATCH"),
    ([rule(AllowedMethods=["get"])], "Found unsupported HTTP method in CORS config. Unsupported method is get"),
    ([rule(AllowedOrigins=["http://*.*"])], 'AllowedOrigin "http://*.*" can not have more than one wildcard.'),
    ([rule(AllowedHeaders=["x-*-*"])], 'AllowedHeader "x-*-*" can not have more than one wildcard.'),
    ([rule(AllowedHeaders=["x-*", "x a"])], 'AllowedHeader "x a" contains invalid character.'),
    ([rule(AllowedHeaders=["x-é"])], 'AllowedHeader "x-é" contains invalid character.'),
    ([rule(ExposeHeaders=["ETag", "x-*"])],
     'ExposeHeader "x-*" contains wildcard. We currently do not support wildcard for ExposeHeader.'),
    ([rule(ExposeHeaders=["ETag, Date"])], 'ExposeHeader "ETag, Date" contains invalid character.'),
    ([rule()] * 101, "The number of CORS rules should not exceed allowed limit of 100 rules."),
    ([rule(ID="a"), rule(ID="a")], "Rule ID must be unique. Found same ID for more than one rule")],
    ids=lambda part: str(part)[-60:])
def test_rules_that_mean_nothing_are_refused_with_the_words_of_s3(s3, bucket, refused, rules, message):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": rules})
    error = caught.value.response
    assert (error["Error"]["Code"], error["Error"]["Message"]) == ("InvalidRequest", message)
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert refused(s3.get_bucket_cors, Bucket=bucket) == ("NoSuchCORSConfiguration", 404)


@pytest.mark.parametrize("rules", [
    [], [rule(AllowedOrigins=[])], [rule(AllowedMethods=[])], [rule(AllowedHeaders=[""])], [rule(MaxAgeSeconds=1 << 31)],
    [rule(MaxAgeSeconds=-1 << 32)], [rule(ID="x" * 256)]], ids=lambda rules: str(rules)[-60:])
def test_rules_of_another_shape_are_refused(s3, bucket, refused, rules):
    assert refused(s3.put_bucket_cors, Bucket=bucket, CORSConfiguration={"CORSRules": rules}) == ("MalformedXML", 400)


def test_rules_come_back_as_they_were_put_and_go(s3, bucket, refused):
    rules = [rule(ID="ü" * 255, AllowedMethods=["DELETE", "GET", "HEAD", "POST", "PUT"], AllowedHeaders=["x-*", "*"],
                  ExposeHeaders=["ETag", "x-amz-request-id"], MaxAgeSeconds=0)] + [rule()] * 99
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": rules})
    assert s3.get_bucket_cors(Bucket=bucket)["CORSRules"] == rules
    s3.delete_bucket_cors(Bucket=bucket)
    assert refused(s3.get_bucket_cors, Bucket=bucket) == ("NoSuchCORSConfiguration", 404)


def test_an_empty_origin_and_a_negative_age_are_taken(s3, put_rules, ask, public_bucket):
    rules = [rule(AllowedOrigins=[""]), rule(MaxAgeSeconds=-1)]
    put_rules(*rules)
    assert s3.get_bucket_cors(Bucket=public_bucket)["CORSRules"] == rules
    assert ask("OPTIONS", asked_method="GET").header("access-control-max-age") == "-1"


@pytest.mark.parametrize("size, code", [(64 << 10, None), ((64 << 10) + 1, "MaxMessageLengthExceeded")])
def test_a_document_has_64_kib_at_most(server, connection, bucket, size, code):
    document = ("<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin>"
                "</CORSRule></CORSConfiguration>").ljust(size).encode()
    headers = [("Content-MD5", base64.b64encode(hashlib.md5(document).digest()).decode())]
    answer = connection.ask("PUT", f"/{bucket}?cors", Signer(server).headers(
        "PUT", f"/{bucket}", "cors", headers, hashlib.sha256(document).hexdigest()), document)
    assert (answer.status, answer["Code"]) == ((200, None) if code is None else (400, code))


def test_a_digest_with_other_padding_bits_does_not_match(server, connection, bucket):
    document = (b"<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin>"
                b"</CORSRule></CORSConfiguration>")
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    digest = base64.b64encode(hashlib.md5(document).digest()).decode()
    for md5, code in ((digest, None), (digest[:21] + letters[letters.index(digest[21]) + 1] + "==", "BadDigest"),
                      (digest[:-1], "InvalidDigest"), (digest[4:], "InvalidDigest")):
        headers = [("Content-MD5", md5)]
        answer = connection.ask("PUT", f"/{bucket}?cors", Signer(server).headers(
            "PUT", f"/{bucket}", "cors", headers, hashlib.sha256(document).hexdigest()), document)
        assert (answer.status, answer["Code"]) == ((400, code) if code else (200, None)), md5


# Preflights

def test_a_preflight_tells_all_that_the_rule_says(put_rules, ask):
    put_rules(rule(AllowedMethods=["PUT", "GET"], AllowedHeaders=["Content-*", "x-amz-date"],
                   ExposeHeaders=["ETag", "x-amz-version-id"], MaxAgeSeconds=600))
    answer = ask("OPTIONS", asked_method="PUT", asked_headers="X-Amz-Date,content-type")
    assert (answer.status, answer.body) == (200, b"")
    assert cors_fields(answer) == {
        "allow-origin": ORIGIN, "allow-credentials": "true", "allow-methods": "PUT, GET", "vary": VARY,
        "allow-headers": "x-amz-date, content-type", "expose-headers": "ETag, x-amz-version-id", "max-age": "600"}


@pytest.mark.parametrize("origins, origin, expected", [
    (["*"], ORIGIN, "*"), (["*"], "null", "*"), (["null"], "null", "null"), (["https://*"], ORIGIN, ORIGIN),
    (["https://*.example.org"], ORIGIN, ORIGIN), (["https://a.test", ORIGIN], ORIGIN, ORIGIN),
    (["https://a.test", "*"], ORIGIN, "*"), (["*.example.org"], ORIGIN, ORIGIN), (["https://budget.*"], ORIGIN, ORIGIN),
    (["http://*.example.org"], ORIGIN, None), (["https://*.example.org"], "https://example.org", None),
    ([ORIGIN], ORIGIN + ":8443", None), ([ORIGIN], ORIGIN.upper(), None), ([ORIGIN], ORIGIN + ".elsewhere.test", None),
    ([ORIGIN], "null", None), (["https://*.example.org"], "null", None)])
def test_an_origin_is_allowed_as_it_is_written_but_for_one_wildcard(put_rules, ask, origins, origin, expected):
    put_rules(rule(AllowedOrigins=origins))
    answer = ask("OPTIONS", origin=origin, asked_method="GET")
    assert answer.status == (200 if expected else 403)
    assert answer.header("access-control-allow-origin") == expected
    # For a wildcard origin, the browser's credentials are not allowed.
    assert answer.header("access-control-allow-credentials") == ("true" if expected not in ("*", None) else None)


@pytest.mark.parametrize("allowed, asked, is_allowed", [
    (["*"], "x-a, x-b", True), (["x-*"], "X-A,x-b", True), (["x-*"], "x-a, y", False), (["*-date"], "x-amz-date", True),
    (["a*z"], "a-z", True), (["a*z"], "az", True), (["a*z"], "a", False), (["X-A"], "x-a", True), (["x-a"], "x-ab", False),
    ([], "x-a", False), (None, "x-a", False), (None, None, True), (["x-a"], None, True), (["x-a"], "", True),
    (["*"], ",".join(f"x-{n}" for n in range(257)), False), (["*"], ",".join(f"x-{n}" for n in range(256)), True)],
    ids=lambda part: str(part)[:30])
def test_every_header_that_is_asked_for_must_be_allowed(put_rules, ask, allowed, asked, is_allowed):
    put_rules(rule(**({} if allowed is None else {"AllowedHeaders": allowed})))
    answer = ask("OPTIONS", asked_method="GET", asked_headers=asked)
    assert answer.status == (200 if is_allowed else 403)
    expected = ", ".join(asked.lower().replace(" ", "").split(",")) if asked and is_allowed else None
    assert answer.header("access-control-allow-headers") == expected


def test_the_first_rule_for_origin_method_and_headers_decides(put_rules, ask):
    put_rules(
        rule(AllowedMethods=["PUT"], MaxAgeSeconds=1), rule(AllowedHeaders=["x-a"], MaxAgeSeconds=2),
        rule(AllowedOrigins=["https://*"], AllowedHeaders=["*"], MaxAgeSeconds=3),
        rule(AllowedOrigins=["*"], MaxAgeSeconds=4))
    for asked, age in [({"asked_method": "PUT"}, "1"), ({"asked_method": "GET"}, "2"), ({"asked_headers": "x-a"}, "2"),
                       ({"asked_headers": "x-a,x-b"}, "3"), ({"origin": "https://a.test"}, "3"),
                       ({"origin": "http://a.test"}, "4")]:
        answer = ask("OPTIONS", **{"asked_method": "GET", **asked})
        assert (answer.status, answer.header("access-control-max-age")) == (200, age), asked


@pytest.mark.parametrize("asked, status, code, message", [
    ({"origin": None, "asked_method": "GET"}, 400, "BadRequest", "Insufficient information. Origin request header needed."),
    ({}, 400, "BadRequest", "Invalid Access-Control-Request-Method: null"),
    ({"asked_method": "PATCH"}, 400, "BadRequest", "Invalid Access-Control-Request-Method: PATCH"),
    ({"asked_method": "get"}, 400, "BadRequest", "Invalid Access-Control-Request-Method: get"),
    ({"asked_method": "*"}, 400, "BadRequest", "Invalid Access-Control-Request-Method: *"),
    ({"asked_method": "GET", "asked_headers": "x-a, x(b)"}, 400, "BadRequest",
     "Invalid Access-Control-Request-Headers: x(b)"),
    ({"asked_method": "PUT"}, 403, "AccessForbidden", NOT_ALLOWED),
    ({"asked_method": "GET", "origin": "https://a.test"}, 403, "AccessForbidden", NOT_ALLOWED),
    ({"asked_method": "GET", "asked_headers": "x-a"}, 403, "AccessForbidden", NOT_ALLOWED)], ids=str)
def test_a_preflight_that_no_rule_allows_is_told_why(put_rules, ask, asked, status, code, message):
    put_rules(rule())
    answer = ask("OPTIONS", **asked)
    assert (answer.status, answer["Code"], answer["Message"]) == (status, code, message)
    assert cors_fields(answer) == NOTHING
    if status == 403:
        assert (answer["Method"], answer["ResourceType"]) == (asked["asked_method"], "BUCKET")


@pytest.mark.parametrize("target, message", [
    (None, "CORSResponse: CORS is not enabled for this bucket."),
    ("bucket", "CORSResponse: CORS is not enabled for this bucket."),
    ("/no-such-bucket-here", "CORSResponse: Bucket not found"),
    ("/no-such-bucket-here/k", "CORSResponse: Bucket not found"),
    ("/Not_A_Name/k", "CORSResponse: Bucket not found"), ("/", "CORSResponse: Bucket not found")])
def test_a_preflight_where_there_are_no_rules_is_told_so(ask, public_bucket, target, message):
    target = f"/{public_bucket}" if target == "bucket" else target
    answer = ask("OPTIONS", target, asked_method="PUT")
    assert (answer.status, answer["Code"], answer["Message"]) == (403, "AccessForbidden", message)
    assert (answer["Method"], answer["ResourceType"], cors_fields(answer)) == ("PUT", "BUCKET", NOTHING)
    for asked in ({"origin": None, "asked_method": "PUT"}, {}, {"asked_method": "PATCH"},
                  {"asked_method": "PUT", "asked_headers": "a, c@d"}):
        answer = ask("OPTIONS", target, **asked)
        assert (answer.status, answer["Code"], cors_fields(answer)) == (400, "BadRequest", NOTHING), asked


# Other responses

@pytest.mark.parametrize("method, headers, status", [
    ("GET", {}, 200), ("HEAD", {}, 200), ("GET", {"Range": "bytes=0-1"}, 206), ("GET", {"If-None-Match": "*"}, 304),
    ("GET", {"If-Match": '"0"'}, 412), ("GET", {"Range": "bytes=99-"}, 416), ("PUT", {"Content-Length": "0"}, 403),
    ("POST", {"Content-Length": "0"}, 412), ("DELETE", {}, 403), ("GET", {"Authorization": "nonsense"}, 400),
    ("GET", {"Authorization": "AWS unknown:AAAA", "Date": "Thu, 01 Jan 1970 00:00:00 GMT"}, 403)], ids=str)
def test_every_answer_to_an_allowed_origin_tells_the_same(put_rules, ask, public_bucket, method, headers, status):
    put_rules(rule(AllowedMethods=["GET", "HEAD", "PUT", "POST", "DELETE"], ExposeHeaders=["ETag"], MaxAgeSeconds=9))
    answer = ask(method, f"/{public_bucket}" if method == "POST" else None, headers=headers.items())
    assert answer.status == status
    assert cors_fields(answer) == {
        **BY_DEFAULT, "allow-methods": "GET, HEAD, PUT, POST, DELETE", "expose-headers": "ETag", "max-age": "9"}


@pytest.mark.parametrize("suffix, status", [
    ("/missing", 403), ("", 403), ("?acl", 403), ("/k?versionId=nonsense", 403), ("/" + "k" * 1025, 400),
    ("?website", 403), ("/%zz", 400), ("/k?x=%zz", 400), ("/%00", 400), ("/" + "k" * 9000, 400)],
    ids=lambda part: str(part)[:20])
def test_refusals_about_a_bucket_with_rules_can_be_read(put_rules, ask, public_bucket, suffix, status):
    put_rules(rule())
    answer = ask("GET", f"/{public_bucket}{suffix}")
    assert (answer.status, cors_fields(answer)) == (status, BY_DEFAULT)


def test_a_refusal_of_what_cannot_be_read_is_told_to_allowed_origins_alone(server, put_rules, ask, public_bucket):
    put_rules(rule())
    assert cors_fields(ask("GET", f"/{public_bucket}/%zz", origin="https://a.test")) == NOTHING
    assert cors_fields(ask("GET", "/no-such-bucket-here/%zz")) == NOTHING
    answer = ask("GET", headers=[("x-large", "x" * 9000)])
    assert (answer["Code"], cors_fields(answer)) == ("RequestHeaderSectionTooLarge", BY_DEFAULT)
    with wire.Connection(server) as connection:
        connection.request("GET", "/%zz", [("Origin", ORIGIN)], host=f"{public_bucket}.localhost:{server.port}")
        answer = connection.answer()
        assert (answer["Code"], cors_fields(answer)) == ("InvalidURI", BY_DEFAULT)


@pytest.mark.parametrize("asked, expected", [
    ({"origin": "https://a.test"}, NOTHING), ({"origin": None}, NOTHING), ({"origin": ""}, NOTHING),
    ({"method": "HEAD"}, NOTHING), ({"asked_method": "GET"}, BY_DEFAULT), ({"asked_method": "PUT"}, NOTHING),
    ({"asked_headers": "X-A"}, {**BY_DEFAULT, "allow-headers": "x-a"}),
    ({"asked_headers": "x-b"}, NOTHING)], ids=str)
def test_an_answer_is_not_for_an_origin_or_method_that_no_rule_allows(put_rules, ask, asked, expected):
    put_rules(rule(AllowedHeaders=["x-a"]))
    answer = ask(**asked)
    assert (answer.status, cors_fields(answer)) == (200, expected)


def test_rules_are_in_force_as_soon_as_they_are_put_and_gone_as_soon_as_they_are_deleted(s3, put_rules, ask, public_bucket):
    assert cors_fields(ask()) == NOTHING
    put_rules(rule())
    assert cors_fields(ask()) == BY_DEFAULT
    put_rules(rule(AllowedOrigins=["*"]))
    assert cors_fields(ask()) == {"allow-origin": "*", "allow-methods": "GET", "vary": VARY}
    s3.delete_bucket_cors(Bucket=public_bucket)
    assert cors_fields(ask()) == NOTHING


def test_nothing_of_an_origin_can_split_an_answer(server, put_rules, public_bucket):
    put_rules(rule(AllowedOrigins=["https://*"]))
    with wire.Connection(server) as connection:
        answer = connection.ask("GET", f"/{public_bucket}/k", [("Origin", "https://a\tb\x0bSet-Cookie: c")])
        assert answer.status in (200, 400) and answer.header("set-cookie") is None


def test_the_name_of_a_bucket_in_the_host_has_the_rules_of_the_bucket(server, put_rules, connection, public_bucket):
    put_rules(rule())
    connection.request("OPTIONS", "/k", [("Origin", ORIGIN), ("Access-Control-Request-Method", "GET")],
                       host=f"{public_bucket}.localhost:{server.port}")
    answer = connection.answer("OPTIONS")
    assert (answer.status, cors_fields(answer)) == (200, BY_DEFAULT)
