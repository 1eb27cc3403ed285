import CofferAccess
import CofferModel

/// The tags and source identity of a new session: those that the request gives, and those that the caller's session
/// passes on.
///
/// Source: IAM User Guide, "Pass session tags in AWS STS", "Monitor and control actions taken with assumed roles".
struct SessionAttributes: Sendable {
    let tags: [SessionTag]
    let sourceIdentity: String?

    static let none = SessionAttributes(tags: [], sourceIdentity: nil)

    private init(tags: [SessionTag], sourceIdentity: String?) {
        self.tags = tags
        self.sourceIdentity = sourceIdentity
    }

    /// Reads the attributes of a role's session.
    ///
    /// - Throws: `ValidationError`, or `InvalidParameterValue` for duplicate keys, keys that the caller's session has
    ///   set permanently, and transitive keys that are not among the tags.
    init(ofRole call: AuthorizedQuery) throws(S3Error) {
        let identity = call.request.access.identity
        let inherited = identity.transitiveTags
        let keys = Set(inherited.map { $0.key.lowercased() })
        let transitive = Self.transitiveKeys(call.parameters)
        let passed = try IAMTags.readForSession(call.parameters).map { tag in
            SessionTag(key: tag.key, value: tag.value, isTransitive: transitive.contains(tag.key.lowercased()))
        }
        guard transitive.isSubset(of: passed.map { $0.key.lowercased() }) else {
            throw S3Error(
                .invalidParameterValue, "The specified transitive tag key must be included in the requested tags.")
        }
        guard !passed.contains(where: { keys.contains($0.key.lowercased()) }) else {
            throw S3Error(
                .invalidParameterValue,
                "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key "
                    + "from the calling session.")
        }
        tags = inherited + passed
        guard tags.count <= IAMLimits.tags else { throw IAMTags.tooMany }
        sourceIdentity = try Self.sourceIdentity(call.parameters, of: identity)
    }

    /// Reads the attributes of a federated user's session, which cannot create further sessions.
    init(ofFederatedUser call: AuthorizedQuery) throws(S3Error) {
        tags = try IAMTags.readForSession(call.parameters).map { SessionTag(key: $0.key, value: $0.value) }
        sourceIdentity = nil
    }

    /// Returns the keys of transitive tags, in lower case.
    private static func transitiveKeys(_ parameters: QueryParameters) -> Set<String> {
        Set(parameters.texts("TransitiveTagKeys").map { $0.lowercased() })
    }

    /// Returns the source identity, which cannot change once it is set, whatever further roles are assumed.
    private static func sourceIdentity(
        _ parameters: QueryParameters, of identity: Identity
    ) throws(S3Error) -> String? {
        guard let value = parameters["SourceIdentity"] else { return identity.sourceIdentity }
        guard identity.sourceIdentity ?? value == value else {
            throw S3Error(.validationError, "The source identity is already set for this assume role session")
        }
        return value
    }

    // MARK: The permissions that a role must grant

    /// The actions, besides AssumeRole, that the role must allow. Inherited attributes need them just like new ones.
    var actions: [String] {
        (tags.isEmpty ? [] : ["sts:TagSession"]) + (sourceIdentity == nil ? [] : ["sts:SetSourceIdentity"])
    }

    /// The values of condition keys, by the keys' names in lower case.
    var conditionValues: [String: [String]] {
        var values: [String: [String]] = [:]
        for tag in tags { values["aws:requesttag/\(tag.key.lowercased())"] = [tag.value] }
        values["aws:tagkeys"] = tags.map(\.key)
        values["sts:transitivetagkeys"] = tags.filter(\.isTransitive).map(\.key)
        values["sts:sourceidentity"] = sourceIdentity.map { [$0] }
        return values
    }
}
