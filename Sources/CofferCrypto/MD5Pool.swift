import Synchronization

/// Hashes bodies that arrive at the same time together, in the lanes of ``MD5Lanes``.
///
/// It has no thread, and no stream waits for others. Each stream leaves its full blocks here. The thread whose block is the
/// last that was missing, because the lanes are full or because every stream has left one, hashes one block of each. So
/// does a stream that has left as many as it may: the others are slower. A stream that is alone hashes each of its blocks
/// at once.
package final class MD5Pool: Sendable {
    /// How many streams there may be. Each has a block that it fills, and few have more.
    package static let streamLimit = 128
    /// Small enough to be in the processor's cache when it is hashed. Larger ones save little when they are written:
    /// measured for pieces of 32, 64, 128 and 256 KiB, a GB costs 1.03, 0.74, 0.71 and 0.80 s.
    static let blockByteCount = 64 << 10
    /// How many full blocks a stream may leave before one of them is hashed: streams on different threads seldom
    /// advance in step. More streams than lanes need not, and would take much memory.
    static let (depth, depthOfMany) = (4, 2)

    private let lanes: MD5Lanes
    private let onBatch: @Sendable (Int) -> Void
    private let state = Mutex(State())

    /// - Parameter onBatch: called before blocks are hashed, with their number.
    package init(lanes: MD5Lanes = .best, onBatch: @escaping @Sendable (Int) -> Void = { _ in }) {
        self.lanes = lanes
        self.onBatch = onBatch
    }

    /// Begins a stream; nil if there are too many.
    package func makeStream() -> PooledMD5? {
        state.withLock { $0.begin() }.map { PooledMD5($0, in: self) }
    }

    /// The state of one stream, which is read and changed only while the pool's lock is held. That is why
    /// `@unchecked Sendable` is safe.
    final class Stream: @unchecked Sendable {
        fileprivate var md5 = MD5State()
        /// Full blocks, in order.
        fileprivate var blocks: [ByteBlock] = []
        fileprivate var isBeingHashed = false
        fileprivate var isForgotten = false
        /// Resumed when it is no longer being hashed.
        fileprivate var idle: CheckedContinuation<Void, Never>?
    }

    // MARK: Calls of a stream

    /// Returns an empty block.
    func makeBlock() -> ByteBlock {
        state.withLock { $0.spare.popLast() } ?? ByteBlock(capacity: Self.blockByteCount)
    }

    /// Leaves a full block of a stream, and hashes blocks if it is time.
    ///
    /// - Returns: whether the stream may leave another one. Otherwise its blocks are being hashed by another thread.
    func add(_ block: ByteBlock, of stream: Stream) -> Bool {
        hash(state.withLock { $0.add(block, of: stream) }, for: stream)
        return state.withLock { !$0.isFull(stream) }
    }

    /// Makes room for another block of a stream.
    nonisolated(nonsending) func makeRoom(for stream: Stream) async {
        await awaitOthers(for: stream)
        hash(state.withLock { $0.dueBatch(for: stream) }, for: stream)
    }

    /// Ends a stream, and returns the MD5 of all the blocks that it has left.
    nonisolated(nonsending) func end(_ stream: Stream) async -> MD5State {
        while true {
            await awaitOthers(for: stream)
            let (batch, last) = state.withLock { $0.end(stream) }
            if let last { return last }
            hash(batch, for: stream)
        }
    }

    /// Forgets a stream and its blocks.
    func forget(_ stream: Stream) { state.withLock { $0.forget(stream) } }

    /// Takes a block back that is no longer needed.
    func recycle(_ block: ByteBlock) { state.withLock { $0.recycle(block) } }

    // MARK: Hashing

    /// Hashes blocks, and those that are due afterwards.
    private func hash(_ batch: Batch?, for stream: Stream) {
        var next = batch
        while var batch = next.take() {
            onBatch(batch.streams.count)
            lanes.update(&batch.states, with: batch.blocks)
            let hashed = batch
            let (due, idle) = state.withLock { state in
                let idle = state.finish(hashed)
                return (state.dueBatch(for: stream), idle)
            }
            for continuation in idle { continuation.resume() }
            next = due
        }
    }

    /// Returns when no other thread hashes a block of the stream.
    nonisolated(nonsending) private func awaitOthers(for stream: Stream) async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { _ in
                if stream.isBeingHashed { stream.idle = continuation }
                return !stream.isBeingHashed
            }
            if isIdle { continuation.resume() }
        }
    }

    /// One block of each of several streams.
    private struct Batch: Sendable {
        let streams: [Stream]
        var states: [MD5State]
        let blocks: [ByteBlock]
    }

    private struct State: Sendable {
        private var streamCount = 0
        /// The streams with a block that can be hashed, that which has waited longest first.
        private var queue: [Stream] = []
        var spare: [ByteBlock] = []

        mutating func begin() -> Stream? {
            guard streamCount < MD5Pool.streamLimit else { return nil }
            streamCount += 1
            return Stream()
        }

        mutating func add(_ block: ByteBlock, of stream: Stream) -> Batch? {
            if stream.blocks.isEmpty, !stream.isBeingHashed { queue.append(stream) }
            stream.blocks.append(block)
            return dueBatch(for: stream)
        }

        /// Whether a stream has left as many blocks as it may.
        func isFull(_ stream: Stream) -> Bool {
            stream.blocks.count >= (streamCount > MD5Lanes.limit ? MD5Pool.depthOfMany : MD5Pool.depth)
        }

        /// Takes what is to be hashed now: one block of each stream if that fills the lanes or no stream is missing, or
        /// if this stream has no room left.
        mutating func dueBatch(for stream: Stream) -> Batch? {
            let isComplete = queue.count >= min(MD5Lanes.limit, streamCount)
            let isUrgent = isFull(stream) && !stream.isBeingHashed
            return isComplete || isUrgent ? takeBatch() : nil
        }

        private mutating func takeBatch() -> Batch? {
            guard !queue.isEmpty else { return nil }
            let streams = Array(queue.prefix(MD5Lanes.limit))
            queue.removeFirst(streams.count)
            let blocks = streams.map { stream in
                stream.isBeingHashed = true
                return stream.blocks.removeFirst()
            }
            return Batch(streams: streams, states: streams.map(\.md5), blocks: blocks)
        }

        /// - Returns: what waited for these streams.
        mutating func finish(_ batch: Batch) -> [CheckedContinuation<Void, Never>] {
            for block in batch.blocks { recycle(block) }
            var idle: [CheckedContinuation<Void, Never>] = []
            for (stream, md5) in zip(batch.streams, batch.states) where !stream.isForgotten {
                stream.md5 = md5
                stream.isBeingHashed = false
                if !stream.blocks.isEmpty { queue.append(stream) }
                if let continuation = stream.idle.take() { idle.append(continuation) }
            }
            return idle
        }

        /// - Returns: what must be hashed before, or the state of the stream, which is forgotten; neither if another
        ///   thread has begun to hash its blocks.
        mutating func end(_ stream: Stream) -> (Batch?, MD5State?) {
            guard !stream.isBeingHashed else { return (nil, nil) }
            guard stream.blocks.isEmpty else { return (takeBatch(), nil) }
            forget(stream)
            return (nil, stream.md5)
        }

        mutating func forget(_ stream: Stream) {
            guard !stream.isForgotten else { return }
            stream.isForgotten = true
            streamCount -= 1
            queue.removeAll { $0 === stream }
            for block in stream.blocks { recycle(block) }
            stream.blocks = []
            if streamCount == 0 { spare = [] }
        }

        /// Keeps a block for later, if there will be use for it: new memory costs more than to fill it.
        mutating func recycle(_ block: ByteBlock) {
            guard spare.count < max(streamCount, 2 * MD5Lanes.limit), streamCount > 0 else { return }
            block.removeAll()
            spare.append(block)
        }
    }
}
