import CofferCrypto
import CofferHTTP
import CofferModel
import CofferServer
import CofferSigning
import CofferSystem
import CofferTestSupport
import Foundation
import Testing

/// A server of its own for a test, in memory and on a free port, and requests to it.
struct ServerFixture: Sendable {
    static let keys = KeyPair(accessKeyID: "AKIATESTS", secretAccessKey: "a secret of the tests")

    let server: RunningServer
    let clock: ServiceClock

    /// Runs a test with a server, which is stopped at its end.
    static func with(
        _ configure: (inout ServerConfiguration) -> Void = { _ in }, _ test: (ServerFixture) async throws -> Void
    ) async throws {
        var configuration = configuration
        configure(&configuration)
        raiseDescriptorLimit()
        try await withCoffer(configure: { $0 = configuration }) { server in
            try await test(ServerFixture(server: server, clock: configuration.clock))
        }
    }

    static var configuration: ServerConfiguration {
        var configuration = ServerConfiguration()
        configuration.port = 0
        configuration.durability = .relaxed
        configuration.rootKeys = keys
        configuration.log = Log(level: .none, format: .text)
        return configuration
    }

    var host: String { "127.0.0.1:\(server.port)" }

    /// Sends a request on a connection of its own.
    ///
    /// - Parameter target: path and query as they are sent.
    /// - Parameter host: nil for the address that the server listens on.
    func send(
        _ method: String, _ target: String, host: String? = nil, headers: [(name: String, value: String)] = [],
        body: [UInt8] = [], isSigned: Bool = true, keys: KeyPair = keys, service: String = "s3"
    ) async throws -> RawResponse {
        let connection = try RawConnection(port: server.port)
        let request = request(
            method, target, host: host, headers: headers, body: body, isSigned: isSigned, keys: keys, service: service)
        await connection.send(request)
        return try await connection.receive(hasBody: method != "HEAD")
    }

    /// The bytes of a request.
    func request(
        _ method: String, _ target: String, host: String? = nil, headers: [(name: String, value: String)] = [],
        body: [UInt8] = [], isSigned: Bool = true, keys: KeyPair = keys, service: String = "s3"
    ) -> [UInt8] {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        var request = SignableRequest(
            method: method, path: parts[0], query: parts.count > 1 ? parts[1] : "",
            headers: [("host", host ?? self.host)] + headers)
        if isSigned { request = Self.signed(request, body, keys: keys, service: service, at: clock.time) }
        if !body.isEmpty || ["PUT", "POST"].contains(method) {
            request.headers.append(("content-length", String(body.count)))
        }
        let lines = ["\(method) \(target) HTTP/1.1"] + request.headers.map { "\($0.name): \($0.value)" }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
    }

    static func signed(
        _ request: SignableRequest, _ body: [UInt8], keys: KeyPair = keys, service: String = "s3",
        at time: Timestamp = ServiceClock.system.time
    ) -> SignableRequest {
        let credentials = Credentials(accessKeyID: keys.accessKeyID, secretAccessKey: keys.secretAccessKey)
        return V4Signer(credentials: credentials, region: "us-east-1", service: service)
            .sign(request, payloadHash: hex(Digest.of(body, .sha256)), at: time)
    }

    /// Makes a bucket, and objects in it that hold their own names.
    func makeBucket(_ name: String, _ keys: String..., sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try #require(try await send("PUT", "/\(name)").status == 200, sourceLocation: sourceLocation)
        for key in keys {
            let response = try await send("PUT", "/\(name)/\(key)", body: Array(key.utf8))
            try #require(response.status == 200, sourceLocation: sourceLocation)
        }
    }
}

extension RawResponse {
    /// The error in the response's XML.
    var error: XMLElement? { try? XMLElement.parse(body, root: "Error") }  // Without one a test has nothing to compare.
    var errorCode: String? { error?["Code"]?.text }
}
