"""boto3 with its defaults: the operations on buckets and objects."""

import base64
import hashlib
import uuid
import zlib
from datetime import datetime, timedelta, timezone
from urllib.parse import urlsplit

import botocore.config
import pytest

import wire
from conftest import DATASTORE, make_client, public_read_policy, start

AWKWARD_KEYS = [
    "simple", "a/b", "/leading", "trailing/", "a//b", ".", "..", "a/../b", "./a", "a/.", "space here", " leading space",
    "trailing space ", "plus+plus", "percent%20", "100%", "%2F", "ümläut", "u\u0308", "日本語/キー", "emoji 🗂", "a&b=c",
    "q?x=y", "hash#tag", "semi;colon", "com,ma", "quote'\"quote", "<tag>&amp;", "back\\slash", "~tilde", "(paren)[x]{y}",
    "*star*", "!$@:^`|", "tab\tin", "line\nbreak", "x" * 1024, "é" * 512, "../../etc/passwd", "__init__.py"]


def crc32(data):
    return base64.b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()


def bitwise_crc(data, polynomial, bits):
    """A reflected CRC with all ones at both ends, a bit at a time: slow, and nobody else's code."""
    mask = (1 << bits) - 1
    value = mask
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = (value >> 1) ^ polynomial if value & 1 else value >> 1
    return base64.b64encode((value ^ mask).to_bytes(bits // 8, "big")).decode()


CHECKSUMS = {
    "CRC32": crc32,
    "CRC32C": lambda data: bitwise_crc(data, 0x82F63B78, 32),
    "CRC64NVME": lambda data: bitwise_crc(data, 0x9A6C9329AC4BC9B5, 64),
    "SHA1": lambda data: base64.b64encode(hashlib.sha1(data).digest()).decode(),
    "SHA256": lambda data: base64.b64encode(hashlib.sha256(data).digest()).decode(),
}


# Buckets

def test_a_bucket_is_made_found_and_deleted(s3, refused):
    name = f"test-{uuid.uuid4().hex[:16]}"
    assert refused(s3.head_bucket, Bucket=name) == ("404", 404)
    assert s3.create_bucket(Bucket=name)["Location"] == f"/{name}"
    assert s3.create_bucket(Bucket=name)["Location"] == f"/{name}"
    assert s3.head_bucket(Bucket=name)["BucketRegion"] == "us-east-1"
    s3.delete_bucket(Bucket=name)
    assert refused(s3.delete_bucket, Bucket=name) == ("NoSuchBucket", 404)


def test_a_location_constraint_is_the_buckets_region(s3, bucket, refused):
    assert s3.get_bucket_location(Bucket=bucket)["LocationConstraint"] is None
    name = f"test-{uuid.uuid4().hex[:16]}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    assert s3.get_bucket_location(Bucket=name)["LocationConstraint"] == "eu-central-1"
    assert s3.head_bucket(Bucket=name)["BucketRegion"] == "eu-central-1"
    code = refused(s3.create_bucket, Bucket=f"{name}x", CreateBucketConfiguration={"LocationConstraint": "No Region"})
    assert code == ("InvalidLocationConstraint", 400)


@pytest.mark.parametrize("name", [
    "UPPER", "under_score", "ab", "x" * 64, "-dash", "dash-", ".dot", "dot.", "two..dots", "192.168.0.1", "xn--abc",
    "abc-s3alias", "sthree-x", "abc--ol-s3"])
def test_a_name_against_the_rules_is_refused(server, refused, name):
    client = make_client(server)
    client.meta.events.unregister("before-parameter-build.s3", botocore.handlers.validate_bucket_name)
    assert refused(client.create_bucket, Bucket=name) == ("InvalidBucketName", 400)


@pytest.mark.parametrize("name", ["abc", "x" * 63, "a.b-c.1", "123"])
def test_a_name_within_the_rules_is_taken(s3, name):
    s3.create_bucket(Bucket=name)
    assert s3.head_bucket(Bucket=name)
    s3.delete_bucket(Bucket=name)


def test_a_bucket_with_objects_is_not_deleted(s3, bucket, refused):
    s3.put_object(Bucket=bucket, Key="k", Body=b"")
    assert refused(s3.delete_bucket, Bucket=bucket) == ("BucketNotEmpty", 409)
    s3.delete_object(Bucket=bucket, Key="k")
    s3.delete_bucket(Bucket=bucket)


def test_buckets_are_listed_by_prefix_and_in_pages(s3):
    prefix = f"list-{uuid.uuid4().hex[:8]}-"
    names = [f"{prefix}{number}" for number in range(5)]
    for name in reversed(names):
        s3.create_bucket(Bucket=name)
    whole = s3.list_buckets()
    assert [b["Name"] for b in whole["Buckets"] if b["Name"].startswith(prefix)] == names
    assert whole["Owner"]["ID"]
    assert datetime.now(timezone.utc) - whole["Buckets"][0]["CreationDate"] < timedelta(hours=1)
    pages = list(s3.get_paginator("list_buckets").paginate(Prefix=prefix, PaginationConfig={"PageSize": 2}))
    assert [[b["Name"] for b in page["Buckets"]] for page in pages] == [names[:2], names[2:4], names[4:]]
    assert pages[0]["Prefix"] == prefix and pages[0]["Buckets"][0]["BucketRegion"] == "us-east-1"
    assert s3.list_buckets(Prefix=prefix, BucketRegion="eu-west-1")["Buckets"] == []


# Objects: what is stored comes back

def test_headers_and_metadata_come_back_as_they_were_sent(s3, bucket):
    sent = {
        "ContentType": "text/csv; charset=utf-8", "ContentEncoding": "gzip", "ContentLanguage": "de, en",
        "ContentDisposition": 'attachment; filename="a b.csv"', "CacheControl": "max-age=60, public",
        "Metadata": {"plain": "value", "with-dash": "a  b", "empty": "", "uuid": "0"}}
    expires = datetime(2030, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
    s3.put_object(Bucket=bucket, Key="k", Body=b"data", Expires=expires, **sent)
    for answer in (s3.get_object(Bucket=bucket, Key="k"), s3.head_object(Bucket=bucket, Key="k")):
        assert {name: answer[name] for name in sent} == sent
        assert answer["ExpiresString"] == "Wed, 02 Jan 2030 03:04:05 GMT"
        assert answer["ContentLength"] == 4
        assert answer["ETag"] == f'"{hashlib.md5(b"data").hexdigest()}"'
        assert answer["AcceptRanges"] == "bytes"
        assert answer["LastModified"] - datetime.now(timezone.utc) < timedelta(minutes=1)


def test_an_object_without_a_type_is_a_byte_stream(s3, bucket):
    s3.put_object(Bucket=bucket, Key="page.html", Body=b"<p>")
    assert s3.head_object(Bucket=bucket, Key="page.html")["ContentType"] == "binary/octet-stream"


def test_metadata_beyond_2_kilobytes_are_refused(s3, bucket, refused):
    s3.put_object(Bucket=bucket, Key="k", Body=b"", Metadata={"a": "x" * 2047})
    assert refused(s3.put_object, Bucket=bucket, Key="l", Body=b"", Metadata={"a": "x" * 2048}) == (
        "MetadataTooLarge", 400)
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 1


@pytest.mark.parametrize("size", [0, 1, 4095, 65536, 300_001, 5 << 20])
def test_bytes_of_every_size_come_back(s3, bucket, size):
    data = (hashlib.sha256(str(size).encode()).digest() * (size // 32 + 1))[:size]
    s3.put_object(Bucket=bucket, Key="k", Body=data)
    answer = s3.get_object(Bucket=bucket, Key="k")
    assert answer["Body"].read() == data
    assert answer["ContentLength"] == size


@pytest.mark.parametrize("key", AWKWARD_KEYS, ids=lambda key: ascii(key)[1:25])
def test_a_key_is_opaque(s3, bucket, key):
    s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    s3.put_object(Bucket=bucket, Key=f"copy{key}"[:1024 - len(key.encode()) + len(key)], Body=b"other")
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == key.encode()
    for version in ("list_objects", "list_objects_v2"):
        assert key in [entry["Key"] for entry in getattr(s3, version)(Bucket=bucket)["Contents"]]
    s3.copy_object(Bucket=bucket, Key="target", CopySource={"Bucket": bucket, "Key": key})
    assert s3.get_object(Bucket=bucket, Key="target")["Body"].read() == key.encode()
    deleted = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key}]})
    assert [entry["Key"] for entry in deleted["Deleted"]] == [key] and "Errors" not in deleted
    assert key not in [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket)["Contents"]]


