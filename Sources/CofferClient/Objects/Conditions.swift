public import CofferModel

/// The conditions that an object must meet to be read; otherwise `PreconditionFailed` or `NotModified` is thrown.
///
/// Source: S3 User Guide, "Conditional reads"; RFC 9110 section 13.
public struct ReadConditions: Sendable, Hashable {
    /// The object has this ETag.
    public var matches: ETag?
    /// The object has another ETag than this one.
    public var matchesNot: ETag?
    /// The object was written after this time, which is sent in whole seconds.
    public var modifiedSince: Timestamp?
    /// The object was not written after this time, which is sent in whole seconds.
    public var unmodifiedSince: Timestamp?

    /// Creates conditions, which must all be met.
    public init(
        matches: ETag? = nil, matchesNot: ETag? = nil, modifiedSince: Timestamp? = nil,
        unmodifiedSince: Timestamp? = nil
    ) {
        self.matches = matches
        self.matchesNot = matchesNot
        self.modifiedSince = modifiedSince
        self.unmodifiedSince = unmodifiedSince
    }

    /// - Parameter prefix: `x-amz-copy-source-` for the source of a copy.
    func headerFields(prefix: String = "") -> HeaderFields {
        HeaderFields(present: [
            prefix + "if-match": matches?.description, prefix + "if-none-match": matchesNot?.description,
            prefix + "if-modified-since": modifiedSince?.httpDate,
            prefix + "if-unmodified-since": unmodifiedSince?.httpDate,
        ])
    }
}

/// The condition that the object replaced by a write must meet; otherwise `PreconditionFailed` is thrown, or
/// `ConditionalRequestConflict` if another write came in between.
///
/// A request whose response is lost is sent again, and may then find the object that it wrote itself, which does not
/// meet the condition. The error thrown is then the ``TransportError``: either this write or another one succeeded, and
/// reading the object tells which.
///
/// Source: S3 User Guide, "Conditional writes".
public enum WriteCondition: Sendable, Hashable {
    /// No object exists.
    case absent
    /// The current object has this ETag.
    case matches(ETag)

    var headerField: HeaderFields {
        switch self {
        case .absent: ["if-none-match": "*"]
        case .matches(let tag): ["if-match": tag.description]
        }
    }
}
