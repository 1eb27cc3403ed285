"""Operations of directory buckets: appending to objects and renaming them."""

from concurrent.futures import ThreadPoolExecutor

import botocore.exceptions
import pytest

from accounts import STRANGER_ACCOUNT
from checksums import checksum
from conftest import make_client
from multipart import noise

OTHER = '"00000000000000000000000000000000"'
WRONG_OFFSET = ("InvalidWriteOffset", 400)
FAILED = ("PreconditionFailed", 412)


@pytest.fixture
def stored(bucket):
    return {"Bucket": bucket, "Key": "k"}


# Appending

def test_an_object_grows_at_its_end(s3, stored):
    pieces = [b"first,", b"second,", noise(300_000), b"last"]
    size = 0
    for piece in pieces:
        size += len(piece)
        answer = s3.put_object(**stored, Body=piece, WriteOffsetBytes=size - len(piece))
        assert s3.head_object(**stored)["ETag"] == answer["ETag"]
    assert answer["Size"] == size
    assert s3.get_object(**stored)["Body"].read() == b"".join(pieces)
    assert s3.list_objects_v2(Bucket=stored["Bucket"])["Contents"][0]["Size"] == size
    found = s3.get_object(**stored, Range="bytes=4-14")
    assert found["Body"].read() == b"".join(pieces)[4:15]


@pytest.mark.parametrize("offset", [0, 3, 5, 1 << 40])
def test_a_piece_begins_where_the_object_ends(s3, stored, refused, offset):
    s3.put_object(**stored, Body=b"data")
    assert refused(s3.put_object, **stored, Body=b"more", WriteOffsetBytes=offset) == WRONG_OFFSET
    assert s3.get_object(**stored)["Body"].read() == b"data"


def test_without_an_offset_an_object_is_replaced(s3, stored):
    s3.put_object(**stored, Body=b"data", WriteOffsetBytes=0)
    s3.put_object(**stored, Body=b"new")
    assert s3.get_object(**stored)["Body"].read() == b"new"


def test_what_is_not_there_begins_at_nought(s3, stored):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        s3.put_object(**stored, Body=b"data", WriteOffsetBytes=4)
    assert 400 <= caught.value.response["ResponseMetadata"]["HTTPStatusCode"] < 500
    assert s3.list_objects_v2(Bucket=stored["Bucket"])["KeyCount"] == 0


def test_an_object_that_grows_keeps_its_headers(s3, stored, refused):
    s3.put_object(**stored, Body=b"data", ContentType="text/csv", Metadata={"kind": "log"}, WriteOffsetBytes=0)
    s3.put_object(**stored, Body=b"more", WriteOffsetBytes=4)
    found = s3.head_object(**stored)
    assert (found["ContentType"], found["Metadata"]) == ("text/csv", {"kind": "log"})
    assert refused(s3.put_object, **stored, Body=b"more", WriteOffsetBytes=8, Metadata={"kind": "other"}) == (
        "InvalidRequest", 400)


def test_nothing_is_not_appended(s3, stored, refused):
    s3.put_object(**stored, Body=b"data")
    assert refused(s3.put_object, **stored, Body=b"", WriteOffsetBytes=4) == ("InvalidRequest", 400)


def test_the_checksum_is_of_the_whole(s3, stored, refused):
    s3.put_object(**stored, Body=b"data", WriteOffsetBytes=0)
    s3.put_object(**stored, Body=b"more", WriteOffsetBytes=4)
    found = s3.head_object(**stored, ChecksumMode="ENABLED")
    assert found["ChecksumCRC32"] == checksum("CRC32", b"datamore")
    assert refused(s3.put_object, **stored, Body=b"more", WriteOffsetBytes=8, ChecksumCRC32="AAAAAA==") == (
        "BadDigest", 400)
    assert s3.get_object(**stored)["Body"].read() == b"datamore"


def test_of_many_that_append_at_the_same_place_one_does(s3, stored):
    s3.put_object(**stored, Body=b"data")

    def append(number):
        try:
            s3.put_object(**stored, Body=b"%d" % number, WriteOffsetBytes=4)
            return 200
        except botocore.exceptions.ClientError as error:
            return error.response["Error"]["Code"]

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(append, range(16)))
    assert found.count(200) == 1 and set(found) <= {200, "InvalidWriteOffset", "ConditionalRequestConflict"}
    assert s3.get_object(**stored)["Body"].read() == b"data%d" % found.index(200)


# Renaming

