import CofferModel
import CofferService
import CofferStorage

/// TagUser, UntagUser, ListUserTags, and the same operations for roles.
///
/// Source: IAM User Guide, "Tags for AWS Identity and Access Management resources".
extension EntityKind {
    func tagOperations(_ tags: any WritableKeyPath<Entity, [Tag]> & Sendable) -> [QueryOperation] {
        [
            QueryOperation("Tag\(noun)", on: arn) { call async throws(S3Error) in
                let added = try IAMTags.read(call.parameters)
                try await change(call) { entity throws(S3Error) in
                    entity[keyPath: tags] = try IAMTags.merge(added, into: entity[keyPath: tags])
                }
                return .nothing
            },
            QueryOperation("Untag\(noun)", on: arn) { call async throws(S3Error) in
                let keys = call.parameters.texts("TagKeys")
                try await change(call) { entity throws(S3Error) in
                    IAMTags.remove(keys, from: &entity[keyPath: tags])
                }
                return .nothing
            },
            QueryOperation("List\(noun)Tags", on: arn) { call async throws(S3Error) in
                try IAMTags.list(try find(call)[keyPath: tags], call.parameters)
            },
        ]
    }
}

/// The tags in requests.
enum IAMTags {
    /// - Throws: `InvalidInput` for an invalid tag or a duplicate key.
    static func read(_ parameters: QueryParameters) throws(S3Error) -> [Tag] {
        try merge(try read(parameters, invalid: .invalidInput, duplicate: .invalidInput), into: [])
    }

    /// Reads the tags of a session.
    ///
    /// - Throws: `ValidationError` for an invalid tag or too many tags; `InvalidParameterValue` for a duplicate key.
    static func readForSession(_ parameters: QueryParameters) throws(S3Error) -> [Tag] {
        let tags = try read(parameters, invalid: .validationError, duplicate: .invalidParameterValue)
        guard tags.count <= IAMLimits.tags else { throw tooMany }
        return tags
    }

    static var tooMany: S3Error {
        QueryParameters.invalid("Value", "Tags", "Member must have length less than or equal to \(IAMLimits.tags)")
    }

    private static func read(
        _ parameters: QueryParameters, invalid: S3Error.Code, duplicate: S3Error.Code
    ) throws(S3Error) -> [Tag] {
        var tags: [Tag] = []
        var keys: Set<String> = []
        for member in parameters.structures("Tags") {
            let tag = Tag(key: try member.required("Key"), value: try member.required("Value"))
            guard keys.insert(tag.key.lowercased()).inserted else {
                throw S3Error(duplicate, "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
            }
            guard ![tag.key, tag.value].contains(where: { $0.lowercased().hasPrefix("aws:") }) else {
                throw S3Error(invalid, "Tag keys and values beginning with aws: are reserved for system use")
            }
            tags.append(tag)
        }
        do throws(S3Error) {
            try Tag.check(tags)
        } catch {
            throw S3Error(invalid, error.message)
        }
        return tags
    }

    /// Adds tags, replacing those with the same key, ignoring case.
    static func merge(_ added: [Tag], into tags: [Tag]) throws(S3Error) -> [Tag] {
        var merged = tags
        for tag in added {
            merged.removeAll { $0.key.lowercased() == tag.key.lowercased() }
            merged.append(tag)
        }
        guard merged.count <= IAMLimits.tags else { throw .quotaExceeded("TagsPerResource", IAMLimits.tags) }
        return merged
    }

    /// - Parameter keys: the keys to remove, compared ignoring case.
    static func remove(_ keys: [String], from tags: inout [Tag]) {
        let keys = Set(keys.map { $0.lowercased() })
        tags.removeAll { keys.contains($0.key.lowercased()) }
    }

    static func list(_ tags: [Tag], _ parameters: QueryParameters) throws(S3Error) -> QueryAnswer {
        .list("Tags", try IAMPage(tags, of: parameters) { IAMNames.order($0.key) }) { $0.tag($1) }
    }
}
