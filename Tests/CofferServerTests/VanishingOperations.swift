/// A valid request for an operation on a ``Stage``, whose names are in braces.
struct VanishingOperation: Sendable {
    let name: String
    let method: String
    let target: String
    var headers: [(name: String, value: String)] = []
    /// Four bytes where the operation takes none.
    var body = "none"
    var needsLock = false

    /// Whether it would leave something in a bucket that is not there.
    var writes: Bool {
        ["PUT", "POST"].contains(method) && !["CreateBucket", "PutAccountPublicAccessBlock"].contains(name)
    }

    static let all = service + buckets + objects + uploads + control

    static let parts =
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part></CompleteMultipartUpload>"

    /// Configurations by sub-resource.
    static func documents(_ bucket: String) -> [(kind: String, document: String)] {
        [
            ("policy", policy.replacing("{bucket}", with: bucket)), ("cors", cors), ("tagging", tags),
            ("encryption", encryption), ("publicAccessBlock", publicAccessBlock),
        ]
    }

    private static let policy = """
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", \
        "Action": ["s3:PutObject", "s3:GetObject"], "Resource": "arn:aws:s3:::{bucket}/*"}]}
        """
    private static let cors = """
        <CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule>\
        </CORSConfiguration>
        """
    private static let tags = "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>"
    private static let encryption = """
        <ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm>\
        </ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>
        """
    private static let publicAccessBlock =
        "<PublicAccessBlockConfiguration><BlockPublicAcls>false</BlockPublicAcls></PublicAccessBlockConfiguration>"
    private static let resourceTags =
        "<TagResourceRequest><Tags><Tag><Key>b</Key><Value>c</Value></Tag></Tags></TagResourceRequest>"
    /// Of the first account, whose canonical id follows from its id.
    private static let acl = """
        <AccessControlPolicy><Owner><ID>{owner}</ID></Owner><AccessControlList/></AccessControlPolicy>
        """
    private static let versioning = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
    private static let ownership = """
        <OwnershipControls><Rule><ObjectOwnership>BucketOwnerPreferred</ObjectOwnership></Rule></OwnershipControls>
        """
    private static let lock =
        "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>"
    private static let delete = "<Delete><Object><Key>k</Key></Object></Delete>"
    private static let restore = "<RestoreRequest><Days>1</Days></RestoreRequest>"
    private static let retention = """
        <Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>2099-01-01T00:00:00Z</RetainUntilDate></Retention>
        """
    private static let form = """
        --x\r\nContent-Disposition: form-data; name="key"\r\n\r\nposted\r\n--x\r\n\
        Content-Disposition: form-data; name="file"; filename="f"\r\n\r\nvalue\r\n--x--\r\n
        """

    private static let service = [
        Self(name: "ListBuckets", method: "GET", target: "/"),
        Self(name: "CreateBucket", method: "PUT", target: "/{bucket}", body: "<CreateBucketConfiguration/>"),
    ]

    private static let buckets =
        [
            ("GetBucketCors", "cors"), ("GetBucketPolicy", "policy"), ("GetBucketPolicyStatus", "policyStatus"),
            ("GetBucketLocation", "location"), ("ListObjectsV2", "list-type=2"), ("GetBucketVersioning", "versioning"),
            ("ListObjectVersions", "versions"), ("ListMultipartUploads", "uploads"), ("GetBucketTagging", "tagging"),
            ("GetBucketEncryption", "encryption"), ("GetObjectLockConfiguration", "object-lock"),
            ("GetBucketAcl", "acl"), ("GetBucketOwnershipControls", "ownershipControls"),
            ("GetPublicAccessBlock", "publicAccessBlock"), ("ListObjects", "prefix="),
        ].map { Self(name: $0, method: "GET", target: "/{bucket}?\($1)") }
        + [
            ("DeleteBucketCors", "cors"), ("DeleteBucketPolicy", "policy"), ("DeleteBucketTagging", "tagging"),
            ("DeleteBucketEncryption", "encryption"), ("DeleteBucketOwnershipControls", "ownershipControls"),
            ("DeletePublicAccessBlock", "publicAccessBlock"), ("DeleteBucket", "x-id=DeleteBucket"),
        ].map { Self(name: $0, method: "DELETE", target: "/{bucket}?\($1)") }
        + [
            ("PutBucketCors", "cors", cors), ("PutBucketPolicy", "policy", policy),
            ("PutBucketVersioning", "versioning", versioning), ("PutBucketTagging", "tagging", tags),
            ("PutBucketEncryption", "encryption", encryption),
            ("PutBucketOwnershipControls", "ownershipControls", ownership),
            ("PutPublicAccessBlock", "publicAccessBlock", publicAccessBlock),
        ].map { Self(name: $0, method: "PUT", target: "/{bucket}?\($1)", body: $2) }
        + [
            Self(name: "HeadBucket", method: "HEAD", target: "/{bucket}"),
            Self(name: "PutBucketAcl", method: "PUT", target: "/{bucket}?acl", body: acl),
            Self(
                name: "PutObjectLockConfiguration", method: "PUT", target: "/{bucket}?object-lock", body: lock,
                needsLock: true),
            Self(
                name: "DeleteObjects", method: "POST", target: "/{bucket}?delete", body: delete),
            Self(
                name: "PostObject", method: "POST", target: "/{bucket}",
                headers: [("content-type", "multipart/form-data; boundary=x")], body: form),
        ]

