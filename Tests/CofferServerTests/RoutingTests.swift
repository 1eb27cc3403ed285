import CofferIAM
import CofferModel
import CofferTestSupport
import Testing

@testable import CofferHTTP
@testable import CofferS3
@testable import CofferService

/// Every operation of the S3 API Reference by what its request looks like, as the API's service model binds it.
struct RoutingTests {
    /// Method, target and, behind `|`, a header.
    private static let operations =
        [
            ("GET /", "ListBuckets"), ("PUT /b", "CreateBucket"), ("PUT /b/", "CreateBucket"),
            ("HEAD /b", "HeadBucket"),
            ("HEAD /b/", "HeadBucket"), ("GET /b", "ListObjects"), ("GET /b/", "ListObjects"),
            ("DELETE /b", "DeleteBucket"),
            ("GET /b?prefix=a&delimiter=/", "ListObjects"), ("GET /b?list-type=2", "ListObjectsV2"),
            ("POST /b?delete", "DeleteObjects"),
            ("GET /b?location", "GetBucketLocation"), ("GET /b?policy", "GetBucketPolicy"),
            ("PUT /b?policy", "PutBucketPolicy"),
            ("DELETE /b?policy", "DeleteBucketPolicy"), ("GET /b?cors", "GetBucketCors"),
            ("PUT /b?cors", "PutBucketCors"),
            ("DELETE /b?cors", "DeleteBucketCors"), ("GET /b/k", "GetObject"), ("HEAD /b/k", "HeadObject"),
            ("PUT /b/k", "PutObject"),
            ("DELETE /b/k", "DeleteObject"), ("PUT /b/k|x-amz-copy-source", "CopyObject"), ("GET /b/k/", "GetObject"),
            ("GET /b/k?versionId=null", "GetObject"), ("GET /b/k?response-content-type=a", "GetObject"),
            ("GET /b/k?x-id=GetObject", "GetObject"), ("POST /b", "PostObject"), ("POST /b/", "PostObject"),
            ("GET /b?cors=", "GetBucketCors"), ("PUT /b/k?x-id=PutObject", "PutObject"),
            // Those that came later, and those that are still missing.
            ("DELETE /b/k?uploadId=u", "AbortMultipartUpload"),
            ("POST /b/k?uploadId=u", "CompleteMultipartUpload"),
            ("POST /b/k?uploads", "CreateMultipartUpload"), ("GET /b/k?uploadId=u", "ListParts"),
            ("PUT /b/k?partNumber=1&uploadId=u", "UploadPart"),
            ("PUT /b/k?partNumber=1&uploadId=u|x-amz-copy-source", "UploadPartCopy"),
            ("GET /b?uploads", "ListMultipartUploads"),
            ("GET /b?versions", "ListObjectVersions"), ("GET /b?versioning", "GetBucketVersioning"),
            ("PUT /b?versioning", "PutBucketVersioning"),
            ("GET /b?acl", "GetBucketAcl"), ("PUT /b?acl", "PutBucketAcl"), ("GET /b/k?acl", "GetObjectAcl"),
            ("PUT /b/k?acl", "PutObjectAcl"),
            ("GET /b?tagging", "GetBucketTagging"), ("PUT /b?tagging", "PutBucketTagging"),
            ("DELETE /b?tagging", "DeleteBucketTagging"),
            ("GET /b/k?tagging", "GetObjectTagging"), ("PUT /b/k?tagging", "PutObjectTagging"),
            ("DELETE /b/k?tagging", "DeleteObjectTagging"),
            ("GET /b/k?attributes", "GetObjectAttributes"), ("GET /b/k?torrent", "GetObjectTorrent"),
            ("POST /b/k?restore", "RestoreObject"),
            ("POST /b/k?select&select-type=2", "SelectObjectContent"), ("PUT /b/k?renameObject", "RenameObject"),
            ("PUT /b/k?encryption", "UpdateObjectEncryption"), ("GET /b/k?legal-hold", "GetObjectLegalHold"),
            ("PUT /b/k?legal-hold", "PutObjectLegalHold"), ("GET /b/k?retention", "GetObjectRetention"),
            ("PUT /b/k?retention", "PutObjectRetention"),
            ("GET /b?object-lock", "GetObjectLockConfiguration"), ("PUT /b?object-lock", "PutObjectLockConfiguration"),
            ("GET /b/k?annotation&annotationName=a", "GetObjectAnnotation"),
            ("GET /b/k?annotation", "ListObjectAnnotations"),
            ("PUT /b/k?annotation&annotationName=a", "PutObjectAnnotation"),
            ("DELETE /b/k?annotation&annotationName=a", "DeleteObjectAnnotation"),
            ("GET /b?abac", "GetBucketAbac"), ("PUT /b?abac", "PutBucketAbac"), ("GET /b?session", "CreateSession"),
            ("GET /b?accelerate", "GetBucketAccelerateConfiguration"),
            ("PUT /b?accelerate", "PutBucketAccelerateConfiguration"),
            ("GET /b?encryption", "GetBucketEncryption"), ("PUT /b?encryption", "PutBucketEncryption"),
            ("DELETE /b?encryption", "DeleteBucketEncryption"),
            ("GET /b?lifecycle", "GetBucketLifecycleConfiguration"),
            ("PUT /b?lifecycle", "PutBucketLifecycleConfiguration"),
            ("DELETE /b?lifecycle", "DeleteBucketLifecycle"), ("GET /b?logging", "GetBucketLogging"),
            ("PUT /b?logging", "PutBucketLogging"),
            ("GET /b?notification", "GetBucketNotificationConfiguration"),
            ("PUT /b?notification", "PutBucketNotificationConfiguration"),
            ("GET /b?ownershipControls", "GetBucketOwnershipControls"),
            ("PUT /b?ownershipControls", "PutBucketOwnershipControls"),
            ("DELETE /b?ownershipControls", "DeleteBucketOwnershipControls"),
            ("GET /b?policyStatus", "GetBucketPolicyStatus"),
            ("GET /b?publicAccessBlock", "GetPublicAccessBlock"), ("PUT /b?publicAccessBlock", "PutPublicAccessBlock"),
            ("DELETE /b?publicAccessBlock", "DeletePublicAccessBlock"), ("GET /b?replication", "GetBucketReplication"),
            ("PUT /b?replication", "PutBucketReplication"), ("DELETE /b?replication", "DeleteBucketReplication"),
            ("GET /b?requestPayment", "GetBucketRequestPayment"), ("PUT /b?requestPayment", "PutBucketRequestPayment"),
            ("GET /b?website", "GetBucketWebsite"), ("PUT /b?website", "PutBucketWebsite"),
            ("DELETE /b?website", "DeleteBucketWebsite"),
            ("POST /b?metadataConfiguration", "CreateBucketMetadataConfiguration"),
            ("GET /b?metadataConfiguration", "GetBucketMetadataConfiguration"),
            ("DELETE /b?metadataConfiguration", "DeleteBucketMetadataConfiguration"),
            ("POST /b?metadataTable", "CreateBucketMetadataTableConfiguration"),
            ("GET /b?metadataTable", "GetBucketMetadataTableConfiguration"),
            ("DELETE /b?metadataTable", "DeleteBucketMetadataTableConfiguration"),
            ("PUT /b?metadataInventoryTable", "UpdateBucketMetadataInventoryTableConfiguration"),
            ("PUT /b?metadataJournalTable", "UpdateBucketMetadataJournalTableConfiguration"),
            ("PUT /b?metadataAnnotationTable", "UpdateBucketMetadataAnnotationTableConfiguration"),
        ] + numbered("analytics", "Analytics") + numbered("inventory", "Inventory") + numbered("metrics", "Metrics")
        + numbered("intelligent-tiering", "IntelligentTiering")

