"""Requests that S3 refuses: one valid request of every operation, from which the tests make invalid ones."""

import base64
import hashlib
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from v4 import Signer

ROUTES = Path(__file__).resolve().parents[2] / "Sources/CofferS3/Routes/Routes.swift"
#: The server's operations, according to its table of routes.
OPERATIONS = sorted(set(re.findall(r"Route\(.*?(\w+)\.self", ROUTES.read_text())))

XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
ACL = (f"<AccessControlPolicy><Owner><ID>OWNER</ID></Owner><AccessControlList><Grant><Grantee {XSI} "
       'xsi:type="CanonicalUser"><ID>OWNER</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant>'
       "</AccessControlList></AccessControlPolicy>")
TAGS = "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>"
BLOCK = ("<PublicAccessBlockConfiguration><BlockPublicAcls>false</BlockPublicAcls>"
         "<IgnorePublicAcls>false</IgnorePublicAcls></PublicAccessBlockConfiguration>")
SOURCE = ("x-amz-copy-source", "BUCKET/k")
ACCOUNT = ("x-amz-account-id", "000000000000")
FAR = "2035-01-01T00:00:00Z"


class Base:
    """A valid request. `BUCKET`, `LOCKED`, `UPLOAD` and `OWNER` are replaced by those of a `Place`."""

    def __init__(self, method, target, body="", headers=()):
        self.method, self.body, self.headers = method, body, list(headers)
        self.path, _, self.query = target.partition("?")


