"""`coffer mv`: a source that is changed while it is moved is not deleted."""

import os
import subprocess

import pytest

import conftest
import servers
import tracing
from cli import FAILED, Client, body, keys
from proxy import Proxy

OLD, NEW = b"what is moved", b"what comes meanwhile"


def behind_proxy(server, home, meanwhile, before):
    """A command line behind a proxy that calls `meanwhile` before it passes on each request that `before` selects."""
    seen = []

    def change(target, headers):
        if before(target, dict((name.lower(), value) for name, value in headers)):
            seen.append(target)
            meanwhile(len(seen))
        return target, headers

    proxy = Proxy(server, change)
    return proxy, Client(proxy, home)


def with_condition(key):
    """Selects requests for the key that have an If-Match header."""
    return lambda target, headers: target.partition("?")[0].endswith(key) and "if-match" in headers


def overwriting(s3, bucket, key, number):
    """Replaces the object when the request with this number arrives."""
    return lambda count: count == number and s3.put_object(Bucket=bucket, Key=key, Body=NEW)


# The first of these requests is a HEAD, the second the DELETE.
@pytest.mark.parametrize("number", [1, 2])
def test_an_object_that_is_replaced_while_it_is_moved_stays(server, s3, bucket, tmp_path, number):
    s3.put_object(Bucket=bucket, Key="from", Body=OLD)
    proxy, coffer = behind_proxy(server, tmp_path, overwriting(s3, bucket, "from", number), with_condition("/from"))
    with proxy:
        result = coffer.run("mv", f"s3://{bucket}/from", f"s3://{bucket}/to", check=FAILED)
    assert f"s3://{bucket}/from changed while it was copied, and is not deleted" in result.stderr
    assert (body(s3, bucket, "from"), body(s3, bucket, "to")) == (NEW, OLD)


# The first of these requests reads the object.
@pytest.mark.parametrize("number", [2, 3])
def test_an_object_that_is_replaced_while_it_is_downloaded_stays(server, s3, bucket, tmp_path, number):
    s3.put_object(Bucket=bucket, Key="from", Body=OLD)
    proxy, coffer = behind_proxy(server, tmp_path, overwriting(s3, bucket, "from", number), with_condition("/from"))
    with proxy:
        coffer.run("mv", f"s3://{bucket}/from", tmp_path / "to", check=FAILED)
    assert (body(s3, bucket, "from"), (tmp_path / "to").read_bytes()) == (NEW, OLD)


@pytest.mark.parametrize("number", [1, 2])
def test_an_object_that_is_replaced_while_it_goes_to_another_service_stays(server, s3, bucket, tmp_path, number):
    s3.put_object(Bucket=bucket, Key="from", Body=OLD)
    proxy, coffer = behind_proxy(server, tmp_path, overwriting(s3, bucket, "from", number), with_condition("/from"))
    with conftest.start("--ephemeral", COFFER_ACCESS_KEY="second-root-key", COFFER_SECRET_KEY="second-root-secret") as other:
        env = {"AWS_ACCESS_KEY_ID": other.access_key, "AWS_SECRET_ACCESS_KEY": other.secret_key}
        coffer("alias", "set", "other", other.endpoint, env=env)
        coffer("mb", "s3://other@target")
        with proxy:
            coffer.run("mv", f"s3://{bucket}/from", "s3://other@target/to", check=FAILED)
        assert body(s3, bucket, "from") == NEW
        assert body(conftest.make_client(other), "target", "to") == OLD


def test_of_many_only_those_that_changed_stay(server, s3, bucket, tmp_path):
    for number in range(20):
        s3.put_object(Bucket=bucket, Key=f"in/{number:02}", Body=OLD)
    proxy, coffer = behind_proxy(server, tmp_path, overwriting(s3, bucket, "in/07", 1), with_condition("/in/07"))
    with proxy:
        result = coffer.run("mv", "-r", "--json", f"s3://{bucket}/in", f"s3://{bucket}/out", check=FAILED)
    assert keys(s3, bucket, "in/") == ["in/07"] and len(keys(s3, bucket, "out/")) == 20
    assert result.stderr.endswith("1 of 20 failed\n") and result.stdout.count('"Error"') == 1


def append(path):
    with open(path, "ab") as file:
        file.write(NEW)


def replace(path):
    """Replaces it by a file of the same length and modification time."""
    status = os.stat(path)
    path.with_name("new").write_bytes(OLD[::-1])
    os.utime(path.with_name("new"), ns=(status.st_atime_ns, status.st_mtime_ns))
    path.with_name("new").rename(path)


@pytest.mark.parametrize("meanwhile", [append, replace])
def test_a_file_that_changes_while_it_is_moved_stays(server, s3, bucket, tmp_path, meanwhile):
    path = tmp_path / "from"
    path.write_bytes(OLD)
    proxy, coffer = behind_proxy(
        server, tmp_path, lambda count: meanwhile(path), lambda target, headers: target.endswith("/to"))
    with proxy:
        result = coffer.run("mv", path, f"s3://{bucket}/to", check=FAILED)
    assert f"{path}: changed while it was copied, and is not deleted" in result.stderr
    assert path.read_bytes() in (OLD + NEW, OLD[::-1]) and body(s3, bucket, "to") == OLD


@tracing.may_start
def test_an_object_stays_until_its_file_is_on_the_disk(coffer, s3, bucket, tmp_path):
    s3.put_object(Bucket=bucket, Key="from", Body=OLD)
    words = [servers.binary(), "mv", f"s3://{bucket}/from", tmp_path / "to"]
    tracer = ["strace", "-f", "-o", tmp_path / "trace", "-e", "trace=fsync"]
    failing = subprocess.run([*tracer, "-e", "inject=fsync:error=EIO", *words], env=coffer.env, capture_output=True)
    assert failing.returncode == FAILED and b"Input/output error" in failing.stderr and body(s3, bucket, "from") == OLD
    subprocess.run([*tracer, *words], env=coffer.env, check=True, capture_output=True)
    assert (tmp_path / "trace").read_text().count("fsync(") == 2
    assert (tmp_path / "to").read_bytes() == OLD and keys(s3, bucket) == []


class WithoutConditionalDeletes(Proxy):
    """A service that ignores conditions on deletes, as Amazon's did until 2025."""

    def _handler(proxy):
        class Handler(super()._handler()):
            def do_DELETE(self):
                document = b"<Error><Code>NotImplemented</Code><Message>A header is not implemented</Message></Error>"
                self.send_response_only(501)
                self.send_header("Content-Length", str(len(document)))
                self.end_headers()
                self.wfile.write(document)

        return Handler


def test_a_service_that_deletes_on_no_condition_deletes_nothing(server, s3, bucket, tmp_path):
    s3.put_object(Bucket=bucket, Key="from", Body=OLD)
    with WithoutConditionalDeletes(server, lambda target, headers: (target, headers)) as proxy:
        result = Client(proxy, tmp_path).run("mv", f"s3://{bucket}/from", f"s3://{bucket}/to", check=FAILED).stderr
    assert "is copied, and not deleted" in result and "coffer rm" in result
    assert body(s3, bucket, "from") == body(s3, bucket, "to") == OLD
