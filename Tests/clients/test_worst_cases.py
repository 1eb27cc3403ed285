"""Requests made to cost the server time: none may take more CPU time than some tens of milliseconds."""

import base64
import hashlib
import hmac
import os
from datetime import datetime, timedelta, timezone

import pytest

from conftest import start
from v4 import Signer
from wire import Connection

MARKS = "\u0301\u0316"


@pytest.fixture(scope="module")
def target():
    """A dedicated server with a bucket, so that its CPU time is not shared with other tests."""
    with start() as server:
        with Connection(server) as connection:
            headers = Signer(server).headers("PUT", "/worst", headers=[("content-length", "0")])
            assert connection.ask("PUT", "/worst", headers).status == 200
        yield server


@pytest.fixture
def cost(target):
    """Sends a request four times; returns the server's CPU seconds per request, and the last response."""
    def seconds():
        fields = open(f"/proc/{target.process.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def cost(method, path, headers=(), body=b""):
        start = seconds()
        for _ in range(4):
            with Connection(target) as connection:
                answer = connection.ask(method, path, headers, body)
        return (seconds() - start) / 4, answer

    return cost


DOCUMENTS = {
    "attributes": "<Delete" + "".join(f" a{n}='1'" for n in range(120_000)) + "/>",
    "namespaces": "<Delete" + "".join(f" xmlns:a{n}='b'" for n in range(80_000)) + "/>",
    "elements": "<Delete>" + "<a/>" * 400_000 + "</Delete>",
    "comments": "<Delete>" + "a<!---->" * 200_000 + "</Delete>",
    "marks": f"<Delete><Quiet>{MARKS * 400_000}</Quiet></Delete>"}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_of_many_small_things(target, cost, name):
    body = DOCUMENTS[name].encode()
    digest = base64.b64encode(hashlib.md5(body).digest()).decode()
    headers = Signer(target).headers(
        "POST", "/worst", "delete", [("content-md5", digest)], hashlib.sha256(body).hexdigest())
    seconds, answer = cost("POST", "/worst?delete", headers, body)
    assert answer.status == 400 and answer["Code"] == "MalformedXML"
    assert seconds < 0.15


# A quotation mark in a comment hides nesting from a check that does not know comments.
HIDDEN = '{// \'\n"a":'


@pytest.mark.parametrize("document", [
    HIDDEN + "[" * 1000 + "]" * 1000 + "}", HIDDEN + "[" * 500 + "]" * 500 + "}", HIDDEN + "[" * 12_000, "{// '\n" * 2000, "[" * 12_000, '{"a":' * 2000,
    f'["{MARKS * 2500}"]'], ids=lambda document: f"{ascii(document[:24])}, {len(document)}")
@pytest.mark.parametrize("signature", ["0" * 64, None], ids=["wrong", "right"])
def test_the_policy_of_a_form(target, cost, document, signature):
    signer = Signer(target)
    policy = base64.b64encode(document.encode()).decode()
    fields = {
        "key": "k", "x-amz-algorithm": "AWS4-HMAC-SHA256", "x-amz-date": signer.date,
        "x-amz-credential": f"{signer.access_key}/{signer.scope}", "policy": policy,
        "x-amz-signature": signature or hmac.new(signer.key, policy.encode(), hashlib.sha256).hexdigest()}
    parts = [f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()]
    parts += ['--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n\r\n--b--\r\n']
    seconds, answer = cost(
        "POST", "/worst", [("Content-Type", "multipart/form-data; boundary=b")], "".join(parts).encode())
    assert answer["Code"] == ("SignatureDoesNotMatch" if signature else "InvalidPolicyDocument")
    assert seconds < 0.1


@pytest.mark.parametrize("path, headers", [
    ("/" + MARKS * 1900, []), ("/worst?" + MARKS * 1900, []), ("/worst?prefix=" + "%CC%81%CC%96" * 600, []),
    ("/worst", [("User-Agent", MARKS * 3500)]), ("/worst", [("Authorization", "AWS " + MARKS * 3000)]),
    ("/worst", [("x-amz-" + "acl", MARKS * 3000)]), ("/-/" + MARKS * 1900, [])],
    ids=["path", "query", "encoded", "field", "authorization", "acl", "page"])
def test_texts_that_take_long_to_compare(cost, path, headers):
    seconds, answer = cost("GET", path, headers)
    assert answer.status in (400, 403)
    assert seconds < 0.1


def test_wrong_signatures_in_masses_are_refused_without_reasons(target):
    """The diagnoses stop after a second of CPU time; the requests are still refused."""
    signer = Signer(target, secret_key="another")
    headers = signer.headers("GET", "/worst", headers=[(f"x-amz-meta-{n}", "v" * 20) for n in range(60)])
    end = datetime.now(timezone.utc) + timedelta(seconds=60)
    with Connection(target) as connection:
        while datetime.now(timezone.utc) < end:
            answers = [connection.ask("GET", "/worst", headers) for _ in range(50)]
            assert {answer["Code"] for answer in answers} == {"SignatureDoesNotMatch"}
            lacking = Signer(target, secret_key=target.secret_key + "\n")
            answer = connection.ask("GET", "/worst", lacking.headers("GET", "/worst"))
            assert answer["Code"] == "SignatureDoesNotMatch"
            if answer.header("x-coffer-reason") is None:
                return
    raise AssertionError("the server never stopped diagnosing")
