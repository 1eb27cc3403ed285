"""aws-chunked bodies: every chunk's signature and the trailer are verified before anything is stored."""

import base64
import hashlib
import random

import pytest

import wire
from v4 import SIGNED_CHUNKS, SIGNED_TRAILER, UNSIGNED_TRAILER, Signer, crc32

DATA = random.Random(11).randbytes(150_000)
KINDS = [SIGNED_CHUNKS, SIGNED_TRAILER, UNSIGNED_TRAILER]


def transfer_chunks(body, size=40_000):
    """The body in chunked transfer coding."""
    pieces = [body[start:start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


class Upload:
    """A PUT of an aws-chunked body; a test may change its parts before it is sent."""

    def __init__(self, server, bucket, kind, data=DATA, checksum=None, decoded=None, size=65536):
        self.path, self.signer = f"/{bucket}/k", Signer(server)
        headers = [("content-encoding", "aws-chunked"), ("x-amz-decoded-content-length", str(
            len(data) if decoded is None else decoded))]
        trailer = None
        if kind != SIGNED_CHUNKS:
            headers.append(("x-amz-trailer", "x-amz-checksum-crc32"))
            trailer = ("x-amz-checksum-crc32", checksum or crc32(data))
        self.headers = self.signer.headers("PUT", self.path, headers=headers, payload=kind)
        self.body = self.signer.chunked(kind, data, size=size, trailer=trailer)

    def send(self, connection, body=None, in_transfer_chunks=False):
        body = self.body if body is None else body
        framing = ("Transfer-Encoding", "chunked") if in_transfer_chunks else ("Content-Length", str(len(body)))
        connection.request(
            "PUT", self.path, [*self.headers, framing], transfer_chunks(body) if in_transfer_chunks else body)
        return connection.answer()


@pytest.fixture
def nothing_stored(s3, bucket):
    yield
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("in_transfer_chunks", [False, True])
@pytest.mark.parametrize("size, chunk", [(0, 65536), (1, 65536), (65536, 65536), (150_000, 8192), (150_000, 65536)])
def test_a_chunked_body_is_stored_without_its_framing(
        server, connection, s3, bucket, kind, in_transfer_chunks, size, chunk):
    upload = Upload(server, bucket, kind, DATA[:size], size=chunk)
    answer = upload.send(connection, in_transfer_chunks=in_transfer_chunks)
    assert answer.status == 200, answer
    found = s3.get_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert found["Body"].read() == DATA[:size]
    assert found.get("ContentEncoding", "") == ""
    if kind != SIGNED_CHUNKS:
        assert found["ChecksumCRC32"] == crc32(DATA[:size]) == answer.header("x-amz-checksum-crc32")


@pytest.mark.parametrize("kind", KINDS[:2])
@pytest.mark.parametrize("chunk", [0, 1, 2, 3])
def test_a_wrong_chunk_signature_refuses_the_whole_body(server, connection, bucket, nothing_stored, kind, chunk):
    upload = Upload(server, bucket, kind)
    parts = upload.body.split(b";chunk-signature=")
    parts[chunk + 1] = (b"0" if parts[chunk + 1][:1] != b"0" else b"1") + parts[chunk + 1][1:]
    answer = upload.send(connection, b";chunk-signature=".join(parts))
    assert (answer.status, answer["Code"]) == (403, "SignatureDoesNotMatch")


@pytest.mark.parametrize("kind", KINDS[:2])
def test_a_changed_byte_refuses_the_whole_body(server, connection, bucket, nothing_stored, kind):
    upload = Upload(server, bucket, kind)
    changed = bytearray(upload.body)
    changed[70_000] ^= 1
    answer = upload.send(connection, bytes(changed))
    assert (answer.status, answer["Code"]) == (403, "SignatureDoesNotMatch")


def test_exchanged_chunks_refuse_the_whole_body(server, connection, bucket, nothing_stored):
    upload = Upload(server, bucket, SIGNED_CHUNKS, DATA[:131072])
    size = (len(upload.body) - len(b"0;chunk-signature=") - 64 - 4) // 2
    first, second, end = upload.body[:size], upload.body[size:2 * size], upload.body[2 * size:]
    assert first.startswith(b"10000;") and second.startswith(b"10000;") and end.startswith(b"0;")
    answer = upload.send(connection, second + first + end)
    assert (answer.status, answer["Code"]) == (403, "SignatureDoesNotMatch")


def test_a_changed_byte_under_an_unsigned_trailer_is_a_bad_digest(server, connection, bucket, nothing_stored):
    upload = Upload(server, bucket, UNSIGNED_TRAILER)
    changed = bytearray(upload.body)
    changed[70_000] ^= 1
    answer = upload.send(connection, bytes(changed))
    assert (answer.status, answer["Code"]) == (400, "BadDigest")


@pytest.mark.parametrize("kind", KINDS[1:])
def test_a_wrong_checksum_in_the_trailer_is_a_bad_digest(server, connection, bucket, nothing_stored, kind):
    answer = Upload(server, bucket, kind, checksum=crc32(b"other")).send(connection)
    assert (answer.status, answer["Code"]) == (400, "BadDigest")


def test_a_changed_trailer_refuses_the_whole_body(server, connection, bucket, nothing_stored):
    upload = Upload(server, bucket, SIGNED_TRAILER, checksum=crc32(b"other"))
    changed = upload.body.replace(crc32(b"other").encode(), crc32(DATA).encode())
    answer = upload.send(connection, changed)
    assert (answer.status, answer["Code"]) == (403, "SignatureDoesNotMatch")


@pytest.mark.parametrize("mark", [b"x-amz-trailer-signature", b"x-amz-checksum-crc32"])
def test_a_trailer_without_its_signature_or_checksum_is_refused(server, connection, bucket, nothing_stored, mark):
    upload = Upload(server, bucket, SIGNED_TRAILER)
    answer = upload.send(connection, upload.body[:upload.body.rindex(mark)] + b"\r\n")
    assert (answer.status, answer["Code"]) == (400, "MalformedTrailerError")


SHA256 = base64.b64encode(hashlib.sha256(DATA).digest()).decode()
TRAILERS = [  # the announced trailer, and the sent one
    (["x-amz-checksum-crc32"], []), (["x-amz-checksum-crc32"], [("x-amz-checksum-sha256", SHA256)]),
    ([], [("x-amz-checksum-crc32", crc32(DATA))]), ([], [("x-amz-checksum-crc32", crc32(b"other"))]),
    (["x-amz-checksum-crc32"], [("x-amz-checksum-crc32", crc32(DATA)), ("x-amz-checksum-sha256", SHA256)]),
    (["x-amz-checksum-crc32"], [("x-amz-checksum-crc32", crc32(DATA)), ("x-amz-meta-more", "1")]),
    (["x-amz-checksum-crc32"], [("x-amz-checksum-crc32", crc32(DATA)), ("x-amz-checksum-crc32", crc32(DATA))])]


@pytest.mark.parametrize("target", ["k", "k?partNumber=1&uploadId=UPLOAD"], ids=["object", "part"])
@pytest.mark.parametrize("announced, sent", TRAILERS, ids=str)
def test_what_trails_is_what_was_announced(server, connection, s3, bucket, nothing_stored, target, announced, sent):
    in_progress = s3.create_multipart_upload(Bucket=bucket, Key="k")["UploadId"]
    path, _, query = f"/{bucket}/{target}".replace("UPLOAD", in_progress).partition("?")
    signer = Signer(server)
    headers = signer.headers("PUT", path, query, [
        ("content-encoding", "aws-chunked"), ("x-amz-decoded-content-length", str(len(DATA))),
        *(("x-amz-trailer", name) for name in announced)], payload=UNSIGNED_TRAILER)
    trailer = b"".join(f"{name}:{value}\r\n".encode() for name, value in sent)
    body = signer.chunked(UNSIGNED_TRAILER, DATA)[:-2] + trailer + b"\r\n"
    answer = connection.ask("PUT", f"{path}?{query}", headers, body)
    assert (answer.status, answer["Code"]) == (400, "MalformedTrailerError")
    assert "Parts" not in s3.list_parts(Bucket=bucket, Key="k", UploadId=in_progress)


def test_a_trailer_that_is_announced_needs_a_body_of_chunks(server, connection, bucket, nothing_stored):
    headers = Signer(server).headers("PUT", f"/{bucket}/k", headers=[
        ("x-amz-trailer", "x-amz-checksum-crc32")], payload="UNSIGNED-PAYLOAD")
    answer = connection.ask("PUT", f"/{bucket}/k", headers, DATA)
    assert (answer.status, answer["Code"]) == (400, "MalformedTrailerError")


@pytest.mark.parametrize("kind", KINDS)
def test_a_body_without_its_last_line_break_is_incomplete(server, connection, bucket, nothing_stored, kind):
    upload = Upload(server, bucket, kind)
    for cut in (1, 2):
        answer = upload.send(connection, upload.body[:-cut])
        assert (answer.status, answer["Code"]) == (400, "IncompleteBody")


@pytest.mark.parametrize("kind", KINDS)
def test_a_broken_line_break_behind_a_chunk_is_incomplete(server, connection, bucket, nothing_stored, kind):
    upload = Upload(server, bucket, kind, DATA[:100])
    changed = upload.body.replace(DATA[:100] + b"\r\n", DATA[:100] + b"\n\n")
    answer = upload.send(connection, changed)
    assert (answer.status, answer["Code"]) == (400, "IncompleteBody")


@pytest.mark.parametrize("changed", [b"chunk-signature:", b"chunk-sign=", b"", b"chunk-signature=x"])
def test_a_broken_line_of_a_chunk_is_incomplete(server, connection, bucket, nothing_stored, changed):
    upload = Upload(server, bucket, SIGNED_CHUNKS)
    answer = upload.send(connection, upload.body.replace(b"chunk-signature=", changed))
    assert (answer.status, answer["Code"]) == (400, "IncompleteBody")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("length", ["abc", "-1", "1.5", ""])
def test_a_decoded_length_that_is_no_number_is_missing(server, connection, bucket, nothing_stored, kind, length):
    answer = Upload(server, bucket, kind, decoded=length).send(connection)
    assert (answer.status, answer["Code"]) == (411, "MissingContentLength")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method, query, body", [
    ("PUT", "policy", b"{}"), ("PUT", "cors", b"<CORSConfiguration/>"), ("POST", "delete", b"<Delete/>"),
    ("GET", "", b""), ("PUT", "tagging", b"<Tagging/>")])
