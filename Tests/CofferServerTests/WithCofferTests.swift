import CofferServer
import CofferTestSupport
import Foundation
import Testing

struct WithCofferTests {
    @Test func `A server runs for a closure with its buckets and leaves nothing behind`() async throws {
        let directory = try await withCoffer(
            buckets: ["books", "open:download"], configure: { $0.rootKeys = ServerFixture.keys }
        ) { server async throws in
            let fixture = ServerFixture(server: server, clock: .system)
            #expect(try await fixture.send("PUT", "/books/k", body: Array("text".utf8)).status == 200)
            #expect(try await fixture.send("PUT", "/open/k", isSigned: false).status == 403)
            #expect(try await fixture.send("GET", "/open/k", isSigned: false).status == 404)
            #expect(FileManager.default.fileExists(atPath: server.dataDirectory))
            return server.dataDirectory
        }
        #expect(!FileManager.default.fileExists(atPath: directory))
    }

    @Test func `What the closure throws is thrown once the server is gone`() async throws {
        var directory = ""
        await #expect(throws: CocoaError.self) {
            try await withCoffer { server in
                directory = server.dataDirectory
                throw CocoaError(.userCancelled)
            }
        }
        #expect(!directory.isEmpty && !FileManager.default.fileExists(atPath: directory))
    }

    @Test func `A bucket whose name is not valid prevents the start`() async throws {
        let error = await #expect(throws: ServerError.self) {
            try await withCoffer(buckets: ["My_Bucket"]) { _ in }
        }
        #expect(error?.description.contains("My_Bucket") == true)
    }

    @Test func `The server follows the clock that it is given`() async throws {
        let clock = SettableClock(milliseconds: 1_767_225_600_000)
        try await withCoffer(
            buckets: ["books"], clock: clock.clock, configure: { $0.rootKeys = ServerFixture.keys }
        ) { server async throws in
            let fixture = ServerFixture(server: server, clock: clock.clock)
            let request = fixture.request("GET", "/books")
            clock.advance(seconds: 14 * 60)
            #expect(try await Self.send(request, to: server).status == 200)
            clock.advance(seconds: 2 * 60)
            #expect(try await Self.send(request, to: server).errorCode == "RequestTimeTooSkewed")
        }
    }

    private static func send(_ request: [UInt8], to server: RunningServer) async throws -> RawResponse {
        let connection = try RawConnection(port: server.port)
        await connection.send(request)
        return try await connection.receive(hasBody: true)
    }
}
