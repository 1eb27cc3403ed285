public import FoundationEssentials

/// An error as S3 returns it: a code from the catalogue, a message, and further XML elements in order.
///
/// Source: S3 API Reference, "Error responses".
public struct S3Error: Error, Sendable, CustomStringConvertible {
    /// The code, which also determines the HTTP status.
    public let code: Code
    /// The sentence for people; never empty.
    public let message: String
    /// Further elements of the error document, in order, such as `BucketName` and `Key`.
    public let details: [Detail]
    /// Additional headers of the response, such as `Content-Range` of a 416.
    public let headers: [(name: String, value: String)]
    /// The internal cause, for the log only; never part of a response.
    package private(set) var cause: String?
    /// The reason why a request was refused, for the log; part of the response only if passed as disclosed to
    /// ``withDenialReason(_:isDisclosed:)``.
    package private(set) var reason: String?

    /// The code, the message and, if disclosed, the reason of the refusal. The details are left out because they may
    /// repeat signed text.
    public var description: String {
        let reason = headers.first { $0.name.lowercased() == Self.reasonHeader }?.value
        return [code.name, message, reason ?? ""].filter { !$0.isEmpty }.joined(separator: ": ")
    }

    /// An element of the error document: its name and its text.
    public typealias Detail = (name: String, value: String)

    /// Creates an error.
    ///
    /// - Parameters:
    ///   - code: the code from the catalogue.
    ///   - message: the message; if nil or empty, that of the code, so that no error is without one.
    ///   - details: further elements of the error document, in order.
    ///   - headers: additional headers of the response.
    public init(
        _ code: Code, _ message: String? = nil, details: [Detail] = [],
        headers: [(name: String, value: String)] = []
    ) {
        self.code = code
        self.message = message.flatMap { $0.isEmpty ? nil : $0 } ?? code.message
        self.details = details
        self.headers = headers
    }

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

    /// `InvalidArgument` with the argument's name and value, as S3 names them.
    public static func invalidArgument(_ message: String, name: String, value: String) -> S3Error {
        S3Error(.invalidArgument, message, details: [("ArgumentName", name), ("ArgumentValue", value)])
    }

    /// `NotImplemented` for a header that the server does not support.
    public static func notImplemented(header: String) -> S3Error {
        S3Error(
            .notImplemented, "A header you provided implies functionality that is not implemented",
            details: [("Header", header)])
    }

    /// `InternalError`, with its cause for the log.
    package static func internalError(_ cause: String) -> S3Error {
        var error = S3Error(.internalError)
        error.cause = cause
        return error
    }

    /// Returns the same error with the reason of a refusal, as text that fits into a header field and a line of a log.
    ///
    /// - Parameter isDisclosed: whether the response contains the reason too, as `x-coffer-reason`.
    package func withDenialReason(_ reason: String, isDisclosed: Bool) -> S3Error {
        let text = Self.reasonText(reason)
        var error = S3Error(
            code, message, details: details, headers: headers + (isDisclosed ? [(Self.reasonHeader, text)] : []))
        error.cause = cause
        error.reason = text
        return error
    }

    /// The header field with the reason, for callers who are allowed to know it.
    package static let reasonHeader = "x-coffer-reason"

    /// The reason as the response contains it; nil if it is only logged.
    package var disclosedReason: String? { headers.first { $0.name == Self.reasonHeader }?.value }

    /// Returns a text of at most ``Limits/reasonByteCount`` printable ASCII characters.
    package static func reasonText(_ reason: String) -> String {
        let bytes = reason.utf8.prefix(Limits.reasonByteCount).map { (32...126).contains($0) ? $0 : UInt8(ascii: "?") }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `NoSuchBucket` with the name of the bucket.
    public static func noSuchBucket(_ name: String) -> S3Error {
        S3Error(.noSuchBucket, details: [("BucketName", name)])
    }

    /// `NoSuchKey` with the key.
    public static func noSuchKey(_ key: ObjectKey) -> S3Error {
        S3Error(.noSuchKey, details: [("Key", key.description)])
    }

    /// `PreconditionFailed` with the name of the condition that does not hold, such as `If-Match`.
    public static func preconditionFailed(_ condition: String) -> S3Error {
        S3Error(.preconditionFailed, details: [("Condition", condition)])
    }
}

/// Provides the text that Foundation shows as `localizedDescription`.
extension S3Error: LocalizedError {
    /// The same text as ``description``.
    public var errorDescription: String? { description }
}
