import CofferTestSupport
import Testing

@testable import CofferServer

struct ServerPageTests {
    @Test(arguments: [
        "/-/health", "/minio/health/live", "/minio/health/ready", "/minio/health/cluster", "/minio/health/cluster/read",
        "/-/health?x=1",
    ])
    func `Health is answered without keys`(target: String) async throws {
        try await ServerFixture.with { fixture in
            let response = try await fixture.send("GET", target, isSigned: false)
            #expect(
                response.status == 200 && response.text.hasPrefix("ok\n") && response["content-type"] == "text/plain")
            let head = try await fixture.send("HEAD", target, isSigned: false)
            #expect(try head.status == 200 && #require(head["content-length"].flatMap { Int($0) }) >= 3)
        }
    }

    @Test func `Another server's health page hides no bucket that exists`() async throws {
        try await ServerFixture.with { fixture in
            let target = "/minio/health/live"
            #expect(try await fixture.send("GET", target).text == "ok\n")
            try await fixture.makeBucket("minio")
            let missing = try await fixture.send("GET", target)
            #expect(missing.status == 404 && missing.errorCode == "NoSuchKey")
            #expect(try await fixture.send("PUT", target, body: [65]).status == 200)
            #expect(try await fixture.send("GET", target).text == "A")
            #expect(try await fixture.send("GET", target, isSigned: false).status == 403)
            for target in [target, "/minio"] { #expect(try await fixture.send("DELETE", target).status == 204) }
            #expect(try await fixture.send("GET", target).text == "ok\n")
        }
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "PATCH"], ["/-/health", "/-/metrics", "/minio/health/live"])
    func `A page can only be read`(method: String, target: String) async throws {
        try await ServerFixture.with { fixture in
            for body in [[], [1, 2, 3]] as [[UInt8]] {
                let response = try await fixture.send(method, target, body: body)
                #expect(response.status == 405 && response.errorCode == "MethodNotAllowed")
            }
        }
    }

    @Test(arguments: ["/-/", "/-", "/-/nothing", "/-/health/", "/-/metrics/x"])
    func `An unknown page below the hyphen is not a bucket either`(target: String) async throws {
        try await ServerFixture.with { fixture in
            for method in ["GET", "PUT"] {
                let response = try await fixture.send(method, target)
                #expect(response.status == 405 && response.errorCode == "MethodNotAllowed", "\(method)")
            }
        }
    }

    @Test func `Metrics count requests by operation and status, bytes, and what is stored`() async throws {
        try await ServerFixture.with { fixture in
            try await fixture.makeBucket("books", "key")
            for target in ["/books/key", "/books/key", "/books/missing"] { _ = try await fixture.send("GET", target) }
            let samples = try await Self.samples(fixture) {
                $0["coffer_requests_total{operation=\"GetObject\",status=\"404\"}"] == "1"
            }
            #expect(samples["coffer_requests_total{operation=\"CreateBucket\",status=\"200\"}"] == "1")
            #expect(samples["coffer_requests_total{operation=\"GetObject\",status=\"200\"}"] == "2")
            #expect(samples["coffer_errors_total{operation=\"GetObject\"}"] == "1")
            #expect(samples["coffer_errors_total{operation=\"PutObject\"}"] == "0")
            #expect(samples["coffer_received_bytes_total{operation=\"PutObject\"}"] == "3")
            #expect(samples["coffer_request_duration_seconds_count{operation=\"GetObject\"}"] == "3")
            #expect(samples["coffer_request_duration_seconds_bucket{operation=\"GetObject\",le=\"+Inf\"}"] == "3")
            #expect(samples["coffer_buckets"] == "1")
            #expect(samples["coffer_objects"] == "1")
            #expect(samples["coffer_stored_bytes"] == "3")
            #expect(Int(samples["coffer_open_connections"] ?? "") ?? 0 >= 1)
            #expect(Int(samples["coffer_catalog_changes_total"] ?? "") ?? 0 >= 2)
        }
    }

    /// Prometheus documentation, "Text-based format": each family has its type before its samples, which are unique.
    @Test func `Metrics are in the format of Prometheus`() async throws {
        try await ServerFixture.with { fixture in
            _ = try await fixture.send("GET", "/")
            let response = try await fixture.send("GET", "/-/metrics", isSigned: false)
            #expect(response["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(response.text.hasSuffix("\n"))
            var families: Set<Substring> = []
            var seen: Set<Substring> = []
            for line in response.text.split(separator: "\n") {
                if line.hasPrefix("# TYPE ") { families.insert(line.split(separator: " ")[2]) }
                guard !line.hasPrefix("#") else { continue }
                let words = line.split(separator: " ")
                #expect(words.count == 2 && Double(words.last ?? "") != nil, "\(line)")
                #expect(seen.insert(words[0]).inserted, "\(line)")
                let name = words[0].prefix { $0 != "{" }
                #expect(
                    families.contains {
                        name == $0 || ["_bucket", "_sum", "_count"].contains(name.dropFirst($0.count))
                    }, "\(line)")
            }
        }
    }

    /// A request is counted when its answer was sent, which a client may notice first.
    private static func samples(
        _ fixture: ServerFixture, until isComplete: ([String: String]) -> Bool
    ) async throws -> [String: String] {
        let deadline = ContinuousClock.now + .seconds(300)
        while true {
            let text = try await fixture.send("GET", "/-/metrics", isSigned: false).text
            let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { $0.split(separator: " ") }
            let samples = Dictionary(uniqueKeysWithValues: lines.map { (String($0[0]), String($0[1])) })
            if isComplete(samples) || ContinuousClock.now > deadline { return samples }
        }
    }
}
