import CofferSystem
import Glibc

/// Which calls of a simulated disk fail.
struct SimulatedFaults: Sendable {
    private(set) var callCount = 0
    /// The errors of later calls, by their numbers.
    private var errors: [Int: Int32] = [:]
    private var cutCall: Int?
    /// Whether the power was cut, so that all calls fail.
    var isOff = false

    mutating func fail(after count: Int, _ number: Int32) { errors[callCount + count] = number }

    mutating func cutPower(after count: Int?) { cutCall = count.map { callCount + $0 } }

    /// Counts a call.
    ///
    /// - Returns: whether the call fails although it has its effect, because the power is cut before it returns.
    mutating func begin(using generator: inout SeededGenerator) throws(SystemError) -> Bool {
        guard !isOff else { throw SystemError(EIO) }
        callCount += 1
        if let number = errors.removeValue(forKey: callCount) { throw SystemError(number) }
        guard callCount == cutCall else { return false }
        isOff = true
        guard generator.isOne(in: 2) else { throw SystemError(EIO) }
        return true
    }
}
