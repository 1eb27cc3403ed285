"""Measures the server beside nginx, which serves the same files in the same run as the limit of what is possible.

Figures are requests a second and the server's own CPU time per request (user and system, from /proc). The machine's
other work disturbs the rates; the ratios of one run hold better.
"""

import argparse
import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

HERE = Path(__file__).resolve().parent
KEYS = Credentials("AKIABENCHBENCHBENCH0", "bench-secret-that-is-long-enough")
BUCKET = "bench"
TICK = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_listening(port, process):
    while True:
        assert process.poll() is None, "the server ended"
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.002)


class Server:
    """A process that listens, with the CPU time of itself and its children."""

    def __init__(self, name, arguments, port, env=None):
        self.name, self.port = name, port
        self.process = subprocess.Popen(arguments, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until_listening(port, self.process)

    def pids(self):
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [self.process.pid, *map(int, children)]

    def cpu(self):
        total = 0
        for pid in self.pids():
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICK

    def resident(self):
        return max(
            int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) for pid in self.pids())

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def start_coffer(directory):
    port = free_port()
    env = {
        "COFFER_ACCESS_KEY": KEYS.access_key, "COFFER_SECRET_KEY": KEYS.secret_key, "PATH": os.environ["PATH"],
    }
    arguments = [
        os.environ["COFFER_BINARY"], "serve", "--data", str(directory), "--port", str(port), "--log-level", "none"]
    return Server("coffer", arguments, port, env)


def start_nginx(directory):
    port = free_port()
    root = directory / "root"
    root.mkdir(parents=True)
    configuration = directory / "nginx.conf"
    configuration.write_text(f"""
        daemon off; worker_processes 2; pid {directory}/pid; error_log {directory}/error.log;
        events {{ worker_connections 1024; }}
        http {{
            access_log off; sendfile on; tcp_nodelay on; keepalive_requests 1000000000; client_max_body_size 0;
            client_body_temp_path {directory}/body; open_file_cache max=10000;
            server {{ listen 127.0.0.1:{port}; root {root}; dav_methods PUT DELETE; create_full_put_path on; }}
        }}
    """)
    for path in [directory, root]:
        path.chmod(0o777)
    return Server("nginx", ["nginx", "-c", str(configuration), "-e", f"{directory}/error.log"], port), root


class Signer(S3SigV4Auth):
    """botocore's, but for the hash of the body, which is given."""

    def __init__(self, payload):
        super().__init__(KEYS, "s3", "us-east-1")
        self.given = payload

    def payload(self, request):
        return self.given


def signed(server, method, target, payload="UNSIGNED-PAYLOAD"):
    request = AWSRequest(method, f"http://127.0.0.1:{server.port}{target}")
    Signer(payload).add_auth(request)
    return dict(request.headers.items())


def write_requests(path, requests):
    with open(path, "w") as file:
        for method, target, headers in requests:
            file.write("\n".join([method, target, *(f"{n}: {v}" for n, v in headers.items())]) + "\n\n")


def measure(server, requests, directory, connections, seconds, body=None):
    path = directory / "requests"
    write_requests(path, requests)
    arguments = [
        "wrk", "-t", "2" if connections > 1 else "1", "-c", str(connections), "-d", f"{seconds}s", "-s",
        str(HERE / "requests.lua"), f"http://127.0.0.1:{server.port}/", "--", str(path)]
    if body is not None:
        (directory / "body").write_bytes(body)
        arguments.append(str(directory / "body"))
    before = server.cpu()
    output = subprocess.run(arguments, capture_output=True, text=True, check=True).stdout
    cpu = server.cpu() - before
    found = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+)", output)
    count, micros, median, p99, errors = map(int, found.groups())
    assert errors == 0, f"{server.name}: {errors} of {count} requests failed"
    return {"rate": count / (micros / 1e6), "cpu": cpu / count * 1000, "median": median / 1000, "p99": p99 / 1000}


def line(case, coffer, nginx=None):
    text = f"{case:<34}{coffer['rate']:>10.0f}/s {coffer['cpu']:>8.3f} ms CPU {coffer['median']:>8.2f} ms"
    if nginx:
        text += (
            f"   nginx {nginx['rate']:>8.0f}/s {nginx['cpu']:>7.3f} ms CPU"
            f"   rate ×{coffer['rate'] / nginx['rate']:.2f} CPU ×{coffer['cpu'] / nginx['cpu']:.1f}")
    print(text, flush=True)


