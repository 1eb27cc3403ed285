public import CofferModel

/// An entry of a listing with a delimiter.
public enum ListedEntry<Item: Sendable>: Sendable {
    /// An object, or a version or an upload, depending on the listing.
    case object(Item)
    /// The beginning that several keys share, up to and including the delimiter.
    case commonPrefix(String)
}

extension ListedEntry: Equatable where Item: Equatable {}

/// An account, user or role as it appears in a listing: the owner of an object, or the initiator of an upload.
public struct ListedPrincipal: Sendable, Hashable, Codable {
    /// The ID of the account, or the ARN of the user or role.
    public let id: String
    /// The display name, where the service returns one; Amazon no longer does.
    public let displayName: String?

    /// - Returns: nil if there is no ID.
    init?(_ element: XMLElement?) {
        guard let element, let id = element.text("ID") else { return nil }
        self.id = id
        displayName = element.text("DisplayName")
    }
}

/// The restore state of an archived object.
public struct RestoreStatus: Sendable, Hashable, Codable {
    /// Whether the object is being restored.
    public let isInProgress: Bool
    /// When the readable copy expires.
    public let expires: Timestamp?

    init(_ element: XMLElement) {
        isInProgress = element.isTrue("IsRestoreInProgress")
        expires = element.time("RestoreExpiryDate")
    }
}

/// The details that a listing returns for an object besides its name, size and ETag.
public struct ListedDetails: Sendable, Hashable, Codable {
    /// The known checksum algorithms of the object; the listing does not contain their values.
    public let checksumAlgorithms: [ChecksumAlgorithm]
    /// What the checksums cover, where the service reports it.
    public let checksumType: ChecksumType?
    /// nil for objects, unless ``ListingOptions/includesOwners`` is set.
    public let owner: ListedPrincipal?
    /// nil unless ``ListingOptions/includesRestoreStatus`` is set, and for objects that were never archived.
    public let restoreStatus: RestoreStatus?

    init(_ element: XMLElement) {
        checksumAlgorithms = element.all("ChecksumAlgorithm").compactMap { ChecksumAlgorithm(rawValue: $0.text) }
        checksumType = element.text("ChecksumType").flatMap(ChecksumType.init)
        owner = ListedPrincipal(element["Owner"])
        restoreStatus = element["RestoreStatus"].map(RestoreStatus.init)
    }
}
