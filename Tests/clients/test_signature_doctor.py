"""Signatures broken by common faults, each one reproduced: the server names the fault."""

import base64
import hashlib
import hmac
import json
from datetime import datetime, timedelta, timezone

import pytest

from conftest import start
from doctor import log_of, reason
from proxy import Proxy, replacing
from v4 import EMPTY, Signer
from wire import Connection


@pytest.fixture
def ask(connection):
    """Sends a request with another path or other headers than it was signed for."""
    def ask(signer, path, sent=None, headers=(), payload=EMPTY, change=lambda headers: headers):
        signed = signer.headers("GET", path, headers=headers, payload=payload)
        return connection.ask("GET", sent or path, change(signed))

    return ask


# Through a proxy

def through(server, change, path, headers=(), **options):
    with Proxy(server, change) as proxy:
        signer = Signer(proxy, **options)
        with Connection(proxy) as connection:
            return connection.ask("GET", path, signer.headers("GET", path, headers=headers))


def test_the_proxy_of_these_tests_breaks_nothing_by_itself(server, bucket):
    def change(target, headers):
        return target, headers

    with Proxy(server, change) as proxy:
        signer = Signer(proxy)
        with Connection(proxy) as connection:
            assert connection.ask("GET", f"/{bucket}", signer.headers("GET", f"/{bucket}")).status == 200


def test_a_host_that_a_proxy_changed_is_named_when_the_proxy_tells_it(server, bucket):
    def change(target, headers):
        original = dict(headers)["Host"]
        _, headers = replacing("Host", "backend.internal")(target, headers)
        return target, headers + [("X-Forwarded-Host", original)]

    cause = reason(through(server, change, f"/{bucket}"))
    assert 'arrived as "backend.internal"' in cause and "--host-alias" in cause and 'signed as "127.0.0.1:' in cause


@pytest.mark.parametrize("name", ["s3.example.test", "localhost"])
def test_a_host_that_a_proxy_changed_is_named_where_the_server_has_that_name(name):
    with start("--ephemeral", "--domain", "s3.example.test") as server, Connection(server) as connection:
        signer = Signer(server)
        signer.host = name
        headers = signer.headers("GET", "/")
        connection.request("GET", "/", headers, host="backend.internal")
        answer = connection.answer()
        cause = reason(answer)
        assert f'the Host was signed as "{name}"' in cause and 'arrived as "backend.internal"' in cause
        assert cause.replace('"', '\\"') in log_of(server, answer)


@pytest.mark.parametrize("received", ["127.0.0.1:{port}", "localhost:{port}", "coffer:{port}", "10.1.2.3", "[::1]:{port}"])
def test_a_host_that_a_proxy_replaced_by_the_servers_own_is_thought_of(server, bucket, received):
    """Like nginx's default: the server cannot know its public name then."""
    with Connection(server) as connection:
        signer = Signer(server)
        signer.host = "files.example.org"
        host = received.format(port=server.port)
        connection.request("GET", f"/{bucket}", signer.headers("GET", f"/{bucket}"), host=host)
        answer = connection.answer()
        cause = reason(answer)
        assert f'the Host arrived as "{host}", the server\'s own address' in cause
        assert "secret key may be wrong" in cause
        assert "proxy_set_header Host $http_host" in cause and "ProxyPreserveHost On" in cause
        assert "--host-alias" in cause
        assert "ProxyPreserveHost On" in log_of(server, answer)


@pytest.mark.parametrize("received, headers", [
    ("127.0.0.1:{port}", [("X-Forwarded-Host", "other.example.org")]), ("files.example.net", []), ("coffer:1", [])])
def test_a_host_that_says_otherwise_is_not_taken_for_a_proxys(server, bucket, received, headers):
    with Connection(server) as connection:
        signer = Signer(server)
        signer.host = "files.example.org"
        signed = signer.headers("GET", f"/{bucket}") + headers
        connection.request("GET", f"/{bucket}", signed, host=received.format(port=server.port))
        assert reason(connection.answer()) is None


# Path prefixes

