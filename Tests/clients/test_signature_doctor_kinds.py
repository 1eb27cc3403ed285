"""The same faults in requests signed in headers and in queries, by both versions: caused by a proxy that changes
requests, or by a client that signs with other values; botocore signs."""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta, timezone
from urllib.parse import quote

import pytest

from conftest import start
from doctor import log_of, reason
from proxy import Proxy, joining, replacing, to_path
from signed import V2, V2_QUERY, V4, V4_QUERY, Signed
from v4 import Signer, signing_key
from wire import Connection

ALL, VERSION_4 = [V4, V4_QUERY, V2, V2_QUERY], [V4, V4_QUERY]
TRACE = "0af7651916cd43dd8448eb211c80319c"


def kinds(some):
    return pytest.mark.parametrize("kind", some, ids=lambda kind: kind.__name__)


def unchanged(target, headers):
    return target, headers


def with_forwarded_host(target, headers):
    original = dict(headers)["Host"]
    _, headers = replacing("Host", "backend.internal")(target, headers)
    return target, headers + [("X-Forwarded-Host", original)]


def without_port(target, headers):
    return replacing("Host", dict(headers)["Host"].split(":")[0])(target, headers)


@pytest.fixture
def through(server):
    """Sends a request that was signed for the proxy, or for the server itself, through the proxy."""
    def through(kind, change, method="GET", path="/", headers=(), body=b"", is_for_server=False, **options):
        with Proxy(server, change, **options) as proxy, Connection(proxy) as connection:
            signed = Signed(server if is_for_server else proxy, kind, method, path, headers=headers, body=body)
            fields = signed.headers + ([("Content-Length", str(len(body)))] if body else [])
            connection.request(method, signed.target, fields, body,
                               host=f"{server.host}:{server.port}" if is_for_server else True)
            return connection.answer(method)

    return through


@kinds(ALL)
@pytest.mark.parametrize("headers", [[], [("x-amz-meta-a", "1")], [("Content-Type", "text/csv")]], ids=str)
def test_a_proxy_that_changes_nothing_breaks_no_signature(through, bucket, kind, headers):
    assert through(kind, unchanged, path=f"/{bucket}/", headers=headers).status == 200
    assert through(kind, unchanged, path=f"/{bucket}/", headers=headers, is_for_server=True).status == 200


# The host

@kinds(VERSION_4)
@pytest.mark.parametrize("change, expected", [
    (with_forwarded_host, 'arrived as "backend.internal": let the proxy pass it on unchanged, or name it with '
                          "--host-alias"),
    (without_port, 'arrived as "127.0.0.1": its port was dropped on the way'),
    (replacing("Host", "127.0.0.1:9"), 'arrived as "127.0.0.1:9": its port was changed on the way'),
    (replacing("Host", "backend.internal"), 'arrived as "backend.internal": let the proxy pass it on unchanged, or name it '
                                            "with --host-alias")],
    ids=["forwarded", "dropped", "changed", "replaced"])
def test_a_host_that_a_proxy_changed_is_named(server, through, bucket, kind, change, expected):
    answer = through(kind, change, path=f"/{bucket}", is_for_server=True)
    assert reason(answer) == f'the Host was signed as "127.0.0.1:{server.port}" but {expected}'


@kinds(VERSION_4)
def test_a_host_that_nobody_knows_is_no_finding(through, bucket, kind):
    assert reason(through(kind, replacing("Host", "backend.internal"), path=f"/{bucket}")) is None


@kinds([V2, V2_QUERY])
def test_a_host_that_a_proxy_changed_to_a_buckets_is_named_for_version_2(through, bucket, kind):
    answer = through(kind, replacing("Host", f"{bucket}.localhost"), path=f"/{bucket}")
    assert f'the Host names the bucket "{bucket}", which was not signed' in reason(answer)


# The path

PATHS = [
    ("a%20b", lambda path: path.replace("%", "%25"),
     "the path was not percent-encoded for signing, or encoded twice on the way"),
    ("a%2520b", lambda path: path.replace("%25", "%"),
     "the path was percent-encoded twice for signing, or decoded once on the way"),
    ("a", lambda path: path + "/", "a slash at the end of the path was added on the way"),
    ("a/", lambda path: path[:-1], "a slash at the end of the path was removed on the way")]


@kinds(ALL)
@pytest.mark.parametrize("key, change, expected", PATHS, ids=lambda part: part if isinstance(part, str) else "")
def test_a_path_that_a_proxy_rewrote_is_named(through, bucket, kind, key, change, expected):
    assert reason(through(kind, to_path(change), path=f"/{bucket}/{key}")) == expected


