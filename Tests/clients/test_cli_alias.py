"""`coffer alias`: services and keys saved under names, in a file that only its owner can read."""

import functools
import http.server
import json
import os
import stat
import threading

import pytest

from cli import DONE, FAILED, USAGE, Client, Terminal
from conftest import public_read_policy

KEYLESS = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "COFFER_ENDPOINT": ""}


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def keyless(server, home):
    """A command line without keys and endpoint."""
    home.mkdir()
    return Client(server, home, **KEYLESS)


def keys_of(server):
    return {"AWS_ACCESS_KEY_ID": server.access_key, "AWS_SECRET_ACCESS_KEY": server.secret_key}


def test_keys_of_the_environment_are_kept_for_one_user_alone(keyless, server, home, bucket):
    old = os.umask(0)
    try:
        keyless("alias", "set", "home", server.endpoint, env=keys_of(server))
    finally:
        os.umask(old)
    path = home / ".config" / "coffer" / "aliases.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert os.listdir(path.parent) == ["aliases.json"]
    assert bucket in keyless("ls", "--alias", "home")
    assert bucket in keyless("ls", env={"COFFER_ALIAS": "home"})
    assert keyless("ls", f"s3://home@{bucket}") == ""
    assert server.secret_key not in keyless("alias", "list") + keyless("alias", "list", "--json")
    assert keyless("alias", "list").split() == ["home", server.endpoint, "-", server.access_key]
    path.chmod(0o640)
    assert "chmod 600" in keyless.run("ls", "--alias", "home", check=FAILED).stderr


def test_a_secret_is_read_from_standard_input(keyless, server, bucket):
    keyless("alias", "set", "a", server.endpoint, "--access-key", server.access_key, stdin=server.secret_key.encode() + b"\n")
    assert bucket in keyless("ls", "s3://a@")
    assert "the secret is empty" in keyless.run(
        "alias", "set", "b", server.endpoint, "--access-key", "id", check=FAILED).stderr


def test_a_secret_of_the_environment_is_that_of_its_own_key(keyless, server, bucket):
    keyless("alias", "set", "a", server.endpoint, "--access-key", server.access_key,
            env={"COFFER_SECRET_KEY": server.secret_key})
    assert bucket in keyless("ls", "s3://a@")
    keyless("alias", "set", "a", server.endpoint, "--access-key", server.access_key,
            env={"AWS_ACCESS_KEY_ID": "another", "AWS_SECRET_ACCESS_KEY": "theirs"}, stdin=server.secret_key.encode())
    assert bucket in keyless("ls", "s3://a@")


def test_a_secret_that_is_typed_is_not_seen(keyless, server, bucket):
    terminal = Terminal(keyless, "alias", "set", "a", server.endpoint, "--access-key", server.access_key)
    terminal.read(until=b"Secret key of ")
    terminal.type(server.secret_key.encode() + b"\n")
    assert terminal.end() == DONE
    assert server.secret_key.encode() not in terminal.shown
    assert bucket in keyless("ls", "s3://a@")


def test_ctrl_c_at_the_prompt_sets_nothing(keyless, server, home):
    terminal = Terminal(keyless, "alias", "set", "a", server.endpoint, "--access-key", "id")
    terminal.read(until=b"Secret key of ")
    terminal.type(b"half\x03")
    assert terminal.end() == 130
    assert not (home / ".config").exists()


def test_aliases_are_replaced_and_removed(keyless, server, home):
    env = {"XDG_CONFIG_HOME": str(home / "elsewhere"), **keys_of(server)}
    for name in ["b", "a", "b"]:
        keyless("alias", "set", name, server.endpoint, "--region", f"{name}-region", env=env)
    assert [(item["Name"], item["Region"]) for item in json.loads(keyless("alias", "list", "--json", env=env))] == [
        ("a", "a-region"), ("b", "b-region")]
    keyless("alias", "remove", "a", env=env)
    assert "the aliases are b" in keyless.run("alias", "remove", "a", env=env, check=FAILED).stderr
    assert os.listdir(home) == ["elsewhere"]


def test_an_alias_without_keys_asks_without(keyless, server, public_bucket, s3):
    s3.put_object(Bucket=public_bucket, Key="k", Body=b"open")
    keyless("alias", "set", "open", server.endpoint, "--no-sign-request")
    assert keyless("cat", f"s3://open@{public_bucket}/k", env=keys_of(server)) == "open"
    assert "AccessDenied" in keyless.run("ls", f"s3://open@{public_bucket}", env=keys_of(server), check=FAILED).stderr


