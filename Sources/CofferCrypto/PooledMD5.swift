/// The MD5 of a body that arrives in pieces, computed in an ``MD5Pool``; ends there when it is released.
///
/// Copies the pieces into blocks, and passes full blocks on, because whoever stores them saves work too: a body is
/// written in fewer and larger pieces.
///
/// `@unchecked Sendable`: used by one request, whose calls never overlap.
package final class PooledMD5: @unchecked Sendable {
    private let stream: MD5Pool.Stream
    private let pool: MD5Pool
    /// The block that is being filled.
    private var block: ByteBlock?
    /// Whether ``makeRoom()`` must be called before more bytes are appended.
    package private(set) var needsRoom = false

    init(_ stream: MD5Pool.Stream, in pool: MD5Pool) {
        self.stream = stream
        self.pool = pool
    }

    deinit {
        pool.forget(stream)
        if let block { pool.recycle(block) }
    }

    /// - Parameter take: receives each full block.
    package func append<Failure: Error>(
        _ bytes: Span<UInt8>, _ take: (Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        var rest = bytes
        while !rest.isEmpty {
            let block = block ?? pool.makeBlock()
            self.block = block
            rest = rest.extracting(droppingFirst: block.append(rest))
            guard block.isFull else { return }
            try block.withBytes(take)
            self.block = nil
            needsRoom = !pool.add(block, of: stream)
        }
    }

    /// Returns when there is room for more bytes.
    nonisolated(nonsending) package func makeRoom() async {
        await pool.makeRoom(for: stream)
        needsRoom = false
    }

    /// Ends the body, and returns its digest. No other call may follow.
    ///
    /// - Parameter take: receives the bytes of the last block, if there are any.
    nonisolated(nonsending) package func finish<Failure: Error>(
        _ take: (Span<UInt8>) throws(Failure) -> Void
    ) async throws(Failure) -> [UInt8] {
        try block?.withBytes(take)
        var md5 = await pool.end(stream)
        block?.withBytes { md5.update($0) }
        return md5.finalize()
    }
}