    private static let objects =
        [
            ("GetObject", "x-id=GetObject"), ("GetObjectAcl", "acl"), ("GetObjectTagging", "tagging"),
            ("GetObjectTorrent", "torrent"),
        ].map { Self(name: $0, method: "GET", target: "/{bucket}/k?\($1)") }
        + [("GetObjectRetention", "retention"), ("GetObjectLegalHold", "legal-hold")].map {
            Self(name: $0, method: "GET", target: "/{bucket}/k?\($1)", needsLock: true)
        }
        + [
            Self(
                name: "GetObjectAttributes", method: "GET", target: "/{bucket}/k?attributes",
                headers: [("x-amz-object-attributes", "ETag,ObjectParts,Checksum")]),
            Self(name: "HeadObject", method: "HEAD", target: "/{bucket}/k"),
            Self(name: "PutObject", method: "PUT", target: "/{bucket}/k"),
            Self(
                name: "PutObject", method: "PUT", target: "/{bucket}/k",
                headers: [("if-match", "\"2063c1608d6e0baf80249c42e2be5804\"")]),
            Self(
                name: "PutObject", method: "PUT", target: "/{bucket}/k",
                headers: [("x-amz-write-offset-bytes", "5")]),
            Self(
                name: "CopyObject", method: "PUT", target: "/{bucket}/copy",
                headers: [("x-amz-copy-source", "/{bucket}/k")]),
            Self(name: "DeleteObject", method: "DELETE", target: "/{bucket}/k"),
            Self(
                name: "RenameObject", method: "PUT", target: "/{bucket}/renamed?renameObject",
                headers: [("x-amz-rename-source", "/{bucket}/k")]),
            Self(name: "PutObjectAcl", method: "PUT", target: "/{bucket}/k?acl", body: acl),
            Self(name: "PutObjectTagging", method: "PUT", target: "/{bucket}/k?tagging", body: tags),
            Self(name: "DeleteObjectTagging", method: "DELETE", target: "/{bucket}/k?tagging"),
            Self(
                name: "PutObjectRetention", method: "PUT", target: "/{bucket}/k?retention&versionId={version}",
                body: retention, needsLock: true),
            Self(
                name: "PutObjectLegalHold", method: "PUT", target: "/{bucket}/k?legal-hold",
                body: "<LegalHold><Status>OFF</Status></LegalHold>", needsLock: true),
            Self(name: "RestoreObject", method: "POST", target: "/{bucket}/k?restore", body: restore),
        ]

    private static let uploads = [
        Self(name: "CreateMultipartUpload", method: "POST", target: "/{bucket}/k?uploads"),
        Self(name: "UploadPart", method: "PUT", target: "/{bucket}/k?partNumber=1&uploadId={upload}"),
        Self(
            name: "UploadPartCopy", method: "PUT", target: "/{bucket}/k?partNumber=1&uploadId={upload}",
            headers: [("x-amz-copy-source", "/{bucket}/k")]),
        Self(name: "ListParts", method: "GET", target: "/{bucket}/k?uploadId={upload}"),
        Self(
            name: "CompleteMultipartUpload", method: "POST", target: "/{bucket}/k?uploadId={upload}", body: parts),
        Self(name: "AbortMultipartUpload", method: "DELETE", target: "/{bucket}/k?uploadId={upload}"),
    ]

    private static let control =
        [
            ("GetAccountPublicAccessBlock", "GET"), ("PutAccountPublicAccessBlock", "PUT"),
            ("DeleteAccountPublicAccessBlock", "DELETE"),
        ].map {
            Self(
                name: $0, method: $1, target: "/v20180820/configuration/publicAccessBlock",
                headers: [("x-amz-account-id", "000000000000")], body: publicAccessBlock)
        }
        + [("ListTagsForResource", "GET", ""), ("TagResource", "POST", ""), ("UntagResource", "DELETE", "?tagKeys=a")]
        .map {
            Self(
                name: $0, method: $1, target: "/v20180820/tags/arn:aws:s3:::{bucket}\($2)",
                headers: [("x-amz-account-id", "000000000000")], body: resourceTags)
        }
}