def test_differently_composed_accents_are_different_keys(s3, bucket):
    s3.put_object(Bucket=bucket, Key="\u00fc", Body=b"composed")
    s3.put_object(Bucket=bucket, Key="u\u0308", Body=b"decomposed")
    assert s3.get_object(Bucket=bucket, Key="\u00fc")["Body"].read() == b"composed"
    assert s3.get_object(Bucket=bucket, Key="u\u0308")["Body"].read() == b"decomposed"


def test_a_key_of_more_than_1024_bytes_is_too_long(s3, bucket, refused):
    for key in ("x" * 1025, "é" * 513):
        assert refused(s3.put_object, Bucket=bucket, Key=key, Body=b"") == ("KeyTooLongError", 400)
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_deleting_what_is_not_there_is_no_error(s3, bucket, refused):
    assert s3.delete_object(Bucket=bucket, Key="k")["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert refused(s3.get_object, Bucket=bucket, Key="k") == ("NoSuchKey", 404)
    assert refused(s3.head_object, Bucket=bucket, Key="k") == ("404", 404)


# Checksums

@pytest.mark.parametrize("algorithm", CHECKSUMS)
def test_a_checksum_is_verified_stored_and_returned(s3, bucket, refused, algorithm):
    name, value = f"Checksum{algorithm}", CHECKSUMS[algorithm](b"123456789")
    stored = s3.put_object(Bucket=bucket, Key="k", Body=b"123456789", **{name: value})
    assert stored[name] == value and stored["ChecksumType"] == "FULL_OBJECT"
    for read in (s3.get_object, s3.head_object):
        answer = read(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
        assert answer[name] == value and answer["ChecksumType"] == "FULL_OBJECT"
    listed = s3.list_objects_v2(Bucket=bucket)["Contents"][0]
    assert listed["ChecksumAlgorithm"] == [algorithm] and listed["ChecksumType"] == "FULL_OBJECT"
    wrong = CHECKSUMS[algorithm](b"other")
    assert refused(s3.put_object, Bucket=bucket, Key="l", Body=b"123456789", **{name: wrong}) == ("BadDigest", 400)
    assert refused(s3.put_object, Bucket=bucket, Key="l", Body=b"", **{name: "eA=="}) == ("InvalidRequest", 400)
    assert refused(s3.head_object, Bucket=bucket, Key="l") == ("404", 404)


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_a_checksum_that_boto3_computes_is_returned(s3, bucket, algorithm):
    stored = s3.put_object(Bucket=bucket, Key="k", Body=b"data", ChecksumAlgorithm=algorithm)
    assert stored[f"Checksum{algorithm}"] == CHECKSUMS[algorithm](b"data")


def test_boto3_sends_a_crc32_by_default_and_a_client_without_gets_a_crc64nvme(server, s3, bucket):
    assert s3.put_object(Bucket=bucket, Key="k", Body=b"data")["ChecksumCRC32"] == crc32(b"data")
    config = botocore.config.Config(request_checksum_calculation="when_required")
    stored = make_client(server, config=config).put_object(Bucket=bucket, Key="k", Body=b"data")
    assert stored["ChecksumCRC64NVME"] == CHECKSUMS["CRC64NVME"](b"data")


def test_checksums_are_shown_only_to_those_who_ask_and_not_for_a_range(server, s3, bucket):
    config = botocore.config.Config(response_checksum_validation="when_required")
    client = make_client(server, config=config)
    s3.put_object(Bucket=bucket, Key="k", Body=b"data")
    assert "ChecksumCRC32" not in client.get_object(Bucket=bucket, Key="k")
    assert "ChecksumCRC32" not in client.get_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED", Range="bytes=0-1")
    assert client.get_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")["ChecksumCRC32"] == crc32(b"data")


def test_a_content_md5_is_verified(s3, bucket, refused):
    def md5(data):
        return base64.b64encode(hashlib.md5(data).digest()).decode()

    s3.put_object(Bucket=bucket, Key="k", Body=b"data", ContentMD5=md5(b"data"))
    assert refused(s3.put_object, Bucket=bucket, Key="k", Body=b"x", ContentMD5=md5(b"y")) == ("BadDigest", 400)
    assert refused(s3.put_object, Bucket=bucket, Key="k", Body=b"x", ContentMD5="abc") == ("InvalidDigest", 400)
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"data"


# Presigned URLs and signed overrides

@pytest.mark.parametrize("version", [None, "s3", "s3v4"])
def test_a_presigned_url_uploads_and_downloads(server, http, bucket, version):
    config = botocore.config.Config(signature_version=version) if version else None
    client = make_client(server, config=config)
    parameters = {"Bucket": bucket, "Key": "a b/ü+&.csv"}
    put = client.generate_presigned_url("put_object", {**parameters, "ContentType": "text/csv"}, ExpiresIn=604800)
    assert ("X-Amz-Signature" in put) == (version == "s3v4")
    assert http.put(put, data=b"data", headers={"Content-Type": "text/csv"}).status_code == 200
    assert http.put(put, data=b"data", headers={"Content-Type": "text/html"}).status_code == 403
    get = client.generate_presigned_url("get_object", parameters)
    assert http.get(get).content == b"data"
    assert http.put(get, data=b"other").status_code == 403
    head = client.generate_presigned_url("head_object", parameters)
    assert http.head(head).headers["Content-Type"] == "text/csv"
    delete = client.generate_presigned_url("delete_object", parameters)
    assert http.delete(delete).status_code == 204
    assert http.get(get).status_code == 404


OVERRIDES = {
    "ResponseContentType": "text/plain", "ResponseContentLanguage": "fr", "ResponseCacheControl": "no-store",
    "ResponseContentDisposition": 'attachment; filename="x y.csv"', "ResponseContentEncoding": "identity",
    "ResponseExpires": "Thu, 01 Dec 2033 16:00:00 GMT"}


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_a_signed_request_may_override_headers_of_the_answer(server, http, s3, bucket, version):
    s3.put_object(Bucket=bucket, Key="k", Body=b"data", ContentType="text/csv", CacheControl="max-age=1")
    client = make_client(server, config=botocore.config.Config(signature_version=version))
    answer = http.get(client.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "k", **OVERRIDES}))
    for name, value in OVERRIDES.items():
        header = "-".join(["Content"] + [name[15:]] if name.startswith("ResponseContent") else [name[8:]])
        header = {"CacheControl": "Cache-Control"}.get(header, header)
        assert answer.headers[header] == value
    assert answer.content == b"data"


