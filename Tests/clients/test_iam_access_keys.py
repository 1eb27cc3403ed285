"""Access keys: at most two per user, switched off and on, replaced without a restart, never in plain text on disk."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import botocore.config
import botocore.exceptions
import pytest

import servers
from conftest import aws_cli, datastore_environment, make_client, root_environment, start


def works(server, key):
    try:
        make_client(server, key["AccessKeyId"], key["SecretAccessKey"], service="sts").get_caller_identity()
    except Exception as error:
        return error.response["Error"]["Code"]
    return True


def test_a_user_has_two_keys_at_most(iam, member, refused):
    second = iam.create_access_key(UserName=member.name)["AccessKey"]
    assert second["AccessKeyId"].startswith("AKIA") and len(second["AccessKeyId"]) == 20
    assert len(second["SecretAccessKey"]) == 40 and second["Status"] == "Active"
    assert refused(iam.create_access_key, UserName=member.name) == ("LimitExceeded", 409)
    listed = iam.list_access_keys(UserName=member.name)["AccessKeyMetadata"]
    assert [key["AccessKeyId"] for key in listed] == [member.key["AccessKeyId"], second["AccessKeyId"]]
    assert all("SecretAccessKey" not in key for key in listed)


def test_many_at_once_make_no_more_keys_than_two(iam, name):
    iam.create_user(UserName=name)

    def make(_):
        try:
            return iam.create_access_key(UserName=name)["AccessKey"]["AccessKeyId"]
        except iam.exceptions.LimitExceededException:
            return None

    with ThreadPoolExecutor(8) as pool:
        made = [key for key in pool.map(make, range(16)) if key]
    listed = [key["AccessKeyId"] for key in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]]
    assert len(made) == 2 and sorted(listed) == sorted(made)


def test_a_key_is_switched_off_and_on_at_once(iam, account_server, member, refused):
    key = member.key["AccessKeyId"]
    member.may("s3:ListAllMyBuckets")
    s3 = member.client()
    s3.list_buckets()
    iam.update_access_key(UserName=member.name, AccessKeyId=key, Status="Inactive")
    assert iam.list_access_keys(UserName=member.name)["AccessKeyMetadata"][0]["Status"] == "Inactive"
    assert refused(s3.list_buckets) == ("InvalidAccessKeyId", 403)
    assert works(account_server, member.key) == "InvalidClientTokenId"
    iam.update_access_key(UserName=member.name, AccessKeyId=key, Status="Active")
    s3.list_buckets()


def test_keys_are_rotated_without_a_restart(iam, account_server, member):
    new = iam.create_access_key(UserName=member.name)["AccessKey"]
    assert works(account_server, new) is True and works(account_server, member.key) is True
    iam.delete_access_key(UserName=member.name, AccessKeyId=member.key["AccessKeyId"])
    assert works(account_server, new) is True
    assert works(account_server, member.key) == "InvalidClientTokenId"


def test_users_may_be_let_to_rotate_their_own(member, account_server, refused):
    member.may("iam:CreateAccessKey", "iam:DeleteAccessKey", "iam:ListAccessKeys", resource=member.arn)
    client = member.client("iam")
    new = client.create_access_key()["AccessKey"]
    assert new["UserName"] == member.name and works(account_server, new) is True
    assert len(client.list_access_keys()["AccessKeyMetadata"]) == 2
    client.delete_access_key(AccessKeyId=new["AccessKeyId"])
    assert refused(client.create_access_key, UserName="somebody-else") == ("AccessDenied", 403)


def test_when_a_key_was_last_used_is_reported(iam, account_server, member):
    key = member.key["AccessKeyId"]
    never = iam.get_access_key_last_used(AccessKeyId=key)
    assert never["UserName"] == member.name
    assert never["AccessKeyLastUsed"] == {"ServiceName": "N/A", "Region": "N/A"}
    make_client(account_server, key, member.key["SecretAccessKey"], service="sts",
                region_name="eu-central-1").get_caller_identity()
    used = iam.get_access_key_last_used(AccessKeyId=key)["AccessKeyLastUsed"]
    assert (used["ServiceName"], used["Region"]) == ("sts", "eu-central-1")
    assert abs(used["LastUsedDate"].timestamp() - time.time()) < 60


def test_a_key_that_there_is_not(iam, member, refused):
    for call in (iam.delete_access_key, lambda **options: iam.update_access_key(**options, Status="Active")):
        assert refused(call, UserName=member.name, AccessKeyId="AKIAAAAAAAAAAAAAAAAA") == ("NoSuchEntity", 404)
    assert refused(iam.get_access_key_last_used, AccessKeyId="AKIAAAAAAAAAAAAAAAAA") == ("NoSuchEntity", 404)


def test_anothers_key_is_not_changed_by_naming_oneself(iam, member, name, refused):
    iam.create_user(UserName=f"{name}-other")
    other = iam.create_access_key(UserName=f"{name}-other")["AccessKey"]
    member.may("iam:*AccessKey", resource=member.arn)
    client = member.client("iam")
    assert refused(client.delete_access_key, AccessKeyId=other["AccessKeyId"]) == ("NoSuchEntity", 404)
    assert refused(client.delete_access_key, UserName=member.name,
                   AccessKeyId=other["AccessKeyId"]) == ("NoSuchEntity", 404)
    assert len(iam.list_access_keys(UserName=f"{name}-other")["AccessKeyMetadata"]) == 1


def test_the_roots_key_is_listed_and_cannot_be_deleted(iam, account_server, refused):
    assert [key["AccessKeyId"] for key in iam.list_access_keys()["AccessKeyMetadata"]] == [account_server.access_key]
    assert refused(iam.delete_access_key, AccessKeyId=account_server.access_key) == ("UnmodifiableEntity", 400)
    assert refused(iam.update_access_key, AccessKeyId=account_server.access_key,
                   Status="Inactive") == ("UnmodifiableEntity", 400)


def test_the_root_makes_itself_a_further_key(tmp_path, refused):
    """One key is configured, and the root has at most two keys, like any user."""
    data = str(tmp_path / "data")
    with start("--data", data, **root_environment()) as server:
        iam = make_client(server, service="iam")
        made = iam.create_access_key()["AccessKey"]
        assert (made["UserName"], made["Status"], len(made["SecretAccessKey"])) == ("root", "Active", 40)
        assert refused(iam.create_access_key) == ("LimitExceeded", 409)
        listed = [key["AccessKeyId"] for key in iam.list_access_keys()["AccessKeyMetadata"]]
        assert listed == [server.access_key, made["AccessKeyId"]]
        own = make_client(server, made["AccessKeyId"], made["SecretAccessKey"], service="iam")
        assert own.get_user()["User"]["Arn"] == "arn:aws:iam::000000000000:root"
        assert iam.get_access_key_last_used(AccessKeyId=made["AccessKeyId"])["UserName"] == "root"
        iam.create_user(UserName="alice")
        assert refused(iam.delete_access_key, UserName="alice", AccessKeyId=made["AccessKeyId"]) == (
            "NoSuchEntity", 404)
    with start("--data", data, **root_environment()) as server:
        iam = make_client(server, service="iam")
        assert works(server, made) is True
        iam.update_access_key(AccessKeyId=made["AccessKeyId"], Status="Inactive")
        assert works(server, made) == "InvalidClientTokenId"
        iam.update_access_key(AccessKeyId=made["AccessKeyId"], Status="Active")
        assert works(server, made) is True
        iam.delete_access_key(AccessKeyId=made["AccessKeyId"])
        assert works(server, made) == "InvalidClientTokenId"
        assert len(iam.list_access_keys()["AccessKeyMetadata"]) == 1


def test_an_accounts_root_without_configured_keys_has_none_at_all(tmp_path):
    """The root's created keys only work while it has a configured key: without that, it has no access."""
    data, accounts = str(tmp_path / "data"), tmp_path / "accounts.json"
    keys = {"accessKeyId": "root-of-the-audit", "secretAccessKey": "secret-of-the-audits-root"}
    accounts.write_text(json.dumps([{"name": "audit", **keys}]))
    with start("--data", data, "--accounts", str(accounts), **root_environment()) as server:
        iam = make_client(server, *keys.values(), service="iam")
        made = iam.create_access_key()["AccessKey"]
        assert works(server, made) is True
    with start("--data", data, **root_environment()) as server:
        assert works(server, made) == "InvalidClientTokenId"


