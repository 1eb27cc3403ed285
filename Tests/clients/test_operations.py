"""What operators see: health, metrics, logs, TLS."""

import json
import subprocess
import uuid

import pytest
import requests
import urllib3

import servers
from conftest import ACCESS_KEY, DATASTORE, SECRET_KEY, datastore_environment, make_client, start


@pytest.mark.parametrize("path", ["/-/health", "/minio/health/live", "/minio/health/ready"])
def test_health_is_answered_to_everyone(server, http, path):
    for method in ("GET", "HEAD"):
        answer = http.request(method, server.endpoint + path)
        assert answer.status_code == 200 and answer.headers["x-amz-request-id"]
    assert http.put(server.endpoint + path, data=b"x").status_code == 405


def samples(http, server):
    answer = http.get(f"{server.endpoint}/-/metrics")
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert answer.text.endswith("\n")
    lines = answer.text.splitlines()
    families = {line.split()[2]: line.split()[3] for line in lines if line.startswith("# TYPE ")}
    values = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    for name in values:
        base = name.split("{")[0]
        assert base in families or any(base == f"{family}_{part}" for family in families
                                       for part in ("bucket", "sum", "count")), name
    return {name: float(value) for name, value in values.items()}


def test_metrics_count_requests_errors_bytes_and_what_is_stored(server, http, s3, bucket, refused):
    before = samples(http, server)
    s3.put_object(Bucket=bucket, Key="k", Body=bytes(1000))
    s3.get_object(Bucket=bucket, Key="k")["Body"].read()
    refused(s3.get_object, Bucket=bucket, Key="missing")
    after = samples(http, server)

    def grown(name):
        return after[name] - before.get(name, 0)

    assert grown('coffer_requests_total{operation="PutObject",status="200"}') == 1
    assert grown('coffer_requests_total{operation="GetObject",status="404"}') == 1
    assert grown('coffer_errors_total{operation="GetObject"}') == 1
    assert grown('coffer_received_bytes_total{operation="PutObject"}') >= 1000
    assert grown('coffer_sent_bytes_total{operation="GetObject"}') >= 1000
    assert grown('coffer_request_duration_seconds_count{operation="GetObject"}') == 2
    assert grown('coffer_request_duration_seconds_bucket{operation="GetObject",le="+Inf"}') == 2
    assert grown('coffer_request_duration_seconds_sum{operation="GetObject"}') > 0
    assert (grown("coffer_objects"), grown("coffer_stored_bytes")) == (1, 1000)
    assert after["coffer_open_connections"] >= 1


def test_every_answer_has_an_id_of_its_own_a_date_and_a_server(server, http, s3, bucket):
    answers = [http.get(f"{server.endpoint}{path}") for path in ("/", "/-/health", f"/{bucket}/k", "/-/nothing")]
    answers.append(http.get(s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "k"})))
    for answer in answers:
        assert answer.headers["x-amz-id-2"] and answer.headers["Date"] and answer.headers["Server"] == "Coffer"
    assert len({answer.headers["x-amz-request-id"] for answer in answers}) == len(answers)


# Logs

@pytest.fixture(params=["text", "json"])
def logged(request):
    """The log of some requests, and the request ids that clients saw."""
    with start("--ephemeral", "--log-format", request.param) as server:
        client = make_client(server)
        ids = [client.put_object(Bucket=DATASTORE, Key='a "b"\n\t\x01ü\\', Body=b"data")]
        ids.append(client.list_objects_v2(Bucket=DATASTORE, Prefix="secret-prefix"))
        url = client.generate_presigned_url("get_object", {"Bucket": DATASTORE, "Key": 'a "b"\n\t\x01ü\\'})
        answer = requests.get(url)
        assert answer.content == b"data"
        requests.get(f"{server.endpoint}/{DATASTORE}/missing", headers={"Authorization": f"AWS {ACCESS_KEY}:abcdefgh"})
        assert server.stop() == 0
        signature = url.split("Signature=")[1].split("&")[0]
        yield request.param, server.log(), [one["ResponseMetadata"]["RequestId"] for one in ids], signature


