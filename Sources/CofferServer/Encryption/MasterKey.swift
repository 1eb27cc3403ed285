import CofferCrypto
import CofferModel
import CofferStorage

/// The key under which a server keeps the keys of the objects that it encrypts. It is given at every start and never
/// stored.
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

    /// What is stored to know the key again: something that everyone knows, wrapped in it.
    private var check: String {
        base64(KeyWrap.wrap(Array("the master key of this directory".utf8), with: bytes))
    }

    private static let property = "master-key-check"

    /// Compares a server's master key with the one under which the store's objects are encrypted.
    ///
    /// - Throws: a sentence if it is missing or another. Objects that cannot be read are found now, not one by one.
    static func check(_ key: MasterKey?, _ store: ObjectStore) async throws(ServerError) {
        let known = try translated { () throws(StorageError) in try store.property(property) }
        guard let key else {
            guard known == nil else {
                throw ServerError(
                    "the data directory belongs to a master key, which is missing: give --master-key-file or COFFER_MASTER_KEY"
                )
            }
            return
        }
        guard known != key.check else { return }
        guard known == nil else {
            throw ServerError("the data directory belongs to another master key: give that one")
        }
        do throws(StorageError) {
            try await store.setProperty(property, to: key.check)
        } catch {
            throw ServerError(error)
        }
    }
}
