/// What a listing of a bucket asks for besides its entries' names.
public struct ListingOptions: Sendable {
    /// Most entries that one request asks for, 1 to 1,000; nil leaves it to the service. Listings go on page by page all
    /// the same.
    public var pageSize: Int?
    /// Whether objects come with their owners. Versions and uploads do anyway.
    public var includesOwners: Bool
    /// Whether archived objects and versions come with how far they are restored.
    public var includesRestoreStatus: Bool

    public init(pageSize: Int? = nil, includesOwners: Bool = false, includesRestoreStatus: Bool = false) {
        self.pageSize = pageSize
        self.includesOwners = includesOwners
        self.includesRestoreStatus = includesRestoreStatus
    }

    /// - Throws: ``ConfigurationError`` for a size that no page can have: services would take another one for it.
    static func checked(_ pageSize: Int, upTo limit: Int = 1000) throws(ConfigurationError) -> String {
        guard (1...limit).contains(pageSize) else {
            throw ConfigurationError("a page of a listing has 1 to \(limit) entries, not \(pageSize)")
        }
        return String(pageSize)
    }
}