def test_the_log_has_a_line_for_every_request_and_no_secrets(logged):
    form, log, ids, signature = logged
    lines = log.splitlines()
    assert all(any(id in line for line in lines) for id in ids)
    for secret in (SECRET_KEY, signature, "Signature", "abcdefgh", "secret-prefix"):
        assert secret not in log
    assert sum("PutObject" in line for line in lines) == 1
    if form == "json":
        records = [json.loads(line) for line in lines]
        put = next(record for record in records if record.get("operation") == "PutObject")
        assert (put["bucket"], put["key"], put["status"]) == (DATASTORE, 'a "b"\n\t\x01ü\\', 200)
        assert put["request_id"] == ids[0] and put["bytes_in"] >= 4 and put["microseconds"] > 0
        assert "openspending-robot" in put["principal"] and put["outcome"] == "sent"
        failed = next(record for record in records if record.get("error"))
        assert failed["status"] == 403
        get = next(record for record in records if record.get("operation") == "GetObject" and record["status"] == 200)
        assert get["bytes_out"] == 4


def test_a_quiet_log_is_empty():
    with start("--ephemeral", "--log-level", "error") as server:
        requests.get(f"{server.endpoint}/missing-bucket/k")
        assert server.stop() == 0
        assert server.log() == ""


# TLS

@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    directory = tmp_path_factory.mktemp("tls")
    for name in ("one", "two"):
        subprocess.run([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
            "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout",
            directory / f"{name}.key", "-out", directory / f"{name}.pem"], check=True, capture_output=True)
    return directory


def test_https_serves_browsers_and_boto3(certificate):
    pem = str(certificate / "one.pem")
    with start("--ephemeral", "--tls-certificate", pem, "--tls-key", str(certificate / "one.key")) as server:
        assert server.scheme == "https"
        client = make_client(server, verify=pem)
        data = bytes(range(256)) * 5000
        stored = client.put_object(Bucket=DATASTORE, Key="k", Body=data)  # with its checksum in a trailer
        assert stored["ChecksumCRC32"]
        assert client.get_object(Bucket=DATASTORE, Key="k")["Body"].read() == data
        answer = requests.get(f"{server.endpoint}/{DATASTORE}/k", verify=pem, headers={"Range": "bytes=-3"})
        assert (answer.status_code, answer.content) == (206, b"\xfd\xfe\xff")
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(server.endpoint, verify=str(certificate / "two.pem"))
        pool = urllib3.PoolManager(retries=False)
        with pytest.raises(urllib3.exceptions.HTTPError):
            pool.request("GET", f"http://{server.host}:{server.port}/-/health")
        policy = (
            '{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", '
            '"Resource": "arn:aws:s3:::%s/*",'
            '"Condition": {"Bool": {"aws:SecureTransport": "true"}}}}')
        client.put_bucket_policy(Bucket=DATASTORE, Policy=policy % DATASTORE)
        assert requests.get(f"{server.endpoint}/{DATASTORE}/k", verify=pem).status_code == 403


def test_a_key_of_another_certificate_is_told(certificate):
    result = servers.run(
        "serve", "--ephemeral", "--port", "0", "--tls-certificate", str(certificate / "one.pem"), "--tls-key",
        str(certificate / "two.key"), env=datastore_environment())
    assert result.returncode > 0 and "certificate" in result.stderr


def test_an_ipv6_address_serves_as_well():
    try:
        server = start("--ephemeral", "--address", "::1")
    except RuntimeError as error:
        if "Cannot assign requested address" not in str(error) and "not supported" not in str(error):
            raise
        pytest.skip("this machine has no IPv6")
    with server:
        assert server.endpoint.startswith("http://[::1]:")
        name = f"six-{uuid.uuid4().hex[:8]}"
        make_client(server).create_bucket(Bucket=name)
        assert make_client(server).head_bucket(Bucket=name)