def test_an_anonymous_request_may_not_override(server, http, s3, public_bucket):
    s3.put_object(Bucket=public_bucket, Key="k", Body=b"data")
    answer = http.get(f"{server.endpoint}/{public_bucket}/k?response-content-type=text/html")
    assert (answer.status_code, wire.error(answer.content)["Code"]) == (400, "InvalidRequest")


# Who asks

def test_an_anonymous_client_reads_what_the_policy_opens(anonymous, s3, public_bucket, refused):
    s3.put_object(Bucket=public_bucket, Key="k", Body=b"data")
    assert anonymous.get_object(Bucket=public_bucket, Key="k")["Body"].read() == b"data"
    assert anonymous.head_object(Bucket=public_bucket, Key="k")["ContentLength"] == 4
    assert refused(anonymous.get_object, Bucket=public_bucket, Key="missing") == ("AccessDenied", 403)
    assert refused(anonymous.list_buckets) == ("AccessDenied", 403)
    assert refused(anonymous.create_bucket, Bucket="anonymous-bucket") == ("AccessDenied", 403)


def test_with_the_right_to_list_an_anonymous_client_learns_that_a_key_is_missing(anonymous, s3, bucket, refused):
    policy = public_read_policy(bucket).replace('"s3:GetObject"', '["s3:GetObject", "s3:ListBucket"]')
    policy = policy.replace(f'"arn:aws:s3:::{bucket}/*"', f'["arn:aws:s3:::{bucket}/*", "arn:aws:s3:::{bucket}"]')
    s3.put_bucket_policy(Bucket=bucket, Policy=policy)
    assert anonymous.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    assert refused(anonymous.get_object, Bucket=bucket, Key="missing") == ("NoSuchKey", 404)


