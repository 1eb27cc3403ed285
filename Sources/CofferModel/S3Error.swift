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
    /// Why a request was refused, for the log; part of the answer only where ``because(_:isTold:)`` says so.
    package private(set) var reason: String?

    /// Without the details, in which a service may repeat what was signed.
    public var description: String { message.isEmpty ? code.name : "\(code.name): \(message)" }

    public typealias Detail = (name: String, value: String)

    public init(
        _ code: Code, _ message: String? = nil, details: [Detail] = [],
        headers: [(name: String, value: String)] = []
    ) {
        self.code = code
        self.message = message ?? code.message
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
    /// - Parameter isTold: whether the answer has it too, as `x-coffer-reason`.
    package func because(_ reason: String, isTold: Bool) -> S3Error {
        let bytes = reason.utf8.prefix(Limits.reasonByteCount).map { (32...126).contains($0) ? $0 : UInt8(ascii: "?") }
        let text = String(decoding: bytes, as: UTF8.self)
        var error = S3Error(
            code, message, details: details, headers: headers + (isTold ? [("x-coffer-reason", text)] : []))
        error.cause = cause
        error.reason = text
        return error
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
