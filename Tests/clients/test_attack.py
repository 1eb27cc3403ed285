"""Attacks of all kinds at once while clients work: no client waits long, no data changes, the server keeps running."""

import hashlib
import itertools
import os
import random
import threading
import time
from pathlib import Path

import botocore.config

import wire
from attackers import BUCKET, KEY, LARGE, Attacker
from conftest import make_client, policy_of, root_environment, start
from signed import V2_QUERY, V4_QUERY, Signed

SECONDS = float(os.environ.get("COFFER_ATTACK_SECONDS", "10"))
SEED = int(os.environ.get("COFFER_ATTACK_SEED", str(random.SystemRandom().randrange(1 << 32))))
ATTACKERS, WORKERS = 16, 3
#: The longest time that a client may wait for a response, on a machine that is busy with other work too.
PATIENCE_SECONDS = 10
MEMORY_BYTES = 700 << 20


class Worker(threading.Thread):
    """A client that works on its own object key, and checks that it reads what it wrote."""

    def __init__(self, server, number, end):
        super().__init__(daemon=True)
        self.s3 = make_client(server, config=botocore.config.Config(retries={"total_max_attempts": 1}))
        self.bucket, self.end, self.random = f"worker-{number}", end, random.Random(SEED + number)
        self.failure, self.slowest, self.count = None, 0, 0
        self.s3.create_bucket(Bucket=self.bucket)

    def run(self):
        try:
            while time.monotonic() < self.end:
                self.timed(self.work)
        except Exception as error:
            self.failure = error

    def timed(self, work):
        started = time.monotonic()
        work()
        self.slowest = max(self.slowest, time.monotonic() - started)
        self.count += 1

    def work(self):
        data = self.random.randbytes(self.random.choice([10, 4096, 200_000]))
        self.s3.put_object(Bucket=self.bucket, Key="k", Body=data)
        assert self.s3.get_object(Bucket=self.bucket, Key="k")["Body"].read() == data
        assert self.s3.list_objects_v2(Bucket=self.bucket)["KeyCount"] == 1
        self.s3.put_bucket_policy(Bucket=self.bucket, Policy=policy_of(
            "s3:GetObject", resource=f"arn:aws:s3:::{self.bucket}/*", Principal="*"))
        assert len(self.s3.delete_objects(Bucket=self.bucket, Delete={"Objects": [{"Key": "k"}]})["Deleted"]) == 1


class Health(Worker):
    """Requests the server's health."""

    def __init__(self, server, end):
        super().__init__(server, 0, end)
        self.server = server

    def work(self):
        with wire.Connection(self.server) as connection:
            assert connection.ask("GET", "/-/health").body.startswith(b"ok\n")
        time.sleep(0.02)


class Band(threading.Thread):
    """Runs one attack after another."""

    def __init__(self, attacker, end):
        super().__init__(daemon=True)
        self.attacker, self.end, self.statuses, self.count, self.failure = attacker, end, {}, 0, None

    def run(self):
        try:
            while time.monotonic() < self.end:
                for status in self.attacker.attack():
                    self.statuses[status] = self.statuses.get(status, 0) + 1
                self.count += 1
        except Exception as error:
            self.failure = error


def fortress(s3):
    """The data that must not change."""
    found = s3.get_object(Bucket=BUCKET, Key=KEY)
    acl = s3.get_object_acl(Bucket=BUCKET, Key=KEY)["Grants"], s3.get_bucket_acl(Bucket=BUCKET)["Grants"]
    keys = [entry["Key"] for entry in s3.list_object_versions(Bucket=BUCKET)["Versions"]]
    return hashlib.md5(found["Body"].read()).hexdigest(), found["Metadata"], acl, keys, sorted(
        bucket["Name"] for bucket in s3.list_buckets()["Buckets"])


def prepare(server):
    """The fortress, a user without rights in it, and presigned URLs of its owner."""
    s3, iam = make_client(server), make_client(server, service="iam")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"keep", Metadata={"a": "b"})
    s3.put_object(Bucket=BUCKET, Key=LARGE, Body=bytes(8 << 20))
    iam.create_user(UserName="mallory")
    user = iam.create_access_key(UserName="mallory")["AccessKey"]
    tickets = {
        "v2": Signed(server, V2_QUERY, "GET", f"/{BUCKET}/{KEY}", expires=86_400).target,
        "v4": Signed(server, V4_QUERY, "GET", f"/{BUCKET}/{KEY}", expires=86_400).target}
    tickets["large"] = Signed(server, V2_QUERY, "GET", f"/{BUCKET}/{LARGE}", expires=86_400).target
    return user, tickets


def memory(process):
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS"))


def test_attackers_neither_change_nor_stop_anything(capsys):
    with start("--ephemeral", **root_environment()) as server:
        user, tickets = prepare(server)
        end = time.monotonic() + SECONDS
        workers = [Worker(server, number, end) for number in range(1, WORKERS + 1)] + [Health(server, end)]
        before = fortress(make_client(server))
        bands = [Band(Attacker(server, user, tickets, random.Random(SEED * 100 + number)), end)
                 for number in range(ATTACKERS)]
        for thread in itertools.chain(workers, bands):
            thread.start()
        largest = 0
        while any(thread.is_alive() for thread in itertools.chain(workers, bands)):
            largest = max(largest, memory(server.process))
            assert server.process.poll() is None, f"seed {SEED}: {server.log()[-2000:]}"
            time.sleep(0.2)
        statuses = {}
        for band in bands:
            for status, count in band.statuses.items():
                statuses[status] = statuses.get(status, 0) + count
        with capsys.disabled():
            if "COFFER_ATTACK_SECONDS" in os.environ:
                print(f"\nseed {SEED}: {sum(band.count for band in bands)} attacks, answers {sorted(statuses.items())}; "
                      f"{sum(worker.count for worker in workers)} rounds of work, the slowest "
                      f"{max(worker.slowest for worker in workers):.2f} s; at most {largest >> 20} MiB of memory")
        failures = [thread.failure for thread in itertools.chain(workers, bands) if thread.failure]
        assert not failures, f"seed {SEED}: {failures[:3]}"
        assert not {500, 502, 504} & statuses.keys(), f"seed {SEED}: {statuses}, {server.log()[-2000:]}"
        assert fortress(make_client(server)) == before, f"seed {SEED}"
        assert max(worker.slowest for worker in workers) < PATIENCE_SECONDS, f"seed {SEED}"
        assert largest < MEMORY_BYTES, f"seed {SEED}: {largest}"
