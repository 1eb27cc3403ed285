import CofferSystem
private import Dispatch
private import Glibc
import Synchronization

/// The open connections: counts them against the limits and ends those that send too slowly.
///
/// libmicrohttpd's own timeout restarts with every byte, so a client could hold a connection indefinitely by sending a
/// byte a minute. It also misses a disconnect when the client's last bytes and its end of stream arrive together: with
/// edge-triggered polling it reads the bytes and never returns to the socket for the end.
final class ConnectionWatch: Sendable {
    private let limits: HTTPLimits
    private let state = Mutex(State())

    private struct State {
        var connections: [ObjectIdentifier: Connection] = [:]
        var countByNetwork: [String: Int] = [:]
        var isEnded = false
        var refusesFurther = false
        /// When the last search found no connection to end; there is no further search within that second.
        var lastLook: Int64?

        /// Stops counting a connection; does nothing if it is no longer counted.
        mutating func remove(_ connection: Connection) {
            guard connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
            let rest = countByNetwork[connection.network, default: 1] - 1
            countByNetwork[connection.network] = rest == 0 ? nil : rest
        }
    }

    init(limits: HTTPLimits) {
        self.limits = limits
    }

    var count: Int { state.withLock { $0.connections.count } }

    /// Checks every connection once a second until ``end()``.
    func start() {
        SystemTime.after(seconds: 1) { [weak self] in
            guard let self, !self.state.withLock({ $0.isEnded }) else { return }
            self.endUselessConnections()
            self.start()
        }
    }

    /// Stops serving connections that are opened from now on.
    func refuseFurther() { state.withLock { $0.refusesFurther = true } }

    func end() { state.withLock { $0.isEnded = true } }

    /// - Parameter identity: kept alive for as long as the connection may use it.
    func opened(socket: Int32, address: String, identity: TLSIdentity?) -> Connection {
        let network = ClientNetwork.of(address)
        return state.withLock { state in
            if state.connections.count >= limits.connections { makeRoom(&state, among: nil) }
            if state.countByNetwork[network, default: 0] >= limits.connectionsPerAddress {
                makeRoom(&state, among: network)
            }
            let sameNetwork = state.countByNetwork[network, default: 0]
            let isOverLimit =
                state.connections.count >= limits.connections || sameNetwork >= limits.connectionsPerAddress
            let connection = Connection(
                socket: socket, address: address, network: network, identity: identity, isOverLimit: isOverLimit,
                isRefused: state.refusesFurther)
            if state.refusesFurther { shutdown(socket, Int32(SHUT_RDWR)) }
            state.connections[ObjectIdentifier(connection)] = connection
            state.countByNetwork[network] = sameNetwork + 1
            return connection
        }
    }

    /// Stops counting a connection. Must be called before the socket is closed: afterwards its number may be reused.
    func closed(_ connection: Connection) {
        state.withLock { $0.remove(connection) }
    }

    /// Ends idle connections of one network, or of the network that has the most: those that have waited longest for a
    /// request. Ends several at once, so that the search costs little compared with opening the connections that need
    /// room.
    private func makeRoom(_ state: inout State, among network: String?) {
        let now = monotonicSeconds()
        guard state.lastLook != now else { return }
        guard let network = network ?? state.countByNetwork.max(by: { $0.value < $1.value })?.key else { return }
        let spare = state.connections.values.filter {
            $0.network == network && $0.waitsForRequest(since: now - Int64(limits.spareIdleSeconds))
        }
        for connection in spare.sorted(by: { $0.waitsLonger(than: $1) }).prefix(max(1, limits.connections / 16)) {
            shutdown(connection.socket, Int32(SHUT_RDWR))
            state.remove(connection)
        }
        if spare.isEmpty { state.lastLook = now }
    }

    /// Ends connections that are too slow or whose client is gone. Shutting down a socket wakes its event loop.
    func endUselessConnections() {
        let now = monotonicSeconds()
        state.withLock { state in
            for connection in state.connections.values {
                if connection.isTooSlow(at: now, limits) {
                    connection.end(sending: connection.stall())
                } else if connection.isAbandoned {
                    connection.end(sending: [])
                }
            }
        }
    }

    /// Ends every connection. One that is suspended while sending its response does not notice until something is sent.
    func endAllConnections() {
        let connections = state.withLock { state in
            for connection in state.connections.values { shutdown(connection.socket, Int32(SHUT_RDWR)) }
            return Array(state.connections.values)
        }
        for connection in connections { connection.keepAliveStream?.sendSpace() }
    }

