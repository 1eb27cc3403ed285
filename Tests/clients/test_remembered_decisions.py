"""What policies allowed is remembered: nothing of it may outlive a change, or serve a caller with fewer rights."""

import pytest

from conftest import make_anonymous_client, make_client, policy_of


@pytest.fixture
def books(root_s3, name):
    root_s3.create_bucket(Bucket=name)
    root_s3.put_object(Bucket=name, Key="a/1", Body=b"1")
    root_s3.put_object(Bucket=name, Key="b/2", Body=b"2")
    return name


def read(client, bucket, key="a/1"):
    """Reads twice, because the second decision may be a remembered one."""
    return [client.get_object(Bucket=bucket, Key=key)["Body"].read() for _ in range(2)][0]


def test_what_a_user_may_no_longer_do_is_refused_at_once(iam, member, books, refused):
    s3 = member.client()
    member.may("s3:*")
    assert read(s3, books) == b"1"
    member.may("s3:GetObject", resource=f"arn:aws:s3:::{books}/a/*", effect="Deny", policy="denial")
    assert refused(s3.get_object, Bucket=books, Key="a/1") == ("AccessDenied", 403)
    assert read(s3, books, "b/2") == b"2"
    iam.delete_user_policy(UserName=member.name, PolicyName="denial")
    assert read(s3, books) == b"1"
    member.may("s3:GetObject", resource=f"arn:aws:s3:::{books}/b/*")
    assert refused(s3.get_object, Bucket=books, Key="a/1") == ("AccessDenied", 403)
    assert read(s3, books, "b/2") == b"2"


def test_a_boundary_counts_at_once(iam, member, books, name, refused):
    s3 = member.client()
    member.may("s3:*")
    assert read(s3, books) == b"1"
    boundary = iam.create_policy(PolicyName=f"{name}-limit", PolicyDocument=policy_of("s3:ListBucket"))["Policy"]["Arn"]
    iam.put_user_permissions_boundary(UserName=member.name, PermissionsBoundary=boundary)
    assert refused(s3.get_object, Bucket=books, Key="a/1") == ("AccessDenied", 403)
    assert s3.list_objects_v2(Bucket=books)["KeyCount"] == 2
    iam.delete_user_permissions_boundary(UserName=member.name)
    assert read(s3, books) == b"1"


def test_a_session_has_no_more_rights_than_its_own(account_server, member, books, refused):
    member.may("s3:*", "sts:*")
    s3 = member.client()
    assert read(s3, books) == b"1"
    session = member.client("sts").get_federation_token(Name="visit", Policy=policy_of("s3:ListBucket"))["Credentials"]
    limited = make_client(
        account_server, session["AccessKeyId"], session["SecretAccessKey"],
        aws_session_token=session["SessionToken"])
    for _ in range(2):
        assert refused(limited.get_object, Bucket=books, Key="a/1") == ("AccessDenied", 403)
        assert limited.list_objects_v2(Bucket=books)["KeyCount"] == 2
        assert read(s3, books) == b"1"


def test_a_bucket_that_is_no_longer_public_is_closed_at_once(root_s3, account_server, books, refused):
    anonymous = make_anonymous_client(account_server)
    root_s3.delete_public_access_block(Bucket=books)

    def publish(resource, **members):
        root_s3.put_bucket_policy(
            Bucket=books, Policy=policy_of("s3:GetObject", resource=resource, Principal="*", **members))

    everything = f"arn:aws:s3:::{books}/*"
    publish(everything)
    assert (read(anonymous, books), read(anonymous, books, "b/2")) == (b"1", b"2")
    publish(f"arn:aws:s3:::{books}/b/*")
    assert refused(anonymous.get_object, Bucket=books, Key="a/1") == ("AccessDenied", 403)
    assert read(anonymous, books, "b/2") == b"2"
    publish(everything)
    assert read(anonymous, books) == b"1"
    publish(everything, Condition={"StringEquals": {"aws:Referer": "https://example.org/"}})
    assert refused(anonymous.get_object, Bucket=books, Key="a/1") == ("AccessDenied", 403)
    publish(everything)
    assert read(anonymous, books) == b"1"
    root_s3.put_public_access_block(
        Bucket=books, PublicAccessBlockConfiguration={"RestrictPublicBuckets": True})
    assert refused(anonymous.get_object, Bucket=books, Key="a/1") == ("AccessDenied", 403)
    root_s3.delete_public_access_block(Bucket=books)
    assert read(anonymous, books) == b"1"
    root_s3.delete_bucket_policy(Bucket=books)
    assert refused(anonymous.get_object, Bucket=books, Key="a/1") == ("AccessDenied", 403)


def test_a_bucket_of_the_same_name_begins_anew(root_s3, account_server, name, refused):
    anonymous = make_anonymous_client(account_server)
    root_s3.create_bucket(Bucket=name)
    root_s3.delete_public_access_block(Bucket=name)
    root_s3.put_object(Bucket=name, Key="a/1", Body=b"1")
    root_s3.put_bucket_policy(
        Bucket=name, Policy=policy_of("s3:GetObject", resource=f"arn:aws:s3:::{name}/*", Principal="*"))
    assert read(anonymous, name) == b"1"
    root_s3.delete_object(Bucket=name, Key="a/1")
    root_s3.delete_bucket(Bucket=name)
    root_s3.create_bucket(Bucket=name)
    root_s3.put_object(Bucket=name, Key="a/1", Body=b"2")
    assert refused(anonymous.get_object, Bucket=name, Key="a/1") == ("AccessDenied", 403)
