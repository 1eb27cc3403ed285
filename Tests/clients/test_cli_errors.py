"""`coffer`'s messages about errors of a service: they name the bucket or object, and what to do."""

import json

import pytest

from cli import DONE, FAILED, USAGE, Client, keys


@pytest.fixture
def filled(s3, bucket):
    s3.put_object(Bucket=bucket, Key="dir/k", Body=b"1")
    return bucket


@pytest.mark.parametrize("words", [["stat", "{}"], ["cat", "{}"], ["cp", "{}", "."], ["mv", "{}", "."], ["cp", "{}", "s3://abc/k"]])
def test_an_object_that_is_not_there_is_named(coffer, filled, tmp_path, words):
    def error_for(url):
        result = coffer.run(*[word.format(url) for word in words], check=FAILED, cwd=tmp_path)
        assert result.stdout == ""
        return result.stderr

    for key in ["none", "di", "dir/k/none"]:
        url = f"s3://{filled}/{key}"
        assert error_for(url).startswith(f"coffer: {url}: there is no such object (404 NoSuchKey)")
    advice = {"cp": "use -r to copy it", "mv": "use -r to move it"}.get(words[0], "'coffer ls' lists what is in it")
    for key in ["dir", "dir/"] if words[0] in ("stat", "cat") else ["dir"]:
        assert error_for(f"s3://{filled}/{key}") == f"coffer: s3://{filled}/{key} is a folder: {advice}\n"
    assert error_for("s3://no-such-bucket/k").startswith(
        "coffer: s3://no-such-bucket/k: there is no such bucket (404 NoSuchBucket): 'coffer ls'")


@pytest.mark.parametrize("words", [
    ["ls"], ["ls", "-r"], ["ls", "--versions"], ["tree"], ["du"], ["stat"], ["rb"], ["rb", "--force"], ["rm", "-r"],
    ["rm", "-r", "--versions"], ["policy", "get"], ["policy", "delete"], ["cors", "get"], ["versioning", "get"]])
def test_a_bucket_that_is_not_there_is_named(coffer, words):
    result = coffer.run(*words, "s3://no-such-bucket", check=FAILED)
    assert result.stderr.startswith("coffer: s3://no-such-bucket: there is no such bucket (404 NoSuchBucket)")


@pytest.mark.parametrize("words", [
    ["cp", "-r", "s3://no-such-bucket", "{}/down"], ["sync", "s3://no-such-bucket", "{}/down"], ["sync", "{}", "s3://no-such-bucket"]])
def test_a_folder_of_a_bucket_that_is_not_there_is_named(coffer, tmp_path, words):
    (tmp_path / "file").write_bytes(b"1")
    result = coffer.run(*[word.format(tmp_path) for word in words], check=FAILED)
    assert result.stderr.startswith("coffer: s3://no-such-bucket: there is no such bucket (404 NoSuchBucket)")


def test_an_upload_that_fails_names_its_target(coffer, tmp_path):
    (tmp_path / "f").write_bytes(b"1")
    result = coffer.run("cp", "--json", tmp_path / "f", "s3://no-such-bucket/k", check=FAILED)
    assert f"upload of {tmp_path}/f to s3://no-such-bucket/k: NoSuchBucket" in result.stderr
    assert json.loads(result.stdout)[0]["Error"] == "NoSuchBucket: The specified bucket does not exist"


def test_a_profile_that_is_not_there_is_reported(coffer):
    for environment in ({"AWS_PROFILE": "typo"}, {"AWS_DEFAULT_PROFILE": "typo"}):
        output = coffer.run("ls", check=FAILED, env={**environment, "COFFER_ENDPOINT": ""}).stderr
        assert output.startswith("coffer: there is no profile 'typo' in the files of AWS's tools")
        assert f", which {list(environment)[0]} names" in output
    output = coffer.run("ls", "--profile", "typo", check=FAILED, env={"COFFER_ENDPOINT": ""}).stderr
    assert "there is no profile 'typo'" in output and "AWS_PROFILE" not in output


