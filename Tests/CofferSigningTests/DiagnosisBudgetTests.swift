import CofferCrypto
import CofferModel
import Synchronization
import Testing

@testable import CofferSigning

/// What diagnoses of wrong signatures may cost.
struct DiagnosisBudgetTests {
    /// Both clocks of a budget, in nanoseconds.
    private final class Clocks: Sendable {
        let time = Mutex<Int64>(0)
        let cpu = Mutex<Int64>(0)

        var budget: DiagnosisBudget {
            DiagnosisBudget(clock: { self.time.withLock(\.self) }, cpuClock: { self.cpu.withLock(\.self) })
        }
    }

    /// How many diagnoses of a cost are made of so many that are asked for.
    private func count(_ budget: DiagnosisBudget, _ clocks: Clocks, of asked: Int, milliseconds: Int64) -> Int {
        (0..<asked).count { _ in
            budget.diagnose {
                clocks.cpu.withLock { $0 += milliseconds * 1_000_000 }
                return "found"
            } == "found"
        }
    }

    @Test func `A second is spent at once, and then a twentieth of the time`() {
        let clocks = Clocks()
        let budget = clocks.budget
        #expect(count(budget, clocks, of: 1000, milliseconds: 10) == 100)
        #expect(count(budget, clocks, of: 1000, milliseconds: 10) == 0)
        clocks.time.withLock { $0 += 2_000_000_000 }
        #expect(count(budget, clocks, of: 1000, milliseconds: 10) == 10)
        clocks.time.withLock { $0 += 3_600_000_000_000 }
        #expect(count(budget, clocks, of: 1000, milliseconds: 10) == 100)
    }

    @Test func `A diagnosis that cost more than there was is made up for`() {
        let clocks = Clocks()
        let budget = clocks.budget
        #expect(count(budget, clocks, of: 2, milliseconds: 3000) == 1)
        clocks.time.withLock { $0 += 39_000_000_000 }
        #expect(count(budget, clocks, of: 1, milliseconds: 1) == 0)
        clocks.time.withLock { $0 += 2_000_000_000 }
        #expect(count(budget, clocks, of: 1, milliseconds: 1) == 1)
    }

    /// A reason is a header of the refusal.
    @Test func `Without a budget a wrong signature is refused all the same, without a reason`() throws {
        let clocks = Clocks()
        let budget = clocks.budget
        let verifier = SignatureVerifier(
            now: { Example.time }, diagnostics: SignatureDiagnostics(budget: budget),
            secret: { _ in Example.credentials.secretAccessKey })
        let fields = V2Signer(
            credentials: Credentials(
                accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: Example.credentials.secretAccessKey + "\n")
        ).postFields(document: Array("{}".utf8))
        func refuse() throws -> S3Error? {
            #expect(throws: S3Error.self) {
                try verifier.verify(PostForm(fields, filename: nil), bucket: BucketName("examplebucket"))
            }
        }
        let diagnosed = try refuse()
        #expect(diagnosed?.code == .signatureDoesNotMatch)
        #expect(diagnosed?.reason?.contains("a line feed") == true)
        _ = count(budget, clocks, of: 1, milliseconds: 5000)
        let refused = try refuse()
        #expect(refused?.code == .signatureDoesNotMatch)
        #expect(refused?.reason == nil)
    }
}
