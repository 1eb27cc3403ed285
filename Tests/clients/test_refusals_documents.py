"""Documents that S3's schema does not allow, made from valid ones, and bodies that are missing or do not match."""

import re
import xml.etree.ElementTree as ElementTree

import pytest

from refusals import BASES, DOCUMENTS, XSI, Place, elements, status_and_code
from wire import Connection

#: Elements that may occur several times.
LISTS = {"Object", "Tag", "Grant", "CORSRule", "AllowedOrigin", "AllowedMethod"}


@pytest.fixture(scope="module")
def place(server, s3):
    with Connection(server) as connection:
        yield Place(server, s3, connection, "documents")


@pytest.fixture(autouse=True, scope="module")
def good_documents(place):
    """Checks that the unchanged documents are accepted, so the tests below only see the effect of the change."""
    for operation in DOCUMENTS:
        answer = place.ask(operation)
        assert answer.status < 300, (operation, answer)


def malformed(operation):
    return 400, "MalformedACLError" if operation.endswith("Acl") else "MalformedXML"


def tags(document):
    """Names and ends of all elements' start tags."""
    return [(match[1], match.end()) for match in re.finditer(r"<(\w+)[^<>]*>", document)]


def containers(document):
    return [(name, end) for name, end in tags(document) if document[end] == "<" and document[end + 1] != "/"]


def changes(operation):
    """Name and document of every generic way to break a schema."""
    document = BASES[operation].body
    yield "no XML", "nonsense"
    yield "another root", f"<Another>{document[document.index('>') + 1:document.rindex('<')]}</Another>"
    yield "an open end", document[:-len(document[document.rindex("</"):])]
    yield "a document type", f"<!DOCTYPE x>{document}"
    yield "a document behind it", document + document
    for name, end in containers(document):
        yield f"an unknown element in {name}", f"{document[:end]}<Unknown>1</Unknown>{document[end:]}"
        yield f"text in {name}", f"{document[:end]}text{document[end:]}"
    for match in re.finditer(r"<(\w+)[^<>]*>[^<]+</\1>", document):
        if match[1] not in LISTS:
            yield f"{match[1]} twice", document[:match.end()] + match[0] + document[match.end():]


@pytest.mark.parametrize("operation, document", [
    pytest.param(operation, document, id=f"{operation}: {what}")
    for operation in DOCUMENTS for what, document in changes(operation)])
def test_a_document_beyond_the_schema(place, operation, document):
    answer = place.ask(operation, body=document)
    assert status_and_code(answer) == malformed(operation), answer
    assert elements(answer)["Message"] == "The XML you provided was not well-formed or did not validate against our published schema"