def test_a_deny_goes_before_every_allow(anonymous, s3, public_bucket, refused):
    s3.put_object(Bucket=public_bucket, Key="secret/k", Body=b"data")
    policy = (
        '{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "s3:Get*", "Resource": "arn:aws:s3:::%s/*"},'
        '{"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::%s/secret/*"}]}')
    s3.put_bucket_policy(Bucket=public_bucket, Policy=policy % (public_bucket, public_bucket))
    assert refused(anonymous.get_object, Bucket=public_bucket, Key="secret/k") == ("AccessDenied", 403)
    assert refused(s3.get_object, Bucket=public_bucket, Key="secret/k") == ("AccessDenied", 403)


def test_a_bucket_in_the_host_name_is_found_below_a_domain():
    with start("--ephemeral", "--domain", "s3.example.test") as server:
        client = make_client(server)
        client.put_object(Bucket=DATASTORE, Key="k", Body=b"data")
        with wire.Connection(server) as connection:
            connection.host = f"{DATASTORE}.s3.example.test:{server.port}"
            assert connection.ask("GET", "/k").body == b"data"
            connection.host = "s3.example.test"
            assert connection.ask("GET", f"/{DATASTORE}/k").body == b"data"
        virtual = make_client(server, config=botocore.config.Config(s3={"addressing_style": "virtual"}))
        sent = virtual.generate_presigned_url("get_object", {"Bucket": DATASTORE, "Key": "k"})
        assert urlsplit(sent).path in ("/k", f"/{DATASTORE}/k")


