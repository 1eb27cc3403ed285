"""Requests made and signed beforehand, as the generator sends them: each with a signature of its own, in one file."""

import hashlib
import hmac
import time
from dataclasses import dataclass, field
from urllib.parse import quote

ACCESS_KEY = "AKIABENCHBENCHBENCH0"
SECRET_KEY = "bench-secret-that-is-long-enough"
REGION = "us-east-1"
EMPTY = hashlib.sha256(b"").hexdigest()


@dataclass
class Request:
    """What one request asks. A body of `body_size` bytes has the digest `digest`; a short one is in `text`."""

    method: str
    path: str
    query: dict = field(default_factory=dict)
    headers: dict = field(default_factory=dict)
    body_size: int = 0
    digest: str = EMPTY
    text: bytes = b""
    #: The next request is sent on the same connection when this one is answered.
    is_continued: bool = False


def encoded(query):
    return "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in sorted(query.items()))


class Signer:
    """Signature Version 4 for one host. The time is that of its creation, and the signing key is derived once."""

    def __init__(self, host):
        self.host = host
        self.date = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        day = self.date[:8]
        self.scope = f"{day}/{REGION}/s3/aws4_request"
        self.key = b"AWS4" + SECRET_KEY.encode()
        for part in [day, REGION, "s3", "aws4_request"]:
            self.key = hmac.digest(self.key, part.encode(), "sha256")

    def signature(self, request, query, headers, digest):
        names = sorted(headers)
        canonical = "\n".join([
            request.method, request.path, query, *(f"{name}:{headers[name]}" for name in names), "", ";".join(names),
            digest])
        text = "\n".join([
            "AWS4-HMAC-SHA256", self.date, self.scope, hashlib.sha256(canonical.encode()).hexdigest()])
        return hmac.digest(self.key, text.encode(), "sha256").hex()

    def plain(self, request):
        """The method, the target and the header fields of an unsigned request."""
        query = encoded(request.query)
        target = request.path + (f"?{query}" if query else "")
        return request.method, target, {"host": self.host, **request.headers}

    def signed(self, request):
        """The same, with the Authorization header."""
        digest = hashlib.sha256(request.text).hexdigest() if request.text else request.digest
        method, target, headers = self.plain(request)
        headers |= {"x-amz-content-sha256": digest, "x-amz-date": self.date}
        signature = self.signature(request, encoded(request.query), headers, digest)
        headers["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/{self.scope}, SignedHeaders={';'.join(sorted(headers))}, "
            f"Signature={signature}")
        return method, target, headers

    def presigned(self, request):
        """The same, with the signature in the query, which is valid for a day."""
        query = encoded({
            **request.query, "X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Credential": f"{ACCESS_KEY}/{self.scope}",
            "X-Amz-Date": self.date, "X-Amz-Expires": "86400", "X-Amz-SignedHeaders": "host"})
        signature = self.signature(request, query, {"host": self.host}, "UNSIGNED-PAYLOAD")
        target = f"{request.path}?{query}&X-Amz-Signature={signature}"
        return request.method, target, {"host": self.host, **request.headers}


def sent(request, method, target, headers):
    """The bytes of a request, after the line that tells the generator of what length they are."""
    size = len(request.text) + request.body_size
    if size > 0 or method == "PUT":
        headers = {**headers, "content-length": size}
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = f"{method} {target} HTTP/1.1\r\n{fields}\r\n".encode() + request.text
    flags = ("h" if method == "HEAD" else "") + ("+" if request.is_continued else "")
    return b"%d %d %s\n%s\n" % (len(head), request.body_size, (flags or "-").encode(), head)


def write_requests(path, requests, sign):
    """Writes requests, each signed by `sign`, which returns its method, target and header fields."""
    with open(path, "wb") as file:
        file.writelines(sent(request, *sign(request)) for request in requests)
