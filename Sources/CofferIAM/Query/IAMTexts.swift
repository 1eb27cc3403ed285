import CofferModel
import CofferStorage

extension IAMDirectory {
    /// The size in bytes of all policy documents, including white space, and of all tags. They are all held in memory.
    var textByteCount: Int {
        func inline(_ holders: some Collection<some IAMPolicyHolder>) -> Int {
            holders.reduce(0) { $0 + $1.inlinePolicies.values.reduce(0) { $0 + $1.utf8.count } }
        }
        let managed = policies.values.reduce(0) { $0 + $1.versions.reduce(0) { $0 + $1.document.utf8.count } }
        let trust = roles.values.reduce(0) { $0 + $1.trustPolicy.utf8.count }
        let tags = users.values.map(\.tags) + roles.values.map(\.tags) + policies.values.map(\.tags)
        let tagged = tags.joined().reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        return managed + trust + tagged + inline(users.values) + inline(groups.values) + inline(roles.values)
    }
}
