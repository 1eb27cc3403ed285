"""Fixtures: a server that is set up for the Datastore, other servers, and clients."""

import json
import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import boto3
import botocore
import botocore.config
import botocore.exceptions
import pytest
import requests

import accounts
import cli
import servers
import wire

ACCESS_KEY, SECRET_KEY = "openspending", "datastore-secret-of-the-tests"
DATASTORE = "datastore.openspending.test"
REPOSITORY = Path(__file__).resolve().parents[2]

# The clients below use only the tests' settings.
for name in [name for name in os.environ if name.startswith(("AWS_", "BOTO", "OS_", "MINIO_"))]:
    del os.environ[name]
os.environ.update(
    AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull, AWS_EC2_METADATA_DISABLED="true",
    BOTO_CONFIG=os.devnull, no_proxy="127.0.0.1,localhost")


def pytest_sessionstart(session):
    # A shell makes its background processes ignore these signals, and child processes inherit that.
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    try:
        servers.binary()
    except RuntimeError as error:
        pytest.exit(str(error), returncode=2)


def start(*arguments, **env):
    """Starts another server, with the Datastore's keys unless others are given."""
    env = env or datastore_environment()
    server = servers.Server(*arguments, env=env)
    for keys in [("OS_ACCESS_KEY_ID", "OS_SECRET_ACCESS_KEY"), ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
                 ("COFFER_ACCESS_KEY", "COFFER_SECRET_KEY")]:
        server.access_key = server.access_key or env.get(keys[0])
        server.secret_key = server.secret_key or env.get(keys[1])
    return server


def datastore_environment():
    return {"OS_ACCESS_KEY_ID": ACCESS_KEY, "OS_SECRET_ACCESS_KEY": SECRET_KEY, "OS_STORAGE_BUCKET_NAME": DATASTORE}


@pytest.fixture(scope="session")
def server():
    with start("--ephemeral", "--accounts", accounts.FILE) as server:
        yield server
        assert server.process.poll() is None, f"the server died: {server.log()[-2000:]}"


@pytest.fixture(scope="session")
def pem(tmp_path_factory):
    """A certificate and key for the loopback interface."""
    directory = tmp_path_factory.mktemp("tls")
    subprocess.run([
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
        "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", directory / "key",
        "-out", directory / "pem"], check=True, capture_output=True)
    return directory


def secure(pem, *arguments, **env):
    """Starts another server that uses https."""
    return start(*arguments, "--tls-certificate", str(pem / "pem"), "--tls-key", str(pem / "key"), **env)


def make_client(server, access_key=None, secret_key=None, service="s3", **options):
    """A boto3 client with default settings, except for the endpoint."""
    return boto3.client(
        service, endpoint_url=server.endpoint, region_name=options.pop("region_name", "us-east-1"),
        aws_access_key_id=access_key or server.access_key, aws_secret_access_key=secret_key or server.secret_key,
        **options)


def make_anonymous_client(server):
    return boto3.client(
        "s3", endpoint_url=server.endpoint, region_name="us-east-1",
        config=botocore.config.Config(signature_version=botocore.UNSIGNED))


@pytest.fixture(scope="session")
def s3(server):
    return make_client(server)


@pytest.fixture(scope="session")
def anonymous(server):
    return make_anonymous_client(server)


@pytest.fixture(scope="session")
def stranger(server):
    """The root of another account."""
    return make_client(server, accounts.STRANGER_ACCOUNT.access_key, accounts.STRANGER_ACCOUNT.secret_key)


@pytest.fixture
def bucket(s3):
    """A new bucket, which is kept until the server stops."""
    name = f"test-{uuid.uuid4().hex[:20]}"
    s3.create_bucket(Bucket=name)
    return name


