import CMicrohttpd
private import Dispatch
import Synchronization

/// What libmicrohttpd's callbacks share.
final class ServerContext: Sendable {
    let handler: any HTTPHandler
    let limits: HTTPLimits
    let isSecure: Bool
    let executor = RequestExecutor()
    let watch: ConnectionWatch
    private let requests = Mutex(Requests())

    private struct Requests {
        var count = 0
        var idle: CheckedContinuation<Void, Never>?
    }

    init(handler: any HTTPHandler, limits: HTTPLimits, isSecure: Bool) {
        self.handler = handler
        self.limits = limits
        self.isSecure = isSecure
        watch = ConnectionWatch(limits: limits)
    }

    func requestBegan() {
        requests.withLock { $0.count += 1 }
    }

    func requestEnded() {
        let waiting = requests.withLock { requests -> CheckedContinuation<Void, Never>? in
            requests.count -= 1
            guard requests.count == 0 else { return nil }
            defer { requests.idle = nil }
            return requests.idle
        }
        waiting?.resume()
    }

    /// Waits until no request is under way.
    ///
    /// - Returns: false if that took longer than the time given.
    func waitUntilIdle(within seconds: Double) async -> Bool {
        await withCheckedContinuation { continuation in
            let isIdle = requests.withLock { requests in
                guard requests.count > 0 else { return true }
                requests.idle = continuation
                return false
            }
            if isIdle { return continuation.resume() }
            DispatchQueue.global().asyncAfter(deadline: .now() + seconds) {
                let waiting = self.requests.withLock { requests in
                    defer { requests.idle = nil }
                    return requests.idle
                }
                waiting?.resume()
            }
        }
        return requests.withLock { $0.count == 0 }
    }
}

// MARK: Callbacks

/// Called when a request's target is known, before libmicrohttpd touches it: the request's own state begins here.
let targetCallback:
    @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, OpaquePointer?) -> UnsafeMutableRawPointer? = {
        context, target, connection in
        guard let context, let connection else { return nil }
        let server = Unmanaged<ServerContext>.fromOpaque(context).takeUnretainedValue()
        let text = target.flatMap { String(validatingCString: $0) } ?? ""
        let request = RequestInFlight(target: text, connection: connection, server: server)
        return Unmanaged.passRetained(request).toOpaque()
    }

/// Called when the head is complete, for each piece of the body, and when the body is complete.
let handlerCallback:
    @convention(c) (
        UnsafeMutableRawPointer?, OpaquePointer?, UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafePointer<CChar>?,
        UnsafePointer<CChar>?, UnsafeMutablePointer<Int>?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) -> MHD_Result = { _, _, _, method, _, upload, uploadCount, state in
        guard let state = state?.pointee, let method, let uploadCount else { return .NO }
        let request = Unmanaged<RequestInFlight>.fromOpaque(state).takeUnretainedValue()
        guard request.hasBegun else { return request.begin(method: String(cString: method)) }
        guard uploadCount.pointee > 0, let upload else { return request.bodyIsComplete() }
        let bytes = UnsafeRawBufferPointer(start: upload, count: uploadCount.pointee)
        uploadCount.pointee = 0
        return request.receive(bytes)
    }

/// Called once per request at its very end, whatever the end was.
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
            let watched = server.watch.opened(socket: coffer_connection_socket(connection), address: address)
            state.pointee = Unmanaged.passRetained(watched).toOpaque()
        } else if let pointer = state.pointee {
            state.pointee = nil
            server.watch.closed(Unmanaged<ConnectionWatch.Connection>.fromOpaque(pointer).takeRetainedValue())
        }
    }
