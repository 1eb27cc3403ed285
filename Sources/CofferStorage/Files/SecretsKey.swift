import CofferCrypto
import CofferSystem

/// The key of a data directory, in a file that only its owner may read: it seals the secrets in the catalog and the
/// tokens of temporary credentials. A copy of the catalog without it reveals no secrets.
enum SecretsKey {
    /// Returns the directory's key, and creates it if there is none.
    ///
    /// - Parameter isNeeded: whether the catalog holds secrets that were sealed under it.
    /// - Throws: a sentence for the operator if the file is not a key, or is missing although it is needed.
    static func open(
        in directory: String, _ fileSystem: any FileSystem, isNeeded: () throws(StorageError) -> Bool
    ) throws(StorageError) -> [UInt8] {
        let path = directory + "/secrets.key"
        if fileSystem.byteCount(ofFile: path) == nil {
            guard try !isNeeded() else {
                throw StorageError.failed(
                    "\(path) is missing, but the secret access keys are encrypted with it: restore the file")
            }
            try make(path, fileSystem)
        }
        try fileSystem.makePrivateFile(path)
        let text = try attempt("read \(path)") { () throws(SystemError) in
            try fileSystem.openFile(path, for: .reading).read(upTo: 2 * SecretBox.keyByteCount + 2)
        }
        let digits = text.prefix { $0 != UInt8(ascii: "\n") }
        guard let key = bytes(hex: String(decoding: digits, as: UTF8.self)), key.count == SecretBox.keyByteCount else {
            throw StorageError.failed("\(path) does not contain a key: restore the original file")
        }
        return key
    }

    private static func make(_ path: String, _ fileSystem: any FileSystem) throws(StorageError) {
        try attempt("write \(path)") { () throws(SystemError) in
            let draft = try FileDraft(of: path, rights: 0o600, in: fileSystem)
            try draft.write(Array((hex(randomBytes(SecretBox.keyByteCount)) + "\n").utf8))
            try draft.create()
        }
    }
}
