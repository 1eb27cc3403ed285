/// The identity of a request, in its response and in the access log.
package struct RequestID: Sendable, CustomStringConvertible {
    /// `x-amz-request-id`: 16 hexadecimal digits in upper case.
    package let description: String
    /// `x-amz-id-2`.
    let extended: String

    package init() {
        let number = UInt64.random(in: .min ... .max)
        let digits = String(number, radix: 16, uppercase: true)
        description = String(repeating: "0", count: 16 - digits.utf8.count) + digits
        extended = Self.process + description
    }

    /// A value that all requests of one server process share.
    private static let process = String(UInt64.random(in: .min ... .max), radix: 36) + "/"
}
