"""The rounds of a case: the servers take turns, and what each of them did in all rounds is added up."""

import subprocess
from dataclasses import dataclass, field

from cases import Setting, data_paths
from generator import LoadError, Result
from prepared import write_requests

WARM_UP_SECONDS = 1


@dataclass
class Measurement:
    """What one server did in a case."""

    case: str
    title: str
    connections: int
    server: str
    result: Result = field(default_factory=Result)
    #: Of the server, in seconds.
    cpu: float = 0
    resident: int = 0
    changes: int = 0
    commits: int = 0

    def figures(self):
        result = self.result
        return {
            "case": self.case, "title": self.title, "connections": self.connections, "server": self.server,
            "requests": result.requests, "rate": result.requests / result.seconds,
            "p50": result.percentile(50), "p99": result.percentile(99), "p999": result.percentile(99.9),
            "cpu": self.cpu / result.requests * 1000, "resident": self.resident,
            "per_sync": self.changes / self.commits if self.commits else None,
            "generator_cpu": result.cpu / result.requests * 1000, "generator_load": result.cpu / result.seconds,
        }


class Rounds:
    """Runs cases with some servers, which are running and have the data."""

    def __init__(self, options, peers, generator):
        self.options, self.peers, self.generator = options, peers, generator
        #: A sentence for each case that another server failed.
        self.failures = []

    def measure(self, case, connections):
        """The figures of each server that can do this, Coffer's first."""
        peers = [peer for peer in self.peers if peer.name in ("coffer", *case.others)]
        measured = {peer.name: Measurement(case.name, case.title, connections, peer.name) for peer in peers}
        for peer in peers:
            peer.start(uses_tls=case.uses_tls)
        for number in range(self.options.rounds):
            for peer in [peer for peer in peers if peer.name in measured]:
                try:
                    self.turn(case, peer, measured[peer.name], f"{connections}-{number}")
                except LoadError as error:
                    if peer.name == "coffer":
                        raise
                    # The bench is not about the faults of others.
                    del measured[peer.name]
                    self.failures.append(f"{case.title}, {connections} connections, is left out: {error}")
        return [measurement.figures() for measurement in measured.values()]

    def turn(self, case, peer, measurement, label):
        setting = Setting(self.options, self.generator.body, peer, measurement.connections, label)
        if case.before:
            peer.fill(*case.before(setting))
        requests = case.requests(setting)
        write_requests(self.generator.requests, requests, peer.signing(case.how))
        count = sum(not request.is_continued for request in requests)
        is_first = measurement.result.requests == 0
        start = self.warm_up(case, peer, measurement.connections, count) if is_first else 0
        # What earlier turns have written is not to be flushed in this one.
        subprocess.run(["sync", "-f", self.generator.body.path], check=True)
        peer.forget_peak()
        before, cpu = peer.counters() if not case.uses_tls else None, peer.cpu()
        result = self.generator.run(
            peer, measurement.connections, self.options.round_seconds, count - start if case.is_once else None, start)
        measurement.cpu += peer.cpu() - cpu
        measurement.result.add(result)
        measurement.resident = max(measurement.resident, peer.peak())
        check_size(case, result)
        if before:
            after = peer.counters()
            measurement.changes += after[0] - before[0]
            measurement.commits += after[1] - before[1]

    def warm_up(self, case, peer, connections, count):
        """Works for a moment, and returns the number of the next request."""
        limit = count // 10 if case.is_once else None
        return self.generator.run(peer, connections, WARM_UP_SECONDS, limit).requests


def check_size(case, result):
    """Answers that are too short would make a server look fast."""
    if case.answer_size and result.received < result.requests * case.answer_size:
        raise LoadError(f"{case.name}: {result.received} bytes in {result.requests} answers are too few")


def fill(peer, names, options):
    """Stores the data that the cases read."""
    for name in sorted(names):
        if name == "list" and peer.name == "nginx":
            continue
        peer.fill(*data_paths(name, options))
