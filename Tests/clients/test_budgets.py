"""Idle connections only use up their own budget: while each attack runs, other clients are served."""

import contextlib
import resource
import socket
import time

import pytest

import wire
from conftest import make_client, policy_of, root_environment, start
from servers import PATIENCE
from v4 import Signer

#: Sizes in bytes of the documents of DeleteObjects and of the forms of IAM and STS.
DOCUMENT, FORM = 2_000_000, 500_000


@pytest.fixture(scope="module")
def attacked():
    with start("--ephemeral", **root_environment()) as server:
        yield server


@pytest.fixture(scope="module")
def user(attacked):
    """The keys of a user without rights."""
    iam = make_client(attacked, service="iam")
    iam.create_user(UserName="mallory")
    return iam.create_access_key(UserName="mallory")["AccessKey"]


@contextlib.contextmanager
def half_sent(server, count, head, byte_count):
    """Connections that send all of a body except its last byte, and wait."""
    connections = [wire.Connection(server) for _ in range(count)]
    try:
        for connection in connections:
            with contextlib.suppress(ConnectionError):  # The server may have closed the connection.
                connection.send(head + b"x" * (byte_count - 1))
        yield connections
    finally:
        for connection in connections:
            connection.socket.close()


def document_head(server, user):
    signer = Signer(server, access_key=user["AccessKeyId"], secret_key=user["SecretAccessKey"])
    headers = signer.headers("POST", "/attacked", "delete", payload="UNSIGNED-PAYLOAD")
    return wire.head("POST", "/attacked?delete", [*headers, ("Content-Length", str(DOCUMENT)),
                                                 ("Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg==")], host=signer.host)


def test_documents_of_a_user_without_rights_hold_up_nobody(attacked, user):
    s3 = make_client(attacked)
    s3.create_bucket(Bucket="attacked")
    keys = [{"Key": f"{number:04}" + "k" * 1000} for number in range(1000)]
    with half_sent(attacked, 50, document_head(attacked, user), DOCUMENT):
        for _ in range(5):
            start_time = time.monotonic()
            assert len(s3.delete_objects(Bucket="attacked", Delete={"Objects": keys})["Deleted"]) == 1000
            assert s3.put_bucket_policy(Bucket="attacked", Policy=policy_of(
                "s3:GetObject", resource="arn:aws:s3:::attacked/*", Principal="*"))
            assert time.monotonic() - start_time < 60


@pytest.mark.parametrize("claims_the_root", [True, False])
def test_unsigned_forms_hold_up_neither_iam_nor_sts(attacked, user, claims_the_root):
    key = attacked.access_key if claims_the_root else user["AccessKeyId"]
    credential = f"{key}/20260101/us-east-1/iam/aws4_request"
    head = wire.head("POST", "/", [
        ("Authorization", f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=0"),
        ("Content-Type", "application/x-www-form-urlencoded"), ("Content-Length", str(FORM))], host="x")
    iam, sts = make_client(attacked, service="iam"), make_client(attacked, service="sts")
    with half_sent(attacked, 60, head, FORM):
        for number in range(5):
            name = f"large-{claims_the_root}-{number}"
            document = policy_of(*["s3:GetObject"] * 400)
            assert iam.create_policy(PolicyName=name, PolicyDocument=document)["Policy"]
            assert sts.get_caller_identity()["Account"]


def test_a_document_has_seconds(attacked, user):
    """It does not get the half hour that an object of that size may take."""
    started = time.monotonic()
    with half_sent(attacked, 1, document_head(attacked, user), DOCUMENT) as connections:
        connections[0].socket.settimeout(PATIENCE)
        with contextlib.suppress(ConnectionError, TimeoutError):
            while connections[0].socket.recv(65536):
                pass
    assert time.monotonic() - started < PATIENCE


def test_idle_connections_give_their_places_to_others(attacked):
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    idle = []
    try:
        for _ in range(2100):  # The limit per address is 2,048.
            idle.append(socket.create_connection((attacked.host, attacked.port), timeout=PATIENCE))
        end, answer = time.monotonic() + PATIENCE, None
        while answer is None or answer.status == 503:
            assert time.monotonic() < end, answer
            with contextlib.suppress(EOFError), wire.Connection(attacked) as connection:
                answer = connection.ask("GET", "/")
            time.sleep(0.2)
    finally:
        for connection in idle:
            connection.close()
