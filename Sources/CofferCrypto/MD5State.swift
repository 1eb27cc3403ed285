import COpenSSL

/// A running MD5 that can be copied, and that ``MD5Lanes`` can advance together with others.
package struct MD5State: Sendable {
    static let blockByteCount = Int(MD5_CBLOCK)

    private var context = MD5_CTX()

    package init() { MD5_Init(&context) }

    package mutating func update(_ bytes: Span<UInt8>) {
        _ = bytes.withUnsafeBytes { MD5_Update(&context, $0.baseAddress, $0.count) }
    }

    /// Returns the digest, 16 bytes.
    package consuming func finalize() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Int(MD5_DIGEST_LENGTH)) { buffer, count in
            MD5_Final(buffer.baseAddress, &context)
            count = Int(MD5_DIGEST_LENGTH)
        }
    }

    /// Whether the bytes so far are complete blocks of 64 bytes.
    var isAtBorder: Bool { context.num == 0 }

    /// The four words that a block changes.
    var words: (UInt32, UInt32, UInt32, UInt32) {
        get { (context.A, context.B, context.C, context.D) }
        set { (context.A, context.B, context.C, context.D) = newValue }
    }

    /// Counts bytes that changed ``words`` elsewhere.
    mutating func count(_ byteCount: Int) {
        // The length in bits, of which libcrypto keeps the halves.
        let bits = (UInt64(context.Nh) << 32 | UInt64(context.Nl)) &+ UInt64(byteCount) << 3
        context.Nl = UInt32(truncatingIfNeeded: bits)
        context.Nh = UInt32(truncatingIfNeeded: bits >> 32)
    }
}
