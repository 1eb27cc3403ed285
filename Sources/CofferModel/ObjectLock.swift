/// What keeps a version from being deleted: a retention until a date, a legal hold, or both.
///
/// Source: S3 User Guide, "Locking objects with Object Lock".
public struct ObjectLock: Sendable, Equatable {
    public var retention: Retention?
    /// nil where nobody ever spoke of one.
    public var legalHold: Bool?

    public init(retention: Retention? = nil, legalHold: Bool? = nil) {
        self.retention = retention
        self.legalHold = legalHold
    }

    public struct Retention: Sendable, Equatable {
        public let mode: Mode
        public let until: Timestamp

        public init(mode: Mode, until: Timestamp) {
            self.mode = mode
            self.until = until
        }
    }

    public enum Mode: String, Sendable {
        /// May be shortened and lifted by who may bypass it.
        case governance = "GOVERNANCE"
        /// Not even by the root.
        case compliance = "COMPLIANCE"
    }

    // MARK: Header fields, as which a lock is stored with its version and answered

    public static let modeField = "x-amz-object-lock-mode"
    public static let untilField = "x-amz-object-lock-retain-until-date"
    public static let legalHoldField = "x-amz-object-lock-legal-hold"
    public static let fields = [modeField, untilField, legalHoldField]

    /// Reads the fields of a version.
    ///
    /// - Parameter field: the value of a header field of the version.
    public init(_ field: (_ name: String) -> String?) {
        if let mode = field(Self.modeField).flatMap(Mode.init),
            let until = field(Self.untilField).flatMap({ Timestamp(parsing: $0) })
        {
            retention = Retention(mode: mode, until: until)
        }
        legalHold = field(Self.legalHoldField).map { $0 == "ON" }
    }

    public var headerFields: [(name: String, value: String)] {
        let retained =
            retention.map { [(Self.modeField, $0.mode.rawValue), (Self.untilField, $0.until.iso8601)] }
            ?? []
        return retained + (legalHold.map { [(Self.legalHoldField, $0 ? "ON" : "OFF")] } ?? [])
    }

    // MARK: What it forbids

    /// Whether the version must stay.
    ///
    /// - Parameter bypassesGovernance: whether the caller may, and asked to, pass over retention in governance mode.
    public func forbidsDeletion(at now: Timestamp, bypassesGovernance: Bool) -> Bool {
        if legalHold == true { return true }
        guard let retention, retention.until > now else { return false }
        return retention.mode == .compliance || !bypassesGovernance
    }

    /// Whether a retention may take the place of the present one: a longer one of the same mode always.
    public func allows(_ new: Retention?, at now: Timestamp, bypassesGovernance: Bool) -> Bool {
        guard let retention, retention.until > now else { return true }
        if let new, new.until >= retention.until, new.mode == retention.mode { return true }
        return retention.mode == .governance && bypassesGovernance
    }
}
