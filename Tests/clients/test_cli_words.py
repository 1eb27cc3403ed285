"""Words that users of other tools type: they work, or the answer names the right ones."""

import re

import pytest

import servers
from cli import FAILED, USAGE


@pytest.mark.parametrize("words, meant", [
    ("mirror a s3://b", "coffer sync"), ("find s3://b --name x", "coffer ls -r --include"), ("la", "coffer ls -r s3://BUCKET"),
    ("put f s3://b", "coffer cp FILE"), ("get s3://b/k", "coffer cp s3://BUCKET/KEY FILE"), ("del s3://b/k", "coffer rm"),
    ("head home/b/k", "coffer cat --range"), ("share download x", "coffer presign"), ("pipe home/b/k", "coffer cp -"),
    ("anonymous set download home/b", "coffer policy set"), ("admin user add home bob x", "coffer user"),
    ("website s3://b", "cannot be managed"), ("lifecycle", "cannot be managed"), ("ilm rule ls", "cannot be managed"),
    ("s3 ls", "coffer ls"), ("s3api list-buckets", "coffer --help"), ("head-object --bucket b", "coffer stat"),
    ("configure", "coffer alias set"), ("--configure", "coffer COMMAND"), ("abortmp s3://b/k id", "coffer uploads abort"),
    ("signurl s3://b/k 60", "coffer presign"), ("version enable home/b", "coffer versioning"), ("copyto a b", "coffer cp FROM TO"), ("lsd home:", "coffer ls"),
    ("cleanup home:b", "coffer uploads abort"), ("purge home:b", "coffer rm -r"), ("size home:b", "coffer du"),
    ("server /data", "coffer serve --data"), ("mkdir b", "coffer mb"), ("list", "coffer ls"), ("MIRROR", "coffer sync"),
    ("alias ls", "coffer alias list"), ("alias rm home", "coffer alias remove"), ("alias import x", "needs a subcommand"),
    ("user add bob", "coffer user create"), ("versioning enable s3://b", "coffer versioning set"),
    ("policy rm x", "coffer policy delete"), ("uploads ls s3://b", "coffer uploads list")])
def test_the_commands_of_other_tools_are_answered_with_the_right_ones(words, meant):
    result = servers.run(*words.split())
    assert result.returncode == USAGE and meant in result.stderr and result.stdout == ""


def test_what_is_advised_exists():
    """Every command that an answer names is one, and has the options that are named."""
    words = ["mirror", "find", "la", "put", "get", "del", "head", "share", "pipe", "diff", "anonymous", "admin", "info",
             "configure", "cleanup", "abortmp", "signurl", "ncdu", "lsjson", "rcat", "server", "login", "touch", "tag",
             "encrypt", "group", "setversioning", "delcors", "remove"]
    for word in words:
        advice = servers.run(word).stderr.splitlines()[0]
        commands = re.findall(r"coffer ([a-z]+(?: (?:set|list|abort|delete|create|attach|get)\b)?)([^']*)", advice[len("coffer: "):])
        assert commands, advice
        for command, rest in commands:
            help = servers.run(*command.split(), "--help")
            assert help.returncode == 0, (word, command)
            for option in re.findall(r"--[a-z-]+", rest):
                assert option in help.stdout, (word, command, option)


@pytest.mark.parametrize("words, meant", [
    ("rm -rf s3://b/k", "nothing is asked before it is done"), ("rm -r --force s3://b/k", "nothing is asked"),
    ("sync --remove a s3://b", "did you mean '--delete'?"), ("sync --delete-removed a s3://b", "did you mean '--delete'?"),
    ("cp --only-show-errors a s3://b", "did you mean '--quiet'?"), ("mb -p s3://b", "is no error: leave it out"),
    ("ls --endpoint-url http://x", "did you mean '--endpoint'?"), ("ls --insecure", "AWS_CA_BUNDLE"),
    ("ls --no-verify-ssl", "AWS_CA_BUNDLE"), ("ls --output json", "--json"), ("ls --incomplete s3://b", "coffer uploads list"),
    ("du --max-depth 1 s3://b", "did you mean '--depth'?"), ("presign --expire 5 s3://b/k", "did you mean '--expires-in'?"),
    ("alias set a http://x k s --api S3v4", "leave it out"), ("cp -v a s3://b", "leave it out"),
    ("alias set a http://x --secret-key s", "is asked for")])
def test_the_options_of_other_tools_are_answered_with_the_right_ones(words, meant):
    result = servers.run(*words.split())
    assert result.returncode == USAGE and meant in result.stderr


@pytest.mark.parametrize("words", ["cp --recursive {} s3://{}/p", "ls --recursive s3://{1}", "rb --force s3://{1}"])
def test_the_words_of_the_aws_cli_work(coffer, bucket, tmp_path, words):
    (tmp_path / "f").write_bytes(b"1")
    coffer(*words.format(tmp_path, bucket).split())


def test_a_bucket_is_made_and_deleted_by_its_name(coffer, name):
    assert coffer("mb", name) == f"make_bucket: {name}\n" and name in coffer("ls")
    assert coffer("rb", name) == f"remove_bucket: {name}\n" and name not in coffer("ls")


def test_help_has_plain_words():
    text = servers.run("--help").stdout
    commands = re.findall(r"^  ([a-z]+(?: (?:create|list|show|delete|enable|disable|get|set|update|attach|detach|remove|abort|init"
                          r"|validate|publish|derive)\b)?)", text, re.M)
    assert {"ls", "alias set", "uploads abort", "policy get"} <= set(commands)
    for command in {"ls", "tree", "du", "cp", "mv", "sync", "rm", "cat", "stat", "presign", "mb", "rb", "explain",
                    "completion", "alias set", "alias remove", "versioning set", "policy get", "policy set", "cors set",
                    "uploads list", "uploads abort", "user create", "user show", "key create", "policy attach"}:
        text += servers.run(*command.split(), "--help").stdout
    for word in ["stands", "stand ", "tell ", "tells", "told", "nobody", "anybody", "too much", "goes on", " behind the", "have a bucket"]:
        lines = [line for line in text.splitlines() if word in line and not line.startswith("  package")]
        assert not lines, lines
