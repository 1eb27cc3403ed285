"""A proxy in front of the server that changes requests and responses, like a badly configured one."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from wire import Connection, head


class Proxy:
    """`with Proxy(server, change)`: `change(target, headers)` returns what is sent on; it has the server's keys.

    `change_body` does the same for the body.
    """

    def __init__(self, server, change, change_body=lambda body: body):
        self.server, self.change, self.change_body = server, change, change_body
        self.access_key, self.secret_key = server.access_key, server.secret_key
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.scheme, self.host, self.port = "http", "127.0.0.1", self._http.server_address[1]
        self.endpoint = f"http://{self.host}:{self.port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def _handler(proxy):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def pass_on(self):
                body = proxy.change_body(self.rfile.read(int(self.headers.get("Content-Length", 0))))
                target, headers = proxy.change(self.path, list(self.headers.items()))
                with Connection(proxy.server) as connection:
                    connection.send(head(self.command, target, headers, host=None) + body)
                    answer = connection.answer(self.command)
                self.send_response_only(answer.status)
                # For HEAD, this is the length of the response to GET.
                own = {"transfer-encoding", "connection"} | ({"content-length"} if self.command != "HEAD" else set())
                for name, value in answer.headers:
                    if name.lower() not in own:
                        self.send_header(name, value)
                if self.command != "HEAD":
                    self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(answer.body)

            do_GET = do_PUT = do_HEAD = do_POST = do_DELETE = pass_on

            def log_message(self, *_):
                pass

        return Handler


def replacing(name, value):
    """A change: sets a header to a value, whether the client sent it or not; None removes it."""
    def change(target, headers):
        kept = [field for field in headers if field[0].lower() != name.lower()]
        return target, kept + ([(name, value)] if value is not None else [])

    return change


def joining(target, headers):
    """A change: joins header fields of one name, as RFC 9110 section 5.3 allows."""
    joined = {}
    for name, value in headers:
        joined[name.lower()] = (name, f"{joined[name.lower()][1]}, {value}" if name.lower() in joined else value)
    return target, list(joined.values())


def to_path(function):
    """A change: only the path is changed."""
    def change(target, headers):
        path, mark, query = target.partition("?")
        return function(path) + mark + query, headers

    return change
