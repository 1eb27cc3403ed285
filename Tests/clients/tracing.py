"""strace, which puts faults in the place of system calls, where the machine lets it."""

import contextlib
import os
import subprocess
import sys

import pytest


@contextlib.contextmanager
def attached(pid, *options):
    """strace looks at a process that runs, and at its threads."""
    tracer = subprocess.Popen(
        ["strace", "-f", "-p", str(pid), *options, "-o", os.devnull], stderr=subprocess.PIPE, text=True)
    try:
        line = tracer.stderr.readline()
        if "attached" not in line:
            raise PermissionError(line.strip())
        yield
    finally:
        tracer.terminate()
        tracer.communicate()


def refusal_to_attach():
    """What strace says where it may not look at a process that it has not started; otherwise nothing."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        try:
            with attached(process.pid):
                return ""
        except PermissionError as error:
            return str(error)
        finally:
            process.stdin.close()


def refusal_to_start():
    """What strace says where it may not look at a process that it starts."""
    trial = subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True, text=True)
    return trial.stderr.strip() if trial.returncode else ""


def needs(refusal):
    """Skips a test where strace is refused, with what it says."""
    return pytest.mark.skipif(bool(refusal), reason=f"tracing is refused here: {refusal}")


may_attach = needs(refusal_to_attach())
may_start = needs(refusal_to_start())
