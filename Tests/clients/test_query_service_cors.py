"""CORS for IAM and STS: they answer preflights of every origin, and its pages may read every response."""

import pytest

import wire
from signed import V4_PLAIN, Signed

ORIGIN = ("Origin", "https://app.example.org")
FORM = ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
ASKED = "authorization,content-type,x-amz-date,x-amz-user-agent"
IDENTITY = b"Action=GetCallerIdentity&Version=2011-06-15"


def preflight(connection, target="/", method="POST", origin=ORIGIN):
    fields = [("Access-Control-Request-Method", method), ("Access-Control-Request-Headers", ASKED)]
    return connection.ask("OPTIONS", target, [*([origin] if origin else []), *fields])


def test_a_preflight_is_answered_for_every_origin(connection):
    for target in ("/", "/?Action=GetCallerIdentity"):
        answer = preflight(connection, target)
        assert (answer.status, answer.body) == (200, b""), answer
        assert answer.header("access-control-allow-origin") == "*"
        assert "POST" in answer.header("access-control-allow-methods")
        assert answer.header("access-control-allow-headers") == ASKED
        assert answer.header("access-control-max-age") == "172800"
        assert answer.header("access-control-allow-credentials") is None


@pytest.mark.parametrize("service, body, status", [
    ("sts", IDENTITY, 200), ("sts", b"Action=Nonsense&Version=2011-06-15", 400),
    ("iam", b"Action=ListUsers&Version=2010-05-08", 200)])
def test_every_answer_can_be_read(account_server, service, body, status):
    with wire.Connection(account_server) as connection:
        signed = Signed(account_server, V4_PLAIN, "POST", "/", headers=[FORM], body=body, service=service)
        signed.headers.append(ORIGIN)
        answer = signed.send(connection)
        assert answer.status == status, answer
        assert answer.header("access-control-allow-origin") == "*"
        assert "x-amzn-RequestId" in answer.header("access-control-expose-headers")


def test_a_refusal_can_be_read_and_others_see_nothing_of_origins(connection):
    answer = connection.ask("POST", "/", [FORM, ORIGIN], IDENTITY)
    assert answer.status == 403 and answer.header("access-control-allow-origin") == "*"
    assert connection.ask("POST", "/", [FORM], IDENTITY).header("access-control-allow-origin") is None


@pytest.mark.parametrize("options", [
    {"method": "GET"}, {"method": "PUT"}, {"origin": None}, {"target": "/no-such-bucket-here"}], ids=str)
def test_other_preflights_are_those_of_s3(connection, options):
    answer = preflight(connection, **options)
    assert answer.status in (400, 403) and answer.header("access-control-allow-origin") is None


def test_a_preflight_for_a_bucket_in_the_host_is_that_of_the_bucket(server, connection, bucket):
    connection.request("OPTIONS", "/", [ORIGIN, ("Access-Control-Request-Method", "POST")],
                       host=f"{bucket}.localhost:{server.port}")
    assert connection.answer("OPTIONS").status == 403
