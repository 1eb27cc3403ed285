import CofferCrypto
import CofferModel
import CofferStorage

/// The master key, if there is one, and what it and customers' keys are for: to wrap the keys of objects.
///
/// Every object that is encrypted has a key of its own, which is stored with it, wrapped. So a copy under another key
/// needs no other bytes, and the master key never meets the data.
struct Keyring: Sendable {
    private let masterKey: [UInt8]?

    /// - Parameter masterKey: 32 bytes; nil leaves all objects but those with customers' keys as they are.
    init(masterKey: [UInt8]?) { self.masterKey = masterKey }

    /// Whether these settings leave the bytes unencrypted.
    func isPlain(_ settings: EncryptionSettings) -> Bool {
        if case .customer = settings { false } else { masterKey == nil }
    }

    /// A new object's key.
    ///
    /// - Returns: nil if it is not encrypted.
    func sealing(_ settings: EncryptionSettings) -> Sealing? {
        seal(randomBytes(ChunkCipher.keyByteCount), settings)
    }

    /// An object's key, wrapped for an object that is encrypted in a way.
    ///
    /// - Returns: nil if in that way nothing is encrypted.
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

    /// The key of an object that is to be read; nil if the object is not encrypted.
    ///
    /// - Throws: `InvalidRequest` if a customer's key is missing or not asked for, `AccessDenied` if it is another.
    func objectKey(of encryption: Encryption?, _ customerKey: CustomerKey?) throws(S3Error) -> [UInt8]? {
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
                throw S3Error(.accessDenied, "Access Denied because the customer key is another than the object's.")
            }
            return key
        case .master:
            guard let masterKey, let key = KeyWrap.unwrap(encryption.wrappedKey, with: masterKey) else {
                throw .internalError("an object is encrypted under another master key")
            }
            return key
        }
    }
}

/// An object's key, and how it is stored with the object.
struct Sealing: Sendable {
    /// 32 bytes; never stored as it is.
    let objectKey: [UInt8]
    let encryption: Encryption
    /// Whether the ETag must not tell the MD5 of the bytes.
    let hidesDigest: Bool

    /// The ETag of a body: its MD5, or where that would tell of the bytes, a code that only the object's key can make.
    func etag(md5: [UInt8]) -> ETag {
        ETag(hex(hidesDigest ? Array(HMAC.sha256(key: objectKey, md5).prefix(16)) : md5))
    }
}
