"""`coffer health`, as the health check of a container or a service runs it: the exit code says whether a server works."""

import socket
import subprocess
import time

import pytest

import servers
from cli import DONE, FAILED, USAGE
from conftest import secure, start


def health(*arguments, **env):
    return servers.run("health", *map(str, arguments), env=env)


def test_a_server_that_works(server):
    result = health("--port", server.port)
    assert (result.returncode, result.stdout) == (DONE, f"http://127.0.0.1:{server.port}/-/health works\n")


def test_the_variables_of_the_server_are_those_of_the_check(server):
    assert health(COFFER_ADDRESS="127.0.0.1", COFFER_PORT=str(server.port)).returncode == DONE


def test_a_server_on_all_addresses_is_asked_on_this_machine(server):
    # What listens on one of them is found by the address that stands for all.
    assert health("--address", "0.0.0.0", "--port", server.port).returncode == DONE
    with start("--ephemeral", "--address", "::1") as other:
        assert health("--address", "::", "--port", other.port).returncode == DONE


def test_https_is_asked_without_knowing_the_certificate(pem):
    with secure(pem, "--ephemeral") as server:
        assert health("--tls", "--port", server.port).returncode == DONE
        assert health("--port", server.port, COFFER_TLS_CERTIFICATE=str(pem / "pem")).returncode == DONE
        assert health("--port", server.port).returncode == FAILED


def test_nobody_listens():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        result = health("--port", taken.getsockname()[1])
    assert result.returncode == FAILED and not result.stdout
    assert "coffer: " in result.stderr and "127.0.0.1" in result.stderr


def test_another_answer_is_no_health():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        check = subprocess.Popen(
            [servers.binary(), "health", "--port", str(port)], stderr=subprocess.PIPE, text=True,
            env=servers.plain_environment({}))
        connection, _ = listener.accept()
        with connection:
            connection.recv(1000)
            connection.sendall(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
            _, errors = check.communicate(timeout=servers.PATIENCE)
    assert check.returncode == FAILED and "answers with status 503" in errors


def test_a_server_that_does_not_answer_is_not_waited_for():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        begun = time.monotonic()
        result = health("--timeout", 1, "--port", listener.getsockname()[1])
    assert result.returncode == FAILED and "does not answer within 1 second" in result.stderr
    assert time.monotonic() - begun < servers.PATIENCE / 2


@pytest.mark.parametrize("arguments", [("--port", "0"), ("--timeout", "0"), ("there",)])
def test_a_wrong_command_line(arguments):
    assert health(*arguments).returncode == USAGE
