public import FoundationEssentials

/// An error as S3 answers it: a code from the catalogue, a text, and further elements of its XML in their order.
///
/// Source: S3 API Reference, "Error responses".
public struct S3Error: Error, Sendable, CustomStringConvertible {
    public let code: Code
    public let message: String
    public let details: [Detail]
    /// Headers that the answer carries besides, such as `Content-Range` of a 416.
    public let headers: [(name: String, value: String)]
    /// What went wrong inside, for the log alone; never part of an answer.
    package private(set) var cause: String?
    /// Why a request was refused, for the log; part of the answer only where ``withDenialReason(_:isDisclosed:)`` says so.
    package private(set) var reason: String?

    /// With the reason of a refusal where the service tells it; without the details, in which it may repeat what was
    /// signed.
    public var description: String {
        let reason = headers.first { $0.name.lowercased() == Self.reasonHeader }?.value
        return [code.name, message, reason ?? ""].filter { !$0.isEmpty }.joined(separator: ": ")
    }

    public typealias Detail = (name: String, value: String)

    /// - Parameter message: nil or empty for the code's: no error is without a text.
    public init(
        _ code: Code, _ message: String? = nil, details: [Detail] = [],
        headers: [(name: String, value: String)] = []
    ) {
        self.code = code
        self.message = message.flatMap { $0.isEmpty ? nil : $0 } ?? code.message
        self.details = details
        self.headers = headers
    }

    /// An error's name, HTTP status and usual text.
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

    /// `InvalidArgument` with the argument's name and value, as S3 names them.
    public static func invalidArgument(_ message: String, name: String, value: String) -> S3Error {
        S3Error(.invalidArgument, message, details: [("ArgumentName", name), ("ArgumentValue", value)])
    }

    /// `NotImplemented` for a header whose meaning the server does not have.
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

    /// The same error with the reason of a refusal, as text that a header field and a line of a log can hold.
    ///
    /// - Parameter isDisclosed: whether the answer has it too, as `x-coffer-reason`.
    package func withDenialReason(_ reason: String, isDisclosed: Bool) -> S3Error {
        let text = Self.reasonText(reason)
        var error = S3Error(
            code, message, details: details, headers: headers + (isDisclosed ? [(Self.reasonHeader, text)] : []))
        error.cause = cause
        error.reason = text
        return error
    }

    /// The field that tells a reason to those who may know it.
    package static let reasonHeader = "x-coffer-reason"

    /// The reason as the answer has it; nil where it is for the log alone.
    package var toldReason: String? { headers.first { $0.name == Self.reasonHeader }?.value }

    /// A text of at most ``Limits/reasonByteCount`` characters of ASCII that can be printed.
    package static func reasonText(_ reason: String) -> String {
        let bytes = reason.utf8.prefix(Limits.reasonByteCount).map { (32...126).contains($0) ? $0 : UInt8(ascii: "?") }
        return String(decoding: bytes, as: UTF8.self)
    }

    public static func noSuchBucket(_ name: String) -> S3Error {
        S3Error(.noSuchBucket, details: [("BucketName", name)])
    }

    public static func noSuchKey(_ key: ObjectKey) -> S3Error {
        S3Error(.noSuchKey, details: [("Key", key.description)])
    }

    public static func preconditionFailed(_ condition: String) -> S3Error {
        S3Error(.preconditionFailed, details: [("Condition", condition)])
    }
}

/// What Foundation shows as `localizedDescription`.
extension S3Error: LocalizedError {
    public var errorDescription: String? { description }
}
