import CofferClient
import CofferModel
import CofferTestSupport
import CofferURLSession
import Foundation
import Testing

/// The services that the same tests run against: our own, and one that others have written.
///
/// Moto checks no signatures and no checksums, and knows no rights: what it accepts proves the shape of requests and the
/// reading of answers, no more. Our server checks all of it, and is asked a second time through another transport.
enum S3Service: String, CaseIterable, CustomTestStringConvertible {
    case coffer, moto
    case cofferByURLSession

    var testDescription: String { rawValue }

    /// Runs a test with a client and a bucket of its own.
    func with(
        checksum: ChecksumAlgorithm? = .crc32, hasObjectLock: Bool = false,
        _ test: (S3Client, BucketName) async throws -> Void
    ) async throws {
        let bucket = try BucketName("test-\(UUID().uuidString.lowercased())")
        switch self {
        case .coffer, .cofferByURLSession:
            let transport = self == .coffer ? nil : URLSessionTransport()
            try await CofferFixture.with { fixture in
                let client = try fixture.client { options in
                    options.checksum = checksum
                    options.transport = transport
                }
                try await client.createBucket(bucket: bucket, settings: BucketSettings(hasObjectLock: hasObjectLock))
                try await test(client, bucket)
            }
        case .moto:
            var options = ClientOptions()
            options.checksum = checksum
            let client = try S3Client(
                endpoint: try await Moto.shared.value.endpoint, region: "us-east-1",
                credentials: .keys(accessKeyID: "AKIAMOTO", secretAccessKey: "secret"),
                options: options)
            try await client.createBucket(bucket: bucket, settings: BucketSettings(hasObjectLock: hasObjectLock))
            try await test(client, bucket)
        }
    }
}

/// Moto's server, one for all tests.
struct Moto: Sendable {
    let endpoint: String
    private let process: PythonProcess

    static let shared = Task { try await offPool { try Moto() } }

    private init() throws {
        process = try PythonProcess(
            """
            import logging, sys
            from moto.server import ThreadedMotoServer
            logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
            server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
            server.start()
            print("http://%s:%d" % server.get_host_and_port(), flush=True)
            sys.stdin.read()
            """)
        guard let endpoint = process.line() else {
            throw PythonMissing(description: "moto's server does not start: run scripts/environment, which installs it")
        }
        self.endpoint = endpoint
    }
}
