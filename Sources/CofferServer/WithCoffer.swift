public import CofferSystem

/// Runs a server within this process while a closure runs, for tests and apps.
///
/// ```swift
/// try await withCoffer(buckets: ["books"]) { server in
///     // Any S3 client: server.endpoint, server.rootKeys
/// }
/// ```
///
/// The server listens on a free port of this machine and keeps its data in a temporary directory. When the closure
/// returns or throws, the server is stopped and the directory is deleted. Requests do not wait for the disk, and only
/// warnings are logged. Any number of servers can run at the same time.
///
/// - Parameters:
///   - buckets: buckets to create before the closure runs, as `NAME` or `NAME:ACCESS`; see
///     ``BucketConfiguration/init(_:)``.
///   - clock: the clock for all rules that depend on time, such as the expiration of signatures and retentions; a
///     `SettableClock` stands still until it is moved.
///   - isolation: the actor that the closures run on.
///   - configure: changes other settings; a ``ServerConfiguration/dataDirectory`` that is set is not deleted.
///   - body: what runs while the server does. The server is stopped as soon as it ends.
/// - Returns: what the closure returns.
/// - Throws: `ServerError` if the server cannot start, and the errors of the closure.
public func withCoffer<Value>(
    buckets: [String] = [], clock: ServiceClock = .system, isolation: isolated (any Actor)? = #isolation,
    configure: (inout ServerConfiguration) throws -> Void = { _ in },
    _ body: (_ server: RunningServer) async throws -> Value
) async throws -> Value {
    var configuration = ServerConfiguration()
    configuration.port = 0
    configuration.durability = .relaxed
    configuration.clock = clock
    configuration.log = Log(level: .warning, format: .text)
    configuration.buckets = try buckets.map { try BucketConfiguration($0) }
    try configure(&configuration)
    let server = try await CofferServer(configuration).start()
    do {
        let value = try await body(server)
        await server.stop()
        return value
    } catch {
        // What failed is over; its requests need no more time.
        await server.stop(within: 1)
        throw error
    }
}
