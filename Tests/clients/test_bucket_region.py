"""The region of a bucket, which SDKs read from any response about it: also from errors, for any caller."""

import pytest

from conftest import make_client, start
from signed import V4, V4_QUERY, Signed
from v4 import Signer
from wire import Connection

FIELD = "x-amz-bucket-region"


@pytest.fixture(scope="module")
def strict():
    with start("--ephemeral", "--region", "eu-west-1", "--strict-region") as server:
        make_client(server, region_name="eu-west-1").create_bucket(
            Bucket="books", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        yield server


@pytest.fixture
def ask(server, connection, bucket):
    """Sends a request about the bucket, signed or not."""
    def ask(method, suffix="", query="", is_signed=True, headers=()):
        path = f"/{bucket}{suffix}"
        signed = Signer(server).headers(method, path, query, headers) if is_signed else headers
        return connection.ask(method, path + (f"?{query}" if query else ""), signed)

    return ask


@pytest.mark.parametrize("method, suffix, query, is_signed, status", [
    ("HEAD", "", "", True, 200), ("HEAD", "", "", False, 403), ("HEAD", "/k", "", False, 403), ("GET", "", "", True, 200),
    ("GET", "", "list-type=2", True, 200), ("GET", "", "versions", True, 200), ("GET", "", "uploads", True, 200),
    ("GET", "", "location", True, 200), ("GET", "", "policy", True, 404), ("GET", "", "", False, 403),
    ("GET", "/missing", "", True, 404), ("HEAD", "/missing", "", True, 404), ("GET", "/k", "", False, 403),
    ("PUT", "/k", "", False, 403), ("DELETE", "", "", False, 403), ("PATCH", "", "", False, 405)])
def test_the_region_is_told_whatever_is_answered(ask, method, suffix, query, is_signed, status):
    answer = ask(method, suffix, query, is_signed)
    assert answer.status == status, answer
    assert [value for name, value in answer.headers if name.lower() == FIELD] == ["us-east-1"]


def test_a_refusal_before_the_request_is_understood_tells_it_too(ask):
    for answer in (ask("GET", "/%zz", is_signed=False), ask("GET", headers=[("x-a", "y" * 9000)], is_signed=False),
                   ask("GET", headers=[("Authorization", "nonsense")], is_signed=False)):
        assert (answer.status, answer.header(FIELD)) == (400, "us-east-1"), answer


@pytest.mark.parametrize("path", ["/no-such-bucket-here", "/no-such-bucket-here/k", "/Not_A_Name", "/"])
def test_there_is_no_region_where_there_is_no_bucket(server, connection, path):
    assert connection.ask("GET", path).header(FIELD) is None
    assert connection.ask("HEAD", path, Signer(server).headers("HEAD", path)).header(FIELD) is None


@pytest.mark.parametrize("signer", [V4, V4_QUERY], ids=lambda signer: signer.__name__)
def test_a_signature_for_another_region_is_led_to_the_right_one(strict, signer):
    with Connection(strict) as connection:
        for path in ("/books", "/books/k"):
            answer = Signed(strict, signer, "HEAD", path, region="us-east-1").send(connection)
            assert (answer.status, answer.header(FIELD)) == (301, "eu-west-1"), answer
            answer = Signed(strict, signer, "GET", path, region="us-east-1").send(connection)
            assert (answer.status, answer.header(FIELD)) == (400, "eu-west-1"), answer
        assert Signed(strict, signer, "HEAD", "/missing", region="us-east-1").send(connection).status == 404


def test_boto3_finds_the_region_by_itself(strict):
    client = make_client(strict, region_name="us-east-1")
    assert client.head_bucket(Bucket="books")["BucketRegion"] == "eu-west-1"
