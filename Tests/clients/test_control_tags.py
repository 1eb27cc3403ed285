"""Tags of buckets through S3 Control, as infrastructure tools use it, and tags in CreateBucket."""

import threading
import uuid

import botocore.config
import botocore.exceptions
import pytest

from conftest import make_client, policy_of
from signed import V4, Signed

ACCOUNT = "000000000000"
#: Clients without parameter validation, so that the server has to refuse invalid values.
UNCHECKED = botocore.config.Config(parameter_validation=False)
DUPLICATE = "There are duplicate tag keys in your request. Remove the duplicate tag keys and try again."
RESERVED = ('User-defined tag keys can\'t start with "aws:". This prefix is reserved for system tags. Remove "aws:" from '
            "your tag keys and try again.")
INVALID = ("This request contains a tag key or value that isn't valid. Valid characters include the following: "
           "[a-zA-Z+-=._:/]. Tag keys can contain up to 128 characters. Tag values can contain up to 256 characters.")
#: Tags that are refused, with the error code, the message, and the key that it names.
BAD_TAGS = [
    ([("a", "1"), ("a", "2")], "InvalidTag", DUPLICATE, "a"), ([("aws:a", "1")], "InvalidTag", RESERVED, None),
    ([("AWS:a", "1")], "InvalidTag", RESERVED, None), ([("a&b", "1")], "InvalidTag", INVALID, "a&b"),
    ([("a", "1&2")], "InvalidTag", INVALID, "a"), ([("k" * 129, "")], "InvalidTag", INVALID, "k" * 129),
    ([("", "1")], "InvalidTag", INVALID, ""), ([("a", "v" * 257)], "InvalidTag", INVALID, "a"),
    ([(f"k{number}", "") for number in range(51)], "BadRequest", "Bucket tag count cannot be greater than 50", None)]


def tag_list(tags):
    return [{"Key": key, "Value": value} for key, value in (tags.items() if isinstance(tags, dict) else tags)]


@pytest.fixture
def control(server, local_control_hosts):
    return make_control(server)


@pytest.fixture
def local_control_hosts(monkeypatch):
    """S3 Control's clients put the account before the host."""
    import socket
    found = socket.getaddrinfo

    def getaddrinfo(host, *arguments, **options):
        return found("127.0.0.1" if str(host).endswith(".localhost") else host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


class Local:
    """The server under the name localhost, so that a host name may begin with an account's id."""

    def __init__(self, server, access_key=None, secret_key=None):
        self.endpoint = f"http://localhost:{server.port}"
        self.access_key, self.secret_key = access_key or server.access_key, secret_key or server.secret_key


def make_control(server, access_key=None, secret_key=None):
    return make_client(Local(server, access_key, secret_key), service="s3control", config=UNCHECKED)


def arn(bucket):
    return {"AccountId": ACCOUNT, "ResourceArn": f"arn:aws:s3:::{bucket}"}


def tags_of(control, bucket):
    return {tag["Key"]: tag["Value"] for tag in control.list_tags_for_resource(**arn(bucket))["Tags"]}


def error_of(function, *arguments, **options):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        function(*arguments, **options)
    error, answer = caught.value.response["Error"], caught.value.response["ResponseMetadata"]
    return error["Code"], error["Message"], answer["HTTPStatusCode"]


def status(answer):
    return answer["ResponseMetadata"]["HTTPStatusCode"]


def test_tags_are_added_replaced_and_taken_away(control, s3, bucket, refused):
    assert tags_of(control, bucket) == {}
    assert status(control.tag_resource(**arn(bucket), Tags=tag_list({"a": "1", "b": "ü 日本"}))) == 204
    assert status(control.tag_resource(**arn(bucket), Tags=tag_list({"a": "2", "c": ""}))) == 204
    assert tags_of(control, bucket) == {"a": "2", "b": "ü 日本", "c": ""}
    found = {tag["Key"]: tag["Value"] for tag in s3.get_bucket_tagging(Bucket=bucket)["TagSet"]}
    assert found == {"a": "2", "b": "ü 日本", "c": ""}
    assert status(control.untag_resource(**arn(bucket), TagKeys=["a", "b", "missing"])) == 204
    assert tags_of(control, bucket) == {"c": ""}
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tag_list({"d": "4"})})
    assert tags_of(control, bucket) == {"d": "4"}
    control.untag_resource(**arn(bucket), TagKeys=["d"])
    assert refused(s3.get_bucket_tagging, Bucket=bucket) == ("NoSuchTagSet", 404)
    assert tags_of(control, bucket) == {}


