import CofferClient
import Foundation

/// Answers one connection after another with what a test has written down; the last answer again and again.
final class ScriptedService: Sendable {
    private let listener: RawListener
    private let answers: [String]
    private let log = Log()

    final class Log: @unchecked Sendable {
        private let lock = NSLock()
        private var heads: [String] = []
        func add(_ head: String) { lock.withLock { heads.append(head) } }
        var all: [String] { lock.withLock { heads } }
    }

    init(_ answers: String...) throws {
        listener = try RawListener()
        self.answers = answers
        Self.serve(listener, answers, log)
    }

    private static func serve(_ listener: RawListener, _ answers: [String], _ log: Log) {
        listener.accept { connection in
            let head = connection.readHead()
            guard !head.isEmpty else { return }
            log.add(head)
            connection.write(answers[min(log.all.count, answers.count) - 1])
            serve(listener, answers, log)
        }
    }

    /// The heads of the requests that came.
    var requests: [String] { log.all }

    func client(_ configure: (inout S3Client.Options) -> Void = { _ in }) throws -> S3Client {
        var options = S3Client.Options()
        options.retries = RetryPolicy(attemptCount: 2, firstPauseSeconds: 0.001)
        configure(&options)
        return try S3Client(
            endpoint: "http://127.0.0.1:\(listener.port)", region: "us-east-1", credentials: .keys("AKIA", "s"),
            options: options)
    }

    static func answer(
        _ status: String = "200 OK", _ headers: String..., length: Int? = nil, body: String = ""
    ) -> String {
        let fields = ["content-length: \(length ?? body.utf8.count)"] + headers
        return (["HTTP/1.1 \(status)"] + fields).joined(separator: "\r\n") + "\r\nconnection: close\r\n\r\n\(body)"
    }
}