    /// One connection's progress. Written by its event-loop thread, read by the timer.
    final class Connection: Sendable {
        let socket: Int32
        let address: String
        let network: String
        private let identity: TLSIdentity?
        let isOverLimit: Bool
        let isRefused: Bool
        private let phase = Atomic<Phase>(.head)
        private let since = Atomic<Int64>(monotonicSeconds())
        private let received = Atomic<Int64>(0)
        private let late = Mutex<KeepAliveStream?>(nil)
        private let lastBytes = Mutex<(@Sendable () -> [UInt8])?>(nil)

        enum Phase: UInt8, AtomicRepresentable {
            case head, body, document, dropped, answer
            /// The body came too slowly: the last bytes are sent, and nothing after them.
            case stalled
        }

        init(
            socket: Int32, address: String, network: String, identity: TLSIdentity?, isOverLimit: Bool, isRefused: Bool
        ) {
            self.identity = identity
            self.isRefused = isRefused
            self.socket = socket
            self.address = address
            self.network = network
            self.isOverLimit = isOverLimit
        }

        func enter(_ phase: Phase) {
            self.since.store(monotonicSeconds(), ordering: .relaxed)
            self.received.store(0, ordering: .relaxed)
            self.phase.store(phase, ordering: .relaxed)
        }

        var isStalled: Bool { phase.load(ordering: .relaxed) == .stalled }

        /// - Returns: false if the connection's last bytes have already been sent.
        func enterAnswer() -> Bool {
            let former = phase.exchange(.answer, ordering: .relaxed)
            guard former != .stalled else {
                phase.store(.stalled, ordering: .relaxed)
                return false
            }
            since.store(monotonicSeconds(), ordering: .relaxed)
            return true
        }

        /// - Parameter bytes: the last bytes to send on the connection if the body comes too slowly.
        func awaitBody(_ phase: Phase, orSend bytes: @escaping @Sendable () -> [UInt8]) {
            lastBytes.withLock { $0 = bytes }
            enter(phase)
        }

        /// - Returns: the bytes to send; empty if no body is awaited, or a response has begun.
        fileprivate func stall() -> [UInt8] {
            for phase in [Phase.body, .document, .dropped] {
                let change = self.phase.compareExchange(expected: phase, desired: .stalled, ordering: .relaxed)
                if change.exchanged { return lastBytes.withLock { $0 }?() ?? [] }
            }
            return []
        }

        /// Discards the state kept for the request that has ended.
        func forgetRequest() {
            keepAliveStream = nil
            lastBytes.withLock { $0 = nil }
        }

        /// The body of the response that is being sent, if it is a keep-alive body.
        var keepAliveStream: KeepAliveStream? {
            get { late.withLock { $0 } }
            set { late.withLock { $0 = newValue } }
        }

        /// Ends the connection after sending some last bytes, which bypass libmicrohttpd: anything it sends later is
        /// lost.
        func end(sending bytes: [UInt8]) {
            // Too few bytes to fill the socket's buffer; it does not matter if the client is already gone.
            if !bytes.isEmpty { send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }
            shutdown(socket, Int32(SHUT_RDWR))
        }

        func received(_ count: Int) {
            received.add(Int64(count), ordering: .relaxed)
        }

        fileprivate func waitsForRequest(since time: Int64) -> Bool {
            phase.load(ordering: .relaxed) == .head && since.load(ordering: .relaxed) <= time
        }

        fileprivate func waitsLonger(than other: Connection) -> Bool {
            since.load(ordering: .relaxed) < other.since.load(ordering: .relaxed)
        }

        /// Whether the client has closed its side although more is expected from it.
        fileprivate var isAbandoned: Bool {
            guard phase.load(ordering: .relaxed) != .answer else { return false }
            var byte: UInt8 = 0
            return recv(socket, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) == 0
        }

        fileprivate func isTooSlow(at now: Int64, _ limits: HTTPLimits) -> Bool {
            let seconds = now - since.load(ordering: .relaxed)
            switch phase.load(ordering: .relaxed) {
            case .head: return seconds > Int64(limits.idleSeconds + limits.headSeconds)
            case .body: return limits.bodyPace.isTooSlow(received.load(ordering: .relaxed), in: seconds)
            case .document: return limits.documentPace.isTooSlow(received.load(ordering: .relaxed), in: seconds)
            case .dropped: return limits.droppedPace.isTooSlow(received.load(ordering: .relaxed), in: seconds)
            case .answer, .stalled: return false
            }
        }
    }
}

func monotonicSeconds() -> Int64 {
    SystemTime.nanoseconds / 1_000_000_000
}
