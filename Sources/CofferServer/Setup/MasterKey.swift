import CofferCrypto
import CofferModel
import CofferService
import CofferStorage

/// The key with which a server wraps the keys of the objects that it encrypts. It must be given at every start and is
/// never stored.
public struct MasterKey: Sendable {
    /// 32 bytes.
    let bytes: [UInt8]

    /// - Parameter text: 32 bytes in Base64 or hexadecimal; nil for anything else.
    public init?(_ text: String) {
        guard let bytes = CofferCrypto.bytes(hex: text) ?? CofferCrypto.bytes(base64: text),
            bytes.count == ChunkCipher.keyByteCount
        else { return nil }
        self.bytes = bytes
    }

    /// The stored value by which the key is recognized: a publicly known text, wrapped with the key.
    private var check: String {
        base64(KeyWrap.wrap(Array("the master key of this directory".utf8), with: bytes))
    }

    private static let property = "master-key-check"

    /// Compares a server's master key with the one under which the store's objects are encrypted.
    ///
    /// - Throws: ``ServerError`` if the key is missing or a different one, so that a wrong key is found at startup, not
    ///   when objects are read.
    static func check(_ key: MasterKey?, _ store: ObjectStore) async throws(ServerError) {
        let known = try await translated { () async throws(StorageError) in try await store.property(property) }
        guard let key else {
            guard known == nil else {
                throw ServerError(
                    "the data directory needs its master key: give it with --master-key-file or COFFER_MASTER_KEY"
                )
            }
            return
        }
        guard known != key.check else { return }
        guard known == nil else {
            throw ServerError("the data directory was encrypted with a different master key: give that one")
        }
        do throws(StorageError) {
            try await store.setProperty(property, to: key.check)
        } catch {
            throw ServerError(error)
        }
    }
}
