import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Enables or suspends a bucket's versioning. Once enabled, it can be suspended but never returns to the unversioned
/// state.
struct PutBucketVersioning: ParameterlessOperation {
    static let body = BodyKind.document(limit: Limits.documentByteCount)

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let versioning = try Self.versioning(try body.finish().requireDocument())
        let state = try call.state
        guard versioning == .enabled || !state.locksVersions else {
            throw S3Error(
                .invalidBucketState,
                "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.")
        }
        try await mappingAsyncStorageErrors { () async throws(StorageError) in
            try await call.service.store.setVersioning(versioning, of: state.bucket)
        }
        call.service.buckets.invalidate(state.bucket.name)
        return HTTPResponse(status: 200)
    }

    private static func versioning(_ document: [UInt8]) throws(S3Error) -> Versioning {
        let root = try XMLElement.parse(document, root: "VersioningConfiguration")
        try root.rejectUnknownChildren(["Status", "MfaDelete"])
        switch root["MfaDelete"]?.text {
        case nil, "Disabled": break
        case "Enabled": throw S3Error(.notImplemented, "MFA delete is not implemented")
        default: throw S3Error(.malformedXML)
        }
        switch root["Status"]?.text {
        case "Enabled": return .enabled
        case "Suspended": return .suspended
        case nil:
            throw S3Error(
                .illegalVersioningConfiguration, "The Versioning element must be specified")
        default: throw S3Error(.malformedXML)
        }
    }
}
