public import FoundationEssentials

/// An error as S3 returns it: a code from the catalogue, a message, and further XML elements in order.
///
/// Source: S3 API Reference, "Error responses".
public struct S3Error: Error, Sendable, CustomStringConvertible {
    public let code: Code
    /// The message of the response, for people.
    public let message: String
    /// The further elements of the response's document, such as `Key` and `RequestId`; empty if it has no document.
    public let details: [Detail]
    /// The header fields of the response, or those that are added to it, such as `Content-Range` of a 416.
    public let headers: HeaderFields
    /// The internal cause, for the server's log only; never part of a response.
    package internal(set) var cause: String?
    /// The reason why the server refused a request, for its log; part of the response only if passed as disclosed to
    /// ``withDenialReason(_:isDisclosed:)``.
    package internal(set) var reason: String?

    /// The code, the message and, if disclosed, the reason of the refusal. The details are left out because they may
    /// repeat signed text.
    public var description: String {
        [code.name, message, headers[Self.reasonHeader] ?? ""].filter { !$0.isEmpty }.joined(separator: ": ")
    }

    /// An element of an error's document.
    public struct Detail: Sendable, Hashable, Codable {
        public let name: String
        public let value: String
    }

    /// Creates an error, for tests of code that handles errors of a service.
    ///
    /// - Parameter message: nil for the message of the code.
    public init(_ code: Code, _ message: String? = nil) { self.init(code, message, details: [], headers: []) }

    /// - Parameter message: the message; if nil or empty, that of the code, so that no error is without one.
    package init(
        _ code: Code, _ message: String? = nil, details: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)]
    ) {
        self.code = code
        self.message = message.flatMap { $0.isEmpty ? nil : $0 } ?? code.message
        self.details = details.map { Detail(name: $0.name, value: $0.value) }
        self.headers = HeaderFields(headers)
    }

    package init(_ code: Code, _ message: String? = nil, details: [(name: String, value: String)]) {
        self.init(code, message, details: details, headers: [])
    }

    /// An error code's name, HTTP status and default message. Codes are equal if their names are.
    public struct Code: Sendable, Equatable {
        public let name: String
        public let status: Int
        public let message: String

        package init(_ name: String, _ status: Int, _ message: String) {
            self.name = name
            self.status = status
            self.message = message
        }

        public static func == (left: Code, right: Code) -> Bool { left.name == right.name }
    }
}

/// Provides the text that Foundation shows as `localizedDescription`.
extension S3Error: LocalizedError {
    public var errorDescription: String? { description }
}
