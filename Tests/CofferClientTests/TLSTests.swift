import CofferClient
import CofferModel
import CofferServer
import CofferTestSupport
import Foundation
import Testing

struct TLSTests {
    /// A certificate for 127.0.0.1 that signs itself, and its key.
    private static func makeCertificate(in directory: TemporaryDirectory) async throws {
        _ = try await Commands.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
                "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", directory.path("key"), "-out",
                directory.path("cert"),
            ])
    }

    @Test func `Over TLS only who is trusted is spoken to, and bodies need no signature`() async throws {
        let directory = try TemporaryDirectory()
        try await Self.makeCertificate(in: directory)
        let configure: (inout ServerConfiguration) -> Void = {
            $0.tls = (directory.path("cert"), directory.path("key"))
        }
        try await CofferFixture.with(configure) { fixture in
            #expect(fixture.endpoint.hasPrefix("https://"))
            let stranger = try fixture.client { $0.certificateAuthorities = nil }
            let error = await #expect(throws: TransportError.self) { try await stranger.createBucket(bucket: "bucket") }
            #expect(error?.kind == .untrusted)
            let s3 = try fixture.client { $0.certificateAuthorities = directory.path("cert") }
            try await s3.createBucket(bucket: "bucket")
            let bytes = TemporaryDirectory.pattern(12 << 20)
            try await s3.upload(bytes: bytes, bucket: "bucket", key: "k")
            #expect(try await s3.getObject(bucket: "bucket", key: "k").bytes() == bytes)
        }
    }

    @Test(arguments: [ClientOptions.PayloadSigning.automatic, .always])
    func `Long bodies are signed where nothing else protects them`(_ signing: ClientOptions.PayloadSigning) async throws
    {
        let transport = FaultyTransport()
        try await CofferFixture.with { fixture in
            let s3 = try fixture.client {
                $0.payloadSigning = signing
                $0.transport = transport
            }
            try await s3.createBucket(bucket: "bucket")
            try await s3.putObject(bucket: "bucket", key: "k", body: [UInt8](repeating: 1, count: 100_000))
        }
        let hashes = transport.sent("PUT").compactMap { request in
            request.headers.first { $0.name == "x-amz-content-sha256" }?.value
        }
        // The way does not leave this machine.
        #expect((hashes.last == "UNSIGNED-PAYLOAD") == (signing == .automatic))
        #expect(hashes.first?.count == 64)
    }
}