@kinds(ALL)
def test_a_path_that_a_client_normalised_is_named(server, connection, bucket, kind):
    signed = Signed(server, kind, "GET", f"/{bucket}/a/b")
    signed.target = signed.target.replace("a/b", "x/../a//b")
    assert "normalised for signing" in reason(signed.send(connection))


# Header fields

@kinds(VERSION_4)
@pytest.mark.parametrize("name, signed, sent", [
    ("Content-Type", "application/octet-stream", None), ("Content-Type", "text/plain", "text/plain; charset=utf-8"),
    ("Accept-Encoding", "identity", "gzip, deflate, br, zstd"), ("Accept-Encoding", "gzip, deflate", None),
    ("Cache-Control", "no-cache", "max-age=0"), ("Accept", "*/*", None)])
def test_a_signed_header_that_a_proxy_changed_or_removed_is_named(through, bucket, kind, name, signed, sent):
    arrived = f'arrived as "{sent}"' if sent else "did not arrive"
    answer = through(kind, replacing(name, sent), path=f"/{bucket}", headers=[(name, signed)])
    assert reason(answer) == f'{name.lower()} was signed as "{signed}" but {arrived}'


@kinds(VERSION_4)
def test_a_signed_header_with_an_unusual_value_that_was_removed_is_named_as_a_guess(through, bucket, kind):
    answer = through(kind, replacing("X-Trace", None), path=f"/{bucket}", headers=[("X-Trace", TRACE)])
    assert reason(answer) == "SignedHeaders names x-trace, which did not arrive: a proxy may have removed it"


@kinds([V2, V2_QUERY])
@pytest.mark.parametrize("signed, sent", [
    ("text/plain", None), ("application/xml", "application/xml; charset=utf-8"), (None, "text/csv")])
def test_a_content_type_that_a_proxy_changed_is_named_for_version_2(through, bucket, kind, signed, sent):
    headers = [("Content-Type", signed)] if signed else []
    answer = through(kind, replacing("Content-Type", sent), path=f"/{bucket}/", headers=headers)
    arrived = f'arrived as "{sent}"' if sent else "did not arrive"
    assert reason(answer) == f'content-type was signed as "{signed or ""}" but {arrived}'


@kinds(ALL)
def test_fields_that_a_proxy_joined_are_named(through, bucket, kind):
    headers = [("x-amz-meta-a", "1"), ("x-amz-meta-a", "2"), ("x-amz-meta-a", "3")]
    assert through(kind, unchanged, path=f"/{bucket}/", headers=headers).status == 200
    answer = through(kind, joining, path=f"/{bucket}/", headers=headers)
    assert reason(answer) == "x-amz-meta-a was signed as several header fields but arrived as one"


@kinds(ALL)
def test_a_field_that_a_proxy_split_is_named(through, bucket, kind):
    def splitting(target, headers):
        return target, [
            (name, part) for name, value in headers
            for part in (value.split(", ") if name.lower() == "x-amz-meta-a" else [value])]

    answer = through(kind, splitting, path=f"/{bucket}/", headers=[("x-amz-meta-a", "1, 2")])
    assert reason(answer) == "x-amz-meta-a was signed as one header field but arrived as several"


# The key

@kinds(VERSION_4)
@pytest.mark.parametrize("signed, claimed", [
    ({"region": "us-east-1"}, "mars-north-1/s3"), ({"region": "auto"}, "us-east-1/s3"),
    ({"service": "iam"}, "us-east-1/s3"), ({"service": "execute-api"}, "us-east-1/s3")])
def test_a_key_for_another_region_or_service_than_the_credential_says_is_named(
        server, connection, bucket, kind, signed, claimed):
    region, service = signed.get("region", "us-east-1"), signed.get("service", "s3")
    request = Signed(server, kind, "GET", f"/{bucket}", **signed)
    if kind is V4:
        request.set("authorization", lambda value: value.replace(f"{region}/{service}", claimed))
    else:
        request.target = request.target.replace(f"{region}/{service}".replace("/", "%2F"), claimed.replace("/", "%2F"))
    said_region, said_service = claimed.split("/")
    assert reason(request.send(connection)) == (
        f'the signing key is for region "{region}" and service "{service}", but the Credential says "{said_region}" and '
        f'"{said_service}"')


