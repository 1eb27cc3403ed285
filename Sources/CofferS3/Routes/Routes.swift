import CofferHTTP
import CofferModel
import CofferService

/// A row of the routing table: a method on a kind of resource, with a sub-resource or header that distinguishes it from
/// others.
///
/// A class, because a request looks at several: a copy of its fields would count references to each.
final class Route: Sendable {
    let method: String
    let level: ResourceLevel
    /// The query parameters that must be present.
    let parameters: [String]
    /// The header that must be present.
    let header: String?
    /// The path in the S3 Control API, or a prefix of the path if it ends with a slash; nil for an operation of S3
    /// itself.
    let controlPath: String?
    /// The operation's name in the S3 API Reference.
    let name: String
    let operation: any S3Operation.Type

    fileprivate init(
        method: String, level: ResourceLevel, parameters: [String] = [], header: String? = nil,
        controlPath: String? = nil, name: String, operation: any S3Operation.Type
    ) {
        self.method = method
        self.level = level
        self.parameters = parameters
        self.header = header
        self.controlPath = controlPath
        self.name = name
        self.operation = operation
    }

    /// What is looked for first, so that a request is compared with few routes.
    fileprivate struct Kind: Hashable {
        let method: String
        let level: ResourceLevel
        let needsParameters: Bool
    }

    fileprivate var kind: Kind { Kind(method: method, level: level, needsParameters: !parameters.isEmpty) }

    /// Whether this is the route of a request of its kind.
    fileprivate func matches(_ request: S3Request) -> Bool {
        matches(controlPath: request.target.controlPath) && parameters.allSatisfy(request.query.contains)
            && header.map { request.headers[$0] != nil } != false
    }

    private func matches(controlPath path: String?) -> Bool {
        guard let controlPath, let path else { return controlPath == path }
        return controlPath.hasSuffix("/") ? path.hasPrefix(controlPath) : path == controlPath
    }
}

