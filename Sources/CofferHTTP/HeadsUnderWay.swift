private import Glibc
import Synchronization

/// The requests whose heads are not complete yet, by the thread of their event loop.
///
/// libmicrohttpd 0.9.75 answers a `Content-Length` that is no number by itself, and sends two heads, the second as the
/// body of the first. All that is known of it at that moment is its line in the log, which names no connection. Where one
/// request alone is under way on the thread it is that one, and gets our answer instead.
final class HeadsUnderWay: Sendable {
    private let requests = Mutex<[UInt: [ObjectIdentifier: RequestInFlight]]>([:])

    func began(_ request: RequestInFlight) {
        requests.withLock { $0[Self.thread, default: [:]][ObjectIdentifier(request)] = request }
    }

    /// Its head is complete, or it will never be.
    func ended(_ request: RequestInFlight) {
        requests.withLock { $0[Self.thread]?[ObjectIdentifier(request)] = nil }
    }

    /// The request that the thread is about to refuse, if there can be no doubt of it.
    var only: RequestInFlight? {
        requests.withLock { requests in
            guard let here = requests[Self.thread], here.count == 1 else { return nil }
            return here.first?.value
        }
    }

    private static var thread: UInt { pthread_self() }
}
