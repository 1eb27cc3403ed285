import CofferModel

/// An object's bytes as they arrive, and the object's information.
///
/// The bytes can be read once. While they are not read, the transfer waits and keeps its connection, of which there are
/// 128; releasing the content ends the transfer.
public struct ObjectContent: AsyncSequence, Sendable {
    /// A piece of the object's bytes, of any length.
    public typealias Element = [UInt8]

    /// The object's information, from the head of the response.
    public let info: ObjectInfo
    private let reader: Reader

    /// Reads the pieces in order.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let reader: Reader

        /// Returns the next piece; nil at the end.
        ///
        /// - Throws: ``TransportError``, of the kind `damaged` if the checksum of all bytes is not that of the object.
        public mutating func next() async throws -> [UInt8]? { try await reader.stream.next() }
    }

    /// Begins to read; the bytes can be read once.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(reader: reader) }

    /// Returns all bytes, in memory.
    ///
    /// - Parameter limit: the most bytes to read.
    /// - Throws: ``TransportError`` for an object that is longer.
    public func bytes(upTo limit: Int = 64 << 20) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await piece in self {
            guard bytes.count + piece.count <= limit else {
                throw TransportError(
                    .badResponse, "the object is longer than \(limit) bytes; read it in pieces, or with a larger limit")
            }
            bytes += piece
        }
        return bytes
    }

    /// Sends a request for an object, and returns when the response has begun.
    ///
    /// - Throws: ``TransportError`` for a response with a different range than requested, or one without a defined end,
    ///   which could not be distinguished from a truncated one.
    static func open(
        _ call: S3Call, _ portion: ObjectRequest.Portion, _ client: S3Client
    ) async throws -> ObjectContent {
        let stream = ContentStream()
        // The task outlives this call, until everything is read or the reader stops.
        let task = Task { await Self.fill(stream, call, client) }
        let reader = Reader(stream: stream, task: task)
        let head = try await withTaskCancellationHandler {
            try await stream.head()
        } onCancel: {
            reader.stop()
        }
        let info = ObjectInfo(head)
        guard info.has(portion) else {
            throw TransportError(
                .badResponse, "the service returned another range or part of the object than was requested")
        }
        guard info["content-length"] != nil || info["transfer-encoding"] != nil else {
            throw TransportError(.badResponse, "the service did not report the length of the object")
        }
        return ObjectContent(info: info, reader: reader)
    }

    /// Sends a request, and further ones for the rest of its response if it breaks off.
    private static func fill(_ stream: ContentStream, _ call: S3Call, _ client: S3Client) async {
        var call = call
        var attempt = 1
        var offset: Int64 = 0
        while true {
            do {
                _ = try await client.send(call, to: stream)
                return stream.finish(nil)
            } catch let error as TransportError where error.isPassing && stream.rest != nil {
                guard let rest = stream.rest else { return stream.finish(error) }
                attempt = rest.range.lowerBound > offset ? 1 : attempt + 1
                offset = rest.range.lowerBound
                guard attempt <= client.sender.options.retries.attemptCount else { return stream.finish(error) }
                call.query.removeAll { $0.name == "partNumber" }
                call.headers["range"] = ByteRange(rest.range).headerValue
                call.headers["if-match"] = rest.eTag.description
                do throws(CancellationError) {
                    try await client.sender.options.retries.pause(after: attempt, isThrottled: false)
                } catch {
                    return stream.finish(error)
                }
            } catch {
                return stream.finish(error)
            }
        }
    }

    /// A handle that ends the transfer when the last reader is gone.
    fileprivate final class Reader: Sendable {
        let stream: ContentStream
        private let task: Task<Void, Never>

        init(stream: ContentStream, task: Task<Void, Never>) {
            self.stream = stream
            self.task = task
        }

        func stop() {
            stream.close()
            task.cancel()
        }

        deinit { stop() }
    }
}
