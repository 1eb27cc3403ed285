"""Operation of the server: health, metrics, logs, TLS."""

import json
import os
import subprocess
import time
import uuid

import botocore.config
import botocore.exceptions
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
        return after.get(name, 0) - before.get(name, 0)

    # A request is counted after its response was sent, so the client may have the response a moment earlier.
    end = time.monotonic() + 30
    while grown('coffer_request_duration_seconds_count{operation="GetObject"}') < 2 and time.monotonic() < end:
        after = samples(http, server)
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


def test_uploads_that_nobody_completes_are_counted(server, http, s3, bucket):
    before = samples(http, server)
    uploads = [s3.create_multipart_upload(Bucket=bucket, Key=f"k{number}")["UploadId"] for number in range(3)]
    part = s3.upload_part(Bucket=bucket, Key="k0", UploadId=uploads[0], PartNumber=1, Body=bytes(1000))
    s3.upload_part(Bucket=bucket, Key="k1", UploadId=uploads[1], PartNumber=1, Body=bytes(500))

    def grown():
        after = samples(http, server)
        return tuple(after[name] - before[name] for name in ("coffer_uploads", "coffer_upload_bytes"))

    assert grown() == (3, 1500)
    s3.abort_multipart_upload(Bucket=bucket, Key="k1", UploadId=uploads[1])
    s3.complete_multipart_upload(Bucket=bucket, Key="k0", UploadId=uploads[0], MultipartUpload={
        "Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})
    assert grown() == (1, 0)


# The disk

def test_health_and_metrics_tell_of_the_room_that_is_left(server, http):
    first, *lines = http.get(f"{server.endpoint}/-/health").text.splitlines()
    values = dict(line.split(": ") for line in lines)
    assert first == "ok" and values["objects"] == "accepted"
    after = samples(http, server)
    assert 0 < int(values["free-bytes"]) <= after["coffer_disk_bytes"]
    assert after["coffer_disk_reserve_bytes"] == int(values["reserve-bytes"]) > 0
    assert after["coffer_disk_free_bytes"] > 0 and after["coffer_accepts_objects"] == 1
    # Requests from other machines only get the status.
    assert http.get(f"{server.endpoint}/-/health", headers={"X-Forwarded-For": "192.0.2.1"}).text == "ok\n"
    assert http.get(f"{server.endpoint}/minio/health/live").text == "ok\n"


def free_bytes(directory):
    system = os.statvfs(directory)
    return system.f_bavail * system.f_frsize


def test_the_log_warns_before_objects_are_refused(tmp_path, http):
    reserve = free_bytes(tmp_path) * 2 // 3
    with start("--data", str(tmp_path / "data"), "--reserve", str(reserve)) as server:
        make_client(server).put_object(Bucket=DATASTORE, Key="k", Body=b"taken")
        assert server.log().count(f"objects are refused below {reserve >> 20} MiB") == 1
        assert f"reserve-bytes: {reserve}\n" in http.get(f"{server.endpoint}/-/health").text


def test_a_reserve_that_is_used_up_refuses_objects_and_nothing_else(tmp_path, http, refused):
    data = str(tmp_path / "data")
    with start("--data", data) as server:
        make_client(server).put_object(Bucket=DATASTORE, Key="k", Body=b"kept")
        assert "MiB left" not in server.log()
    once = botocore.config.Config(retries={"total_max_attempts": 1})
    with start("--data", data, **datastore_environment(), COFFER_RESERVE="1E") as server:
        s3 = make_client(server, config=once)
        assert refused(s3.put_object, Bucket=DATASTORE, Key="new", Body=b"x")[0] == "InsufficientStorage"
        assert s3.get_object(Bucket=DATASTORE, Key="k")["Body"].read() == b"kept"
        assert "objects: refused until there is free space\n" in http.get(f"{server.endpoint}/-/health").text
        assert samples(http, server)["coffer_accepts_objects"] == 0 and "are reserved for deleting" in server.log()
        s3.delete_object(Bucket=DATASTORE, Key="k")
    with start("--data", data, "--reserve", "0") as server:
        make_client(server).put_object(Bucket=DATASTORE, Key="new", Body=b"x")


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


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_log_names_the_client_and_the_key_of_a_refused_signature(form):
    agent = 'tool/1.0 "x"\\ \x9b31m reason="none"' + "y" * 400
    with start("--ephemeral", "--log-format", form) as server, requests.Session() as http:
        path = f"{server.endpoint}/{DATASTORE}/k"
        v4 = "AWS4-HMAC-SHA256 Credential={}/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00"
        cases = [
            ({"Authorization": "AWS AKIAUNKNOWN:abcdefgh"}, "AKIAUNKNOWN"),
            ({"Authorization": f"AWS {ACCESS_KEY}:abcdefgh"}, ACCESS_KEY),
            ({"Authorization": v4.format("AKIA%0aX")}, "AKIA%0aX"), ({"Authorization": v4.format("k" * 500)}, "k" * 128)]
        answers = [(http.get(path, headers={**headers, "User-Agent": agent.encode()}), key) for headers, key in cases]
        for query, key in ((f"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAQUERY%2F20260101%2Fus-east-1%2Fs3%2F"
                            "aws4_request", "AKIAQUERY"), ("AWSAccessKeyId=AKIAOLD&Signature=x&Expires=1", "AKIAOLD")):
            answers.append((http.get(f"{path}?{query}", headers={"User-Agent": agent.encode()}), key))
        for answer, key in answers:
            assert answer.status_code in (400, 403)
            line = server.log_line(answer.headers["x-amz-request-id"])
            assert "\x9b" not in line and len(line) < 1500
            if form == "json":
                record = json.loads(line)
                assert record["access_key_id"].startswith(key) and record["principal"] == "-"
                assert record["user_agent"].startswith('tool/1.0 "x"') and len(record["user_agent"]) < 300
            else:
                assert f" key={key.replace('%', '%25')}" in line
                assert ' agent="tool/1.0 \\"x\\"' in line
        answer = make_client(server).put_object(Bucket=DATASTORE, Key="k", Body=b"")
        line = server.log_line(answer["ResponseMetadata"]["RequestId"])
        assert "Boto3/" in line and (json.loads(line)["access_key_id"] is None if form == "json" else " key=" not in line)


def test_the_log_names_the_key_that_iam_refuses():
    with start("--ephemeral") as server:
        iam = make_client(server, access_key="AKIAUNKNOWN", service="iam")
        with pytest.raises(botocore.exceptions.ClientError) as caught:
            iam.list_users()
        line = server.log_line(caught.value.response["ResponseMetadata"]["RequestId"])
        assert " key=AKIAUNKNOWN" in line and 'agent="Boto3/' in line


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


def test_a_key_of_another_certificate_is_reported(certificate):
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
