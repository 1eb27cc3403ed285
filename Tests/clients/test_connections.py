"""Connections: requests after an error, pipelining, Expect, wrong lengths, clients that disconnect."""

import random
import socket
import struct
import time

import pytest
import requests

import wire
from servers import PATIENCE
from v4 import Signer
from wire import Connection


def signed(server, bucket, key="k", length=4):
    return f"/{bucket}/{key}", Signer(server).headers(
        "PUT", f"/{bucket}/{key}", headers=[("content-length", str(length))], payload="UNSIGNED-PAYLOAD")


# Keep-alive and pipelining

def test_after_an_error_the_next_request_on_the_connection_is_answered(server, connection, bucket, s3):
    for body in (b"", b"data", bytes(100_000)):
        answer = connection.ask("PUT", f"/{bucket}/k", [("Content-Length", str(len(body)))], body)
        assert (answer.status, answer["Code"]) == (403, "AccessDenied")
        assert connection.ask("GET", "/-/health").body.startswith(b"ok\n")
        assert connection.ask("GET", "/no-such-bucket-here/k")["Code"] == "NoSuchBucket"
        path, headers = signed(server, bucket)
        assert connection.ask("PUT", path, headers, b"data").status == 200


def test_errors_of_head_have_no_body(server, connection, bucket, s3):
    expected = {f"/{bucket}/missing": 403, "/no-such-bucket-here": 404, f"/{bucket}": 403, "/x": 400}
    for target, status in expected.items():
        answer = connection.ask("HEAD", target)
        assert answer.status == status
        assert connection.buffer == b""
        assert connection.ask("GET", "/-/health").body.startswith(b"ok\n")  # and no bytes come before the next response
    s3.put_object(Bucket=bucket, Key="k", Body=b"data")
    path = f"/{bucket}/k"
    headers = [*Signer(server).headers("HEAD", path), ("Range", "bytes=9-")]
    assert connection.ask("HEAD", path, headers).status == 416
    assert connection.ask("HEAD", path, [*Signer(server).headers("HEAD", path), ("If-Match", '"0"')]).status == 412
    assert connection.ask("HEAD", path, Signer(server).headers("HEAD", path)).header("content-length") == "4"
    assert connection.ask("GET", "/-/health").body.startswith(b"ok\n")


def test_pipelined_requests_are_answered_in_their_order(server, connection, bucket):
    parts, keys = b"", [f"k{number}" for number in range(20)]
    for key in keys:
        path, headers = signed(server, bucket, key, len(key))
        parts += wire.head("PUT", path, headers, connection.host) + key.encode()
        parts += wire.head("GET", path, Signer(server).headers("GET", path), connection.host)
    connection.send(parts)
    for key in keys:
        assert connection.answer().status == 200
        assert connection.answer().body == key.encode()


def test_http_1_0_and_connection_close_end_the_connection(server):
    for version, headers in (("HTTP/1.0", []), ("HTTP/1.1", [("Connection", "close")])):
        with Connection(server) as connection:
            connection.request("GET", "/-/health", headers, version=version)
            assert connection.answer().body.startswith(b"ok\n")
            assert connection.is_closed()


# Expect: 100-continue

def test_a_refusal_comes_before_the_body_that_waits_for_it(server, connection, bucket, still_healthy):
    connection.request("PUT", f"/{bucket}/k", [("Content-Length", str(1 << 30)), ("Expect", "100-continue")])
    assert connection.answer().status == 403


def test_a_body_that_waits_is_asked_for(server, connection, bucket, s3):
    path, headers = signed(server, bucket)
    connection.request("PUT", path, [*headers, ("Expect", "100-continue")])
    assert connection.answer().status == 100
    connection.send(b"data")
    assert connection.answer().status == 200
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"data"


# Wrong lengths, and clients that hang up