@pytest.mark.parametrize("environment, expected_text", [
    ({"COFFER_ENDPOINT": "nowhere"}, "COFFER_ENDPOINT: the endpoint must begin with http://"),
    ({"COFFER_ENDPOINT": "", "AWS_ENDPOINT_URL": "nowhere"}, "AWS_ENDPOINT_URL: the endpoint must begin with http://"),
    ({"COFFER_ENDPOINT": "", "COFFER_ALIAS": "none"}, "COFFER_ALIAS: there is no alias 'none'"),
    ({"COFFER_ENDPOINT": "", "AWS_ENDPOINT_URL_S3": "nowhere"}, "AWS_ENDPOINT_URL_S3: the endpoint must begin with http://"),
    ({"AWS_REGION": "a b"}, "AWS_REGION: 'a b' is not a valid region name"),
    ({"AWS_DEFAULT_REGION": "a/b"}, "AWS_DEFAULT_REGION: 'a/b' is not a valid region name"),
    ({"COFFER_ENDPOINT": "", "AWS_PROFILE": "x", "AWS_CONFIG_FILE": "/"}, "AWS_CONFIG_FILE: cannot read /: "),
    ({"AWS_SECRET_ACCESS_KEY": ""}, "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not"),
    ({"AWS_ACCESS_KEY_ID": "", "COFFER_ACCESS_KEY": "id"}, "COFFER_ACCESS_KEY is set, but COFFER_SECRET_KEY is not")])
def test_what_is_wrong_in_the_environment_is_named_as_it_was_given(coffer, environment, expected_text):
    assert coffer.run("ls", check=FAILED, env=environment).stderr.startswith(f"coffer: {expected_text}")


