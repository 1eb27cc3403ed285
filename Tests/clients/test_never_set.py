"""AWS's responses for configurations that the server does not support, only to callers with the right to read them."""

import pytest

from conftest import policy_of
from signed import V4, Signed

#: The request, the status, the error code or document of the response, and the required action.
EMPTY = [
    ("GET", "accelerate", "AccelerateConfiguration", {}, "GetAccelerateConfiguration"),
    ("GET", "logging", "BucketLoggingStatus", {}, "GetBucketLogging"),
    ("GET", "notification", "NotificationConfiguration", {}, "GetBucketNotification"),
    ("GET", "requestPayment", "RequestPaymentConfiguration", {"Payer": "BucketOwner"}, "GetBucketRequestPayment"),
    ("GET", "abac", "AbacStatus", {"Status": "Disabled"}, "GetBucketAbac"),
    ("GET", "analytics", "ListBucketAnalyticsConfigurationResult", {"IsTruncated": "false"},
     "GetAnalyticsConfiguration"),
    ("GET", "intelligent-tiering", "ListBucketIntelligentTieringConfigurationsOutput", {"IsTruncated": "false"},
     "GetIntelligentTieringConfiguration"),
    ("GET", "inventory", "ListInventoryConfigurationsResult", {"IsTruncated": "false"}, "GetInventoryConfiguration"),
    ("GET", "metrics", "ListMetricsConfigurationsResult", {"IsTruncated": "false"}, "GetMetricsConfiguration"),
]
LIFECYCLE, WEBSITE, REPLICATION = (
    "NoSuchLifecycleConfiguration", "NoSuchWebsiteConfiguration", "ReplicationConfigurationNotFoundError")
MISSING = [
    ("GET", "lifecycle", LIFECYCLE, "GetLifecycleConfiguration"),
    ("GET", "website", WEBSITE, "GetBucketWebsite"),
    ("GET", "replication", REPLICATION, "GetReplicationConfiguration"),
    ("GET", "metadataConfiguration", "MetadataConfigurationNotFound", "GetBucketMetadataTableConfiguration"),
    ("GET", "metadataTable", "MetadataConfigurationNotFound", "GetBucketMetadataTableConfiguration"),
    ("DELETE", "metadataConfiguration", "MetadataConfigurationNotFound", "DeleteBucketMetadataTableConfiguration"),
    ("DELETE", "metadataTable", "MetadataConfigurationNotFound", "DeleteBucketMetadataTableConfiguration"),
    ("PUT", "metadataInventoryTable", "MetadataConfigurationNotFound",
     "UpdateBucketMetadataInventoryTableConfiguration"),
    ("PUT", "metadataJournalTable", "MetadataConfigurationNotFound", "UpdateBucketMetadataJournalTableConfiguration"),
    ("PUT", "metadataAnnotationTable", "MetadataConfigurationNotFound",
     "UpdateBucketMetadataAnnotationTableConfiguration"),
] + [(method, f"{kind}&id=1", "NoSuchConfiguration", f"{verb}{name}Configuration")
     for kind, name in [("analytics", "Analytics"), ("intelligent-tiering", "IntelligentTiering"),
                        ("inventory", "Inventory"), ("metrics", "Metrics")]
     for method, verb in [("GET", "Get"), ("DELETE", "Put")]]
DELETED = [("DELETE", "lifecycle", "PutLifecycleConfiguration"), ("DELETE", "website", "DeleteBucketWebsite"),
           ("DELETE", "replication", "PutReplicationConfiguration")]
NOT_IMPLEMENTED = [
    ("PUT", "abac", "PutBucketAbac", "PutBucketAbac"),
    ("PUT", "accelerate", "PutBucketAccelerateConfiguration", "PutAccelerateConfiguration"),
    ("PUT", "analytics&id=1", "PutBucketAnalyticsConfiguration", "PutAnalyticsConfiguration"),
    ("PUT", "intelligent-tiering&id=1", "PutBucketIntelligentTieringConfiguration",
     "PutIntelligentTieringConfiguration"),
    ("PUT", "inventory&id=1", "PutBucketInventoryConfiguration", "PutInventoryConfiguration"),
    ("PUT", "lifecycle", "PutBucketLifecycleConfiguration", "PutLifecycleConfiguration"),
    ("PUT", "logging", "PutBucketLogging", "PutBucketLogging"),
    ("PUT", "metrics&id=1", "PutBucketMetricsConfiguration", "PutMetricsConfiguration"),
    ("PUT", "notification", "PutBucketNotificationConfiguration", "PutBucketNotification"),
    ("PUT", "replication", "PutBucketReplication", "PutReplicationConfiguration"),
    ("PUT", "requestPayment", "PutBucketRequestPayment", "PutBucketRequestPayment"),
    ("PUT", "website", "PutBucketWebsite", "PutBucketWebsite"),
    ("POST", "metadataConfiguration", "CreateBucketMetadataConfiguration", "CreateBucketMetadataTableConfiguration"),
    ("POST", "metadataTable", "CreateBucketMetadataTableConfiguration", "CreateBucketMetadataTableConfiguration"),
]
#: Method, query and action of all these requests.
ALL = ([(row[0], row[1], row[-1]) for row in EMPTY + MISSING + DELETED + NOT_IMPLEMENTED])


