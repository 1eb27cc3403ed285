"""Attacks by a caller who has no key, or the key of a user without rights. Each call is one attack, built from a random
generator's numbers, and returns the statuses of the responses."""

import base64
import hashlib
import json
import re
import socket
import struct
import time
from urllib.parse import quote

import wire
from servers import PATIENCE
from signed import V2_QUERY, V4, V4_PLAIN, V4_QUERY, Signed
from v4 import SIGNED_CHUNKS, SIGNED_TRAILER, UNSIGNED_TRAILER, Signer

BUCKET, KEY, LARGE = "fortress", "keep", "large"
STATUS = re.compile(rb"HTTP/1\.1 (\d\d\d) ")
#: Query parameters and headers with a meaning in S3, which are added to requests.
PARAMETERS = (
    "acl", "policy", "tagging", "cors", "versioning", "versions", "versionId=null", "uploads", "uploadId=x", "delete",
    "retention", "legal-hold", "encryption", "publicAccessBlock", "ownershipControls", "policyStatus", "attributes",
    "object-lock", "restore", "renameObject", "torrent", "location", "list-type=2", "partNumber=1", "x-id=PutObject",
    "response-content-type=text/html", "max-keys=-1", "max-keys=99999999999", "prefix=%ff", "delimiter=%", "marker=",
    "continuation-token=AAAA", "encoding-type=url", "X-Amz-Algorithm=AWS4-HMAC-SHA256", "Signature=x", "lifecycle")
HEADERS = (
    ("x-amz-acl", "public-read-write"), ("x-amz-copy-source", f"/{BUCKET}/{KEY}"), ("x-amz-tagging", "a=b&a=c&=%"),
    ("x-amz-metadata-directive", "REPLACE"), ("Range", "bytes=0-,1-,2-"), ("Range", "bytes=-9223372036854775809"),
    ("x-amz-rename-source", "%00"), ("x-amz-write-offset-bytes", "-1"), ("x-amz-bypass-governance-retention", "true"),
    ("If-Modified-Since", "Thu, 01 Jan 99999 00:00:00 GMT"), ("If-Match", '"' * 200), ("Content-MD5", "AAAA"),
    ("x-amz-checksum-crc32", "AAAAAA=="), ("x-amz-trailer", "x-amz-checksum-crc32"), ("Expect", "100-continue"),
    ("x-amz-decoded-content-length", "18446744073709551616"), ("x-amz-security-token", "t" * 3000),
    ("x-amz-object-lock-retain-until-date", "2020-02-30T25:61:61Z"), ("x-amz-expected-bucket-owner", "1"),
    ("x-amz-server-side-encryption-customer-key", "AAAA"), ("x-amz-grant-full-control", 'uri="x",id="' * 50),
    ("x-amz-account-id", "000000000000"), ("X-Forwarded-For", "127.0.0.1"), ("Host", "fortress.localhost"),
    ("Content-Type", "multipart/form-data; boundary=" + "-" * 70), ("Origin", "https://" + "a." * 500))


