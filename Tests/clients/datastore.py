"""Requests of the Datastore's own components."""

import base64
import hashlib
from urllib.parse import quote

import boto
import boto.s3.connection

from conftest import DATASTORE

ORIGIN = {"Origin": "http://localhost:8090"}
THREE_DAYS = 259200


def md5(data):
    return base64.b64encode(hashlib.md5(data).digest()).decode()


def boto2(server):
    """A boto 2 connection, made as in the conductor."""
    return boto.connect_s3(
        server.access_key, server.secret_key, host=server.host, port=server.port, is_secure=False,
        calling_format=boto.s3.connection.OrdinaryCallingFormat())


def conductor(server, bucket, path, data, content_type="application/octet-stream", expires=THREE_DAYS):
    """The conductor's calls for each upload: connect, create the bucket again, get it, sign a URL."""
    connection = boto2(server)
    connection.create_bucket(bucket)
    key = connection.get_bucket(bucket).new_key(path)
    headers = {"Content-Length": len(data), "Content-MD5": md5(data), "Content-Type": content_type}
    url = key.generate_url(expires, "PUT", headers=headers)
    return url, {name: headers[name] for name in ("Content-MD5", "Content-Type")}


def url_of(server, key, bucket=DATASTORE):
    return f"{server.endpoint}/{bucket}/{quote(key)}"