@pytest.mark.parametrize("is_presigned", [False, True])
@pytest.mark.parametrize("region, service, days", [
    ("eu-central-1", "s3", 0), ("us-east-1", "iam", 0), ("auto", "s3", 0), ("", "s3", 0), ("us-east-1", "sts", 0),
    ("us-east-1", "s3", -1), ("us-east-1", "s3", 1)])
def test_a_key_for_another_scope_than_the_one_that_is_signed_is_named(
        server, s3, connection, is_presigned, region, service, days):
    name = f"scopes-{is_presigned}-{region}-{service}-{days}".lower()
    constraint = {"CreateBucketConfiguration": {"LocationConstraint": region}} if region.startswith("eu") else {}
    s3.create_bucket(Bucket=name, **constraint)
    signer = Signer(server)
    day = (datetime.strptime(signer.date[:8], "%Y%m%d") + timedelta(days=days)).strftime("%Y%m%d")
    signer.key = signing_key(server.secret_key, f"{day}/{region}/{service}/aws4_request")
    if is_presigned:
        answer = connection.ask("GET", signer.presigned("GET", f"/{name}"))
    else:
        answer = connection.ask("GET", f"/{name}", signer.headers("GET", f"/{name}"))
    assert reason(answer) == (
        f'the signing key is for the day "{day}", but the Credential says "{signer.date[:8]}"' if days else
        f'the signing key is for region "{region}" and service "{service}", but the Credential says "us-east-1" and "s3"')


@kinds(ALL)
@pytest.mark.parametrize("before, after, expected", [
    ("", "\n", "ends with a line feed"), ("", "\r\n", "ends with CR and LF"), ("", " ", "ends with a space"),
    (" ", "", "begins with a space")], ids=repr)
def test_a_secret_that_was_copied_badly_is_named(server, connection, bucket, kind, before, after, expected):
    signed = Signed(server, kind, "GET", f"/{bucket}", secret_key=before + server.secret_key + after)
    answer = signed.send(connection)
    assert reason(answer) == f"the client's secret key {expected} that is not part of it"
    assert server.secret_key not in str(answer.headers) + str(answer.body) + log_of(server, answer)


# The body

@pytest.mark.parametrize("kind, status, code", [
    (V4, 400, "XAmzContentSHA256Mismatch"), (V4_QUERY, 200, None), (V2, 200, None)],
    ids=lambda part: getattr(part, "__name__", None))
def test_a_body_that_a_proxy_changed_says_so_itself_where_it_is_signed(server, through, s3, bucket, kind, status, code):
    answer = through(kind, unchanged, "PUT", f"/{bucket}/k", body=b"data", change_body=bytes.upper)
    assert (answer.status, answer["Code"]) == (status, code)
    assert answer.header("x-coffer-reason") is None
    if code:
        assert answer["ClientComputedContentSHA256"] == hashlib.sha256(b"data").hexdigest()
        assert answer["S3ComputedContentSHA256"] == hashlib.sha256(b"DATA").hexdigest()


@pytest.mark.parametrize("word", ["UNSIGNED-PAYLOAD", hashlib.sha256(b"").hexdigest()])
@pytest.mark.parametrize("is_presigned", [False, True])
def test_a_body_hash_that_a_proxy_computed_anew_is_named(server, bucket, word, is_presigned):
    other = hashlib.sha256(b"data").hexdigest()
    with Proxy(server, replacing("x-amz-content-sha256", other)) as proxy, Connection(proxy) as connection:
        signer, path = Signer(proxy), f"/{bucket}"
        if is_presigned:
            headers = [("x-amz-content-sha256", word)]
            answer = connection.ask("GET", signer.presigned("GET", path, headers=headers, payload=word), headers)
        else:
            answer = connection.ask("GET", path, signer.headers("GET", path, payload=word))
    assert reason(answer) == f'the payload hash was signed as "{word}", but x-amz-content-sha256 is "{other}"'


# Versions and encodings

def v2_text(method, expires, path):
    return f"{method}\n\n\n{expires}\n{path}"


