"""Decoding of text that clients encode: the source of a copy, RFC 2047 words in metadata, fields of
the response, and queries that are signed in another form than they are sent."""

import base64
import hmac
import hashlib
import time
from email.header import decode_header, make_header

import pytest

from v4 import Signer

# The source of a copy

@pytest.fixture
def copy(server, connection, s3, bucket):
    """Copies with a header that is sent unchanged."""
    def copy(source, query=""):
        path = f"/{bucket}/copy"
        headers = [("x-amz-copy-source", source)]
        return connection.ask("PUT", path + (f"?{query}" if query else ""),
                              Signer(server).headers("PUT", path, query, headers))

    return copy


@pytest.mark.parametrize("source", ["a+b.csv", "a%20b.csv", "a b.csv"])
@pytest.mark.parametrize("start", ["", "/"])
def test_a_plus_in_the_source_of_a_copy_is_a_space(copy, s3, bucket, start, source):
    s3.put_object(Bucket=bucket, Key="a b.csv", Body=b"data")
    assert copy(f"{start}{bucket}/{source}").status == 200
    upload = s3.create_multipart_upload(Bucket=bucket, Key="copy")["UploadId"]
    assert copy(f"{start}{bucket}/{source}", f"partNumber=1&uploadId={upload}").status == 200


def test_a_plus_in_a_key_must_be_encoded(copy, s3, bucket):
    s3.put_object(Bucket=bucket, Key="c++", Body=b"data")
    assert copy(f"{bucket}/c++").status == 404
    assert copy(f"{bucket}/c%2B%2B").status == 200
    s3.copy_object(Bucket=bucket, Key="l", CopySource={"Bucket": bucket, "Key": "c++"})


def test_the_source_may_be_a_whole_url(server, copy, s3, bucket):
    s3.put_object(Bucket=bucket, Key="a b", Body=b"data")
    for url in (f"{server.endpoint}/{bucket}/a+b", f"http://{bucket}.{server.host}:{server.port}/a%20b",
                f"https://s3.amazonaws.com/{bucket}/a%20b", f"https://{bucket}.s3.eu-west-1.amazonaws.com/a+b",
                f"HTTPS://{bucket}.s3.amazonaws.com/a+b"):
        answer = copy(url)
        assert answer.status == 200, (url, answer)
    for url in ("https://", "https://s3.amazonaws.com", f"https://s3.amazonaws.com/{bucket}", "ftp://x/a/b"):
        assert copy(url).status == 400, url


def test_the_source_of_a_rename_is_read_the_same_way(server, connection, s3, bucket):
    s3.put_object(Bucket=bucket, Key="a b", Body=b"data")
    path, query, headers = f"/{bucket}/new", "renameObject", [("x-amz-rename-source", "a+b")]
    fields = Signer(server).headers("PUT", path, query, headers)
    assert connection.ask("PUT", f"{path}?{query}", fields).status == 200


# RFC 2047 words

@pytest.mark.parametrize("sent, answered", [
    ("=?UTF-8?B?aGVsbG8=?=", "hello"), ("=?utf-8?q?a_b=3Fc?=", "a b?c"), ("=?US-ASCII?Q?a?= =?US-ASCII?Q?b?=", "ab"),
    ("x =?UTF-8?Q?a?= y", "x a y"), ("=?UTF-8?Q?M=C3=BCller?=", "=?UTF-8?Q?M=C3=BCller?="),
    ("=?ISO-8859-1?Q?M=FCller?=", "=?UTF-8?Q?M=C3=BCller?="), ("=?UTF-8?B?w7zDtsOkYQ==?=", "=?UTF-8?B?w7zDtsOkYQ==?="),
    ("=?UTF-8?Q?a=?=", "=?UTF-8?Q?a=?="), ("=?UTF-8?X?a?=", "=?UTF-8?X?a?="), ("=?UTF-8?B?AA==?=", "=?UTF-8?B?AA==?="),
    ("=?koi8-r?Q?a?=", "=?koi8-r?Q?a?="), ("=?UTF-8?Q?a=0D=0Ab: c?=", "=?UTF-8?Q?a=0D=0Ab: c?="),
    ("=?UTF-8?Q?a=0D=0Ab:_c?=", "=?UTF-8?Q?a=0D=0Ab:_c?="), ("a?b=?c", "a?b=?c")])
def test_words_of_mail_stand_for_their_text(s3, bucket, sent, answered):
    s3.put_object(Bucket=bucket, Key="k", Body=b"", Metadata={"a": sent})
    assert s3.head_object(Bucket=bucket, Key="k")["Metadata"] == {"a": answered}


@pytest.mark.parametrize("text, encoding", [("Zürich", "Q"), ("日本語", "B"), ("a日", "B"), ("ab日", "Q"), ("ü" * 90, "B"),
                                            ("abc ü_=?" * 20, "Q")])
