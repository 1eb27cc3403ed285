import CofferModel
import CofferSystem
import Testing

struct TimestampTests {
    /// 784111777 is the moment of RFC 9110's own examples.
    @Test func `A leap second is the next day's first`() {
        #expect(Timestamp(parsing: "20161231T235960Z") == Timestamp(parsing: "20170101T000000Z"))
    }

    @Test(
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
            ("Sun Nov  6 08:49:37 1994", 784_111_777), ("Sun, 06 Nov 1994 08:49:37 +0000", 784_111_777),
            ("19941106T084937Z", 784_111_777), ("1994-11-06T08:49:37Z", 784_111_777),
            ("Mon, 23 Nov 2026 21:56:00 GMT", 1_795_470_960),
            ("Monday, 23-Nov-26 21:56:00 GMT", 1_795_470_960), ("Mon Nov 23 21:56:00 2026", 1_795_470_960),
            ("19700101T000000Z", 0), ("1970-01-01T00:00:00.000Z", 0), ("19691231T235959Z", -1),
        ] as [(String, Int64)])
    func `Every form of a date is read`(text: String, seconds: Int64) {
        #expect(Timestamp(parsing: text) == Timestamp(seconds: seconds))
    }

    @Test(arguments: [("37.999Z", 999), ("37.9994Z", 999), ("37.5Z", 500), ("37.05Z", 50)] as [(String, Int64)])
    func `Of a second's fraction milliseconds are kept`(text: String, milliseconds: Int64) {
        #expect(
            Timestamp(parsing: "1994-11-06T08:49:\(text)") == Timestamp(milliseconds: 784_111_777_000 + milliseconds))
    }

    @Test(
        arguments: [
            ("20000229T000000Z", 951_782_400), ("20240229T120000Z", 1_709_208_000), ("20240301T000000Z", 1_709_251_200),
            ("20250301T000000Z", 1_740_787_200), ("19000301T000000Z", -2_203_891_200),
            ("21000301T000000Z", 4_107_542_400),
            ("20380119T031408Z", 2_147_483_648), ("99991231T235959Z", 253_402_300_799),
        ] as [(String, Int64)])
    func `Leap years and far years are counted`(text: String, seconds: Int64) {
        #expect(Timestamp(parsing: text)?.seconds == seconds)
        #expect(Timestamp(seconds: seconds).iso8601Basic == text)
    }

    @Test(arguments: [
        "", " ", "now", "1995", "0", "1795470960", "Mon, 23 Nov 2026", "Mon, 23 Foo 2026 21:56:00 GMT",
        "Mon, 23 Nov 2026 21:56:00 CET", "Mon, 23 Nov 2026 21:56:00 +0100", "Mon, 00 Nov 2026 21:56:00 GMT",
        "Mon, 32 Nov 2026 21:56:00 GMT", "Mon, 23 Nov 2026 24:56:00 GMT", "Mon, 23 Nov 2026 21:60:00 GMT",
        "Mon, 23 Nov 2026 21:56:61 GMT", "Mon, x3 Nov 2026 21:56:00 GMT", "20261123T215600", "20261323T215600Z",
        "20261100T215600Z", "20261123 215600Z", "2026112T2156000Z", "20261123t215600z", "2026-11-23",
        "2026-11-23T21:56Z",
        "2026-11-23T21:56:00", "2026-11-23T21:56:00+01:00", "2026-13-23T21:56:00Z", "2026-11-23T21:56:5Z",
    ])
    func `Text that is no date is refused`(text: String) {
        #expect(Timestamp(parsing: text) == nil)
    }

    @Test(arguments: [
        "20260230T000000Z", "20260230T235960Z", "20250229T000000Z", "20260431T000000Z", "Tue, 30 Feb 2026 00:00:00 GMT",
        "2026-06-31T00:00:00Z", "21000229T000000Z",
    ])
    func `A day that its month does not have is refused`(text: String) {
        #expect(Timestamp(parsing: text) == nil)
    }

    @Test(arguments: [
        "2026-11-23T21:56:00junkZ", "2026-11-23T21:56:+5Z", "2026-11-23T+1:56:00Z", "2026-+1-23T21:56:00Z",
        "2026+1123T215600Z", "+0261123T215600Z", "26-11-23T21:56:00Z", "Mon, +3 Nov 2026 21:56:00 GMT",
    ])
    func `Signs, missing digits and words between digits are refused`(text: String) {
        #expect(Timestamp(parsing: text) == nil)
    }

    /// Anyone may send these, before any signature is looked at.
    @Test(arguments: [
        "Mon, 23 Nov 999999999 21:56:00 GMT", "Mon, 23 Nov 2147483647 21:56:00 GMT", "Mon Nov 23 21:56:00 999999999",
        "999999999-11-23T21:56:00Z", "2147483648-11-23T21:56:00Z",
    ])
    func `A year of more than four digits is refused`(text: String) {
        #expect(Timestamp(parsing: text) == nil)
    }

    @Test(arguments: [
        ("2026-11-23T21:56:00Z", 0), ("2026-11-23T21:56:00.5Z", 500), ("2026-11-23T21:56:00.042Z", 42),
        ("2026-11-23T21:56:00.0429Z", 42), ("2026-11-23T21:56:00.000000001Z", 0),
    ])
    func `A fraction of a second is read to milliseconds`(text: String, milliseconds: Int64) {
        #expect(Timestamp(parsing: text)?.milliseconds == 1_795_470_960_000 + milliseconds)
        #expect(Timestamp(milliseconds: 1_795_470_960_042).iso8601 == "2026-11-23T21:56:00.042Z")
    }

    @Test func `A moment is written in the three forms of headers and XML`() {
        let time = Timestamp(milliseconds: 1_795_470_960_042)
        #expect(time.httpDate == "Mon, 23 Nov 2026 21:56:00 GMT")
        #expect(time.iso8601 == "2026-11-23T21:56:00.042Z")
        #expect(time.iso8601Basic == "20261123T215600Z")
        #expect(time.seconds == 1_795_470_960)
    }

    @Test func `Moments before 1970 are rounded down to seconds`() {
        let time = Timestamp(milliseconds: -1)
        #expect(time.seconds == -1)
        #expect(time.iso8601 == "1969-12-31T23:59:59.999Z")
    }

    @Test(arguments: [(Int64.min, "0000-01-01T00:00:00"), (Int64.max, "9999-12-31T23:59:59")])
    func `Moments outside the years 0000 to 9999 are written as the nearest one within`(
        milliseconds: Int64, text: String
    ) {
        let time = Timestamp(milliseconds: milliseconds)
        #expect(time.iso8601WithoutFraction == text + "Z")
        #expect(time.iso8601Basic == text.filter { !"-:".contains($0) } + "Z")
        #expect(time.iso8601.hasPrefix(text))
        #expect(time.httpDate.hasSuffix("GMT"))
    }

    @Test func `Ten thousand moments survive writing and reading in every form`() {
        let seconds = stride(from: Int64(-2_000_000_000), to: 8_000_000_000, by: 1_000_003)
        for time in seconds.map(Timestamp.init(seconds:)) {
            #expect(Timestamp(parsing: time.httpDate) == time)
            #expect(Timestamp(parsing: time.iso8601) == time)
            #expect(Timestamp(parsing: time.iso8601Basic) == time)
        }
    }

    @Test func `The clock goes forward and lies within this century`() {
        let (first, second) = (ServiceClock.system.time, ServiceClock.system.time)
        #expect(first <= second)
        #expect((Timestamp(seconds: 1_700_000_000)..<Timestamp(seconds: 4_102_444_800)).contains(first))
    }
}
