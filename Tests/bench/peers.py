"""The servers that are measured: Coffer, and beside it nginx and rclone, which serve the same bytes from files."""

import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

from prepared import ACCESS_KEY, SECRET_KEY, Request, Signer, write_requests

sys.path.append(str(Path(__file__).resolve().parent.parent / "clients"))
from servers import Server  # noqa: E402

TICK = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Peer:
    """A server, as the cases see it: its port, its process, and how a request to it is signed."""

    process = port = None
    uses_tls = False

    def pids(self):
        """The process and its children: nginx works in several."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [self.process.pid, *map(int, children)]

    def cpu(self):
        """Seconds of all threads so far, in user and system mode."""
        stats = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in self.pids()]
        return sum(int(fields[11]) + int(fields[12]) for fields in stats) / TICK

    def forget_peak(self):
        """Begins a new measurement of the memory."""
        for pid in self.pids():
            Path(f"/proc/{pid}/clear_refs").write_text("5")

    def peak(self):
        """The most memory that was resident since `forget_peak`, in bytes."""
        statuses = [Path(f"/proc/{pid}/status").read_text() for pid in self.pids()]
        return sum(int(re.search(r"VmHWM:\s+(\d+)", status)[1]) * 1024 for status in statuses)

    def signing(self, how):
        """A function that signs a request for this server: `how` is the name of a method of `Signer`."""
        return getattr(Signer(f"127.0.0.1:{self.port}"), how)

    def counters(self):
        """How many changes were made durable so far, and by how many commits. Only Coffer counts that."""
        return None

    def stop(self):
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait()
        self.process = None


class Coffer(Peer):
    name = "coffer"

    def __init__(self, directory, generator, certificate=None, under=(), environment=None):
        self.directory, self.generator, self.certificate = directory, generator, certificate
        self.under, self.environment = under, environment or {}
        self.server = self.mode = None

    def start(self, durability="full", uses_tls=False):
        """Starts the server, or starts it anew where it runs otherwise."""
        if self.server and self.mode == (durability, uses_tls):
            return
        self.stop()
        arguments = ["--data", str(self.directory), "--durability", durability, "--log-level", "none"]
        arguments += ["--create-bucket", "bench", "--create-bucket", "open:download"]
        if uses_tls:
            arguments += ["--tls-certificate", f"{self.certificate}.pem", "--tls-key", f"{self.certificate}.key"]
        environment = {"COFFER_ACCESS_KEY": ACCESS_KEY, "COFFER_SECRET_KEY": SECRET_KEY}
        environment |= self.environment
        self.server = Server(*arguments, env=environment, under=self.under)
        self.mode, self.uses_tls = (durability, uses_tls), uses_tls
        self.process, self.port = self.server.process, self.server.port

    def stop(self):
        if self.server:
            self.server.__exit__(None)
        self.server = self.process = None

    def fill(self, paths, size):
        """Stores objects. The paths begin with the bucket."""
        digest = self.generator.body.digest(size)
        requests = [Request("PUT", path, body_size=size, digest=digest) for path in paths]
        write_requests(self.generator.requests, requests, self.signing("signed"))
        self.generator.run(self, connections=min(64, len(requests)), limit=len(requests))

    def counters(self):
        with urlopen(f"http://127.0.0.1:{self.port}/-/metrics") as answer:
            page = answer.read().decode()
        values = dict(re.findall(r"^coffer_catalog_(changes|commits)_total (\d+)", page, re.MULTILINE))
        return int(values["changes"]), int(values["commits"])


class FilePeer(Peer):
    """A server of files: objects are files below `root`, in folders named after the buckets."""

    def __init__(self, directory, generator, certificate=None):
        self.directory, self.generator, self.certificate = directory, generator, certificate
        self.root = directory / "root"
        self.root.mkdir(parents=True)
        # nginx makes the folders of what is put, but not of copies.
        for folder in ("bench/copy", "open"):
            (self.root / folder).mkdir(parents=True)

    def fill(self, paths, size):
        body = self.generator.body.data[:size]
        for path in paths:
            file = self.root / path.removeprefix("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(body)

    def launch(self, arguments):
        self.process = subprocess.Popen(
            arguments, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while True:
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.name} ended when it was started")
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except OSError:
                time.sleep(0.001)


class Nginx(FilePeer):
    name = "nginx"

    def start(self, durability=None, uses_tls=False):
        """Starts the server, or chooses the port of the running one."""
        if not self.process:
            self.plain_port, self.tls_port = free_port(), free_port()
            self.port = self.plain_port
            (self.directory / "nginx.conf").write_text(self.configuration())
            log = str(self.directory / "error.log")
            self.launch(["/usr/sbin/nginx", "-c", str(self.directory / "nginx.conf"), "-e", log])
        self.port, self.uses_tls = self.tls_port if uses_tls else self.plain_port, uses_tls

    def configuration(self):
        user = "user root;" if os.geteuid() == 0 else ""
        # It keeps the files of several cases open, and answers 500 when it has no descriptor left.
        files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        return f"""
            daemon off; worker_processes 2; worker_rlimit_nofile {files}; pid {self.directory}/pid; error_log {self.directory}/error.log; {user}
            events {{ worker_connections 1024; }}
            http {{
                access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_requests 1000000000;
                keepalive_timeout 1h; client_max_body_size 0; client_body_temp_path {self.directory}/body;
                open_file_cache max={min(20_000, files * 3 // 4)};
                ssl_certificate {self.certificate}.pem; ssl_certificate_key {self.certificate}.key;
                server {{
                    listen 127.0.0.1:{self.plain_port}; listen 127.0.0.1:{self.tls_port} ssl;
                    root {self.root}; dav_methods PUT DELETE COPY; create_full_put_path on;
                }}
            }}
        """

    def signing(self, how):
        """Nothing is signed. A copy is WebDAV's."""
        signer = Signer(f"127.0.0.1:{self.port}")

        def plain(request):
            source = request.headers.get("x-amz-copy-source")
            if not source:
                return signer.plain(request)
            return "COPY", source, {"host": signer.host, "destination": f"http://{signer.host}{request.path}"}

        return plain


class Rclone(FilePeer):
    name = "rclone"

    def __init__(self, program, directory, generator):
        super().__init__(directory, generator)
        self.program = program

    def start(self, durability=None, uses_tls=False):
        if self.process:
            return
        self.port = free_port()
        self.launch([
            str(self.program), "serve", "s3", "--addr", f"127.0.0.1:{self.port}", "--config", "",
            "--auth-key", f"{ACCESS_KEY},{SECRET_KEY}", str(self.root)])
