/// A user, group, role or policy as a row of the catalog, or the access keys of an account's root.
struct IAMEntityRow: Sendable, Equatable {
    let account: String
    let kind: Kind
    /// Unique among all entities of the store.
    let id: String
    /// Unique, regardless of case, among the entities of its kind and account; empty for the root.
    let name: String
    /// The ids of the entity's access keys, which are unique in the store.
    let accessKeys: [String]
    /// The entity as a JSON document.
    let document: [UInt8]

    enum Kind: String, Sendable, CaseIterable {
        case root
        case user
        case group
        case role
        case policy
    }

    /// The name in lower case; only ASCII letters occur in names.
    var foldedName: String {
        String(decoding: name.utf8.map { (65...90).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}
