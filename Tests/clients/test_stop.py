"""SIGTERM: it is never lost, requests in progress finish, idle connections do not delay it, and the time is limited."""

import os
import random
import signal
import socket
import subprocess
import threading
import time
from types import SimpleNamespace

import pytest
import requests

import servers
from conftest import DATASTORE, datastore_environment, make_client, start
from packages import package_of
from servers import PATIENCE
from v4 import Signer
from wire import Connection


def serves(server):
    """Whether a new connection is answered."""
    try:
        with socket.create_connection((server.host, server.port), timeout=PATIENCE) as connection:
            connection.sendall(b"GET /-/health HTTP/1.1\r\nHost: x\r\n\r\n")
            return connection.recv(100) != b""
    except OSError:
        return False


def begin_put(server, connection, sent, length):
    path = f"/{DATASTORE}/slow"
    headers = Signer(server).headers("PUT", path, headers=[("content-length", str(length))], payload="UNSIGNED-PAYLOAD")
    connection.request("PUT", path, [*headers, ("Expect", "100-continue")])
    assert connection.answer().status == 100  # the request is in progress
    connection.send(bytes(sent))


def test_a_request_under_way_finishes_before_the_server_stops(tmp_path):
    with start("--data", str(tmp_path / "data")) as server, Connection(server) as connection:
        begin_put(server, connection, 100_000, 200_000)
        server.process.terminate()
        deadline = time.monotonic() + 5
        while serves(server):
            assert time.monotonic() < deadline, "the server still accepts connections"
        connection.send(bytes(100_000))
        assert connection.answer().status == 200
        assert server.process.wait(PATIENCE) == 0
    with start("--data", str(tmp_path / "data")) as server:
        assert make_client(server).head_object(Bucket=DATASTORE, Key="slow")["ContentLength"] == 200_000


def test_a_request_that_never_ends_holds_the_stop_for_a_bounded_time():
    with start("--ephemeral") as server, Connection(server) as connection:
        begin_put(server, connection, 1, 1_000_000)
        started = time.monotonic()
        server.stop()
        assert time.monotonic() - started > 5, "the server did not wait for the request in progress"


def test_what_a_killed_server_leaves_is_removed_by_the_next(tmp_path):
    def directories():
        return sorted(path.name for path in tmp_path.iterdir())

    def ephemeral():
        return start("--ephemeral", TMPDIR=str(tmp_path), **datastore_environment())

    with ephemeral() as running, ephemeral() as killed:
        make_client(killed).put_object(Bucket=DATASTORE, Key="k", Body=bytes(300_000))
        killed.process.kill()
        killed.process.wait()
        assert len(directories()) == 2
        for lock in tmp_path.glob("coffer.*/lock"):
            os.utime(lock, (time.time() - 3600, time.time() - 3600))
        (tmp_path / "coffer.theirs").mkdir()
        (tmp_path / "coffer.theirs" / "file").write_bytes(b"1")
        with ephemeral() as next_one:
            deadline = time.monotonic() + PATIENCE
            while len(directories()) != 3 and time.monotonic() < deadline:
                time.sleep(0.05)
            # The running server's, the next server's, and an unrelated directory.
            assert len(directories()) == 3 and "coffer.theirs" in directories()
            assert make_client(running).list_buckets()["Buckets"] and make_client(next_one).list_buckets()["Buckets"]


def test_idle_connections_do_not_hold_the_stop():
    with start("--ephemeral") as server, Connection(server) as connection:
        assert connection.ask("GET", "/-/health").status == 200
        started = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - started < 8, "the server waited for the connection"
        assert connection.is_closed()


def test_clients_that_are_busy_during_the_stop_see_whole_answers_or_none():
    with start("--ephemeral") as server:
        client = make_client(server)
        client.put_object(Bucket=DATASTORE, Key="k", Body=bytes(300_000))
        url, seen, gone = f"{server.endpoint}/{DATASTORE}/k", [], threading.Event()

        def read():
            with requests.Session() as session:
                try:
                    while True:
                        seen.append(session.get(url).content == bytes(300_000))
                except requests.exceptions.ConnectionError:
                    gone.set()

        thread = threading.Thread(target=read)
        thread.start()
        while len(seen) < 20:
            assert thread.is_alive()
        assert server.stop() == 0
        assert gone.wait(PATIENCE) and all(seen)
        thread.join()


# Signals during the start

def spawn(*arguments, **env):
    return subprocess.Popen(
        [servers.binary(), *arguments], env=servers.plain_environment(env), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def ignored(process):
    """The signals that a process ignores now; empty for a process that has ended."""
    with open(f"/proc/{process.pid}/status") as status:
        masks = [int(line.split()[1], 16) for line in status if line.startswith("SigIgn:")]
    return {number for number in range(1, 32) for mask in masks if mask >> (number - 1) & 1}


def ended(process, timeout=servers.PATIENCE):
    try:
        return process.wait(timeout)
    finally:
        process.kill()
        process.communicate()


ENDING = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}


