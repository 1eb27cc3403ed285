"""Requests that are refused before the signature is checked: malformed, expired, skewed and incomplete ones."""

from datetime import timedelta

import pytest

from v4 import Signer


@pytest.fixture
def ask(server, connection, bucket):
    """Sends a V4-signed GET of the bucket."""
    def ask(change=lambda headers: headers, headers=(), **options):
        signer = Signer(server, **options)
        return connection.ask("GET", f"/{bucket}", change(signer.headers("GET", f"/{bucket}", headers=headers)))

    return ask


def replaced(name, value):
    return lambda headers: [(n, value if n.lower() == name else v) for n, v in headers]


def edited(name, old, new):
    def edit(headers):
        assert any(n.lower() == name and old in v for n, v in headers)
        return [(n, v.replace(old, new) if n.lower() == name else v) for n, v in headers]

    return edit


def without(name):
    return lambda headers: [field for field in headers if field[0].lower() != name]


def test_the_signer_of_these_tests_is_right(ask):
    assert ask().status == 200
    assert ask(edited("authorization", ", ", ",")).status == 200


@pytest.mark.parametrize("change, status, code", [
    (replaced("authorization", "AWS4-HMAC-SHA256"), 400, "AuthorizationHeaderMalformed"),
    (replaced("authorization", "AWS4-HMAC-SHA256 Credential=x"), 400, "AuthorizationHeaderMalformed"),
    (edited("authorization", "Signature=", "Sig="), 400, "AuthorizationHeaderMalformed"),
    (edited("authorization", "SignedHeaders=", "Headers="), 400, "AuthorizationHeaderMalformed"),
    (edited("authorization", "/aws4_request", ""), 400, "AuthorizationHeaderMalformed"),
    (edited("authorization", "/s3/", "/ec2/"), 400, "AuthorizationHeaderMalformed"),
    (edited("authorization", "/20", "/19"), 400, "AuthorizationHeaderMalformed"),
    (edited("authorization", "AWS4-HMAC-SHA256", "AWS4-HMAC-MD5"), 400, "InvalidArgument"),
    (replaced("authorization", "Basic dXNlcjpwYXNz"), 400, "InvalidArgument"),
    (replaced("authorization", "AWS key"), 400, "InvalidArgument"),
    (replaced("x-amz-date", "yesterday"), 403, "AccessDenied"), (without("x-amz-date"), 403, "AccessDenied"),
    (without("x-amz-content-sha256"), 400, "InvalidRequest"),
    (replaced("x-amz-content-sha256", "nonsense"), 400, "InvalidArgument")])
def test_a_malformed_authorization_is_told_what_is_wrong(ask, change, status, code):
    answer = ask(change)
    assert (answer.status, answer["Code"]) == (status, code), answer
    assert answer["Message"]


@pytest.mark.parametrize("minutes", [-16, 16, -600])
def test_a_clock_that_is_wrong_by_more_than_a_quarter_of_an_hour_is_refused(ask, minutes):
    answer = ask(skew=timedelta(minutes=minutes))
    assert (answer.status, answer["Code"]) == (403, "RequestTimeTooSkewed")
    assert answer["MaxAllowedSkewMilliseconds"] == "900000" and answer["ServerTime"] and answer["RequestTime"]


@pytest.mark.parametrize("minutes", [-14, 14])
def test_a_clock_that_is_wrong_by_less_is_accepted(ask, minutes):
    assert ask(skew=timedelta(minutes=minutes)).status == 200


def test_a_header_of_s3_that_is_not_signed_is_refused(ask):
    answer = ask(lambda headers: [*headers, ("x-amz-meta-added", "1")])
    assert (answer.status, answer["Code"]) == (403, "AccessDenied")
    assert answer["HeadersNotSigned"] == "x-amz-meta-added"


def test_the_host_must_be_signed(ask):
    answer = ask(edited("authorization", "SignedHeaders=host;", "SignedHeaders="))
    assert answer.status == 403, answer