class Attacker:
    """One attacker's view of a server.

    - user: the keys of a user without rights, with `AccessKeyId` and `SecretAccessKey`.
    - tickets: presigned URLs' targets for reading `KEY`, made by the owner.
    """

    def __init__(self, server, user, tickets, random):
        self.server, self.user, self.tickets, self.random = server, user, tickets, random

    def attack(self):
        return self.random.choice(self.ATTACKS)(self)

    # The bytes of HTTP

    def heads(self):
        """Requests with bytes changed, inserted or removed."""
        data = bytearray(wire.head(
            self.random.choice(["GET", "PUT", "POST", "DELETE", "HEAD"]), f"/{BUCKET}/{KEY}{self.query()}",
            [*self.headers(), ("Content-Length", str(self.random.choice([0, 5, 10 ** 6])))], host="x"))
        for _ in range(self.random.randrange(1, 6)):
            at = self.random.randrange(len(data))
            data[at:at + self.random.randrange(3)] = self.random.choice(
                [b"\0", b"\r", b"\n", b"\r\n", b"\r\n ", b": x\r\n", b" ", b"\xff", b"%", bytes([data[at] ^ 1])])
        return self.send(bytes(data) + b"GET /smuggled/k HTTP/1.1\r\nHost: x\r\n\r\n")

    def resets(self):
        """Connections that are closed in the middle of a request."""
        data = self.signed(V4, "PUT", f"/{BUCKET}/loot", body=bytes(100_000))
        with self.connect() as connection:
            connection.sendall(data[:self.random.randrange(len(data))])
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return []

    def slow_reader(self):
        """A client that requests a lot of data and reads little of it."""
        with self.connect() as connection:
            connection.sendall(f"GET {self.tickets['large']} HTTP/1.1\r\nHost: x\r\n\r\n".encode() * 20)
            received = connection.recv(1)
            time.sleep(self.random.random() / 2)
        return [] if received else [0]

    def half_a_document(self):
        head = self.document_head("POST", f"/{BUCKET}", "delete", bytes(16), size=2_000_000)
        with self.connect() as connection:
            connection.sendall(head + bytes(self.random.randrange(1_900_000)))
            time.sleep(self.random.random())
        return []

    def half_a_form(self):
        key = self.random.choice([self.user["AccessKeyId"], self.server.access_key, "AKIANOBODY"])
        head = wire.head("POST", "/", [
            ("Authorization", f"AWS4-HMAC-SHA256 Credential={key}/20260101/us-east-1/iam/aws4_request, "
                              "SignedHeaders=host, Signature=0"),
            ("Content-Type", "application/x-www-form-urlencoded"), ("Content-Length", "500000")], host="x")
        with self.connect() as connection:
            connection.sendall(head + bytes(self.random.randrange(490_000)))
            time.sleep(self.random.random())
        return []

    # Signatures

    def forged(self):
        """A signed request with an unsigned part added."""
        path, signer = f"/{BUCKET}/{KEY}", self.random.choice([V4_QUERY, V2_QUERY])
        ticket = self.random.choice([self.tickets["v2"], self.tickets["v4"]])
        if self.random.random() < 0.5:
            parameter = self.maybe_encoded(self.random.choice(PARAMETERS))
            data = wire.head(self.random.choice(["GET", "PUT", "DELETE", "POST"]), f"{ticket}&{parameter}",
                             [("Content-Length", "4")], host=self.host) + b"evil"
        else:
            data = self.signed(signer, "PUT", path, query=self.query()[1:], headers=self.headers())
        return self.send(data)

    def wrong_secret(self):
        """The owner's access key with a wrong secret: the request has no effect, and diagnosing it is cheap."""
        request = Signed(self.server, self.random.choice([V4, V4_QUERY, V2_QUERY]), "PUT", f"/{BUCKET}/loot",
                         access_key=self.server.access_key, secret_key="wrong", headers=self.safe_headers())
        return self.send(self.bytes_of(request))

    def form(self):
        """A form with a hostile policy and a wrong signature."""
        policy = self.random.choice([
            b"{// '\n" + b"[" * 700 + b"}", b'{"a":' * 2000, b"[" * 20_000, b'{"expiration": "' + b"\\u0000" * 3000,
            b'{"conditions": [' + b'["eq","$a","b"],' * 1000])
        fields = {
            "key": "loot", "AWSAccessKeyId": self.server.access_key, "policy": base64.b64encode(policy).decode(),
            "signature": "AAAA", "acl": "public-read"}
        body = b"".join(b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
                        % (name.encode(), value.encode()) for name, value in fields.items())
        body += b'--x\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nevil\r\n--x--\r\n'
        return self.send(wire.head("POST", f"/{BUCKET}{self.query()}", [
            ("Content-Type", "multipart/form-data; boundary=x"), ("Content-Length", str(len(body)))],
            host=self.host) + body)

    # Documents

    def document(self):
        """A document that is hard to parse."""
        body = self.random.choice([
            b"<Delete>" + b"<a " + b" ".join(b"a%d='1'" % number for number in range(60_000)) + b"/></Delete>",
            b"<Delete " + b" ".join(b"xmlns:a%d='u%d'" % (number, number) for number in range(50_000)) + b"/>",
            b"<Delete>" + b"<a>" * 200_000, b"<Delete>" + b"<a/>" * 400_000 + b"</Delete>",
            b"<Delete><Object><Key>" + b"&#65;" * 300_000 + b"</Key></Object></Delete>",
            b"<!DOCTYPE a [<!ENTITY b 'c'>]><Delete>&b;</Delete>", b"<Delete>" + b"<![CDATA[x]]>" * 100_000,
            b"<Delete>" + b"<!-- x -->" * 150_000 + b"</Delete>", b"\xff\xfe<\0D\0", b"<a" * 900_000])
        sub_resource = self.random.choice(["delete", "delete", "cors", "tagging", "acl", "versioning"])
        method = "POST" if sub_resource == "delete" else "PUT"
        return self.send(self.document_head(method, f"/{BUCKET}", sub_resource, body) + body)

    def policy(self):
        """An IAM policy document, put by a user without the right to put one."""
        text = self.random.choice([
            "[" * 5000, '{"Version":"2012-10-17","Statement":[' + '{"Effect":"Allow"},' * 500,
            json.dumps({"Statement": {"Action": ["*" * 100 + str(number) for number in range(50)]}}), "{// '\n" * 500])
        body = f"Action=CreatePolicy&Version=2010-05-08&PolicyName=x&PolicyDocument={quote(text)}".encode()
        request = Signed(self.server, V4_PLAIN, "POST", "/", body=body, service="iam", **self.keys)
        return self.send(self.bytes_of(request, body))

    def chunks(self):
        """aws-chunked bodies with broken framing."""
        kind = self.random.choice([SIGNED_CHUNKS, SIGNED_TRAILER, UNSIGNED_TRAILER])
        signer = Signer(self.server, access_key=self.user["AccessKeyId"], secret_key=self.user["SecretAccessKey"])
        headers = signer.headers("PUT", f"/{BUCKET}/loot", headers=[
            ("x-amz-decoded-content-length", "20000"), ("x-amz-trailer", "x-amz-checksum-crc32")], payload=kind)
        body = bytearray(signer.chunked(kind, bytes(20_000), size=8192, trailer=("x-amz-checksum-crc32", "AAAAAA==")))
        for _ in range(3):
            body[self.random.randrange(len(body))] = self.random.randrange(256)
        return self.send(wire.head("PUT", f"/{BUCKET}/loot", [*headers, ("Content-Length", str(len(body)))],
                                   host=self.host) + bytes(body))

    def anonymous(self):
        """Requests of all kinds without a key."""
        return self.send(wire.head(
            self.random.choice(["GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS"]),
            self.random.choice(["/", f"/{BUCKET}", f"/{BUCKET}/{KEY}", "//", "/%2e%2e/%2e%2e/etc/passwd", "/-/metrics",
                                "/-/x", "/v20180820/configuration/publicAccessBlock", "/minio/health/live"])
            + self.query(), [*self.headers(), ("Content-Length", "0")], host=self.host))

    ATTACKS = [heads, heads, resets, slow_reader, half_a_document, half_a_form, forged, forged, wrong_secret, form, document,
               policy, chunks, anonymous, anonymous]

    # Parts of requests

    @property
    def host(self):
        return f"{self.server.host}:{self.server.port}"

    @property
    def keys(self):
        return {"access_key": self.user["AccessKeyId"], "secret_key": self.user["SecretAccessKey"]}

    def query(self):
        chosen = [self.maybe_encoded(self.random.choice(PARAMETERS)) for _ in range(self.random.randrange(3))]
        return "?" + "&".join(chosen) if chosen else ""

    def maybe_encoded(self, parameter):
        """The parameter unchanged, or with one letter of its name percent-encoded."""
        if self.random.random() < 0.5:
            return parameter
        at = self.random.randrange(len(parameter.partition("=")[0]))
        return f"{parameter[:at]}%{ord(parameter[at]):02x}{parameter[at + 1:]}"

    def headers(self):
        return [self.random.choice(HEADERS) for _ in range(self.random.randrange(4))]

    def safe_headers(self):
        """Headers that botocore signs unchanged."""
        return [field for field in self.headers() if field[0].startswith("x-amz-")]

    def document_head(self, method, path, query, body, size=None):
        signer = Signer(self.server, access_key=self.user["AccessKeyId"], secret_key=self.user["SecretAccessKey"])
        digest = base64.b64encode(hashlib.md5(body).digest()).decode()
        headers = signer.headers(method, path, query, payload="UNSIGNED-PAYLOAD")
        return wire.head(method, f"{path}?{query}", [
            *headers, ("Content-Length", str(size or len(body))), ("Content-MD5", digest)], host=self.host)

    def signed(self, signer, method, path, query="", headers=(), body=b""):
        headers = [field for field in headers if field[0] not in ("Host", "Content-Type", "Content-MD5")]
        request = Signed(self.server, signer, method, path, query=query, body=body, **self.keys)
        return self.bytes_of(request, body, headers)

    def bytes_of(self, request, body=b"", further=()):
        fields = [field for field in request.headers if field[0].lower() not in ("host", "content-length")]
        return wire.head(request.method, request.target, [
            *fields, *further, ("Content-Length", str(len(body)))], host=self.host) + body

    def connect(self):
        return socket.create_connection((self.server.host, self.server.port), timeout=PATIENCE)

    def send(self, data):
        """Sends bytes; returns the statuses of the responses until the server closes the connection or goes quiet."""
        received = b""
        with self.connect() as connection:
            try:
                connection.sendall(data)
                connection.settimeout(0.5)
                while piece := connection.recv(65536):
                    received += piece
            except (ConnectionError, TimeoutError):
                pass
        return [int(status) for status in STATUS.findall(received)]
