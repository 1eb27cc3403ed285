import CofferTestSupport
import Testing

@testable import CofferCrypto

/// MD5s in lanes, compared with libcrypto's.
struct MD5LanesTests {
    @Test(arguments: MD5Lanes.all.indices, 1...MD5Lanes.limit)
    func `Each number of streams is hashed as libcrypto does`(kind: Int, count: Int) {
        var random = SeededGenerator(seed: UInt64(count))
        let bodies = (0..<count).map { _ in random.bytes(640) }
        var states = [MD5State](repeating: MD5State(), count: count)
        MD5Lanes.all[kind].update(&states, with: bodies.map(block))
        #expect(states.map { $0.finalize() } == bodies.map { Digest.of($0, .md5) })
    }

    @Test(arguments: MD5Lanes.all.indices)
    func `Streams that end at any length around a block's are hashed as libcrypto does`(kind: Int) {
        var random = SeededGenerator(seed: 7)
        for first in 0..<14 {
            // Lengths from 0 to 208, sixteen at a time, of which none is another's.
            let bodies = (0..<16).map { random.bytes(first + 13 * $0) }
            var states = [MD5State](repeating: MD5State(), count: bodies.count)
            MD5Lanes.all[kind].update(&states, with: bodies.map(block))
            #expect(states.map { $0.finalize() } == bodies.map { Digest.of($0, .md5) })
        }
    }

    @Test(arguments: MD5Lanes.all.indices)
    func `Streams may be split anywhere, and go on in other company`(kind: Int) {
        var random = SeededGenerator(seed: 11)
        var states = [MD5State](repeating: MD5State(), count: 40)
        var bodies = [[UInt8]](repeating: [], count: 40)
        for _ in 0..<200 {
            let chosen = Array(bodies.indices.shuffled(using: &random).prefix(Int.random(in: 1...16, using: &random)))
            // Half of them end at the end of a block.
            let unit = random.isOne(in: 2) ? 64 : 1
            let pieces = chosen.map { _ in random.bytes(unit * .random(in: 0...(600 / unit), using: &random)) }
            var part = chosen.map { states[$0] }
            MD5Lanes.all[kind].update(&part, with: pieces.map(block))
            for (position, stream) in chosen.enumerated() {
                states[stream] = part[position]
                bodies[stream] += pieces[position]
            }
        }
        #expect(states.map { $0.finalize() } == bodies.map { Digest.of($0, .md5) })
    }

    @Test func `The count of a stream's bits goes beyond 32 bits`() {
        let megabyte = [UInt8](repeating: 7, count: 1 << 20)
        var state = MD5State()
        var whole = Digest(.md5)
        for _ in 0..<511 {
            state.update(megabyte.span)
            whole.update(megabyte.span)
        }
        var states = [state, state]
        for _ in 0..<2 {
            MD5Lanes.best.update(&states, with: [block(megabyte), block(megabyte)])
            whole.update(megabyte.span)
        }
        let expected = whole.finalize()
        #expect(states.map { $0.finalize() } == [expected, expected])
    }

    private func block(_ bytes: [UInt8]) -> ByteBlock {
        let block = ByteBlock(capacity: max(1, bytes.count))
        #expect(block.append(bytes.span) == bytes.count)
        return block
    }
}
