import CofferSystem
import Testing

@testable import CofferStorage

/// What is remembered of segments that were verified, and for how long.
struct VerifiedStretchesTests {
    private let clock = SettableClock(milliseconds: 0)
    private let verified: VerifiedStretches
    private let status = Self.status(changed: 1)
    private let id = SegmentID(1)

    init() { verified = VerifiedStretches(clock: clock.clock) }

    private static func status(number: UInt64 = 7, size: Int64 = 5, modified: Int64 = 1, changed: Int64) -> FileStatus {
        FileStatus(
            kind: .file, number: number, byteCount: size, modifiedNanoseconds: modified, changedNanoseconds: changed,
            owner: 0, rights: 0o600)
    }

    @Test func `Stretches are known one by one, in any order`() {
        for stretch in [0, 200, 63, 64] { verified.insert(stretch, of: id, status) }
        for stretch in [0, 63, 64, 200] { #expect(verified.contains(stretch..<(stretch + 1), of: id, status)) }
        for stretch in [1, 62, 65, 199, 201, 5000] {
            #expect(!verified.contains(stretch..<(stretch + 1), of: id, status))
        }
        #expect(verified.contains(63..<65, of: id, status) && !verified.contains(62..<65, of: id, status))
        #expect(!verified.contains(0..<1, of: SegmentID(2), status))
        #expect(verified.contains(9..<9, of: SegmentID(2), status))
    }

    @Test func `A file of another status is not known, and what is verified of it replaces what was`() {
        verified.insert(0, of: id, status)
        let others = [
            Self.status(number: 8, changed: 1), Self.status(size: 6, changed: 1), Self.status(modified: 2, changed: 1),
            Self.status(changed: 2),
        ]
        for other in others { #expect(!verified.contains(0..<1, of: id, other)) }
        verified.insert(1, of: id, others[3])
        #expect(verified.contains(1..<2, of: id, others[3]) && !verified.contains(0..<1, of: id, others[3]))
        #expect(!verified.contains(0..<1, of: id, status))
    }

    @Test func `Everything is forgotten after ten minutes, however often it is read, and nothing before five`() {
        for age in 1...4 {
            clock.advance(seconds: 60)
            verified.insert(age, of: id, status)
        }
        for _ in 0..<5 {
            clock.advance(seconds: 59)
            #expect(verified.contains(4..<5, of: id, status))
        }
        clock.advance(seconds: 305)
        for age in 1...4 { #expect(!verified.contains(age..<(age + 1), of: id, status)) }
        #expect(verified.count == 0)
    }

    @Test func `Two halves of a segment that were verified apart are both known`() {
        verified.insert(0, of: id, status)
        clock.advance(seconds: 301)
        verified.insert(1, of: id, status)
        #expect(verified.contains(0..<2, of: id, status))
        clock.advance(seconds: 301)
        #expect(!verified.contains(0..<1, of: id, status) && verified.contains(1..<2, of: id, status))
    }

    @Test func `The number of segments is limited, and those verified last are known`() {
        for value in 0..<Int64(3 * StorageLimits.verifiedSegments) {
            verified.insert(0, of: SegmentID(value), status)
            #expect(verified.count <= StorageLimits.verifiedSegments)
        }
        let last = SegmentID(Int64(3 * StorageLimits.verifiedSegments) - 1)
        #expect(verified.contains(0..<1, of: last, status))
        #expect(!verified.contains(0..<1, of: SegmentID(0), status))
    }
}
