"""`coffer` against moto's server, an independent implementation of S3."""

import os
import subprocess
import sys
import time
import types

import pytest
from botocore.config import Config

import servers
from cli import FAILED, Client, read_tree, write_tree
from conftest import make_client

SERVE = """
import sys, logging
from moto.server import ThreadedMotoServer
logging.getLogger("werkzeug").disabled = True
server = ThreadedMotoServer(port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
server.stop()
"""


@pytest.fixture(scope="module")
def moto(tmp_path_factory):
    process = subprocess.Popen([sys.executable, "-c", SERVE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    port = int(process.stdout.readline())
    server = types.SimpleNamespace(endpoint=f"http://127.0.0.1:{port}", access_key="testing", secret_key="testing")
    yield Client(server, tmp_path_factory.mktemp("home"))
    process.stdin.close()
    assert process.wait(servers.PATIENCE) == 0
    process.stdout.close()


@pytest.fixture
def url(moto, request):
    url = f"s3://moto-{abs(hash(request.node.name)) % 10 ** 9}"
    moto("mb", url)
    yield url
    moto("rb", "--force", url)


def test_a_tree_is_copied_listed_synced_and_removed(moto, url, tmp_path):
    files = {"a b": b"1", "dir/c+": b"2", "dir/ü%20": b"3", "empty": b"", "dir/deep/x": b"4"}
    write_tree(tmp_path / "up", files)
    assert len(moto("cp", "-r", tmp_path / "up", f"{url}/p").splitlines()) == len(files)
    assert [item.get("Key", item.get("Prefix")) for item in moto.json("ls", f"{url}/p/")] == ["p/a b", "p/dir/", "p/empty"]
    assert sorted(item["Key"] for item in moto.json("ls", "-r", url)) == sorted(f"p/{name}" for name in files)
    assert moto("sync", tmp_path / "up", f"{url}/p") == ""
    moto("sync", f"{url}/p", tmp_path / "down")
    assert read_tree(tmp_path / "down") == files
    (tmp_path / "down" / "a b").write_bytes(b"!")
    (tmp_path / "down" / "empty").unlink()
    assert sorted(item["Action"] for item in moto.json("sync", "--delete", tmp_path / "down", f"{url}/p")) == ["delete", "upload"]
    assert moto("cat", f"{url}/p/a b") == "!"
    assert moto("mv", "-r", f"{url}/p", f"{url}/q").count("move:") == 4
    assert moto("rm", "-r", url).count("delete:") == 4


def test_long_objects_go_in_parts(moto, url, tmp_path):
    data = os.urandom((17 << 20) + 3)
    (tmp_path / "up").write_bytes(data)
    moto("cp", tmp_path / "up", f"{url}/k")
    assert moto.json("stat", f"{url}/k")["ETag"].endswith("-3")
    moto("cp", f"{url}/k", tmp_path / "down")
    assert (tmp_path / "down").read_bytes() == data
    assert moto("cp", f"{url}/k", "-", text=False) == data
    assert moto("sync", "--checksum", "--exclude", "down", "--exclude", "up", tmp_path, url) == ""


def test_objects_in_parts_without_a_checksum_are_compared_by_time(moto, url, tmp_path):
    path = tmp_path / "up" / "long"
    write_tree(tmp_path / "up", {"long": os.urandom(17 << 20)})
    s3 = make_client(moto.server, config=Config(request_checksum_calculation="when_required"))
    s3.upload_file(str(path), url[5:], "long")
    assert "-" in moto.json("stat", f"{url}/long")["ETag"]
    os.utime(path, (time.time() - 60,) * 2)
    assert moto("sync", tmp_path / "up", url) == ""
    os.utime(path, (time.time() + 60,) * 2)
    assert moto("sync", "-n", tmp_path / "up", url) == f"(dry run) upload: {path} to {url}/long\n"
    moto("cp", f"{url}/long", path)
    assert moto("sync", url, tmp_path / "up") == "", "a download has the object's time"
    assert moto("sync", tmp_path / "up", url) == ""
    assert moto("sync", "--checksum", "-n", tmp_path / "up", url).startswith("(dry run) upload: ")


def test_errors_are_the_services_own(moto, url):
    assert "NoSuchKey" in moto.run("cat", f"{url}/none", check=FAILED).stderr
    assert "NoSuchBucket" in moto.run("ls", "s3://no-such-bucket-here", check=FAILED).stderr
