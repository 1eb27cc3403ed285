import CMicrohttpd
import CofferSystem
private import Dispatch
private import Glibc
import Synchronization

/// The state that libmicrohttpd's callbacks share.
final class ServerContext: Sendable {
    let handler: any HTTPHandler
    let limits: HTTPLimits
    let isSecure: Bool
    /// The identity used by connections that are opened from now on; nil without TLS.
    let identity: Mutex<TLSIdentity?>
    let executor = RequestExecutor()
    let watch: ConnectionWatch
    let heads = HeadsUnderWay()
    private let requests = Mutex(Requests())

    private struct Requests {
        var count = 0
        var phase = Phase.serving
        var stopped: CheckedContinuation<Void, Never>?
    }

    private enum Phase {
        case serving
        /// Requests are still answered, and their connections closed afterwards.
        case draining
        /// No request is in progress, and none is accepted: libmicrohttpd must not be stopped while one waits.
        case stopped
    }

    init(handler: any HTTPHandler, limits: HTTPLimits, identity: TLSIdentity?) {
        self.handler = handler
        self.limits = limits
        isSecure = identity != nil
        self.identity = Mutex(identity)
        watch = ConnectionWatch(limits: limits)
    }

    var isDraining: Bool { requests.withLock { $0.phase != .serving } }

    /// - Returns: whether the request may be served; only then must ``requestEnded()`` be called for it.
    func requestBegan() -> Bool {
        requests.withLock { requests in
            guard requests.phase != .stopped else { return false }
            requests.count += 1
            return true
        }
    }

    func requestEnded() {
        let waiting = requests.withLock { requests -> CheckedContinuation<Void, Never>? in
            requests.count -= 1
            guard requests.count == 0, requests.phase == .draining else { return nil }
            requests.phase = .stopped
            return requests.stopped.take()
        }
        waiting?.resume()
    }

    /// Lets the requests in progress finish, and accepts no more after the last one.
    ///
    /// - Returns: false if that took longer than the given time.
    func drain(within seconds: Double) async -> Bool {
        await withCheckedContinuation { continuation in
            let isStopped = requests.withLock { requests in
                requests.phase = requests.count == 0 ? .stopped : .draining
                if requests.phase == .draining { requests.stopped = continuation }
                return requests.phase == .stopped
            }
            if isStopped { return continuation.resume() }
            SystemTime.after(seconds: seconds) {
                self.requests.withLock { $0.stopped.take() }?.resume()
            }
        }
        return requests.withLock { $0.phase == .stopped }
    }
}

// MARK: Callbacks

/// Called when a request's target is known, before libmicrohttpd modifies it: creates the request's state.
let targetCallback:
    @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, OpaquePointer?) -> UnsafeMutableRawPointer? = {
        context, target, connection in
        guard let context, let connection else { return nil }
        let server = Unmanaged<ServerContext>.fromOpaque(context).takeUnretainedValue()
        if let target { coffer_move_blanks(UnsafeMutablePointer(mutating: target)) }
        let text = target.flatMap { String(validatingCString: $0) } ?? ""
        let request = RequestInFlight(
            target: text, targetByteCount: target.map { strlen($0) } ?? 0, connection: connection, server: server)
        server.heads.began(request)
        return Unmanaged.passRetained(request).toOpaque()
    }

/// Called when the head is complete, for each piece of the body, and when the body is complete.
let handlerCallback:
    @convention(c) (
        UnsafeMutableRawPointer?, OpaquePointer?, UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafePointer<CChar>?,
        UnsafePointer<CChar>?, UnsafeMutablePointer<Int>?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) -> MHD_Result = { _, _, _, method, version, upload, uploadCount, state in
        guard let state = state?.pointee, let method, let version, let uploadCount else { return .NO }
        let request = Unmanaged<RequestInFlight>.fromOpaque(state).takeUnretainedValue()
        guard request.hasBegun else { return request.begin(method: method, version: version) }
        guard uploadCount.pointee > 0, let upload else { return request.bodyIsComplete() }
        let bytes = UnsafeRawBufferPointer(start: upload, count: uploadCount.pointee)
        uploadCount.pointee = 0
        return request.receive(bytes)
    }

/// Called once per request at its very end, however it ended.
let completedCallback:
    @convention(c) (
        UnsafeMutableRawPointer?, OpaquePointer?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
        MHD_RequestTerminationCode
    ) -> Void = { _, _, state, code in
        guard let pointer = state?.pointee else { return }
        state?.pointee = nil
        let request = Unmanaged<RequestInFlight>.fromOpaque(pointer).takeRetainedValue()
        request.completed(code == .REQUEST_TERMINATED_COMPLETED_OK ? .sent : .aborted)
    }

/// Called when a connection opens and, before its socket is closed, when it ends.
let connectionCallback:
    @convention(c) (
        UnsafeMutableRawPointer?, OpaquePointer?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
        MHD_ConnectionNotificationCode
    ) -> Void = { context, connection, state, code in
        guard let context, let connection, let state else { return }
        let server = Unmanaged<ServerContext>.fromOpaque(context).takeUnretainedValue()
        if code == .CONNECTION_NOTIFY_STARTED {
            let address =
                coffer_client_address(connection)?.pointee.client_addr.map { ListenSocket.text(of: $0) } ?? "-"
            let socket = coffer_connection_socket(connection)
            let identity = server.identity.withLock { $0 }
            if identity?.use(for: connection) == false { shutdown(socket, Int32(SHUT_RDWR)) }
            let watched = server.watch.opened(socket: socket, address: address, identity: identity)
            state.pointee = Unmanaged.passRetained(watched).toOpaque()
        } else if let pointer = state.pointee {
            state.pointee = nil
            server.watch.closed(Unmanaged<ConnectionWatch.Connection>.fromOpaque(pointer).takeRetainedValue())
        }
    }
