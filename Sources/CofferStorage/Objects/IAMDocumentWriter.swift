import CofferCrypto
import CofferModel

/// Writes entities as JSON documents. Id and name are in the rows themselves, and empty members are left out.
struct IAMDocumentWriter {
    /// Seals the secrets of access keys, each for its own id.
    let secrets: SecretBox

    func document(of keys: [IAMAccessKey]) -> JSONText { .object([("accessKeys", accessKeys(keys))]) }

    func document(of user: IAMUser) -> JSONText {
        .object(
            common(user) + policies(user) + [
                ("tags", tags(user.tags)), ("boundary", user.boundary.map { .string($0) }),
                ("groups", texts(user.groupIDs)), ("accessKeys", accessKeys(user.accessKeys)),
            ])
    }

    func document(of group: IAMGroup) -> JSONText { .object(common(group) + policies(group)) }

    func document(of role: IAMRole) -> JSONText {
        .object(
            common(role) + policies(role) + [
                ("description", .string(role.details)), ("trust", .string(role.trustPolicy)),
                ("trustedIDs", named(role.trustedIDs)), ("sessionSeconds", .number(role.sessionSeconds)),
                ("signinSeconds", role.signinSeconds.map { .number($0) }), ("tags", tags(role.tags)),
                ("boundary", role.boundary.map { .string($0) }),
            ])
    }

    func document(of policy: IAMPolicy) -> JSONText {
        let versions = policy.versions.map { version in
            JSONText.object([
                ("number", .number(version.number)), ("created", .number(version.created.milliseconds)),
                ("document", .string(version.document)),
            ])
        }
        return .object(
            common(policy) + [
                ("updated", .number(policy.updated.milliseconds)), ("description", .string(policy.details)),
                ("tags", tags(policy.tags)), ("versions", .list(versions)),
                ("defaultVersion", .number(policy.defaultNumber)), ("lastVersion", .number(policy.lastNumber)),
            ])
    }

    // MARK: Members

    private typealias Members = [(name: String, value: JSONText?)]

    private func common(_ entity: some IAMEntity) -> Members {
        [("path", .string(entity.path)), ("created", .number(entity.created.milliseconds))]
    }

    private func policies(_ holder: some IAMPolicyHolder) -> Members {
        [("attached", texts(holder.attachedPolicies)), ("inline", named(holder.inlinePolicies))]
    }

    private func accessKeys(_ keys: [IAMAccessKey]) -> JSONText? {
        list(
            keys.map { key in
                .object([
                    ("id", .string(key.id)), ("created", .number(key.created.milliseconds)),
                    ("isActive", .bool(key.isActive)),
                    ("secret", .string(base64(secrets.seal(Array(key.secret.utf8), for: key.id)))),
                ])
            })
    }

    private func tags(_ tags: [Tag]) -> JSONText? {
        list(tags.map { .object([("key", .string($0.key)), ("value", .string($0.value))]) })
    }

    private func texts(_ texts: [String]) -> JSONText? { list(texts.map { .string($0) }) }

    private func list(_ items: [JSONText]) -> JSONText? { items.isEmpty ? nil : .list(items) }

    private func named(_ texts: [String: String]) -> JSONText? {
        texts.isEmpty
            ? nil : .object(texts.sorted { $0.key < $1.key }.map { (name: $0.key, value: .string($0.value)) })
    }
}