#: By operation. Requests that read or send a document succeed unchanged; the others are only sent with changes.
BASES = {
    "AbortMultipartUpload": Base("DELETE", "/BUCKET/k?uploadId=UPLOAD"),
    "CompleteMultipartUpload": Base(
        "POST", "/BUCKET/k?uploadId=UPLOAD", "<CompleteMultipartUpload><Part><ETag>x</ETag><PartNumber>1</PartNumber>"
        "</Part></CompleteMultipartUpload>"),
    "CopyObject": Base("PUT", "/BUCKET/copy", headers=[SOURCE]),
    "CreateBucket": Base("PUT", "/BUCKET-new", "<CreateBucketConfiguration><LocationConstraint>eu-west-1"
                         "</LocationConstraint></CreateBucketConfiguration>"),
    "CreateMultipartUpload": Base("POST", "/BUCKET/k?uploads"),
    "DeleteAccountPublicAccessBlock": Base("DELETE", "/v20180820/configuration/publicAccessBlock", headers=[ACCOUNT]),
    "DeleteBucket": Base("DELETE", "/BUCKET"),
    "DeleteBucketCors": Base("DELETE", "/BUCKET?cors"),
    "DeleteBucketEncryption": Base("DELETE", "/BUCKET?encryption"),
    "DeleteBucketOwnershipControls": Base("DELETE", "/BUCKET?ownershipControls"),
    "DeleteBucketPolicy": Base("DELETE", "/BUCKET?policy"),
    "DeleteBucketTagging": Base("DELETE", "/BUCKET?tagging"),
    "DeleteObject": Base("DELETE", "/BUCKET/k"),
    "DeleteObjects": Base(
        "POST", "/BUCKET?delete", "<Delete><Object><Key>nothing</Key></Object><Quiet>true</Quiet></Delete>"),
    "DeleteObjectTagging": Base("DELETE", "/BUCKET/k?tagging"),
    "DeletePublicAccessBlock": Base("DELETE", "/BUCKET?publicAccessBlock"),
    "GetAccountPublicAccessBlock": Base("GET", "/v20180820/configuration/publicAccessBlock", headers=[ACCOUNT]),
    "GetBucketAcl": Base("GET", "/BUCKET?acl"),
    "GetBucketCors": Base("GET", "/BUCKET?cors"),
    "GetBucketEncryption": Base("GET", "/BUCKET?encryption"),
    "GetBucketLocation": Base("GET", "/BUCKET?location"),
    "GetBucketOwnershipControls": Base("GET", "/BUCKET?ownershipControls"),
    "GetBucketPolicy": Base("GET", "/BUCKET?policy"),
    "GetBucketPolicyStatus": Base("GET", "/BUCKET?policyStatus"),
    "GetBucketTagging": Base("GET", "/BUCKET?tagging"),
    "GetBucketVersioning": Base("GET", "/BUCKET?versioning"),
    "GetObject": Base("GET", "/BUCKET/k"),
    "GetObjectAcl": Base("GET", "/BUCKET/k?acl"),
    "GetObjectAttributes": Base("GET", "/BUCKET/k?attributes", headers=[("x-amz-object-attributes", "ETag")]),
    "GetObjectLegalHold": Base("GET", "/LOCKED/k?legal-hold"),
    "GetObjectLockConfiguration": Base("GET", "/LOCKED?object-lock"),
    "GetObjectRetention": Base("GET", "/LOCKED/k?retention"),
    "GetObjectTagging": Base("GET", "/BUCKET/k?tagging"),
    "GetObjectTorrent": Base("GET", "/BUCKET/k?torrent"),
    "GetPublicAccessBlock": Base("GET", "/BUCKET?publicAccessBlock"),
    "HeadBucket": Base("HEAD", "/BUCKET"),
    "HeadObject": Base("HEAD", "/BUCKET/k"),
    "ListBuckets": Base("GET", "/"),
    "ListMultipartUploads": Base("GET", "/BUCKET?uploads"),
    "ListObjects": Base("GET", "/BUCKET"),
    "ListObjectsV2": Base("GET", "/BUCKET?list-type=2"),
    "ListObjectVersions": Base("GET", "/BUCKET?versions"),
    "ListTagsForResource": Base("GET", "/v20180820/tags/arn%3Aaws%3As3%3A%3A%3ABUCKET", headers=[ACCOUNT]),
    "ListParts": Base("GET", "/BUCKET/k?uploadId=UPLOAD"),
    "PostObject": Base("POST", "/BUCKET", "--b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nposted\r\n--b\r\n"
                       "Content-Disposition: form-data; name=\"file\"\r\n\r\nx\r\n--b--\r\n",
                       [("content-type", "multipart/form-data; boundary=b")]),
    "PutAccountPublicAccessBlock": Base("PUT", "/v20180820/configuration/publicAccessBlock", BLOCK, [ACCOUNT]),
    "PutBucketAcl": Base("PUT", "/BUCKET?acl", ACL),
    "PutBucketCors": Base(
        "PUT", "/BUCKET?cors", "<CORSConfiguration><CORSRule><AllowedOrigin>http://a</AllowedOrigin>"
        "<AllowedMethod>GET</AllowedMethod><MaxAgeSeconds>1</MaxAgeSeconds></CORSRule></CORSConfiguration>"),
    "PutBucketEncryption": Base(
        "PUT", "/BUCKET?encryption", "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>"
        "<SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault><BucketKeyEnabled>false"
        "</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>"),
    "PutBucketOwnershipControls": Base(
        "PUT", "/BUCKET?ownershipControls", "<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership>"
        "</Rule></OwnershipControls>"),
    "PutBucketPolicy": Base(
        "PUT", "/BUCKET?policy", '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", '
        '"Action": "s3:GetObject", "Resource": "arn:aws:s3:::BUCKET/public/*"}]}'),
    "PutBucketTagging": Base("PUT", "/BUCKET?tagging", TAGS),
    "PutBucketVersioning": Base(
        "PUT", "/LOCKED?versioning", "<VersioningConfiguration><MfaDelete>Disabled</MfaDelete><Status>Enabled</Status>"
        "</VersioningConfiguration>"),
    "PutObject": Base("PUT", "/BUCKET/k", "x"),
    "PutObjectAcl": Base("PUT", "/BUCKET/k?acl", ACL),
    "PutObjectLegalHold": Base("PUT", "/LOCKED/k?legal-hold", "<LegalHold><Status>OFF</Status></LegalHold>"),
    "PutObjectLockConfiguration": Base(
        "PUT", "/LOCKED?object-lock", "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule>"
        "<DefaultRetention><Mode>GOVERNANCE</Mode><Days>1</Days></DefaultRetention></Rule></ObjectLockConfiguration>"),
    "PutObjectRetention": Base(
        "PUT", "/LOCKED/k?retention",
        f"<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>{FAR}</RetainUntilDate></Retention>"),
    "PutObjectTagging": Base("PUT", "/BUCKET/k?tagging", TAGS),
    "PutPublicAccessBlock": Base("PUT", "/BUCKET?publicAccessBlock", BLOCK),
    "RenameObject": Base("PUT", "/BUCKET/renamed?renameObject", headers=[("x-amz-rename-source", "k")]),
    "RestoreObject": Base(
        "POST", "/BUCKET/cold?restore", "<RestoreRequest><Days>1</Days><GlacierJobParameters><Tier>Standard</Tier>"
        "</GlacierJobParameters></RestoreRequest>"),
    "TagResource": Base(
        "POST", "/v20180820/tags/arn%3Aaws%3As3%3A%3A%3ALOCKED",
        "<TagResourceRequest><Tags><Tag><Key>a</Key><Value>b</Value></Tag></Tags></TagResourceRequest>", [ACCOUNT]),
    "UntagResource": Base("DELETE", "/v20180820/tags/arn%3Aaws%3As3%3A%3A%3ALOCKED?tagKeys=nothing", headers=[ACCOUNT]),
    "UploadPart": Base("PUT", "/BUCKET/k?partNumber=1&uploadId=UPLOAD", "x"),
    "UploadPartCopy": Base("PUT", "/BUCKET/k?partNumber=1&uploadId=UPLOAD", headers=[SOURCE]),
}

