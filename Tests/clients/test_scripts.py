"""The scripts, each in a skeleton of the repository, with stand-ins for the programs that it calls."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

import servers
from conftest import REPOSITORY

TOOLS = ["awk", "bash", "cat", "dirname", "env", "find", "flock", "grep", "head", "id", "mktemp", "rm", "sed", "sort",
         "tail", "tee", "touch", "xargs"]


class Frame:
    """A directory with copies of scripts; their PATH only has these system tools and stand-ins."""

    def __init__(self, path):
        self.path, self.programs, self.temporary = path, path / "bin", path / "tmp"
        for directory in (self.programs, self.temporary, path / "scripts"):
            directory.mkdir()
        for name in TOOLS:
            (self.programs / name).symlink_to(shutil.which(name))

    def copy(self, *names):
        for name in names:
            shutil.copy(REPOSITORY / "scripts" / name, self.path / "scripts" / name)

    def write(self, name, script):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/usr/bin/env bash\n{script}\n")
        path.chmod(0o755)

    @property
    def env(self):
        return {"PATH": str(self.programs), "TMPDIR": str(self.temporary), "HOME": str(self.path)}

    def run(self, *words):
        return subprocess.run([self.path / "scripts" / words[0], *words[1:]], env=self.env, capture_output=True,
                              text=True, stdin=subprocess.DEVNULL, timeout=servers.PATIENCE)


@pytest.fixture
def frame(tmp_path):
    return Frame(tmp_path)


# scripts/serve

@pytest.fixture
def serve(frame):
    """The server's output up to the commands to try, for options given to the script."""
    frame.copy("serve")
    frame.write("scripts/build", f"echo {servers.binary()}")
    (frame.path / "testdata").symlink_to(REPOSITORY / "testdata")

    def run(*options):
        process = subprocess.Popen([frame.path / "scripts" / "serve", "--port", "0", *options], env=frame.env,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        with process:
            try:
                lines = []
                while line := process.stdout.readline():
                    lines.append(line)
                    if line.startswith("  curl"):
                        break
            finally:
                process.terminate()
        return "".join(lines)

    return run


def test_the_script_alone_serves_the_datastore_with_a_sample(serve, frame):
    for _ in range(2):
        printed = serve()
        assert "Data: data\n" in printed
        assert ", its secret in data/root.env\n" in printed and "bucket datastore.openspending.test," in printed
        assert "OS_SECRET_ACCESS_KEY=...  (in data/datastore.env)\n" in printed
        assert "/demo/brookfield-budget-2025/datapackage.json" in printed
    assert (frame.path / "data" / "catalog.sqlite").exists()


def test_options_override_those_of_the_script(serve, frame):
    package, other = REPOSITORY / "testdata" / "brookfield-budget-2025", frame.path / "other"
    printed = serve("--data", str(other), "--bucket=books", f"--publish={package}=mine", "--show-keys")
    assert f"Data: {other}\n" in printed and "bucket books," in printed and "/books/mine/datapackage.json" in printed
    secret = (other / "root.env").read_text().split()[1].removeprefix("COFFER_SECRET_KEY=")
    assert secret in printed
    assert "(until it stops)" in serve("--ephemeral")
    assert not (frame.path / "data").exists()


def test_on_a_terminal_the_script_shows_the_keys_at_every_start(frame):
    frame.copy("serve")
    frame.write("scripts/build", f"echo {servers.binary()}")
    (frame.path / "testdata").symlink_to(REPOSITORY / "testdata")
    for _ in range(2):
        master, slave = os.openpty()
        process = subprocess.Popen([frame.path / "scripts" / "serve", "--port", "0"], env=frame.env, stdout=slave,
                                   stderr=subprocess.DEVNULL)
        os.close(slave)
        with process:
            try:
                printed = b""
                while b"in a browser" not in printed:
                    printed += os.read(master, 4096)
            finally:
                process.terminate()
                os.close(master)
        secret = (frame.path / "data" / "root.env").read_text().split()[1].removeprefix("COFFER_SECRET_KEY=")
        assert secret.encode() in printed


# scripts/install

@pytest.fixture
def install(frame):
    """A system with only a toolchain and curl, on which apt-get prints its arguments."""
    frame.copy("install")
    frame.write("bin/swift", "echo Swift version 6.3")
    frame.write("bin/dpkg-query", '[ "${@: -1}" != curl ] || echo install ok installed')
    frame.write("bin/apt-get", 'echo "$DEBIAN_FRONTEND: apt-get $*" >> "$HOME/asked"')
    (frame.programs / "id").unlink()
    return frame


def test_missing_packages_are_installed_alone_and_without_questions(install):
    install.write("bin/id", "echo 0")
    assert install.run("install", "curl", "zsh").returncode == 0
    check_what_was_asked(install)


def test_sudo_installs_them_as_well(install):
    install.write("bin/id", "echo 1000")
    install.write("bin/sudo", 'exec env -i PATH="$PATH" HOME="$HOME" "$@"')
    assert install.run("install", "curl", "zsh").returncode == 0
    check_what_was_asked(install)


def check_what_was_asked(install):
    update, packages = (install.path / "asked").read_text().splitlines()
    assert update == "noninteractive: apt-get update -qq"
    assert packages.startswith("noninteractive: apt-get install") and "--no-install-recommends" in packages
    assert packages.endswith(" libcurl4-openssl-dev zsh")


@pytest.mark.parametrize("sudo", [None, "exit 1"])
def test_who_may_not_install_is_told_what_to_run(install, sudo):
    install.write("bin/id", "echo 1000")
    if sudo:
        install.write("bin/sudo", sudo)
    result = install.run("install", "curl", "zsh")
    assert result.returncode == 1 and not (install.path / "asked").exists()
    line = result.stderr.splitlines()[-1]
    assert line.strip().startswith("apt-get update && apt-get install --no-install-recommends lib")
    assert line.endswith(" libcurl4-openssl-dev zsh")


def test_who_has_everything_needs_no_rights(install):
    install.write("bin/id", "echo 1000")
    install.write("bin/dpkg-query", "echo install ok installed")
    assert install.run("install", "zsh").returncode == 0


# scripts/suites

SWIFT = """
case "$*" in
    "build --build-tests"*) exit ${BUILD:-0} ;;
    *--filter*CofferFirstTests*) echo "error: Exited with unexpected signal code 11"; exit 1 ;;
    *--filter*CofferSecondTests*)
        echo '✘ Test "a claim" failed after 0.1 seconds with 1 issue.'
        echo '✘ Test run with 2 tests in 1 suite failed after 0.1 seconds with 1 issue.'; exit 1 ;;
    *--filter*CofferThirdTests*) echo '✔ Test run with 0 tests in 0 suites passed after 0.001 seconds.' ;;
    *--filter*) echo '✔ Test run with 3 tests in 1 suite passed after 0.1 seconds.' ;;
    format*) echo "a.swift:1:2: error: [Rule] a fault" >&2; exit 1 ;;
esac
"""


@pytest.fixture
def suites(frame):
    frame.copy("suites")
    frame.write("scripts/build", "exit 0")
    frame.write("scripts/documentation", "exit 0")
    frame.write("scripts/bench", "exit 0")
    frame.write("bin/swift", SWIFT)
    frame.write(".venv/bin/pytest", 'echo "FAILED Tests/clients/test_a.py::test_b - it is so"; exit 1')
    for name in ("CofferFirstTests", "CofferFourthTests", "CofferSecondTests", "CofferThirdTests", "clients"):
        (frame.path / "Tests" / name).mkdir(parents=True)
    return frame


def test_all_suites_run_and_all_failures_are_listed_at_the_end(suites):
    result = suites.run("suites")
    assert result.returncode == 1
    output, _, listed = result.stdout.partition("== 5 of the suites failed\n")
    assert [line[3:] for line in output.splitlines() if line.startswith("== ")] == [
        "lint", "build", "documentation", "CofferFirstTests", "CofferFourthTests", "CofferSecondTests",
        "CofferThirdTests", "release", "clients", "instructions"]
    assert listed.splitlines() == [
        "lint: ended with 1", "    a.swift:1:2: error: [Rule] a fault",
        "CofferFirstTests: ended by signal 11; what it had still to run did not run",
        "    error: Exited with unexpected signal code 11",
        "CofferSecondTests: ended with 1", '    ✘ Test "a claim" failed after 0.1 seconds with 1 issue.',
        "CofferThirdTests: ended with 1", "    error: CofferThirdTests has no tests",
        "clients: ended with 1", "    FAILED Tests/clients/test_a.py::test_b - it is so"]


def test_what_cannot_be_built_is_not_run_and_the_rest_is(suites):
    suites.write("bin/swift", "[ $1 != build ] || { echo 'a.swift:1:2: error: no such type' >&2; exit 1; }")
    suites.write(".venv/bin/pytest", "exit 0")
    result = suites.run("suites")
    assert result.returncode == 1 and "== clients" in result.stdout and "Tests\n" not in result.stdout
    assert result.stdout.endswith(
        "== 1 of the suites failed\nbuild: ended with 1\n    a.swift:1:2: error: no such type\n")
    suites.write("bin/swift", SWIFT)
    suites.write("scripts/build", "exit 1")
    result = suites.run("suites")
    assert "== CofferFourthTests" in result.stdout and "== clients" not in result.stdout
    assert "release: ended with 1" in result.stdout


def test_suites_that_all_pass_are_a_success(suites):
    suites.write("bin/swift", "echo 'Test run with 3 tests in 1 suite passed'")
    suites.write(".venv/bin/pytest", "exit 0")
    result = suites.run("suites")
    assert (result.returncode, result.stdout.splitlines()[-1]) == (0, "== All suites passed")


# scripts/scratch

def test_temporary_files_go_with_their_command(frame):
    frame.copy("scratch")
    result = frame.run("scratch", "bash", "-c", 'echo x > "$TMPDIR/file"; echo "$TMPDIR"; exit 3')
    assert result.returncode == 3 and Path(result.stdout.strip()).parent == frame.temporary
    assert list(frame.temporary.iterdir()) == []


def test_what_a_killed_run_left_goes_with_the_next_but_nothing_that_is_in_use(frame):
    frame.copy("scratch")
    running = subprocess.Popen([frame.path / "scripts" / "scratch", "bash", "-c", "echo; read"], env=frame.env,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with running:
        running.stdout.readline()
        [used] = frame.temporary.iterdir()
        left, theirs = frame.temporary / "coffer-scratch.left", frame.temporary / "else"
        for directory in (left / "a", theirs):
            directory.mkdir(parents=True)
        for directory in (used, left, theirs):
            os.utime(directory, (0, 0))
        assert frame.run("scratch", "bash", "-c", "true").returncode == 0
        assert sorted(frame.temporary.iterdir()) == sorted([used, theirs])
        running.stdin.close()
    assert list(frame.temporary.iterdir()) == [theirs]
