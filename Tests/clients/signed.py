"""Requests signed by botocore, an independent signer; a test may change them before they are sent."""

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

V4, V4_QUERY = botocore.auth.S3SigV4Auth, botocore.auth.S3SigV4QueryAuth
V2, V2_QUERY = botocore.auth.HmacV1Auth, botocore.auth.HmacV1QueryAuth
#: The signer for IAM and STS, which have no header for the hash of the body.
V4_PLAIN = botocore.auth.SigV4Auth


class Signed:
    """A request signed by botocore; a test may change its parts before it is sent."""

    def __init__(self, server, signer, method, path, query="", headers=(), body=b"", **options):
        credentials = Credentials(
            options.pop("access_key", server.access_key), options.pop("secret_key", server.secret_key))
        url = f"{server.endpoint}{path}" + (f"?{query}" if query else "")
        self.request = AWSRequest(method=method, url=url, data=body if signer in (V4, V4_PLAIN) else None)
        for name, value in headers:
            self.request.headers.add_header(name, value)
        scope = () if signer in (V2, V2_QUERY) else (options.pop("service", "s3"), options.pop("region", "us-east-1"))
        self.signer = signer(credentials, *scope, **options)
        self.signer.add_auth(self.request)
        self.method, self.target, self.body = method, self.request.url.removeprefix(server.endpoint), body
        self.headers = list(self.request.headers.items())

    def set(self, name, change):
        names = [field.lower() for field, _ in self.headers]
        self.headers[names.index(name)] = (name, change(self.headers[names.index(name)][1]))

    def send(self, connection):
        return connection.ask(self.method, self.target, self.headers, self.body)
