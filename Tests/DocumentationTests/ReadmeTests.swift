import CofferClient
import CofferModel
import CofferServer
import Foundation
import Testing

/// The Swift of the README is compiled here, and its server runs.
struct ReadmeTests {
    @Test func `The README's lines of code are this file's`() throws {
        let here = URL(fileURLWithPath: #filePath)
        let readme = here.deletingLastPathComponent().appending(path: "../../README.md")
        let code = Self.plain(try String(contentsOf: here, encoding: .utf8))
        let lines = try String(contentsOf: readme, encoding: .utf8).components(separatedBy: "```swift\n").dropFirst()
            .flatMap { $0.components(separatedBy: "```")[0].split(separator: "\n") }
        #expect(lines.count >= 12)
        for line in lines { #expect(code.contains(Self.plain(String(line))), "\(line)") }
    }

    /// Without the indentation, which the formatter sets.
    private static func plain(_ code: String) -> String {
        code.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// Needs a server of that address and a file of that name.
    private static func upload() async throws {
        let keys = CredentialsSource.keys(accessKeyID: "AKIA...", secretAccessKey: "...")
        let s3 = try S3Client(endpoint: "http://127.0.0.1:9000", credentials: keys)
        let books = try BucketName("books")
        try await s3.createBucket(bucket: books)
        try await s3.upload(file: "budget.csv", bucket: books, key: ObjectKey("2026/budget.csv"))
        for try await object in s3.listObjects(bucket: books, prefix: "2026/") { print(object.key, object.byteCount) }
    }

    @Test func `The README's server runs within a process and takes what the README's client sends`() async throws {
        try await withCoffer(buckets: ["books"]) { server in
            let keys = CredentialsSource.keys(
                accessKeyID: server.rootKeys.accessKeyID, secretAccessKey: server.rootKeys.secretAccessKey)
            let s3 = try S3Client(endpoint: server.endpoint, credentials: keys)
            let plan = "year,amount\n2026,7\n"
            try await s3.putObject(bucket: BucketName("books"), key: ObjectKey("2026/plan.csv"), body: plan.utf8)
            var names: [String] = []
            for try await object in s3.listObjects(bucket: try BucketName("books"), prefix: "2026/") {
                names.append("\(object.key)")
            }
            #expect(names == ["2026/plan.csv"])
        }
    }
}
