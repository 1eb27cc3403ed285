import CofferModel
import CofferStorage

/// The parameters of RestoreObject: for how many days, and how fast, which makes no difference here.
///
/// Source: S3 API Reference, RestoreObject; S3 User Guide, "Archive retrieval options".
struct RestoreRequest: Sendable {
    /// nil if the request specifies none, as for an object that is not archived permanently.
    private let givenDays: Int?
    private let tier: Tier

    private enum Tier: String {
        case standard = "Standard"
        case bulk = "Bulk"
        case expedited = "Expedited"
    }

    /// - Throws: `MalformedXML` for a document of another shape, `NotImplemented` for a select request,
    ///   `InvalidArgument` for an invalid number of days.
    init(document: [UInt8]) throws(S3Error) {
        let root = try XMLElement.parse(document, root: "RestoreRequest")
        for name in ["SelectParameters", "OutputLocation", "Type"] where root[name] != nil {
            throw S3Error(.notImplemented, "\(name) of a RestoreRequest is not implemented")
        }
        // A separate `Tier` belongs to the requests that are refused above.
        try root.rejectUnknownChildren(["Days", "GlacierJobParameters", "Description"])
        let parameters = root["GlacierJobParameters"]
        try parameters?.rejectUnknownChildren(["Tier"])
        if let parameters {
            guard let tier = parameters["Tier"].flatMap({ Tier(rawValue: $0.text) }) else {
                throw S3Error(.malformedXML)
            }
            self.tier = tier
        } else {
            tier = .standard
        }
        givenDays = try root["Days"].map { element throws(S3Error) in try Self.days(element.text) }
    }

    /// Returns the number of days that an object is to be readable.
    ///
    /// - Throws: `InvalidObjectState` or `ObjectAlreadyInActiveTierError` for an object that is readable anyway, and
    ///   errors for options that the object's storage class does not offer.
    func days(for object: ObjectRecord) throws(S3Error) -> Int {
        let storageClass = object.attributes.storageClass
        guard storageClass != "INTELLIGENT_TIERING" else {
            guard givenDays == nil else {
                throw S3Error(
                    .invalidArgument,
                    "INTELLIGENT_TIERING objects are not subject to restore expiry. Do not specify Days when restoring this "
                        + "object")
            }
            throw S3Error(.objectAlreadyInActiveTier)
        }
        guard ArchivedObject.isArchived(object) else {
            throw S3Error(
                .invalidObjectState, "Restore is not allowed for the object's current storage class",
                details: [("StorageClass", storageClass)])
        }
        guard let givenDays else { throw S3Error(.malformedXML) }
        guard tier != .expedited || storageClass != "DEEP_ARCHIVE" else {
            throw S3Error(.invalidArgument, "Retrieval option is not supported by this storage class")
        }
        return givenDays
    }

    private static func days(_ text: String) throws(S3Error) -> Int {
        guard let days = Int(text) else { throw S3Error(.malformedXML) }
        guard (1...Limits.restoreDayCount).contains(days) else {
            throw .invalidArgument("Days must be at least 1", name: "Days", value: text)
        }
        return days
    }
}
