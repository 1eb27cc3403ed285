import CMicrohttpd
private import Glibc
import Synchronization

/// An HTTP/1.1 server on one address and port, running on libmicrohttpd's event loops.
package final class HTTPServer: Sendable {
    /// The port that the server listens on; chosen by the system if 0 was requested.
    package let port: UInt16
    private let context: ServerContext
    private let state: Mutex<State>

    private struct State {
        // libmicrohttpd's daemon may be used from any thread; this lock keeps it from being stopped twice.
        nonisolated(unsafe) var daemon: OpaquePointer?
    }

    /// Starts listening.
    ///
    /// - Parameter threads: the number of event loops; each serves its share of the connections.
    /// - Throws: ``HTTPServerError`` if the address cannot be used.
    package init(
        address: String, port: UInt16, tls: TLSIdentity? = nil, limits: HTTPLimits = HTTPLimits(), threads: Int = 2,
        handler: any HTTPHandler
    ) throws(HTTPServerError) {
        let listener = try ListenSocket.open(address: address, port: port)
        let context = ServerContext(handler: handler, limits: limits, identity: tls)
        guard let daemon = Self.startDaemon(listener, tls: tls, limits: limits, threads: threads, context: context)
        else {
            close(listener)
            Self.release(context)
            throw HTTPServerError("libmicrohttpd cannot start")
        }
        self.port = ListenSocket.port(of: listener)
        self.context = context
        state = Mutex(State(daemon: daemon))
        context.watch.start()
    }

    /// Uses another certificate and key for new connections; open ones continue unchanged.
    package func use(_ identity: TLSIdentity) { context.identity.withLock { $0 = identity } }

    package var openConnections: Int { context.watch.count }

    /// Stops accepting connections, lets the requests in progress finish within a time limit, and closes every
    /// connection.
    ///
    /// - Returns: whether every request finished. The connections of unfinished requests were cut off.
    package func stop(within seconds: Double) async -> Bool {
        // libmicrohttpd 0.9.75 has a call to stop listening, but it races with its own event loops and then panics. So
        // it listens to the end, and new connections are refused meanwhile.
        context.watch.refuseFurther()
        context.watch.endUselessConnections()
        let isFinished = await context.drain(within: seconds)
        context.watch.end()
        if !isFinished { context.watch.endAllConnections() }
        // Requests that still wait for the disk are left to the end of the process, and libmicrohttpd with them.
        let isStopped = if isFinished { true } else { await context.drain(within: 5) }
        if isStopped {
            state.withLock { state in
                guard let daemon = state.daemon.take() else { return }
                MHD_stop_daemon(daemon)
                Self.release(context)
            }
        }
        return isFinished
    }

    private static func startDaemon(
        _ listener: Int32, tls: TLSIdentity?, limits: HTTPLimits, threads: Int, context: ServerContext
    ) -> OpaquePointer? {
        var settings = coffer_daemon_settings()
        settings.listen_socket = listener
        settings.threads = UInt32(threads)
        // Connections beyond our own limit are answered with an error; these limits are only a backstop.
        settings.connections = UInt32(limits.connections + limits.connections / 4 + threads)
        settings.connections_per_address = UInt32(limits.connectionsPerAddress + limits.connectionsPerAddress / 4 + 1)
        settings.idle_seconds = UInt32(limits.idleSeconds)
        settings.memory_per_connection = limits.connectionByteCount
        // The daemon holds its own reference, until it is stopped or until the process ends.
        settings.context = Unmanaged.passRetained(context).toOpaque()
        settings.handler = handlerCallback
        settings.completed = completedCallback
        settings.connection = connectionCallback
        settings.target = targetCallback
        settings.unescape = { _, _, text in text.map { strlen($0) } ?? 0 }
        // Client errors are routine, and the important ones show in the responses, except for an invalid
        // Content-Length, whose log line names no connection.
        settings.log = { context, line, _ in
            guard let context, let line, coffer_is_length_fault(line) else { return }
            Unmanaged<ServerContext>.fromOpaque(context).takeUnretainedValue().heads.only?.refuseLength()
        }
        guard let tls else { return coffer_start_daemon(&settings) }
        return tls.certificate.withCString { certificate in
            tls.key.withCString { key in
                TLSIdentity.priorities.withCString { priorities in
                    settings.tls_certificate = certificate
                    settings.tls_key = key
                    settings.tls_priorities = priorities
                    return coffer_start_daemon(&settings)
                }
            }
        }
    }

    /// Releases the reference of a daemon that makes no further calls.
    private static func release(_ context: ServerContext) { Unmanaged.passUnretained(context).release() }
}

/// Why a server could not start, as a sentence for its operator.
package struct HTTPServerError: Error, CustomStringConvertible {
    package let description: String
    init(_ description: String) { self.description = description }
}