UNIMPLEMENTED = [
    ("get_bucket_versioning", {}), ("get_bucket_lifecycle_configuration", {}), ("get_bucket_encryption", {}),
    ("get_bucket_website", {}), ("get_bucket_tagging", {}), ("get_bucket_acl", {}), ("list_object_versions", {}),
    ("list_multipart_uploads", {}), ("get_object_tagging", {"Key": "k"}), ("get_object_acl", {"Key": "k"}),
    ("create_multipart_upload", {"Key": "k"}), ("get_object_attributes", {"Key": "k", "ObjectAttributes": ["ETag"]}),
    ("list_parts", {"Key": "k", "UploadId": "1"}), ("get_object_legal_hold", {"Key": "k"}),
    ("upload_part_copy", {"Key": "k", "UploadId": "1", "PartNumber": 1, "CopySource": "a/b"}),
    ("list_bucket_inventory_configurations", {}), ("get_bucket_inventory_configuration", {"Id": "1"}),
    ("put_object_retention", {"Key": "k"}), ("restore_object", {"Key": "k"}), ("get_public_access_block", {})]


@pytest.mark.parametrize("name, options", UNIMPLEMENTED, ids=[name for name, _ in UNIMPLEMENTED])
def test_what_the_server_does_not_have_is_named(s3, bucket, name, options):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        getattr(s3, name)(Bucket=bucket, **options)
    response = caught.value.response
    assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == ("NotImplemented", 501)
    assert s3.meta.method_to_api_mapping[name] in response["Error"]["Message"].split()
