import CofferClient
import CofferModel
import CofferTestSupport
import Testing

/// Deletions of more than one request, of which a later one fails.
struct DeleteTests {
    private static let keys = (0..<2500).map { ObjectKey(stringLiteral: "k\($0)") }

    private static func isSecond(_ count: Int) -> Bool { count > 0 }

    @Test(arguments: [FaultyTransport.Fault.status(403, code: "AccessDenied"), .noConnection])
    func `A later request that fails loses nothing of the earlier ones`(_ fault: FaultyTransport.Fault) async throws {
        try await CofferFixture.with { fixture in
            try await fixture.client().createBucket(bucket: "bucket")
            let transport = FaultyTransport { request, count in
                request.method == "POST" && Self.isSecond(count) ? fault : nil
            }
            let s3 = try fixture.client { options in
                options.transport = transport
                options.retries.attemptCount = 1
            }
            let result = try await s3.deleteObjects(bucket: "bucket", keys: Self.keys)
            #expect(result.deleted.map(\.key) == Array(Self.keys[..<1000]))
            #expect(result.failed.map(\.object.key) == Array(Self.keys[1000...]))
            #expect(transport.sent("POST").count == 2)
        }
    }

    @Test func `A first request that fails throws what it fails with`() async throws {
        try await CofferFixture.with { fixture in
            let error = await #expect(throws: S3Error.self) {
                try await fixture.client().deleteObjects(bucket: "bucket", keys: Self.keys)
            }
            #expect(error?.code == .noSuchBucket)
        }
    }
}
