"""`coffer completion`: the scripts' completions, run in real shells."""

import shutil
import subprocess

import pytest

import servers
from cli import Terminal


@pytest.fixture
def shells(tmp_path):
    """An environment with `coffer` on its PATH and its own home directory."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "coffer").symlink_to(servers.binary())
    env = servers.plain_environment({"HOME": str(tmp_path)})
    env["PATH"] = f"{tmp_path}/bin:{env['PATH']}"
    return env


@pytest.fixture
def aliases(shells):
    """An environment in which `coffer` has two aliases."""
    for name in ["away", "home"]:
        servers.run("alias", "set", "--no-check", "--no-sign-request", name, "http://127.0.0.1:9", env=shells)
    return shells


def complete_in_bash(env, *words):
    script = servers.run("completion", "bash").stdout
    line = " ".join(f"'{word}'" for word in words)
    result = subprocess.run(
        ["bash", "--norc", "-euc", script + f"""
COMP_WORDS=(coffer {line}); COMP_CWORD={len(words)}
_coffer
printf '%s\\n' ${{COMPREPLY[@]+"${{COMPREPLY[@]}}"}}
"""], capture_output=True, text=True, timeout=servers.PATIENCE, env=env)
    assert result.returncode == 0 and result.stderr == "", result.stderr
    return [line for line in result.stdout.splitlines() if line]


def complete_in_fish(env, line, cwd=None):
    script = servers.run("completion", "fish").stdout
    result = subprocess.run(
        ["fish", "--no-config", "-c", f"{script}\ncomplete -C '{line}'"], capture_output=True, text=True,
        timeout=servers.PATIENCE, env=env, cwd=cwd)
    assert result.returncode == 0, result.stderr
    return [word.split("\t")[0] for word in result.stdout.splitlines()]


def complete_in_zsh(coffer, env, tmp_path, lines):
    """Types each line and a tab, and waits for the expected text."""
    (tmp_path / "coffer.zsh").write_text(servers.run("completion", "zsh").stdout)
    terminal = Terminal(coffer, "-f", "-i", program=shutil.which("zsh"), columns=200, env={"TERM": "dumb", **env})
    terminal.type(f"autoload -Uz compinit; compinit -u -D; source {tmp_path}/coffer.zsh; print DO''NE\n".encode())
    terminal.read(until=b"DONE")
    for line, seen in lines:
        terminal.shown = b""
        terminal.type(f"\x15{line}\t".encode())
        terminal.read(until=seen)
    terminal.type(b"\x15exit\n")
    assert terminal.end() == 0


@pytest.mark.parametrize("words, expected", [
    (["se"], ["serve"]), (["us"], ["user"]), (["user", ""], ["create", "list", "show", "delete"]),
    (["user", "sh"], ["show"]), (["uploads", ""], ["list", "abort"]), (["uploads", "abort", "--old"], ["--older-than"]),
    (["cp", "--rec"], ["--recursive"]), (["cp", "a", "--dry"], ["--dry-run"]),
    (["serve", "--durability", ""], ["full", "relaxed"]), (["serve", "--durability", "r"], ["relaxed"]),
    (["serve", "--durability", "=", "r"], ["relaxed"]), (["serve", "--log-level", "w"], ["warning"]),
    (["completion", ""], ["bash", "zsh", "fish"]), (["policy", "attach", "--gr"], ["--group"]),
    (["versioning", "set", "s3://b", ""], ["Enabled", "Suspended"]), (["versioning", "set", ""], []),
    (["ls", "--recursive", "--recu"], []), (["cp", "--exclude", "x", "--excl"], ["--exclude"]),
    (["cp", "fi"], []), (["cp", "--", "--re"], []), (["nonsense", "--x"], [])])
def test_bash_completes(shells, words, expected):
    assert complete_in_bash(shells, *words) == expected


def test_aliases_are_completed(aliases):
    for words, expected in [(["ls", "--alias", ""], ["away", "home"]), (["cp", "-r", "--alias", "h"], ["home"]),
                            (["alias", "remove", ""], ["away", "home"])]:
        assert complete_in_bash(aliases, *words) == expected
    for line, expected in [("coffer ls --alias h", "home"), ("coffer alias remove a", "away")]:
        assert expected in complete_in_fish(aliases, line)


def test_zsh_completes_aliases(coffer, aliases, tmp_path):
    complete_in_zsh(coffer, aliases, tmp_path, [
        (line, line.encode() + rest) for line, rest in [
            ("coffer ls --alias ho", b"me"), ("coffer ls --alias=ho", b"me"), ("coffer alias remove aw", b"ay")]])


def test_bash_completes_all_commands_and_their_options(shells):
    first = complete_in_bash(shells, "")
    assert {"serve", "ls", "cp", "mv", "sync", "rm", "alias", "user", "completion"} <= set(first)
    for command in first:
        following = complete_in_bash(shells, command, "")
        for words in [[command, word] for word in following if not word.startswith("-")] or [[command]]:
            if command != "completion":
                assert "--help" in complete_in_bash(shells, *words, "--h"), words


def test_zsh_completes(coffer, shells, tmp_path):
    complete_in_zsh(coffer, shells, tmp_path, [
        ("coffer se", b"rve"), ("coffer user ", b"create"), ("coffer cp --recu", b"rsive"),
        ("coffer serve --durability ", b"relaxed"), ("coffer completion f", b"ish")])


@pytest.mark.parametrize("line, expected", [
    ("coffer se", "serve"), ("coffer user sh", "show"), ("coffer cp --recu", "--recursive"),
    ("coffer serve --durability re", "relaxed"), ("coffer serve --durability=re", "--durability=relaxed"),
    ("coffer policy attach --gro", "--group"), ("coffer completion fi", "fish")])
def test_fish_completes(shells, line, expected):
    assert complete_in_fish(shells, line) == [expected]


def test_files_are_completed_where_they_can_be_meant(coffer, shells, tmp_path):
    (tmp_path / "budget.csv").write_bytes(b"1")
    assert complete_in_fish(shells, "coffer cp bud", cwd=tmp_path) == ["budget.csv"]
    assert complete_in_fish(shells, "coffer serve --durability bud", cwd=tmp_path) == []
    complete_in_zsh(coffer, shells, tmp_path, [(f"coffer cp {tmp_path}/bud", b"get.csv")])


def test_the_scripts_ask_the_program(shells):
    """So the scripts stay the same when commands are added."""
    for shell in ["bash", "zsh", "fish"]:
        script = servers.run("completion", shell).stdout
        assert "coffer __complete" in script and "presign" not in script and "--recursive" not in script
    assert "__complete" not in servers.run("--help").stdout
