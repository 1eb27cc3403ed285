/// A version's id: `null`, or 32 opaque characters that identify the version permanently.
///
/// The id begins with the version's position in the order of writes, so that a version is found without searching.
/// Random bytes follow, so that the id cannot be guessed, and then a checksum of both, so that an id that was never
/// issued can be distinguished from that of a deleted version. Source: S3 User Guide, "How S3 Versioning works".
public struct VersionID: Hashable, Sendable, CustomStringConvertible {
    /// `null`, or the 32 characters.
    public let description: String

    /// The id of versions that were written while versioning was not enabled.
    public static let null = VersionID(description: "null")

    /// Reads the text of an id; the version need not exist.
    ///
    /// - Throws: `InvalidArgument` for text that is not a valid version id.
    public init(_ text: String) throws(S3Error) {
        guard text == "null" || Self.decode(text) != nil else {
            throw Self.invalid(text)
        }
        description = text
    }

    /// Returns the error for an id that was never issued.
    package static func invalid(_ text: String, name: String = "versionId") -> S3Error {
        .invalidArgument("Invalid version id specified", name: name, value: text)
    }

    /// - Parameter sequence: the version's position in the order of writes.
    package init(sequence: Int64) {
        var secret: [UInt8] = []
        for _ in 0..<2 { withUnsafeBytes(of: UInt64.random(in: .min ... .max)) { secret += $0 } }
        self.init(sequence: sequence, secret: secret)
    }

    /// - Parameter secret: at least 12 bytes that cannot be guessed, of which the first 12 are used. The id exposes
    ///   them, so they must not be usable as a secret for anything else.
    package init(sequence: Int64, secret: [UInt8]) {
        precondition(secret.count >= 12, "a version id needs a secret of at least 12 bytes")
        let bytes = withUnsafeBytes(of: sequence.bigEndian) { Array($0) } + secret.prefix(12)
        description = Self.encode(bytes + Self.check(of: bytes))
    }

    /// Creates an id that a service has issued; services have their own formats.
    public init(opaque text: String) { description = text }

    /// Creates an id from text of the catalog, which was an id before.
    package init(unchecked text: String) { description = text }

    private init(description: String) { self.description = description }

    /// Whether the version was written while versioning was not enabled.
    public var isNull: Bool { description == "null" }

    /// The version's position in the order of writes; nil for `null`, which does not contain it.
    package var sequence: Int64? {
        guard !isNull, let bytes = Self.decode(description) else { return nil }
        return bytes.prefix(8).reduce(0) { $0 << 8 | Int64($1) }
    }

    /// Whether the checksum is correct, as in every id that this server issues. Ids from older servers have no checksum
    /// and are recognised only by their stored versions.
    package var hasValidCheck: Bool {
        guard !isNull else { return true }
        guard let bytes = Self.decode(description) else { return false }
        return Self.check(of: Array(bytes.dropLast(4))) == Array(bytes.suffix(4))
    }

    /// Returns the 32-bit FNV-1a hash. It protects against typing errors, not against forgery, which would gain
    /// nothing.
    private static func check(of bytes: [UInt8]) -> [UInt8] {
        let hash = bytes.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        return withUnsafeBytes(of: hash.bigEndian) { Array($0) }
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._".utf8)

    /// Encodes each three bytes as four characters.
    private static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let bits = Int(bytes[start]) << 16 | Int(bytes[start + 1]) << 8 | Int(bytes[start + 2])
            text += [18, 12, 6, 0].map { alphabet[bits >> $0 & 63] }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func decode(_ text: String) -> [UInt8]? {
        guard text.utf8.count == 32 else { return nil }
        let digits = text.utf8.compactMap { alphabet.firstIndex(of: $0) }
        guard digits.count == 32 else { return nil }
        return stride(from: 0, to: 32, by: 4).flatMap { start in
            let bits = digits[start..<(start + 4)].reduce(0) { $0 << 6 | $1 }
            return [16, 8, 0].map { UInt8(truncatingIfNeeded: bits >> $0) }
        }
    }
}