def counter(server, name):
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(b"GET /-/metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        page = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    return int(re.search(rf"^{name} (\d+)", page, re.M)[1])


def fill(client, keys, body):
    with ThreadPoolExecutor(32) as pool:
        list(pool.map(lambda key: client.put_object(Bucket=BUCKET, Key=key, Body=body), keys))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=8, help="of each case")
    parser.add_argument("--keys", type=int, default=100_000, help="in the bucket that is listed")
    options = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="coffer-bench."))
    directory.chmod(0o755)
    nginx, root = start_nginx(directory / "nginx")
    coffer = start_coffer(directory / "data")
    try:
        run(coffer, nginx, root, directory, options)
    finally:
        coffer.stop()
        nginx.stop()
        shutil.rmtree(directory)


def run(coffer, nginx, root, directory, options):
    config = Config(max_pool_connections=64)
    client = boto3.client(
        "s3", endpoint_url=f"http://127.0.0.1:{coffer.port}", region_name="us-east-1",
        aws_access_key_id=KEYS.access_key, aws_secret_access_key=KEYS.secret_key, config=config)
    client.create_bucket(Bucket=BUCKET)
    seconds = options.seconds
    print(f"idle: {coffer.resident() / 1024:.1f} MB resident")

    small, middle, large = os.urandom(4096), os.urandom(65536), os.urandom(64 << 20)
    names = [f"small/{n:04}" for n in range(1000)]
    fill(client, names, small)
    client.put_object(Bucket=BUCKET, Key="middle", Body=middle)
    client.put_object(Bucket=BUCKET, Key="large", Body=large)
    for name, body in [*((name, small) for name in names), ("middle", middle), ("large", large)]:
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(body)
    (root / "put").mkdir(mode=0o777)
    (root / "put").chmod(0o777)

    def compare(case, connections, method, target_names, body=None):
        plain = [(method, f"/{name}", {}) for name in target_names]
        own = [
            (method, f"/{BUCKET}/{name}", signed(coffer, method, f"/{BUCKET}/{name}"))
            for name in target_names]
        limit = measure(nginx, plain, directory, connections, seconds, body)
        result = measure(coffer, own, directory, connections, seconds, body)
        line(case, result, limit)
        return result, limit

    compare("GET 4 KiB signed, 16", 16, "GET", names)
    compare("GET 4 KiB signed, 64", 64, "GET", names)
    compare("GET 64 KiB signed, 16", 16, "GET", ["middle"])
    compare("GET 64 MiB signed, 4", 4, "GET", ["large"])
    commits, changes = (counter(coffer, f"coffer_catalog_{kind}_total") for kind in ("commits", "changes"))
    compare("PUT 4 KiB signed durable, 64", 64, "PUT", [f"put/{n}" for n in range(5000)], small)
    commits, changes = (
        counter(coffer, f"coffer_catalog_{kind}_total") - old
        for kind, old in (("commits", commits), ("changes", changes)))
    print(f"{'':<34}{changes / commits:.1f} objects per sync")
    compare("PUT 64 KiB signed durable, 16", 16, "PUT", [f"put/m{n}" for n in range(500)], middle)
    digest = hashlib.sha256(large).hexdigest()
    own = [("PUT", f"/{BUCKET}/put/l{n}", signed(coffer, "PUT", f"/{BUCKET}/put/l{n}", payload=digest)) for n in range(4)]
    plain = [("PUT", f"/put/l{n}", {}) for n in range(4)]
    limit = measure(nginx, plain, directory, 2, seconds, large)
    line("PUT 64 MiB signed durable, 2", measure(coffer, own, directory, 2, seconds, large), limit)

    fill(client, [f"list/{n // 1000:03}/{n:06}" for n in range(options.keys)], b"x")
    listing = f"/{BUCKET}?list-type=2&prefix=list%2F&max-keys=1000"
    line(f"LIST 1,000 of {options.keys}, 4", measure(
        coffer, [("GET", listing, signed(coffer, "GET", listing))], directory, 4, seconds))
    listing = f"/{BUCKET}?list-type=2&prefix=list%2F&delimiter=%2F"
    line(f"LIST prefixes over {options.keys}, 4", measure(
        coffer, [("GET", listing, signed(coffer, "GET", listing))], directory, 4, seconds))
    print(f"afterwards: {coffer.resident() / 1024:.1f} MB resident")


if __name__ == "__main__":
    main()
