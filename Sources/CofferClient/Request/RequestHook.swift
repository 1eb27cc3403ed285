public import CofferModel
import Synchronization

/// An observer of a client's requests and their responses, for logs, traces and metrics. It may also add header fields
/// to requests, which are then signed.
///
/// ```swift
/// struct RequestLog: RequestHook {
///     func willSend(_ request: inout RequestAttempt) { request.headers["x-amz-meta-sender"] = "importer" }
///
///     func didFinish(_ request: RequestAttempt, _ outcome: AttemptOutcome) {
///         print(request.method, request.url, request.number, outcome.status ?? 0, outcome.duration)
///     }
/// }
/// var options = ClientOptions()
/// options.hook = RequestLog()
/// ```
///
/// A hook is called for every attempt to send a request, including those that the client repeats by itself. It never sees
/// secrets: the signature, session tokens, customer-provided keys and MFA codes are added after `willSend`.
/// Presigned URLs and forms are not sent by the client, so hooks do not see them.
public protocol RequestHook: Sendable {
    /// Called before an attempt is signed and sent.
    ///
    /// - Parameter request: its header fields can be changed, for this attempt only.
    /// - Throws: any error, which is thrown to the caller of the operation; the request is not sent.
    func willSend(_ request: inout RequestAttempt) async throws

    /// Called when the response has been received completely, or when the attempt has failed.
    ///
    /// - Parameters:
    ///   - request: as `willSend` left it.
    ///   - outcome: the response, or the error.
    func didFinish(_ request: RequestAttempt, _ outcome: AttemptOutcome) async
}

/// The defaults do nothing.
extension RequestHook {
    /// Leaves the request unchanged.
    public func willSend(_ request: inout RequestAttempt) async throws {}
    /// Ignores the outcome.
    public func didFinish(_ request: RequestAttempt, _ outcome: AttemptOutcome) async {}
}

/// One attempt to send a request, without its secrets.
public struct RequestAttempt: Sendable {
    /// The number of the request in this process, which all its attempts share.
    public let requestNumber: UInt64
    /// The number of the attempt: 1 for the first.
    public let number: Int
    /// The name of the service, for which the request is signed: `s3`, `iam` or `sts`.
    public let service: String
    /// The region for which the request is signed.
    public let region: String
    /// The HTTP method.
    public let method: String
    /// The URL with the query.
    public let url: String
    /// The length of the body in bytes; 0 without a body.
    public let bodyByteCount: Int64
    /// The header fields besides those with secrets and those that signing and sending set, with lower-case names.
    public var headers: HeaderFields

    /// A number for another request.
    static func nextNumber() -> UInt64 { requestCount.wrappingAdd(1, ordering: .relaxed).newValue }

    private static let requestCount = Atomic<UInt64>(0)
}

/// How an attempt ended.
public struct AttemptOutcome: Sendable {
    /// The time from signing the request to the end of the response.
    public let duration: Duration
    /// The status of the response; nil if there was none. It is 500 for an error that came after a status of 200.
    public let status: Int?
    /// The header fields of the response, with lower-case names.
    public let headers: HeaderFields
    /// The code of the service's error, such as `SlowDown`; nil for success, and without a response.
    public let errorCode: String?
    /// Why there was no complete response, such as ``TransportError``; nil for a response.
    public let failure: (any Error)?

    /// The service's ID of the request, to find it in a log.
    public var requestID: String? { headers["x-amz-request-id"] ?? headers["x-amzn-requestid"] }

    init(_ duration: Duration, _ head: HTTPResponseHead) {
        self.duration = duration
        (status, headers, errorCode, failure) = (head.status, head.headers, nil, nil)
    }

    init(_ duration: Duration, _ error: any Error) {
        self.duration = duration
        if let error = error as? S3Error {
            (status, headers, errorCode, failure) = (error.code.status, error.headers, error.code.name, nil)
        } else {
            (status, headers, errorCode, failure) = (nil, [:], nil, error)
        }
    }
}

/// The header fields that the client sets itself, and those with secrets.
enum ReservedFields {
    /// Whether a field is set when a request is signed or sent.
    static func isOwn(_ name: String) -> Bool { names.contains(name.lowercased()) }

    /// Whether a field may have a secret of the caller: a customer-provided key, its MD5, or an MFA code.
    static func isSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return name == "x-amz-mfa" || name.hasSuffix("-customer-key") || name.hasSuffix("-customer-key-md5")
    }

    private static let names: Set = [
        "authorization", "connection", "content-length", "expect", "host", "transfer-encoding", "x-amz-content-sha256",
        "x-amz-date", "x-amz-security-token",
    ]
}
