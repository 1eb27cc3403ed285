"""Forms that are refused, in the order of S3's checks, and unusual forms that S3 accepts."""

import json

import pytest

from test_post_object import FAR, outcome, post, signed  # noqa: F401
from v4 import Signer

TIME = FAR.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def document(bucket, *conditions):
    return json.dumps({"expiration": TIME, "conditions": [{"bucket": bucket}, {"key": "k"}, *conditions]})


# A missing bucket is the last error in this order

@pytest.mark.parametrize("spoil, expected", [
    (lambda fields: fields, (404, "NoSuchBucket")),
    (lambda fields: {**fields, "signature": "spoilt"}, (403, "SignatureDoesNotMatch")),
    (lambda fields: {**fields, "AWSAccessKeyId": "nobodys"}, (403, "InvalidAccessKeyId"))])
def test_a_form_to_a_bucket_that_is_not_there_is_judged_first(server, post, spoil, expected):  # noqa: F811
    fields = signed(server, "no-such-bucket", [{"key": "k"}], version=2)
    assert outcome(post({"key": "k"}, signature=spoil(fields), into="no-such-bucket")) == expected
    other = signed(server, "no-such-bucket", [{"key": "other"}], version=2)
    assert outcome(post({"key": "k"}, signature=other, into="no-such-bucket")) == (403, "AccessDenied")


@pytest.mark.parametrize("version, left_out", [
    (2, {"signature"}), (4, {"x-amz-signature"}), (2, {"signature", "AWSAccessKeyId"}),
    (4, {"x-amz-signature", "x-amz-algorithm", "x-amz-credential", "x-amz-date"})])
def test_a_policy_that_nobody_signed(server, s3, post, bucket, version, left_out):  # noqa: F811
    fields = signed(server, bucket, [{"key": "k"}], version)
    fields = {name: value for name, value in fields.items() if name not in left_out}
    assert outcome(post({"key": "k"}, signature=fields)) == (403, "AccessDenied")
    # It is not treated as an anonymous caller's form either, though anonymous callers may write here.
    s3.put_bucket_acl(Bucket=bucket, ACL="public-read-write")
    assert outcome(post({"key": "k"}, signature=fields)) == (403, "AccessDenied")


@pytest.mark.parametrize("condition, failure", [
    (["eq", "key", "k"], '["eq", "key", "k"]'), (["starts-with", "key", ""], '["starts-with", "key", ""]'),
    (["content-length-range", "a", "b"], '["content-length-range", "a", "b"]'),
    (["eq", "$key", 'a"b'], r'["eq", "$key", "a\"b"]')])
def test_a_condition_that_cannot_hold(server, post, bucket, condition, failure):  # noqa: F811
    fields = signed(server, bucket, [], version=2, document=document(bucket, condition))
    answer = post({"key": "k"}, signature=fields)
    assert outcome(answer) == (403, "AccessDenied")
    # Quotation marks are not escaped in an error's message.
    assert f"<Message>Invalid according to Policy: Policy Condition failed: {failure}</Message>" in answer.text


@pytest.mark.parametrize("key", ["../x", "a/../../b", ".."])
def test_a_key_beyond_its_bucket(server, post, bucket, key):  # noqa: F811
    assert outcome(post({"key": key})) == (400, "InvalidURI")


# Unusual forms that S3 accepts

def test_a_nul_in_a_policy_is_a_letter(server, post, bucket):  # noqa: F811
    fields = signed(server, bucket, [], version=2, document=document(bucket, ["starts-with", "$x-ignore", "\0"]))
    assert outcome(post({"key": "k", "x-ignore": "a"}, signature=fields)) == (403, "AccessDenied")
    fields = signed(server, bucket, [], version=2, document=document(bucket, {"x-ignore": "a\0"}))
    assert post({"key": "k", "x-ignore": "a\0"}, signature=fields).status_code == 204


def test_a_tab_in_metadata_is_answered_as_a_space(server, connection, post, bucket):  # noqa: F811
    assert post({"key": "k", "x-amz-meta-a": "b\tc"}).status_code == 204
    answer = connection.ask("HEAD", f"/{bucket}/k", Signer(server).headers("HEAD", f"/{bucket}/k"))
    assert answer.header("x-amz-meta-a") == "b c"


@pytest.mark.parametrize("tagging", ["", "nonsense", "<a", "a=b", "<Tags/>", "<Tagging/>"])
def test_a_tagging_field_that_is_no_document_of_tags(s3, post, bucket, tagging):  # noqa: F811
    assert post({"key": "k", "tagging": tagging}).status_code == 204
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == []


def test_invalid_tags_are_refused_all_the_same(post):  # noqa: F811
    tags = "<Tagging><TagSet><Tag><Key>a;</Key><Value/></Tag></TagSet></Tagging>"
    assert outcome(post({"key": "k", "tagging": tags})) == (400, "InvalidTag")


def test_a_file_without_a_name_leaves_its_variable(s3, post, bucket):  # noqa: F811
    answer = post({"key": "dir/${filename}"}, [["starts-with", "$key", "dir/"]], name=None)
    assert answer.status_code == 204
    assert [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["dir/${filename}"]
