import CofferClient
import Foundation
import Synchronization

/// Answers one connection after another with what a test has written down; the last answer again and again.
final class ScriptedService: Sendable {
    private let listener: RawListener
    private let log = Log()

    private final class Log: Sendable {
        let heads = Mutex<[String]>([])
        let bodies = Mutex<[String]>([])
    }

    init(_ answers: String...) throws {
        listener = try RawListener()
        listener.accept(.max) { [log] connection in
            let head = connection.readHead()
            guard !head.isEmpty else { return }
            let length = head.lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length: ") }
            let body = connection.read(length.flatMap { Int($0.dropFirst("content-length: ".count)) } ?? 0)
            log.bodies.withLock { $0.append(String(decoding: body, as: UTF8.self)) }
            let count = log.heads.withLock { heads in
                heads.append(head)
                return heads.count
            }
            connection.write(answers[min(count, answers.count) - 1])
        }
    }

    /// The heads of the requests that came.
    var requests: [String] { log.heads.withLock { $0 } }
    /// The bodies of the requests that came.
    var bodies: [String] { log.bodies.withLock { $0 } }

    var url: String { "http://127.0.0.1:\(listener.port)" }

    func client(_ configure: (inout ClientOptions) -> Void = { _ in }) throws -> S3Client {
        var options = ClientOptions()
        options.retries = RetryPolicy(attemptCount: 2, firstPauseSeconds: 0.001)
        configure(&options)
        return try S3Client(
            endpoint: "http://127.0.0.1:\(listener.port)", region: "us-east-1",
            credentials: .keys(accessKeyID: "AKIA", secretAccessKey: "s"),
            options: options)
    }

    static func answer(
        _ status: String = "200 OK", _ headers: String..., length: Int? = nil, body: String = ""
    ) -> String {
        let fields = ["content-length: \(length ?? body.utf8.count)"] + headers
        return (["HTTP/1.1 \(status)"] + fields).joined(separator: "\r\n") + "\r\nconnection: close\r\n\r\n\(body)"
    }
}
