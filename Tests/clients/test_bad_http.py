"""Bytes that are not valid HTTP: a clear error or a closed connection, and nothing stored."""

import random
import socket

import pytest
from v4 import Signer


MALFORMED = {
    "noise": random.Random(3).randbytes(2000) + b"\r\n\r\n", "words": b"hello\r\n\r\n", "no version": b"GET /\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n", "another version": b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    "TLS": bytes.fromhex("160301020001000001fc0303") + bytes(500) + b"\r\n\r\n",
    "a NUL in a header": b"GET / HTTP/1.1\r\nHost: x\r\nx-a: a\0b\r\n\r\n",
    "a header without a colon": b"GET / HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n",
    "a space before a colon": b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
    "a length that is no number": b"PUT /b/k HTTP/1.1\r\nHost: x\r\nContent-Length: ten\r\n\r\n",
    "a negative length": b"PUT /b/k HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "a huge length": b"PUT /b/k HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    "two lengths": b"PUT /b/k HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\ndata",
    "length and chunks": b"PUT /b/k HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"
                         b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "an unknown coding": b"PUT /b/k HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
    "broken chunks": b"PUT /b/k HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\ndata\r\n0\r\n\r\n",
    "a target of another form": b"GET http://elsewhere.example/ HTTP/1.1\r\nHost: x\r\n\r\n",
    "a star": b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
    "a tunnel": b"CONNECT example.org:443 HTTP/1.1\r\nHost: x\r\n\r\n",
    "a method of nobody's": b"BREW / HTTP/1.1\r\nHost: x\r\n\r\n", "trace": b"TRACE / HTTP/1.1\r\nHost: x\r\n\r\n"}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_requests_get_an_error_or_the_end_of_the_connection(connection, still_healthy, name):
    connection.send(MALFORMED[name])
    connection.socket.shutdown(socket.SHUT_WR)
    try:
        answer = connection.answer()
    except (EOFError, ConnectionResetError):
        return
    assert 400 <= answer.status < 600 and answer.status != 500, answer


def test_a_head_without_end_is_refused(server, connection, still_healthy):
    connection.send(b"GET / HTTP/1.1\r\nHost: x\r\n")
    with pytest.raises((EOFError, ConnectionError)):
        for number in range(100_000):
            connection.send(b"x-%d: %s\r\n" % (number, b"y" * 1000))
        connection.answer()


@pytest.mark.parametrize("headers", [
    [("x-many-%d" % number, "1") for number in range(2000)], [("x-large", "y" * 17_000)], [("x" * 17_000, "y")]],
    ids=["many", "a large value", "a large name"])
def test_too_large_heads_are_refused(connection, still_healthy, headers):
    answer = connection.ask("GET", "/", headers)
    assert answer.status in (400, 431), answer
    if answer.status == 400:
        assert answer["Code"] == "RequestHeaderSectionTooLarge"


@pytest.mark.parametrize("fields, status", [
    ([("x-a", "y" * 7900)], 200), ([("x-a", "y" * 8200)], 400), ([(f"x-{n}", "y" * 1000) for n in range(9)], 400),
    ([("Cookie", "y" * 12_000)], 200), ([("Cookie", "y" * 6000), ("x-a", "y" * 7900)], 200),
    ([("Cookie", "y" * 12_000), ("x-a", "y" * 7900)], 400)], ids=["below", "above", "many", "cookies", "both", "all"])
def test_a_head_has_8_kib_but_for_cookies(connection, s3, public_bucket, fields, status):
    s3.put_object(Bucket=public_bucket, Key="k", Body=b"data")
    answer = connection.ask("GET", f"/{public_bucket}/k", fields)
    assert answer.status == status, answer
    if status == 400:
        assert (answer["Code"], answer["MaxSizeAllowed"]) == ("RequestHeaderSectionTooLarge", "8192")
        assert answer["Message"] == "Your request header section exceeds the maximum allowed size."


def test_a_target_that_is_too_long_is_refused(connection, still_healthy):
    assert connection.ask("GET", "/" + "x" * 9000).status in (400, 414)


@pytest.mark.parametrize("path", ["/%zz", "/%", "/b%2", "/{bucket}/%zz", "/{bucket}/a%", "/{bucket}/%00",
                                  "/{bucket}/%ff%fe", "/{bucket}/%c0%ae", "/{bucket}/%ed%a0%80"])
def test_broken_percent_encoding_is_no_uri(connection, bucket, still_healthy, path):
    answer = connection.ask("GET", path.format(bucket=bucket))
    assert (answer.status, answer["Code"]) == (400, "InvalidURI"), answer


@pytest.mark.parametrize("query", ["prefix=%zz&list-type=2", "prefix=%ff&list-type=2", "list-type=2&prefix=%"])
def test_a_broken_query_is_no_uri(server, connection, bucket, still_healthy, query):
    path = f"/{bucket}"
    answer = connection.ask("GET", f"{path}?{query}", Signer(server).headers("GET", path, query))
    assert (answer.status, answer["Code"]) == (400, "InvalidURI"), answer


@pytest.mark.parametrize("name", [name for name in MALFORMED if "length" in name or "host" in name])
def test_a_refusal_has_one_head(connection, name):
    connection.send(MALFORMED[name])
    received = b""
    while data := connection.socket.recv(65536):
        received += data
    assert received.count(b"HTTP/1.1 ") == 1 and b"<Code>BadRequest</Code>" in received, received
