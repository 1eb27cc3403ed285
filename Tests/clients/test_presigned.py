"""Presigned URLs of boto3, which by default are Signature Version 2, and the headers that they may override."""

import botocore.config
import pytest

import wire
from conftest import make_client


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