def test_what_is_wrong_on_the_command_line_is_named_as_it_was_given(coffer):
    for option, expected_text in [("--endpoint", "the endpoint must begin"), ("--alias", "there is no alias 'none'")]:
        environment = {"COFFER_ENDPOINT": "", "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
        result = coffer.run("ls", option, "none", check=FAILED, env=environment)
        assert result.stderr.startswith(f"coffer: {option}: {expected_text}")


def test_the_endpoint_of_a_service_comes_before_that_of_all(coffer, bucket, server):
    nowhere = "http://127.0.0.1:9"
    both = {"COFFER_ENDPOINT": "", "AWS_ENDPOINT_URL": nowhere, "AWS_ENDPOINT_URL_S3": server.endpoint}
    assert bucket in coffer.run("ls", check=DONE, env=both).stdout
    assert bucket in coffer.run("ls", check=DONE, env={**both, "AWS_ENDPOINT_URL_S3": nowhere, "COFFER_ENDPOINT": server.endpoint}).stdout
    assert "127.0.0.1 port 9 " in coffer.run("ls", check=FAILED, env={**both, "AWS_ENDPOINT_URL_S3": ""}).stderr
    ignored = {**both, "AWS_ENDPOINT_URL_S3": nowhere, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}
    assert "127.0.0.1 port 9 " not in coffer.run("ls", check=FAILED, env=ignored).stderr


def test_this_machine_is_reached_without_the_proxy(coffer, bucket):
    nowhere = {"http_proxy": "http://127.0.0.1:9", "all_proxy": "http://127.0.0.1:9"}
    assert bucket in coffer.run("ls", check=DONE, env=nowhere).stdout
    output = coffer.run("ls", "--endpoint", "http://s3.example.org", check=FAILED, env=nowhere).stderr
    assert "127.0.0.1 port 9" in output


def test_what_would_fail_as_well_is_not_tried(coffer, tmp_path):
    for number in range(300):
        (tmp_path / f"{number}").write_bytes(b"1")
    for url, env in [("s3://no-such-bucket", {}), ("s3://any", {"AWS_SECRET_ACCESS_KEY": "wrong"})]:
        lines = coffer.run("cp", "-r", tmp_path, url, check=FAILED, env=env).stderr.splitlines()
        assert len(lines) < 30 and lines[-1].endswith(" failed")
        assert lines.count("coffer: the rest would fail for the same reason and is not tried") == 1
    assert "the rest would" not in coffer.run("cp", tmp_path / "1", "s3://no-such-bucket", check=FAILED).stderr


def test_versions_and_delete_markers_are_reported(coffer, s3, filled):
    coffer("versioning", "set", f"s3://{filled}", "Enabled")
    s3.put_object(Bucket=filled, Key="k", Body=b"1")
    marker = s3.delete_object(Bucket=filled, Key="k")["VersionId"]
    url = f"s3://{filled}/k"
    for command in ["stat", "cat"]:
        assert "it is deleted (404 NoSuchKey): 'coffer ls --versions'" in coffer.run(command, url, check=FAILED).stderr
        assert "delete marker (405" in coffer.run(command, url, "--version-id", marker, check=FAILED).stderr
        for version in ["none", "null", marker[::-1]]:
            output = coffer.run(command, url, "--version-id", version, check=FAILED).stderr
            assert output.startswith(f"coffer: {url}: ") and ("no such version of it" in output or command == "cat")


@pytest.mark.parametrize("change, expected_text", [
    ({"AWS_ACCESS_KEY_ID": "somebody"}, "InvalidAccessKeyId"), ({"AWS_SECRET_ACCESS_KEY": "wrong"}, "SignatureDoesNotMatch")])
def test_keys_that_are_wrong_are_told_where_the_answer_has_no_document(coffer, filled, tmp_path, change, expected_text):
    for words in (["stat", f"s3://{filled}/dir/k"], ["stat", f"s3://{filled}"], ["cp", f"s3://{filled}/dir/k", tmp_path / "x"]):
        result = coffer.run(*words, check=FAILED, env=change)
        assert expected_text in result.stderr and "coffer alias set" in result.stderr
        assert f"s3://{filled}" in result.stderr


def test_what_may_not_be_read_is_named(root_s3, account_server, member, name, tmp_path):
    root_s3.create_bucket(Bucket=name)
    root_s3.put_object(Bucket=name, Key="dir/k", Body=b"1")
    coffer = Client(account_server, tmp_path, AWS_ACCESS_KEY_ID=member.key["AccessKeyId"],
                    AWS_SECRET_ACCESS_KEY=member.key["SecretAccessKey"])
    for key in ["dir/k", "none"]:
        for words in (["stat"], ["cat"]):
            output = coffer.run(*words, f"s3://{name}/{key}", check=FAILED).stderr
            assert output.startswith(f"coffer: s3://{name}/{key}: AccessDenied")
    assert coffer.run("stat", f"s3://{name}", check=FAILED).stderr.startswith(f"coffer: s3://{name}: AccessDenied")
    member.may("s3:ListBucket")
    assert "404 NoSuchKey" in coffer.run("stat", f"s3://{name}/none", check=FAILED).stderr
    assert "AccessDenied" in coffer.run("stat", f"s3://{name}/dir/k", check=FAILED).stderr


def test_a_bucket_that_is_not_empty_has_a_way_out(coffer, filled):
    assert "'coffer rb --force'" in coffer.run("rb", f"s3://{filled}", check=FAILED).stderr


def test_a_folder_is_not_deleted_as_an_object(coffer, s3, filled):
    output = coffer.run("rm", f"s3://{filled}/dir", check=FAILED)
    assert output.stderr == f"coffer: s3://{filled}/dir is a folder: use -r to delete it\n" and output.stdout == ""
    assert "use -r to delete everything in it" in coffer.run("rm", f"s3://{filled}", check=USAGE).stderr
    # A missing object is not an error, as in S3; an object is deleted even if a folder has its name.
    coffer("rm", f"s3://{filled}/none")
    s3.put_object(Bucket=filled, Key="dir", Body=b"1")
    assert coffer("rm", f"s3://{filled}/dir") == f"delete: s3://{filled}/dir\n"
    assert keys(s3, filled) == ["dir/k"]


def test_who_may_delete_and_not_read_deletes(root_s3, account_server, member, name, tmp_path):
    root_s3.create_bucket(Bucket=name)
    root_s3.put_object(Bucket=name, Key="k", Body=b"1")
    member.may("s3:DeleteObject")
    coffer = Client(account_server, tmp_path, AWS_ACCESS_KEY_ID=member.key["AccessKeyId"],
                    AWS_SECRET_ACCESS_KEY=member.key["SecretAccessKey"])
    assert coffer("rm", f"s3://{name}/k") == f"delete: s3://{name}/k\n" and keys(root_s3, name) == []