#: An element's value, its replacement, and the expected error if it is not "malformed document".
VALUES = {
    "DeleteObjects": [("<Quiet>true</Quiet>", "<Quiet>maybe</Quiet>"), ("<Key>nothing</Key>", "<Key></Key>"),
                      ("<Key>nothing</Key>", ""), ("<Object><Key>nothing</Key></Object>", "")],
    "PutBucketAcl": (ACL := [
        ("FULL_CONTROL", "EVERYTHING"), ("FULL_CONTROL", "full_control"), ("<Permission>FULL_CONTROL</Permission>", ""),
        ('xsi:type="CanonicalUser"', 'xsi:type="Somebody"'), ('xsi:type="CanonicalUser"', 'xsi:type="Group"'),
        ('xsi:type="CanonicalUser"', 'type="CanonicalUser"'), ('xsi:type="CanonicalUser"', ""),
        ("<ID>OWNER</ID></Grantee>", "</Grantee>"), ("<ID>OWNER</ID></Grantee>", "<ID>OWNER</ID><URI>x</URI></Grantee>"),
        ("<Owner><ID>OWNER</ID></Owner>", ""), ("<ID>OWNER</ID></Owner>", "</Owner>"),
        (re.compile("<AccessControlList>.*</AccessControlList>"), ""),
        (re.compile("<Grantee.*</Grantee>"), ""),
        ("<ID>OWNER</ID></Grantee>", "<ID>nobody</ID></Grantee>", "InvalidArgument", "Invalid id"),
        ('xsi:type="CanonicalUser"><ID>OWNER</ID>', 'xsi:type="Group"><URI>nobody</URI>', "InvalidArgument",
         "Invalid group uri"),
        ('xsi:type="CanonicalUser"><ID>OWNER</ID>',
         'xsi:type="AmazonCustomerByEmail"><EmailAddress>nobody@example.org</EmailAddress>',
         "UnresolvableGrantByEmailAddress", None)]),
    "PutObjectAcl": ACL,
    "PutBucketCors": [
        ("<AllowedMethod>GET</AllowedMethod>", ""), ("<AllowedOrigin>http://a</AllowedOrigin>", ""),
        ("<MaxAgeSeconds>1<", "<MaxAgeSeconds>soon<"), (re.compile("<CORSRule>.*</CORSRule>"), ""),
        ("GET", "BREW", "InvalidRequest", "Found unsupported HTTP method in CORS config. Unsupported method is BREW"),
        ("http://a", "http://*.*", "InvalidRequest", 'AllowedOrigin "http://*.*" can not have more than one wildcard.')],
    "PutBucketEncryption": [
        ("AES256", "ROT13"), ("<SSEAlgorithm>AES256</SSEAlgorithm>", ""), ("false", "maybe"), (re.compile("<Rule>.*</Rule>"), ""),
        ("</SSEAlgorithm>", "</SSEAlgorithm><KMSMasterKeyID>k</KMSMasterKeyID>", "InvalidArgument", None)],
    "PutBucketOwnershipControls": [("ObjectWriter", "Everybody"), ("<ObjectOwnership>ObjectWriter</ObjectOwnership>", ""),
                                   (re.compile("<Rule>.*</Rule>"), "")],
    "PutBucketTagging": (TAGS := [
        ("<Key>a</Key>", ""), ("<Value>b</Value>", ""), (re.compile("<TagSet>.*</TagSet>"), ""),
        ("<Key>a<", "<Key><", "InvalidTag", "The TagKey you have provided is invalid"),
        ("<Key>a<", f"<Key>{'a' * 129}<", "InvalidTag", "The TagKey you have provided is invalid"),
        ("<Key>a<", "<Key>a;<", "InvalidTag", "The TagKey you have provided is invalid"),
        ("<Value>b<", f"<Value>{'b' * 257}<", "InvalidTag", "The TagValue you have provided is invalid"),
        ("<Value>b<", "<Value>b;<", "InvalidTag", "The TagValue you have provided is invalid"),
        ("<Key>a<", "<Key>aws:a<", "InvalidTag", "System tags cannot be added/updated by requester"),
        ("</TagSet>", "<Tag><Key>a</Key><Value>c</Value></Tag></TagSet>", "InvalidTag",
         "Cannot provide multiple Tags with the same key")]) + [
        ("</TagSet>", "".join(f"<Tag><Key>k{n}</Key><Value/></Tag>" for n in range(50)) + "</TagSet>", "BadRequest",
         "Bucket tags cannot be greater than 50")],
    "PutObjectTagging": TAGS + [
        ("</TagSet>", "".join(f"<Tag><Key>k{n}</Key><Value/></Tag>" for n in range(10)) + "</TagSet>", "BadRequest",
         "Object tags cannot be greater than 10")],
    "PutBucketVersioning": [
        ("Enabled", "enabled"), ("Enabled", "Disabled"), ("Disabled", "maybe"), ("MfaDelete", "MFADelete"),
        ("<Status>Enabled</Status>", "", "IllegalVersioningConfigurationException",
         "The Versioning element must be specified")],
    "PutObjectLegalHold": [("OFF", "off"), ("OFF", "MAYBE"), ("<Status>OFF</Status>", "")],
    "PutObjectLockConfiguration": [
        ("<ObjectLockEnabled>Enabled<", "<ObjectLockEnabled>Disabled<"), ("GOVERNANCE", "governance"),
        ("<ObjectLockEnabled>Enabled</ObjectLockEnabled>", ""), ("<Mode>GOVERNANCE</Mode>", ""), ("<Days>1</Days>", ""),
        ("<Days>1<", "<Days>soon<"), ("</Days>", "</Days><Years>1</Years>"),
        (re.compile("<DefaultRetention>.*</DefaultRetention>"), ""),
        ("<Days>1<", "<Days>0<", "InvalidArgument", "Default retention period must be a positive integer value."),
        ("<Days>1<", "<Days>-1<", "InvalidArgument", "Default retention period must be a positive integer value."),
        ("<Days>1<", "<Days>36501<", "InvalidArgument", None),
        ("<Days>1</Days>", "<Years>101</Years>", "InvalidArgument", None)],
    "PutObjectRetention": [
        ("GOVERNANCE", "governance"), ("<Mode>GOVERNANCE</Mode>", ""), ("2035-01-01T00:00:00Z", "tomorrow"),
        ("2035-01-01T00:00:00Z", "2035-13-01T00:00:00Z"), (re.compile("<RetainUntilDate>.*</RetainUntilDate>"), ""),
        ("2035-01-01T00:00:00Z", "2001-01-01T00:00:00Z", "InvalidArgument",
         "The retain until date must be in the future!")],
    "PutPublicAccessBlock": (BLOCK := [
        ("<BlockPublicAcls>false<", "<BlockPublicAcls>maybe<"), ("<BlockPublicAcls>false<", "<BlockPublicAcls><"),
        (re.compile("(?<=Configuration>).*(?=</Public)"), "", "InvalidRequest",
         "Must specify at least one configuration.")]),
    "PutAccountPublicAccessBlock": BLOCK,
    "TagResource": [
        ("<Key>a</Key>", ""), ("<Value>b</Value>", ""), (re.compile("<Tags>.*</Tags>"), ""),
        ("<Key>a<", "<Key><", "InvalidTag", None), ("<Key>a<", "<Key>a;<", "InvalidTag", None),
        ("<Value>b<", f"<Value>{'b' * 257}<", "InvalidTag", None), ("<Key>a<", "<Key>aws:a<", "InvalidTag", None),
        ("</Tags>", "<Tag><Key>a</Key><Value>c</Value></Tag></Tags>", "InvalidTag", None),
        ("</Tags>", "".join(f"<Tag><Key>k{n}</Key><Value/></Tag>" for n in range(50)) + "</Tags>", "BadRequest",
         "Bucket tag count cannot be greater than 50")],
    "RestoreObject": [
        ("Standard", "Slow"), ("Standard", "standard"), ("<Tier>Standard</Tier>", ""), ("<Days>1</Days>", ""),
        ("<Days>1<", "<Days>one<"), ("</Days>", "</Days><Tier>Standard</Tier>"),
        ("<Days>1<", "<Days>0<", "InvalidArgument", None), ("<Days>1<", "<Days>-1<", "InvalidArgument", None),
        ("<Days>1<", "<Days>36501<", "InvalidArgument", None)],
}