def test_a_bucket_has_fifty_tags_at_most(control, bucket):
    control.tag_resource(**arn(bucket), Tags=tag_list({f"k{number}": "" for number in range(50)}))
    control.tag_resource(**arn(bucket), Tags=tag_list({"k7": "new"}))
    code, message, number = error_of(control.tag_resource, **arn(bucket), Tags=tag_list({"one more": ""}))
    assert (code, message, number) == ("BadRequest", "Bucket tag count cannot be greater than 50", 400)
    assert len(tags_of(control, bucket)) == 50 and tags_of(control, bucket)["k7"] == "new"


@pytest.mark.parametrize("tags, code, message, key", BAD_TAGS, ids=lambda value: ascii(value)[:24])
def test_invalid_tags_are_refused(control, bucket, tags, code, message, key):
    control.tag_resource(**arn(bucket), Tags=tag_list({"old": "kept"}))
    assert error_of(control.tag_resource, **arn(bucket), Tags=tag_list(tags)) == (code, message, 400)
    assert tags_of(control, bucket) == {"old": "kept"}


@pytest.mark.parametrize("name", ["no-such-bucket-anywhere", "No", "arn:aws:s3:us-east-1:000000000000:accesspoint/a"])
def test_what_is_not_there_has_no_tags(control, name):
    names = {"AccountId": ACCOUNT, "ResourceArn": name if name.startswith("arn:") else f"arn:aws:s3:::{name}"}
    missing = ("NoSuchResource", "The specified resource doesn't exist.", 404)
    assert error_of(control.list_tags_for_resource, **names) == missing
    assert error_of(control.tag_resource, **names, Tags=tag_list({"a": "1"})) == missing
    assert error_of(control.untag_resource, **names, TagKeys=["a"]) == missing


@pytest.fixture
def ask(server, connection):
    def call(method, target, query="", headers=(("x-amz-account-id", ACCOUNT),), body=b""):
        return Signed(server, V4, method, target, query, headers, body).send(connection)

    return call


def test_the_answer_is_of_s3_control(ask, control, bucket):
    control.tag_resource(**arn(bucket), Tags=tag_list({"a": "1"}))
    for path in (f"arn:aws:s3:::{bucket}", f"arn%3Aaws%3As3%3A%3A%3A{bucket}"):
        answer = ask("GET", f"/v20180820/tags/{path}")
        assert (answer.status, answer.header("content-type")) == (200, "application/xml")
        assert answer.body.decode().splitlines()[1] == (
            '<ListTagsForResourceResult xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/"><Tags><Tag>'
            "<Key>a</Key><Value>1</Value></Tag></Tags></ListTagsForResourceResult>")
    answer = ask("GET", "/v20180820/tags/arn:aws:s3:::no-such-bucket-anywhere")
    assert answer.status == 404 and b"<ErrorResponse><Error><Code>NoSuchResource</Code>" in answer.body


@pytest.mark.parametrize("body", [
    b"<TagResourceRequest/>", b"<TagResourceRequest><Tag><Key>a</Key><Value>b</Value></Tag></TagResourceRequest>",
    b"<TagResourceRequest><Tags><Tag><Key>a</Key></Tag></Tags></TagResourceRequest>",
    b"<TagResourceRequest><Tags><Tag><Key>a</Key><Value>b</Value><X/></Tag></Tags></TagResourceRequest>",
    b"<Tagging><Tags/></Tagging>"])
def test_a_document_of_another_shape_is_malformed(ask, control, bucket, body):
    answer = ask("POST", f"/v20180820/tags/arn:aws:s3:::{bucket}", body=body)
    assert answer.status == 400 and b"<Code>MalformedXML</Code>" in answer.body
    assert tags_of(control, bucket) == {}


def test_a_request_without_a_document_is_refused(ask, control, bucket):
    answer = ask("POST", f"/v20180820/tags/arn:aws:s3:::{bucket}", body=b"")
    assert answer.status == 400 and b"<Code>MissingRequestBodyError</Code>" in answer.body
    assert tags_of(control, bucket) == {}


def test_a_request_names_its_account_and_its_keys(ask, bucket, s3):
    for headers, status, code in [((), 400, b"InvalidRequest"), ((("x-amz-account-id", "111122223333"),), 403, b"AccessDenied")]:
        for method, query in [("GET", ""), ("DELETE", "tagKeys=a"), ("POST", "")]:
            body = b"<TagResourceRequest><Tags/></TagResourceRequest>" if method == "POST" else b""
            answer = ask(method, f"/v20180820/tags/arn:aws:s3:::{bucket}", query, headers, body)
            assert answer.status == status and b"<ErrorResponse><Error><Code>%s</Code>" % code in answer.body
    assert ask("DELETE", f"/v20180820/tags/arn:aws:s3:::{bucket}").status == 400
    assert ask("GET", "/v20180820/tags/books").status == 400
    for path in ("configuration/publicAccessBlock", "jobs", "accesspoint/a"):
        answer = ask("GET", f"/v20180820/{path}", headers=())
        assert answer.status == 400 and b"x-amz-account-id" in answer.body, path
    answer = ask("GET", "/v20180820/any-key", headers=())
    assert (answer.status, answer["Code"], answer["BucketName"]) == (404, "NoSuchBucket", "v20180820")