def test_text_beyond_ascii_is_answered_in_words_of_its_kind(server, connection, bucket, text, encoding):
    path, headers = f"/{bucket}/k", [("x-amz-meta-a", text)]
    assert connection.ask("PUT", path, Signer(server).headers("PUT", path, headers=headers)).status == 200
    value = connection.ask("HEAD", path, Signer(server).headers("HEAD", path)).header("x-amz-meta-a")
    words = value.split(" ")
    assert all(word.startswith(f"=?UTF-8?{encoding}?") and len(word) <= 75 for word in words), value
    assert str(make_header(decode_header(value))) == text


# Fields of the response

@pytest.mark.parametrize("value, status", [("attachment; filename=a.csv", 200), ("a é", 200), ("a 日本", 400), ("a ł", 400)])
def test_fields_of_the_answer_have_letters_of_iso_8859_1(server, connection, s3, bucket, value, status):
    s3.put_object(Bucket=bucket, Key="k", Body=b"data")
    for name in ("response-content-disposition", "response-content-type", "response-cache-control"):
        answer = connection.ask("GET", Signer(server).presigned("GET", f"/{bucket}/k", **{name: value}))
        assert answer.status == status, answer
        if status == 400:
            assert (answer["Code"], answer["ArgumentName"]) == ("InvalidArgument", name)
            assert answer["Message"] == "Header value cannot be represented using ISO-8859-1."


# What is signed

def v2_headers(server, method, path, resource):
    """The headers of a Version 2 signature over a resource that may be in another form than it is sent."""
    date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime())
    text = f"{method}\n\n\n{date}\n{path}{resource}"
    digest = hmac.new(server.secret_key.encode(), text.encode(), hashlib.sha1).digest()
    return [("Date", date), ("Authorization", f"AWS {server.access_key}:{base64.b64encode(digest).decode()}")]


@pytest.mark.parametrize("name, method, suffix", [
    ("location", "GET", ""), ("uploads", "GET", ""), ("uploads", "POST", "/k"), ("acl", "GET", ""), ("versioning", "GET", "")])
def test_version_2_signs_an_empty_value_with_and_without_its_sign(server, connection, bucket, name, method, suffix):
    path = f"/{bucket}{suffix}"
    for sent in (name, f"{name}="):
        for signed in (name, f"{name}="):
            answer = connection.ask(method, f"{path}?{sent}", v2_headers(server, method, path, f"?{signed}"))
            assert answer.status == 200, (sent, signed, answer)
    answer = connection.ask(method, f"{path}?{name}", v2_headers(server, method, path, ""))
    assert (answer.status, answer["Code"]) == (403, "SignatureDoesNotMatch")
    answer = connection.ask(method, f"{path}?{name}=1", v2_headers(server, method, path, f"?{name}"))
    assert (answer.status, answer["Code"]) == (403, "SignatureDoesNotMatch")


def in_order(server, method, path, query):
    """Version 4 headers; the query is signed with its names sorted, and its values in the order of the request."""
    signer = Signer(server)
    parts = sorted(query.split("&"), key=lambda part: part.split("=")[0])
    fields = [("Host", signer.host), ("x-amz-date", signer.date),
              ("x-amz-content-sha256", hashlib.sha256(b"").hexdigest())]
    names = "host;x-amz-content-sha256;x-amz-date"
    values = {name.lower(): value for name, value in fields}
    canonical = "\n".join([method, path, "&".join(parts), *(f"{name}:{values[name]}" for name in names.split(";")), "",
                           names, fields[2][1]])
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = "\n".join(["AWS4-HMAC-SHA256", signer.date, signer.scope, digest])
    signature = hmac.new(signer.key, text.encode(), hashlib.sha256).hexdigest()
    return [*fields[1:], ("Authorization", f"AWS4-HMAC-SHA256 Credential={signer.access_key}/{signer.scope}, "
                                           f"SignedHeaders={names}, Signature={signature}")]


@pytest.mark.parametrize("query", ["prefix=b&prefix=a", "prefix=a&prefix=b", "x=2&prefix=&x=1", "prefix=b&a=1&prefix=a&A=2"])
def test_values_of_one_name_are_signed_sorted_or_in_the_order_in_which_they_are_sent(server, connection, bucket, query):
    path = f"/{bucket}"
    assert connection.ask("GET", f"{path}?{query}", in_order(server, "GET", path, query)).status == 200
    assert connection.ask("GET", f"{path}?{query}", Signer(server).headers("GET", path, query)).status == 200


def test_another_order_than_the_one_that_was_signed_is_refused(server, connection, bucket):
    headers = in_order(server, "GET", f"/{bucket}", "prefix=c&prefix=a&prefix=b")
    answer = connection.ask("GET", f"/{bucket}?prefix=c&prefix=b&prefix=a", headers)
    assert (answer.status, answer["Code"]) == (403, "SignatureDoesNotMatch")
