"""`coffer policy`, `cors` and `versioning` of buckets."""

import json

import pytest

from cli import FAILED, USAGE
from conftest import public_read_policy

RULES = {"CORSRules": [
    {"ID": "one", "AllowedHeaders": ["*"], "AllowedMethods": ["GET", "PUT"], "AllowedOrigins": ["https://a.example"],
     "ExposeHeaders": ["ETag"], "MaxAgeSeconds": 60}, {"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]}


def test_a_policy_is_set_and_read_and_taken_away(coffer, s3, bucket, tmp_path):
    assert "NoSuchBucketPolicy" in coffer.run("policy", "get", f"s3://{bucket}", check=FAILED).stderr
    (tmp_path / "policy.json").write_text(public_read_policy(bucket))
    coffer("policy", "set", f"s3://{bucket}", tmp_path / "policy.json")
    assert json.loads(coffer("policy", "get", f"s3://{bucket}")) == json.loads(public_read_policy(bucket))
    coffer("policy", "delete", f"s3://{bucket}")
    coffer("policy", "set", f"s3://{bucket}", stdin=public_read_policy(bucket).encode())
    assert json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"]) == json.loads(public_read_policy(bucket))
    assert "MalformedPolicy" in coffer.run("policy", "set", f"s3://{bucket}", "-", stdin=b"{", check=FAILED).stderr


def test_cross_origin_rules_are_json_as_awss_or_xml(coffer, s3, bucket):
    coffer("cors", "set", f"s3://{bucket}", stdin=json.dumps(RULES).encode())
    assert s3.get_bucket_cors(Bucket=bucket)["CORSRules"] == RULES["CORSRules"]
    assert json.loads(coffer("cors", "get", f"s3://{bucket}")) == RULES
    coffer("cors", "delete", f"s3://{bucket}")
    assert "NoSuchCORSConfiguration" in coffer.run("cors", "get", f"s3://{bucket}", check=FAILED).stderr
    coffer("cors", "set", f"s3://{bucket}", "-", stdin=b"""
        <CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule>
        </CORSConfiguration>""")
    assert json.loads(coffer("cors", "get", f"s3://{bucket}")) == {"CORSRules": RULES["CORSRules"][1:]}


@pytest.mark.parametrize("document", [
    "", "[]", "{}", '{"CORSRules": [{"AllowedOrigin": ["*"]}]}', '{"CORSRules": [{"AllowedMethods": "GET"}]}',
    '{"CORSRules": [{"MaxAgeSeconds": 1.5}]}', "<CORSConfiguration/>",
    '{"CORSRules": [{"AllowedOrigins": ["*"], "AllowedMethods": ["FETCH"]}]}'])
def test_invalid_rules_are_refused(coffer, bucket, document):
    result = coffer.run("cors", "set", f"s3://{bucket}", stdin=document.encode(), check=FAILED)
    assert "CORS" in result.stderr or "must be" in result.stderr
    assert "NoSuchCORSConfiguration" in coffer.run("cors", "get", f"s3://{bucket}").stderr


def test_versioning_is_told_and_set(coffer, bucket):
    assert coffer("versioning", "get", f"s3://{bucket}") == "never enabled\n"
    assert coffer.json("versioning", "get", f"s3://{bucket}") == {"Status": None}
    for word in ["Enabled", "suspended"]:
        coffer("versioning", "set", f"s3://{bucket}", word)
        assert coffer("versioning", "get", f"s3://{bucket}").lower() == word.lower() + "\n"
    assert coffer.run("versioning", "set", f"s3://{bucket}", "on").returncode == USAGE
    assert coffer.run("versioning", "get", f"s3://{bucket}/key").returncode == USAGE
