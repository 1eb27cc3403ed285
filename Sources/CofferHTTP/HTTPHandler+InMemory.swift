/// Requests without a connection, for callers in the same process.
extension HTTPHandler {
    /// Returns the response to a request that has arrived completely, by the same calls that a connection makes.
    ///
    /// The actual response is awaited however long it takes: there is no ``KeepAliveBody``.
    ///
    /// - Parameter pieceByteCount: the size of the pieces in which the exchange receives the body.
    /// - Returns: a response whose body is in memory; nil where a connection is cut off, because the bytes of the body
    ///   cannot be produced.
    package func respond(
        to head: HTTPRequestHead, body: [UInt8] = [], pieceByteCount: Int = 32 << 10
    ) async -> HTTPResponse? {
        await withTaskExecutorPreference(executor) {
            let exchange = await begin(head)
            var response = await response(of: exchange, to: head, body, pieceByteCount)
            if head.method == "HEAD" { response.body = .length(response.body.count) }
            guard let body = await response.body.read() else {
                exchange.finished(.aborted)
                return nil
            }
            response.body = body
            exchange.finished(.sent)
            return response
        }
    }

    private func response(
        of exchange: any HTTPExchange, to head: HTTPRequestHead, _ body: [UInt8], _ pieceByteCount: Int
    ) async -> HTTPResponse {
        if head.hasBody, let refusal = exchange.refusal, !HTTPLimits().drainsBody(of: head) { return refusal }
        var rest = body[...]
        while !rest.isEmpty, exchange.refusal == nil {
            let piece = rest.prefix(pieceByteCount)
            exchange.receive(piece.span)
            if exchange.needsPreparation { await exchange.prepare() }
            rest = rest.dropFirst(piece.count)
        }
        return await exchange.respond()
    }
}

/// Runs these requests where they may block, like those of connections.
private let executor = RequestExecutor()

extension HTTPBody {
    /// Reads a stream to its end.
    ///
    /// - Returns: a body that is not a stream; nil if the bytes cannot be produced.
    fileprivate func read() async -> HTTPBody? {
        guard case .stream(let stream, let count) = self else { return self }
        var bytes = [UInt8](repeating: 0, count: Int(count))
        var position = 0
        while position < bytes.count {
            let byteCount = bytes.withUnsafeMutableBytes { bytes in
                stream.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[position...]))
            }
            guard let byteCount else { return nil }
            position += byteCount
            if byteCount == 0, await !stream.advance() { return nil }
        }
        return .bytes(bytes)
    }
}
