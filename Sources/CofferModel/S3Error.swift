public import FoundationEssentials

/// An error as S3 returns it: a code from the catalogue, a message, and further XML elements in order.
///
/// Source: S3 API Reference, "Error responses".
public struct S3Error: Error, Sendable, CustomStringConvertible {
    /// One reference, because every call that may fail keeps room for an error: with 104 bytes for each, asynchronous
    /// functions needed several times the memory.
    private let content: Content

    private final class Content: Sendable {
        let code: Code
        let message: String
        let details: [Detail]
        let headers: HeaderFields
        let cause: String?
        let reason: String?

        init(
            code: Code, message: String, details: [Detail], headers: HeaderFields, cause: String?, reason: String?
        ) {
            self.code = code
            self.message = message
            self.details = details
            self.headers = headers
            self.cause = cause
            self.reason = reason
        }
    }

    /// The code, which also determines the HTTP status.
    public var code: Code { content.code }
    /// The sentence for people; never empty.
    public var message: String { content.message }
    /// Further elements of the error document, in order, such as `BucketName` and `Key`; empty without a document.
    public var details: [Detail] { content.details }
    /// The header fields of the response, or those that are added to it, such as `Content-Range` of a 416.
    public var headers: HeaderFields { content.headers }
    /// The internal cause, for the server's log only; never part of a response.
    package var cause: String? { content.cause }
    /// The reason why the server refused a request, for its log; part of the response only if passed as disclosed to
    /// ``withDenialReason(_:isDisclosed:)``.
    package var reason: String? { content.reason }

    /// The code, the message and, if disclosed, the reason of the refusal. The details are left out because they may
    /// repeat signed text.
    public var description: String {
        [code.name, message, headers[Self.reasonHeader] ?? ""].filter { !$0.isEmpty }.joined(separator: ": ")
    }

    /// An element of the error document.
    public struct Detail: Sendable, Hashable, Codable {
        /// The element's name.
        public let name: String
        /// The element's text.
        public let value: String
    }

    /// Creates an error, for tests of code that handles errors of a service.
    ///
    /// - Parameters:
    ///   - code: the code from the catalogue.
    ///   - message: nil for the message of the code.
    public init(_ code: Code, _ message: String? = nil) { self.init(code, message, details: [], headers: []) }

    /// - Parameter message: the message; if nil or empty, that of the code, so that no error is without one.
    package init(
        _ code: Code, _ message: String? = nil, details: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)]
    ) {
        content = Content(
            code: code, message: message.flatMap { $0.isEmpty ? nil : $0 } ?? code.message,
            details: details.map { Detail(name: $0.name, value: $0.value) }, headers: HeaderFields(headers),
            cause: nil, reason: nil)
    }

    package init(_ code: Code, _ message: String? = nil, details: [(name: String, value: String)]) {
        self.init(code, message, details: details, headers: [])
    }

    /// Returns the same error with other header fields, or with what only the server's log may say.
    func with(headers: HeaderFields? = nil, cause: String? = nil, reason: String? = nil) -> S3Error {
        S3Error(
            Content(
                code: code, message: message, details: details, headers: headers ?? self.headers,
                cause: cause ?? self.cause, reason: reason ?? self.reason))
    }

    private init(_ content: Content) { self.content = content }

    /// An error code's name, HTTP status and default message.
    public struct Code: Sendable, Equatable {
        /// The code as it appears in the document, such as `NoSuchKey`. Codes with the same name are equal.
        public let name: String
        /// The HTTP status.
        public let status: Int
        /// The message of errors that have none of their own.
        public let message: String

        package init(_ name: String, _ status: Int, _ message: String) {
            self.name = name
            self.status = status
            self.message = message
        }

        /// Compares the names: a code's status and message follow from it.
        public static func == (left: Code, right: Code) -> Bool { left.name == right.name }
    }
}

/// Provides the text that Foundation shows as `localizedDescription`.
extension S3Error: LocalizedError {
    /// The same text as ``description``.
    public var errorDescription: String? { description }
}
