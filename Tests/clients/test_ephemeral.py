"""`serve --ephemeral`: the data that is deleted with the server, and other temporary files, which are not."""

import contextlib
import os
import time

import requests

from conftest import start


def directories(base):
    return sorted(path.name for path in base.iterdir())


def eventually(claim, timeout=20):
    end = time.monotonic() + timeout
    while not claim():
        assert time.monotonic() < end
        time.sleep(0.01)


def environment(base, **more):
    return {"TMPDIR": str(base), **more}


def test_what_a_killed_server_left_goes_with_the_next_start(tmp_path):
    with start("--ephemeral", **environment(tmp_path)) as server:
        [left] = directories(tmp_path)
        server.kill()
    assert directories(tmp_path) == [left]
    with start("--ephemeral", **environment(tmp_path)):
        eventually(lambda: left not in directories(tmp_path))
        assert len(directories(tmp_path)) == 1
    assert directories(tmp_path) == []


def test_a_directory_with_data_of_another_server_is_left_alone(tmp_path):
    """Its name is like that of an ephemeral directory, its lock is free, and it is older than a minute."""
    kept = tmp_path / "coffer.data"
    with start("--data", str(kept), **environment(tmp_path)):
        pass
    os.utime(kept / "lock", (1, 1))
    other = tmp_path / "coffer.mine00"
    other.mkdir(mode=0o700)
    (other / "lock").touch()
    os.utime(other / "lock", (1, 1))
    before = sorted(path for path in tmp_path.rglob("*"))
    for _ in range(2):
        with start("--ephemeral", **environment(tmp_path)) as server:
            server.kill()
        with start("--ephemeral", **environment(tmp_path)):
            eventually(lambda: len(directories(tmp_path)) == 3)
    assert sorted(path for path in tmp_path.rglob("*")) == before
    with start("--data", str(kept), **environment(tmp_path)):
        pass


def test_many_that_start_at_once_beside_the_remains_of_many_all_work(tmp_path):
    for count in range(2):
        with contextlib.ExitStack() as stack:
            running = [stack.enter_context(start("--ephemeral", **environment(tmp_path))) for _ in range(10)]
            for server in running:
                assert requests.get(f"{server.endpoint}/-/health").ok
            if count == 0:
                for server in running:
                    server.kill()
    assert directories(tmp_path) == []
