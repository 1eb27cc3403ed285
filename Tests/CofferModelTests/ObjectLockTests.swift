import CofferModel
import Testing

struct ObjectLockTests {
    private static let now = Timestamp(seconds: 1_800_000_000)
    private static let past = Timestamp(seconds: 1_799_999_999)
    private static let soon = Timestamp(seconds: 1_800_000_001)
    private static let later = Timestamp(seconds: 1_900_000_000)

    private static func retention(_ mode: ObjectLock.Mode, _ until: Timestamp) -> ObjectLock.Retention {
        ObjectLock.Retention(mode: mode, until: until)
    }

    /// Mode, date, legal hold; whether it forbids deletion, and whether it does to who bypasses governance.
    @Test(
        arguments: [
            (nil, nil, false, false), (nil, false, false, false), (nil, true, true, true),
            (retention(.governance, soon), nil, true, false), (retention(.governance, soon), false, true, false),
            (retention(.governance, soon), true, true, true), (retention(.compliance, soon), nil, true, true),
            (retention(.compliance, soon), false, true, true), (retention(.compliance, soon), true, true, true),
            (retention(.governance, now), nil, false, false), (retention(.compliance, now), nil, false, false),
            (retention(.governance, past), nil, false, false), (retention(.compliance, past), false, false, false),
            (retention(.governance, past), true, true, true), (retention(.compliance, past), true, true, true),
        ] as [(ObjectLock.Retention?, Bool?, Bool, Bool)])
    func `A version stays while it is retained or held`(
        retention: ObjectLock.Retention?, legalHold: Bool?, forbids: Bool, forbidsBypass: Bool
    ) {
        let lock = ObjectLock(retention: retention, legalHold: legalHold)
        #expect(lock.forbidsDeletion(at: Self.now, bypassesGovernance: false) == forbids)
        #expect(lock.forbidsDeletion(at: Self.now, bypassesGovernance: true) == forbidsBypass)
    }

    /// The present retention, the new one; whether it may be set, and whether by who bypasses governance.
    @Test(
        arguments: [
            (nil, nil, true, true), (nil, retention(.compliance, soon), true, true),
            (nil, retention(.governance, soon), true, true),
            // Longer, or as long, and of the same mode.
            (retention(.governance, soon), retention(.governance, soon), true, true),
            (retention(.governance, soon), retention(.governance, later), true, true),
            (retention(.compliance, soon), retention(.compliance, soon), true, true),
            (retention(.compliance, soon), retention(.compliance, later), true, true),
            // Shorter, of the other mode, or lifted.
            (retention(.governance, soon), retention(.compliance, later), false, true),
            (retention(.governance, soon), retention(.compliance, soon), false, true),
            (retention(.governance, later), retention(.governance, soon), false, true),
            (retention(.governance, later), retention(.compliance, soon), false, true),
            (retention(.governance, later), nil, false, true),
            (retention(.compliance, later), retention(.compliance, soon), false, false),
            (retention(.compliance, soon), retention(.governance, later), false, false),
            (retention(.compliance, later), nil, false, false),
            // What has run out binds nobody.
            (retention(.compliance, past), nil, true, true),
            (retention(.compliance, now), retention(.governance, soon), true, true),
            (retention(.governance, past), retention(.governance, soon), true, true),
        ] as [(ObjectLock.Retention?, ObjectLock.Retention?, Bool, Bool)])
    func `A retention becomes longer or stricter, and weaker only in governance mode by who may`(
        present: ObjectLock.Retention?, new: ObjectLock.Retention?, allows: Bool, allowsBypass: Bool
    ) {
        let lock = ObjectLock(retention: present)
        #expect(lock.allows(new, at: Self.now, bypassesGovernance: false) == allows)
        #expect(lock.allows(new, at: Self.now, bypassesGovernance: true) == allowsBypass)
    }

    @Test(arguments: [
        ObjectLock(), ObjectLock(legalHold: true), ObjectLock(legalHold: false),
        ObjectLock(retention: retention(.governance, later)),
        ObjectLock(retention: retention(.compliance, soon), legalHold: true),
    ])
    func `A lock survives being written as header fields`(lock: ObjectLock) {
        let fields = Dictionary(uniqueKeysWithValues: lock.headerFields.map { ($0.name, $0.value) })
        #expect(ObjectLock { fields[$0] } == lock)
        #expect(Set(fields.keys).isSubset(of: ObjectLock.fields))
    }
}

