import CofferAccess
import CofferHTTP
import CofferIAM
import CofferModel
import CofferService
import CofferStorage

/// Renames an object, replacing the object at the new key; no bytes are moved. The rename is atomic.
///
/// AWS supports this only in directory buckets, which have no versions, so it is refused here for buckets with
/// versions.
struct RenameObject: S3Operation {
    private static let sourceHeader = "x-amz-rename-source"

    private let source: ObjectKey
    private let destination: ObjectKey
    private let sourceConditions: ReadPreconditions
    private let destinationConditions: ReadPreconditions
    private let mustReplace: Bool
    private let token: String?

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        let (bucket, source, destination) = (try request.bucketName(), try source(request), try request.key())
        let reading = Permission("s3:GetObject", bucket: bucket, key: destination, as: .current)
        return [
            Permission("s3:PutObject", bucket: bucket, key: destination),
            Permission("s3:GetObject", bucket: bucket, key: source, as: .source),
            Permission("s3:DeleteObject", bucket: bucket, key: source, as: .source),
        ] + (ReadPreconditions(request).asksForContent ? [reading] : [])
    }

    init(_ request: S3Request) throws(S3Error) {
        source = try Self.source(request)
        destination = try request.key()
        try destination.checkNew()
        guard source != destination else {
            throw S3Error(.invalidRequest, "The source and the destination of a rename must be different keys")
        }
        sourceConditions = ReadPreconditions(request, prefix: "x-amz-rename-source-")
        mustReplace = request.headers["if-match"] != nil
        destinationConditions = ReadPreconditions(request)
        token = try request.headers["x-amz-client-token"].map { token throws(S3Error) in
            try RenameTokens.check(token)
        }
    }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        _ = try body.finish()
        let bucket = try call.bucket
        guard bucket.versioning == .neverEnabled else {
            throw S3Error(.notImplemented, "RenameObject is not implemented for buckets with versioning")
        }
        let renaming = RenameTokens.Renaming(bucket: bucket.id, source: source, destination: destination)
        let tokens = call.service.renameTokens
        if let token, try tokens.isDone(token, of: call.renameCaller, renaming) { return HTTPResponse(status: 200) }
        let missing = try await call.missing(source)
        let rename = ObjectRename(source: source, destination: destination) { source throws(S3Error) in
            guard let source else { throw missing }
            try call.requireBasis(source, as: .source)
            try sourceConditions.require(source)
        } destinationCondition: { current throws(S3Error) in
            guard let current else {
                guard !mustReplace else { throw .preconditionFailed("If-Match") }
                return
            }
            try call.requireBasis(current, as: .current)
            try destinationConditions.require(current)
        }
        _ = try await mappingAsyncStorageErrors { () async throws(StorageError) in
            try await call.service.store.rename(rename, in: bucket)
        }
        if let token { tokens.note(token, of: call.renameCaller, renaming) }
        return HTTPResponse(status: 200)
    }

    /// Returns the key that the header names: percent-encoded, in the same bucket, whose name may precede it.
    private static func source(_ request: S3Request) throws(S3Error) -> ObjectKey {
        guard let header = request.headers[sourceHeader],
            let decoded = PercentEncoding.decode(header, plusIsSpace: true)
        else {
            throw .invalidArgument(
                "The rename source must be a percent-encoded key of the same bucket", name: sourceHeader,
                value: request.headers[sourceHeader] ?? "null")
        }
        let bucket = Array("\(try request.bucketName())/".utf8)
        var path = decoded.first == UInt8(ascii: "/") ? decoded.dropFirst() : decoded[...]
        if path.starts(with: bucket) { path = path.dropFirst(bucket.count) }
        return try ObjectKey(Array(path))
    }
}

extension Authorized {
    /// The caller that the request's rename token belongs to.
    fileprivate var renameCaller: RenameTokens.Caller {
        access.principal.account.map { .account($0.id) } ?? .address(request.head.network)
    }
}
