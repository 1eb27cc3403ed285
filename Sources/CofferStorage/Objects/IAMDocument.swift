import CofferCrypto
import CofferModel

/// Reads the documents that ``IAMDocumentWriter`` writes.
struct IAMDocument {
    private let row: IAMEntityRow
    private let secrets: SecretBox

    init(_ row: IAMEntityRow, _ secrets: SecretBox) {
        self.row = row
        self.secrets = secrets
    }

    func user() throws(StorageError) -> IAMUser {
        let json = try object()
        var user = IAMUser(id: row.id, name: row.name, path: try text("path", json), created: try time(json))
        user.tags = try tags(json)
        user.boundary = json["boundary"]?.string
        user.attachedPolicies = try texts("attached", json)
        user.inlinePolicies = try named("inline", json)
        user.accessKeys = try accessKeys()
        user.groupIDs = try texts("groups", json)
        return user
    }

    func group() throws(StorageError) -> IAMGroup {
        let json = try object()
        var group = IAMGroup(id: row.id, name: row.name, path: try text("path", json), created: try time(json))
        group.attachedPolicies = try texts("attached", json)
        group.inlinePolicies = try named("inline", json)
        return group
    }

    func role() throws(StorageError) -> IAMRole {
        let json = try object()
        var role = IAMRole(
            id: row.id, name: row.name, path: try text("path", json), created: try time(json),
            trustPolicy: try text("trust", json))
        role.details = try text("description", json)
        role.trustedIDs = try named("trustedIDs", json)
        role.sessionSeconds = try number("sessionSeconds", json)
        role.signinSeconds = json["signinSeconds"]?.number?.integer()
        role.tags = try tags(json)
        role.boundary = json["boundary"]?.string
        role.attachedPolicies = try texts("attached", json)
        role.inlinePolicies = try named("inline", json)
        return role
    }

    func policy() throws(StorageError) -> IAMPolicy {
        let json = try object()
        var policy = IAMPolicy(
            id: row.id, name: row.name, path: try text("path", json), created: try time(json), document: "")
        policy.updated = try time(json, "updated")
        policy.details = try text("description", json)
        policy.tags = try tags(json)
        policy.versions = try items("versions", json) { version throws(StorageError) in
            IAMPolicy.Version(
                number: try number("number", version), created: try time(version),
                document: try text("document", version))
        }
        policy.defaultNumber = try number("defaultVersion", json)
        policy.lastNumber = try number("lastVersion", json)
        return policy
    }

    /// - Throws: a sentence for the operator if the secrets were sealed under another key than the directory's.
    func accessKeys() throws(StorageError) -> [IAMAccessKey] {
        try items("accessKeys", try object()) { json throws(StorageError) in
            let id = try text("id", json)
            guard let sealed = bytes(base64: try text("secret", json)) else { throw malformed }
            guard let secret = secrets.open(sealed, for: id) else {
                throw .failed(
                    "the secret access keys cannot be decrypted with the data directory's secrets.key: restore the "
                        + "file that they were encrypted with")
            }
            var key = IAMAccessKey(
                id: id, secret: String(decoding: secret, as: UTF8.self), created: try time(json))
            key.isActive = json["isActive"]?.bool ?? true
            return key
        }
    }

    // MARK: Members

    private var malformed: StorageError {
        .failed("the catalog holds a malformed \(row.kind.rawValue): \(row.id)")
    }

    private func object() throws(StorageError) -> JSONObject {
        let value: JSONValue
        do throws(JSONFault) {
            value = try JSONValue(document: row.document)
        } catch {
            throw malformed
        }
        guard let object = value.object else { throw malformed }
        return object
    }

    private func text(_ name: String, _ json: JSONObject) throws(StorageError) -> String {
        guard let text = json[name]?.string else { throw malformed }
        return text
    }

    private func number(_ name: String, _ json: JSONObject) throws(StorageError) -> Int {
        guard let number: Int = json[name]?.number?.integer() else { throw malformed }
        return number
    }

    private func time(_ json: JSONObject, _ name: String = "created") throws(StorageError) -> Timestamp {
        guard let number = json[name]?.number?.integer(Int64.self) else { throw malformed }
        return Timestamp(milliseconds: number)
    }

    private func items<Item>(
        _ name: String, _ json: JSONObject, _ read: (JSONObject) throws(StorageError) -> Item
    ) throws(StorageError) -> [Item] {
        try (json[name]?.array ?? []).map { value throws(StorageError) in
            guard let object = value.object else { throw malformed }
            return try read(object)
        }
    }

    private func texts(_ name: String, _ json: JSONObject) throws(StorageError) -> [String] {
        try (json[name]?.array ?? []).map { value throws(StorageError) in
            guard let text = value.string else { throw malformed }
            return text
        }
    }

    private func named(_ name: String, _ json: JSONObject) throws(StorageError) -> [String: String] {
        var named: [String: String] = [:]
        for (name, value) in json[name]?.object?.members ?? [] {
            guard let text = value.string else { throw malformed }
            named[name] = text
        }
        return named
    }

    private func tags(_ json: JSONObject) throws(StorageError) -> [Tag] {
        try items("tags", json) { tag throws(StorageError) in
            Tag(key: try text("key", tag), value: try text("value", tag))
        }
    }
}