def test_every_document_has_wrong_values():
    assert sorted(VALUES) == DOCUMENTS


@pytest.mark.parametrize("operation, row", [
    pytest.param(operation, row, id=f"{operation}: {row[0]!r} -> {row[1][:60]!r}"[:120])
    for operation, rows in VALUES.items() for row in rows])
def test_a_value_that_an_element_does_not_have(place, operation, row):
    old, new, code, message = (*row, None, None)[:4]
    document = BASES[operation].body
    changed = old.sub(new, document) if isinstance(old, re.Pattern) else document.replace(old, new)
    assert changed != document
    answer = place.ask(operation, body=changed)
    assert status_and_code(answer) == ((400, code) if code else malformed(operation)), answer
    assert message in (None, elements(answer)["Message"])


@pytest.mark.parametrize("operation", ["PutBucketTagging", "PutObjectTagging"])
def test_an_invalid_tag_is_named(place, operation):
    def named(old, new):
        answer = place.ask(operation, body=BASES[operation].body.replace(old, new))
        return answer["TagKey"], answer["TagValue"]

    assert named("<Key>a<", "<Key>a;<") == ("a;", None)
    assert named("<Value>b<", "<Value>b;<") == ("a", "b;")
    assert named("<Key>a<", "<Key>aws:a<") == ("aws:a", None)
    assert named("</TagSet>", "<Tag><Key>a</Key><Value>c</Value></Tag></TagSet>") == ("a", None)


# Bodies

