import CofferModel
import CofferStorage

/// PutUserPermissionsBoundary, DeleteUserPermissionsBoundary, and the same operations for roles.
///
/// Source: IAM User Guide, "Permissions boundaries for IAM entities".
enum Boundaries {
    static let operations: [QueryOperation] =
        EntityKind.user.boundaryOperations(\.boundary) + EntityKind.role.boundaryOperations(\.boundary)

    /// Returns the boundary in a request, which must be an existing policy; nil if the request has none.
    static func read(_ call: AuthorizedQuery) throws(S3Error) -> String? {
        guard let arn = call.parameters["PermissionsBoundary"] else { return nil }
        guard call.request.snapshot.document(ofPolicy: arn) != nil else {
            throw .noSuchEntity("Scope ARN: \(arn) does not exist or is not attachable.")
        }
        return arn
    }
}

extension EntityKind {
    fileprivate func boundaryOperations(
        _ boundary: any WritableKeyPath<Entity, String?> & Sendable
    ) -> [QueryOperation] {
        [
            QueryOperation("Put\(noun)PermissionsBoundary", on: arn) { call async throws(S3Error) in
                _ = try call.parameters.required("PermissionsBoundary")
                let arn = try Boundaries.read(call)
                try await change(call) { entity throws(S3Error) in entity[keyPath: boundary] = arn }
                return .nothing
            },
            QueryOperation("Delete\(noun)PermissionsBoundary", on: arn) { call async throws(S3Error) in
                try await change(call) { entity throws(S3Error) in
                    guard entity[keyPath: boundary] != nil else {
                        throw .noSuchEntity("\(noun) \(entity.name) has no permissions boundary.")
                    }
                    entity[keyPath: boundary] = nil
                }
                return .nothing
            },
        ]
    }
}
