import CofferModel
import CofferServer
import CofferSystem
import CofferTestSupport
import Testing

/// Rules that know time take it from the clock of the service.
struct ClockTests {
    private static let start = Timestamp(parsing: "2030-01-01T12:00:00Z")?.milliseconds ?? 0

    private static func with(_ test: (ServerFixture, SettableClock) async throws -> Void) async throws {
        let settable = SettableClock(milliseconds: start)
        try await ServerFixture.with({ $0.clock = settable.clock }, { try await test($0, settable) })
    }

    @Test func `A retention ends when its time has come`() async throws {
        try await Self.with { fixture, clock in
            let lock = [(name: "x-amz-bucket-object-lock-enabled", value: "true")]
            try #require(try await fixture.send("PUT", "/locked", headers: lock).status == 200)
            let headers = [
                (name: "x-amz-object-lock-mode", value: "COMPLIANCE"),
                (name: "x-amz-object-lock-retain-until-date", value: "2030-01-02T12:00:00Z"),
                (name: "x-amz-checksum-crc32", value: "AAAAAA=="),
            ]
            let stored = try await fixture.send("PUT", "/locked/k", headers: headers)
            try #require(stored.status == 200)
            let version = try #require(stored["x-amz-version-id"])
            let target = "/locked/k?versionId=\(version)"
            #expect(try await fixture.send("DELETE", target).errorCode == "AccessDenied")
            clock.advance(seconds: 86_399)
            #expect(try await fixture.send("DELETE", target).errorCode == "AccessDenied")
            clock.advance(seconds: 2)
            #expect(try await fixture.send("DELETE", target).status == 204)
        }
    }

    @Test func `A signature is valid for a quarter of an hour`() async throws {
        try await Self.with { fixture, clock in
            let request = fixture.request("GET", "/")
            clock.advance(seconds: 899)
            let inTime = try await answer(to: request, fixture)
            #expect(inTime.status == 200)
            clock.advance(seconds: 2)
            let late = try await answer(to: request, fixture)
            #expect(late.errorCode == "RequestTimeTooSkewed")
        }
    }

    @Test func `An aborted upload is remembered for a day`() async throws {
        try await Self.with { fixture, clock in
            try await fixture.makeBucket("bucket")
            let begun = try await fixture.send("POST", "/bucket/k?uploads=")
            let root = try XMLElement.parse(begun.body, root: "InitiateMultipartUploadResult")
            let target = "/bucket/k?uploadId=\(try #require(root["UploadId"]).text)"
            #expect(try await fixture.send("DELETE", target).status == 204)
            clock.advance(seconds: 86_399)
            #expect(try await fixture.send("DELETE", target).status == 204)
            clock.advance(seconds: 2)
            #expect(try await fixture.send("DELETE", target).errorCode == "NoSuchUpload")
        }
    }

    @Test func `Objects are stored with the service's time`() async throws {
        try await Self.with { fixture, clock in
            try await fixture.makeBucket("bucket", "k")
            clock.advance(seconds: 3600)
            let answer = try await fixture.send("HEAD", "/bucket/k")
            #expect(answer["last-modified"] == "Tue, 01 Jan 2030 12:00:00 GMT")
        }
    }

    private func answer(to request: [UInt8], _ fixture: ServerFixture) async throws -> RawResponse {
        let connection = try RawConnection(port: fixture.server.port)
        await connection.send(request)
        return try await connection.receive(hasBody: true)
    }
}
