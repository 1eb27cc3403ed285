"""What was measured, as a Markdown table and as JSON, and how it differs from an earlier run."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

COLUMNS = [
    "case", "conns", "server", "per s", "p50 ms", "p99 ms", "p99.9 ms", "CPU ms/req.", "RSS MB", "rate × nginx",
    "CPU × nginx", "objects/sync",
]
NOTES = """
Coffer is durable: a PUT is answered when the object survives a loss of power. nginx and rclone do not wait for the
disk. nginx has no signatures, checksums or catalog. The call that creates an upload is made beforehand and is not
measured."""


def progress(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def markdown(columns, rows):
    """A table whose columns are aligned in a terminal too."""
    widths = [max(len(row[n]) for row in [columns, *rows]) for n in range(len(columns))]
    # Figures stand to the right, and what begins with a letter to the left.
    is_text = [all(row[n][:1].isalpha() for row in rows) for n in range(len(columns))]

    def line(row):
        cells = [cell.ljust(width) if text else cell.rjust(width) for cell, width, text in zip(row, widths, is_text)]
        return f"| {' | '.join(cells)} |"

    rule = "|".join("-" * (width + 2) if text else "-" * (width + 1) + ":" for width, text in zip(widths, is_text))
    return "\n".join([line(columns), f"|{rule}|", *map(line, rows)])


def number(value, digits=3):
    """So many significant digits, but no fraction of large numbers."""
    if value is None:
        return "–"
    if value >= 100 or value == 0:
        return f"{value:,.0f}"
    return f"{value:.{max(0, digits - len(str(int(value))) if value >= 1 else digits)}f}"


def key(row):
    return row["case"], row["connections"], row["server"]


def ratio(row, nginx, name):
    if row["server"] == "nginx" or not nginx or not nginx[name]:
        return "–"
    return f"×{row[name] / nginx[name]:.2f}"


def table(rows, servers, failures):
    by_key = {key(row): row for row in rows}
    lines = []
    for row in rows:
        nginx = by_key.get((row["case"], row["connections"], "nginx"))
        lines.append([
            row["title"], str(row["connections"]), row["server"], number(row["rate"]), number(row["p50"]),
            number(row["p99"]), number(row["p999"]), number(row["cpu"]), number(row["resident"] / 1e6),
            ratio(row, nginx, "rate"), ratio(row, nginx, "cpu"), number(row["per_sync"])])
    return "\n".join([markdown(COLUMNS, lines), NOTES, *remarks(rows, servers), *failures])


def remarks(rows, servers):
    """What a reader of the figures has to know about this run."""
    for name in ("nginx", "rclone"):
        if name not in servers:
            yield f"{name} was left out."
    for row in rows:
        if row["generator_load"] > 0.9:
            yield f"{row['title']}, {row['server']}: the generator had no time left, so that the server could do more."


def change(old, new):
    return f"{100 * (new / old - 1):+.1f} %".replace("-", "−") if old else "–"


def comparison(before, rows):
    """Each figure then and now. Lower is better, except for rates."""
    earlier = {key(row): row for row in before["rows"]}
    columns = ["case", "conns", "server"]
    for name in ("per s", "p50 ms", "p99 ms", "CPU ms/req."):
        columns += [f"{name} then", "now", "change"]
    lines = []
    for row in rows:
        old = earlier.get(key(row))
        if not old:
            continue
        line = [row["title"], str(row["connections"]), row["server"]]
        for name in ("rate", "p50", "p99", "cpu"):
            line += [number(old[name]), number(row[name]), change(old[name], row[name])]
        lines.append(line)
    title = f"\nCompared with {before['commit']} of {before['time']}"
    if not lines:
        return f"{title}: no case in common."
    return f"{title}:\n\n{markdown(columns, lines)}"


def read(path):
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError) as error:
        sys.exit(f"{path} cannot be compared with: {error}")


def write(path, rows, options):
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"]
    commit = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    document = {
        "time": time.strftime("%Y-%m-%d %H:%M"), "commit": commit, "processors": os.cpu_count(),
        "seconds": options.seconds, "rounds": options.rounds, "keys": options.keys, "list_keys": options.list_keys,
        "rows": rows}
    path.write_text(json.dumps(document, indent=1) + "\n")
