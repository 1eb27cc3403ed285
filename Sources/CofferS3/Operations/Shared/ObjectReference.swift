import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// The object that a request's target names, or the version of it that `versionId` names.
struct ObjectReference: Sendable {
    let key: ObjectKey
    /// nil for the current one.
    let version: VersionID?

    init(_ request: S3Request) throws(S3Error) {
        key = try request.key()
        version = try request.versionID()
    }

    init(key: ObjectKey, version: VersionID?) {
        self.key = key
        self.version = version
    }

    /// The action that reading the object's tags requires.
    var taggingAction: String { version == nil ? "s3:GetObjectTagging" : "s3:GetObjectVersionTagging" }

    /// Looks up the object in the bucket of the resource that has the given role in the operation.
    ///
    /// - Throws: `NoSuchKey`, `NoSuchVersion`, or `AccessDenied` for callers who may not list the bucket; for a delete
    ///   marker `NoSuchKey` if it is current, and `MethodNotAllowed` if it was requested by its version.
    ///
    /// - Parameters:
    ///   - isToBeRead: whether the object's bytes are read next.
    ///   - marker: the error if a delete marker is current.
    func find<Operation>(
        _ call: Authorized<Operation>, as part: Permission.Part = .target, isToBeRead: Bool = false,
        currentMarker marker: CurrentMarker = .isMissing
    ) async throws(S3Error) -> ObjectRecord {
        let bucket = try call.state(of: part).bucket
        let found = try await mappingAsyncStorageErrors { () async throws(StorageError) in
            try await call.service.store.object(key, version: version, in: bucket, isToBeRead: isToBeRead)
        }
        guard let found else { throw try await missing(call, part) }
        guard found.isDeleteMarker else {
            try call.requireBasis(found, as: part)
            return found
        }
        let fields = [("x-amz-delete-marker", "true"), ("x-amz-version-id", found.version.description)]
        guard version != nil || marker == .isNotAllowed else {
            throw try await call.missing(key, in: part).with(headers: fields)
        }
        throw S3Error(
            .methodNotAllowed, details: [("Method", call.request.method), ("ResourceType", "DeleteMarker")],
            headers: fields + [("Allow", "DELETE"), ("Last-Modified", found.modified.httpDate)])
    }

    /// Returns the error for an object that does not exist.
    @inline(never)
    func missing<Operation>(
        _ call: Authorized<Operation>, _ part: Permission.Part = .target
    ) async throws(S3Error) -> S3Error {
        if let version, !version.hasValidCheck { return VersionID.invalid(version.description) }
        let missing = try await call.missing(key, in: part)
        let bucket = try call.state(of: part).bucket
        guard let version, !version.isNull || bucket.versioning != .neverEnabled, missing.code == .noSuchKey else {
            return missing
        }
        return S3Error(
            .noSuchVersion, details: [("Key", key.description), ("VersionId", version.description)])
    }

    /// The error for a current delete marker. A read finds no object; operations on a version's attributes do not apply
    /// to a marker.
    enum CurrentMarker {
        /// `NoSuchKey`.
        case isMissing
        /// `MethodNotAllowed`.
        case isNotAllowed
    }

    /// Changes the version's attributes, and returns the header fields with its id.
    func update<Operation>(
        _ call: Authorized<Operation>, currentMarker marker: CurrentMarker = .isNotAllowed,
        change: @escaping @Sendable (_ record: ObjectRecord) throws(S3Error) -> StoredAttributes
    ) async throws(S3Error) -> [(name: String, value: String)] {
        _ = try await find(call, currentMarker: marker)
        let bucket = try call.bucket
        let update = ObjectUpdate(key: key, version: version) { record throws(S3Error) in
            guard !record.isDeleteMarker else { throw .noSuchKey(record.key) }
            try call.requireBasis(record)
            return try change(record)
        }
        let record: ObjectRecord
        do throws(StorageError) {
            record = try await call.service.store.update(update, in: bucket)
        } catch {
            if case .noSuchKey = error { throw try await missing(call) }
            throw S3Error(storage: error)
        }
        return record.versionFields(in: bucket)
    }
}

extension ObjectRecord {
    /// Returns `x-amz-version-id`, if the bucket has or had versions.
    func versionFields(in bucket: Bucket) -> [(name: String, value: String)] {
        bucket.versioning == .neverEnabled ? [] : [("x-amz-version-id", version.description)]
    }
}

extension ObjectRecord {
    /// Returns `x-amz-copy-source-version-id`, if the source's bucket has or had versions.
    func copySourceVersionFields(in bucket: Bucket) -> [(name: String, value: String)] {
        bucket.versioning == .neverEnabled ? [] : [("x-amz-copy-source-version-id", version.description)]
    }
}

/// A part's number: 1 to 10,000.
enum PartNumber {
    static func parse(_ text: String) throws(S3Error) -> Int {
        guard text.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(text),
            (1...Limits.partCount).contains(number)
        else {
            throw .invalidArgument(
                "Part number must be an integer between 1 and \(Limits.partCount), inclusive", name: "partNumber",
                value: text)
        }
        return number
    }
}
