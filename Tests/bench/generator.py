"""The generator of load, which is in C (Tests/bench/load): compiled, run, and its results added up."""

import hashlib
import json
import os
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent


@dataclass
class Result:
    requests: int = 0
    errors: int = 0
    received: int = 0
    seconds: float = 0
    #: Of the generator itself.
    cpu: float = 0
    #: Nanoseconds → how many requests took so long.
    latencies: Counter = field(default_factory=Counter)

    def add(self, other):
        for name in ("requests", "errors", "received", "seconds", "cpu"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.latencies += other.latencies

    def percentile(self, percent):
        """Milliseconds that so many percent of the requests did not exceed."""
        left = sum(self.latencies.values()) * percent / 100
        for nanoseconds, count in sorted(self.latencies.items()):
            left -= count
            if left <= 0:
                return nanoseconds / 1e6
        return 0.0


class LoadError(Exception):
    """Requests failed, or the server ended."""


class Generator:
    """The compiled program. Bodies that it sends are the first bytes of one file."""

    def __init__(self, directory, body):
        self.program, self.requests, self.body = directory / "load", directory / "requests", body
        command = ["gcc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", *map(str, HERE.glob("load/*.c"))]
        subprocess.run([*command, "-o", str(self.program), "-lssl", "-lcrypto"], check=True)

    def run(self, peer, connections=1, seconds=None, limit=None, start=0):
        """Sends what was written to `requests`, beginning with number `start`."""
        arguments = ["--port", peer.port, "--connections", connections, "--start", start, "--body", self.body.path]
        arguments += ["--seconds", seconds] if seconds is not None else []
        arguments += ["--limit", limit] if limit is not None else []
        arguments += ["--tls"] if peer.uses_tls else []
        command = [str(self.program), *map(str, arguments), str(self.requests)]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        if run.returncode != 0:
            raise LoadError(f"{peer.name}: {run.stderr.strip()}")
        values = json.loads(run.stdout)
        result = Result(**{**values, "latencies": Counter(dict(values["latencies"]))})
        if result.errors:
            raise LoadError(f"{peer.name}: {result.errors} requests failed. The first: {run.stderr.strip()[:1500]}")
        return result


class Body:
    """A file of random bytes, whose first bytes are the bodies."""

    def __init__(self, path, size):
        self.path, self.data = path, os.urandom(size)
        self.digests = {}
        path.write_bytes(self.data)

    def digest(self, size):
        """SHA-256 of a body of this size, which is computed once."""
        if size not in self.digests:
            self.digests[size] = hashlib.sha256(self.data[:size]).hexdigest()
        return self.digests[size]

    def etag(self, size):
        return hashlib.md5(self.data[:size]).hexdigest()
