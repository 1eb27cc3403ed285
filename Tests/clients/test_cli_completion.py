"""`coffer completion`: what shells make of the scripts, in the shells themselves."""

import shutil
import subprocess

import pytest

import servers
from cli import Terminal


def complete_in_bash(*words, env=None):
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


@pytest.mark.parametrize("words, expected", [
    (["se"], ["serve"]), (["us"], ["user"]), (["user", ""], ["create", "list", "show", "delete"]),
    (["user", "sh"], ["show"]), (["uploads", ""], ["list", "abort"]), (["uploads", "abort", "--old"], ["--older-than"]), (["cp", "--rec"], ["--recursive"]), (["cp", "a", "--dry"], ["--dry-run"]),
    (["serve", "--durability", ""], ["full", "relaxed"]), (["serve", "--durability", "r"], ["relaxed"]),
    (["completion", ""], ["bash", "zsh", "fish"]), (["policy", "attach", "--gr"], ["--group"]),
    (["cp", "fi"], []), (["nonsense", "--x"], [])])
def test_bash_completes(words, expected):
    assert complete_in_bash(*words) == expected


@pytest.fixture
def aliases(tmp_path):
    """An environment whose `coffer` has two aliases."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "coffer").symlink_to(servers.binary())
    env = servers.plain_environment({"HOME": str(tmp_path)})
    env["PATH"] = f"{tmp_path}/bin:{env['PATH']}"
    for name in ["away", "home"]:
        servers.run("alias", "set", "--no-check", "--no-sign-request", name, "http://127.0.0.1:9", env=env)
    return env


def test_aliases_are_completed(aliases, tmp_path):
    for words, expected in [(["ls", "--alias", ""], ["away", "home"]), (["cp", "-r", "--alias", "h"], ["home"]),
                            (["alias", "remove", ""], ["away", "home"])]:
        assert complete_in_bash(*words, env=aliases) == expected
    (tmp_path / "coffer.fish").write_text(servers.run("completion", "fish").stdout)
    for line, expected in [("coffer ls --alias h", "home"), ("coffer alias remove a", "away")]:
        result = subprocess.run(
            ["fish", "--no-config", "-c", f"source {tmp_path}/coffer.fish; complete -C '{line}'"], capture_output=True,
            text=True, timeout=servers.PATIENCE, env=aliases)
        assert expected in [word.split("\t")[0] for word in result.stdout.splitlines()], result


def test_zsh_completes_aliases(coffer, aliases, tmp_path):
    (tmp_path / "coffer.zsh").write_text(servers.run("completion", "zsh").stdout)
    terminal = Terminal(
        coffer, "-f", "-i", program=shutil.which("zsh"), columns=200, env={"TERM": "dumb", **aliases})
    terminal.type(f"autoload -Uz compinit; compinit -u -D; source {tmp_path}/coffer.zsh; print DO''NE\n".encode())
    terminal.read(until=b"DONE")
    for line, rest in [("coffer ls --alias ho", b"me"), ("coffer alias remove aw", b"ay")]:
        terminal.shown = b""
        terminal.type(f"\x15{line}\t".encode())
        terminal.read(until=line.encode() + rest)
    terminal.type(b"\x15exit\n")
    assert terminal.end() == 0


def test_bash_completes_all_commands_and_their_options():
    first = complete_in_bash("")
    assert {"serve", "ls", "cp", "mv", "sync", "rm", "alias", "user", "completion"} <= set(first)
    for command in first:
        following = complete_in_bash(command, "")
        for words in [[command, word] for word in following if not word.startswith("-")] or [[command]]:
            if command != "completion":
                assert "--help" in complete_in_bash(*words, "--h"), words


def test_zsh_completes(coffer, tmp_path):
    (tmp_path / "coffer.zsh").write_text(servers.run("completion", "zsh").stdout)
    terminal = Terminal(coffer, "-f", "-i", program=shutil.which("zsh"), columns=200, env={"TERM": "dumb"})
    terminal.type(f"autoload -Uz compinit; compinit -u -D; source {tmp_path}/coffer.zsh; print DO''NE\n".encode())
    terminal.read(until=b"DONE")
    for line, rest in [("coffer se", b"rve"), ("coffer user ", b"create"), ("coffer cp --recu", b"rsive"),
                       ("coffer serve --durability ", b"relaxed"), ("coffer completion f", b"ish")]:
        terminal.shown = b""
        terminal.type(f"\x15{line}\t".encode())
        terminal.read(until=rest)
    terminal.type(b"\x15exit\n")
    assert terminal.end() == 0


@pytest.mark.parametrize("line, expected", [
    ("coffer se", "serve"), ("coffer user sh", "show"), ("coffer cp --recu", "--recursive"),
    ("coffer serve --durability re", "relaxed"), ("coffer policy attach --gro", "--group"), ("coffer completion fi", "fish")])
def test_fish_completes(tmp_path, line, expected):
    (tmp_path / "coffer.fish").write_text(servers.run("completion", "fish").stdout)
    result = subprocess.run(
        ["fish", "--no-config", "-c", f"source {tmp_path}/coffer.fish; complete -C '{line}'"], capture_output=True,
        text=True, timeout=servers.PATIENCE, env=servers.plain_environment({"HOME": str(tmp_path)}))
    assert [word.split("\t")[0] for word in result.stdout.splitlines()] == [expected], result.stderr