@pytest.mark.parametrize("prefix", ["/s3", "/store-of-objects"])
def test_a_prefix_that_a_proxy_added_is_named(server, bucket, prefix):
    answer = through(server, lambda target, headers: (prefix + target, headers), f"/{bucket}/a%20b")
    assert reason(answer).startswith(f'the prefix "{prefix}" was added to the path on the way')


@pytest.mark.parametrize("prefix, headers", [
    ("/s3", []), ("/minio", []), ("/tenants/one", [("X-Forwarded-Prefix", "/tenants/one/")])])
def test_a_prefix_that_a_proxy_removed_is_named(server, bucket, prefix, headers):
    def change(target, sent):
        return target.removeprefix(prefix), sent + headers

    answer = through(server, change, f"{prefix}/{bucket}/a%20b")
    assert reason(answer).startswith(f'the prefix "{prefix}" was removed from the path on the way')


def test_a_prefix_is_named_of_version_2_and_of_presigned_urls(server, connection, bucket):
    answer = connection.ask("GET", f"/s3/{bucket}/", v2(server, f"/{bucket}/"))
    assert reason(answer).startswith('the prefix "/s3" was added')
    target = Signer(server).presigned("GET", f"/s3/{bucket}/k")
    assert reason(connection.ask("GET", target.removeprefix("/s3"))).startswith('the prefix "/s3" was removed')


def test_a_port_that_was_dropped_on_the_way_to_the_server_is_named(server, connection, bucket):
    signed = Signer(server).headers("GET", f"/{bucket}")
    connection.request("GET", f"/{bucket}", signed, host=server.host)
    cause = reason(connection.answer())
    assert cause.endswith("its port was dropped on the way") and f'"127.0.0.1:{server.port}"' in cause


def test_a_port_that_was_added_is_named(server, connection, bucket):
    signer = Signer(server)
    signer.host = server.host
    connection.request("GET", f"/{bucket}", signer.headers("GET", f"/{bucket}"))
    assert "a port was added on the way" in reason(connection.answer())


@pytest.mark.parametrize("name, value, sent", [
    ("Accept-Encoding", "identity", "gzip, deflate, br, zstd"), ("Accept-Encoding", "gzip, deflate", None),
    ("Connection", "keep-alive", None), ("Content-Type", "application/octet-stream", None)], ids=str)
def test_a_signed_header_that_a_proxy_changed_or_removed_is_named(server, bucket, name, value, sent):
    def change(target, headers):
        target, headers = replacing("Host", f"127.0.0.1:{port[0]}")(target, headers)
        return replacing(name, sent)(target, headers)

    with Proxy(server, lambda *request: change(*request)) as proxy:
        port = [proxy.port]
        with Connection(proxy) as connection:
            cause = reason(connection.ask(
                "GET", f"/{bucket}", Signer(proxy).headers("GET", f"/{bucket}", headers=[(name, value)])))
    arrived = f'arrived as "{sent}"' if sent else "did not arrive"
    assert cause == f'{name.lower()} was signed as "{value}" but {arrived}'


def test_a_signed_header_with_an_unusual_value_that_was_removed_is_named_as_a_guess(server, bucket):
    cause = reason(through(
        server, replacing("X-Trace", None), f"/{bucket}", headers=[("X-Trace", "0af7651916cd43dd8448eb211c80319c")]))
    assert cause == "SignedHeaders names x-trace, which did not arrive: a proxy may have removed it"


# The path

@pytest.mark.parametrize("signed, sent, expected", [
    ("/{}/a%252520b", "/{}/a%2520b", "percent-encoded twice for signing"), ("/{}/a%20b", "/{}/a%2520b", "encoded twice on the way"),
    ("/{}/a b", "/{}/a%20b", "not percent-encoded"), ("/{}/a/b", "/{}/a//b", "normalised"), ("/{}/b", "/{}/a/../b", "normalised"),
    ("/{}/a", "/{}/a/", "slash at the end of the path was added"),
    ("/{}/a/", "/{}/a", "slash at the end of the path was removed")])
def test_a_path_that_was_signed_in_another_form_is_named(server, ask, bucket, signed, sent, expected):
    assert expected in reason(ask(Signer(server), signed.format(bucket), sent.format(bucket)))


# The key

