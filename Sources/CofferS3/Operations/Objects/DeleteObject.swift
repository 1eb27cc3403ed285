import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Deletes an object, or with `versionId` permanently deletes one of its versions. Deleting an object that does not
/// exist is not an error.
struct DeleteObject: S3Operation {
    private let key: ObjectKey
    private let version: VersionID?
    private let conditions: DeletePreconditions

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        let permission = try request.permission("s3:DeleteObject", forVersion: "s3:DeleteObjectVersion")
        let reading = try request.permission("s3:GetObject", as: .current)
        return [permission] + (try GovernanceBypass.permissions(for: request))
            + (try DeletePreconditions(request).asksForContent ? [reading] : [])
    }

    init(_ request: S3Request) throws(S3Error) {
        key = try request.key()
        version = try request.versionID()
        conditions = try DeletePreconditions(request)
    }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        try GovernanceBypass.check(call)
        let bucket = try call.bucket
        var condition = try await conditions.condition(version: version) { () async throws(S3Error) in
            try await call.missing(key)
        }
        for allowed in call.allowed { condition = call.condition(condition, and: allowed) }
        let deletion = Deletion(
            key: key, version: version, condition: condition,
            bypassesGovernance: GovernanceBypass.isAsked(call.request))
        let outcomes = try await mappingAsyncStorageErrors { () async throws(StorageError) in
            try await call.service.store.delete([deletion], in: bucket)
        }
        guard let outcome = outcomes.first else { throw .internalError("a deletion has no outcome") }
        var response = HTTPResponse.noContent
        switch outcome {
        case .success(let outcome): response.headers = outcome.fields
        case .failure(let error): throw error
        }
        return response
    }
}

extension DeletionOutcome {
    fileprivate var fields: [(name: String, value: String)] {
        (isDeleteMarker ? [("x-amz-delete-marker", "true")] : [])
            + (version.map { [("x-amz-version-id", $0.description)] } ?? [])
    }
}
