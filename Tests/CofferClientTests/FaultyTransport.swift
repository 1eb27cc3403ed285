import CofferClient
import CofferModel
import Synchronization

/// Sends by libcurl, remembers what was sent, and spoils what a test asks it to.
final class FaultyTransport: HTTPTransport {
    private let fault: @Sendable (_ request: HTTPRequest, _ count: Int) -> Fault?
    private let requests = Mutex<[HTTPRequest]>([])

    enum Fault {
        /// Instead of sending.
        case status(Int, code: String)
        case noConnection
        /// After so many bytes of the answer's body.
        case breakAfter(Int)
        /// The answer's first byte.
        case flip
        /// No answer ever comes.
        case hang
        /// The answer is what this makes of it.
        case rewrite(@Sendable (String) -> String)
        /// The service acts on the request, and nothing is heard of it.
        case loseAnswer
    }

    /// - Parameter fault: what is to go wrong with a request, given how many of its method were sent before.
    init(_ fault: @escaping @Sendable (_ request: HTTPRequest, _ count: Int) -> Fault? = { _, _ in nil }) {
        self.fault = fault
    }

    /// The requests of a method that were sent, or were to be.
    func sent(_ method: String) -> [HTTPRequest] { requests.withLock { $0.filter { $0.method == method } } }

    func send(_ request: HTTPRequest, to receiver: any HTTPReceiver) async throws -> HTTPResponseHead {
        let count = requests.withLock { requests in
            defer { requests.append(request) }
            return requests.count { $0.method == request.method }
        }
        switch fault(request, count) {
        case nil: return try await CurlTransport.shared.send(request, to: receiver)
        case .noConnection: throw TransportError(.cannotConnect, "nothing listens there, says the test")
        case .status(let status, let code):
            let head = HTTPResponseHead(status: status, headers: ["x-amz-request-id": "OF-THE-TEST"])
            try receiver.begin(head)
            try receiver.receive(Array("<Error><Code>\(code)</Code><Message>Later.</Message></Error>".utf8).span)
            return head
        case .breakAfter(let limit):
            return try await CurlTransport.shared.send(request, to: Spoiler(receiver, limit: limit))
        case .hang:
            try await Task.sleep(for: .seconds(3600))
            throw TransportError(.timedOut, "an hour is over")
        case .rewrite(let rewrite):
            let answer = AnswerKeeper()
            let head = try await CurlTransport.shared.send(request, to: answer)
            try receiver.begin(head)
            try receiver.receive(Array(rewrite(answer.body).utf8).span)
            return head
        case .loseAnswer:
            _ = try await CurlTransport.shared.send(request, to: AnswerKeeper())
            throw TransportError(.interrupted, "the connection broke, says the test")
        case .flip:
            return try await CurlTransport.shared.send(request, to: Spoiler(receiver, limit: nil))
        }
    }

    /// Passes an answer on until it breaks off, or with its first byte spoilt.
    private final class Spoiler: HTTPReceiver {
        private let receiver: any HTTPReceiver
        private let limit: Int?
        private let count = Mutex(0)

        init(_ receiver: any HTTPReceiver, limit: Int?) {
            self.receiver = receiver
            self.limit = limit
        }

        func begin(_ head: HTTPResponseHead) throws { try receiver.begin(head) }
        var isFull: Bool { receiver.isFull }
        func waitForRoom() { receiver.waitForRoom() }

        func receive(_ bytes: Span<UInt8>) throws {
            let before = count.withLock { count in
                defer { count += bytes.count }
                return count
            }
            var piece = bytes.withUnsafeBufferPointer { Array($0) }
            if let limit {
                let allowed = max(0, min(piece.count, limit - before))
                try receiver.receive(piece.span.extracting(first: allowed))
                if allowed < piece.count { throw TransportError(.interrupted, "the connection broke, says the test") }
            } else {
                if before == 0 { piece[0] ^= 1 }
                try receiver.receive(piece.span)
            }
        }
    }
}
