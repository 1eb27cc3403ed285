import CofferClient
import CofferModel
import Dispatch
import Foundation
import Synchronization

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// The response of one request, on its way from a session to a receiver.
///
/// The receiver may block, which the session's queue must not: the receiver is called on a queue of its own.
final class URLSessionExchange: Sendable {
    let sent: @Sendable (Int64) -> Void
    private let task: URLSessionTask
    private let receiver: any HTTPReceiver
    private let queue = DispatchQueue(label: "coffer.client.urlsession")
    private let state = Mutex(State())

    private struct State {
        var continuation: CheckedContinuation<HTTPResponseHead, any Error>?
        var head: HTTPResponseHead?
        /// The error that stopped the transfer on this side.
        var error: (any Error)?
        /// The bytes that the receiver has not taken yet.
        var waitingByteCount = 0
        var isTooFarAhead = false
    }

    /// The most bytes that may wait for the receiver; if more arrive, the rest is left for another request. Suspending
    /// the task would be the obvious way, but on Linux a suspended task keeps fetching, and blocking its session's
    /// queue blocks all sessions.
    private static let waitingLimit = 32 << 20

    init(_ task: URLSessionTask, _ receiver: any HTTPReceiver, sent: (@Sendable (Int64) -> Void)?) {
        self.task = task
        self.receiver = receiver
        self.sent = sent ?? { _ in }
    }

    func start(_ continuation: CheckedContinuation<HTTPResponseHead, any Error>) {
        state.withLock { $0.continuation = continuation }
        task.resume()
    }

    /// Stops passing anything on; the first error is the one that is reported.
    func stop(_ error: any Error) {
        state.withLock { state in
            if state.error == nil { state.error = error }
        }
        task.cancel()
    }

    // MARK: Called by the session, in order

    func begin(_ response: URLResponse, hasBody: Bool) {
        queue.async { [self] in
            passOn {
                guard let response = response as? HTTPURLResponse else {
                    throw TransportError(.badResponse, "the response is not HTTP")
                }
                let head = HTTPResponseHead(response)
                if hasBody { try Self.checkEncoding(head["content-encoding"]) }
                state.withLock { $0.head = head }
                try receiver.begin(head)
            }
        }
    }

    private static func checkEncoding(_ encoding: String?) throws(TransportError) {
        guard let encoding, !["identity", "aws-chunked"].contains(encoding.lowercased()) else { return }
        throw TransportError(
            .unusable, "URLSession would decode a body of the encoding '\(encoding)'; use CurlTransport for this object"
        )
    }

    func receive(_ data: Data) {
        let isTooFarAhead = state.withLock { state in
            if state.waitingByteCount + data.count > Self.waitingLimit { state.isTooFarAhead = true }
            if !state.isTooFarAhead { state.waitingByteCount += data.count }
            return state.isTooFarAhead
        }
        guard !isTooFarAhead else { return task.cancel() }
        queue.async { [self] in
            passOn {
                try data.withUnsafeBytes { bytes in
                    try bytes.withMemoryRebound(to: UInt8.self) { try receiver.receive($0.span) }
                }
                if receiver.isFull { receiver.waitForRoom() }
            }
            state.withLock { $0.waitingByteCount -= data.count }
        }
    }

    private func passOn(_ body: () throws -> Void) {
        guard state.withLock({ $0.error == nil }) else { return }
        do {
            try body()
        } catch {
            stop(error)
        }
    }

    func end(_ error: (any Error)?) {
        queue.async { [self] in
            let continuation = state.withLock { $0.continuation.take() }
            continuation?.resume(with: Result { try answer(error) })
        }
    }

    private func answer(_ error: (any Error)?) throws -> HTTPResponseHead {
        let (own, head, isTooFarAhead) = state.withLock { ($0.error, $0.head, $0.isTooFarAhead) }
        if let own { throw own }
        if isTooFarAhead { throw TransportError(.interrupted, "the response arrived faster than it was read") }
        if let error { throw TransportError(error, hasBegun: head != nil) }
        guard let head else { throw TransportError(.interrupted, "the connection ended before the response") }
        return head
    }
}

extension HTTPResponseHead {
    fileprivate init(_ response: HTTPURLResponse) {
        let headers = response.allHeaderFields.map { (name: "\($0.key)".lowercased(), value: "\($0.value)") }
        self.init(status: response.statusCode, headers: HeaderFields(headers.sorted { $0.name < $1.name }))
    }
}

extension TransportError {
    /// Describes a session's error, whose own description may contain the URL with its signature.
    fileprivate init(_ error: any Error, hasBegun: Bool) {
        guard let error = error as? URLError else {
            self.init(.unusable, "URLSession failed with a \(type(of: error))")
            return
        }
        // On Linux a response that breaks off has no error code of its own.
        let kind = error.code == .unknown && hasBegun ? Kind.interrupted : Self.kind(error.code)
        self.init(kind, "URLSession failed with the URLError \(error.code.rawValue)")
    }

    private static func kind(_ code: URLError.Code) -> Kind {
        switch code {
        case .cannotFindHost, .cannotConnectToHost, .dnsLookupFailed, .notConnectedToInternet: .cannotConnect
        case .timedOut: .timedOut
        case .networkConnectionLost, .secureConnectionFailed: .interrupted
        case .serverCertificateUntrusted, .serverCertificateHasBadDate, .serverCertificateHasUnknownRoot,
            .serverCertificateNotYetValid:
            .untrusted
        case .badServerResponse, .cannotParseResponse, .dataLengthExceedsMaximum: .badResponse
        default: .unusable
        }
    }
}
