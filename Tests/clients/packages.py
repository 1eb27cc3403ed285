"""Helpers to make packages and to run `coffer package` on them."""

import http.server
import json
import sqlite3
import subprocess
import threading

import servers
from conftest import ACCESS_KEY, SECRET_KEY

DONE, INVALID, FAILED, USAGE = 0, 3, 1, 64
# Enough memory to start a program with its libraries, and far less than the size of an unpacked bomb.
MEMORY_KIB = 2_000_000


def run(*arguments, server=None, expected=DONE, env=None):
    env = dict(env or {})
    if server:
        env = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY, "AWS_ENDPOINT_URL": server.endpoint, **env}
    result = servers.run("package", *map(str, arguments), env=env)
    assert result.returncode == expected, result.stderr + result.stdout
    return result


def run_limited(*arguments):
    """Runs with a memory limit, which no file may exceed."""
    command = ["bash", "-c", f'ulimit -v {MEMORY_KIB}; exec "$@"', "-", servers.binary(), "package", *map(str, arguments)]
    return subprocess.run(command, env=servers.plain_environment(), capture_output=True, text=True, timeout=servers.PATIENCE)


def report(*arguments, **options):
    return json.loads(run("validate", "--json", *arguments, **options).stdout)


def rules(*arguments, **options):
    return [finding["rule"] for finding in report(*arguments, **options)["findings"]]


def fields(*names, type="string"):
    return {"fields": [{"name": name, "type": type} for name in names]}


def write(directory, files, resources=None, **members):
    """Writes a package with these resources; if none are given, with one for each text file."""
    directory.mkdir(parents=True, exist_ok=True)
    for path, content in files.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_bytes(content.encode() if isinstance(content, str) else content)
    if resources is None:
        resources = [{"name": path.split(".")[0], "path": path} for path in files]
    (directory / "datapackage.json").write_text(json.dumps({"name": "p", "resources": resources, **members}))
    return directory


def rows(database, query):
    with sqlite3.connect(database) as connection:
        return connection.execute(query).fetchall()


class Site:
    """A web server: its responses by path, each a body or a body with header fields; and a record of its requests."""

    def __init__(self, answers):
        self.answers = answers
        self.requests = []
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                site.requests.append((self.command, self.path))
                answer = site.answers.get(self.path)
                if answer is None:
                    return self.send_error(404)
                body, headers = answer if isinstance(answer, tuple) else (answer, {})
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                for field in headers.items():
                    self.send_header(*field)
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(body)

            do_HEAD = do_GET

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def package_of(directory, files):
    """Writes a package of files, given by their paths, whose descriptor says nothing of their content."""
    directory.mkdir()
    for path, text in files.items():
        (directory / path).write_text(text)
    resources = [{"name": f"r{number}", "path": path} for number, path in enumerate(files)]
    (directory / "datapackage.json").write_text(json.dumps({"name": "files", "resources": resources}))
    return directory