    /// The four operations on configurations of which a bucket has several, each with its id.
    private static func numbered(_ parameter: String, _ name: String) -> [(String, String)] {
        [
            ("GET /b?\(parameter)&id=1", "GetBucket\(name)Configuration"),
            ("GET /b?\(parameter)", "ListBucket\(name)Configurations"),
            ("PUT /b?\(parameter)&id=1", "PutBucket\(name)Configuration"),
            ("DELETE /b?\(parameter)&id=1", "DeleteBucket\(name)Configuration"),
        ]
    }

    @Test(arguments: operations)
    func `A request is routed to the operation that it means`(request: String, operation: String) throws {
        #expect(try Router.route(Self.request(request)).name == operation)
    }

    /// So that a route that is lost again is not taken for one that never was.
    @Test(arguments: [
        "AbortMultipartUpload", "CompleteMultipartUpload", "CreateMultipartUpload", "DeleteBucketEncryption",
        "DeleteBucketTagging", "DeleteObjectTagging", "GetBucketEncryption", "GetBucketTagging", "GetBucketVersioning",
        "GetObjectAttributes", "GetObjectLegalHold", "GetObjectLockConfiguration", "GetObjectRetention",
        "GetObjectTagging", "ListMultipartUploads", "ListObjectVersions", "ListParts", "PutBucketEncryption",
        "PutBucketTagging", "PutBucketVersioning", "PutObjectLegalHold", "PutObjectLockConfiguration",
        "PutObjectRetention", "PutObjectTagging", "RenameObject", "RestoreObject", "UploadPart", "UploadPartCopy",
    ])
    func `The server has the operations on versions, uploads, locks, tags and encryption`(name: String) throws {
        let request = try #require(Self.operations.first { $0.1 == name }?.0)
        #expect(try Router.route(Self.request(request)).operation != MissingOperation.self)
    }

