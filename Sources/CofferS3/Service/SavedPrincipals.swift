import CofferAccess
package import CofferIAM
package import CofferModel
import CofferService
package import CofferStorage

/// The unique ids of the users and roles that a bucket's policy names, as they were when it was put. They are stored
/// with the policy as a separate configuration.
package enum SavedPrincipals {
    static let kind = "policy-principals"

    static func document(_ ids: [String: String]) -> [UInt8] {
        let members = ids.sorted { $0.key < $1.key }.map { (name: $0.key, value: JSONText.string($0.value)) }
        return Array(JSONText.object(members).text.utf8)
    }

    /// - Parameter configurations: a bucket's configurations.
    /// - Throws: `MalformedPolicy` for a malformed document.
    static func read(_ configurations: [String: [UInt8]]) throws(S3Error) -> [String: String] {
        guard let document = configurations[kind] else { return [:] }
        // A text that is not JSON is refused like any other malformed document.
        let members = (try? JSONValue(document: document))?.object?.members
        let ids = (members ?? []).compactMap { name, value in value.string.map { (name, $0) } }
        guard ids.count == members?.count else {
            throw S3Error(.malformedPolicy, "The saved unique ids of its principals are malformed")
        }
        return Dictionary(ids, uniquingKeysWith: { first, _ in first })
    }

    // MARK: Legacy policies

    private static let property = "policy-principals"

    /// Looks up the principals of legacy policies, which identified them only by name. This happens once per data
    /// directory; from then on these policies mean whoever had the names at that time. A name without a user or role
    /// stays a name until its policy is put again.
    package static func migrate(_ store: ObjectStore, _ identities: Identities) async throws(S3Error) {
        guard try mappingStorageErrors({ () throws(StorageError) in try store.property(property) }) == "names" else {
            return
        }
        // Legacy data directories have only one account.
        let account = IAMAccount.firstID
        try await identities.change(ofAccount: account) { directory throws(S3Error) in
            for (name, role) in directory.roles where role.trustedIDs.isEmpty {
                let policy = identities.snapshot(ofAccount: account)?.role(named: name)?.trustPolicy
                directory.roles[name]?.trustedIDs = policy?.ids(in: identities) ?? [:]
            }
        }
        let buckets = try mappingStorageErrors { () throws(StorageError) in
            try store.buckets(withConfiguration: "policy")
        }
        for bucket in buckets { try await migrate(bucket, store, identities) }
        try await mappingAsyncStorageErrors { () async throws(StorageError) in
            try await store.setProperty(property, to: "ids")
        }
    }

    private static func migrate(
        _ bucket: Bucket, _ store: ObjectStore, _ identities: Identities
    ) async throws(S3Error) {
        let documents = try mappingStorageErrors { () throws(StorageError) in try store.configurations(of: bucket) }
        let state = BucketState(bucket, configurations: documents, account: [:])
        guard documents[kind] == nil, let ids = state.policy?.ids(in: identities), !ids.isEmpty else { return }
        try await mappingAsyncStorageErrors { () async throws(StorageError) in
            try await store.setConfiguration(kind, of: bucket, to: document(ids))
        }
    }
}

extension Policy {
    /// Returns the unique ids of those named principals that exist.
    fileprivate func ids(in directory: some PrincipalDirectory) -> [String: String] {
        principalARNs.reduce(into: [:]) { $0[$1] = directory.uniqueID(of: $1) }
    }
}
