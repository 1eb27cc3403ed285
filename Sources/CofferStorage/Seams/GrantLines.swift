import CofferModel

/// The grants of an ACL as stored in the catalog: one line each, with the permission and the grantee's id or URI. An
/// ACL without grants is an empty line.
enum GrantLines {
    static func text(_ grants: [AccessControlList.Grant]?) -> String {
        guard let grants else { return "" }
        return grants.isEmpty ? "\n" : grants.map { "\($0.permission.rawValue) \(text($0.grantee))\n" }.joined()
    }

    static func parse(_ text: String) throws(StorageError) -> [AccessControlList.Grant]? {
        guard !text.isEmpty else { return nil }
        var grants: [AccessControlList.Grant] = []
        for line in text.split(at: "\n") {
            let parts = line.split(at: " ", maxSplits: 1).map(String.init)
            guard parts.count == 2, let permission = AccessControlList.Permission(rawValue: parts[0]) else {
                throw StorageError.failed("the catalog holds a malformed ACL")
            }
            let group = AccessControlList.Group(rawValue: parts[1])
            grants.append(AccessControlList.Grant(group.map { .group($0) } ?? .user(canonicalID: parts[1]), permission))
        }
        return grants
    }

    private static func text(_ grantee: AccessControlList.Grantee) -> String {
        switch grantee {
        case .user(let canonicalID): canonicalID
        case .group(let group): group.rawValue
        }
    }
}
