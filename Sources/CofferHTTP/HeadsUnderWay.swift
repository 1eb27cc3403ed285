private import Glibc
import Synchronization

/// The requests whose heads are not complete yet, by event-loop thread.
///
/// libmicrohttpd 0.9.75 responds by itself to a `Content-Length` that is not a number, and sends two heads, the second
/// as the body of the first. The only sign of it at that time is its line in the log, which names no connection. If
/// exactly one request is in progress on the thread, it must be that one, and it gets our response instead.
final class HeadsUnderWay: Sendable {
    private let requests = Mutex<[UInt: [ObjectIdentifier: RequestInFlight]]>([:])

    func began(_ request: RequestInFlight) {
        requests.withLock { $0[Self.thread, default: [:]][ObjectIdentifier(request)] = request }
    }

    /// Removes a request whose head is complete or never will be.
    func ended(_ request: RequestInFlight) {
        requests.withLock { $0[Self.thread]?[ObjectIdentifier(request)] = nil }
    }

    /// The request that the thread is about to refuse; nil unless that is certain.
    var only: RequestInFlight? {
        requests.withLock { requests in
            guard let here = requests[Self.thread], here.count == 1 else { return nil }
            return here.first?.value
        }
    }

    private static var thread: UInt { pthread_self() }
}
