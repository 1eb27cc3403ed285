"""`coffer` as a client: runs it against a server, with pipes or on a pseudo-terminal."""

import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time

import pytest

import servers

DONE, FAILED, USAGE = 0, 1, 64

# The last line on standard error of `cp -r`, `mv -r` and `sync`.
TOTALS = re.compile(r"((\(dry run\) would (upload|download|copy|move)|uploaded|downloaded|copied|moved) \d+ objects?, |"
                    r"nothing to (upload|download|copy|move): \d+ objects? (is|are) the same).*\n")


class Client:
    """The command line with the keys of a server and its own home directory."""

    def __init__(self, server, home, **extra):
        self.server = server
        self.env = servers.plain_environment({
            "AWS_ACCESS_KEY_ID": server.access_key, "AWS_SECRET_ACCESS_KEY": server.secret_key,
            "COFFER_ENDPOINT": server.endpoint, "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "HOME": str(home), "TZ": "UTC", **extra})

    def run(self, *arguments, stdin=b"", check=None, env=None, cwd=None, text=True):
        """Runs a command to its end; `check` is the expected exit code."""
        result = subprocess.run(
            [servers.binary(), *map(str, arguments)], env={**self.env, **(env or {})}, input=stdin,
            capture_output=True, timeout=servers.PATIENCE, cwd=cwd)
        if text:
            result.stdout, result.stderr = result.stdout.decode(), result.stderr.decode()
        if check is not None and result.returncode != check:
            pytest.fail(f"coffer {' '.join(map(str, arguments))}: {result.returncode}\n{result.stdout}\n{result.stderr}")
        return result

    def __call__(self, *arguments, **options):
        """The standard output of a command that must succeed; standard error may only have the totals."""
        result = self.run(*arguments, check=DONE, **options)
        assert not result.stderr or TOTALS.fullmatch(result.stderr), result.stderr
        return result.stdout

    def json(self, *arguments, **options):
        """The JSON output of a command, without the totals at the end of a list."""
        found = json.loads(self(*arguments, "--json", **options))
        return found[:-1] if isinstance(found, list) and found and found[-1].get("Action") == "total" else found

    def start(self, *arguments, **options):
        return subprocess.Popen([servers.binary(), *map(str, arguments)], env=self.env, **options)


class Terminal:
    """A `coffer` command, or another program, whose standard streams are a terminal."""

    def __init__(self, client, *arguments, columns=80, env=None, program=None):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.process = subprocess.Popen(
            [program or servers.binary(), *map(str, arguments)], env={**client.env, **(env or {})}, stdin=slave,
            stdout=slave, stderr=slave, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(slave, termios.TIOCSCTTY, 0))
        os.close(slave)
        self.shown = b""

    def read(self, until=None, timeout=servers.PATIENCE):
        """The terminal's output, read until a text appears or the command has ended."""
        end = time.monotonic() + timeout
        while until is None or until not in self.shown:
            assert time.monotonic() < end, f"the terminal shows {self.shown!r}"
            if not select.select([self.master], [], [], 1)[0]:
                continue
            try:
                piece = os.read(self.master, 65536)
            except OSError:  # The other end is closed.
                piece = b""
            if not piece:
                break
            self.shown += piece
        return self.shown

    def type(self, text):
        os.write(self.master, text)

    def end(self):
        self.read()
        os.close(self.master)
        return self.process.wait(servers.PATIENCE)


def write_tree(root, files):
    """The contents of all files by their relative names."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


def read_tree(root):
    root = os.fsencode(root)
    return {os.fsdecode(os.path.relpath(os.path.join(folder, name), root)): open(os.path.join(folder, name), "rb").read()
            for folder, _, names in os.walk(root) for name in names}


def keys(s3, bucket, prefix=""):
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return [item["Key"] for page in pages for item in page.get("Contents", [])]


def body(s3, bucket, key):
    return s3.get_object(Bucket=bucket, Key=key)["Body"].read()
