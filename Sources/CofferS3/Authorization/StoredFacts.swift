package import CofferModel
import CofferService
package import CofferStorage

/// What decisions ask of the store: objects for their tags and ACLs, uploads for their initiators.
///
/// Policies and ACLs are evaluated without waiting. What they ask for and is not known yet is looked up, and then they
/// are evaluated again: see ``decide(_:_:)``. Most decisions ask for nothing.
///
/// Used for one decision at a time.
package final class StoredFacts {
    private var objects: [ObjectQuestion: ObjectRecord?] = [:]
    private var uploads: [UploadQuestion: Upload?] = [:]
    /// What was asked for and is not known.
    private var missing: Question?

    private struct ObjectQuestion: Hashable {
        let key: ObjectKey
        let version: VersionID?
        let bucket: Int64
    }

    private struct UploadQuestion: Hashable {
        let id: String
        let key: ObjectKey
        let bucket: Int64
    }

    private enum Question {
        case object(ObjectQuestion, Bucket)
        case upload(UploadQuestion, Bucket)
    }

    private init() {}

    /// Facts for a decision about an object that is known, which is all that such a decision can ask for.
    init(about object: ObjectRecord, _ permission: Permission, in bucket: Bucket) {
        guard let key = permission.key else { return }
        objects[ObjectQuestion(key: key, version: permission.version, bucket: bucket.id)] = object
    }

    /// - Returns: nil if there is no such object, or it is not known yet; then the decision is not final.
    package func object(_ key: ObjectKey, version: VersionID?, in bucket: Bucket) -> ObjectRecord? {
        let question = ObjectQuestion(key: key, version: version, bucket: bucket.id)
        if let known = objects[question] { return known }
        missing = missing ?? .object(question, bucket)
        return nil
    }

    /// - Returns: nil if there is no such upload, or it is not known yet; then the decision is not final.
    func upload(_ id: String, of key: ObjectKey, in bucket: Bucket) -> Upload? {
        let question = UploadQuestion(id: id, key: key, bucket: bucket.id)
        if let known = uploads[question] { return known }
        missing = missing ?? .upload(question, bucket)
        return nil
    }

    /// Makes a decision, and repeats it until everything that it asks for is known.
    ///
    /// - Parameter decision: has no side effects.
    @inline(never)
    package static func decide<Value>(
        _ store: ObjectStore, _ decision: (_ facts: StoredFacts) throws(S3Error) -> Value
    ) async throws(S3Error) -> Value {
        let facts = StoredFacts()
        while true {
            let outcome: Result<Value, S3Error>
            do throws(S3Error) {
                outcome = .success(try decision(facts))
            } catch {
                outcome = .failure(error)
            }
            guard let question = facts.missing else { return try outcome.get() }
            try await facts.lookUp(question, store)
        }
    }

    @inline(never)
    private func lookUp(_ question: Question, _ store: ObjectStore) async throws(S3Error) {
        missing = nil
        switch question {
        case .object(let question, let bucket):
            objects[question] = .some(
                try await mappingAsyncStorageErrors { () async throws(StorageError) in
                    try await store.object(question.key, version: question.version, in: bucket)
                })
        case .upload(let question, let bucket):
            uploads[question] = .some(
                try await mappingAsyncStorageErrors { () async throws(StorageError) in
                    try await store.upload(question.id, of: question.key, in: bucket)
                })
        }
    }
}
