/// A bucket's Object Lock configuration: it allows locks on versions, and sets the default retention of new ones.
///
/// Source: S3 API Reference, PutObjectLockConfiguration.
public struct ObjectLockConfiguration: Sendable, Equatable {
    /// The retention of versions whose requests ask for none; nil leaves them without one.
    public let defaultRetention: DefaultRetention?

    /// A retention that begins when a version is written.
    public struct DefaultRetention: Sendable, Equatable {
        /// Who may shorten or remove the retention.
        public let mode: ObjectLock.Mode
        /// How long the retention lasts.
        public let period: Period

        /// Creates a default retention with a mode, for a period.
        public init(mode: ObjectLock.Mode, period: Period) {
            self.mode = mode
            self.period = period
        }
    }

    /// A duration in days or years; S3 allows up to 36,500 days or 100 years.
    public enum Period: Sendable, Equatable {
        /// Days of 24 hours.
        case days(Int)
        /// Years of 365 days.
        case years(Int)
    }

    /// Creates a configuration with or without a default retention.
    public init(defaultRetention: DefaultRetention?) { self.defaultRetention = defaultRetention }

    /// Reads a document.
    ///
    /// - Throws: `MalformedXML` for a document that does not match the schema, `InvalidArgument` for a period out of
    ///   range, `NotImplemented` for event holds.
    public init(document: [UInt8]) throws(S3Error) {
        let root = try XMLElement.parse(document, root: "ObjectLockConfiguration")
        try root.rejectUnknownChildren(["ObjectLockEnabled", "Rule"])
        guard root["ObjectLockEnabled"]?.text == "Enabled" else { throw S3Error(.malformedXML) }
        guard let rule = root["Rule"] else {
            defaultRetention = nil
            return
        }
        let isForEvents = rule["DefaultRetention"]?["DefaultEventHold"] != nil
        guard !isForEvents, rule["DefaultEventHold"] == nil else {
            throw S3Error(.notImplemented, "DefaultEventHold of an ObjectLockConfiguration is not implemented")
        }
        try rule.rejectUnknownChildren(["DefaultRetention"])
        try rule["DefaultRetention"]?.rejectUnknownChildren(["Mode", "Days", "Years"])
        guard let retention = rule["DefaultRetention"],
            let mode = retention["Mode"].map(\.text).flatMap(ObjectLock.Mode.init)
        else { throw S3Error(.malformedXML) }
        defaultRetention = DefaultRetention(mode: mode, period: try Self.period(retention))
    }

    /// Reads the period, in either days or years; the limits are from the S3 User Guide, "Object Lock considerations".
    private static func period(_ retention: XMLElement) throws(S3Error) -> Period {
        func number(_ name: String, most: Int) throws(S3Error) -> Int? {
            guard let text = retention[name]?.text else { return nil }
            guard let number = Int(text) else { throw S3Error(.malformedXML) }
            guard number > 0 else {
                throw S3Error(
                    .invalidArgument, "Default retention period must be a positive integer value.",
                    details: [("ArgumentName", name)])
            }
            guard number <= most else {
                throw .invalidArgument("Default retention period too large", name: name, value: text)
            }
            return number
        }
        switch (try number("Days", most: 36_500), try number("Years", most: 100)) {
        case (let days?, nil): return .days(days)
        case (nil, let years?): return .years(years)
        default: throw S3Error(.malformedXML)
        }
    }

    /// The document, as GetObjectLockConfiguration returns it.
    public var document: [UInt8] {
        XMLWriter.document("ObjectLockConfiguration") { xml in
            xml.element("ObjectLockEnabled", "Enabled")
            guard let retention = defaultRetention else { return }
            xml.element("Rule") { xml in
                xml.element("DefaultRetention") { xml in
                    xml.element("Mode", retention.mode.rawValue)
                    switch retention.period {
                    case .days(let days): xml.element("Days", String(days))
                    case .years(let years): xml.element("Years", String(years))
                    }
                }
            }
        }
    }

    /// Returns the retention of a version that is written now and whose request asks for none.
    public func retention(at now: Timestamp) -> ObjectLock.Retention? {
        defaultRetention.map { retention in
            let days =
                switch retention.period {
                case .days(let days): days
                case .years(let years): years * 365
                }
            // Rounded up to whole seconds, as it is stored, so that it is never too short.
            return ObjectLock.Retention(
                mode: retention.mode, until: Timestamp(seconds: (now.milliseconds + 999) / 1000 + Int64(days) * 86_400))
        }
    }
}
