"""Commands and options of other tools: they work, or the message names the right ones."""

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
    """Every command and option that a message names exists."""
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
    ("rm -rf s3://b/k", "coffer never asks for confirmation"), ("rm -r --force s3://b/k", "never asks"),
    ("sync --remove a s3://b", "did you mean '--delete'?"), ("sync --delete-removed a s3://b", "did you mean '--delete'?"),
    ("cp --only-show-errors a s3://b", "did you mean '--quiet'?"), ("mb -p s3://b", "is not an error: leave it out"),
    ("ls --endpoint-url http://x", "did you mean '--endpoint'?"), ("ls --insecure", "AWS_CA_BUNDLE"),
    ("ls --no-verify-ssl", "AWS_CA_BUNDLE"), ("ls --output json", "--json"), ("ls --incomplete s3://b", "coffer uploads list"),
    ("du --max-depth 1 s3://b", "did you mean '--depth'?"), ("presign --expire 5 s3://b/k", "did you mean '--expires-in'?"),
    ("alias set a http://x k s --api S3v4", "leave it out"), ("cp -v a s3://b", "leave it out"),
    ("alias set a http://x --secret-key s", "you are asked for the secret")])
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


def help_pages():
    """The general help, and the help of every command that it lists."""
    text = servers.run("--help").stdout
    yield text
    for line in re.findall(r"^  ([a-z]+ .*)", text, re.M):
        words = re.match(r"[a-z]+(?: [a-z]+(?= |$))?", line)[0].split()
        for command in (words, words[:1]):
            page = servers.run(*command, "--help")
            if page.returncode == 0:
                yield page.stdout
                break


def test_help_has_plain_words_and_short_lines():
    pages = list(help_pages())
    commands = "".join(re.findall(r"^Usage: coffer .*\n", "".join(pages), re.M))
    for command in ["ls", "cp", "alias set", "uploads abort", "policy get", "package derive", "serve", "explain"]:
        assert f"Usage: coffer {command}" in commands
    for page in pages:
        for line in page.splitlines():
            assert len(line) <= 100, line
            for word in ["stands", "stand ", "tell ", "tells", "told", "nobody", "anybody", "too much", "goes on", "goes with",
                         " behind ", "have a bucket", "anew", "mend", "unless given", "taken back", "for good"]:
                assert word not in line, line
    for page in pages[1:]:
        assert re.match(r"[A-Z][a-z]+[ ,]", page) and page.splitlines()[2].startswith("Usage: coffer "), page
        assert "Options" not in page or "\nOptions (environment variables in brackets)\n" in page