struct ObjectLockConfigurationTests {
    private static func rule(_ retention: String) -> String {
        "<ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention>\(retention)</DefaultRetention></Rule>"
    }

    @Test(
        arguments: [
            ("<ObjectLockEnabled>Enabled</ObjectLockEnabled>", nil, nil),
            (rule("<Mode>GOVERNANCE</Mode><Days>1</Days>"), .governance, .days(1)),
            (rule("<Mode>COMPLIANCE</Mode><Days>36500</Days>"), .compliance, .days(36_500)),
            (rule("<Mode>COMPLIANCE</Mode><Years>100</Years>"), .compliance, .years(100)),
        ] as [(String, ObjectLock.Mode?, ObjectLockConfiguration.Period?)])
    func `A configuration is read, and survives being written`(
        content: String, mode: ObjectLock.Mode?, period: ObjectLockConfiguration.Period?
    ) throws {
        let configuration = try Self.configuration(content)
        #expect(configuration.defaultRetention?.mode == mode && configuration.defaultRetention?.period == period)
        #expect(try ObjectLockConfiguration(document: configuration.document) == configuration)
    }

    @Test(
        arguments: [
            ("", .malformedXML), ("<ObjectLockEnabled>Disabled</ObjectLockEnabled>", .malformedXML),
            ("<ObjectLockEnabled>enabled</ObjectLockEnabled>", .malformedXML),
            ("<ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule/>", .malformedXML),
            (rule(""), .malformedXML), (rule("<Days>1</Days>"), .malformedXML),
            (rule("<Mode>GOVERNANCE</Mode>"), .malformedXML),
            (rule("<Mode>governance</Mode><Days>1</Days>"), .malformedXML),
            (rule("<Mode>GOVERNANCE</Mode><Days>1</Days><Years>1</Years>"), .malformedXML),
            (rule("<Mode>GOVERNANCE</Mode><Days>x</Days>"), .malformedXML),
            (rule("<Mode>GOVERNANCE</Mode><Days></Days>"), .malformedXML),
            (rule("<Mode>GOVERNANCE</Mode><Days>99999999999999999999</Days>"), .malformedXML),
            (rule("<Mode>GOVERNANCE</Mode><Days>0</Days>"), .invalidArgument),
            (rule("<Mode>GOVERNANCE</Mode><Days>-1</Days>"), .invalidArgument),
            (rule("<Mode>GOVERNANCE</Mode><Days>36501</Days>"), .invalidArgument),
            (rule("<Mode>GOVERNANCE</Mode><Years>101</Years>"), .invalidArgument),
        ] as [(String, S3Error.Code)])
    func `Another configuration is refused`(content: String, code: S3Error.Code) {
        let error = #expect(throws: S3Error.self) { try Self.configuration(content) }
        #expect(error?.code == code)
    }

    @Test func `A new version is retained for the default period`() throws {
        let now = Timestamp(seconds: 1_800_000_000)
        let days = try Self.configuration(Self.rule("<Mode>GOVERNANCE</Mode><Days>3</Days>")).retention(at: now)
        #expect(days == ObjectLock.Retention(mode: .governance, until: Timestamp(seconds: 1_800_000_000 + 3 * 86_400)))
        let years = try Self.configuration(Self.rule("<Mode>COMPLIANCE</Mode><Years>2</Years>")).retention(at: now)
        #expect(
            years == ObjectLock.Retention(mode: .compliance, until: Timestamp(seconds: 1_800_000_000 + 730 * 86_400)))
        #expect(ObjectLockConfiguration(defaultRetention: nil).retention(at: now) == nil)
    }

    private static func configuration(_ content: String) throws -> ObjectLockConfiguration {
        let document = "<ObjectLockConfiguration>\(content)</ObjectLockConfiguration>"
        return try ObjectLockConfiguration(document: Array(document.utf8))
    }
}
