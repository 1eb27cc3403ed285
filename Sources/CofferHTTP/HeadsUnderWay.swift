private import Glibc

/// The requests whose heads are not complete yet, by event-loop thread.
///
/// libmicrohttpd 0.9.75 responds by itself to a `Content-Length` that is not a number, and sends two heads, the second
/// as the body of the first. The only sign of it at that time is its line in the log, which names no connection. If
/// exactly one request is in progress on the thread, it must be that one, and it gets our response instead.
final class HeadsUnderWay: Sendable {
    private let threads = PerThread { Heads() }

    /// The requests of one thread. Nothing else is asked than which one it is if there is only one, so no list is kept:
    /// the combination of a single address is that address.
    private final class Heads {
        var count = 0
        /// The addresses of the requests, combined by exclusive or.
        var addresses: UInt = 0
    }

    /// - Parameter request: stays alive at least until ``ended(_:)``.
    func began(_ request: RequestInFlight) { note(request, 1) }

    /// Removes a request whose head is complete or never will be. Called once for each.
    func ended(_ request: RequestInFlight) { note(request, -1) }

    private func note(_ request: RequestInFlight, _ difference: Int) {
        let heads = threads.current
        heads.count += difference
        heads.addresses ^= UInt(bitPattern: Unmanaged.passUnretained(request).toOpaque())
    }

    /// The request that the thread is about to refuse; nil unless that is certain.
    var only: RequestInFlight? {
        let heads = threads.current
        guard heads.count == 1, let address = UnsafeRawPointer(bitPattern: heads.addresses) else { return nil }
        return Unmanaged<RequestInFlight>.fromOpaque(address).takeUnretainedValue()
    }
}
