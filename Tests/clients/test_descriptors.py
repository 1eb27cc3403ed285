"""A server without free file descriptors: it reports that, stays idle, and serves again when some are free."""

import contextlib
import os
import resource
import socket
import time

import botocore.config
import botocore.exceptions
import pytest
import requests

import servers
from conftest import DATASTORE, make_client, start

ONCE = botocore.config.Config(retries={"total_max_attempts": 1})


@contextlib.contextmanager
def no_descriptors_left(server):
    pid = server.process.pid
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    used = set(map(int, os.listdir(f"/proc/{pid}/fd")))
    lowest_free = next(number for number in range(1 << 20) if number not in used)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (lowest_free, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)


def cpu_seconds(server):
    fields = open(f"/proc/{server.process.pid}/stat").read().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_what_needs_a_file_is_answered_503_and_works_afterwards(tmp_path):
    with start("--data", str(tmp_path / "data")) as server:
        s3 = make_client(server, config=ONCE)
        s3.put_object(Bucket=DATASTORE, Key="large", Body=b"a" * 100_000)
        s3.put_object(Bucket=DATASTORE, Key="small", Body=b"b" * 100)
        with no_descriptors_left(server):
            for call in [lambda: s3.get_object(Bucket=DATASTORE, Key="large"),
                         lambda: s3.put_object(Bucket=DATASTORE, Key="new", Body=b"c" * 100_000)]:
                with pytest.raises(botocore.exceptions.ClientError) as failure:
                    call()
                assert failure.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
                assert failure.value.response["Error"]["Code"] == "SlowDown"
            assert s3.get_object(Bucket=DATASTORE, Key="small")["Body"].read() == b"b" * 100
        assert s3.get_object(Bucket=DATASTORE, Key="large")["Body"].read() == b"a" * 100_000
        s3.put_object(Bucket=DATASTORE, Key="new", Body=b"c" * 100_000)
        assert s3.get_object(Bucket=DATASTORE, Key="new")["Body"].read() == b"c" * 100_000
        assert os.listdir(tmp_path / "data" / "blobs" / "staging") == []


@pytest.fixture
def limited_binary(tmp_path, monkeypatch):
    """Coffer with a limit of 64 descriptors per process."""
    script = tmp_path / "coffer"
    script.write_text(f'#!/bin/sh\nulimit -n 64\nexec "{servers.binary()}" "$@"\n')
    script.chmod(0o700)
    monkeypatch.setenv("COFFER_BINARY", str(script))


def test_more_connections_than_descriptors_cost_no_time_and_keep_no_one_out_for_good(limited_binary, tmp_path):
    with start("--data", str(tmp_path / "data")) as server:
        s3 = make_client(server)
        s3.put_object(Bucket=DATASTORE, Key="large", Body=b"a" * (4 << 20))
        url = f"{server.endpoint}/{DATASTORE}/large"
        with contextlib.ExitStack() as stack:
            for _ in range(200):
                connection = stack.enter_context(socket.create_connection((server.host, server.port)))
                connection.sendall(f"GET /{DATASTORE}/large HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            time.sleep(0.5)
            before = cpu_seconds(server)
            time.sleep(1.5)
            assert cpu_seconds(server) - before < 0.3
        deadline = time.monotonic() + servers.PATIENCE
        while requests.get(url).status_code == 503:  # Until the server has noticed that the others are closed.
            assert time.monotonic() < deadline
            time.sleep(0.1)
        for _ in range(20):
            assert len(requests.get(url).content) == 4 << 20
        assert " error " not in server.log()
