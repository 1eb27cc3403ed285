/// A session tag.
struct SessionTag: Sendable, Equatable {
    let key: String
    let value: String
    /// Whether sessions created with this session inherit the tag.
    var isTransitive = false
}

/// The encoding has short keys, since a token may hold fifty tags.
extension SessionTag: Codable {
    private enum CodingKeys: String, CodingKey {
        case key = "k"
        case value = "v"
        case isTransitive = "t"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        key = try container.decode(String.self, forKey: .key)
        value = try container.decode(String.self, forKey: .value)
        isTransitive = try container.decodeIfPresent(Bool.self, forKey: .isTransitive) ?? false
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(key, forKey: .key)
        try container.encode(value, forKey: .value)
        if isTransitive { try container.encode(true, forKey: .isTransitive) }
    }
}

extension SessionClaims {
    /// Returns the tags of the session's principal: its own, overridden by the session's tags, whose keys are compared
    /// ignoring case.
    ///
    /// - Parameter own: the tags of the role or user.
    func principalTags(over own: [String: String]) -> [String: String] {
        guard let tags, !tags.isEmpty else { return own }
        let given = Set(tags.map { $0.key.lowercased() })
        var merged = own.filter { !given.contains($0.key.lowercased()) }
        for tag in tags { merged[tag.key] = tag.value }
        return merged
    }
}
