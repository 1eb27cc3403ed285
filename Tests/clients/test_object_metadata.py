"""Properties of objects: headers unchanged, metadata within limits, storage classes, redirects."""

from email.header import decode_header, make_header

import pytest

from v4 import Signer

CLASSES = ["STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER",
           "DEEP_ARCHIVE", "GLACIER_IR"]


@pytest.fixture
def stored(bucket):
    return {"Bucket": bucket, "Key": "k"}


@pytest.fixture
def put(server, connection, bucket):
    """Puts an object with headers that boto3 would not send."""
    def put(*headers):
        fields = Signer(server).headers("PUT", f"/{bucket}/k", headers=headers, payload="UNSIGNED-PAYLOAD")
        return connection.ask("PUT", f"/{bucket}/k", fields, b"data")

    return put


@pytest.fixture
def head(server, connection, bucket):
    def head():
        return connection.ask("HEAD", f"/{bucket}/k", Signer(server).headers("HEAD", f"/{bucket}/k"))

    return head


# User metadata

def test_names_are_folded_to_lower_case_and_values_kept(put, head):
    assert put(("x-amz-meta-MiXed", "CaSe"), ("X-AMZ-META-loud", "1")).status == 200
    found = {name.lower(): value for name, value in head().headers}
    assert (found["x-amz-meta-mixed"], found["x-amz-meta-loud"]) == ("CaSe", "1")


@pytest.mark.parametrize("metadata, fits", [
    ({"a": "x" * 2047}, True), ({"a": "x" * 2048}, False), ({"x" * 2047: "1"}, True), ({"x" * 2048: "1"}, False),
    ({f"k{number:03}": "v" * 124 for number in range(16)}, True),
    ({**{f"k{number:03}": "v" * 124 for number in range(16)}, "z": ""}, False)],
    ids=["a value", "a longer value", "a name", "a longer name", "sixteen", "sixteen and one"])
def test_metadata_have_2_kilobytes_together(s3, stored, refused, metadata, fits):
    if fits:
        s3.put_object(**stored, Body=b"", Metadata=metadata)
        assert s3.head_object(**stored)["Metadata"] == metadata
    else:
        assert refused(s3.put_object, **stored, Body=b"", Metadata=metadata) == ("MetadataTooLarge", 400)
        assert refused(s3.create_multipart_upload, **stored, Metadata=metadata) == ("MetadataTooLarge", 400)


@pytest.mark.parametrize("word", ["=?UTF-8?B?WsO8cmljaA==?=", "=?UTF-8?Q?Z=C3=BCrich?=", "=?utf-8?q?Z=C3=BCrich?="])
def test_words_of_mail_come_back_as_the_same_text(s3, stored, word):
    s3.put_object(**stored, Body=b"", Metadata={"name": word})
    value = s3.head_object(**stored)["Metadata"]["name"]
    assert value.isascii() and str(make_header(decode_header(value))) == "Zürich"


def test_bytes_beyond_ascii_come_back_in_words_of_mail(put, head):
    assert put(("x-amz-meta-name", "Zürich")).status == 200
    value = head().header("x-amz-meta-name")
    assert value.isascii() and value.startswith("=?UTF-8?")
    assert str(make_header(decode_header(value))) in ("Zürich", "Zürich".encode().decode("latin-1"))


def test_a_new_object_has_none_of_the_old_ones_metadata(s3, stored):
    s3.put_object(**stored, Body=b"", Metadata={"a": "1"}, ContentType="text/csv", CacheControl="no-store")
    s3.put_object(**stored, Body=b"", Metadata={"b": "2"})
    found = s3.head_object(**stored)
    assert (found["Metadata"], found["ContentType"]) == ({"b": "2"}, "binary/octet-stream")
    assert "CacheControl" not in found


# Headers

@pytest.mark.parametrize("value", [
    "Wed, 02 Jan 2030 03:04:05 GMT", "0", "-1", "tomorrow", "2030-01-02T03:04:05Z", "Wednesday, 02-Jan-30 03:04:05"])
def test_expires_is_kept_to_the_letter(put, head, value):
    assert put(("Expires", value)).status == 200
    assert head().header("Expires") == value


@pytest.mark.parametrize("name, value", [
    ("Content-Type", "text/csv; charset=utf-8"), ("Content-Type", "Nonsense"), ("Cache-Control", "max-age=0,private"),
    ("Content-Disposition", "attachment; filename=\"a b.csv\"; filename*=UTF-8''a%20b.csv"),
    ("Content-Language", "de,en"), ("Content-Encoding", "gzip"), ("Content-Encoding", "my-own")])