def test_a_status_that_keys_take_on_by_themselves_is_not_set(iam, member, refused):
    assert refused(iam.update_access_key, UserName=member.name, AccessKeyId=member.key["AccessKeyId"],
                   Status="Expired") == ("InvalidInput", 400)


# Over restarts, and on the disk

def test_keys_and_their_states_outlive_the_server(tmp_path, refused):
    data = str(tmp_path / "data")
    with start("--data", data, **root_environment()) as server:
        iam = make_client(server, service="iam")
        iam.create_user(UserName="alice")
        keys = [iam.create_access_key(UserName="alice")["AccessKey"] for _ in range(2)]
        assert works(server, keys[0]) is True
        iam.update_access_key(UserName="alice", AccessKeyId=keys[1]["AccessKeyId"], Status="Inactive")
        used = iam.get_access_key_last_used(AccessKeyId=keys[0]["AccessKeyId"])["AccessKeyLastUsed"]
    with start("--data", data, **root_environment()) as server:
        assert works(server, keys[0]) is True and works(server, keys[1]) == "InvalidClientTokenId"
    with start("--data", data, **root_environment()) as server:
        again = make_client(server, service="iam").get_access_key_last_used(AccessKeyId=keys[0]["AccessKeyId"])
        assert again["AccessKeyLastUsed"]["ServiceName"] == used["ServiceName"] == "sts"


