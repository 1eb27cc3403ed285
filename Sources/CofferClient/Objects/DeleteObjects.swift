public import CofferModel

/// DeleteObjects.
extension S3Client {
    /// Deletes many objects, a thousand per request. Objects whose keys XML cannot represent are deleted one by one: in
    /// a document they would keep the others from being deleted.
    ///
    /// - Throws: the error of the first request, and `CancellationError`. No other error is thrown once an object has
    ///   been deleted: if a later request fails, its objects and all those after them are in the result, with its
    ///   error.
    public func deleteObjects(
        bucket: BucketName, objects: [ObjectVersion], bypassesGovernance: Bool = false
    ) async throws -> DeleteResult {
        var result = DeleteResult()
        let requests = Self.requests(objects)
        for (index, some) in requests.enumerated() {
            do {
                try await delete(some, bucket, bypassesGovernance, into: &result)
            } catch let error where index > 0 && !(error is CancellationError) {
                result.failed += requests[index...].joined().map { FailedDeletion(object: $0, error: error) }
                break
            }
        }
        return result
    }

    private static func requests(_ objects: [ObjectVersion]) -> [ArraySlice<ObjectVersion>] {
        let written = objects.filter { $0.key.canBeXML }
        return stride(from: 0, to: written.count, by: Limits.deleteKeyCount)
            .map { written[$0..<min($0 + Limits.deleteKeyCount, written.count)] }
            + objects.filter { !$0.key.canBeXML }.map { [$0] }
    }

    /// Deletes the current versions of many objects.
    public func deleteObjects(bucket: BucketName, keys: [ObjectKey]) async throws -> DeleteResult {
        try await deleteObjects(bucket: bucket, objects: keys.map { ObjectVersion(key: $0, version: nil) })
    }

    private func delete(
        _ objects: ArraySlice<ObjectVersion>, _ bucket: BucketName, _ bypassesGovernance: Bool,
        into result: inout DeleteResult
    ) async throws {
        if let object = objects.first, !object.key.canBeXML {
            return try await deleteAlone(object, bucket, bypassesGovernance, into: &result)
        }
        let document = XMLWriter.document("Delete") { xml in
            for object in objects {
                xml.element("Object") { xml in
                    xml.element("Key", object.key.description)
                    xml.optional("VersionId", object.version?.description)
                }
            }
        }
        var call = S3Call("POST", bucket, query: [("delete", nil)], body: .bytes(document[...]))
        call.addContentMD5()
        if bypassesGovernance { call.add("x-amz-bypass-governance-retention", "true") }
        let (root, _) = try await self.document(call)
        for element in root.all("Deleted") {
            let marker = element.text("DeleteMarkerVersionId").map { VersionID(opaque: $0) }
            let version = element.text("VersionId").map { VersionID(opaque: $0) }
            result.deleted.append(
                DeletedObject(
                    key: element.key, version: marker ?? version, isDeleteMarker: element.isTrue("DeleteMarker")))
        }
        for element in root.all("Error") {
            let code = S3Error.Code(element.text("Code") ?? "InternalError", 200, element.text("Message") ?? "")
            let object = ObjectVersion(
                key: element.key, version: element.text("VersionId").map { VersionID(opaque: $0) })
            let error = S3Error(code, details: [("Key", object.key.description)])
            result.failed.append(FailedDeletion(object: object, error: error))
        }
        let reported = Set((root.all("Deleted") + root.all("Error")).map(\.key))
        for object in objects where !reported.contains(object.key) {
            let error = S3Error(.internalError, "The service did not report whether the object was deleted.")
            result.failed.append(FailedDeletion(object: object, error: error))
        }
    }

    private func deleteAlone(
        _ object: ObjectVersion, _ bucket: BucketName, _ bypassesGovernance: Bool, into result: inout DeleteResult
    ) async throws {
        do {
            result.deleted.append(
                try await deleteObject(
                    bucket: bucket, key: object.key, version: object.version, bypassesGovernance: bypassesGovernance))
        } catch let error as S3Error {
            result.failed.append(FailedDeletion(object: object, error: error))
        }
    }
}

/// A version of an object, identified by key and version ID; no version means the current one.
public struct ObjectVersion: Sendable, Hashable, Codable {
    /// The object's key.
    public let key: ObjectKey
    /// The version; nil for the current one.
    public let version: VersionID?

    /// Creates a reference to a version.
    public init(key: ObjectKey, version: VersionID? = nil) {
        self.key = key
        self.version = version
    }
}

/// The outcome of a deletion for each object.
public struct DeleteResult: Sendable {
    /// The objects that were deleted.
    public internal(set) var deleted: [DeletedObject] = []
    /// The objects that were not deleted, or for which that is not known.
    public internal(set) var failed: [FailedDeletion] = []
}

/// An object that could not be deleted, or for which the service did not confirm the deletion.
public struct FailedDeletion: Sendable {
    /// The object that was to be deleted.
    public let object: ObjectVersion
    /// `S3Error` if the service gives a reason; ``TransportError`` if the object may have been deleted anyway.
    public let error: any Error

    package init(object: ObjectVersion, error: any Error) {
        self.object = object
        self.error = error
    }
}

extension ObjectKey {
    /// Whether XML 1.0 allows all of the key's characters (section 2.2).
    fileprivate var canBeXML: Bool {
        description.unicodeScalars.allSatisfy {
            [9, 10, 13].contains($0.value) || $0.value >= 32 && ![0xFFFE, 0xFFFF].contains($0.value)
        }
    }
}

extension XMLElement {
    fileprivate var key: ObjectKey { ObjectKey(unchecked: Array((self["Key"]?.text ?? "").utf8)) }
}