/// Finds the operation that a request asks for.
package enum Router {
    /// - Throws: `MethodNotAllowed` for a method that S3 does not support there. A sub-resource is never ignored: a
    ///   request to delete a sub-resource that cannot be deleted must not delete the resource itself.
    static func route(_ request: S3Request) throws(S3Error) -> Route {
        try MisplacedParameters.check(request)
        let route = first(for: request, needsParameters: true) ?? first(for: request, needsParameters: false)
        guard route != nil || request.level != .account else {
            throw S3Error(.notImplemented, "This operation of S3 Control is not implemented")
        }
        guard let route, !route.parameters.isEmpty || !request.query.contains(anyOf: subresourceNames) else {
            throw S3Error(
                .methodNotAllowed,
                details: [("Method", request.method), ("ResourceType", request.level.rawValue)])
        }
        return route
    }

    private static let subresourceNames = Set(routes.compactMap(\.parameters.first))

    /// The query parameters that choose an operation, which the signature must cover. The version of a listing is not
    /// included: it changes the form of a response that the signer may have anyway, and no client of Signature Version
    /// 2 signs it.
    ///
    /// `tagKeys` does not choose an operation, but it names the tags that UntagResource removes.
    package static let parameters = Set(routes.flatMap(\.parameters)).subtracting(["list-type"]).union(["tagKeys"])

    private static func first(for request: S3Request, needsParameters: Bool) -> Route? {
        if needsParameters, request.query.parameters.isEmpty { return nil }
        let kind = Route.Kind(method: request.method, level: request.level, needsParameters: needsParameters)
        return byKind[kind]?.first { $0.matches(request) }
    }

    private static let byKind = Dictionary(grouping: routes, by: \.kind)

    /// The routes, more specific ones before more general ones of the same method and level.
    static let routes = subresources + missing + withoutSubresource + control

    private static let subresources = [
        Route("GET", .bucket, GetBucketCors.self, parameter: "cors"),
        Route("PUT", .bucket, PutBucketCors.self, parameter: "cors"),
        Route("DELETE", .bucket, DeleteBucketCors.self, parameter: "cors"),
        Route("GET", .bucket, GetBucketPolicy.self, parameter: "policy"),
        Route("PUT", .bucket, PutBucketPolicy.self, parameter: "policy"),
        Route("DELETE", .bucket, DeleteBucketPolicy.self, parameter: "policy"),
        Route("GET", .bucket, GetBucketPolicyStatus.self, parameter: "policyStatus"),
        Route("GET", .bucket, GetBucketLocation.self, parameter: "location"),
        Route("POST", .bucket, DeleteObjects.self, parameter: "delete"),
        Route("GET", .bucket, ListObjectsV2.self, parameter: "list-type"),
        Route("GET", .bucket, GetBucketVersioning.self, parameter: "versioning"),
        Route("PUT", .bucket, PutBucketVersioning.self, parameter: "versioning"),
        Route("GET", .bucket, ListObjectVersions.self, parameter: "versions"),
        Route("GET", .bucket, ListMultipartUploads.self, parameter: "uploads"),
        Route("POST", .object, CreateMultipartUpload.self, parameter: "uploads"),
        Route("PUT", .object, UploadPartCopy.self, parameter: "uploadId", header: RequestedCopySource.header),
        Route("PUT", .object, UploadPart.self, parameter: "uploadId"),
        Route("GET", .object, ListParts.self, parameter: "uploadId"),
        Route("POST", .object, CompleteMultipartUpload.self, parameter: "uploadId"),
        Route("DELETE", .object, AbortMultipartUpload.self, parameter: "uploadId"),
        Route("GET", .bucket, GetBucketTagging.self, parameter: "tagging"),
        Route("PUT", .bucket, PutBucketTagging.self, parameter: "tagging"),
        Route("DELETE", .bucket, DeleteBucketTagging.self, parameter: "tagging"),
        Route("GET", .bucket, GetBucketEncryption.self, parameter: "encryption"),
        Route("PUT", .bucket, PutBucketEncryption.self, parameter: "encryption"),
        Route("DELETE", .bucket, DeleteBucketEncryption.self, parameter: "encryption"),
        Route("GET", .bucket, GetObjectLockConfiguration.self, parameter: "object-lock"),
        Route("PUT", .bucket, PutObjectLockConfiguration.self, parameter: "object-lock"),
        Route("GET", .bucket, GetBucketAcl.self, parameter: "acl"),
        Route("PUT", .bucket, PutBucketAcl.self, parameter: "acl"),
        Route("GET", .bucket, GetBucketOwnershipControls.self, parameter: "ownershipControls"),
        Route("PUT", .bucket, PutBucketOwnershipControls.self, parameter: "ownershipControls"),
        Route("DELETE", .bucket, DeleteBucketOwnershipControls.self, parameter: "ownershipControls"),
        Route("GET", .bucket, GetPublicAccessBlock.self, parameter: "publicAccessBlock"),
        Route("PUT", .bucket, PutPublicAccessBlock.self, parameter: "publicAccessBlock"),
        Route("DELETE", .bucket, DeletePublicAccessBlock.self, parameter: "publicAccessBlock"),
        Route("GET", .object, GetObjectAcl.self, parameter: "acl"),
        Route("PUT", .object, PutObjectAcl.self, parameter: "acl"),
        Route("GET", .object, GetObjectAttributes.self, parameter: "attributes"),
        Route("GET", .object, GetObjectTagging.self, parameter: "tagging"),
        Route("PUT", .object, PutObjectTagging.self, parameter: "tagging"),
        Route("DELETE", .object, DeleteObjectTagging.self, parameter: "tagging"),
        Route("GET", .object, GetObjectRetention.self, parameter: "retention"),
        Route("PUT", .object, PutObjectRetention.self, parameter: "retention"),
        Route("GET", .object, GetObjectLegalHold.self, parameter: "legal-hold"),
        Route("PUT", .object, PutObjectLegalHold.self, parameter: "legal-hold"),
        Route("GET", .object, GetObjectTorrent.self, parameter: "torrent"),
        Route("POST", .object, RestoreObject.self, parameter: "restore"),
        Route("PUT", .object, RenameObject.self, parameter: "renameObject"),
    ]

    private static let missing = MissingOperations.rows.map { row in
        Route(
            method: row.method, level: row.level, parameters: row.parameters, name: row.name,
            operation: MissingOperation.self)
    }

    private static let withoutSubresource = [
        Route("GET", .service, ListBuckets.self),
        Route("GET", .bucket, ListObjects.self),
        Route("HEAD", .bucket, HeadBucket.self),
        Route("PUT", .bucket, CreateBucket.self),
        Route("DELETE", .bucket, DeleteBucket.self),
        Route("POST", .bucket, PostObject.self),
        Route("PUT", .object, CopyObject.self, header: RequestedCopySource.header),
        Route("GET", .object, GetObject.self),
        Route("HEAD", .object, HeadObject.self),
        Route("PUT", .object, PutObject.self),
        Route("DELETE", .object, DeleteObject.self),
    ]

    private static let control = [
        Route("GET", GetAccountPublicAccessBlock.self, controlPath: "configuration/publicAccessBlock"),
        Route("PUT", PutAccountPublicAccessBlock.self, controlPath: "configuration/publicAccessBlock"),
        Route("DELETE", DeleteAccountPublicAccessBlock.self, controlPath: "configuration/publicAccessBlock"),
        Route("GET", ListTagsForResource.self, controlPath: TaggedResource.controlPath),
        Route("POST", TagResource.self, controlPath: TaggedResource.controlPath),
        Route("DELETE", UntagResource.self, controlPath: TaggedResource.controlPath),
    ]
}

extension Route {
    fileprivate convenience init(
        _ method: String, _ level: ResourceLevel, _ operation: any S3Operation.Type, parameter: String? = nil,
        header: String? = nil
    ) {
        self.init(
            method: method, level: level, parameters: parameter.map { [$0] } ?? [], header: header,
            name: operation.name,
            operation: operation)
    }

    fileprivate convenience init(_ method: String, _ operation: any S3Operation.Type, controlPath: String) {
        self.init(
            method: method, level: .account, parameters: [], header: nil, controlPath: controlPath,
            name: operation.name, operation: operation)
    }
}