def test_a_body_shorter_than_its_length_stores_nothing(server, bucket, still_healthy):
    for sent in (0, 3, 999_999):
        with Connection(server) as connection:
            path, headers = signed(server, bucket, length=1_000_000)
            connection.request("PUT", path, headers, bytes(sent))
            connection.socket.shutdown(socket.SHUT_WR)
            try:
                assert connection.answer().status == 400
            except (EOFError, ConnectionResetError):
                pass


def test_a_body_that_stalls_is_told_so(server, connection, bucket, still_healthy):
    path = f"/{bucket}"
    headers = Signer(server).headers("PUT", path, "versioning", [("content-length", "4000")], payload="UNSIGNED-PAYLOAD")
    connection.request("PUT", f"{path}?versioning", headers, b"<VersioningConfiguration>")
    answer = connection.answer()
    assert (answer.status, answer["Code"]) == (400, "RequestTimeout")
    assert answer.header("connection") == "close" and connection.is_closed()
    line = server.log_line(answer.header("x-amz-request-id"))
    assert "RequestTimeout" in line and " 400 " in line


@pytest.mark.parametrize("service", ["iam", "sts"])
def test_a_form_that_stalls_is_told_so(server, connection, service, still_healthy):
    headers = Signer(server, service=service).headers("POST", "/", "", [("content-length", "4000")])
    connection.request("POST", "/", headers, b"Action=")
    answer = connection.answer()
    assert answer.status == 400 and b"<Type>Sender</Type><Code>RequestTimeout</Code>" in answer.body
    assert answer.header("connection") == "close" and connection.is_closed()
    line = server.log_line(answer.header("x-amzn-RequestId"))
    assert "RequestTimeout" in line and " 400 " in line


def test_a_body_longer_than_its_length_is_a_new_request(server, connection, bucket, s3):
    path, headers = signed(server, bucket)
    connection.request("PUT", path, headers, b"data" + wire.head("GET", "/-/health", host=connection.host))
    assert connection.answer().status == 200
    assert connection.answer().body.startswith(b"ok\n")
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"data"


def test_more_than_5_gib_are_refused_before_they_are_sent(server, connection, bucket, still_healthy):
    path, headers = signed(server, bucket, length=(5 << 30) + 1)
    connection.request("PUT", path, [*headers, ("Expect", "100-continue")])
    answer = connection.answer()
    assert (answer.status, answer["Code"]) == (400, "EntityTooLarge")


def test_a_put_without_a_length_is_asked_for_one(server, connection, bucket, still_healthy):
    path = f"/{bucket}/k"
    connection.request("PUT", path, Signer(server).headers("PUT", path))
    answer = connection.answer()
    assert (answer.status, answer["Code"]) == (411, "MissingContentLength")


def test_fifty_clients_hang_up_in_the_middle_of_their_bodies(server, bucket, still_healthy):
    before = open_connections(server)
    for number in range(50):
        with Connection(server) as connection:
            path, headers = signed(server, bucket, length=1_000_000)
            connection.request("PUT", path, headers, bytes(number * 10_000))
            if number % 2:  # with a reset instead of an end
                connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    deadline = time.monotonic() + PATIENCE
    while (count := open_connections(server)) > before:
        assert time.monotonic() < deadline, f"{count - before} connections are still open"
        time.sleep(0.02)


def test_fifty_clients_hang_up_in_the_middle_of_an_answer(server, s3, public_bucket):
    data = random.Random(5).randbytes(3_000_000)
    s3.put_object(Bucket=public_bucket, Key="k", Body=data)
    for _ in range(50):
        with Connection(server) as connection:
            connection.request("GET", f"/{public_bucket}/k")
            connection.socket.recv(1000)
    answer = requests.get(f"{server.endpoint}/{public_bucket}/k")
    assert answer.content == data


def open_connections(server):
    page = requests.get(f"{server.endpoint}/-/metrics").text
    return int(next(line.split()[1] for line in page.splitlines() if line.startswith("coffer_open_connections ")))