def test_only_objects_and_parts_come_in_chunks(server, connection, bucket, kind, method, query, body):
    signer = Signer(server)
    headers = signer.headers(
        method, f"/{bucket}", query, [("x-amz-decoded-content-length", str(len(body)))], payload=kind)
    answer = connection.ask(method, f"/{bucket}?{query}", headers, signer.chunked(kind, body) if body else b"")
    assert (answer.status, answer["Code"]) == (400, "InvalidRequest")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("in_transfer_chunks", [False, True])
@pytest.mark.parametrize("kept", [0, 10, 70_000, 149_000])
def test_a_body_that_ends_before_its_last_chunk_is_incomplete(
        server, connection, bucket, nothing_stored, kind, in_transfer_chunks, kept):
    upload = Upload(server, bucket, kind)
    answer = upload.send(connection, upload.body[:kept], in_transfer_chunks)
    assert (answer.status, answer["Code"]) == (400, "IncompleteBody")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("decoded", [0, len(DATA) - 1, len(DATA) + 1])
def test_a_decoded_length_that_lies_refuses_the_whole_body(server, connection, bucket, nothing_stored, kind, decoded):
    answer = Upload(server, bucket, kind, decoded=decoded).send(connection)
    assert (answer.status, answer["Code"]) == (400, "IncompleteBody")