def public_read_policy(bucket):
    """The Datastore's policy: everyone may read objects, and do nothing else."""
    return json.dumps({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "AddPerm", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::{bucket}/*"}]})


@pytest.fixture
def public_bucket(s3, bucket):
    s3.put_bucket_policy(Bucket=bucket, Policy=public_read_policy(bucket))
    return bucket


@pytest.fixture
def http(server):
    """A `requests` session; its requests are anonymous unless the URL is signed."""
    with requests.Session() as session:
        yield session


@pytest.fixture
def connection(server):
    with wire.Connection(server) as connection:
        yield connection


def aws_cli(server, access_key=None, secret_key=None):
    """Runs the AWS CLI."""
    program = Path(sys.executable).parent / "aws"

    def run(*arguments, check=True, text=True):
        env = servers.plain_environment({
            "AWS_ACCESS_KEY_ID": access_key or server.access_key,
            "AWS_SECRET_ACCESS_KEY": secret_key or server.secret_key,
            "AWS_DEFAULT_REGION": "us-east-1", "AWS_ENDPOINT_URL": server.endpoint, "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_EC2_METADATA_DISABLED": "true", "AWS_PAGER": ""})
        result = subprocess.run([program, *arguments], env=env, capture_output=True, text=text, timeout=servers.PATIENCE)
        if check and result.returncode != 0:
            pytest.fail(f"aws {' '.join(map(str, arguments))}: {result.returncode}\n{result.stdout}\n{result.stderr}")
        return result

    return run


@pytest.fixture
def aws(server):
    return aws_cli(server)


@pytest.fixture
def coffer(server, tmp_path_factory):
    """The command line of Coffer as a client of the server."""
    return cli.Client(server, tmp_path_factory.mktemp("home"))


@pytest.fixture
def refused():
    """Calls a function that must fail, and returns the error code and status."""
    def call(function, *arguments, **options):
        with pytest.raises(botocore.exceptions.ClientError) as caught:
            function(*arguments, **options)
        response = caught.value.response
        return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]

    return call


@pytest.fixture
def still_healthy(server, s3, bucket):
    """Checks after a test that the server still works and that nothing was stored."""
    yield
    assert server.process.poll() is None
    with wire.Connection(server) as connection:
        assert connection.ask("GET", "/-/health").body.startswith(b"ok\n")
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


# IAM and STS; the tests sign as the account's root user

def root_environment():
    return {"COFFER_ACCESS_KEY": "root-of-the-tests", "COFFER_SECRET_KEY": "root-secret-of-the-tests"}


@pytest.fixture(scope="session")
def account_server():
    with start("--ephemeral", "--accounts", accounts.FILE, **root_environment()) as server:
        yield server
        assert server.process.poll() is None, f"the server died: {server.log()[-2000:]}"


@pytest.fixture(scope="session")
def iam(account_server):
    return make_client(account_server, service="iam")


@pytest.fixture(scope="session")
def root_s3(account_server):
    return make_client(account_server)


@pytest.fixture
def name():
    """A name that no other test uses."""
    return f"t-{uuid.uuid4().hex[:20]}"


@pytest.fixture
def member(account_server, iam, name):
    """A user with an access key: its name, and clients that sign with its key."""
    return Member(account_server, iam, name)


class Member:
    def __init__(self, server, iam, name):
        self.server, self.iam, self.name = server, iam, name
        self.arn = iam.create_user(UserName=name)["User"]["Arn"]
        self.key = iam.create_access_key(UserName=name)["AccessKey"]

    def client(self, service="s3", **options):
        return make_client(
            self.server, self.key["AccessKeyId"], self.key["SecretAccessKey"], service=service, **options)

    def may(self, *actions, resource="*", effect="Allow", policy="own"):
        """Puts an inline policy."""
        self.iam.put_user_policy(
            UserName=self.name, PolicyName=policy, PolicyDocument=policy_of(*actions, resource=resource, effect=effect))


def policy_of(*actions, resource="*", effect="Allow", **members):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": effect, "Action": list(actions), "Resource": resource, **members}]})


# The Datastore

@pytest.fixture
def prefix():
    """The prefix of a package: its owner and its name."""
    return f"{uuid.uuid4().hex}/budget"


@pytest.fixture
def upload(server, http, prefix):
    """Uploads a file of the package as the packager does, to a URL from the conductor."""
    from datastore import ORIGIN, conductor  # boto reads its settings, made above, when it is imported

    def upload(name, data, **options):
        url, headers = conductor(server, DATASTORE, f"{prefix}/{name}", data, **options)
        return http.put(url, data=data, headers={**headers, **ORIGIN})

    return upload
