import CofferTestSupport
import Dispatch
import Synchronization
import Testing

@testable import CofferCrypto

/// Bodies that are hashed together.
struct MD5PoolTests {
    private static let block = [UInt8](repeating: 5, count: MD5Pool.blockByteCount)

    @Test func `A body alone is hashed at once, block by block`() async throws {
        let batches = Batches()
        let body = try #require(MD5Pool(onBatch: batches.note).makeStream())
        for count in 1...5 {
            append(Self.block, to: body)
            #expect(batches.sizes == [Int](repeating: 1, count: count))
        }
        #expect(await body.finish { _ in } == digest(5))
    }

    @Test(arguments: [2, 3, 16])
    func `Bodies that arrive in step are hashed together`(count: Int) async throws {
        let batches = Batches()
        let pool = MD5Pool(onBatch: batches.note)
        let bodies = try (0..<count).map { _ in try #require(pool.makeStream()) }
        for round in 1...4 {
            for body in bodies {
                append(Self.block, to: body)
            }
            #expect(batches.sizes == [Int](repeating: count, count: round))
        }
        for body in bodies { #expect(await body.finish { _ in } == digest(4)) }
    }

    @Test func `Sixteen of many are hashed as soon as sixteen have a block`() throws {
        let batches = Batches()
        let pool = MD5Pool(onBatch: batches.note)
        let bodies = try (0..<40).map { _ in try #require(pool.makeStream()) }
        for body in bodies { append(Self.block, to: body) }
        #expect(batches.sizes == [16, 16])
    }

    @Test func `A body that is ahead of the others does not wait for them`() async throws {
        let batches = Batches()
        let pool = MD5Pool(onBatch: batches.note)
        let (fast, slow) = (try #require(pool.makeStream()), try #require(pool.makeStream()))
        let silent = try #require(pool.makeStream())
        append(Self.block, to: slow)
        for _ in 1..<MD5Pool.depth { append(Self.block, to: fast) }
        #expect(batches.sizes == [])
        append(Self.block, to: fast)
        #expect(batches.sizes == [2])
        append(Self.block, to: fast)
        #expect(batches.sizes == [2, 1])
        #expect(!fast.needsRoom)
        #expect(await fast.finish { _ in } == digest(MD5Pool.depth + 1))
        #expect(await slow.finish { _ in } == digest(1))
        #expect(await silent.finish { _ in } == Digest.of([], .md5))
    }

    @Test func `Bodies in pieces of any length are taken in order and have libcrypto's digests`() async throws {
        let pool = MD5Pool()
        try await withThrowingTaskGroup { group in
            for number in 0..<100 {
                group.addTask {
                    var random = SeededGenerator(seed: UInt64(number))
                    let bytes = random.bytes(.random(in: 0...600_000, using: &random))
                    let body = try #require(pool.makeStream())
                    var taken: [UInt8] = []
                    var rest = bytes.span
                    while !rest.isEmpty {
                        let piece = rest.extracting(first: min(rest.count, .random(in: 1...40_000, using: &random)))
                        rest = rest.extracting(droppingFirst: piece.count)
                        body.append(piece) { taken.append($0) }
                        if body.needsRoom { await body.makeRoom() }
                        await Task.yield()
                        // One in ten goes away.
                        if number % 10 == 3, rest.count < 100_000 { return }
                    }
                    let digest = await body.finish { taken.append($0) }
                    #expect(digest == Digest.of(bytes, .md5))
                    #expect(taken == bytes)
                }
            }
            try await group.waitForAll()
        }
        // Nothing of those that ended or went away is left.
        let batches = Batches()
        let last = try #require(MD5Pool(onBatch: batches.note).makeStream())
        append(Self.block, to: last)
        #expect(batches.sizes == [1])
    }

    @Test func `A body whose blocks are being hashed waits when it has no more room`() async throws {
        let batches = Batches(isHeld: true)
        let pool = MD5Pool(onBatch: batches.note)
        let (first, second) = (try #require(pool.makeStream()), try #require(pool.makeStream()))
        append(Self.block, to: first)
        let hashing = Task { try await offPool { self.append(Self.block, to: second) } }
        try await batches.awaitHeld()
        for _ in 0..<MD5Pool.depth {
            #expect(!first.needsRoom)
            append(Self.block, to: first)
        }
        #expect(first.needsRoom)
        let room = Task { await first.makeRoom() }
        batches.release()
        await room.value
        try await hashing.value
        #expect(!first.needsRoom)
        #expect(await first.finish { _ in } == digest(MD5Pool.depth + 1))
        #expect(await second.finish { _ in } == digest(1))
    }

    @Test func `The end of a body waits for its blocks that are being hashed`() async throws {
        let batches = Batches(isHeld: true)
        let pool = MD5Pool(onBatch: batches.note)
        let (first, second) = (try #require(pool.makeStream()), try #require(pool.makeStream()))
        append(Self.block, to: first)
        let hashing = Task { try await offPool { self.append(Self.block, to: second) } }
        try await batches.awaitHeld()
        let end = Task { await first.finish { _ in } }
        batches.release()
        #expect(await end.value == digest(1))
        try await hashing.value
        #expect(await second.finish { _ in } == digest(1))
    }

    @Test func `A body that goes away while it is hashed leaves the others as they are`() async throws {
        let batches = Batches(isHeld: true)
        let pool = MD5Pool(onBatch: batches.note)
        var first = pool.makeStream()
        let second = try #require(pool.makeStream())
        append(Self.block, to: try #require(first))
        let hashing = Task { try await offPool { self.append(Self.block, to: second) } }
        try await batches.awaitHeld()
        append(Self.block, to: try #require(first))
        first = nil
        batches.release()
        try await hashing.value
        append(Self.block, to: second)
        #expect(batches.sizes == [2, 1])
        #expect(await second.finish { _ in } == digest(2))
    }

    @Test func `There is a limit of bodies, and room again when one ends`() async throws {
        let pool = MD5Pool()
        var bodies = try (0..<MD5Pool.streamLimit).map { _ in try #require(pool.makeStream()) }
        #expect(pool.makeStream() == nil)
        bodies.removeLast()
        let next = try #require(pool.makeStream())
        #expect(pool.makeStream() == nil)
        #expect(await next.finish { _ in } == Digest.of([], .md5))
        #expect(pool.makeStream() != nil)
    }

    /// The digest of a body of so many blocks.
    private func digest(_ count: Int) -> [UInt8] {
        Digest.of([[UInt8]](repeating: Self.block, count: count).flatMap(\.self), .md5)
    }

    private func append(_ bytes: [UInt8], to body: PooledMD5) {
        body.append(bytes.span) { #expect($0.count == MD5Pool.blockByteCount) }
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ bytes: Span<UInt8>) {
        bytes.withUnsafeBufferPointer { append(contentsOf: $0) }
    }
}

/// The numbers of blocks that were hashed together; the first can be held up.
private final class Batches: Sendable {
    private let state: Mutex<(sizes: [Int], isHeld: Bool)>
    private let reached = DispatchSemaphore(value: 0)
    private let released = DispatchSemaphore(value: 0)

    init(isHeld: Bool = false) { state = Mutex(([], isHeld)) }

    var sizes: [Int] { state.withLock { $0.sizes } }

    func note(_ size: Int) {
        let isHeld = state.withLock { state in
            state.sizes.append(size)
            defer { state.isHeld = false }
            return state.isHeld
        }
        guard isHeld else { return }
        reached.signal()
        released.wait()
    }

    func awaitHeld() async throws { try await offPool { self.reached.wait() } }

    func release() { released.signal() }
}