def test_a_signal_at_any_moment_of_the_start_ends_it_and_leaves_nothing(tmp_path):
    moments = random.Random(12)
    for number in [signal.SIGTERM, signal.SIGINT] * 30:
        process = spawn("serve", "--ephemeral", "--port", "0", TMPDIR=str(tmp_path))
        end = time.monotonic() + moments.uniform(0, 0.03)
        seen = set()
        while time.monotonic() < end:
            seen |= ignored(process)
        assert not seen & ENDING, "a signal is ignored for a while"
        process.send_signal(number)
        # Before the server handles signals itself, it has nothing to clean up.
        assert ended(process) in (0, -number)
        assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_up_ignores_no_signal():
    with start("--ephemeral") as server:
        assert not ignored(server.process) & ENDING


@pytest.mark.parametrize("number", sorted(ENDING))
def test_a_client_command_that_waits_ends_by_the_signal(number):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        process = spawn(
            "ls", "--no-sign-request", "--endpoint", f"http://127.0.0.1:{silent.getsockname()[1]}", "s3://books")
        silent.settimeout(10)
        connection, _ = silent.accept()
        with connection:
            assert not ignored(process) & ENDING
            process.send_signal(number)
            assert ended(process) == 128 + number


def test_a_client_command_below_nohup_goes_on_when_its_terminal_closes():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        process = subprocess.Popen(
            [servers.binary(), "ls", "--no-sign-request", "--endpoint",
             f"http://127.0.0.1:{silent.getsockname()[1]}", "s3://books"],
            env=servers.plain_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        silent.settimeout(10)
        connection, _ = silent.accept()
        with connection:
            process.send_signal(signal.SIGHUP)
            process.terminate()
            assert ended(process) == 128 + signal.SIGTERM


@pytest.mark.parametrize("kind", ["many files", "a large file"])
@pytest.mark.parametrize("where", ["data", "ephemeral"])
def test_a_stop_during_a_long_start_ends_it(tmp_path, kind, where):
    package, directory = tmp_path / "package", tmp_path / "tmp"
    directory.mkdir()
    if kind == "many files":
        package_of(package, {f"{number}.csv": f"a\n{number}\n" for number in range(5000)})
    else:
        package_of(package, {"large.bin": ""})
        os.truncate(package / "large.bin", 1 << 40)
    data = ["--data", str(tmp_path / "data")] if where == "data" else ["--ephemeral"]
    process = spawn("serve", "--port", "0", *data, "--bucket", DATASTORE, "--publish", f"{package}=demo",
                    TMPDIR=str(directory))
    deadline = time.monotonic() + 10
    while not list(tmp_path.glob("data/catalog*")) + list(directory.glob("*/catalog*")):
        assert time.monotonic() < deadline
        time.sleep(0.001)
    time.sleep(0.1)
    assert process.poll() is None
    process.terminate()
    assert ended(process) == 0
    assert list(directory.iterdir()) == []
    if where == "data":
        with start(*data) as server:  # What was stored by then is there, and the data is consistent.
            keys = [item["Key"] for item in make_client(server).list_objects_v2(Bucket=DATASTORE).get("Contents", [])]
            assert "demo/large.csv" not in keys


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_the_server_at_once(tmp_path, second):
    with start("--data", str(tmp_path)) as server, Connection(server) as connection:
        begin_put(server, connection, 1, 1_000_000)
        server.process.terminate()
        while "stopping" not in server.log():
            time.sleep(0.01)
        server.process.send_signal(second)
        assert server.process.wait(3) == -second


def test_a_server_whose_first_line_is_all_that_was_read_stops_in_order():
    with start("--ephemeral") as server:
        server.process.stdout.close()
        assert server.stop() == 0


def test_a_server_without_a_reader_serves(tmp_path):
    reader, writer = os.pipe()
    os.close(reader)
    with open(tmp_path / "log", "wb") as log:
        process = subprocess.Popen(
            [servers.binary(), "serve", "--ephemeral", "--port", "0"], env=servers.plain_environment(),
            stdin=subprocess.DEVNULL, stdout=writer, stderr=log)
    os.close(writer)
    time.sleep(0.5)
    assert process.poll() is None
    process.terminate()
    assert ended(process) == 0


def test_a_server_whose_output_stalls_serves_and_is_ended_in_a_bounded_time(tmp_path):
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with open(writer, "wb", buffering=0) as full:
        while full.write(bytes(4096)):
            pass
        os.set_blocking(writer, True)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        # The server blocks on writing its first line, since its standard output is full.
        process = subprocess.Popen(
            [servers.binary(), "serve", "--ephemeral", "--port", str(port)],
            env=servers.plain_environment({"TMPDIR": str(tmp_path)}), stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 10
    while not serves(SimpleNamespace(host="127.0.0.1", port=port)):
        assert time.monotonic() < deadline and process.poll() is None
    process.terminate()
    try:
        assert ended(process, timeout=30) == -signal.SIGTERM
    finally:
        os.close(reader)
