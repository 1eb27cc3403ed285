/// Takes the body of a good answer in as it comes.
package protocol BodySink: AnyObject, Sendable {
    /// Called at the beginning of each answer: once, and again if the request is sent again.
    func begin(_ head: HTTPResponseHead) throws
    func receive(_ bytes: Span<UInt8>) throws
    /// As those of ``HTTPReceiver``.
    var isFull: Bool { get }
    func waitForRoom()
    /// Whether another answer may take the place of one that broke off.
    var canBeginAgain: Bool { get }
}

extension BodySink {
    package var isFull: Bool { false }
    package func waitForRoom() {}
}

/// Hands the body of a good answer to a sink, and keeps every other body in memory.
///
/// `@unchecked Sendable`: the transport's calls follow one another, and what it leaves is read after the last.
final class AnswerReceiver: HTTPReceiver, @unchecked Sendable {
    private let sink: (any BodySink)?
    private var usesSink = false
    private(set) var bytes: [UInt8] = []

    /// Largest document of an answer: a page of a thousand entries with long keys, each of their bytes written as three,
    /// has some three and a half million bytes.
    static let byteLimit = 4 << 20

    init(_ sink: (any BodySink)?) { self.sink = sink }

    func begin(_ head: HTTPResponseHead) throws {
        guard let sink, (200..<300).contains(head.status) else { return }
        usesSink = true
        try sink.begin(head)
    }

    var isFull: Bool { usesSink && sink?.isFull == true }

    func waitForRoom() { sink?.waitForRoom() }

    func receive(_ piece: Span<UInt8>) throws {
        if usesSink, let sink { return try sink.receive(piece) }
        guard bytes.count + piece.count <= Self.byteLimit else {
            throw TransportError(.badAnswer, "the answer is longer than \(Self.byteLimit) bytes")
        }
        piece.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    }
}
