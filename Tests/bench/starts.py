"""How long a server takes from its start to its first answer, on data that is there already, and its memory when idle."""

import re
import statistics
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import report

ROUNDS = 15
# After the first answer the server settles down.
IDLE_SECONDS = 1


def first_answer(peer):
    """Milliseconds."""
    start = time.perf_counter()
    peer.start()
    try:
        urlopen(f"http://127.0.0.1:{peer.port}/").close()
    except HTTPError:
        pass  # An answer too: a store shows its buckets only to who may see them.
    return (time.perf_counter() - start) * 1000


def memory(peer):
    """MiB that are resident, and those of them that belong to no file."""
    pages = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in peer.pids()]
    return [
        sum(int(number) for page in pages for number in re.findall(rf"^{name}:\s+(\d+)", page, re.MULTILINE)) / 1024
        for name in ("Rss", "Anonymous")]


def measure(peers):
    """A table as Markdown."""
    times = {peer: [] for peer in peers}
    idle = {}
    for peer in peers:
        peer.start()
        peer.stop()
    for _ in range(ROUNDS):
        for peer in peers:
            times[peer].append(first_answer(peer))
            if len(times[peer]) == ROUNDS:
                time.sleep(IDLE_SECONDS)
                idle[peer] = memory(peer)
            peer.stop()
    columns = ["server", "first answer ms", "fastest", "idle RSS MiB", "of no file"]
    return report.markdown(columns, [
        [peer.name, *(report.number(value) for value in (statistics.median(times[peer]), min(times[peer]), *idle[peer]))]
        for peer in peers])
