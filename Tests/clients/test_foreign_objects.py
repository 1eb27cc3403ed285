"""Objects that other accounts own in a bucket stay theirs, for every operation."""

import json
import uuid

import botocore.exceptions
import pytest

from accounts import STRANGER_ACCOUNT, THIRD_ACCOUNT
from acl import owner_of
from conftest import make_client

DENIED = ("AccessDenied", 403)


@pytest.fixture
def writer(account_server):
    return make_client(account_server, STRANGER_ACCOUNT.access_key, STRANGER_ACCOUNT.secret_key)


@pytest.fixture
def third(account_server):
    return make_client(account_server, THIRD_ACCOUNT.access_key, THIRD_ACCOUNT.secret_key)


@pytest.fixture
def shared(root_s3, writer):
    """A bucket of the first account whose policy allows two other accounts everything, with an object of the writer."""
    name = f"shared-{uuid.uuid4().hex[:20]}"
    root_s3.create_bucket(Bucket=name)
    root_s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": [STRANGER_ACCOUNT.id, THIRD_ACCOUNT.id]}, "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"]}]}))
    writer.put_object(Bucket=name, Key="theirs", Body=b"secret")
    return name


@pytest.fixture(params=["the bucket's owner", "a third account"])
def other(request, root_s3, third):
    """A caller to whom the writer has granted nothing."""
    return root_s3 if request.param == "the bucket's owner" else third


def rename(s3, bucket, source, key, **more):
    return s3.rename_object(Bucket=bucket, Key=key, RenameSource=source, **more)


def test_what_another_owns_is_not_renamed(shared, other, writer, refused):
    assert refused(rename, other, shared, "theirs", "mine") == DENIED
    assert writer.get_object(Bucket=shared, Key="theirs")["Body"].read() == b"secret"
    rename(writer, shared, "theirs", "again")
    assert writer.get_object(Bucket=shared, Key="again")["Body"].read() == b"secret"


def test_what_another_owns_does_not_grow(shared, other, writer, refused):
    # Its size is not revealed either.
    for offset in (0, 6):
        assert refused(other.put_object, Bucket=shared, Key="theirs", Body=b"!", WriteOffsetBytes=offset) == DENIED
    # A caller who may read it may not append to it.
    writer.put_object_acl(Bucket=shared, Key="theirs", ACL="authenticated-read")
    assert refused(other.put_object, Bucket=shared, Key="theirs", Body=b"!", WriteOffsetBytes=6) == DENIED
    writer.put_object(Bucket=shared, Key="theirs", Body=b"!", WriteOffsetBytes=6)
    assert writer.get_object(Bucket=shared, Key="theirs")["Body"].read() == b"secret!"


def test_conditions_do_not_tell_of_what_another_owns(shared, other, writer, refused):
    etag = writer.head_object(Bucket=shared, Key="theirs")["ETag"]
    for guess in (etag, '"00000000000000000000000000000000"'):
        for call in (other.put_object, other.delete_object):
            assert refused(call, Bucket=shared, Key="theirs", IfMatch=guess) == DENIED
        answer = other.delete_objects(Bucket=shared, Delete={"Objects": [{"Key": "theirs", "ETag": guess}]})
        assert [error["Code"] for error in answer["Errors"]] == ["AccessDenied"]
        other.put_object(Bucket=shared, Key="source", Body=b"1")
        assert refused(rename, other, shared, "source", "theirs", DestinationIfMatch=guess) == DENIED
        other.delete_object(Bucket=shared, Key="source")
    assert writer.get_object(Bucket=shared, Key="theirs")["Body"].read() == b"secret"
    # A caller who may list the bucket learns that the object exists, and the object's owner may use conditions.
    assert refused(other.put_object, Bucket=shared, Key="theirs", Body=b"1", IfNoneMatch="*") == ("PreconditionFailed", 412)
    writer.delete_object(Bucket=shared, Key="theirs", IfMatch=etag)


def test_nobody_puts_parts_into_what_will_be_anothers(shared, other, writer, refused):
    upload = {"Bucket": shared, "Key": "parts"}
    upload["UploadId"] = writer.create_multipart_upload(**upload)["UploadId"]
    part = writer.upload_part(**upload, PartNumber=1, Body=b"mine")
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    assert refused(other.upload_part, **upload, PartNumber=1, Body=b"forged") == DENIED
    other.put_object(Bucket=shared, Key="source", Body=b"forged")
    assert refused(other.upload_part_copy, **upload, PartNumber=1, CopySource=f"{shared}/source") == DENIED
    assert refused(other.complete_multipart_upload, **upload, MultipartUpload=parts) == DENIED
    writer.complete_multipart_upload(**upload, MultipartUpload=parts)
    assert writer.get_object(Bucket=shared, Key="parts")["Body"].read() == b"mine"


def test_what_will_be_the_bucket_owners_takes_parts_of_all_who_may_write(shared, other, writer, root_s3):
    root_s3.put_bucket_ownership_controls(
        Bucket=shared, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]})
    upload = {"Bucket": shared, "Key": "parts"}
    upload["UploadId"] = writer.create_multipart_upload(**upload, ACL="bucket-owner-full-control")["UploadId"]
    part = other.upload_part(**upload, PartNumber=1, Body=b"both")
    writer.complete_multipart_upload(
        **upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})
    assert root_s3.get_object_acl(Bucket=shared, Key="parts")["Owner"]["ID"] == owner_of(root_s3)


def test_the_root_of_the_buckets_account_is_told_whose_it_is(shared, root_s3, third, account_server):
    place = {"Bucket": shared, "Key": "theirs"}
    for call, options in [("get_object", {}), ("put_object", {"Body": b"!", "WriteOffsetBytes": 6})]:
        reasons = []
        for s3 in (root_s3, third):
            with pytest.raises(botocore.exceptions.ClientError) as caught:
                getattr(s3, call)(**place, **options)
            answer = caught.value.response["ResponseMetadata"]
            reasons.append(answer["HTTPHeaders"].get("x-coffer-reason"))
            assert f"belongs to account {STRANGER_ACCOUNT.id}" in account_server.log_line(answer["RequestId"])
        for_owner, for_third = reasons
        assert f"belongs to account {STRANGER_ACCOUNT.id}" in for_owner
        assert for_third is None


def test_the_buckets_owner_deletes_everything(shared, root_s3, writer):
    writer.put_object(Bucket=shared, Key="more", Body=b"1")
    answer = root_s3.delete_objects(Bucket=shared, Delete={"Objects": [{"Key": "theirs"}, {"Key": "more"}]})
    assert len(answer["Deleted"]) == 2
    assert root_s3.list_objects_v2(Bucket=shared)["KeyCount"] == 0