    @Test(arguments: [
        "POST /", "PUT /", "DELETE /", "HEAD /", "PATCH /", "PATCH /b", "PATCH /b/k", "POST /b/k", "FOO /b/k",
        "get /b/k", "DELETE /b?acl",
        "DELETE /b?location", "DELETE /b?versioning", "DELETE /b?uploads", "DELETE /b/k?acl", "DELETE /b?versions",
        "PUT /b?location",
        "PUT /b?uploads", "POST /b?acl", "PUT /b/k?uploads", "POST /b/k?acl", "TRACE /b", "CONNECT /b",
    ])
    func `A method that a resource does not have is MethodNotAllowed, and never something else`(request: String) throws
    {
        let error = #expect(throws: S3Error.self) { try Router.route(Self.request(request)) }
        #expect(error?.code == .methodNotAllowed)
        #expect(error?.details.map(\.name) == ["Method", "ResourceType"])
    }

    @Test func `Setting what is not implemented is refused with the operation's name`() async throws {
        try await ServerFixture.with { fixture in
            try await fixture.makeBucket("books", "k")
            var count = 0
            for (text, name) in Self.operations where try Self.isNotImplemented(text) {
                let parts = text.split(separator: "|")
                let words = parts[0].split(separator: " ").map(String.init)
                let target = words[1].replacing("/b", with: "/books", maxReplacements: 1)
                let headers = parts.dropFirst().map { (name: String($0), value: "books/k") }
                let response = try await fixture.send(words[0], target, headers: headers)
                #expect(response.status == 501, "\(text)")
                #expect(response.errorCode == "NotImplemented")
                #expect(response.error?["Message"]?.text.contains(name) == true, "\(text)")
                #expect(response.error?["Operation"]?.text == name)
                count += 1
            }
            #expect(try await fixture.send("GET", "/books/k").text == "k")
            #expect(count == 17)
        }
    }

    private static func isNotImplemented(_ text: String) throws -> Bool {
        let request = try request(text)
        guard try Router.route(request).operation == MissingOperation.self else { return false }
        if case .notImplemented = try MissingOperations.row(for: request).answer { return true }
        return false
    }

    @Test(arguments: [
        ("GET /v20180820/tags/arn%3Aaws%3As3%3A%3A%3Abooks", "ListTagsForResource"),
        ("POST /v20180820/tags/arn:aws:s3:::books", "TagResource"),
        ("DELETE /v20180820/tags/arn:aws:s3:::books?tagKeys=a&tagKeys=b", "UntagResource"),
        ("GET /v20180820/configuration/publicAccessBlock", "GetAccountPublicAccessBlock"),
    ])
    func `A request of S3 Control is routed by its path`(request: String, operation: String) throws {
        #expect(try Router.route(Self.request("\(request)|\(AccountHeader.name)")).name == operation)
        #expect(try Self.request(request).target.resemblesControl)
    }

    @Test(arguments: ["GET /v20180820", "GET /v20180820/", "GET /v20180820/k", "PUT /v20180820/tag", "GET /v2/tags/k"])
    func `A bucket whose name looks like the S3 Control API is still a bucket`(request: String) throws {
        #expect(try !Self.request(request).target.resemblesControl)
    }

    @Test func `An anonymous caller does not learn which operations are not implemented`() async throws {
        try await ServerFixture.with { fixture in
            try await fixture.makeBucket("books")
            let response = try await fixture.send("GET", "/books?website", isSigned: false)
            #expect(response.status == 403 && response.errorCode == "AccessDenied")
        }
    }

    private static func request(_ text: String) throws -> S3Request {
        let parts = text.split(separator: "|")
        let words = parts[0].split(separator: " ").map(String.init)
        let headers = HTTPHeaders([("host", "127.0.0.1")] + parts.dropFirst().map { (String($0), "x/y") })
        let head = HTTPRequestHead(
            method: words[0], target: words[1], headers: headers, remoteAddress: "127.0.0.1", isSecure: false,
            isOverLimit: false)
        return try S3Request(
            id: RequestID(), time: Timestamp(seconds: 0), head: head, addressing: Addressing(domains: []),
            accounts: Accounts([]))
    }
}