@pytest.mark.parametrize("line", [b"zz\r\n", b"-1\r\n", b"\r\n", b"fffffffffffffffff\r\n", b"5", b"5\n", b"1" * 5000])
def test_broken_chunk_lines_are_refused(server, connection, bucket, nothing_stored, line):
    upload = Upload(server, bucket, UNSIGNED_TRAILER, b"hello")
    assert upload.body.startswith(b"5\r\n")
    answer = upload.send(connection, line + upload.body[3:])
    assert answer.status == 400, answer


def test_after_a_refused_body_the_connection_goes_on(server, connection, s3, bucket):
    for kind in KINDS:
        upload = Upload(server, bucket, kind, checksum=crc32(b"other"))
        changed = upload.body.replace(b"chunk-signature=", b"chunk-signature=0")
        assert upload.send(connection, changed).status in (400, 403)
        assert Upload(server, bucket, kind).send(connection).status == 200
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == DATA


@pytest.mark.parametrize("kind", KINDS)
def test_a_middle_chunk_below_8_kilobytes_is_refused(server, connection, bucket, nothing_stored, kind):
    answer = Upload(server, bucket, kind, size=8191).send(connection)
    assert (answer.status, answer["Code"]) == (403, "InvalidChunkSizeError")


def test_a_signed_chunked_body_cannot_be_anonymous(server, connection, bucket, nothing_stored):
    upload = Upload(server, bucket, SIGNED_CHUNKS)
    upload.headers = [field for field in upload.headers if field[0] != "Authorization"]
    assert upload.send(connection).status in (400, 403)
    with wire.Connection(server) as other:
        assert other.ask("GET", "/-/health").status == 200
