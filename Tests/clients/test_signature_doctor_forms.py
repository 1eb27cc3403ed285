"""Forms whose signature is broken by a common fault: posted by a real client, and the server names the fault."""

import base64
import hashlib
import hmac
import json
import textwrap
from datetime import datetime, timedelta, timezone

import botocore.config
import pytest
import requests

import servers
import wire
from conftest import make_client, start
from v4 import Signer, signing_key

DATA = b"a,b\n1,2\n"
VERSIONS = {2: "s3", 4: "s3v4"}


def base64_of(value):
    return base64.b64encode(value).decode()


def presigned(server, bucket, version, key="k", **options):
    """The fields of a form signed by boto3."""
    client = make_client(server, config=botocore.config.Config(signature_version=VERSIONS[version]), **options)
    return client.generate_presigned_post(bucket, key, Conditions=[["content-length-range", 0, 100]])["fields"]


class Form:
    """A form that is signed by hand, step by step, so that each step can go wrong."""

    def __init__(self, server, bucket, version=4, skew=timedelta(), scope=None, write=json.dumps, end="", conditions=()):
        signer = Signer(server, skew=skew)
        self.secret, self.version = server.secret_key, version
        self.scope = scope or signer.scope
        self.fields = {"key": "k"} if version == 2 else {
            "key": "k", "x-amz-algorithm": "AWS4-HMAC-SHA256", "x-amz-date": signer.date,
            "x-amz-credential": f"{signer.access_key}/{self.scope}"}
        self.policy = {
            "expiration": (datetime.now(timezone.utc) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "conditions": [{"bucket": bucket}, *({name: value} for name, value in self.fields.items()), *conditions]}
        self.text = base64_of((write(self.policy) + end).encode())
        if version == 2:
            self.fields["AWSAccessKeyId"] = server.access_key

    def v4(self, text=None, scope=None, secret=None, encode=bytes.hex):
        key = signing_key(secret or self.secret, scope or self.scope)
        return encode(hmac.new(key, (text or self.text).encode(), hashlib.sha256).digest())

    def v2(self, text=None, secret=None, digest=hashlib.sha1, encode=base64_of):
        return encode(hmac.new((secret or self.secret).encode(), (text or self.text).encode(), digest).digest())

    def sign(self, text=None, secret=None):
        """The signature by the form's version."""
        return self.v2(text, secret) if self.version == 2 else self.v4(text, secret=secret)

    def signed(self, signature=None, policy=None):
        """The fields, with the correct signature or the given one, and with the signed policy or the given one."""
        return {**self.fields, "policy": self.text if policy is None else policy,
                "signature" if self.version == 2 else "x-amz-signature": signature or self.sign()}


@pytest.fixture
def form(server, bucket):
    def form(**options):
        return Form(server, bucket, **options)

    return form


@pytest.fixture
def post(server, s3, bucket):
    """Posts a form; returns the answer."""
    def post(fields, into=None):
        return requests.post(f"{server.endpoint}/{into or bucket}", data=fields, files={"file": ("f", DATA)}, timeout=servers.PATIENCE)

    yield post
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def refusal(server, answer):
    """The diagnosis in the response, which must also be in the log."""
    error = wire.error(answer.content)
    assert (answer.status_code, error["Code"]) == (403, "SignatureDoesNotMatch"), answer.content
    cause = answer.headers.get("x-coffer-reason")
    line = server.log_line(answer.headers["x-amz-request-id"])
    assert cause is None or f"reason={json.dumps(cause)}" in line
    assert server.secret_key not in str(answer.headers) + answer.text + line
    return cause


@pytest.mark.parametrize("version", [2, 4])
def test_the_forms_of_these_tests_are_right(server, http, bucket, form, version):
    for fields in (presigned(server, bucket, version), form(version=version).signed()):
        answer = http.post(f"{server.endpoint}/{bucket}", data=fields, files={"file": ("f", DATA)})
        assert answer.status_code == 204, answer.text


# The key

@pytest.mark.parametrize("region, service, days", [
    ("eu-central-1", "s3", 0), ("auto", "s3", 0), ("us-east-1", "iam", 0), ("us-east-1", "execute-api", 0),
    ("us-east-1", "s3", -1), ("us-east-1", "s3", 1)])
def test_a_key_for_another_region_service_or_day_than_the_credential_says_is_named(
        server, s3, bucket, form, post, region, service, days):
    if region == "eu-central-1":  # the region of the bucket
        bucket = f"{bucket}-eu"
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": region})
    it = Form(server, bucket)
    day = (datetime.strptime(it.scope[:8], "%Y%m%d") + timedelta(days=days)).strftime("%Y%m%d")
    signature = it.v4(scope=f"{day}/{region}/{service}/aws4_request")
    assert refusal(server, post(it.signed(signature), bucket)) == (
        f'the signing key is for the day "{day}", but the Credential says "{it.scope[:8]}"' if days else
        f'the signing key is for region "{region}" and service "{service}", but the Credential says "us-east-1" and "s3"')


def test_a_credential_that_was_changed_after_signing_is_named_by_the_policys_own(server, form, post):
    it = form(scope=Signer(server, region="mars-north-1").scope)
    fields = it.signed()
    fields["x-amz-credential"] = fields["x-amz-credential"].replace("mars-north-1", "us-east-1")
    assert refusal(server, post(fields)) == (
        'the signing key is for region "mars-north-1" and service "s3", but the Credential says "us-east-1" and "s3"')


@pytest.mark.parametrize("version", [2, 4])
@pytest.mark.parametrize("end, expected", [("\n", "a line feed"), ("\r\n", "CR and LF"), (" ", "a space")], ids=repr)
def test_a_secret_that_was_copied_badly_is_named(server, bucket, post, version, end, expected):
    fields = presigned(server, bucket, version, secret_key=server.secret_key + end)
    assert refusal(server, post(fields)) == f"the client's secret key ends with {expected} that is not part of it"


def test_the_secret_in_the_place_of_the_signing_key_is_named(server, form, post):
    for encode in (bytes.hex, base64_of):
        it = form()
        fields = it.signed(it.v2(digest=hashlib.sha256, encode=encode))
        assert "computed with the secret key itself" in refusal(server, post(fields))


# The policy

def lines(text, width, end):
    return end.join(textwrap.wrap(text, width))


POLICIES = {
    "with line breaks, but its field has none": [
        lambda text: (lines(text, 76, "\n"), text), lambda text: (lines(text, 76, "\n") + "\n", text),
        lambda text: (lines(text, 64, "\r\n"), text), lambda text: (lines(text, 64, "\n") + "\n", text),
        lambda text: (text + "\n", text)],
    "without line breaks, but its field has them": [lambda text: (text, lines(text, 76, "\r\n"))],
    'signed in URL-safe Base64 but sent in Base64 with "+" and "/"': [
        lambda text: (text.replace("+", "-").replace("/", "_"), text)],
    'signed in Base64 with "+" and "/" but sent in URL-safe Base64': [
        lambda text: (text, text.replace("+", "-").replace("/", "_"))],
    'each "+" of the policy arrived as a space': [lambda text: (text, text.replace("+", " "))],
    "without padding, but its field has it": [lambda text: (text.rstrip("="), text)],
    "with padding, but its field has none": [lambda text: (text, text.rstrip("="))],
    "signed as JSON": [lambda text: (base64.b64decode(text).decode(), text)]}


@pytest.mark.parametrize("version", [2, 4])
@pytest.mark.parametrize("expected, change",
                         [(expected, change) for expected, changes in POLICIES.items() for change in changes],
                         ids=lambda part: part if isinstance(part, str) else "")
def test_a_policy_that_was_encoded_in_another_way_when_it_was_signed_is_named(
        server, form, post, version, expected, change):
    # With characters whose Base64 has "+" and "/", and of a length that needs padding.
    texts = (form(version=version, write=lambda policy: json.dumps(policy, ensure_ascii=False), end=" " * n,
                  conditions=[["starts-with", "$x-ignore-ûïÿþ>?~ûïÿþ>?~", ""]]) for n in range(3))
    it = next(it for it in texts if it.text.endswith("=") and "+" in it.text and "/" in it.text)
    signed, sent = change(it.text)
    assert signed != sent
    assert expected in refusal(server, post(it.signed(it.sign(signed), sent)))


def compact(policy):
    return json.dumps(policy, separators=(",", ":"))


def escaped(policy):
    return compact(policy).replace("/", "\\/")


@pytest.mark.parametrize("version", [2, 4])
@pytest.mark.parametrize("sign, send", [
    (json.dumps, compact), (compact, json.dumps), (json.dumps, lambda policy: json.dumps(policy, indent=2)),
    (compact, escaped), (escaped, compact),
    (json.dumps, lambda policy: json.dumps(policy) + "\n"), (lambda policy: json.dumps(policy) + "\n", json.dumps)],
    ids=["compact", "spaced", "indented", "escaped", "unescaped", "fed", "unfed"])
def test_a_policy_that_was_written_anew_after_signing_is_named(server, form, post, version, sign, send):
    it = form(version=version, write=sign, conditions=[["starts-with", "$x-ignore-a/b", ""]])
    text = base64_of(send(it.policy).encode())
    assert refusal(server, post(it.signed(policy=text))) == (
        "the policy was rewritten after it was signed: its JSON had different white space or escapes")


@pytest.mark.parametrize("version", [2, 4])
def test_a_policy_that_says_something_else_than_the_signed_one_is_told_nothing(server, form, post, version):
    it = form(version=version)
    altered = {**it.policy, "expiration": "2999-01-01T00:00:00Z"}
    assert refusal(server, post(it.signed(policy=base64_of(json.dumps(altered).encode())))) is None


# Versions and encodings

@pytest.mark.parametrize("encode", [bytes.hex, base64_of])
def test_a_signature_of_version_2_in_the_fields_of_version_4_is_named(server, form, post, encode):
    it = form()
    assert refusal(server, post(it.signed(it.v2(encode=encode)))) == (
        "the signature was computed with Signature Version 2 but sent as Version 4")


@pytest.mark.parametrize("is_named_in_the_policy", [False, True])
def test_a_signature_of_version_4_in_the_fields_of_version_2_is_named(server, form, post, is_named_in_the_policy):
    scope = Signer(server, region="mars-north-1" if is_named_in_the_policy else "us-east-1").scope
    credential = {"x-amz-credential": f"{server.access_key}/{scope}"}
    it = form(version=2, scope=scope, conditions=[credential] if is_named_in_the_policy else [])
    assert refusal(server, post(it.signed(it.v4()))) == (
        "the signature was computed with Signature Version 4 but sent as Version 2")


def test_signatures_in_the_encoding_of_the_other_version_are_named(server, form, post):
    it = form()
    assert refusal(server, post(it.signed(it.v4(encode=base64_of)))) == (
        "the signature is encoded in Base64; Version 4 requires hexadecimal")
    it = form(version=2)
    assert refusal(server, post(it.signed(it.v2(encode=bytes.hex)))) == (
        "the signature is encoded in hexadecimal; Version 2 requires Base64")
    for encode in (bytes.hex, base64_of):
        assert refusal(server, post(it.signed(it.v2(digest=hashlib.sha256, encode=encode)))) == (
            "the signature was computed with SHA-256; Version 2 requires SHA-1")


# Errors that name the fault themselves

@pytest.mark.parametrize("skew, message", [
    (timedelta(minutes=20), "Request is not yet valid"), (timedelta(days=-8), "Request has expired")])
def test_a_clock_that_is_wrong_says_so_itself(server, form, post, skew, message):
    answer = post(form(skew=skew).signed())
    assert (answer.status_code, wire.error(answer.content)["Message"]) == (403, message)
    assert f'reason="{message}"' in server.log_line(answer.headers["x-amz-request-id"])


@pytest.mark.parametrize("scope, expected", [
    ("us-east-1/s3", "the region 'us-east-1' is wrong; expecting 'eu-west-1'"),
    ("eu-west-1/iam", 'incorrect service "iam". This endpoint belongs to "s3".')])
def test_a_scope_of_another_region_or_service_says_so_itself(scope, expected):
    with start("--ephemeral", "--region", "eu-west-1", "--strict-region") as server:
        make_client(server, region_name="eu-west-1").create_bucket(
            Bucket="forms", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        it = Form(server, "forms", scope=f"{Signer(server).date[:8]}/{scope}/aws4_request")
        answer = requests.post(f"{server.endpoint}/forms", data=it.signed(), files={"file": ("f", DATA)}, timeout=servers.PATIENCE)
        assert answer.status_code == 400 and expected in wire.error(answer.content)["Message"]


def test_a_date_of_another_day_than_the_credential_says_so_itself(server, form, post):
    it = form(scope="20200101/us-east-1/s3/aws4_request")
    answer = post(it.signed())
    assert answer.status_code == 400 and 'Invalid credential date "20200101"' in wire.error(answer.content)["Message"]


# No diagnosis for callers without the secret, and none that takes long

@pytest.mark.parametrize("version", [2, 4])
def test_a_form_of_another_secret_is_told_nothing(server, bucket, post, version):
    answer = post(presigned(server, bucket, version, secret_key="another secret"))
    assert refusal(server, answer) is None
    assert 'reason="The request signature we calculated' in server.log_line(answer.headers["x-amz-request-id"])


@pytest.mark.parametrize("size, is_examined", [(1500, True), (3500, False)])
@pytest.mark.parametrize("version", [2, 4])
def test_a_policy_that_would_take_long_is_not_examined(server, bucket, form, post, version, size, is_examined):
    it = form(version=version, end=" " * size)
    assert (refusal(server, post(it.signed(it.sign(secret=server.secret_key + "\n")))) is not None) == is_examined


def test_a_policy_that_is_no_base64_or_json_is_told_no_more_than_any_other(server, form, post):
    for text in ("%", base64_of(b"\xff\xfe"), base64_of(b'{"a":"\\'), "=" * 4000):
        for it, signature in ((form(), "0" * 64), (form(version=2), "AAAA")):
            assert refusal(server, post(it.signed(signature, text))) is None


def test_the_fields_of_both_versions_in_one_form_say_themselves_what_is_missing(server, form, post):
    it = form()
    fields = {**it.fields, "policy": it.text, "AWSAccessKeyId": server.access_key, "signature": it.v2()}
    answer = post(fields)
    assert answer.status_code == 400
    assert "must contain a field named 'X-Amz-Signature'" in wire.error(answer.content)["Message"]
