"""Requests whose end is ambiguous: the bytes that follow on the connection are never read as another request,
neither directly nor behind a proxy that finds the end elsewhere."""

import shutil
import socket
import subprocess
import time

import pytest

import servers
from conftest import start

#: Bytes that one reader takes for a body and another for a request.
SMUGGLED = b"GET /smuggled/k HTTP/1.1\r\nHost: x\r\n\r\n"
LENGTH = str(len(SMUGGLED)).encode()


def request(*lines, method=b"PUT", end=b"\r\n"):
    return end.join([method + b" /outer/k HTTP/1.1", b"Host: x", *lines, b"", b""])


TRICKS = {
    "a folded length": request(b"Content-Length:", b" " + LENGTH) + SMUGGLED,
    "a folded length of a GET": request(b"Content-Length:", b" " + LENGTH, method=b"GET") + SMUGGLED,
    "a length that goes on folded": request(b"Content-Length: 0", b" " + LENGTH) + SMUGGLED,
    "a folded coding": request(b"Transfer-Encoding:", b" chunked") + b"%x\r\n" % len(SMUGGLED) + SMUGGLED
                       + b"\r\n0\r\n\r\n",
    "a folded field before the length": request(b"x-a: b", b"\tc", b"Content-Length: 0") + SMUGGLED,
    "a line without a name": request(b": x", b"Content-Length: " + LENGTH, method=b"GET") + SMUGGLED,
    "a line without a name at the end": request(b"Content-Length: " + LENGTH, b": x", method=b"GET") + SMUGGLED,
    "a NUL in a value": request(b"x-a: b\0c", method=b"GET") + SMUGGLED,
    "a NUL in the length": request(b"Content-Length: 0\0" + LENGTH) + SMUGGLED,
    "a NUL in the target": request(method=b"GET /\0").replace(b" /outer/k", b"", 1) + SMUGGLED,
    "line feeds alone": request(b"Content-Length: 0", end=b"\n") + SMUGGLED,
    "one line feed alone": request(b"x-a: b\nContent-Length: 0", method=b"GET") + SMUGGLED,
    "a carriage return alone": request(b"x-a: b\rContent-Length: " + LENGTH, method=b"GET") + SMUGGLED,
    "a space before the colon": request(b"Content-Length : " + LENGTH, method=b"GET") + SMUGGLED,
    "a vertical tab in the coding": request(b"Transfer-Encoding: \x0bchunked", b"Content-Length: 0") + SMUGGLED,
    "no length": request() + SMUGGLED,
    "no length of a POST": request(method=b"POST") + SMUGGLED,
    "two lengths": request(b"Content-Length: 0", b"Content-Length: " + LENGTH) + SMUGGLED,
    "a list of lengths": request(b"Content-Length: 0, " + LENGTH) + SMUGGLED,
    "a length with a sign": request(b"Content-Length: +0") + SMUGGLED,
    "length and chunks": request(b"Content-Length: 5", b"Transfer-Encoding: chunked") + b"0\r\n\r\n" + SMUGGLED,
    "another coding": request(b"Transfer-Encoding: identity, chunked", b"Content-Length: 0") + SMUGGLED,
    "chunks": request(b"Transfer-Encoding: chunked") + b"0\r\n\r\n" + SMUGGLED,
    "chunks of a GET": request(b"Transfer-Encoding: chunked", method=b"GET") + b"0\r\n\r\n" + SMUGGLED,
    "chunks in HTTP/1.0": request(b"Connection: keep-alive", b"Transfer-Encoding: chunked").replace(b"1.1", b"1.0", 1)
                          + b"0\r\n\r\n" + SMUGGLED,
    "a line feed alone between chunks": request(b"Transfer-Encoding: chunked") + b"1\n.\n0\n\n" + SMUGGLED,
    "a line feed alone in an extension": request(b"Transfer-Encoding: chunked") + b"1;a\n.\r\n0\r\n\r\n" + SMUGGLED,
    "a line without a name in the trailer": request(b"Transfer-Encoding: chunked") + b"0\r\nx: y\r\n: x\r\n" + SMUGGLED,
    "two spaces": request(method=b"GET ") + SMUGGLED,
    "a space in the target": request(method=b"GET /a").replace(b" /outer/k", b" b", 1) + SMUGGLED,
}


