import CofferModel
import CofferStorage

/// Objects of archive storage classes, which can be read while they are restored.
///
/// Source: S3 User Guide, "Working with archived objects"; S3 API Reference, RestoreObject.
enum ArchivedObject {
    private static let classes = ["GLACIER", "DEEP_ARCHIVE"]
    static let restoreField = "x-amz-restore"

    static func isArchived(_ object: ObjectRecord) -> Bool {
        classes.contains(object.attributes.storageClass)
    }

    /// - Parameter message: the error's message; nil for that of reads.
    /// - Throws: `InvalidObjectState` for an archived object that is not restored.
    static func requireReadable(_ object: ObjectRecord, at time: Timestamp, message: String? = nil) throws(S3Error) {
        guard isArchived(object), restoredUntil(object).map({ $0 <= time }) ?? true else { return }
        throw S3Error(
            .invalidObjectState, message,
            details: [("StorageClass", object.attributes.storageClass)])
    }

    static func restoredUntil(_ object: ObjectRecord) -> Timestamp? { restoredUntil(object.attributes) }

    /// Returns the time until which an object can be read; nil if it was not restored.
    static func restoredUntil(_ attributes: StoredAttributes) -> Timestamp? {
        attributes.field(restoreField).flatMap { restoredUntil($0) }
    }

    /// - Parameter field: the value of ``restoreField``.
    static func restoredUntil(_ field: String) -> Timestamp? {
        guard let date = field.split(at: "\"", keepingEmpty: true).dropLast().last else { return nil }
        return Timestamp(parsing: String(date))
    }

    static func restored(until: Timestamp) -> (name: String, value: String) {
        (restoreField, "ongoing-request=\"false\", expiry-date=\"\(until.httpDate)\"")
    }
}
