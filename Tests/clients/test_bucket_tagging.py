"""Tags of buckets."""

import pytest


def put(s3, bucket, tags):
    tag_set = [{"Key": key, "Value": value} for key, value in (tags.items() if isinstance(tags, dict) else tags)]
    return s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tag_set})


def get(s3, bucket):
    return {tag["Key"]: tag["Value"] for tag in s3.get_bucket_tagging(Bucket=bucket)["TagSet"]}


def test_a_bucket_has_no_tags_until_they_are_put(s3, bucket, refused):
    assert refused(s3.get_bucket_tagging, Bucket=bucket) == ("NoSuchTagSet", 404)


@pytest.mark.parametrize("tags", [
    {"a": "1"}, {"a": ""}, {"k" * 128: "v" * 256}, {"with space": "ü 日本"}, {"all+-=._:/@": "a+-=._:/@"},
    {f"key{number}": str(number) for number in range(50)}], ids=lambda tags: ascii(tags)[:40])
def test_tags_come_back_as_they_were_put(s3, bucket, tags):
    put(s3, bucket, {"old": "gone"})
    assert put(s3, bucket, tags)["ResponseMetadata"]["HTTPStatusCode"] in (200, 204)
    assert get(s3, bucket) == tags


@pytest.mark.parametrize("tags, codes", [
    ([("a", "1"), ("a", "2")], ["InvalidTag"]), ([("k" * 129, "v")], ["InvalidTag"]),
    ([("k", "v" * 257)], ["InvalidTag"]), ([("aws:mine", "1")], ["InvalidTag"]), ([("a&b", "1")], ["InvalidTag"]),
    ([(f"key{number}", "v") for number in range(51)], ["BadRequest", "InvalidTag"])], ids=lambda value: str(value)[:30])
def test_invalid_tags_are_refused_together(s3, bucket, refused, tags, codes):
    put(s3, bucket, {"old": "kept"})
    code, status = refused(put, s3, bucket, tags)
    assert code in codes and status == 400
    assert get(s3, bucket) == {"old": "kept"}


def test_tags_are_deleted(s3, bucket, refused):
    put(s3, bucket, {"a": "1"})
    for _ in range(2):
        assert s3.delete_bucket_tagging(Bucket=bucket)["ResponseMetadata"]["HTTPStatusCode"] == 204
        assert refused(s3.get_bucket_tagging, Bucket=bucket) == ("NoSuchTagSet", 404)


def test_a_bucket_that_is_not_there_has_no_tags(s3, refused):
    missing = "no-such-bucket-here"
    assert refused(s3.get_bucket_tagging, Bucket=missing) == ("NoSuchBucket", 404)
    assert refused(put, s3, missing, {"a": "1"}) == ("NoSuchBucket", 404)
    assert refused(s3.delete_bucket_tagging, Bucket=missing) == ("NoSuchBucket", 404)


def test_a_new_bucket_of_an_old_name_has_no_tags(s3, bucket, refused):
    put(s3, bucket, {"a": "1"})
    s3.delete_bucket(Bucket=bucket)
    s3.create_bucket(Bucket=bucket)
    assert refused(s3.get_bucket_tagging, Bucket=bucket) == ("NoSuchTagSet", 404)