@pytest.fixture
def source(s3, bucket):
    """The name of an object to rename, encoded for the header."""
    s3.put_object(Bucket=bucket, Key="a source+ü", Body=b"data", ContentType="text/csv", Metadata={"kind": "log"})
    return "a%20source%2B%C3%BC"


def keys(s3, bucket):
    return [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


@pytest.mark.parametrize("form", ["{source}", "{bucket}/{source}", "/{bucket}/{source}"])
def test_an_object_has_another_name_and_is_the_same(s3, bucket, stored, source, form):
    before = s3.head_object(Bucket=bucket, Key="a source+ü")
    s3.rename_object(**stored, RenameSource=form.format(bucket=bucket, source=source))
    assert keys(s3, bucket) == ["k"]
    after = s3.get_object(**stored)
    assert after["Body"].read() == b"data"
    for name in ("ETag", "LastModified", "ContentType", "Metadata", "ContentLength"):
        assert after[name] == before[name]


def test_what_had_the_name_before_is_replaced(s3, bucket, stored, source):
    s3.put_object(**stored, Body=b"before")
    s3.rename_object(**stored, RenameSource=source)
    assert keys(s3, bucket) == ["k"] and s3.get_object(**stored)["Body"].read() == b"data"


def test_a_source_that_is_not_there_is_reported(s3, bucket, stored, refused):
    s3.put_object(**stored, Body=b"before")
    assert refused(s3.rename_object, **stored, RenameSource="missing") == ("NoSuchKey", 404)
    assert s3.get_object(**stored)["Body"].read() == b"before"


@pytest.mark.parametrize("conditions, holds", [
    ({"DestinationIfNoneMatch": "*"}, False), ({"DestinationIfMatch": OTHER}, False),
    ({"DestinationIfMatch": "K"}, True),
    ({"SourceIfMatch": "SOURCE"}, True), ({"SourceIfMatch": OTHER}, False), ({"SourceIfNoneMatch": OTHER}, True),
    ({"SourceIfNoneMatch": "SOURCE"}, False), ({"SourceIfNoneMatch": "*"}, False)], ids=str)
def test_an_object_is_renamed_only_if_the_conditions_hold(s3, bucket, stored, source, refused, conditions, holds):
    etags = {"K": s3.put_object(**stored, Body=b"before")["ETag"],
             "SOURCE": s3.head_object(Bucket=bucket, Key="a source+ü")["ETag"]}
    conditions = {name: etags.get(value, value) for name, value in conditions.items()}
    if holds:
        s3.rename_object(**stored, RenameSource=source, **conditions)
        assert s3.get_object(**stored)["Body"].read() == b"data"
    else:
        assert refused(s3.rename_object, **stored, RenameSource=source, **conditions) == FAILED
        assert s3.get_object(**stored)["Body"].read() == b"before"
        assert keys(s3, bucket) == ["a source+ü", "k"]


def test_a_name_that_is_free_may_be_required(s3, bucket, stored, source):
    s3.rename_object(**stored, RenameSource=source, DestinationIfNoneMatch="*")
    assert keys(s3, bucket) == ["k"]


@pytest.mark.parametrize("token", ["t" * 65, "two words"])
def test_an_invalid_token_is_refused(s3, bucket, stored, source, refused, token):
    assert refused(s3.rename_object, **stored, RenameSource=source, ClientToken=token) == ("InvalidArgument", 400)
    assert keys(s3, bucket) == ["a source+ü"]


def test_a_repeated_renaming_with_its_token_is_no_error(s3, bucket, stored, source):
    for _ in range(2):
        s3.rename_object(**stored, RenameSource=source, ClientToken="once-and-for-all")
    assert keys(s3, bucket) == ["k"]


def test_a_token_is_of_one_account(server, s3, bucket, stored, source, refused):
    stranger = make_client(server, STRANGER_ACCOUNT.access_key, STRANGER_ACCOUNT.secret_key)
    own = f"{bucket}-theirs"
    stranger.create_bucket(Bucket=own)
    stranger.put_object(Bucket=own, Key="a", Body=b"a")
    token = f"shared-{bucket}"
    s3.rename_object(**stored, RenameSource=source, ClientToken=token)
    stranger.rename_object(Bucket=own, Key="b", RenameSource="a", ClientToken=token)
    assert keys(stranger, own) == ["b"]
    stranger.put_object(Bucket=own, Key="c", Body=b"c")
    code, _ = refused(stranger.rename_object, Bucket=own, Key="d", RenameSource="c", ClientToken=token)
    assert code == "IdempotencyParameterMismatch"
