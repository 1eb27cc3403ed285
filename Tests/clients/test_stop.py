"""SIGTERM: requests under way finish, others do not hold the server, and the time is bounded."""

import os
import socket
import threading
import time

import requests

from conftest import DATASTORE, datastore_environment, make_client, start
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
    assert connection.answer().status == 100  # the request is under way
    connection.send(bytes(sent))


def test_a_request_under_way_finishes_before_the_server_stops(tmp_path):
    with start("--data", str(tmp_path / "data")) as server, Connection(server) as connection:
        begin_put(server, connection, 100_000, 200_000)
        server.process.terminate()
        deadline = time.monotonic() + 5
        while serves(server):
            assert time.monotonic() < deadline, "it still serves further connections"
        connection.send(bytes(100_000))
        assert connection.answer().status == 200
        assert server.process.wait(PATIENCE) == 0
    with start("--data", str(tmp_path / "data")) as server:
        assert make_client(server).head_object(Bucket=DATASTORE, Key="slow")["ContentLength"] == 200_000


def test_a_request_that_never_ends_holds_the_stop_for_a_bounded_time():
    with start("--ephemeral") as server, Connection(server) as connection:
        begin_put(server, connection, 1, 1_000_000)
        begun = time.monotonic()
        server.stop()
        assert time.monotonic() - begun > 5, "it did not wait for the request under way"


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
            # The one that runs, the next one, and what is no store's.
            assert len(directories()) == 3 and "coffer.theirs" in directories()
            assert make_client(running).list_buckets()["Buckets"] and make_client(next_one).list_buckets()["Buckets"]


def test_idle_connections_do_not_hold_the_stop():
    with start("--ephemeral") as server, Connection(server) as connection:
        assert connection.ask("GET", "/-/health").status == 200
        begun = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - begun < 8, "it waited for the connection"
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
