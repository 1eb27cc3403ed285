import COpenSSL

/// Returns unpredictable bytes from libcrypto's generator, for use as keys.
package func randomBytes(_ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
        // A key from a generator without entropy would protect nothing.
        guard RAND_bytes(buffer.baseAddress, Int32(count)) == 1 else {
            fatalError("libcrypto cannot produce random bytes")
        }
        initializedCount = count
    }
}