@pytest.mark.parametrize("is_lifetime", [True, False])
def test_a_presigned_url_of_version_4_with_a_signature_of_version_2_is_named(server, connection, bucket, is_lifetime):
    signer = Signer(server)
    start_ = datetime.strptime(signer.date, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
    expires = 60 if is_lifetime else int(start_.timestamp()) + 60
    digest = hmac.new(server.secret_key.encode(), v2_text("GET", expires, f"/{bucket}").encode(), hashlib.sha1).digest()
    target = signer.presigned("GET", f"/{bucket}").replace(signer.seed, digest.hex())
    assert reason(connection.ask("GET", target)) == (
        "the signature was computed with Signature Version 2 but sent as Version 4")


@pytest.mark.parametrize("is_presigned", [False, True])
def test_a_signature_of_version_4_in_base64_is_named(server, connection, bucket, is_presigned):
    signer, path = Signer(server), f"/{bucket}"
    target, headers = (signer.presigned("GET", path), []) if is_presigned else (path, signer.headers("GET", path))
    encoded = base64.b64encode(bytes.fromhex(signer.seed)).decode()
    target = target.replace(signer.seed, encoded.replace("+", "%2B").replace("/", "%2F"))
    headers = [(name, value.replace(signer.seed, encoded)) for name, value in headers]
    assert reason(connection.ask("GET", target, headers)) == "the signature is encoded in Base64; Version 4 requires hexadecimal"


@pytest.mark.parametrize("digest, encode, expected", [
    (hashlib.sha256, lambda value: base64.b64encode(value).decode(), "computed with SHA-256"),
    (hashlib.sha256, bytes.hex, "computed with SHA-256"), (hashlib.sha1, bytes.hex, "in hexadecimal")])
def test_a_presigned_url_of_version_2_with_another_function_or_encoding_is_named(
        server, connection, bucket, digest, encode, expected):
    expires = int(datetime.now().timestamp()) + 60
    text = v2_text("GET", expires, f"/{bucket}").encode()
    signature = quote(encode(hmac.new(server.secret_key.encode(), text, digest).digest()), safe="")
    query = f"AWSAccessKeyId={server.access_key}&Expires={expires}&Signature={signature}"
    assert expected in reason(connection.ask("GET", f"/{bucket}?{query}"))


# Errors that name the fault themselves

@pytest.mark.parametrize("minutes, header, query", [
    (-20, "RequestTimeTooSkewed", "Request has expired"), (20, "RequestTimeTooSkewed", "Request is not yet valid")])
def test_a_clock_that_is_wrong_says_so_itself_and_is_in_the_log(server, connection, bucket, minutes, header, query):
    signer = Signer(server, skew=timedelta(minutes=minutes))
    answer = connection.ask("GET", f"/{bucket}", signer.headers("GET", f"/{bucket}"))
    assert (answer.status, answer["Code"], answer["RequestTime"]) == (403, header, signer.date)
    assert answer["ServerTime"] and answer["MaxAllowedSkewMilliseconds"] == "900000"
    assert "reason=" in log_of(server, answer)
    answer = connection.ask("GET", signer.presigned("GET", f"/{bucket}", expires=60))
    assert (answer.status, answer["Code"], answer["Message"]) == (403, "AccessDenied", query)
    assert f'reason="{query}"' in log_of(server, answer)


@pytest.mark.parametrize("is_presigned", [False, True])
def test_a_scope_of_another_region_or_service_says_so_itself(is_presigned):
    def ask(server, connection, **scope):
        signer = Signer(server, **scope)
        return connection.ask("GET", signer.presigned("GET", "/")) if is_presigned else connection.ask(
            "GET", "/", signer.headers("GET", "/"))

    code = "AuthorizationQueryParametersError" if is_presigned else "AuthorizationHeaderMalformed"
    with start("--ephemeral", "--region", "eu-west-1", "--strict-region") as server, Connection(server) as connection:
        assert ask(server, connection, region="eu-west-1").status == 200
        answer = ask(server, connection, region="us-east-1")
        assert (answer.status, answer["Code"], answer["Region"]) == (400, code, "eu-west-1")
        assert "the region 'us-east-1' is wrong; expecting 'eu-west-1'" in answer["Message"]
        answer = ask(server, connection, region="eu-west-1", service="execute-api")
        assert (answer.status, answer["Code"]) == (400, code)
        assert 'incorrect service "execute-api". This endpoint belongs to "s3".' in answer["Message"]


# No diagnosis for callers without the secret

@kinds(ALL)
def test_a_signature_of_another_secret_is_told_nothing(server, through, connection, bucket, kind):
    answer = Signed(server, kind, "GET", f"/{bucket}", secret_key="another secret").send(connection)
    cause = reason(answer)  # That a proxy may have replaced the Host is reported even without the secret.
    assert cause is None or kind in VERSION_4 and cause.startswith("no likely cause was found")
    assert server.secret_key not in str(answer.headers) + str(answer.body) + log_of(server, answer)
    logged = "no likely cause was found" if cause else "The request signature we calculated"
    assert answer["SignatureProvided"] and f'reason="{logged}' in log_of(server, answer)