#: Operations whose document is validated against S3's schema.
DOCUMENTS = sorted(
    name for name, base in BASES.items() if base.body.startswith("<") and name not in (
        "CreateBucket", "CompleteMultipartUpload"))


class Place:
    """The requests' resources: a bucket with an object, an archived object and an upload, and a bucket with locks."""

    def __init__(self, server, s3, connection, name):
        self.server, self.s3, self.connection = server, s3, connection
        self.bucket, self.locked = f"{name}-a", f"{name}-b"
        s3.create_bucket(Bucket=self.bucket)
        s3.create_bucket(Bucket=self.locked, ObjectLockEnabledForBucket=True)
        s3.put_object(Bucket=self.bucket, Key="k", Body=b"data")
        s3.put_object(Bucket=self.bucket, Key="cold", Body=b"data", StorageClass="GLACIER")
        s3.put_object(Bucket=self.bucket, Key="coldest", Body=b"data", StorageClass="DEEP_ARCHIVE")
        s3.put_object(Bucket=self.bucket, Key="tiered", Body=b"data", StorageClass="INTELLIGENT_TIERING")
        s3.put_object(Bucket=self.locked, Key="k", Body=b"data")
        s3.put_object(Bucket=self.locked, Key="gone", Body=b"data")
        s3.delete_object(Bucket=self.locked, Key="gone")
        self.upload = s3.create_multipart_upload(Bucket=self.bucket, Key="k")["UploadId"]
        self.owner = s3.list_buckets()["Owner"]["ID"]

    def filled(self, text):
        for name, value in [("BUCKET", self.bucket), ("LOCKED", self.locked), ("UPLOAD", self.upload),
                            ("OWNER", self.owner)]:
            text = text.replace(name, value)
        return text

    def ask(self, operation, *, method=None, target=None, body=None, headers=(), without=(), signed=True, digest=True,
            **signer):
        """Sends the operation's valid request, with the given parts replaced."""
        base = BASES[operation]
        path, _, query = self.filled(target).partition("?") if target else (
            self.filled(base.path), "", self.filled(base.query))
        body = self.filled(base.body if body is None else body).encode()
        names = {name.lower() for name, _ in headers} | set(without)
        fields = [(name, self.filled(value)) for name, value in base.headers if name not in names]
        fields += [(name, self.filled(value)) for name, value in headers]
        if body and digest and not names & {"content-md5"} and operation not in ("PutObject", "UploadPart"):
            fields.append(("Content-MD5", base64.b64encode(hashlib.md5(body).digest()).decode()))
        method = method or base.method
        if signed and operation != "PostObject":
            payload = hashlib.sha256(body).hexdigest()
            fields = Signer(self.server, **signer).headers(method, path, query, fields, payload)
        return self.connection.ask(method, f"{path}?{query}" if query else path, fields, body)

    def state(self):
        """The state of the resources, which no refused request may change."""
        versions = self.s3.list_object_versions(Bucket=self.locked)
        return (
            [(entry["Key"], entry["ETag"]) for entry in self.s3.list_objects_v2(Bucket=self.bucket)["Contents"]],
            [entry["VersionId"] for entry in versions["Versions"] + versions["DeleteMarkers"]],
            len(self.s3.list_multipart_uploads(Bucket=self.bucket).get("Uploads", [])),
            self.s3.head_object(Bucket=self.bucket, Key="cold").get("Restore"))


def elements(answer):
    """All elements of an error document, which S3 Control wraps in another element."""
    return {element.tag: element.text or "" for element in ElementTree.fromstring(answer.body).iter()}


def status_and_code(answer):
    """The status and the error code; the response to HEAD has no code."""
    return answer.status, elements(answer).get("Code") if answer.body else None
