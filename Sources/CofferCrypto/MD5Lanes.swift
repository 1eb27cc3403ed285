import CMD5

/// Advances the MD5s of several streams at once, in the lanes of vector instructions.
///
/// One step of MD5 needs the result of the step before, so a processor has little to do for one stream. Measured on one
/// core of a Zen 3 with AVX2: 0.66 GB/s for one stream, 1.0 for 2, 4.0 for 8, 5.8 for 16.
package struct MD5Lanes: Sendable {
    /// The most streams that are advanced together.
    package static let limit = Int(COFFER_MD5_LANES)
    /// The fastest for this processor.
    package static let best = MD5Lanes(coffer_md5_best())
    /// All that this processor has, for tests. AVX-512's is there in other instructions if the processor lacks it.
    static let all = [COFFER_MD5_PORTABLE, COFFER_MD5_LOWERED, coffer_md5_best()].map { MD5Lanes($0) }

    private let kind: coffer_md5_kind

    private init(_ kind: coffer_md5_kind) { self.kind = kind }

    /// Advances each state over the bytes of the block at the same index.
    package func update(_ states: inout [MD5State], with blocks: [ByteBlock]) {
        precondition(states.count == blocks.count && states.count <= Self.limit, "a lane lacks its block")
        var done = [Int](repeating: 0, count: blocks.count)
        while true {
            let lanes = blocks.indices.filter {
                states[$0].isAtBorder && blocks[$0].count - done[$0] >= MD5State.blockByteCount
            }
            guard lanes.count > 1, let least = lanes.map({ blocks[$0].count - done[$0] }).min() else { break }
            let byteCount = least / MD5State.blockByteCount * MD5State.blockByteCount
            advance(&states, lanes, over: byteCount, of: blocks, from: done)
            for lane in lanes { done[lane] += byteCount }
        }
        // A single stream is faster in libcrypto.
        for lane in blocks.indices where done[lane] < blocks[lane].count {
            blocks[lane].withBytes { states[lane].update($0.extracting(droppingFirst: done[lane])) }
        }
    }

    private func advance(
        _ states: inout [MD5State], _ lanes: [Int], over byteCount: Int, of blocks: [ByteBlock], from offsets: [Int]
    ) {
        var words = lanes.map { states[$0].words }
        words.withUnsafeMutableBytes { words in
            // Four words of each lane, one lane after the other.
            let all = words.assumingMemoryBound(to: UInt32.self)
            let starts = lanes.indices.map { position in all.baseAddress.map { $0 + position * 4 } }
            let bytes = lanes.map { lane in blocks[lane].start.map { $0 + offsets[lane] } }
            coffer_md5_advance(kind, starts, bytes, lanes.count, byteCount / MD5State.blockByteCount)
        }
        for (position, lane) in lanes.enumerated() {
            states[lane].words = words[position]
            states[lane].count(byteCount)
        }
    }
}
