"""Terminals, pipes and signals: progress bars, readers that close the pipe, Ctrl-C."""

import os
import re
import signal
import subprocess
import time

import pytest

import servers
import slow
from cli import DONE, FAILED, Terminal, body, keys, read_tree, write_tree


@pytest.fixture
def long_file(tmp_path):
    (tmp_path / "long").write_bytes(os.urandom(1 << 20) * 96)
    return tmp_path / "long"


@pytest.fixture
def slow_input(coffer, bucket):
    """An upload in progress that waits for more standard input."""
    process = coffer.start(
        "cp", "-", f"s3://{bucket}/k", "--part-size", "5MiB", stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE)
    yield process
    if process.poll() is None:
        process.kill()
    process.communicate()


def uploads(s3, bucket):
    return s3.list_multipart_uploads(Bucket=bucket).get("Uploads", [])


def wait_until(condition):
    end = time.monotonic() + servers.PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_terminal_sees_a_bar_with_rate_and_time_left(coffer, bucket):
    terminal = Terminal(coffer, "cp", "-", f"s3://{bucket}/k")
    terminal.type(b"some bytes\n")
    terminal.read(until=b"/s")
    terminal.type(b"\x04")
    assert terminal.end() == DONE
    assert terminal.shown.rstrip().endswith(f"upload: - to s3://{bucket}/k".encode())


def test_a_bar_tells_how_much_how_fast_and_how_long(coffer, server, bucket, tmp_path, s3):
    write_tree(tmp_path / "up", {str(number): bytes(100_000) for number in range(200)})
    with slow.Line(server, 8_000_000) as line:
        terminal = Terminal(coffer, "cp", "-r", tmp_path / "up", f"s3://{bucket}", env={"COFFER_ENDPOINT": line.endpoint})
        assert terminal.end() == DONE
    bars = [part for part in terminal.shown.decode().split("\r") if "[" in part]
    pattern = r"^\[=*>? *\] +\d+%  [\d.]+ [KM]?i?B of 19\.1 MiB  [\d.]+ [KM]?i?B/s  \d+:\d\d left  \(\d+ of 200\)\x1b\[K"
    assert any(re.match(pattern, bar) for bar in bars), bars
    assert all(len(bar.split("\x1b")[0]) < 80 for bar in bars)
    assert "\x1b[K" in terminal.shown.decode() and len(keys(s3, bucket)) == 200


def test_a_narrow_terminal_gets_what_fits(coffer, bucket):
    terminal = Terminal(coffer, "cp", "-", f"s3://{bucket}/k", columns=20)
    terminal.type(b"bytes\n")
    terminal.read(until=b"\x1b[K")
    terminal.type(b"\x04")
    assert terminal.end() == DONE
    bars = [part.split("\x1b")[0] for part in terminal.shown.decode().split("\r") if "\x1b[K" in part]
    assert bars and all(len(bar.lstrip("bytes\n")) < 20 for bar in bars)


@pytest.mark.parametrize("options", [["--no-progress"], ["--quiet"]])
def test_a_bar_is_not_drawn_where_it_is_not_wanted(coffer, bucket, long_file, options):
    terminal = Terminal(coffer, "cp", long_file, f"s3://{bucket}/k", *options)
    assert terminal.end() == DONE
    assert b"\x1b" not in terminal.shown and (b"upload:" in terminal.shown) == (options == ["--no-progress"])


def test_pipes_get_plain_lines(coffer, bucket, long_file):
    result = coffer.run("cp", long_file, f"s3://{bucket}/k", check=DONE)
    assert (result.stdout, result.stderr) == (f"upload: {long_file} to s3://{bucket}/k\n", "")


# Readers that close the pipe

