"""What is measured: for each case its requests, the data that they need, and the servers that have such a thing."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection
from re import search

from prepared import Request

KIB, MIB = 1 << 10, 1 << 20
PART, PARTS = 8 * MIB, 8
PREFIXES = 100
#: A case whose requests are not repeated has at most so many for each second. A faster server is done earlier.
MOST_A_SECOND = 10_000


@dataclass
class Setting:
    """What the requests of a case depend on."""

    options: object
    body: object
    peer: object
    connections: int
    #: Differs between the rounds, so that what one writes is new.
    label: str

    def random(self):
        """The same choices in each round and for each server."""
        return random.Random(f"{self.options.keys} {self.options.list_keys}")

    def once(self):
        """How many requests a round has which are not repeated."""
        return max(self.connections, int(MOST_A_SECOND * self.options.round_seconds))


@dataclass
class Case:
    name: str
    title: str
    #: The list of requests for a setting.
    requests: Callable
    data: tuple = ()
    how: str = "signed"
    others: tuple = ("nginx", "rclone")
    #: The requests write something new, and are not repeated.
    is_once: bool = False
    #: Numbers of connections, where no others are asked for.
    connections: tuple = (16,)
    uses_tls: bool = False
    #: What must be stored before each round: a function of the setting, to (paths, size).
    before: Callable = None
    #: Bytes of each answer's body, where they are known.
    answer_size: int = None


def data_paths(name, options):
    """The paths of the objects that several cases read, and their size."""
    if name == "list":
        return [f"/bench/list/{n % PREFIXES:03}/{n:07}" for n in range(options.list_keys)], 1
    if name == "large":
        return [f"/bench/large/{n}" for n in range(4)], 64 * MIB
    bucket = "open" if name == "open" else "bench"
    return [f"/{bucket}/small/{n:07}" for n in range(options.keys)], 4 * KIB


def reads(method, name, setting):
    paths, _ = data_paths(name, setting.options)
    setting.random().shuffle(paths)
    return [Request(method, path) for path in paths]


def put(setting, path, size):
    return Request("PUT", path, body_size=size, digest=setting.body.digest(size))


def new_objects(setting, size):
    return [put(setting, f"/bench/put/{setting.label}/{n:07}", size) for n in range(setting.once())]


def large_objects(setting):
    """Few, which replace one another, so that the disk does not fill up."""
    return [put(setting, f"/bench/put/large/{n}", 64 * MIB) for n in range(16)]


def ranges(setting):
    paths, size = data_paths("large", setting.options)
    chosen = setting.random()
    starts = [chosen.randrange(size // (64 * KIB)) * 64 * KIB for _ in range(setting.options.keys)]
    return [
        Request("GET", chosen.choice(paths), headers={"range": f"bytes={start}-{start + 64 * KIB - 1}"})
        for start in starts]


def lists(setting):
    """Pages of 1,000 keys that begin anywhere but in the last page."""
    paths, _ = data_paths("list", setting.options)
    names = sorted(path.removeprefix("/bench/") for path in paths)
    chosen = setting.random()
    query = {"list-type": "2", "prefix": "list/", "max-keys": "1000"}
    return [
        Request("GET", "/bench", {**query, "start-after": names[chosen.randrange(max(1, len(names) - 1000))]})
        for _ in range(1000)]


def prefixes(setting):
    return [Request("GET", "/bench", {"list-type": "2", "prefix": "list/", "delimiter": "/"})]


def deleted_paths(setting):
    return [f"/bench/delete/{setting.label}/{n:07}" for n in range(min(setting.options.keys, setting.once()))], 4 * KIB


def deletes(setting):
    return [Request("DELETE", path) for path in deleted_paths(setting)[0]]


def copies(setting):
    paths, _ = data_paths("small", setting.options)
    return [
        Request("PUT", f"/bench/copy/{setting.label}-{n:07}", headers={"x-amz-copy-source": paths[n % len(paths)]})
        for n in range(setting.once())]


def mixed(setting):
    """Four objects are read, and one is written, in turn."""
    requests = reads("GET", "small", setting)
    for n in range(4, len(requests), 5):
        requests[n] = put(setting, f"/bench/mixed/{n:07}", 4 * KIB)
    return requests


def begin_upload(setting, path):
    """Creates an upload, which is not part of what is measured, because its id is needed to sign the parts."""
    connection = HTTPConnection("127.0.0.1", setting.peer.port)
    method, target, headers = setting.peer.signing("signed")(Request("POST", path, {"uploads": ""}))
    connection.request(method, target, headers=headers)
    document = connection.getresponse().read().decode()
    connection.close()
    return search("<UploadId>(.+?)</UploadId>", document)[1]


def uploads(setting):
    """Parts, and the completion with them, as one sequence on one connection."""
    etag = setting.body.etag(PART)
    parts = "".join(f"<Part><PartNumber>{n}</PartNumber><ETag>{etag}</ETag></Part>" for n in range(1, PARTS + 1))
    document = f"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>".encode()
    requests = []
    for n in range(max(2 * setting.connections, int(8 * setting.options.round_seconds))):
        path = f"/bench/upload/{n % 8}"
        upload = begin_upload(setting, path)
        for number in range(1, PARTS + 1):
            part = put(setting, path, PART)
            part.query, part.is_continued = {"partNumber": str(number), "uploadId": upload}, True
            requests.append(part)
        requests.append(Request("POST", path, {"uploadId": upload}, text=document))
    return requests


SMALL, LARGE = {"data": ("small",), "answer_size": 4 * KIB}, {"data": ("large",)}
WRITE = {"is_once": True, "connections": (16, 64)}
#: 64 MiB on each connection take a slow disk long enough.
FEW = (4,)
CASES = [
    Case("get", "GET 4 KiB, signed", lambda setting: reads("GET", "small", setting), **SMALL),
    Case(
        "get-presigned", "GET 4 KiB, presigned", lambda setting: reads("GET", "small", setting), how="presigned",
        **SMALL),
    Case(
        "get-anonymous", "GET 4 KiB, anonymous", lambda setting: reads("GET", "open", setting), data=("open",),
        how="plain", others=("nginx",), answer_size=4 * KIB),
    Case(
        "get-tls", "GET 4 KiB, signed, TLS", lambda setting: reads("GET", "small", setting), uses_tls=True,
        others=("nginx",), **SMALL),
    Case("head", "HEAD, signed", lambda setting: reads("HEAD", "small", setting), data=("small",)),
    Case("put-1k", "PUT 1 KiB", lambda setting: new_objects(setting, KIB), **WRITE),
    Case("put", "PUT 4 KiB", lambda setting: new_objects(setting, 4 * KIB), **WRITE),
    Case("put-64m", "PUT 64 MiB", large_objects, connections=FEW),
    Case(
        "put-64m-presigned", "PUT 64 MiB, presigned", large_objects, how="presigned", others=("nginx",),
        connections=(1, 16, 64)),
    Case("delete", "DELETE", deletes, is_once=True, before=deleted_paths),
    Case(
        "get-64m", "GET 64 MiB", lambda setting: reads("GET", "large", setting), answer_size=64 * MIB,
        connections=FEW, **LARGE),
    Case("range", "GET 64 KiB of 64 MiB", ranges, answer_size=64 * KIB, **LARGE),
    Case("list", "LIST 1,000 keys", lists, data=("list",), others=("rclone",)),
    Case("prefixes", f"LIST {PREFIXES} common prefixes", prefixes, data=("list",), others=("rclone",)),
    Case(
        "multipart", f"Upload of {PARTS} parts of 8 MiB", uploads, others=("rclone",), is_once=True, connections=FEW),
    Case("copy", "COPY 4 KiB", copies, data=("small",), is_once=True),
    Case("mixed", "GET 80 %, PUT 20 %, 4 KiB", mixed, data=("small",)),
]
