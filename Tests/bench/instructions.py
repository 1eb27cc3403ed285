"""Counts the instructions that a request costs the server, with callgrind, and compares them with ceilings.

The figures are the same on a busy machine as on a quiet one, but for about half a percent. One request after the other
is sent on one connection: first some whose costs are not typical, then those that are counted.
"""

import argparse
import json
import platform
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import cases
import report
from generator import Body, Generator
from peers import Coffer
from prepared import write_requests

CEILINGS = Path(__file__).resolve().parent / "ceilings.json"
#: What may be added to a figure before it is too much.
MARGIN = 1.08
#: OpenSSL and the C library have other code for newer processors. Theirs for old ones is the same everywhere; the rest
#: makes a difference of 3 % (AVX) and 10 % (callgrind counts each byte of `rep movsb` as an instruction) for a PUT.
OLD_PROCESSOR = {
    "OPENSSL_ia32cap": "~0x1000000000000000:~0x20080128",
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-AVX,-ERMS,-FSRM,-BMI2",
}
#: A server that executes fewer instructions in half a second has nothing to do.
QUIET = 50_000


@dataclass
class Count:
    """A case of `cases`, and how many requests are sent before and while the instructions are counted."""

    name: str
    first: int = 100
    counted: int = 500


COUNTS = [
    Count("get"), Count("get-presigned"), Count("head"), Count("put"), Count("delete"),
    Count("list", 3, 12), Count("prefixes", 10, 50)]
NAMES = [count.name for count in COUNTS]
#: What the cases of `cases` need to know. The figures depend on these.
OPTIONS = argparse.Namespace(keys=1000, list_keys=10_000, round_seconds=0.1)


def make_data(generator, directory):
    """A data directory for all cases; each case works with a copy of its own."""
    coffer = Coffer(directory, generator)
    try:
        coffer.start(durability="relaxed")
        for name in ("small", "list"):
            coffer.fill(*cases.data_paths(name, OPTIONS))
        coffer.fill(*cases.deleted_paths(setting(coffer, generator)))
    finally:
        coffer.stop()


def setting(coffer, generator):
    return cases.Setting(OPTIONS, generator.body, coffer, connections=1, label="0")


class Profiled:
    """A server that callgrind runs."""

    def __init__(self, data, generator, output):
        self.output, self.generator, self.dumps = output, generator, 0
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={output}"]
        self.coffer = Coffer(data, generator, under=command, environment=OLD_PROCESSOR)
        self.coffer.start()

    def since_last_dump(self):
        command = ["callgrind_control", "--dump", str(self.coffer.process.pid)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.dumps += 1
        return int(re.search(r"^totals: (\d+)", self.dump().read_text(errors="replace"), re.MULTILINE)[1])

    def dump(self):
        """The file of the last dump. It has a summary of what was executed, and where."""
        return Path(f"{self.output}.{self.dumps}")

    def send(self, count, start):
        """Sends requests, and returns how many instructions they cost, with what they leave to background jobs."""
        self.generator.run(self.coffer, limit=count, start=start)
        total = self.since_last_dump()
        self.profile = self.dump()
        while True:
            time.sleep(0.5)
            new = self.since_last_dump()
            total += new
            if new < QUIET:
                return total


def keep_profile(dump, path):
    """Copies a profile without calls that have not returned, whose costs callgrind_annotate would count twice."""
    path.write_text(re.sub(r"^calls=0 .*\n.*\n", "", dump.read_text(errors="replace"), flags=re.MULTILINE))


def measure(count, generator, directory, profile):
    """Thousands of instructions that a request costs."""
    data = directory / count.name
    shutil.copytree(directory / "data", data)
    server = Profiled(data, generator, directory / f"callgrind.{count.name}")
    try:
        case = next(case for case in cases.CASES if case.name == count.name)
        requests = case.requests(setting(server.coffer, generator))
        write_requests(generator.requests, requests, server.coffer.signing(case.how))
        server.send(count.first, start=0)
        total = server.send(count.counted, start=count.first)
        if profile:
            keep_profile(server.profile, profile / f"{count.name}.callgrind")
        return total / count.counted / 1000
    finally:
        server.coffer.stop()
        shutil.rmtree(data)


def table(measured, ceilings):
    rows = []
    for name, thousands in measured.items():
        ceiling = ceilings.get(name)
        part = f"{100 * thousands / ceiling:.1f} %" if ceiling else "–"
        rows.append([name, f"{thousands:,.1f}", f"{ceiling:,.1f}" if ceiling else "–", part])
    return report.markdown(["case", "thousand instructions", "ceiling", "of it"], rows)


def exceeded(measured, ceilings):
    """A sentence for each case that costs too much, or has no ceiling."""
    for name, thousands in measured.items():
        if name not in ceilings:
            yield f"{name} has no ceiling: write one with scripts/bench --instructions --update"
        elif thousands > ceilings[name]:
            yield (
                f"{name} costs {thousands:,.1f} thousand instructions, more than its ceiling of {ceilings[name]:,.1f}. "
                "Make it cheaper, or, if the cost has a good reason, write that and new ceilings "
                "(scripts/bench --instructions --update)")


def main(options, directory):
    """The exit code."""
    generator = Generator(directory, Body(directory / "body", 64 << 10))
    report.progress("storing the data")
    make_data(generator, directory / "data")
    if options.profile:
        options.profile.mkdir(parents=True, exist_ok=True)
    measured = {}
    for count in COUNTS:
        if count.name in (options.cases or NAMES):
            report.progress(f"counting: {count.name}")
            measured[count.name] = measure(count, generator, directory, options.profile)
    if platform.machine() != "x86_64":
        print(table(measured, {}), "\nThe ceilings are those of x86-64; nothing is compared.")
        return 0
    ceilings = json.loads(CEILINGS.read_text()) if CEILINGS.exists() else {}
    if options.update:
        ceilings |= {name: round(thousands * MARGIN, 1) for name, thousands in measured.items()}
        CEILINGS.write_text(json.dumps(ceilings, indent=4) + "\n")
    print(table(measured, ceilings))
    sentences = list(exceeded(measured, ceilings))
    for sentence in sentences:
        print(f"error: {sentence}")
    if options.json:
        figures = {name: round(thousands, 1) for name, thousands in measured.items()}
        options.json.write_text(json.dumps(figures, indent=4) + "\n")
    return 1 if sentences else 0
