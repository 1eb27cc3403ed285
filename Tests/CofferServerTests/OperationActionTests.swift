import CofferAccess
import CofferIAM
import CofferModel
import Testing

@testable import CofferHTTP
@testable import CofferS3
@testable import CofferService

/// The actions that operations require, by default or explicitly: one without an action would be open to everyone.
struct OperationActionTests {
    /// By the operation's name, its actions for a plain request.
    ///
    /// Source: S3 User Guide, "Required permissions for Amazon S3 API operations".
    private static let actions: [String: [String]] = [
        "GetAccountPublicAccessBlock": ["s3:GetAccountPublicAccessBlock"],
        "ListTagsForResource": ["s3:ListTagsForResource"],
        "TagResource": ["s3:TagResource"],
        "UntagResource": ["s3:UntagResource"],
        "PutAccountPublicAccessBlock": ["s3:PutAccountPublicAccessBlock"],
        "AbortMultipartUpload": ["s3:AbortMultipartUpload"],
        "CompleteMultipartUpload": ["s3:PutObject"],
        "CopyObject": ["s3:PutObject", "s3:GetObject"],
        "CreateBucket": ["s3:CreateBucket"],
        "CreateMultipartUpload": ["s3:PutObject"],
        "DeleteAccountPublicAccessBlock": ["s3:PutAccountPublicAccessBlock"],
        "DeleteBucket": ["s3:DeleteBucket"],
        "DeleteBucketCors": ["s3:PutBucketCORS"],
        "DeleteBucketEncryption": ["s3:PutEncryptionConfiguration"],
        "DeleteBucketOwnershipControls": ["s3:PutBucketOwnershipControls"],
        "DeleteBucketPolicy": ["s3:DeleteBucketPolicy"],
        "DeleteBucketTagging": ["s3:PutBucketTagging"],
        "DeleteObject": ["s3:DeleteObject"],
        "DeleteObjectTagging": ["s3:DeleteObjectTagging"],
        "DeleteObjects": ["s3:DeleteObject"],
        "DeletePublicAccessBlock": ["s3:PutBucketPublicAccessBlock"],
        "GetBucketAcl": ["s3:GetBucketAcl"],
        "GetBucketCors": ["s3:GetBucketCORS"],
        "GetBucketEncryption": ["s3:GetEncryptionConfiguration"],
        "GetBucketLocation": ["s3:GetBucketLocation"],
        "GetBucketOwnershipControls": ["s3:GetBucketOwnershipControls"],
        "GetBucketPolicy": ["s3:GetBucketPolicy"],
        "GetBucketPolicyStatus": ["s3:GetBucketPolicyStatus"],
        "GetBucketTagging": ["s3:GetBucketTagging"],
        "GetBucketVersioning": ["s3:GetBucketVersioning"],
        "GetObject": ["s3:GetObject"],
        "GetObjectAcl": ["s3:GetObjectAcl"],
        "GetObjectAttributes": ["s3:GetObject", "s3:GetObjectAttributes"],
        "GetObjectLegalHold": ["s3:GetObjectLegalHold"],
        "GetObjectLockConfiguration": ["s3:GetBucketObjectLockConfiguration"],
        "GetObjectRetention": ["s3:GetObjectRetention"],
        "GetObjectTagging": ["s3:GetObjectTagging"],
        "GetObjectTorrent": ["s3:GetObjectTorrent"],
        "GetPublicAccessBlock": ["s3:GetBucketPublicAccessBlock"],
        "HeadBucket": ["s3:ListBucket"],
        "HeadObject": ["s3:GetObject"],
        "ListBuckets": ["s3:ListAllMyBuckets"],
        "ListMultipartUploads": ["s3:ListBucketMultipartUploads"],
        "ListObjectVersions": ["s3:ListBucketVersions"],
        "ListObjects": ["s3:ListBucket"],
        "ListObjectsV2": ["s3:ListBucket"],
        "ListParts": ["s3:ListMultipartUploadParts"],
        "PostObject": ["s3:PutObject"],
        "PutBucketAcl": ["s3:PutBucketAcl"],
        "PutBucketCors": ["s3:PutBucketCORS"],
        "PutBucketEncryption": ["s3:PutEncryptionConfiguration"],
        "PutBucketOwnershipControls": ["s3:PutBucketOwnershipControls"],
        "PutBucketPolicy": ["s3:PutBucketPolicy"],
        "PutBucketTagging": ["s3:PutBucketTagging"],
        "PutBucketVersioning": ["s3:PutBucketVersioning"],
        "PutObject": ["s3:PutObject"],
        "PutObjectAcl": ["s3:PutObjectAcl"],
        "PutObjectLegalHold": ["s3:PutObjectLegalHold"],
        "PutObjectLockConfiguration": ["s3:PutBucketObjectLockConfiguration"],
        "PutObjectRetention": ["s3:PutObjectRetention"],
        "PutObjectTagging": ["s3:PutObjectTagging"],
        "PutPublicAccessBlock": ["s3:PutBucketPublicAccessBlock"],
        "RenameObject": ["s3:PutObject", "s3:GetObject", "s3:DeleteObject"],
        "RestoreObject": ["s3:RestoreObject"],
        "UploadPart": ["s3:PutObject"],
        "UploadPartCopy": ["s3:PutObject", "s3:GetObject"],
    ]

