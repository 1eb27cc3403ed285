import Testing

@testable import CofferStorage

struct GatheringTests {
    private static let commit = Duration.milliseconds(2)

    @Test(arguments: [(1, 0), (1, 1), (2, 1), (0, 0), (3, 0)])
    func `Few callers never wait`(committed: Int, pending: Int) {
        #expect(!Gathering(after: committed, pending: pending, duration: Self.commit).isUseful)
    }

    @Test func `Many callers wait for most of those of the last transaction`() {
        let gathering = Gathering(after: 40, pending: 24, duration: Self.commit)
        #expect(gathering.isUseful)
        #expect(Self.answers(gathering, [(47, .milliseconds(1)), (48, .milliseconds(1))]) == [true, false])
        #expect(!Gathering(after: 16, pending: 48, duration: Self.commit).isUseful)
    }

    @Test func `A pause without a new change is the last`() {
        let gathering = Gathering(after: 40, pending: 24, duration: Self.commit)
        #expect(Self.answers(gathering, [(25, .milliseconds(1)), (25, .milliseconds(2))]) == [true, false])
        #expect(Self.answers(gathering, [(24, .milliseconds(1))]) == [false])
    }

    @Test func `The wait is short beside commits, and never long`() {
        let gathering = Gathering(after: 60, pending: 4, duration: Self.commit)
        #expect(Self.answers(gathering, [(5, .microseconds(7999)), (6, .milliseconds(8))]) == [true, false])
        let slow = Gathering(after: 60, pending: 4, duration: .seconds(10))
        #expect(Self.answers(slow, [(5, .milliseconds(8))]) == [false])
        // Where nothing waits for a disk.
        #expect(!Gathering(after: 60, pending: 4, duration: .microseconds(30)).isUseful)
    }

    private static func answers(_ gathering: Gathering, _ pauses: [(pending: Int, elapsed: Duration)]) -> [Bool] {
        var gathering = gathering
        return pauses.map { gathering.goesOn(pending: $0.pending, elapsed: $0.elapsed) }
    }
}
