"""A failing disk: the response to the client, and the data after a crash."""

import os
import signal

import botocore.config
import botocore.exceptions
import pytest

import tracing
from conftest import DATASTORE, make_client, start

ONCE = botocore.config.Config(retries={"max_attempts": 0})
pytestmark = tracing.may_attach


def failing_syncs(server, path):
    """Makes every sync of one file fail with EIO."""
    return tracing.attached(
        server.process.pid, "-P", str(path), "-e", "trace=fdatasync,fsync",
        "-e", "inject=fdatasync,fsync:error=EIO")


def put(server, body):
    return make_client(server, config=ONCE).put_object(Bucket=DATASTORE, Key="key", Body=body)


def get(server):
    return make_client(server).get_object(Bucket=DATASTORE, Key="key")["Body"].read()


@pytest.mark.parametrize("size", [100, 100_000], ids=["in the catalog", "in a file"])
def test_a_commit_whose_sync_fails_is_an_error_and_loses_nothing(tmp_path, size):
    old, new = b"a" * size, b"b" * size
    with start("--data", str(tmp_path)) as server:
        put(server, old)
        with failing_syncs(server, tmp_path / "catalog.sqlite-wal"):
            with pytest.raises(botocore.exceptions.ClientError) as failure:
                put(server, new)
        assert failure.value.response["Error"]["Code"] == "InternalError"
        assert get(server) == old
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
    # The commit reached the log although its sync failed: both outcomes are right, a partial one is not.
    with start("--data", str(tmp_path)) as server:
        assert get(server) in (old, new)
        put(server, new)
        assert get(server) == new
    assert os.listdir(tmp_path / "blobs" / "staging") == []


def test_a_body_whose_sync_fails_is_an_error_and_leaves_nothing(tmp_path):
    with start("--data", str(tmp_path)) as server:
        put(server, b"a" * 100_000)
        with failing_syncs(server, tmp_path / "blobs" / "staging"):
            with pytest.raises(botocore.exceptions.ClientError) as failure:
                put(server, b"b" * 100_000)
        assert failure.value.response["Error"]["Code"] == "InternalError"
        assert os.listdir(tmp_path / "blobs" / "staging") == []
        assert get(server) == b"a" * 100_000
