import CofferTestSupport
import Testing

@testable import CofferServer

/// Bytes that are no good request, each on a connection of its own; the server answers, or hangs up, and goes on.
struct MalformedRequestTests {
    @Test(arguments: [
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        "PUT /b/k HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        "PUT /b/k HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "PUT /b/k HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "PUT /b/k HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n",
        "PUT /b/k HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: nonsense\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX-Long: \(String(repeating: "x", count: 70_000))\r\n\r\n",
        "GET /\(String(repeating: "x", count: 70_000)) HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /\(String(repeating: "x", count: 9000)) HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n\(String(repeating: "x: y\r\n", count: 2000))\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX-Large: \(String(repeating: "x", count: 20_000))\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n",
        "GET / HTTP/9.9\r\nHost: a\r\n\r\n",
        "GET\r\n\r\n", "GET /\r\n\r\n", " GET / HTTP/1.1\r\nHost: a\r\n\r\n", "\u{1}\u{2}\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}\u{0}\r\n\r\n",
        "GET /\u{0} HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX: a\u{0}b\r\n\r\n",
        "GET * HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://a/b HTTP/1.1\r\nHost: a\r\n\r\n", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: AWS x:y\r\nDate: Mon, 23 Nov 999999999 21:56:00 GMT\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: AWS4-HMAC-SHA256 \(String(repeating: "x", count: 9000))\r\n\r\n",
        "GET /?X-Amz-Signature=%zz HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
    ])
    func `A malformed request is answered 4xx or 5xx, or the connection is closed`(request: String) async throws {
        try await ServerFixture.with { fixture in
            let connection = try RawConnection(port: fixture.server.port)
            await connection.send(Array(request.utf8))
            do {
                let response = try await connection.receive()
                #expect((400...599).contains(response.status), "\(response.status) \(response.text.prefix(300))")
                #expect(response.status != 500)
            } catch RawConnection.Failure.closed {
                // To hang up is an answer too.
            }
            #expect(try await fixture.send("GET", "/-/health", isSigned: false).status == 200)
        }
    }

    @Test func `Requests sent in one go are answered in their order on one connection`() async throws {
        try await ServerFixture.with { fixture in
            try await fixture.makeBucket("books")
            let connection = try RawConnection(port: fixture.server.port)
            await connection.send(
                fixture.request("PUT", "/books/a", body: Array("first".utf8)) + fixture.request("GET", "/books/a")
                    + fixture.request("GET", "/books/missing") + fixture.request("DELETE", "/books/a")
                    + fixture.request("GET", "/books/a"))
            #expect(try await connection.receive().status == 200)
            #expect(try await connection.receive().text == "first")
            #expect(try await connection.receive().errorCode == "NoSuchKey")
            #expect(try await connection.receive().status == 204)
            #expect(try await connection.receive().errorCode == "NoSuchKey")
        }
    }

    @Test func `A request that comes a byte at a time is a request`() async throws {
        try await ServerFixture.with { fixture in
            try await fixture.makeBucket("books")
            let connection = try RawConnection(port: fixture.server.port)
            for byte in fixture.request("PUT", "/books/a", body: Array("slowly".utf8)) { await connection.send([byte]) }
            #expect(try await connection.receive().status == 200)
            #expect(try await fixture.send("GET", "/books/a").text == "slowly")
        }
    }

    @Test func `A refused body is read and the connection goes on`() async throws {
        try await ServerFixture.with { fixture in
            try await fixture.makeBucket("books")
            let connection = try RawConnection(port: fixture.server.port)
            await connection.send(
                fixture.request("PUT", "/books/a", body: [UInt8](repeating: 120, count: 100_000), isSigned: false))
            #expect(try await connection.receive().errorCode == "AccessDenied")
            await connection.send(fixture.request("GET", "/books/a"))
            #expect(try await connection.receive().errorCode == "NoSuchKey")
        }
    }

    @Test func `An upload that is refused before its body is not asked to continue`() async throws {
        try await ServerFixture.with { fixture in
            let connection = try RawConnection(port: fixture.server.port)
            let head = "PUT /books/a HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n"
            await connection.send(Array(head.utf8))
            #expect(try await connection.receive().status == 404)
        }
    }

    @Test func `A client that hangs up in its body leaves nothing`() async throws {
        try await ServerFixture.with { fixture in
            try await fixture.makeBucket("books")
            for count in [10, 50_000] {
                let connection = try RawConnection(port: fixture.server.port)
                let request = fixture.request("PUT", "/books/a", body: [UInt8](repeating: 1, count: 100_000))
                await connection.send(Array(request.dropLast(100_000 - count)))
            }
            #expect(try await fixture.send("GET", "/books/a").errorCode == "NoSuchKey")
            #expect(try await fixture.send("GET", "/books?list-type=2").text.contains("<KeyCount>0</KeyCount>"))
        }
    }
}
