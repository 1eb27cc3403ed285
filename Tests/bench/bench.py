"""Measures Coffer beside other servers that serve the same bytes in the same run.

Each connection of the generator (Tests/bench/load, in C) sends its next request when the last one is answered.
Requests are prepared and signed beforehand, for many distinct keys. The servers take turns in several rounds, after a
warm-up, so that the machine's other work disturbs all of them. CPU is the server's own, in user and system mode, of
all its threads. The ratios of one run hold better than its rates. nginx has no signatures to verify, no catalog, and
does not wait for the disk: it is the limit of what is possible, not a store. Coffer is durable: it answers a PUT when
the object survives a loss of power.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import instructions
import report
import starts
from cases import CASES
from generator import Body, Generator
from peers import Coffer, Nginx, Rclone
from rounds import Rounds, fill

EXAMPLES = f"""cases:
{chr(10).join(f'  {case.name:<15}{case.title}' for case in CASES)}

examples:
  scripts/bench                                     everything: about fifteen minutes
  scripts/bench --cases get,put --connections 1,16,64,256
  scripts/bench --json before.json                  ... change something ...
  scripts/bench --compare before.json               shows what changed
  scripts/bench --cases list,prefixes --list-keys 1000000
  scripts/bench --starts                            first answer after the start, and memory when idle
  scripts/bench --instructions                      counts instructions, which no other work disturbs
  scripts/bench --instructions --update             writes what it counts, and 8 %, as the new ceilings
"""


def names(text):
    return [name for name in text.split(",") if name]


def counts(text):
    return [int(number) for number in names(text)]


def parse(arguments=None):
    parser = argparse.ArgumentParser(
        "scripts/bench", description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--cases", type=names, metavar="A,B", help="only these cases")
    add("--connections", type=counts, metavar="N,N",
        help="numbers of connections; default: 16, and 64 for small PUTs, 4 for 64 MiB")
    add("--seconds", type=float, default=8, help="of each case and server, in all rounds together; default: 8")
    add("--rounds", type=int, default=4, help="turns of each server; default: 4")
    add("--keys", type=int, default=10_000, help="distinct objects that are read; default: 10,000")
    add("--list-keys", type=int, default=100_000, help="keys in the folder that is listed; default: 100,000")
    add("--servers", type=names, default=["nginx", "rclone"], metavar="A,B",
        help="servers beside Coffer; default: nginx,rclone")
    add("--directory", type=Path, help="where the data is stored, to measure another disk; default: $TMPDIR")
    add("--json", type=Path, metavar="FILE", help="write the figures to this file too")
    add("--compare", type=Path, metavar="FILE", help="show how the figures differ from those in this file")
    add("--binary", type=Path, default=os.environ.get("COFFER_BINARY"), help="default: a release build")
    add("--starts", action="store_true", help="measure the first answer after a start, and the memory when idle")
    add("--instructions", action="store_true", help="count instructions of a request, and compare them with ceilings")
    add("--update", action="store_true", help="with --instructions: write new ceilings")
    add("--profile", type=Path, metavar="DIRECTORY", help="with --instructions: keep profiles for callgrind_annotate")
    options = parser.parse_args(arguments)
    known = instructions.NAMES if options.instructions else [case.name for case in CASES]
    for name in options.cases or []:
        if name not in known:
            parser.error(f"'{name}' is not a case; the cases are {', '.join(known)}")
    if min(options.connections or [1]) < 1 or options.rounds < 1 or options.seconds <= 0 or options.keys < 100:
        parser.error("connections, rounds and seconds are at least 1, and keys 100")
    if (options.update or options.profile) and not options.instructions:
        parser.error("--update and --profile need --instructions")
    options.round_seconds = options.seconds / options.rounds
    return options


def make_certificate(path):
    command = [
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
        "-keyout", f"{path}.key", "-out", f"{path}.pem"]
    subprocess.run(command, check=True, capture_output=True)


def make_peers(options, directory, generator):
    """Coffer, and those of the other servers that can be had."""
    make_certificate(directory / "certificate")
    peers = [Coffer(directory / "coffer", generator, directory / "certificate")]
    if "nginx" in options.servers:
        peers.append(Nginx(directory / "nginx", generator, directory / "certificate"))
    rclone = os.environ.get("BENCH_RCLONE")
    if "rclone" in options.servers and rclone:
        peers.append(Rclone(rclone, directory / "rclone", generator))
    return peers


def measure_starts(options, directory):
    return starts.measure(make_peers(options, directory, Generator(directory, Body(directory / "body", 1 << 20))))


def run(options, cases, directory):
    generator = Generator(directory, Body(directory / "body", 64 << 20))
    peers = make_peers(options, directory, generator)
    data = {name for case in cases for name in case.data}
    rows = []
    with ExitStack() as stack:
        for peer in peers:
            stack.callback(peer.stop)
            report.progress(f"storing the data: {peer.name}")
            peer.start(durability="relaxed")
            fill(peer, data, options)
        rounds = Rounds(options, peers, generator)
        for case in cases:
            for connections in options.connections or case.connections:
                report.progress(f"{case.title}, {connections} connections")
                rows += rounds.measure(case, connections)
    return rows, [peer.name for peer in peers], rounds.failures


def main():
    options = parse()
    # Ended from outside, the servers are stopped too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if not options.binary:
        sys.exit("give the binary with --binary, or start this with scripts/bench")
    os.environ["COFFER_BINARY"] = str(options.binary)
    with tempfile.TemporaryDirectory(prefix="coffer-bench.", dir=options.directory) as directory:
        if options.instructions:
            sys.exit(instructions.main(options, Path(directory)))
        if options.starts:
            print(measure_starts(options, Path(directory)))
            return
        before = report.read(options.compare) if options.compare else None
        cases = [case for case in CASES if case.name in (options.cases or [case.name])]
        rows, *circumstances = run(options, cases, Path(directory))
    print(report.table(rows, *circumstances))
    if before:
        print(report.comparison(before, rows))
    if options.json:
        report.write(options.json, rows, options)


if __name__ == "__main__":
    main()
