"""strace, which makes system calls fail, on machines that allow it."""

import contextlib
import os
import subprocess
import sys

import pytest


@contextlib.contextmanager
def attached(pid, *options):
    """Attaches strace to a running process and its threads."""
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
    """strace's error message if it may not attach to a running process; otherwise empty."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        try:
            with attached(process.pid):
                return ""
        except PermissionError as error:
            return str(error)
        finally:
            process.stdin.close()


def refusal_to_start():
    """strace's error message if it may not trace a process that it starts; otherwise empty."""
    trial = subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True, text=True)
    return trial.stderr.strip() if trial.returncode else ""


def needs(refusal):
    """Skips a test if strace is refused, with strace's message as the reason."""
    return pytest.mark.skipif(bool(refusal), reason=f"tracing is refused here: {refusal}")


may_attach = needs(refusal_to_attach())
may_start = needs(refusal_to_start())
