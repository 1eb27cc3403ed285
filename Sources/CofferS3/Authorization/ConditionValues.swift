package import CofferAccess
import CofferHTTP
package import CofferIAM
package import CofferModel
import CofferService
import CofferSigning
import CofferStorage

/// The values that a request has for the condition keys of policies.
///
/// Source: Service Authorization Reference, "Condition keys for Amazon S3"; IAM User Guide, "AWS global condition context
/// keys".
package final class ConditionValues {
    private let access: Access
    private let permission: Permission
    private let state: BucketState?
    private let facts: StoredFacts
    /// The server's region.
    private let region: String
    private var now: Timestamp { request.time }
    /// In lower case.
    private let action: String

    package init(
        _ access: Access, _ permission: Permission, in state: BucketState?, _ facts: StoredFacts, region: String
    ) {
        self.access = access
        self.permission = permission
        self.state = state
        self.facts = facts
        self.region = region
        action = permission.action.lowercased()
    }

    private var request: S3Request { access.request }
    private var isOfS3: Bool { action.hasPrefix("s3:") }

    /// - Returns: nil for a key that the request has no value for.
    package func values(of key: ConditionKey) throws(S3Error) -> [String]? {
        guard let name = key.name, name.concerns(action) else { return nil }
        switch name {
        case .existingObjectTag: return Self.tag(key.tag, in: tagsOfObject)
        case .requestObjectTag: return Self.tag(key.tag, in: try tagsOfRequest())
        case .requestTag: return Self.tag(key.tag, in: permission.facts.tags ?? [])
        case .tagKeys: return permission.facts.tags.flatMap { $0.isEmpty ? nil : $0.map(\.key) }
        case .requestObjectTagKeys: return try tagsOfRequest().map(\.key)
        case .copySource: return try copySource().map { [$0] }
        default: return (global(name, tag: key.tag) ?? ofRequest(name) ?? ofLock(name)).map { [$0] }
        }
    }

    // MARK: Bucket, caller, time and origin

    private func global(_ name: ConditionKey.Name, tag: String?) -> String? {
        switch name {
        case .requestedRegion: state?.bucket.region ?? region
        case .resourceAccount: state?.bucket.owner ?? access.principal.account?.id
        case .s3ResourceAccount: state?.bucket.owner ?? (isOfS3 ? access.principal.account?.id : nil)
        default: access.value(of: name, tag: tag)
        }
    }

    // MARK: Request parameters and headers

    private func ofRequest(_ name: ConditionKey.Name) -> String? {
        switch name {
        case .delimiter, .maxKeys, .prefix:
            // These parameters have a meaning only where a bucket is listed.
            return request.level == .bucket && request.method == "GET" ? request.query[Self.field(of: name)] : nil
        case .versionID: return permission.version?.description ?? request.query["versionId"]
        case .locationConstraint: return permission.facts.location
        case .acl, .bucketNamespace, .encryption, .encryptionCustomerAlgorithm, .encryptionKeyID,
            .grantFullControl,
            .grantRead, .grantReadACP, .grantWrite, .grantWriteACP, .ifMatch, .ifNoneMatch, .metadataDirective,
            .objectOwnership, .storageClass, .websiteRedirectLocation:
            return request.headers[Self.field(of: name)]
        default: return nil
        }
    }

    /// Returns the name of the header or parameter that a condition key is named after.
    private static func field(of name: ConditionKey.Name) -> String { String(name.rawValue.dropFirst("s3:".count)) }

    /// Returns `bucket/key`, however the header is written: a source forbidden in one spelling must not be allowed in
    /// another.
    private func copySource() throws(S3Error) -> String? {
        guard request.headers[CopySourceName.header] != nil else { return nil }
        let source = try CopySourceName(request)
        return "\(source.bucket)/\(source.key)"
    }

    private func ofLock(_ name: ConditionKey.Name) -> String? {
        let lock = permission.facts.lock ?? ObjectLock { self.request.headers[$0] }
        switch name {
        case .objectLockMode: return lock.retention?.mode.rawValue
        case .objectLockRetainUntilDate: return lock.retention?.until.iso8601
        case .objectLockRemainingRetentionDays:
            return lock.retention.map { String(($0.until.seconds - now.seconds + 86_399) / 86_400) }
        case .objectLockLegalHold: return lock.legalHold.map { $0 ? "ON" : "OFF" }
        default: return nil
        }
    }

    // MARK: Tags

    private func tagsOfRequest() throws(S3Error) -> [Tag] {
        if let tags = permission.facts.tags { return tags }
        return try request.tags()
    }

    private var tagsOfObject: [Tag] {
        guard let state, let key = permission.key else { return [] }
        return facts.object(key, version: permission.version, in: state.bucket)?.attributes.tags ?? []
    }

    /// Returns the value of the tag whose key matches exactly, or else case-insensitively.
    private static func tag(_ key: String?, in tags: [Tag]) -> [String]? {
        guard let key else { return nil }
        let found = tags.first { $0.key == key } ?? tags.first { $0.key.lowercased() == key.lowercased() }
        return found.map { [$0.value] }
    }
}
