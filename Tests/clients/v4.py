"""Signature Version 4, written from AWS's description: for requests and bodies that no SDK would send."""

import base64
import hashlib
import hmac
import zlib
from datetime import datetime, timedelta, timezone
from urllib.parse import quote

EMPTY = hashlib.sha256(b"").hexdigest()
SIGNED_CHUNKS = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
SIGNED_TRAILER = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
UNSIGNED_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"


def hmac_sha256(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signing_key(secret, scope):
    key = ("AWS4" + secret).encode()
    for part in scope.split("/"):
        key = hmac_sha256(key, part)
    return key


class Signer:
    def __init__(self, server, region="us-east-1", service="s3", skew=timedelta(), access_key=None, secret_key=None):
        self.host = f"{server.host}:{server.port}"
        self.access_key = access_key or server.access_key
        self.date = (datetime.now(timezone.utc) + skew).strftime("%Y%m%dT%H%M%SZ")
        self.scope = f"{self.date[:8]}/{region}/{service}/aws4_request"
        self.key = signing_key(secret_key or server.secret_key, self.scope)

    def signature(self, method, path, query, headers, payload):
        """The signature of a request whose path and query are encoded, and whose headers are all signed."""
        values = {}
        for name, value in headers:
            values.setdefault(name.lower(), []).append(" ".join(value.split()))
        names = sorted(values)
        canonical = "\n".join([
            method, path,
            "&".join("=".join(pair) for pair in sorted(part.partition("=")[::2] for part in query.split("&") if part)),
            *(f"{name}:{','.join(values[name])}" for name in names), "", ";".join(names), payload])
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        text = "\n".join(["AWS4-HMAC-SHA256", self.date, self.scope, digest])
        return hmac_sha256(self.key, text).hex(), ";".join(names)

    def headers(self, method, path, query="", headers=(), payload=EMPTY):
        """The headers of a signed request, the host among them."""
        fields = [("Host", self.host), ("x-amz-date", self.date), ("x-amz-content-sha256", payload), *headers]
        self.seed, names = self.signature(method, path, query, fields, payload)
        authorization = (f"AWS4-HMAC-SHA256 Credential={self.access_key}/{self.scope}, SignedHeaders={names}, "
                         f"Signature={self.seed}")
        return [*fields[1:], ("Authorization", authorization)]

    def presigned(self, method, path, expires=60, headers=(), payload="UNSIGNED-PAYLOAD", **changed):
        """The target of a presigned request."""
        fields = [("host", self.host), *headers]
        names = ";".join(sorted({name.lower() for name, _ in fields}))
        query = {
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Credential": f"{self.access_key}/{self.scope}",
            "X-Amz-Date": self.date, "X-Amz-Expires": str(expires), "X-Amz-SignedHeaders": names, **changed}
        text = "&".join(f"{name}={quote(value, safe='-._~')}" for name, value in query.items() if value is not None)
        self.seed, _ = self.signature(method, path, text, fields, payload)
        return f"{path}?{text}&X-Amz-Signature={self.seed}"

    # aws-chunked bodies

    def chunk_signature(self, previous, data):
        text = "\n".join(["AWS4-HMAC-SHA256-PAYLOAD", self.date, self.scope, previous, EMPTY,
                          hashlib.sha256(data).hexdigest()])
        return hmac_sha256(self.key, text).hex()

    def trailer_signature(self, previous, trailer):
        text = "\n".join(["AWS4-HMAC-SHA256-TRAILER", self.date, self.scope, previous,
                          hashlib.sha256(trailer.encode()).hexdigest()])
        return hmac_sha256(self.key, text).hex()

    def chunked(self, kind, data, size=65536, trailer=None):
        """The framed body; call after `headers`, whose signature is the first link of the chain."""
        body, previous = b"", self.seed
        pieces = [data[start:start + size] for start in range(0, len(data), size)] + [b""]
        for piece in pieces:
            line = f"{len(piece):x}"
            if kind != UNSIGNED_TRAILER:
                previous = self.chunk_signature(previous, piece)
                line += f";chunk-signature={previous}"
            body += line.encode() + b"\r\n" + piece + (b"\r\n" if piece else b"")
        if trailer:
            body += f"{trailer[0]}:{trailer[1]}\r\n".encode()
            if kind == SIGNED_TRAILER:
                signature = self.trailer_signature(previous, f"{trailer[0]}:{trailer[1]}\n")
                body += f"x-amz-trailer-signature:{signature}\r\n".encode()
        return body + b"\r\n"


def crc32(data):
    return base64.b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()
