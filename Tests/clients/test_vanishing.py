"""Several clients create, fill, list, empty and delete buckets of the same few names at once: whatever is gone when
a request arrives, the response is one of S3's errors, and the server keeps running."""

import itertools
import threading
import time
import uuid

import botocore.config
import botocore.exceptions

import wire
from conftest import make_client, policy_of

SECONDS = 3
CLIENTS = 4
TAGS = {"TagSet": [{"Key": "a", "Value": "b"}]}
LOCK = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}}


def steps(s3, name):
    """Calls about a bucket that other clients delete and create again meanwhile."""
    yield lambda: s3.create_bucket(Bucket=name)
    yield lambda: s3.put_object(Bucket=name, Key="k", Body=b"k" * 40_000)
    yield lambda: s3.put_bucket_tagging(Bucket=name, Tagging=TAGS)
    yield lambda: s3.put_bucket_policy(Bucket=name, Policy=policy_of(
        "s3:GetObject", resource=f"arn:aws:s3:::{name}/*", Principal="*"))
    yield lambda: s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    yield lambda: s3.put_object_lock_configuration(Bucket=name, ObjectLockConfiguration=LOCK)
    yield lambda: s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Suspended"})
    yield lambda: s3.copy_object(Bucket=name, Key="c", CopySource=f"{name}/k")
    yield lambda: s3.get_object(Bucket=name, Key="k")["Body"].read()
    yield lambda: s3.put_object_tagging(Bucket=name, Key="k", Tagging=TAGS)
    yield lambda: s3.list_objects_v2(Bucket=name)
    yield lambda: empty(s3, name)
    yield lambda: s3.delete_bucket(Bucket=name)


def empty(s3, name):
    found = s3.list_object_versions(Bucket=name)
    objects = [{"Key": entry["Key"], "VersionId": entry["VersionId"]}
               for entry in found.get("Versions", []) + found.get("DeleteMarkers", [])]
    if objects:
        s3.delete_objects(Bucket=name, Delete={"Objects": objects}, BypassGovernanceRetention=True)


def test_clients_that_delete_each_other_s_buckets_get_errors_of_s3(account_server):
    names = [f"gone-{uuid.uuid4().hex[:12]}" for _ in range(2)]
    faults, codes = [], set()
    end = time.monotonic() + SECONDS

    def work():
        s3 = make_client(account_server, config=botocore.config.Config(retries={"total_max_attempts": 1}))
        for name in itertools.cycle(names):
            for step in steps(s3, name):
                if time.monotonic() > end:
                    return
                try:
                    step()
                except botocore.exceptions.ClientError as error:
                    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
                    codes.add(error.response["Error"]["Code"])
                    if status >= 500:
                        faults.append(error)
                except botocore.exceptions.BotoCoreError as error:
                    faults.append(error)

    threads = [threading.Thread(target=work) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults, faults[:3]
    assert account_server.process.poll() is None
    with wire.Connection(account_server) as connection:
        assert connection.ask("GET", "/-/health").body.startswith(b"ok\n")
    assert "NoSuchBucket" in codes, "no request met a missing bucket: the test checked nothing"
