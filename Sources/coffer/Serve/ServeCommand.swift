import CofferHTTP
import CofferServer
import CofferSystem
import Dispatch
import Glibc

/// `coffer serve`: reads the options, runs the server, stops it on a signal.
enum ServeCommand {
    static let command = Command(
        name: "serve", summary: "Run the server until Ctrl-C or SIGTERM",
        details: """
            Examples
              coffer serve --ephemeral --port 0 --log-level none
              COFFER_SECRET_KEY=... coffer serve --data /srv/coffer --access-key admin --address 0.0.0.0
              coffer serve --bucket datastore.example.org --publish budget=demo/budget
              coffer serve --data /srv/coffer --create-bucket books --create-bucket pages:download

            Ctrl-C and SIGTERM stop the server: requests in progress have 10 seconds to finish. A second
            signal ends it at once. On SIGHUP it rereads the certificate and key, the accounts and the
            metrics token, and reopens the log file. If something cannot be read, the old value stays in
            effect and the log says why.
            """,
        options: options, run: run)

    /// How long requests in progress have to finish when the server is stopped.
    private static let stopSeconds = 10.0
    /// The time after which the process ends, whatever it is still waiting for, such as a disk that does not respond.
    private static let endSeconds = 20.0

    @Sendable private static func run(_ options: Options) async throws -> ExitCode {
        let configuration = try configuration(options)
        let packages = try StartPackage.all(options)
        raiseDescriptorLimit()
        ProcessMemory.keepFreed()
        signal(SIGPIPE, SIG_IGN)
        let signals = CaughtSignals(ending: [SIGINT, SIGTERM], others: [SIGHUP])
        let start = Task { try await started(configuration, packages) }
        let (events, release) = events(of: signals, cancelling: start)
        defer { release() }
        guard let server = try await server(of: start, configuration) else { return .success }
        printSummary(server, configuration, packages, showsKeys: options.isGiven("show-keys"))
        ProcessMemory.letGoOfCode()
        let reload = ServeReload(server: server, configuration: configuration, options: options)
        for await event in events {
            switch event {
            case .reload: await reload.run()
            case .stop: return try await stop(server, configuration)
            }
        }
        return .success
    }

    private static func started(
        _ configuration: ServerConfiguration, _ packages: [StartPackage]
    ) async throws -> RunningServer {
        let server = try await CofferServer(configuration).start()
        do {
            for package in packages { try await package.publish(to: server, region: configuration.region) }
            return server
        } catch {
            await server.stop(within: 1)
            throw error
        }
    }

    // MARK: Signals

    private enum Event {
        case reload, stop
    }

    /// Returns the events that signals ask for. A stop cancels a start in progress and replaces a pending reload;
    /// several pending reloads count as one.
    private static func events(
        of signals: CaughtSignals, cancelling start: Task<RunningServer, any Error>
    ) -> (AsyncStream<Event>, release: @Sendable () -> Void) {
        let (events, continuation) = AsyncStream.makeStream(of: Event.self, bufferingPolicy: .bufferingNewest(1))
        let release = signals.deliver { number in
            guard number != SIGHUP else {
                if !start.isCancelled { continuation.yield(.reload) }
                return
            }
            start.cancel()
            continuation.yield(.stop)
            SystemTime.after(seconds: endSeconds) { kill(getpid(), number) }
        }
        return (events, release)
    }

    /// - Returns: nil if the start was cancelled.
    private static func server(
        of start: Task<RunningServer, any Error>, _ configuration: ServerConfiguration
    ) async throws -> RunningServer? {
        do {
            return try await start.value
        } catch {
            guard start.isCancelled else { throw error }
            configuration.log.info("stopped before the server was ready: \(error)")
            return nil
        }
    }

    private static func stop(_ server: RunningServer, _ configuration: ServerConfiguration) async throws -> ExitCode {
        configuration.log.info("stopping: requests in progress have \(Int(stopSeconds)) seconds to finish")
        guard await server.stop(within: stopSeconds) else {
            throw ServerError("the server did not stop cleanly, see the log; no acknowledged write is lost")
        }
        return .success
    }
}
