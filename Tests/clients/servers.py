"""Coffer as a process of its own: started, awaited by its first line, ended by its process id."""

import os
import re
import select
import signal
import subprocess
import tempfile
import time

# After so many seconds a test that waits is taken to wait for ever. A busy machine may need a good part of them.
PATIENCE = 300

READY = re.compile(r"Coffer \S+ is ready at (https?)://(.+):(\d+)$")


def binary():
    path = os.environ.get("COFFER_BINARY")
    if not path or not os.access(path, os.X_OK):
        raise RuntimeError("set COFFER_BINARY to the coffer binary to test, e.g. COFFER_BINARY=$(scripts/build)")
    return os.path.abspath(path)


def plain_environment(extra=None):
    """Nothing of the caller's keys and settings reaches a server or a client."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8", **(extra or {})}


def run(*arguments, env=None, timeout=PATIENCE):
    """A command that is expected to end by itself."""
    return subprocess.run(
        [binary(), *arguments], env=plain_environment(env), stdin=subprocess.DEVNULL, capture_output=True,
        text=True, timeout=timeout)


class Server:
    """`coffer serve` on a free port of the loopback interface; `with` ends it. `under` is a command that runs it."""

    def __init__(self, *arguments, env=None, under=()):
        self._log = tempfile.TemporaryFile("w+b")
        self.process = subprocess.Popen(
            [*under, binary(), "serve", "--port", "0", *arguments], env=plain_environment(env),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self._log, text=True)
        self.first_line = self._read_first_line()
        match = READY.match(self.first_line)
        if not match:
            self.kill()
            raise RuntimeError(f"no ready line but {self.first_line!r}; standard error: {self.log()}")
        self.scheme, self.host, self.port = match[1], match[2], int(match[3])
        self.endpoint = f"{self.scheme}://{self.host}:{self.port}"
        self.access_key = self.secret_key = None

    def _read_first_line(self, timeout=PATIENCE):
        readable, _, _ = select.select([self.process.stdout], [], [], timeout)
        return self.process.stdout.readline().rstrip("\n") if readable else "(nothing)"

    def log(self):
        """Everything on standard error so far."""
        descriptor = self._log.fileno()  # Shared with the server: to seek would move where it writes.
        return os.pread(descriptor, os.fstat(descriptor).st_size, 0).decode("utf-8", "replace")

    def log_line(self, request_id, timeout=PATIENCE):
        """The access log's line for a request; it is written after the answer."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            for line in self.log().splitlines():
                if request_id in line:
                    return line
            time.sleep(0.01)
        raise AssertionError(f"no line for {request_id}")

    def processor_seconds(self):
        """The processor's time that it has taken so far; unlike the clock's, no busy machine makes it longer."""
        with open(f"/proc/{self.process.pid}/stat") as file:
            user, system = file.read().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def stop(self, timeout=PATIENCE):
        """SIGTERM, and the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def rest_of_output(self):
        """Standard output after the first line, of a server that has ended."""
        return self.process.stdout.read()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        try:
            is_running = self.process.poll() is None
            code = self.stop()
            assert not is_running or kind or code == 0, f"the server stopped with {code}: {self.log()[-2000:]}"
        finally:
            self.process.stdout.close()
            self._log.close()
