"""The calls of Terraform's AWS provider, version 6, for a bucket with tags, in its order: create, read, update, delete.

The provider reads every setting of a bucket whether it is configured or not, and accepts an error only if its code says
that nothing was set: any other error ends the run."""

import uuid

import botocore.config
import botocore.exceptions
import pytest

from conftest import make_client
from test_control_tags import arn, local_control_hosts, make_control, tag_list, tags_of  # noqa: F401, a fixture among them

TAGS = {"Name": "budget", "Environment": "test"}
ONCE = botocore.config.Config(retries={"total_max_attempts": 1})
#: The read operations, and the only error that means "not set"; None if the call always succeeds.
READS = [
    ("get_bucket_policy", "NoSuchBucketPolicy"), ("get_bucket_acl", None), ("get_bucket_cors", "NoSuchCORSConfiguration"),
    ("get_bucket_website", "NoSuchWebsiteConfiguration"), ("get_bucket_versioning", None),
    ("get_bucket_accelerate_configuration", None), ("get_bucket_request_payment", None), ("get_bucket_logging", None),
    ("get_bucket_lifecycle_configuration", "NoSuchLifecycleConfiguration"),
    ("get_bucket_replication", "ReplicationConfigurationNotFoundError"), ("get_bucket_encryption", None),
    ("get_object_lock_configuration", "ObjectLockConfigurationNotFoundError"), ("get_bucket_location", None)]
#: The read operations of other resources and of data sources.
FURTHER_READS = [
    ("get_public_access_block", "NoSuchPublicAccessBlockConfiguration"),
    ("get_bucket_ownership_controls", "OwnershipControlsNotFoundError"),
    ("get_bucket_notification_configuration", None), ("get_bucket_abac", None),
    ("list_bucket_analytics_configurations", None), ("list_bucket_intelligent_tiering_configurations", None),
    ("list_bucket_inventory_configurations", None), ("list_bucket_metrics_configurations", None),
    ("get_bucket_metadata_configuration", "MetadataConfigurationNotFound"),
    ("get_bucket_tagging", "NoSuchTagSet"), ("get_bucket_policy_status", "NoSuchBucketPolicy")]


def read(s3, name, bucket, unset):
    """The response, or None if the error means "not set" to the provider."""
    try:
        answer = getattr(s3, name)(Bucket=bucket)
    except botocore.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == unset, (name, error)
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 404, (name, error)
        return None
    answer.pop("ResponseMetadata")
    return answer


@pytest.fixture
def clients(server, local_control_hosts):  # noqa: F811
    return make_client(server, config=ONCE), make_control(server)


def test_a_bucket_with_tags_is_made_read_changed_and_deleted(clients, refused):
    s3, control = clients
    bucket = f"terraform-{uuid.uuid4().hex[:16]}"
    assert refused(s3.head_bucket, Bucket=bucket) == ("404", 404)
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"Tags": tag_list(TAGS)})
    head = s3.head_bucket(Bucket=bucket)
    assert (head["BucketRegion"], head["BucketArn"]) == ("us-east-1", f"arn:aws:s3:::{bucket}")
    found = {name: read(s3, name, bucket, unset) for name, unset in READS}
    assert {name for name, answer in found.items() if answer is None} == {name for name, unset in READS if unset}
    assert found["get_bucket_accelerate_configuration"] == found["get_bucket_logging"] == {}
    assert found["get_bucket_request_payment"] == {"Payer": "BucketOwner"}
    assert found["get_bucket_location"] == {"LocationConstraint": None}
    assert tags_of(control, bucket) == TAGS
    # An update: removed tags are deleted first, then the others are set.
    control.untag_resource(**arn(bucket), TagKeys=["Environment"])
    control.tag_resource(**arn(bucket), Tags=tag_list({"Name": "budgets", "Owner": "me"}))
    assert tags_of(control, bucket) == {"Name": "budgets", "Owner": "me"}
    s3.delete_bucket(Bucket=bucket)
    assert refused(s3.head_bucket, Bucket=bucket) == ("404", 404)
    assert refused(control.list_tags_for_resource, **arn(bucket)) == ("NoSuchResource", 404)


def test_a_bucket_without_tags_is_read_to_its_end(clients, bucket):
    s3, control = clients
    for name, unset in FURTHER_READS:
        assert (read(s3, name, bucket, unset) is None) == (unset is not None), name
    assert tags_of(control, bucket) == {}


def test_a_bucket_that_blocks_sse_c_keeps_that_in_its_encryption(clients, bucket):
    s3, _ = clients
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False,
            "BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]}}
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
    assert s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"] == [rule]


@pytest.mark.parametrize("name, unset", READS + FURTHER_READS)
def test_a_bucket_that_is_gone_is_named_by_every_read(clients, name, unset, refused):
    s3, _ = clients
    assert refused(getattr(s3, name), Bucket="terraform-no-such-bucket") == ("NoSuchBucket", 404)