def contents(directory):
    return {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def test_no_secret_stands_in_plain_text_on_the_disk(tmp_path):
    data = tmp_path / "data"
    with start("--data", str(data), **{**datastore_environment(), **root_environment()}) as server:
        iam = make_client(server, "root-of-the-tests", "root-secret-of-the-tests", service="iam")
        iam.create_user(UserName="alice")
        key = iam.create_access_key(UserName="alice")["AccessKey"]
        secrets = [key["SecretAccessKey"], datastore_environment()["OS_SECRET_ACCESS_KEY"]]
        for found in (contents(data), None):
            if found is None:
                assert server.stop() == 0
                found = contents(data)
            assert any(key["AccessKeyId"].encode() in text for text in found.values())
            for secret in secrets:
                assert [path for path, text in found.items() if secret.encode() in text] == []
    assert (data / "secrets.key").stat().st_mode & 0o777 == 0o600


def test_another_secrets_key_is_noticed_at_the_start(tmp_path):
    data = tmp_path / "data"
    with start("--data", str(data), **datastore_environment()):
        pass
    (data / "secrets.key").write_text("00" * 32 + "\n")
    ended = servers.run("serve", "--port", "0", "--data", str(data), env=datastore_environment())
    assert ended.returncode != 0 and "secrets.key" in ended.stderr
    (data / "secrets.key").write_text("nonsense")
    ended = servers.run("serve", "--port", "0", "--data", str(data), env=datastore_environment())
    assert ended.returncode != 0 and "does not contain a key" in ended.stderr


# The Datastore's own key

def datastore_iam(server):
    """An IAM client for the configured root; the ids of configured keys may be shorter than AWS's."""
    return make_client(
        server, "root-of-the-tests", "root-secret-of-the-tests", service="iam",
        config=botocore.config.Config(parameter_validation=False))


def test_a_new_key_of_the_datastore_takes_the_place_of_the_former(tmp_path):
    data, environment = str(tmp_path / "data"), {**datastore_environment(), **root_environment()}
    with start("--data", data, **environment):
        pass
    environment["OS_ACCESS_KEY_ID"] = "openspending-2"
    with start("--data", data, **environment) as server:
        keys = datastore_iam(server).list_access_keys(UserName="openspending-robot")["AccessKeyMetadata"]
        assert [key["AccessKeyId"] for key in keys] == ["openspending-2"]


def test_a_key_that_was_deleted_does_not_come_back_with_a_restart(tmp_path):
    data, environment = str(tmp_path / "data"), {**datastore_environment(), **root_environment()}
    with start("--data", data, **environment) as server:
        iam = datastore_iam(server)
        iam.create_access_key(UserName="openspending-robot")
        iam.delete_access_key(UserName="openspending-robot", AccessKeyId="openspending")
        iam.detach_user_policy(
            UserName="openspending-robot", PolicyArn="arn:aws:iam::aws:policy/AmazonS3FullAccess")
    with start("--data", data, **environment) as server:
        iam = datastore_iam(server)
        keys = iam.list_access_keys(UserName="openspending-robot")["AccessKeyMetadata"]
        assert len(keys) == 1 and keys[0]["AccessKeyId"].startswith("AKIA")
        assert not iam.list_attached_user_policies(UserName="openspending-robot")["AttachedPolicies"]


def test_the_cli_makes_and_switches_keys(account_server, name):
    aws = aws_cli(account_server)
    aws("iam", "create-user", "--user-name", name)
    key = json.loads(aws("iam", "create-access-key", "--user-name", name).stdout)["AccessKey"]
    aws("iam", "update-access-key", "--user-name", name, "--access-key-id", key["AccessKeyId"], "--status", "Inactive")
    listed = json.loads(aws("iam", "list-access-keys", "--user-name", name).stdout)["AccessKeyMetadata"]
    assert listed[0]["Status"] == "Inactive" and "SecretAccessKey" not in listed[0]
    own = aws_cli(account_server, key["AccessKeyId"], key["SecretAccessKey"])
    assert "InvalidClientTokenId" in own("sts", "get-caller-identity", check=False).stderr


def test_a_refusal_does_not_tell_whose_a_key_is(iam, member, name):
    iam.create_user(UserName=f"{name}-owner", Path="/secret/")
    key = iam.create_access_key(UserName=f"{name}-owner")["AccessKey"]["AccessKeyId"]
    messages = []
    for asked in key, "AKIA" + "A" * 16:
        with pytest.raises(botocore.exceptions.ClientError) as caught:
            member.client("iam").get_access_key_last_used(AccessKeyId=asked)
        messages.append(caught.value.response["Error"]["Message"])
    assert messages[0] == messages[1] and "user/*" in messages[0]