def test_a_token_of_temporary_credentials_is_refused_where_there_are_none(ask):
    answer = ask(headers=[("x-amz-security-token", "abc")])
    assert (answer.status, answer["Code"]) == (400, "InvalidToken")


# Presigned URLs

@pytest.fixture
def presigned(server, connection, bucket):
    def ask(skew=timedelta(), access_key=None, headers=(), **options):
        return connection.ask(
            "GET", Signer(server, skew=skew, access_key=access_key).presigned("GET", f"/{bucket}", **options), headers)

    return ask


@pytest.mark.parametrize("expires", [1, 60, 604800])
def test_a_presigned_url_lives_from_a_second_to_seven_days(presigned, expires):
    # Signed a little in the future, so that one second is long enough.
    assert presigned(expires=expires, skew=timedelta(minutes=1)).status == 200


@pytest.mark.parametrize("expires", [-1, 604801, 10 ** 20, "abc", "1.5", ""])
def test_another_life_is_refused(presigned, expires):
    answer = presigned(expires=expires)
    assert (answer.status, answer["Code"]) == (400, "AuthorizationQueryParametersError"), answer


def test_a_life_of_nothing_is_refused(presigned):
    assert presigned(expires=0).status in (400, 403)


@pytest.mark.parametrize("days, age", [(7, timedelta(days=7, minutes=1)), (0, timedelta(minutes=2))])
def test_a_presigned_url_expires(presigned, days, age):
    answer = presigned(skew=-age, expires=days * 86400 or 60)
    assert (answer.status, answer["Code"], answer["Message"]) == (403, "AccessDenied", "Request has expired")
    assert answer["Expires"] and answer["ServerTime"] and answer["X-Amz-Expires"]


def test_a_presigned_url_of_six_days_ago_still_lives(presigned):
    assert presigned(skew=timedelta(days=-6), expires=604800).status == 200


def test_a_presigned_url_of_the_future_is_refused(presigned):
    answer = presigned(skew=timedelta(minutes=20))
    assert (answer.status, answer["Code"]) == (403, "AccessDenied")


@pytest.mark.parametrize("name, value", [
    ("X-Amz-Algorithm", None), ("X-Amz-Algorithm", "AWS4-HMAC-MD5"), ("X-Amz-Credential", None),
    ("X-Amz-Credential", "key"), ("X-Amz-Credential", "key/20260101/us-east-1/ec2/aws4_request"), ("X-Amz-Date", None),
    ("X-Amz-Date", "today"), ("X-Amz-Date", "20200101T000000Z"), ("X-Amz-Expires", None),
    ("X-Amz-SignedHeaders", None)])
def test_a_presigned_url_with_a_part_missing_or_malformed_is_refused(presigned, name, value):
    answer = presigned(**{name: value})
    assert (answer.status, answer["Code"]) == (400, "AuthorizationQueryParametersError"), answer


def test_a_presigned_url_does_not_cover_further_headers_of_s3(presigned):
    answer = presigned(headers=[("x-amz-meta-a", "1")])
    assert (answer.status, answer["Code"]) == (403, "AccessDenied")


def test_two_signatures_on_one_request_are_refused(presigned):
    answer = presigned(headers=[("Authorization", "AWS key:signature")])
    assert (answer.status, answer["Code"]) == (400, "InvalidArgument")


@pytest.mark.parametrize("query", [
    "AWSAccessKeyId=openspending&Signature=abc", "AWSAccessKeyId=openspending&Expires=99999999999", "Signature=abc",
    "AWSAccessKeyId=openspending&Signature=abc&Expires=soon", "AWSAccessKeyId=openspending&Signature=abc&Expires=0"])
def test_a_version_2_query_that_is_incomplete_or_expired_is_denied(connection, bucket, query):
    answer = connection.ask("GET", f"/{bucket}?{query}")
    assert (answer.status, answer["Code"]) == (403, "AccessDenied")