    @Test func `The table has exactly the operations of the router`() {
        let names = Router.routes.filter { $0.operation != MissingOperation.self }.map(\.name)
        #expect(Set(names).subtracting(Self.actions.keys) == [], "add these operations to the table above")
        #expect(Set(Self.actions.keys).subtracting(names) == [], "the router has no such operations")
    }

    @Test func `Every operation requires the actions of the table, and all of them are S3 actions`() throws {
        for route in Router.routes {
            let permissions = try route.operation.permissions(for: Self.request(route))
            let actions = permissions.map(\.action)
            #expect(!actions.isEmpty, "\(route.name)")
            // The clients' tests check missing operations; the action of CreateSession does not belong to S3.
            let isMissing = route.operation == MissingOperation.self
            if !isMissing { #expect(Set(actions) == Set(Self.actions[route.name] ?? []), "\(route.name)") }
            if route.name == "CreateSession" { continue }
            for permission in permissions {
                guard let level = S3Action.level(of: permission.action) else {
                    Issue.record("\(route.name): add \(permission.action) to S3Action.swift, or no policy can name it")
                    continue
                }
                let isRight: Bool =
                    switch level {
                    case .account: permission.bucket == nil
                    case .bucket: permission.bucket != nil && permission.key == nil
                    case .object: permission.bucket != nil && (permission.key != nil || permission.isForSomeKey)
                    }
                #expect(isRight, "\(route.name): \(permission.action) is an action on another kind of resource")
            }
        }
    }

    @Test(arguments: [
        ("GetObject", "versionId=null", "s3:GetObjectVersion"), ("HeadObject", "versionId=null", "s3:GetObjectVersion"),
        ("DeleteObject", "versionId=null", "s3:DeleteObjectVersion"),
        ("GetObjectAcl", "versionId=null", "s3:GetObjectVersionAcl"),
        ("PutObjectAcl", "versionId=null", "s3:PutObjectVersionAcl"),
        ("GetObjectTagging", "versionId=null", "s3:GetObjectVersionTagging"),
        ("PutObjectTagging", "versionId=null", "s3:PutObjectVersionTagging"),
        ("DeleteObjectTagging", "versionId=null", "s3:DeleteObjectVersionTagging"),
    ])
    func `A version has an action of its own`(name: String, query: String, action: String) throws {
        let route = try #require(Router.routes.first { $0.name == name })
        let permissions = try route.operation.permissions(for: Self.request(route, query: query))
        #expect(permissions.map(\.action) == [action])
    }

    /// A request that takes a route. The key of a form is in its body.
    private static func request(_ route: Route, query: String = "") throws -> S3Request {
        let path =
            switch route.level {
            case .account:
                "/v20180820/\(try #require(route.controlPath))"
                    + (route.controlPath == TaggedResource.controlPath ? "arn:aws:s3:::books" : "")
            case .service: "/"
            case .bucket: "/books"
            case .object: "/books/k"
            }
        let parameters = route.parameters + (query.isEmpty ? [] : [query])
        let target = path + (parameters.isEmpty ? "" : "?" + parameters.joined(separator: "&"))
        let headers = HTTPHeaders(
            [("host", "127.0.0.1"), ("x-amz-rename-source", "/books/old")]
                + (route.level == .account ? [(AccountHeader.name, "111122223333")] : [])
                + (route.header.map { [($0, "books/source")] } ?? []))
        let head = HTTPRequestHead(
            method: route.method, target: target, headers: headers, remoteAddress: "127.0.0.1", isSecure: false,
            isOverLimit: false)
        let addressing = Addressing(domains: [])
        let request = try S3Request(
            id: RequestID(), time: Timestamp(seconds: 0), head: head, addressing: addressing, accounts: Accounts([]))
        return route.name == "PostObject" ? S3Request(request, key: Array("k".utf8), headers: headers) : request
    }
}