def test_a_header_is_kept_to_the_letter(put, head, name, value):
    assert put((name, value)).status == 200
    assert head().header(name) == value


@pytest.mark.parametrize("name, value", [
    ("ResponseContentType", "text/html"), ("ResponseCacheControl", "no-cache"), ("ResponseContentLanguage", "fr"),
    ("ResponseContentDisposition", "attachment"), ("ResponseContentEncoding", "br")])
def test_a_signed_reader_may_wish_for_other_headers(s3, stored, name, value):
    s3.put_object(**stored, Body=b"data", ContentType="text/csv")
    assert s3.get_object(**stored, **{name: value})[name.removeprefix("Response")] == value


# Storage classes

@pytest.mark.parametrize("storage", CLASSES)
def test_a_storage_class_is_told_unless_it_is_the_usual_one(s3, stored, storage):
    s3.put_object(**stored, Body=b"data", StorageClass=storage)
    found = s3.head_object(**stored)
    assert found.get("StorageClass") == (None if storage == "STANDARD" else storage)
    assert s3.list_objects_v2(Bucket=stored["Bucket"])["Contents"][0]["StorageClass"] == storage


@pytest.mark.parametrize("storage", ["NONSENSE", "standard"])
def test_an_unknown_storage_class_is_refused(s3, stored, refused, storage):
    expected = ("InvalidStorageClass", 400)
    assert refused(s3.put_object, **stored, Body=b"data", StorageClass=storage) == expected
    assert refused(s3.create_multipart_upload, **stored, StorageClass=storage) == expected
    s3.put_object(**stored, Body=b"data")
    assert refused(s3.copy_object, Bucket=stored["Bucket"], Key="copy", CopySource=stored,
                   StorageClass=storage) == expected
    assert s3.list_objects_v2(Bucket=stored["Bucket"])["KeyCount"] == 1


def test_a_copy_has_the_usual_class_or_its_own(s3, stored):
    copy = {"Bucket": stored["Bucket"], "Key": "copy"}
    s3.put_object(**stored, Body=b"data", StorageClass="STANDARD_IA")
    s3.copy_object(**copy, CopySource=stored)
    assert "StorageClass" not in s3.head_object(**copy)
    s3.copy_object(**copy, CopySource=stored, StorageClass="ONEZONE_IA")
    assert s3.head_object(**copy)["StorageClass"] == "ONEZONE_IA"


def test_an_object_changes_its_class_by_a_copy_onto_itself(s3, stored):
    s3.put_object(**stored, Body=b"data", Metadata={"a": "1"})
    s3.copy_object(**stored, CopySource=stored, StorageClass="STANDARD_IA")
    found = s3.head_object(**stored)
    assert (found["StorageClass"], found["Metadata"]) == ("STANDARD_IA", {"a": "1"})


# Website redirects

@pytest.mark.parametrize("location", ["/other.html", "http://example.org/", "https://example.org/a?b=c"])
def test_a_redirect_is_told_and_the_object_is_read(s3, stored, location):
    s3.put_object(**stored, Body=b"data", WebsiteRedirectLocation=location)
    assert s3.head_object(**stored)["WebsiteRedirectLocation"] == location
    found = s3.get_object(**stored)
    assert (found["WebsiteRedirectLocation"], found["Body"].read()) == (location, b"data")


@pytest.mark.parametrize("location", ["other.html", "ftp://example.org/", "example.org"])
def test_a_redirect_begins_at_the_root_or_with_a_scheme(s3, stored, refused, location):
    assert refused(s3.put_object, **stored, Body=b"data", WebsiteRedirectLocation=location) == (
        "InvalidRedirectLocation", 400)
    assert refused(s3.head_object, **stored) == ("404", 404)


def test_a_copy_does_not_take_the_redirect_of_its_source(s3, stored):
    copy = {"Bucket": stored["Bucket"], "Key": "copy"}
    s3.put_object(**stored, Body=b"data", WebsiteRedirectLocation="/other")
    s3.copy_object(**copy, CopySource=stored)
    assert "WebsiteRedirectLocation" not in s3.head_object(**copy)
    s3.copy_object(**copy, CopySource=stored, WebsiteRedirectLocation="/third")
    assert s3.head_object(**copy)["WebsiteRedirectLocation"] == "/third"
