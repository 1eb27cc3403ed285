private import Dispatch
private import Glibc
import Synchronization

/// The open connections: counts them against the limits and ends those that send too slowly.
///
/// libmicrohttpd's own time-out starts anew with every byte, so a client could hold a connection for ever with a byte
/// a minute. And it does not see that a client is gone whose last bytes and end came together: its edge-triggered look
/// at the socket takes the bytes and never comes back for the end.
final class ConnectionWatch: Sendable {
    private let limits: HTTPLimits
    private let state = Mutex(State())

    private struct State {
        var connections: [ObjectIdentifier: Connection] = [:]
        var countByAddress: [String: Int] = [:]
        var isEnded = false
        var refusesFurther = false
    }

    init(limits: HTTPLimits) {
        self.limits = limits
    }

    var count: Int { state.withLock { $0.connections.count } }

    /// Looks at every connection once a second until ``end()``.
    func start() {
        DispatchQueue.global().asyncAfter(deadline: .now() + 1) { [weak self] in
            guard let self, !self.state.withLock({ $0.isEnded }) else { return }
            self.endUselessConnections()
            self.start()
        }
    }

    /// Connections that are opened from now on are not served.
    func refuseFurther() { state.withLock { $0.refusesFurther = true } }

    func end() { state.withLock { $0.isEnded = true } }

    /// - Parameter identity: kept for as long as the connection may use it.
    func opened(socket: Int32, address: String, identity: TLSIdentity?) -> Connection {
        state.withLock { state in
            let sameAddress = state.countByAddress[address, default: 0]
            let isOverLimit =
                state.connections.count >= limits.connections || sameAddress >= limits.connectionsPerAddress
            let connection = Connection(
                socket: socket, address: address, identity: identity, isOverLimit: isOverLimit,
                isRefused: state.refusesFurther)
            if state.refusesFurther { shutdown(socket, Int32(SHUT_RDWR)) }
            state.connections[ObjectIdentifier(connection)] = connection
            state.countByAddress[address] = sameAddress + 1
            return connection
        }
    }

    /// Must come before the socket is closed: afterwards its number may belong to another connection.
    func closed(_ connection: Connection) {
        state.withLock { state in
            state.connections[ObjectIdentifier(connection)] = nil
            let rest = state.countByAddress[connection.address, default: 1] - 1
            state.countByAddress[connection.address] = rest == 0 ? nil : rest
        }
    }

    /// Ends those that are too slow or whose client is gone. Shutting a socket down wakes its event loop.
    func endUselessConnections() {
        let now = monotonicSeconds()
        state.withLock { state in
            for connection in state.connections.values
            where connection.isTooSlow(at: now, limits) || connection.isAbandoned {
                shutdown(connection.socket, Int32(SHUT_RDWR))
            }
        }
    }

    /// Ends every connection. One that is suspended within its answer does not see it until something is sent.
    func endAllConnections() {
        let connections = state.withLock { state in
            for connection in state.connections.values { shutdown(connection.socket, Int32(SHUT_RDWR)) }
            return Array(state.connections.values)
        }
        for connection in connections { connection.lateBody?.sendSpace() }
    }

    /// One connection's progress. Written by its event-loop thread, read by the timer.
    final class Connection: Sendable {
        let socket: Int32
        let address: String
        private let identity: TLSIdentity?
        let isOverLimit: Bool
        let isRefused: Bool
        private let phase = Atomic<Phase>(.head)
        private let since = Atomic<Int64>(monotonicSeconds())
        private let received = Atomic<Int64>(0)
        private let late = Mutex<LateBody?>(nil)

        enum Phase: UInt8, AtomicRepresentable {
            case head, body, answer
        }

        init(socket: Int32, address: String, identity: TLSIdentity?, isOverLimit: Bool, isRefused: Bool) {
            self.identity = identity
            self.isRefused = isRefused
            self.socket = socket
            self.address = address
            self.isOverLimit = isOverLimit
        }

        func enter(_ phase: Phase) {
            self.since.store(monotonicSeconds(), ordering: .relaxed)
            self.received.store(0, ordering: .relaxed)
            self.phase.store(phase, ordering: .relaxed)
        }

        /// The body of the answer that is being sent, if it is one that waits for its end.
        var lateBody: LateBody? {
            get { late.withLock { $0 } }
            set { late.withLock { $0 = newValue } }
        }

        func received(_ count: Int) {
            received.add(Int64(count), ordering: .relaxed)
        }

        /// The client will send no more, although more is awaited of it.
        fileprivate var isAbandoned: Bool {
            guard phase.load(ordering: .relaxed) != .answer else { return false }
            var byte: UInt8 = 0
            return recv(socket, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) == 0
        }

        fileprivate func isTooSlow(at now: Int64, _ limits: HTTPLimits) -> Bool {
            let seconds = now - since.load(ordering: .relaxed)
            switch phase.load(ordering: .relaxed) {
            case .head: return seconds > Int64(limits.idleSeconds + limits.headSeconds)
            case .body:
                let owed = (seconds - Int64(limits.bodyGraceSeconds)) * Int64(limits.bodyBytesPerSecond)
                return owed > received.load(ordering: .relaxed)
            case .answer: return false
            }
        }
    }
}

func monotonicSeconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec)
}
