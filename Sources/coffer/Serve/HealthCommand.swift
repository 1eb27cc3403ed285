import CofferClient
import CofferModel
import CofferSystem

/// `coffer health`: whether a server works, for the health checks of containers and services.
enum HealthCommand {
    static let command = Command(
        name: "health",
        summary: "Ask the server on this machine whether it works",
        details: """
            It asks the server that 'coffer serve' starts with the same variables, at its page /-/health.
            The exit code is 0 if the server answers that it works, and otherwise 1.

            Example, in a Dockerfile
              HEALTHCHECK CMD ["coffer", "health"]
            """,
        options: [
            Option(
                "address", "ADDRESS", variables: ["COFFER_ADDRESS"],
                help: "the address on which the server listens; default: 127.0.0.1"),
            Option("port", "PORT", variables: ["COFFER_PORT"], help: "its port; default: 9000"),
            Option(
                "tls", variables: ["COFFER_TLS_CERTIFICATE"],
                help: "ask by https. The certificate is not verified, because it is for the name by which clients ask"),
            Option("timeout", "SECONDS", help: "wait this long for an answer; default: 5"),
        ], run: run)

    @Sendable private static func run(_ options: Options) async throws -> ExitCode {
        let seconds = try options.number("timeout", in: 1...3600) ?? 5
        let port = try options.number("port", in: 1...65535) ?? 9000
        let host = host(options["address"] ?? "127.0.0.1")
        let url = "\(options.isGiven("tls") ? "https" : "http")://\(host):\(port)/-/health"
        let request = HTTPRequest(method: "GET", url: url, headers: HeaderFields([("host", "\(host):\(port)")]))
        let task = Task { try await CurlTransport.unverified.send(request, to: IgnoredBody()).status }
        SystemTime.after(seconds: Double(seconds)) { task.cancel() }
        do {
            let status = try await task.value
            guard status == 200 else { throw CommandError("\(url) answers with status \(status)") }
        } catch let error as TransportError {
            // Without the advice for clients, which choose their server.
            throw CommandError("\(error)")
        } catch is CancellationError {
            throw CommandError("\(url) does not answer within \(seconds) second\(seconds == 1 ? "" : "s")")
        }
        print("\(url) works")
        return .success
    }

    /// Returns the host of a URL for an address that a server listens on: this machine, if it listens on all addresses.
    private static func host(_ address: String) -> String {
        switch address {
        case "0.0.0.0": "127.0.0.1"
        case "::": "[::1]"
        case let address: address.contains(":") ? "[\(address)]" : address
        }
    }

    private final class IgnoredBody: HTTPReceiver {
        func begin(_ head: HTTPResponseHead) {}
        func receive(_ bytes: Span<UInt8>) {}
    }
}
