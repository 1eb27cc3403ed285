"""kill -9 during many writes of all kinds: acknowledged writes are there, and no write is there in part."""

import hashlib
import os
import random
import threading
import time
from pathlib import Path

import botocore.config
import botocore.exceptions
import pytest
import urllib3.exceptions

import wire
from conftest import DATASTORE, make_client, start
from multipart import PART, Upload, etag_of
from servers import PATIENCE

ROUNDS = int(os.environ.get("COFFER_CRASH_ROUNDS", "2"))
SEED = int(os.environ.get("COFFER_CRASH_SEED", str(random.SystemRandom().randrange(1 << 32))))
THREADS, KEYS_OF_A_THREAD = 6, 12
BROKEN = (botocore.exceptions.BotoCoreError, urllib3.exceptions.HTTPError, OSError)
ABSENT = None


class Writer(threading.Thread):
    """Writes, overwrites, copies and deletes its own keys until the server is gone, and records the responses."""

    def __init__(self, client, number, seed):
        super().__init__(daemon=True)
        self.client, self.random = client, random.Random(seed)
        self.keys = [f"storm/{number}/{index}" for index in range(KEYS_OF_A_THREAD)]
        # The possible states of a key: one while no request is in progress, otherwise the old and the new one.
        self.states = {key: {ABSENT} for key in self.keys}
        self.acknowledged, self.failure = 0, None

    def run(self):
        try:
            while True:
                self.change(self.random.choice(self.keys))
                self.acknowledged += 1
        except BROKEN:
            pass  # the kill
        except Exception as error:
            self.failure = error

    def change(self, key):
        kind = self.random.choices([self.put, self.delete, self.copy, self.upload], [70, 15, 12, 3])[0]
        kind(key)

    def put(self, key):
        data = self.bytes()
        self.become(key, md5(data), lambda: self.client.put_object(Bucket=DATASTORE, Key=key, Body=data))

    def delete(self, key):
        self.become(key, ABSENT, lambda: self.client.delete_object(Bucket=DATASTORE, Key=key))

    def copy(self, key):
        source = self.random.choice(self.keys)
        state, *others = self.states[source]
        if source != key and state is not ABSENT and not others:
            copied = {"Bucket": DATASTORE, "Key": source}
            self.become(key, state, lambda: self.client.copy_object(Bucket=DATASTORE, Key=key, CopySource=copied))

    def upload(self, key):
        parts = [self.random.randbytes(PART), self.bytes()]

        def store():
            in_progress = Upload(self.client, DATASTORE, key)
            for number, part in enumerate(parts, 1):
                in_progress.part(number, part)
            in_progress.complete()

        self.become(key, md5(b"".join(parts)), store)

    def become(self, key, new, change):
        self.states[key] = self.states[key] | {new}
        change()
        self.states[key] = {new}

    def bytes(self):
        """1 B to 300 KiB; small and large ones equally often, so that both ways of storing are used."""
        largest = 8 << 10 if self.random.random() < 0.5 else 300 << 10
        return self.random.randbytes(self.random.randint(1, largest))


def md5(data):
    return hashlib.md5(data).hexdigest()


def impatient_client(server):
    return make_client(server, config=botocore.config.Config(retries={"total_max_attempts": 1}))


def current_state(client, key):
    try:
        answer = client.get_object(Bucket=DATASTORE, Key=key)
    except client.exceptions.NoSuchKey:
        return ABSENT
    data = answer["Body"].read()
    assert len(data) == answer["ContentLength"]
    expected = etag_of(data[:PART], data[PART:]) if "-" in answer["ETag"] else f'"{md5(data)}"'
    assert answer["ETag"] == expected, f"{key} does not match its ETag"
    return md5(data)


def storm(server, seed, known):
    """Writes for a random time, kills the server meanwhile, and returns the possible states of each key."""
    writers = [Writer(impatient_client(server), number, seed * THREADS + number) for number in range(THREADS)]
    for writer in writers:
        writer.states.update({key: known[key] for key in writer.keys if key in known})
        writer.start()
    time.sleep(random.Random(seed).uniform(0.2, 1.5))  # the moment of the crash is the random input of this test
    server.process.kill()
    server.process.wait()
    for writer in writers:
        writer.join(PATIENCE)
        assert not writer.is_alive()
        assert writer.failure is None, writer.failure
    assert sum(writer.acknowledged for writer in writers) > THREADS, "nothing was written"
    return {key: states for writer in writers for key, states in writer.states.items()}


@pytest.mark.parametrize("options", [
    ["--durability", "full"], ["--durability", "relaxed"], ["--durability", "full", "--master-key-file"]], ids=" ".join)
def test_a_kill_loses_nothing_that_was_acknowledged_and_shows_nothing_by_halves(tmp_path, options):
    print(f"COFFER_CRASH_SEED={SEED}")
    if "--master-key-file" in options:
        (tmp_path / "key").write_text("00" * 31 + "01")
        options = [*options, str(tmp_path / "key")]
    arguments = ["--data", str(tmp_path / "data"), *options, "--log-level", "error"]
    known, crashes = {}, 0
    for number in range(ROUNDS):
        with start(*arguments) as server:
            known = storm(server, SEED + number, known)
            crashes += 1
        with start(*arguments) as server:
            known = check(impatient_client(server), known, tmp_path / "data")
            assert server.log() == ""
    assert crashes == ROUNDS > 0


def check(client, known, data):
    found = {key: current_state(client, key) for key in known}
    wrong = {key: (found[key], states) for key, states in known.items() if found[key] not in states}
    assert not wrong, f"found, and allowed: {wrong}"
    listed = [page.get("Contents", []) for page in
              client.get_paginator("list_objects_v2").paginate(Bucket=DATASTORE, Prefix="storm/")]
    etags = {entry["Key"]: entry["ETag"].strip('"') for page in listed for entry in page}
    assert set(etags) == {key for key, state in found.items() if state is not ABSENT}
    assert all(etag == found[key] for key, etag in etags.items() if "-" not in etag)
    assert staged(data) == [], "files left by the crash are still there"
    return {key: {state} for key, state in found.items()}


def staged(data):
    directories = [path for path in Path(data).rglob("staging") if path.is_dir()]
    assert directories, "there is no staging directory"
    return [path for directory in directories for path in directory.iterdir()]


def test_a_kill_in_the_middle_of_a_body_leaves_nothing_of_it(tmp_path):
    data = tmp_path / "data"
    with start("--data", str(data), "--log-level", "error") as server, wire.Connection(server) as connection:
        url = make_client(server).generate_presigned_url("put_object", {"Bucket": DATASTORE, "Key": "half"})
        target = url.removeprefix(server.endpoint)
        connection.request("PUT", target, [("Content-Length", str(2 << 20))], bytes(1 << 20))
        deadline = time.monotonic() + PATIENCE
        while not any(path.stat().st_size for path in staged(data)):
            assert time.monotonic() < deadline, "nothing of the body was written"
        server.kill()
    with start("--data", str(data), "--log-level", "error") as server:
        assert staged(data) == []
        assert impatient_client(server).list_objects_v2(Bucket=DATASTORE)["KeyCount"] == 0
