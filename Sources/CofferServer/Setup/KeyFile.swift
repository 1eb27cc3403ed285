import CofferIAM
import CofferService
import CofferSystem
import Glibc

/// A key pair in a file of the data directory that only its owner may read, as two lines that assign shell variables.
struct KeyFile: Sendable {
    let path: String
    let idName: String
    let secretName: String

    /// - Returns: nil if the file does not exist.
    func read() throws(ServerError) -> KeyPair? {
        guard let file = fopen(path, "re") else {
            guard errno == ENOENT else { throw ServerError("cannot read \(path): \(String(cString: strerror(errno)))") }
            return nil
        }
        defer { fclose(file) }
        var values: [Substring: String] = [:]
        while let line = readLine(file) {
            let parts = line.split(separator: "=", maxSplits: 1)
            if parts.count == 2 { values[parts[0]] = String(parts[1]) }
        }
        guard let id = values[idName[...]], let secret = values[secretName[...]] else {
            throw ServerError("\(path) has no \(idName)= or \(secretName)=: add it, or remove the file to get new keys")
        }
        return KeyPair(accessKeyID: id, secretAccessKey: secret)
    }

    func write(_ keys: KeyPair) throws(ServerError) {
        do throws(SystemError) {
            let draft = try FileDraft(of: path, rights: 0o600)
            try draft.write(Array("\(idName)=\(keys.accessKeyID)\n\(secretName)=\(keys.secretAccessKey)\n".utf8))
            try draft.create()
        } catch {
            throw ServerError("cannot write \(path): \(error)")
        }
    }

    private func readLine(_ file: UnsafeMutablePointer<FILE>) -> String? {
        var buffer = [CChar](repeating: 0, count: 1024)
        guard fgets(&buffer, Int32(buffer.count), file) != nil else { return nil }
        let bytes = buffer.prefix { $0 != 0 && $0 != 10 }.map(UInt8.init(bitPattern:))
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension KeyPair {
    /// Whether the keys appear in documentation and examples, or are short enough to guess.
    var isWellKnown: Bool {
        let known = [
            "minioadmin", "minio123", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "password", "fake123", "S3RVER",
            "verySecretKey1", "accessSecret",
        ]
        return known.contains(secretAccessKey) || secretAccessKey.utf8.count < 12 || secretAccessKey == accessKeyID
    }
}
