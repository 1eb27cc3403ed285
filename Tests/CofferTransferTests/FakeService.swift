import CofferClient
import CofferModel
import CofferTransfer
import Synchronization

/// A service in memory that answers each request with what a test has written down.
final class FakeService: HTTPTransport {
    struct Answer: Sendable {
        var status = 200
        var headers = HeaderFields()
        var body = ""

        /// The answer to an upload.
        static let stored = Answer(headers: ["etag": "\"e\""])

        static func error(_ status: Int, _ code: String) -> Answer {
            Answer(status: status, body: "<Error><Code>\(code)</Code><Message>No.</Message></Error>")
        }

        /// A page of ListObjectsV2, with the keys in the given order.
        static func listing(_ objects: [Object]) -> Answer {
            Answer(body: "<ListBucketResult>\(objects.map(\.xml).joined())</ListBucketResult>")
        }

        static func listing(_ keys: String...) -> Answer { listing(keys.map { Object($0) }) }
    }

    /// An object of a listing.
    struct Object: Sendable {
        let key: String
        let byteCount: Int64
        let tag: String

        init(_ key: String, byteCount: Int64 = 1, tag: String = "e-1") {
            self.key = key
            self.byteCount = byteCount
            self.tag = tag
        }

        fileprivate var xml: String {
            "<Contents><Key>\(key)</Key><Size>\(byteCount)</Size><ETag>\"\(tag)\"</ETag>"
                + "<LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>"
        }
    }

    private let answer: @Sendable (HTTPRequest) -> Answer
    private let log = Mutex<[String]>([])

    init(_ answer: @escaping @Sendable (HTTPRequest) -> Answer = { _ in .error(500, "InternalError") }) {
        self.answer = answer
    }

    /// The methods of the requests so far.
    var methods: [String] { log.withLock { $0 } }

    func send(_ request: HTTPRequest, to receiver: any HTTPReceiver) async throws -> HTTPResponseHead {
        log.withLock { $0.append(request.method) }
        let answer = answer(request)
        var headers = answer.headers
        if request.method != "HEAD" { headers["content-length"] = "\(answer.body.utf8.count)" }
        let head = HTTPResponseHead(status: answer.status, headers: headers)
        try receiver.begin(head)
        if request.method != "HEAD" { try receiver.receive(Array(answer.body.utf8).span) }
        return head
    }

    /// Returns a bucket of this service.
    func store(_ bucket: String = "books") throws -> Store {
        var options = ClientOptions()
        options.transport = self
        options.retries = RetryPolicy(attemptCount: 1)
        let client = try S3Client(
            endpoint: "http://127.0.0.1:9", region: "us-east-1",
            credentials: .keys(accessKeyID: "AKIA", secretAccessKey: "secret"), options: options)
        return Store(client, try BucketName(bucket))
    }

    /// Returns an object of this service.
    func object(_ key: String = "k") throws -> Place { .object(try store(), try ObjectKey(key)) }

    func folder(_ prefix: String = "") throws -> Folder { .remote(try store(), prefix: Array(prefix.utf8)) }
}

extension ObjectVersion {
    init(_ key: String) throws { self.init(key: try ObjectKey(key)) }
}

extension FolderEntry {
    /// The name and, for an entry that is not transferred, the reason.
    var described: String {
        let text = String(decoding: name, as: UTF8.self)
        return switch kind {
        case .file: text
        case .skipped(let reason): "\(text): skipped: \(reason)"
        case .failed(let reason): "\(text): failed: \(reason)"
        }
    }
}

extension FolderEntries {
    /// Returns all remaining entries in words.
    mutating func described() async throws -> [String] {
        var found: [String] = []
        while let entry = try await next() { found.append(entry.described) }
        return found
    }
}