def test_each_operation_has_a_right_of_its_own(account_server, root_s3, member, local_control_hosts, refused):
    bucket = f"tags-{uuid.uuid4().hex[:20]}"
    root_s3.create_bucket(Bucket=bucket)
    control = make_control(account_server, member.key["AccessKeyId"], member.key["SecretAccessKey"])
    calls = {"TagResource": lambda: control.tag_resource(**arn(bucket), Tags=tag_list({"a": "1"})),
             "UntagResource": lambda: control.untag_resource(**arn(bucket), TagKeys=["a"]),
             "ListTagsForResource": lambda: control.list_tags_for_resource(**arn(bucket))}
    for name, call in calls.items():
        member.may(*(f"s3:{other}" for other in calls if other != name), resource=f"arn:aws:s3:::{bucket}")
        assert refused(call) == ("AccessDenied", 403), name
        member.may(f"s3:{name}", resource=f"arn:aws:s3:::{bucket}")
        call()


def test_policies_see_the_tags_of_the_request(account_server, root_s3, iam, member, local_control_hosts, refused):
    bucket = f"tags-{uuid.uuid4().hex[:20]}"
    root_s3.create_bucket(Bucket=bucket)
    keys = member.key["AccessKeyId"], member.key["SecretAccessKey"]
    control, s3 = make_control(account_server, *keys), make_client(account_server, *keys)
    allowed = {"StringEquals": {"aws:RequestTag/team": "budget"}, "ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}
    iam.put_user_policy(UserName=member.name, PolicyName="own", PolicyDocument=policy_of(
        "s3:TagResource", "s3:CreateBucket", Condition=allowed))
    untag = policy_of("s3:UntagResource", Condition={"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}})
    iam.put_user_policy(UserName=member.name, PolicyName="untag", PolicyDocument=untag)
    control.tag_resource(**arn(bucket), Tags=tag_list({"team": "budget"}))
    denied = ("AccessDenied", 403)
    assert refused(control.tag_resource, **arn(bucket), Tags=tag_list({"team": "other"})) == denied
    assert refused(control.tag_resource, **arn(bucket), Tags=tag_list({"team": "budget", "b": ""})) == denied
    assert refused(control.untag_resource, **arn(bucket), TagKeys=["team", "b"]) == denied
    control.untag_resource(**arn(bucket), TagKeys=["team"])
    new = f"new-{uuid.uuid4().hex[:20]}"
    assert refused(s3.create_bucket, Bucket=new) == denied
    assert refused(s3.create_bucket, Bucket=new, CreateBucketConfiguration={"Tags": tag_list({"team": "x"})}) == denied
    s3.create_bucket(Bucket=new, CreateBucketConfiguration={"Tags": tag_list({"team": "budget"})})


def test_of_many_changes_at_once_none_is_lost(control, server, bucket):
    def work(number):
        make_control(server).tag_resource(**arn(bucket), Tags=tag_list({f"k{number}": str(number)}))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tags_of(control, bucket) == {f"k{number}": str(number) for number in range(16)}


# Tags in CreateBucket

def make(s3, name, **settings):
    return s3.create_bucket(Bucket=name, CreateBucketConfiguration=settings)


@pytest.fixture
def new():
    return f"new-{uuid.uuid4().hex[:20]}"


def test_a_bucket_is_made_with_its_tags(s3, control, new):
    made = make(s3, new, Tags=tag_list({"a": "1", "b": "2"}))
    assert made["BucketArn"] == f"arn:aws:s3:::{new}" and made["Location"] == f"/{new}"
    assert tags_of(control, new) == {"a": "1", "b": "2"}
    # The same request again succeeds; other tags are refused, as they would be lost.
    make(s3, new, Tags=tag_list({"a": "1", "b": "2"}))
    s3.create_bucket(Bucket=new)
    assert error_of(make, s3, new, Tags=tag_list({"a": "3"}))[::2] == ("BucketAlreadyOwnedByYou", 409)
    assert tags_of(control, new) == {"a": "1", "b": "2"}


@pytest.mark.parametrize("tags, code, message, key", BAD_TAGS, ids=lambda value: ascii(value)[:24])
def test_no_bucket_is_made_with_invalid_tags(server, s3, new, refused, tags, code, message, key):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        make(make_client(server, config=UNCHECKED), new, Tags=tag_list(tags))
    error = caught.value.response["Error"]
    assert (error["Code"], error["Message"], error.get("TagKey")) == (code, message, key or None)
    assert refused(s3.head_bucket, Bucket=new) == ("404", 404)


@pytest.mark.parametrize("body", [
    "<Tags><Tag><Key>a</Key></Tag></Tags>", "<Tags><X/></Tags>", "<Unknown/>",
    "<Location><Type>AvailabilityZone</Type><Name>use1-az4</Name></Location>",
    "<Bucket><Type>Directory</Type></Bucket>", "<Tags/><Tags/>"])
def test_a_document_with_something_else_makes_no_bucket(ask, s3, new, refused, body):
    document = f"<CreateBucketConfiguration>{body}</CreateBucketConfiguration>".encode()
    answer = ask("PUT", f"/{new}", headers=(), body=document)
    assert (answer.status, answer["Code"]) == (400, "MalformedXML")
    assert refused(s3.head_bucket, Bucket=new) == ("404", 404)


def test_a_bucket_with_tags_needs_the_right_to_tag(account_server, root_s3, member, new, refused):
    s3 = make_client(account_server, member.key["AccessKeyId"], member.key["SecretAccessKey"])
    member.may("s3:CreateBucket")
    assert refused(make, s3, new, Tags=tag_list({"a": "1"})) == ("AccessDenied", 403)
    assert refused(root_s3.head_bucket, Bucket=new) == ("404", 404)
    member.may("s3:CreateBucket", "s3:TagResource")
    make(s3, new, Tags=tag_list({"a": "1"}))
    assert root_s3.get_bucket_tagging(Bucket=new)["TagSet"] == tag_list({"a": "1"})


def test_the_arn_of_a_bucket_is_reported(s3, new):
    assert s3.create_bucket(Bucket=new)["BucketArn"] == f"arn:aws:s3:::{new}"
    assert s3.head_bucket(Bucket=new)["BucketArn"] == f"arn:aws:s3:::{new}"
    assert s3.list_buckets(Prefix=new)["Buckets"][0]["BucketArn"] == f"arn:aws:s3:::{new}"
    assert all("BucketArn" not in bucket for bucket in s3.list_buckets()["Buckets"])


def test_the_name_of_another_accounts_bucket_is_reported(account_server, root_s3, new):
    from accounts import THIRD_ACCOUNT
    root_s3.create_bucket(Bucket=new)
    other = make_client(account_server, THIRD_ACCOUNT.access_key, THIRD_ACCOUNT.secret_key)
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        other.create_bucket(Bucket=new)
    error = caught.value.response["Error"]
    assert (error["Code"], error["BucketName"]) == ("BucketAlreadyExists", new)


@pytest.mark.parametrize("name, namespace, code", [
    ("{}-000000000000-us-east-1-an", "account-regional", None), ("{}-000000000000-us-east-1-an", None, "InvalidBucketName"),
    ("{}-000000000000-us-east-1-an", "global", "InvalidBucketName"), ("{}-an", None, "InvalidBucketName"),
    ("{}", "account-regional", "InvalidBucketName"), ("{}", "global", None), ("{}", "local", "InvalidArgument"),
    ("{}-111122223333-us-east-1-an", "account-regional", "InvalidBucketName"),
    ("{}-000000000000-eu-west-1-an", "account-regional", "InvalidBucketName"), ("{}-anan", None, None)])
def test_a_bucket_is_made_in_its_namespace(ask, s3, refused, name, namespace, code):
    name = name.format(f"ns-{uuid.uuid4().hex[:12]}")
    headers = [("x-amz-bucket-namespace", namespace)] if namespace else []
    answer = ask("PUT", f"/{name}", headers=headers)
    if code is None:
        assert answer.status == 200, answer
        s3.put_object(Bucket=name, Key="k", Body=b"k")
        return
    assert (answer.status, answer["Code"]) == (400, code)
    assert refused(s3.head_bucket, Bucket=name) == ("404", 404)


def test_a_policy_demands_a_namespace(account_server, root_s3, iam, member, refused):
    s3 = make_client(account_server, member.key["AccessKeyId"], member.key["SecretAccessKey"])
    iam.put_user_policy(UserName=member.name, PolicyName="own", PolicyDocument=policy_of(
        "s3:CreateBucket", Condition={"StringEquals": {"s3:x-amz-bucket-namespace": "account-regional"}}))
    name = f"ns-{uuid.uuid4().hex[:12]}"
    assert refused(s3.create_bucket, Bucket=name) == ("AccessDenied", 403)
    s3.create_bucket(Bucket=f"{name}-000000000000-us-east-1-an", BucketNamespace="account-regional")