@pytest.mark.parametrize("region, service", [("us-east-1", "s3"), ("eu-central-1", "s3"), ("mars-north-1", "iam")])
def test_a_key_for_another_region_or_service_is_named(server, s3, region, service):
    name = f"region-{region}"
    s3.create_bucket(Bucket=name, **({} if region == "us-east-1" else {
        "CreateBucketConfiguration": {"LocationConstraint": "eu-central-1"}}))
    signer = Signer(server, region=region, service=service)
    signer.scope = signer.scope.replace(f"{region}/{service}", "mars-north-1/s3")
    with Connection(server) as connection:
        cause = reason(connection.ask("GET", f"/{name}", signer.headers("GET", f"/{name}")))
    assert cause == (f'the signing key is for region "{region}" and service "{service}", but the Credential says '
                    '"mars-north-1" and "s3"')


@pytest.mark.parametrize("end, expected", [("\n", "a line feed"), ("\r\n", "CR and LF"), (" ", "a space")], ids=repr)
def test_a_secret_that_was_read_with_the_end_of_its_line_is_named(server, ask, bucket, end, expected):
    answer = ask(Signer(server, secret_key=server.secret_key + end), f"/{bucket}")
    assert reason(answer) == f"the client's secret key ends with {expected} that is not part of it"
    assert server.secret_key not in str(answer.headers) + log_of(server, answer)


def test_the_fault_of_a_request_to_iam_is_named_as_well(server, connection):
    signer = Signer(server, service="iam", secret_key=server.secret_key + "\n")
    answer = connection.ask("GET", "/?Action=ListUsers", signer.headers("GET", "/", "Action=ListUsers"))
    assert answer.status == 403 and b"<Code>SignatureDoesNotMatch</Code>" in answer.body
    cause = "the client's secret key ends with a line feed that is not part of it"
    assert answer.header("x-coffer-reason") == cause and cause in server.log_line(answer.header("x-amzn-requestid"))


def test_a_secret_that_lost_its_white_space_is_named():
    with start("--ephemeral", AWS_ACCESS_KEY_ID="root", AWS_SECRET_ACCESS_KEY=" padded secret \n") as server:
        with Connection(server) as connection:
            good, bad = Signer(server), Signer(server, secret_key="padded secret")
            assert connection.ask("GET", "/", good.headers("GET", "/")).status == 200
            assert "lacks white space" in reason(connection.ask("GET", "/", bad.headers("GET", "/")))


# The body's hash

@pytest.mark.parametrize("word", ["UNSIGNED-PAYLOAD", EMPTY, "STREAMING-UNSIGNED-PAYLOAD-TRAILER"])
def test_another_hash_of_the_body_than_the_header_says_is_named(server, ask, bucket, word):
    other = hashlib.sha256(b"body").hexdigest()

    def change(headers):
        return [(name, other if name == "x-amz-content-sha256" else value) for name, value in headers]

    cause = reason(ask(Signer(server), f"/{bucket}", payload=word, change=change))
    assert cause == f'the payload hash was signed as "{word}", but x-amz-content-sha256 is "{other}"'


# Versions

def test_a_signature_of_version_2_in_the_place_of_one_of_version_4_is_named(server, connection, bucket):
    signer = Signer(server)
    headers = signer.headers("GET", f"/{bucket}")
    fields = sorted((name, value) for name, value in headers if name.startswith("x-amz-"))
    text = "GET\n\n\n\n" + "".join(f"{name}:{value}\n" for name, value in fields) + f"/{bucket}"
    digest = hmac.new(server.secret_key.encode(), text.encode(), hashlib.sha1).digest()
    wrong = base64.b64encode(digest).decode()
    headers[-1] = ("Authorization", headers[-1][1].replace(signer.seed, wrong))
    assert "computed with Signature Version 2" in reason(connection.ask("GET", f"/{bucket}", headers))


def test_a_signature_of_version_4_in_the_place_of_one_of_version_2_is_named(server, connection, bucket):
    signer = Signer(server)
    headers = signer.headers("GET", f"/{bucket}")
    headers[-1] = ("Authorization", f"AWS {server.access_key}:{signer.seed}")
    assert "computed with Signature Version 4" in reason(connection.ask("GET", f"/{bucket}", headers))


