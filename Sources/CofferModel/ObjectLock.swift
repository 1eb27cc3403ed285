/// The protection of a version against deletion: a retention until a date, a legal hold, or both.
///
/// Source: S3 User Guide, "Locking objects with Object Lock".
public struct ObjectLock: Sendable, Equatable {
    /// The retention; nil if the version has none. It has no effect once its date has passed.
    public var retention: Retention?
    /// nil if no legal hold was ever set or removed.
    public var legalHold: Bool?

    /// Creates a lock.
    ///
    /// - Parameters:
    ///   - retention: until when and how strictly the version is retained.
    ///   - legalHold: whether the version is on legal hold; nil if that was never set.
    public init(retention: Retention? = nil, legalHold: Bool? = nil) {
        self.retention = retention
        self.legalHold = legalHold
    }

    /// A protection until a date.
    public struct Retention: Sendable, Equatable {
        /// Who may shorten or remove the retention.
        public let mode: Mode
        /// The end of the retention.
        public let until: Timestamp

        /// Creates a retention with a mode, until a date.
        public init(mode: Mode, until: Timestamp) {
            self.mode = mode
            self.until = until
        }
    }

    /// How strictly a retention holds.
    public enum Mode: String, Sendable {
        /// Callers with the permission to bypass governance may shorten or remove it.
        case governance = "GOVERNANCE"
        /// No caller may shorten or remove it, not even the root user.
        case compliance = "COMPLIANCE"
    }

    // MARK: Header fields, in which a lock is stored with its version and returned

    /// The header field of the retention's mode.
    package static let modeField = "x-amz-object-lock-mode"
    /// The header field of the retention's end, in ISO 8601.
    package static let untilField = "x-amz-object-lock-retain-until-date"
    /// The header field of the legal hold: `ON` or `OFF`.
    package static let legalHoldField = "x-amz-object-lock-legal-hold"
    /// All header fields of a lock.
    package static let fields = [modeField, untilField, legalHoldField]

    /// Reads the lock from the header fields of a version.
    ///
    /// - Parameter field: returns the value of a header field of the version.
    public init(_ field: (_ name: String) -> String?) {
        if let mode = field(Self.modeField).flatMap(Mode.init),
            let until = field(Self.untilField).flatMap({ Timestamp(parsing: $0) })
        {
            retention = Retention(mode: mode, until: until)
        }
        legalHold = field(Self.legalHoldField).map { $0 == "ON" }
    }

    /// The header fields that are set.
    package var headerFields: [(name: String, value: String)] {
        let retained =
            retention.map { [(Self.modeField, $0.mode.rawValue), (Self.untilField, $0.until.iso8601)] }
            ?? []
        return retained + (legalHold.map { [(Self.legalHoldField, $0 ? "ON" : "OFF")] } ?? [])
    }

    // MARK: Protection

    /// Whether the version must not be deleted.
    ///
    /// - Parameters:
    ///   - now: the current time.
    ///   - bypassesGovernance: whether the caller is allowed to bypass governance mode, and asked to.
    public func forbidsDeletion(at now: Timestamp, bypassesGovernance: Bool) -> Bool {
        if legalHold == true { return true }
        guard let retention, retention.until > now else { return false }
        return retention.mode == .compliance || !bypassesGovernance
    }

    /// Whether a retention may replace the current one; a longer one with the same mode always may.
    public func allows(_ new: Retention?, at now: Timestamp, bypassesGovernance: Bool) -> Bool {
        guard let retention, retention.until > now else { return true }
        if let new, new.until >= retention.until, new.mode == retention.mode { return true }
        return retention.mode == .governance && bypassesGovernance
    }
}