#: Expected errors of operations that may have headers in place of the body, or that report a malformed document.
EMPTY = {
    "PutBucketAcl": "MissingSecurityHeader", "PutObjectAcl": "MissingSecurityHeader",
    "PutObjectLegalHold": "MalformedXML", "PutObjectRetention": "MalformedXML"}


@pytest.mark.parametrize("operation", DOCUMENTS)
@pytest.mark.parametrize("digest", [[], [("Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg==")]], ids=["plain", "with a digest"])
def test_an_empty_body(place, operation, digest):
    answer = place.ask(operation, body="", headers=digest)
    assert status_and_code(answer) == (400, EMPTY.get(operation, "MissingRequestBodyError")), answer
    if operation not in EMPTY:
        assert elements(answer)["Message"] == "Request Body is empty"


def test_an_empty_policy(place):
    for body in ("", " ", "{}", "[]", "null", "nonsense"):
        assert status_and_code(place.ask("PutBucketPolicy", body=body)) == (400, "MalformedPolicy")


NEEDS_DIGEST = [
    "DeleteObjects", "PutBucketCors", "PutBucketTagging", "PutObjectTagging", "PutObjectLockConfiguration",
    "PutObjectRetention", "PutObjectLegalHold"]


@pytest.mark.parametrize("operation", NEEDS_DIGEST)
def test_a_document_without_a_digest(place, operation):
    answer = place.ask(operation, digest=False)
    assert status_and_code(answer) == (400, "InvalidRequest"), answer
    assert answer["Message"] == "Missing required header for this request: Content-MD5 OR x-amz-checksum-*"


@pytest.mark.parametrize("operation", [*DOCUMENTS, "PutBucketPolicy"])
def test_a_document_that_is_not_what_its_digest_says(place, operation):
    for headers, code in [([("Content-MD5", "nonsense")], "InvalidDigest"),
                          ([("Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg==")], "BadDigest"),
                          ([("x-amz-checksum-crc32", "AAAAAA==")], "BadDigest"),
                          ([("x-amz-checksum-crc32", "nonsense")], "InvalidRequest")]:
        answer = place.ask(operation, headers=headers)
        assert status_and_code(answer) == (400, code), (headers, answer)


def test_what_directory_buckets_have_alone(place):
    for element in ("<Size>1</Size>", "<LastModifiedTime>2035-01-01T00:00:00Z</LastModifiedTime>"):
        document = BASES["DeleteObjects"].body.replace("</Key>", f"</Key>{element}").replace("nothing", "k")
        assert status_and_code(place.ask("DeleteObjects", body=document)) == (501, "NotImplemented")
    for element in ("<EventHold>ON</EventHold>", "<EventHoldDuration><Days>1</Days></EventHoldDuration>"):
        document = BASES["PutObjectRetention"].body.replace("<Mode>", f"{element}<Mode>")
        assert status_and_code(place.ask("PutObjectRetention", body=document)) == (501, "NotImplemented")


def test_a_version_that_was_never_made_is_the_keys_own_error(place):
    for version in ("nonsense", "3HL4kqtJvjVBH40Nrjfkd.L4kqtJvjVB"):
        body = (f"<Delete><Object><Key>k</Key><VersionId>{version}</VersionId></Object><Object><Key>nothing</Key>"
                "</Object></Delete>")
        answer = place.ask("DeleteObjects", body=body)
        assert answer.status == 200
        error = ElementTree.fromstring(answer.body).find("{*}Error")
        assert [(child.tag.split("}")[1], child.text) for child in error] == [
            ("Key", "k"), ("VersionId", version), ("Code", "NoSuchVersion"),
            ("Message", "The specified version does not exist.")]
    assert place.s3.head_object(Bucket=place.bucket, Key="k")["ContentLength"] == 4


def test_a_grantee_of_every_kind_is_taken(place):
    for kind, name in [("Group", "<URI>http://acs.amazonaws.com/groups/global/AuthenticatedUsers</URI>"),
                       ("CanonicalUser", "<ID>OWNER</ID><DisplayName>somebody</DisplayName>")]:
        grantee = f'<Grantee {XSI} xsi:type="{kind}">{name}</Grantee>'
        document = re.sub("<Grantee.*</Grantee>", grantee, BASES["PutObjectAcl"].body)
        assert place.ask("PutObjectAcl", body=document).status == 200
