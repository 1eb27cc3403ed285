/// A destination for the body of a successful response, as it arrives.
package protocol BodySink: AnyObject, Sendable {
    /// Called at the beginning of each response: once, and again if the request is sent again.
    func begin(_ head: HTTPResponseHead) throws
    func receive(_ bytes: Span<UInt8>) throws
    /// These two work like those of ``HTTPReceiver``.
    var isFull: Bool { get }
    func waitForRoom()
    /// Whether another response may replace one that broke off.
    var canBeginAgain: Bool { get }
}

extension BodySink {
    package var isFull: Bool { false }
    package func waitForRoom() {}
}

/// A receiver that passes the body of a successful response to a sink, and keeps every other body in memory.
///
/// `@unchecked Sendable`: the transport makes its calls one after another, and the result is read after the last one.
final class ResponseReceiver: HTTPReceiver, @unchecked Sendable {
    private let sink: (any BodySink)?
    private var usesSink = false
    private(set) var bytes: [UInt8] = []

    /// The largest response document: a page of a thousand entries with long keys, each of whose bytes is written as
    /// three, has some three and a half million bytes.
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
            throw TransportError(.badResponse, "the response is longer than \(Self.byteLimit) bytes")
        }
        piece.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    }
}