def converse(port, data, seconds=servers.PATIENCE, may_stay_open=False):
    """Sends bytes; returns all response bytes until the connection is closed, which must happen in time."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        connection.sendall(data)
        received = b""
        try:
            while data := connection.recv(65536):
                received += data
        except ConnectionResetError:
            pass
        except TimeoutError:
            assert may_stay_open, received
        return received


@pytest.fixture(scope="module")
def logging_server():
    with start("--ephemeral") as server:
        yield server


@pytest.mark.parametrize("trick", TRICKS)
def test_nothing_behind_an_unclear_end_is_a_request(logging_server, trick):
    received = converse(logging_server.port, TRICKS[trick])
    assert b"<BucketName>smuggled" not in received and "/smuggled/" not in logging_server.log()


def test_a_clear_end_keeps_the_connection(logging_server):
    requests = [
        request(b"Content-Length: 4") + b"body", request(b"Content-Length:4", method=b"GET") + b"body",
        request(b"x-a:", b"x-b:   c", method=b"HEAD"), request(b"x-a: " + b"y" * 15_000, method=b"GET"),
        request(method=b"DELETE"), request(b"Connection: close", method=b"GET")]
    received = converse(logging_server.port, b"".join(requests))
    assert received.count(b"HTTP/1.1 ") == len(requests), received


def test_a_head_in_many_pieces_is_the_same(logging_server):
    whole = request(b"x-a: " + b"y" * 3000, b"Content-Length: 4") + b"body"
    with socket.create_connection((logging_server.host, logging_server.port), timeout=servers.PATIENCE) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for data in [whole[:2000][at:at + 1] for at in range(2000)] + [whole[2000:]]:
            connection.sendall(data)
        answer = connection.recv(65536)
    assert b"NoSuchBucket" in answer or b"AccessDenied" in answer, answer


# Behind proxies

NGINX = """
daemon off; pid {directory}/pid; error_log {directory}/error.log; worker_processes 1;
events {{ worker_connections 64; }}
http {{
  access_log {directory}/access.log; client_body_temp_path {directory}/1; proxy_temp_path {directory}/2;
  fastcgi_temp_path {directory}/3; uwsgi_temp_path {directory}/4; scgi_temp_path {directory}/5;
  ignore_invalid_headers off; underscores_in_headers on;
  upstream coffer {{ server 127.0.0.1:{server}; keepalive 1; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://coffer; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_request_buffering off;
    }}
  }}
}}
"""
HAPROXY = """
global
  log stdout format raw local0
defaults
  mode http
  timeout connect 5s
  timeout client 5s
  timeout server 5s
  option accept-invalid-http-request
  option httplog
  log global
  http-reuse always
frontend clients
  bind 127.0.0.1:{port}
  default_backend coffer
backend coffer
  server coffer 127.0.0.1:{server}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(params=["nginx", "haproxy"], scope="module")
def proxied(request, logging_server, tmp_path_factory):
    """A proxy's port, and a function that returns its log so far."""
    program = shutil.which(request.param, path="/usr/sbin:/usr/bin:/sbin:/bin")
    if not program:
        pytest.skip(f"{request.param} is not installed")
    directory, port = tmp_path_factory.mktemp(request.param), free_port()
    configuration = {"nginx": NGINX, "haproxy": HAPROXY}[request.param]
    (directory / "conf").write_text(
        configuration.format(directory=directory, port=port, server=logging_server.port))
    flag = {"nginx": "-c", "haproxy": "-f"}[request.param]
    with (directory / "access.log").open("ab") as log:
        process = subprocess.Popen(
            [program, flag, directory / "conf"], env=servers.plain_environment(), stdout=log, stderr=log)
    try:
        wait_for(port, process)
        yield port, lambda: (directory / "access.log").read_text(errors="replace")
    finally:
        process.terminate()
        process.wait(servers.PATIENCE)


def wait_for(port, process, seconds=servers.PATIENCE):
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError("the proxy does not listen")


@pytest.mark.parametrize("trick", TRICKS)
def test_a_proxy_and_the_server_count_the_same_requests(logging_server, proxied, trick):
    port, log = proxied
    before = log().count("/smuggled/"), logging_server.log().count("/smuggled/")
    # The proxy may wait for the rest of a body.
    converse(port, TRICKS[trick], seconds=0.3, may_stay_open=True)
    # Another client's request over the connections that the proxy keeps open gets its own answer.
    for number in range(3):
        answer = converse(port, b"GET /innocent%d HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % number)
        assert b"innocent%d" % number in answer or b"AccessDenied" in answer, answer
        assert b"smuggled" not in answer, answer
    seen = log().count("/smuggled/") - before[0]
    assert logging_server.log().count("/smuggled/") - before[1] <= seen
