import CofferCrypto
import CofferIAM
import CofferModel
import CofferStorage

/// Wraps and unwraps the keys of objects, using the master key, if there is one, and customers' keys.
///
/// Every encrypted object has a key of its own, which is stored with it in wrapped form. So a copy under another key
/// needs no new bytes, and the master key never encrypts data directly.
struct Keyring: Sendable {
    private let masterKey: [UInt8]?

    /// - Parameter masterKey: 32 bytes; nil leaves all objects unencrypted except those with customers' keys.
    init(masterKey: [UInt8]?) { self.masterKey = masterKey }

    /// Returns whether these settings leave the bytes unencrypted.
    func isPlain(_ settings: EncryptionSettings) -> Bool {
        if case .customer = settings { false } else { masterKey == nil }
    }

    /// Creates a key for a new object.
    ///
    /// - Returns: nil if the object is not encrypted.
    func sealing(_ settings: EncryptionSettings) -> Sealing? {
        seal(randomBytes(ChunkCipher.keyByteCount), settings)
    }

    /// Wraps an object's key according to the object's encryption settings.
    ///
    /// - Returns: nil if these settings leave the object unencrypted.
    func seal(_ objectKey: [UInt8], _ settings: EncryptionSettings) -> Sealing? {
        switch settings {
        case .customer(let key):
            let wrapped = KeyWrap.wrap(objectKey, with: key.bytes)
            return Sealing(
                objectKey: objectKey, encryption: Encryption(keySource: .customer, wrappedKey: wrapped),
                hidesDigest: true)
        case .server, .keyService:
            guard let masterKey else { return nil }
            let isService = if case .keyService = settings { true } else { false }
            let wrapped = KeyWrap.wrap(objectKey, with: masterKey)
            return Sealing(
                objectKey: objectKey, encryption: Encryption(keySource: .master, wrappedKey: wrapped),
                hidesDigest: isService)
        }
    }

    /// Returns the key for reading an object; nil if the object is not encrypted.
    ///
    /// - Throws: `InvalidRequest` if a customer's key is missing or does not apply, `AccessDenied` if it is the wrong
    ///   one.
    func objectKey(of encryption: Encryption?, _ customerKey: CustomerProvidedKey?) throws(S3Error) -> [UInt8]? {
        guard encryption?.keySource == .customer || customerKey == nil else {
            throw S3Error(.invalidRequest, "The encryption parameters are not applicable to this object.")
        }
        guard let encryption else { return nil }
        switch encryption.keySource {
        case .customer:
            guard let customerKey else {
                throw S3Error(
                    .invalidRequest,
                    "The object was stored using a form of Server Side Encryption. The correct parameters must be provided "
                        + "to retrieve the object.")
            }
            guard let key = KeyWrap.unwrap(encryption.wrappedKey, with: customerKey.bytes) else {
                throw S3Error(
                    .accessDenied, "Access Denied because the object was encrypted with a different customer key.")
            }
            return key
        case .master:
            guard let masterKey, let key = KeyWrap.unwrap(encryption.wrappedKey, with: masterKey) else {
                throw .internalError("an object is encrypted with a different master key")
            }
            return key
        }
    }
}

/// An object's key, and how it is stored with the object.
struct Sealing: Sendable {
    /// 32 bytes; never stored unwrapped.
    let objectKey: [UInt8]
    let encryption: Encryption
    /// Whether the ETag must not reveal the MD5 of the bytes.
    let hidesDigest: Bool

    /// Returns the ETag of a body: its MD5 or, if that must not be revealed, a code that only the object's key can
    /// produce.
    func etag(md5: [UInt8]) -> ETag {
        ETag(hex(hidesDigest ? Array(HMAC.sha256(key: objectKey, md5).prefix(16)) : md5))
    }
}
