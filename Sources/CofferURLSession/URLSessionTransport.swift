public import CofferClient
import CofferModel
import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// A transport that uses Foundation's `URLSession`, where libcurl is not available or the system's own networking is
/// wanted.
///
/// ```swift
/// var options = ClientOptions()
/// options.transport = URLSessionTransport()
/// let s3 = try S3Client(endpoint: "https://s3.example.org", options: options)
/// ```
///
/// It trusts the certificates that the system trusts. `URLSession` cannot send and receive everything unchanged, and
/// requests and responses that it would change are refused with a `TransportError` of the kind `unusable`:
///
/// - keys with a segment `.` or `..`, which it resolves;
/// - bodies that are stored with a `Content-Encoding`, which it decodes.
///
/// A part of a file is read into memory to be sent. `URLSession` supports no back-pressure: an object that is read more
/// slowly than it arrives is fetched with several requests, and on Linux, data that arrives faster than the session
/// delivers it piles up in memory. Downloads to files, which are fetched in parts, are not affected. `CurlTransport`
/// documents the cost compared with libcurl.
public final class URLSessionTransport: HTTPTransport {
    private let session: URLSession
    private let exchanges = URLSessionExchanges()

    /// Creates a transport with a session of its own.
    ///
    /// - Parameters:
    ///   - requestLimit: the most requests to a host in progress at once; further ones wait.
    ///   - silenceSeconds: the seconds without any data after which a request is given up.
    public init(requestLimit: Int = 128, silenceSeconds: Double = 60) {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpMaximumConnectionsPerHost = requestLimit
        configuration.timeoutIntervalForRequest = silenceSeconds
        configuration.urlCache = nil
        configuration.httpCookieStorage = nil
        configuration.urlCredentialStorage = nil
        session = URLSession(configuration: configuration, delegate: exchanges, delegateQueue: nil)
    }

    /// A session keeps itself alive until it is invalidated.
    deinit { session.finishTasksAndInvalidate() }

    /// Sends a request in a task of the session.
    ///
    /// - Throws: `TransportError` as `CurlTransport` does, and of the kind `unusable` as above.
    public func send(_ request: HTTPRequest, to receiver: any HTTPReceiver) async throws -> HTTPResponseHead {
        try Task.checkCancellation()
        let (sendable, body) = try request.forURLSession()
        let task = body.map { session.uploadTask(with: sendable, from: $0) } ?? session.dataTask(with: sendable)
        let exchange = URLSessionExchange(task, receiver, sent: request.sent)
        exchanges.add(exchange, task)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { exchange.start($0) }
        } onCancel: {
            exchange.stop(CancellationError())
        }
    }
}

extension HTTPRequest {
    /// Returns the request in `URLSession`'s form, and its body.
    fileprivate func forURLSession() throws -> (URLRequest, Data?) {
        // The parsed URL is what is sent; it must be identical to the signed one.
        guard let parsed = URL(string: url), parsed.absoluteString == url, !hasDotSegments else {
            throw TransportError(
                .unusable,
                "URLSession cannot send this path unchanged; use CurlTransport for keys with '.' or '..' between slashes"
            )
        }
        var request = URLRequest(url: parsed, cachePolicy: .reloadIgnoringLocalAndRemoteCacheData)
        request.httpMethod = method
        request.httpShouldHandleCookies = false
        // URLSession sets the host itself.
        for header in headers where header.name != "host" {
            request.addValue(header.value, forHTTPHeaderField: header.name)
        }
        request.setValue("identity", forHTTPHeaderField: "accept-encoding")
        guard let data = try body.data() else { return (request, nil) }
        if request.value(forHTTPHeaderField: "content-type") == nil {
            // Otherwise URLSession declares the body a form. S3 uses this type if none is given.
            request.setValue("binary/octet-stream", forHTTPHeaderField: "content-type")
        }
        return (request, data)
    }

    private var hasDotSegments: Bool {
        url.prefix { $0 != "?" }.split(separator: "/").contains { segment in
            [".", ".."].contains(segment.replacing("%2E", with: ".").replacing("%2e", with: "."))
        }
    }
}

extension HTTPRequestBody {
    /// nil for no body.
    fileprivate func data() throws -> Data? {
        switch self {
        case .none: return nil
        case .bytes(let bytes): return Data(bytes)
        case .file:
            var data = Data(count: Int(byteCount))
            _ = try data.withUnsafeMutableBytes { try read(into: $0, at: 0) }
            return data
        }
    }
}
