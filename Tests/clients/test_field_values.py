"""White space around header values, which is not part of them (RFC 9110 section 5.5), and request targets that are
whole URLs."""

import base64
import hashlib

import pytest

from v4 import Signer, crc32
from wire import Connection

BLANKS = [" ", "\t", " \t ", "   "]


@pytest.fixture
def send(server, connection, bucket):
    """Sends a signed request with white space before and after the value of each field."""
    def send(method, headers=(), body=b"", blank=" ", path=None, payload=None):
        path = path or f"/{bucket}/k"
        payload = payload or hashlib.sha256(body).hexdigest()
        fields = Signer(server).headers(method, path, headers=headers, payload=payload)
        fields += [("Content-Length", str(len(body)))] if method == "PUT" else []
        connection.request(
            method, path, [(name, f"{blank}{value}{blank}") for name, value in fields], body,
            host=f"{connection.host}{blank}")
        return connection.answer(method)

    return send


@pytest.mark.parametrize("blank", BLANKS, ids=ascii)
def test_white_space_is_no_part_of_what_is_stored(send, s3, bucket, blank):
    md5 = base64.b64encode(hashlib.md5(b"data").digest()).decode()
    answer = send("PUT", [
        ("Content-Type", "text/csv"), ("Cache-Control", "no-store"), ("x-amz-meta-a", "one two"),
        ("x-amz-acl", "private"), ("Content-MD5", md5), ("x-amz-storage-class", "GLACIER_IR"), ("x-amz-tagging", "t=1"),
        ("x-amz-checksum-crc32", crc32(b"data"))], b"data", blank)
    assert answer.status == 200, answer
    head = s3.head_object(Bucket=bucket, Key="k")
    assert (head["ContentType"], head["CacheControl"], head["Metadata"]) == ("text/csv", "no-store", {"a": "one two"})
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == [{"Key": "t", "Value": "1"}]


@pytest.mark.parametrize("blank", BLANKS, ids=ascii)
def test_white_space_is_no_part_of_what_is_asked(send, s3, bucket, blank):
    etag = s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")["ETag"]
    answer = send("GET", [("Range", "bytes=0-1")], blank=blank)
    assert (answer.status, answer.body) == (206, b"01")
    assert send("GET", [("If-None-Match", etag)], blank=blank).status == 304
    assert send("GET", [("If-Match", etag)], blank=blank).status == 200
    assert send("PUT", [("If-None-Match", "*")], b"new", blank).status == 412
    assert send("PUT", [("x-amz-copy-source", f"/{bucket}/k")], blank=blank, path=f"/{bucket}/l").status == 200


@pytest.mark.parametrize("blank", BLANKS, ids=ascii)
def test_a_length_may_have_white_space_behind_it(connection, s3, public_bucket, blank):
    s3.put_object(Bucket=public_bucket, Key="k", Body=b"data")
    for _ in range(2):
        connection.request("GET", f"/{public_bucket}/k", [("Content-Length", f"4{blank}"), ("x-a", "b")], b"body")
        assert connection.answer().body == b"data"


@pytest.mark.parametrize("blank", BLANKS, ids=ascii)
def test_chunks_may_have_white_space_behind_their_name(connection, s3, public_bucket, blank):
    s3.put_object(Bucket=public_bucket, Key="k", Body=b"data")
    connection.request("GET", f"/{public_bucket}/k", [("Transfer-Encoding", f"chunked{blank}")], b"4\r\nbody\r\n0\r\n\r\n")
    assert connection.answer().body == b"data"
    assert connection.is_closed()


@pytest.mark.parametrize("field", ["Content-Length: 4 5 ", "Content-Length: 4 \x0b", "Content-Length: ", "Content-Length: +4 ",
                                   "Transfer-Encoding: chunked, identity ", "Transfer-Encoding: x "])
def test_white_space_does_not_make_a_length_valid(connection, field):
    connection.send(f"GET /a/k HTTP/1.1\r\nHost: x\r\n{field}\r\n\r\n".encode())
    assert connection.answer().status == 400


def test_what_is_no_length_is_refused_wherever_it_stands_in_the_head(server):
    # Too much white space after the length is refused, and the bytes that follow are not read as a request.
    for padding in (100, 3_900, 4_080, 4_096, 6_000):
        with Connection(server) as connection:
            connection.send(
                b"GET /outer/k HTTP/1.1\r\nHost: x\r\nx-a: " + b"y" * padding + b"\r\nContent-Length: 4 \r\n\r\nbody"
                b"GET /outer/second HTTP/1.1\r\nHost: x\r\n\r\n")
            first = connection.answer()
            assert first.status in (400, 403, 404)
            if first.status == 400:
                assert connection.is_closed()
            else:
                assert connection.answer().status in (403, 404)


def test_a_head_in_pieces_is_read_or_refused(server):
    head = b"GET /outer/k HTTP/1.1\r\nHost: x\r\nContent-Length: 4 \r\n\r\nbody"
    for at in range(1, len(head), 3):
        with Connection(server) as connection:
            connection.send(head[:at])
            connection.send(head[at:])
            assert connection.answer().status in (400, 403, 404)


# Targets

@pytest.mark.parametrize("scheme", ["http", "HTTP", "https"])
def test_a_target_may_be_a_whole_url(server, connection, s3, public_bucket, scheme):
    s3.put_object(Bucket=public_bucket, Key="a b", Body=b"data")
    path = f"/{public_bucket}/a%20b"
    answer = connection.ask("GET", f"{scheme}://{connection.host}{path}", Signer(server).headers("GET", path))
    assert (answer.status, answer.body) == (200, b"data")
    answer = connection.ask("GET", f"{scheme}://{connection.host}", Signer(server).headers("GET", "/"))
    assert answer.status == 200 and b"ListAllMyBucketsResult" in answer.body
    answer = connection.ask("GET", f"{scheme}://{connection.host}/{public_bucket}?location",
                            Signer(server).headers("GET", f"/{public_bucket}", "location"))
    assert answer.status == 200 and b"LocationConstraint" in answer.body


def test_the_host_of_a_whole_url_counts_and_not_the_field(server, connection, s3, public_bucket):
    s3.put_object(Bucket=public_bucket, Key="k", Body=b"data")
    connection.request("GET", f"http://{public_bucket}.localhost:{server.port}/k", host="elsewhere.test")
    assert connection.answer().body == b"data"


@pytest.mark.parametrize("target", ["http://", "http:///a/k", "http://user@localhost/a/k", "ftp://localhost/a/k", "a/k", "*"])
def test_other_targets_are_refused(connection, target):
    answer = connection.ask("GET", target)
    assert (answer.status, answer["Code"]) == (400, "InvalidURI"), answer