@pytest.fixture
def ask(server, connection):
    def call(method, path, query, headers=(), **options):
        return Signed(server, V4, method, path, query, headers, **options).send(connection)

    return call


@pytest.mark.parametrize("method, query, root, elements, _", EMPTY, ids=lambda value: str(value)[:24])
def test_what_was_never_set_is_an_empty_document(ask, bucket, method, query, root, elements, _):
    answer = ask(method, f"/{bucket}", query)
    assert answer.status == 200 and answer.header("content-type") == "application/xml"
    content = "".join(f"<{name}>{text}</{name}>" for name, text in elements.items())
    assert answer.body.decode().splitlines()[1] == (
        f'<{root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{content}</{root}>')


@pytest.mark.parametrize("method, query, code, _", MISSING)
def test_what_was_never_set_is_missing(ask, bucket, method, query, code, _):
    answer = ask(method, f"/{bucket}", query)
    assert (answer.status, answer["Code"]) == (404, code) and answer["Message"]
    assert answer["BucketName"] == (bucket if code in (LIFECYCLE, WEBSITE, REPLICATION) else None)


@pytest.mark.parametrize("method, query, _", DELETED)
def test_deleting_what_was_never_set_is_no_error(ask, s3, bucket, method, query, _):
    s3.put_object(Bucket=bucket, Key="k", Body=b"k")
    answer = ask(method, f"/{bucket}", query)
    assert (answer.status, answer.body) == (204, b"")
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"k"


@pytest.mark.parametrize("method, query, name, _", NOT_IMPLEMENTED)
def test_what_would_be_set_is_not_implemented(ask, bucket, method, query, name, _):
    answer = ask(method, f"/{bucket}", query, body=b"<X/>")
    assert (answer.status, answer["Code"], answer["Operation"]) == (501, "NotImplemented", name)


def test_annotations_of_an_object_are_none(ask, s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"k")
    listed = s3.list_object_annotations(Bucket=bucket, Key="k")
    assert listed.get("Annotations", []) == [] and listed["AnnotationCount"] == 0
    answer = ask("GET", f"/{bucket}/k", "annotation&annotationName=a")
    assert (answer.status, answer["Code"]) == (404, "NoSuchAnnotation")
    assert ask("DELETE", f"/{bucket}/k", "annotation&annotationName=a").status == 204
    for method, query in [("GET", "annotation"), ("GET", "annotation&annotationName=a"),
                          ("DELETE", "annotation&annotationName=a")]:
        answer = ask(method, f"/{bucket}/missing", query)
        assert (answer.status, answer["Code"], answer["Key"]) == (404, "NoSuchKey", "missing"), method
    for method, query in [("PUT", "annotation&annotationName=a"), ("PUT", "encryption")]:
        answer = ask(method, f"/{bucket}/k", query, body=b"text")
        assert (answer.status, answer["Code"]) == (501, "NotImplemented"), query
    answer = ask("POST", f"/{bucket}/k", "select&select-type=2", body=b"<X/>")
    assert (answer.status, answer["Code"]) == (405, "MethodNotAllowed")
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"k"


@pytest.mark.parametrize("method, query, action", ALL)
def test_the_bucket_its_owner_and_the_callers_rights_come_first(ask, s3, http, server, bucket, method, query, action):
    missing = ask(method, "/no-such-bucket-at-all", query)
    assert (missing.status, missing["Code"], missing["BucketName"]) == (404, "NoSuchBucket", "no-such-bucket-at-all")
    other = ask(method, f"/{bucket}", query, [("x-amz-expected-bucket-owner", "999988887777")])
    assert (other.status, other["Code"]) == (403, "AccessDenied")
    url = f"{server.endpoint}/{bucket}?{query}"
    assert http.request(method, url).status_code == 403
    arn = f"arn:aws:s3:::{bucket}"
    s3.put_bucket_policy(Bucket=bucket, Policy=policy_of(f"s3:{action}", resource=arn, Principal="*"))
    granted = http.request(method, url)
    assert granted.status_code in (200, 204, 404, 501), granted.text
    s3.put_bucket_policy(Bucket=bucket, Policy=policy_of(f"s3:{action}", resource=arn, effect="Deny", Principal="*"))
    denied = ask(method, f"/{bucket}", query)
    assert (denied.status, denied["Code"]) == (403, "AccessDenied")
