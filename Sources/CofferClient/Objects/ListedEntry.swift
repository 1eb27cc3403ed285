public import CofferModel

/// An entry of a listing with a delimiter.
public enum ListedEntry<Item: Sendable>: Sendable {
    /// An object, or a version of one or an upload to one, as the listing is of those.
    case object(Item)
    /// What keys begin with, up to the delimiter and with it.
    case commonPrefix(String)
}

/// An account, user or role as a listing names it: who owns an object, or has begun an upload.
public struct ListedPrincipal: Sendable, Hashable {
    public let id: String
    /// Where the service tells it; Amazon does no more.
    public let displayName: String?

    /// - Returns: nil where there is no id.
    init?(_ element: XMLElement?) {
        guard let element, let id = element.text("ID") else { return nil }
        self.id = id
        displayName = element.text("DisplayName")
    }
}

/// How far an archived object is restored.
public struct RestoreStatus: Sendable, Equatable {
    public let isInProgress: Bool
    /// When the copy that can be read goes again.
    public let expires: Timestamp?

    init(_ element: XMLElement) {
        isInProgress = element.isTrue("IsRestoreInProgress")
        expires = element.time("RestoreExpiryDate")
    }
}

/// What a listing tells of an object beside its name, size and tag.
public struct ListedDetails: Sendable {
    /// Those of its checksums that are known here; not their values.
    public let checksumAlgorithms: [ChecksumAlgorithm]
    public let checksumType: ChecksumType?
    /// nil unless ``ListingOptions/includesOwners``, for objects.
    public let owner: ListedPrincipal?
    /// nil unless ``ListingOptions/includesRestoreStatus``, and for what was never archived.
    public let restoreStatus: RestoreStatus?

    init(_ element: XMLElement) {
        checksumAlgorithms = element.all("ChecksumAlgorithm").compactMap { ChecksumAlgorithm(rawValue: $0.text) }
        checksumType = element.text("ChecksumType").flatMap(ChecksumType.init)
        owner = ListedPrincipal(element["Owner"])
        restoreStatus = element["RestoreStatus"].map(RestoreStatus.init)
    }
}
