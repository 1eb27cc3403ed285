import CofferModel

/// The unique ids of the users and roles that a bucket's policy names, as they were when it was put. They are stored
/// with the policy as a separate configuration.
enum SavedPrincipals {
    static let kind = "policy-principals"

    static func document(_ ids: [String: String]) -> [UInt8] {
        let members = ids.sorted { $0.key < $1.key }.map { (name: $0.key, value: JSONText.string($0.value)) }
        return Array(JSONText.object(members).text.utf8)
    }

    /// - Parameter configurations: a bucket's configurations.
    /// - Throws: `MalformedPolicy` for a malformed document.
    static func read(_ configurations: [String: [UInt8]]) throws(S3Error) -> [String: String] {
        guard let document = configurations[kind] else { return [:] }
        // A text that is not JSON is refused like any other malformed document.
        let members = (try? JSONValue(document: document))?.object?.members
        let ids = (members ?? []).compactMap { name, value in value.string.map { (name, $0) } }
        guard ids.count == members?.count else {
            throw S3Error(.malformedPolicy, "The saved unique ids of its principals are malformed")
        }
        return Dictionary(ids, uniquingKeysWith: { first, _ in first })
    }
}