def v2(server, path, content_type="", sent_type=None, digest=hashlib.sha1, encode=base64.b64encode, secret=None):
    date = datetime.now(timezone.utc).strftime("%a, %d %b %Y %H:%M:%S GMT")
    text = f"GET\n\n{content_type}\n{date}\n{path}"
    signature = encode(hmac.new((secret or server.secret_key).encode(), text.encode(), digest).digest())
    signature = signature if isinstance(signature, str) else signature.decode()
    headers = [("Date", date), ("Authorization", f"AWS {server.access_key}:{signature}")]
    return headers + ([("Content-Type", sent_type)] if sent_type else [])


@pytest.mark.parametrize("options, expected", [
    ({"digest": hashlib.sha256}, "computed with SHA-256"), ({"encode": bytes.hex}, "in hexadecimal"),
    ({"sent_type": "text/csv"}, 'content-type was signed as "" but arrived as "text/csv"'),
    ({"content_type": "application/octet-stream"}, "content-type was signed as"),
    ({"secret": True}, "ends with a line feed")], ids=str)
def test_a_fault_of_version_2_is_named(server, connection, bucket, options, expected):
    if options.get("secret"):
        options = {"secret": server.secret_key + "\n"}
    assert connection.ask("GET", f"/{bucket}/", v2(server, f"/{bucket}/")).status == 200
    assert expected in reason(connection.ask("GET", f"/{bucket}/", v2(server, f"/{bucket}/", **options)))


def test_a_host_of_a_bucket_that_version_2_did_not_sign_is_named(server, connection, bucket):
    connection.request("GET", "/", v2(server, "/"), host=f"{bucket}.localhost:{server.port}")
    assert f'the Host names the bucket "{bucket}"' in reason(connection.answer())


# Presigned URLs

def test_a_presigned_url_that_came_by_another_host_is_named(server, connection, bucket):
    connection.request("GET", Signer(server).presigned("GET", f"/{bucket}"), host="other.internal")
    assert 'arrived as "other.internal"' in reason(connection.answer())


def test_what_says_itself_what_is_wrong_needs_no_doctor_and_is_in_the_log(server, connection, bucket):
    answer = connection.ask("GET", Signer(server, skew=timedelta(minutes=-9)).presigned("GET", f"/{bucket}"))
    assert (answer.status, answer["Code"], answer.header("x-coffer-reason")) == (403, "AccessDenied", None)
    assert 'reason="Request has expired"' in log_of(server, answer)


# No diagnosis for callers without the secret

def test_a_signature_of_another_secret_is_told_nothing(server, connection, bucket):
    signer = Signer(server, secret_key="another secret")
    signer.host = "s3.example.test"
    connection.request("GET", f"/{bucket}", signer.headers("GET", f"/{bucket}"), host=signer.host)
    answer = connection.answer()
    assert reason(answer) is None
    assert 'reason="The request signature we calculated does not match' in log_of(server, answer)


def test_a_key_that_is_unknown_is_told_nothing(server, ask, bucket):
    answer = ask(Signer(server, access_key="AKIAUNKNOWN"), f"/{bucket}")
    assert (answer["Code"], answer.header("x-coffer-reason")) == ("InvalidAccessKeyId", None)


@pytest.mark.parametrize("size, is_examined", [(3000, True), (5000, False)])
def test_a_request_that_would_take_long_is_not_examined(server, connection, bucket, size, is_examined):
    signer = Signer(server)
    signer.host = "localhost"
    headers = signer.headers("GET", f"/{bucket}", headers=[("x-amz-meta-a", "a" * size)])
    assert (reason(connection.ask("GET", f"/{bucket}", headers)) is not None) == is_examined


def test_what_a_client_is_told_is_a_line_whatever_it_sent(server, connection, bucket):
    signer = Signer(server)
    headers = signer.headers("GET", f"/{bucket}", headers=[("Accept-Encoding", "identity")])
    headers = [(name, 'g"z\\ip \xe9' if name == "Accept-Encoding" else value) for name, value in headers]
    answer = connection.ask("GET", f"/{bucket}", headers)
    assert 'arrived as "g"z\\ip ?' in reason(answer)
    assert json.loads(log_of(server, answer).split("reason=", 1)[1]) == reason(answer)
