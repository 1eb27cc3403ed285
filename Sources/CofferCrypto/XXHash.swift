import CXXHash

/// A running xxHash with seed 0, fed in pieces and finished once.
///
/// - Important: The result is the hash's canonical form: big-endian, 8 or 16 bytes.
///
/// Source: the xxHash fast digest algorithm, sections "XXH64" and "XXH3".
package struct XXHash: ~Copyable {
    private let variant: XXHashVariant
    private let state: UnsafeMutableRawPointer

    package init(_ variant: XXHashVariant) {
        guard let state = variant.isXXH3 ? coffer_xxh3_create() : coffer_xxh64_create() else {
            fatalError("there is no memory for an xxHash")
        }
        self.variant = variant
        self.state = state
    }

    deinit { variant.isXXH3 ? coffer_xxh3_free(state) : coffer_xxh64_free(state) }

    package mutating func update(_ bytes: Span<UInt8>) {
        guard !bytes.isEmpty else { return }
        let status = bytes.withUnsafeBytes {
            variant.isXXH3
                ? coffer_xxh3_update(state, $0.baseAddress, $0.count)
                : coffer_xxh64_update(state, $0.baseAddress, $0.count)
        }
        precondition(status == 1, "xxHash cannot continue")
    }

    package consuming func finalize() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: variant.byteCount) { buffer, count in
            switch variant {
            case .xxh64: coffer_xxh64_digest(state, buffer.baseAddress)
            case .xxh3: coffer_xxh3_64_digest(state, buffer.baseAddress)
            case .xxh128: coffer_xxh3_128_digest(state, buffer.baseAddress)
            }
            count = variant.byteCount
        }
    }
}

/// XXH64, and XXH3 in its widths of 64 and 128 bits.
package enum XXHashVariant: Sendable {
    case xxh64, xxh3, xxh128

    fileprivate var byteCount: Int { self == .xxh128 ? 16 : 8 }
    fileprivate var isXXH3: Bool { self != .xxh64 }
}
