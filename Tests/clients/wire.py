"""Raw HTTP on a socket: requests that no HTTP library would send, and responses read to their exact end."""

import socket
import xml.etree.ElementTree as ElementTree

from servers import PATIENCE


class Connection:
    """One connection, for several requests and responses in turn."""

    def __init__(self, server, timeout=PATIENCE):
        self.socket = socket.create_connection((server.host, server.port), timeout=timeout)
        self.host = f"{server.host}:{server.port}"
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def request(self, method, target, headers=(), body=b"", version="HTTP/1.1", host=True):
        """Sends a request without changing a byte of its target or headers."""
        self.send(head(method, target, headers, host=self.host if host is True else host, version=version) + body)

    def ask(self, method, target, headers=(), body=b""):
        fields = list(headers)
        if (body or method in ("PUT", "POST")) and not any(name.lower() in ("content-length", "transfer-encoding") for name, _ in fields):
            fields.append(("Content-Length", str(len(body))))
        self.request(method, target, fields, body)
        return self.answer(method)

    def answer(self, method="GET"):
        """Reads one response; raises `EOFError` if the server closed the connection before it."""
        lines = self._until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        version, status, *reason = lines[0].split(" ", 2)
        headers = [tuple(part.strip() for part in line.split(":", 1)) for line in lines[1:] if line]
        answer = Answer(version, int(status), reason[0] if reason else "", headers)
        if method != "HEAD" and answer.status not in (100, 204, 304):
            if answer.header("transfer-encoding") == "chunked":
                answer.body = self._chunks()
            else:
                answer.body = self._exactly(int(answer.header("content-length", "0")))
        return answer

    def is_closed(self):
        """Waits until the server closes the connection."""
        try:
            return self.buffer == b"" and self.socket.recv(1) == b""
        except (ConnectionResetError, BrokenPipeError):
            return True

    def _fill(self):
        data = self.socket.recv(65536)
        if not data:
            raise EOFError(f"the connection ended after {self.buffer!r}")
        self.buffer += data

    def _until(self, mark):
        while mark not in self.buffer:
            self._fill()
        found, self.buffer = self.buffer.split(mark, 1)
        return found

    def _exactly(self, count):
        found = bytearray(self.buffer[:count])
        self.buffer = self.buffer[count:]
        while len(found) < count:
            piece = self.socket.recv(min(count - len(found), 1 << 20))
            if not piece:
                raise EOFError(f"the connection ended after {len(found)} of {count} bytes")
            found += piece
        return bytes(found)

    def _chunks(self):
        body = b""
        while size := int(self._until(b"\r\n").split(b";")[0], 16):
            body += self._exactly(size)
            self._exactly(2)
        self._until(b"\r\n")
        return body


class Answer:
    def __init__(self, version, status, reason, headers, body=b""):
        self.version, self.status, self.reason, self.headers, self.body = version, status, reason, headers, body

    def header(self, name, default=None):
        return next((value for key, value in self.headers if key.lower() == name.lower()), default)

    def __getitem__(self, element):
        return error(self.body).get(element)

    def __repr__(self):
        return f"<{self.status} {self.reason} {self.headers} {self.body[:400]!r}>"


def head(method, target, headers=(), host=None, version="HTTP/1.1"):
    lines = [f"{method} {target} {version}"]
    lines += [f"Host: {host}"] if host is not None else []
    lines += [f"{name}: {value}" for name, value in headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8")


def error(body):
    """The elements of an S3 error document; empty for any other body."""
    if not body:
        return {}
    root = ElementTree.fromstring(body)
    return {child.tag: child.text or "" for child in root} if root.tag == "Error" else {}