@pytest.fixture(scope="module")
def website(tmp_path_factory):
    """A web server that is not an S3 service."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path_factory.mktemp("site"))
    handler.log_message = lambda *_: None
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as site:
        thread = threading.Thread(target=site.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{site.server_address[1]}"
        site.shutdown()
        thread.join()


def aliases(coffer):
    return [item["Name"] for item in json.loads(coffer("alias", "list", "--json"))]


@pytest.mark.parametrize("change, expected_text", [
    ({"AWS_ACCESS_KEY_ID": "somebody"}, "InvalidAccessKeyId"), ({"AWS_SECRET_ACCESS_KEY": "wrong"}, "SignatureDoesNotMatch")])
def test_keys_that_the_server_does_not_take_are_not_saved(keyless, server, change, expected_text):
    env = {**keys_of(server), **change}
    result = keyless.run("alias", "set", "a", server.endpoint, env=env, check=FAILED)
    assert expected_text in result.stderr and "nothing is saved" in result.stderr and server.endpoint in result.stderr
    assert aliases(keyless) == []
    keyless("alias", "set", "--no-check", "a", server.endpoint, env=env)
    assert aliases(keyless) == ["a"]


def test_an_alias_that_was_good_outlives_one_that_is_not(keyless, server, bucket):
    keyless("alias", "set", "a", server.endpoint, env=keys_of(server))
    keyless.run("alias", "set", "a", "http://127.0.0.1:9", env=keys_of(server), check=FAILED)
    assert bucket in keyless("ls", "s3://a@")


def test_keys_that_may_not_list_buckets_are_right(account_server, tmp_path, member):
    env = {"AWS_ACCESS_KEY_ID": member.key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": member.key["SecretAccessKey"]}
    coffer = Client(account_server, tmp_path, **env)
    assert "AccessDenied" in coffer.run("ls", check=FAILED).stderr
    coffer("alias", "set", "a", account_server.endpoint)
    assert aliases(coffer) == ["a"]


@pytest.mark.parametrize("options", [[], ["--no-sign-request"]])
def test_a_server_that_is_no_s3_gets_no_alias(keyless, server, website, options):
    for url, expected_text in [
            (website, "not as S3 does"), (f"{website}/none", "not as S3 does"), ("http://127.0.0.1:9", "connect")]:
        result = keyless.run("alias", "set", "a", url, *options, env=keys_of(server), check=FAILED)
        assert expected_text in result.stderr and "--no-check" in result.stderr
    assert aliases(keyless) == []


@pytest.mark.parametrize("words, code", [
    (["alias", "set", "a b", "http://x"], USAGE), (["alias", "set", "..", "http://x"], USAGE), (["alias", "set", "a@b", "http://x"], USAGE),
    (["alias", "set", "a", "ftp://x"], FAILED), (["alias", "set", "a", "http://x", "--region", ""], USAGE),
    (["ls", "--alias", "none"], FAILED), (["ls", "--alias", "a", "--endpoint", "http://x"], USAGE)])
def test_what_cannot_be_is_reported(coffer, words, code):
    env = {} if code == FAILED else {"AWS_ACCESS_KEY_ID": ""}
    assert coffer.run(*words, check=code, env=env).stderr.startswith("coffer: ")


def test_setting_and_removing_say_what_was_done(keyless, server, home):
    output = keyless("alias", "set", "home", server.endpoint, env=keys_of(server))
    assert output == (
        f"alias home set: {server.endpoint} with the access key {server.access_key}, checked. Try: coffer ls home\n")
    output = keyless("alias", "set", "open", server.endpoint, "--no-sign-request", "--no-check")
    assert output.startswith(f"alias open set: {server.endpoint} with no keys, not checked.")
    output = json.loads(keyless("alias", "set", "home", server.endpoint, "--json", env=keys_of(server)))
    assert output == {"Action": "set_alias", "Name": "home", "Url": server.endpoint, "Region": None,
                      "AccessKeyId": server.access_key}
    assert keyless("alias", "remove", "home") == "alias home removed\n"


def test_the_form_of_mc_sets_an_alias_and_says_who_may_have_seen_the_secret(keyless, server, bucket):
    result = keyless.run("alias", "set", "home", server.endpoint, server.access_key, server.secret_key, check=DONE)
    assert "alias home set" in result.stdout and "the secret was on the command line" in result.stderr
    assert server.secret_key not in result.stdout + result.stderr
    assert bucket in keyless("ls", "--alias", "home")
    # If the secret is missing, the command asks for it.
    keyless("alias", "set", "b", server.endpoint, server.access_key, stdin=server.secret_key.encode())
    assert bucket in keyless("ls", "--alias", "b")
    wrong = keyless.run("alias", "set", "c", server.endpoint, server.access_key, "wrong", check=FAILED)
    assert "SignatureDoesNotMatch" in wrong.stderr and aliases(keyless) == ["b", "home"]


@pytest.mark.parametrize("words, expected_text", [
    (["KEY", "--access-key", "ID"], "given twice"), (["KEY", "SECRET", "--no-sign-request"], "either keys or --no-sign-request"),
    (["KEY", "SECRET", "S3v4"], "unexpected argument 'S3v4'")])
def test_keys_that_contradict_each_other_are_refused(keyless, server, words, expected_text):
    assert expected_text in keyless.run("alias", "set", "a", server.endpoint, *words, check=USAGE).stderr
    assert aliases(keyless) == []


@pytest.fixture
def aliased(keyless, server, tmp_path):
    """A command line whose only setting is an alias, in its own directory."""
    keyless("alias", "set", "home", server.endpoint, env=keys_of(server))
    (tmp_path / "here").mkdir()

    def run(*words, **options):
        return keyless(*words, cwd=tmp_path / "here", **options)

    run.run = lambda *words, **options: keyless.run(*words, cwd=tmp_path / "here", **options)
    run.folder = tmp_path / "here"
    return run


def test_paths_of_an_alias_are_those_of_mc(aliased, s3, bucket, name):
    (aliased.folder / "f").write_bytes(b"some bytes")
    assert aliased("cp", "f", f"home/{bucket}/dir/") == f"upload: f to s3://home@{bucket}/dir/f\n"
    assert bucket in aliased("ls", "home") and bucket in aliased("ls", "home/")
    assert aliased("ls", f"home/{bucket}/dir/").split()[-1] == "f"
    assert aliased("cat", f"home/{bucket}/dir/f") == "some bytes"
    assert json.loads(aliased("stat", "--json", f"home/{bucket}/dir/f"))["ContentLength"] == 10
    aliased("cp", f"home/{bucket}/dir/f", f"home/{bucket}/g")
    aliased("cp", f"home/{bucket}/g", "down")
    assert (aliased.folder / "down").read_bytes() == b"some bytes"
    aliased("sync", f"home/{bucket}", "synced")
    assert (aliased.folder / "synced" / "dir" / "f").exists()
    assert f"s3://home@{bucket}/" in aliased("du", f"home/{bucket}") and "dir/" in aliased("tree", f"home/{bucket}")
    aliased("rm", "-r", f"home/{bucket}/dir")
    assert [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["g"]
    aliased("mb", f"home/{name}")
    aliased("policy", "set", f"home/{name}", stdin=public_read_policy(name).encode())
    aliased("policy", "delete", f"home/{name}")
    aliased("rb", f"home/{name}")


def test_a_path_that_is_here_as_well_is_neither(aliased, s3, bucket):
    """If the wrong one were written or deleted, data would be lost."""
    (aliased.folder / "home" / bucket).mkdir(parents=True)
    (aliased.folder / "home" / bucket / "mine").write_bytes(b"1")
    s3.put_object(Bucket=bucket, Key="theirs", Body=b"2")
    for words in (["cp", f"home/{bucket}/mine", f"s3://home@{bucket}/x"], ["cp", f"s3://home@{bucket}/theirs", "home/new"],
                  ["sync", "--delete", f"s3://home@{bucket}", f"home/{bucket}"], ["mv", f"home/{bucket}/theirs", "got"]):
        output = aliased.run(*words, check=USAGE).stderr
        assert "could be a local path or belong to the alias 'home': write ./home/" in output
        assert "or s3://home@" in output
    assert (aliased.folder / "home" / bucket / "mine").exists() and s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 1
    aliased("cp", f"./home/{bucket}/mine", f"s3://home@{bucket}/mine")
    # Where only a URL is possible, local paths are ignored; and a name without a slash is a local path.
    assert aliased("cat", f"home/{bucket}/mine") == "1"
    aliased("cp", "-r", "home", f"s3://home@{bucket}/all")
    assert s3.head_object(Bucket=bucket, Key=f"all/{bucket}/mine")


def test_what_is_no_path_of_an_alias_is_reported(aliased, bucket):
    (aliased.folder / "f").write_bytes(b"1")
    assert "did you mean 's3://other/x'? There is no alias 'other'" in aliased.run("ls", "other/x", check=USAGE).stderr
    assert "FROM or TO must be on S3: s3://BUCKET/KEY or ALIAS/BUCKET/KEY" in aliased.run(
        "cp", "f", "other/b/", check=USAGE).stderr
    assert "'home' is an alias: give its bucket as home/BUCKET" in aliased.run("mb", "home", check=USAGE).stderr
    assert "has no bucket" in aliased.run("cp", "f", "home/", check=USAGE).stderr
    assert "'UP' is not a valid bucket name" in aliased.run("ls", "home/UP", check=USAGE).stderr


def test_the_profile_of_awss_tools_is_used(keyless, server, bucket, tmp_path):
    (tmp_path / "config").write_text(f"[profile mine]\nendpoint_url = {server.endpoint}\nregion = eu-west-3\n")
    (tmp_path / "credentials").write_text(
        f"[mine]\naws_access_key_id = {server.access_key}\naws_secret_access_key = {server.secret_key}\n")
    env = {"AWS_CONFIG_FILE": str(tmp_path / "config"), "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials")}
    assert bucket in keyless("ls", "--profile", "mine", env=env)
    assert bucket in keyless("ls", env={**env, "AWS_PROFILE": "mine"})


def test_packages_are_found_by_an_alias_in_their_url(keyless, server, bucket, tmp_path):
    keyless("alias", "set", "home", server.endpoint, env=keys_of(server))
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "t.csv").write_text("year,amount\n2026,1\n")
    keyless("package", "init", "--currency", "EUR", tmp_path / "tables")
    place = f"s3://home@{bucket}/me/tables/"
    keyless("package", "publish", tmp_path / "tables", place)
    keyless("package", "validate", place)
    keyless("package", "show", place)
    assert "tables" in keyless("package", "list", f"s3://home@{bucket}/")