def test_a_listing_ends_quietly_when_nobody_reads_on(coffer, s3, bucket):
    for number in range(1200):
        s3.put_object(Bucket=bucket, Key=f"{number:04}" + "x" * 150, Body=b"")
    process = coffer.start("ls", f"s3://{bucket}", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.read(10)
    process.stdout.close()
    assert process.stderr.read() == b"" and process.wait(servers.PATIENCE) == -signal.SIGPIPE
    process.stderr.close()


def test_an_object_ends_quietly_when_nobody_reads_on(coffer, bucket, long_file):
    coffer("cp", long_file, f"s3://{bucket}/k")
    for words in (["cat", f"s3://{bucket}/k"], ["cp", f"s3://{bucket}/k", "-"]):
        process = coffer.start(*words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert len(process.stdout.read(1000)) == 1000
        process.stdout.close()
        assert process.stderr.read() == b"" and process.wait(servers.PATIENCE) == -signal.SIGPIPE
        process.stderr.close()


def test_a_copy_ends_quietly_and_well_when_nobody_reads_on(coffer, s3, bucket, tmp_path):
    write_tree(tmp_path / "up", {f"{number:03}": bytes(17 << 20 if number % 50 == 49 else 10) for number in range(400)})
    process = coffer.start("cp", "-r", tmp_path / "up", f"s3://{bucket}", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b"" and process.wait(servers.PATIENCE) == -signal.SIGPIPE
    process.stderr.close()
    assert uploads(s3, bucket) == [] and len(keys(s3, bucket)) < 400


@pytest.mark.parametrize("words", [
    "ls", "stat s3://{0}", "--help", "ls --help", "completion bash", "alias list --json", "presign s3://{0}/k", "version"])
def test_a_full_disk_is_reported(coffer, bucket, words):
    with open("/dev/full", "wb") as full:
        process = coffer.start(*words.format(bucket).split(), stdout=full, stderr=subprocess.PIPE)
        assert b"No space left" in process.stderr.read() and process.wait(servers.PATIENCE) == FAILED
        process.stderr.close()


def test_lines_for_a_closed_standard_output_get_into_no_file(coffer, s3, bucket, tmp_path):
    files = {f"{number:02}": os.urandom(9 << 20) for number in range(4)} | {f"s{number}": b"x" for number in range(40)}
    for name, content in files.items():
        s3.put_object(Bucket=bucket, Key=name, Body=content)
    process = coffer.start(
        "cp", "-r", f"s3://{bucket}", tmp_path / "down", preexec_fn=lambda: os.close(1), stderr=subprocess.PIPE)
    assert b"cannot write to standard output" in process.stderr.read() and process.wait(servers.PATIENCE) == FAILED
    process.stderr.close()
    down = read_tree(tmp_path / "down")
    assert all(content == files[name] for name, content in down.items())
    process = coffer.start("stat", f"s3://{bucket}", preexec_fn=lambda: os.close(1), stderr=subprocess.PIPE)
    assert b"Bad file descriptor" in process.stderr.read() and process.wait(servers.PATIENCE) == FAILED
    process.stderr.close()


# Signals

@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_aborts_an_upload_in_parts(s3, bucket, slow_input, number):
    slow_input.stdin.write(bytes(11 << 20))
    slow_input.stdin.flush()
    wait_until(lambda: uploads(s3, bucket))
    slow_input.send_signal(number)
    assert slow_input.wait(servers.PATIENCE) == 128 + number
    assert slow_input.stderr.read() == b"coffer: interrupted\n"
    assert uploads(s3, bucket) == [] and keys(s3, bucket) == []


def test_an_upload_that_is_to_be_resumed_stays(coffer, server, s3, bucket, long_file):
    with slow.Line(server, 20_000_000) as line:
        process = coffer.start(
            "cp", "--resume", "--endpoint", line.endpoint, long_file, f"s3://{bucket}/k", stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        wait_until(lambda: uploads(s3, bucket) and s3.list_parts(
            Bucket=bucket, Key="k", UploadId=uploads(s3, bucket)[0]["UploadId"]).get("Parts"))
        process.send_signal(signal.SIGINT)
        assert process.wait(servers.PATIENCE) == 130
    assert len(uploads(s3, bucket)) == 1
    coffer("cp", "--resume", long_file, f"s3://{bucket}/k")
    assert uploads(s3, bucket) == [] and body(s3, bucket, "k") == long_file.read_bytes()


def test_a_download_that_is_interrupted_leaves_what_was_there(coffer, server, bucket, long_file, tmp_path):
    coffer("cp", long_file, f"s3://{bucket}/k")
    write_tree(tmp_path / "down", {"k": b"good"})
    with slow.Line(server, 10_000_000) as line:
        process = coffer.start(
            "cp", "--endpoint", line.endpoint, f"s3://{bucket}/k", tmp_path / "down" / "k", stderr=subprocess.DEVNULL)
        wait_until(lambda: len(os.listdir(tmp_path / "down")) == 2)
        process.send_signal(signal.SIGINT)
        assert process.wait(servers.PATIENCE) == 130
    assert read_tree(tmp_path / "down") == {"k": b"good"}
