/// The options of a bucket's listing, besides the names of its entries.
public struct ListingOptions: Sendable, Hashable {
    /// The most entries that one request asks for, 1 to 1,000; nil leaves it to the service. Listings continue page by
    /// page in either case.
    public var pageSize: Int?
    /// Whether objects are listed with their owners. Versions and uploads always are.
    public var includesOwners: Bool
    /// Whether archived objects and versions are listed with their restore status.
    public var includesRestoreStatus: Bool

    /// Creates options.
    public init(pageSize: Int? = nil, includesOwners: Bool = false, includesRestoreStatus: Bool = false) {
        self.pageSize = pageSize
        self.includesOwners = includesOwners
        self.includesRestoreStatus = includesRestoreStatus
    }

    /// - Throws: ``ConfigurationError`` for an invalid page size: services would silently use a different one.
    static func checked(_ pageSize: Int, upTo limit: Int = 1000) throws(ConfigurationError) -> String {
        guard (1...limit).contains(pageSize) else {
            throw ConfigurationError("the pageSize must be 1 to \(limit), not \(pageSize)")
        }
        return String(pageSize)
    }
}
