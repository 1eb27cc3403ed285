import CofferTestSupport
import Testing

@testable import CofferStorage

/// The store on a disk whose power is cut again and again: more than 1,000 times in all.
///
/// The seed decides what is changed, when the power is cut and what that leaves; only the order of calls of different
/// threads is another each time.
struct PowerCutTests {
    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `What was acknowledged survives, and another change is there whole or not at all`(seed: UInt64) async throws {
        var run = PowerCutRun(seed: seed)
        while run.cutCount < 100 { try await run.liveUntilCut() }
        try await run.end()
        #expect(run.acknowledgedCount > 300 && run.lostCount > 10, "\(run)")
    }

    /// The first start makes files that later ones rely on.
    @Test func `A first start that is interrupted anywhere does not matter`() async throws {
        for seed in 1...100 as ClosedRange<UInt64> {
            var run = PowerCutRun(seed: seed)
            try await run.liveUntilCut(duringStart: true)
            try await run.end()
        }
    }

    /// The tests above would notice a store that breaks its rules.
    @Test(arguments: ForgetfulFiles.Sync.allCases)
    func `Without the syncs of bodies or of directories something is lost`(sync: ForgetfulFiles.Sync) async throws {
        var run = PowerCutRun(seed: 1, forgetting: sync)
        let discrepancy = await #expect(throws: Discrepancy.self) {
            while run.cutCount < 1000 { try await run.liveUntilCut() }
        }
        #expect(discrepancy?.description.contains("seed 1, cut") == true)
    }
}
