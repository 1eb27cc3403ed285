"""The data that is synced to disk before the response to a write, according to the system calls."""

import contextlib
import os
import re
import shutil
import signal
import subprocess

import tracing
from conftest import DATASTORE, make_client, start

CALLS = "openat,mkdir,mkdirat,rename,renameat,renameat2,unlink,rmdir,fsync,fdatasync,sendto,sendmsg,write,writev"


@contextlib.contextmanager
def traced(server, path):
    """A server's system calls, one line each, with the paths of descriptors; complete when the block ends."""
    tracer = subprocess.Popen(
        ["strace", "-f", "-y", "-s", "20", "-p", str(server.process.pid), "-e", f"trace={CALLS}", "-o", path],
        stderr=subprocess.PIPE, text=True)
    lines = []
    try:
        assert "attached" in tracer.stderr.readline()
        yield lines
    finally:
        tracer.terminate()
        tracer.communicate()
        lines += joined(path.read_text().splitlines())


def joined(lines):
    """strace prints interrupted calls in two halves; this joins them at the place of the second."""
    unfinished = {}
    for line in lines:
        thread, call = line.split(maxsplit=1)
        if call.endswith("<unfinished ...>"):
            unfinished[thread] = call.removesuffix("<unfinished ...>")
        elif resumed := re.match(r"<\.\.\. \w+ resumed>(.*)", call):
            yield unfinished.pop(thread, "") + resumed[1]
        else:
            yield call


def first(lines, pattern, after=-1):
    for index, line in enumerate(lines):
        if index > after and re.search(pattern, line):
            return index
    raise AssertionError(f"no {pattern} after line {after} in\n" + "\n".join(lines))


@tracing.may_attach
def test_a_body_in_a_file_its_directories_and_the_catalog_are_synced_before_the_answer(tmp_path):
    data = tmp_path / "data"
    with start("--data", str(data), "--durability", "full") as server:
        s3 = make_client(server)
        with traced(server, tmp_path / "trace") as lines:
            s3.put_object(Bucket=DATASTORE, Key="k", Body=os.urandom(64 << 10))
    blobs = data / "blobs"
    [place] = [path for path in blobs.rglob("*") if path.is_file()]
    moved = first(lines, rf'rename\("{blobs}/staging/{place.name}", "{place}"\s*\)\s+= 0')
    answered = first(lines, r"HTTP/1\.1 200", after=moved)
    # There are other commits, such as the time of a key's last use; the last one before the response is this write's.
    named = max(index for index, line in enumerate(lines[:answered])
                if re.search(rf"fdatasync\(\d+<{data}/catalog\.sqlite-wal>\s*\)\s+= 0", line))
    for path in [place.parent.parent, place.parent]:
        made = first(lines, rf'mkdir\("{path}", 0700\s*\)\s+= 0')
        parent_synced = first(lines, rf"fsync\(\d+<{path.parent}>\s*\)\s+= 0", after=made)
        assert made < moved and parent_synced < named
    for synced in [rf"fdatasync\(\d+<{place}>\s*\)", rf"fsync\(\d+<{place.parent}>\s*\)",
                   rf"fsync\(\d+<{blobs}/staging>\s*\)"]:
        assert first(lines, rf"{synced}\s+= 0", after=moved) < named
    assert moved < named


@tracing.may_attach
def test_a_small_body_is_answered_when_the_catalog_is_synced(tmp_path):
    data = tmp_path / "data"
    with start("--data", str(data), "--durability", "full") as server:
        s3 = make_client(server)
        with traced(server, tmp_path / "trace") as lines:
            s3.put_object(Bucket=DATASTORE, Key="k", Body=b"a" * 4096)
    synced = first(lines, rf"fdatasync\(\d+<{data}/catalog\.sqlite-wal>\s*\)\s+= 0")
    assert synced < first(lines, r"HTTP/1\.1 200")


@tracing.may_start
def test_the_directory_of_a_new_store_is_synced_when_it_is_made_and_before_there_are_blobs_in_it(tmp_path):
    data, trace = tmp_path / "data", tmp_path / "trace"
    environment = {**os.environ, "COFFER_ACCESS_KEY": "root-of-syncs", "COFFER_SECRET_KEY": "secret-of-syncs-tests"}
    tracer = subprocess.Popen(
        ["strace", "-f", "-y", "-e", f"trace={CALLS}", "-o", trace, os.environ["COFFER_BINARY"], "serve",
         "--port", "0", "--data", data], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
    assert "ready" in tracer.stdout.readline()
    # The first line has the server's process id; a signal to strace would only detach it.
    os.kill(int(trace.read_text().split()[0]), signal.SIGTERM)
    tracer.communicate(timeout=20)
    lines = list(joined(trace.read_text().splitlines()))
    directory = first(lines, rf'mkdir\("{data}", 0700\s*\)\s+= 0')
    assert first(lines, rf"fsync\(\d+<{tmp_path}>\s*\)\s+= 0", after=directory) < first(lines, r"catalog\.sqlite")
    made = first(lines, rf'mkdir\("{data}/blobs", 0700\s*\)\s+= 0')
    first(lines, rf"fsync\(\d+<{data}>\s*\)\s+= 0", after=made)
    first(lines[:made], rf"fsync\(\d+<{data}>\s*\)\s+= 0", after=first(lines, rf"{data}/catalog.sqlite"))
