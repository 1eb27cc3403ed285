import Synchronization

/// The identity of a request, in its response and in the access log.
package struct RequestID: Sendable, CustomStringConvertible {
    /// `x-amz-request-id`: 16 hexadecimal digits in upper case.
    package let description: String
    /// `x-amz-id-2`.
    let extended: String

    package init() {
        let number = Self.mixed(Self.first &+ Self.count.wrappingAdd(1, ordering: .relaxed).newValue)
        description = String(unsafeUninitializedCapacity: 16) { digits in
            for index in 0..<16 {
                let value = UInt8(truncatingIfNeeded: number >> UInt64(60 - 4 * index)) & 15
                digits[index] = value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
            }
            return 16
        }
        extended = Self.process + description
    }

    /// A value that all requests of one server process share.
    private static let process = String(UInt64.random(in: .min ... .max), radix: 36) + "/"

    /// Ids are numbered from a random one on, which takes no system call, and then mixed, so that they look different.
    private static let first = UInt64.random(in: .min ... .max)
    private static let count = Atomic<UInt64>(0)

    /// Maps each number to another one; no two to the same. Source: Steele, Lea and Flood, "Fast Splittable Pseudorandom
    /// Number Generators", the finalizer of SplitMix64.
    private static func mixed(_ number: UInt64) -> UInt64 {
        var number = number
        number = (number ^ (number >> 30)) &* 0xbf58_476d_1ce4_e5b9
        number = (number ^ (number >> 27)) &* 0x94d0_49bb_1331_11eb
        return number ^ (number >> 31)
    }
}
