/// A version's id: `null`, or 32 opaque characters that name the version for good.
///
/// It begins with the version's place in the order of writes, so that a version is found without searching, goes on at
/// random, so that it cannot be guessed, and ends with a check of both, so that an id that was never made is told from
/// that of a version which is gone. Source: S3 User Guide, "How S3 Versioning works".
public struct VersionID: Hashable, Sendable, CustomStringConvertible {
    public let description: String

    /// The version of objects that were written while versioning was not enabled.
    public static let null = VersionID(description: "null")

    /// - Throws: `InvalidArgument` for text that no version can be called.
    public init(_ text: String) throws(S3Error) {
        guard text == "null" || Self.decode(text) != nil else {
            throw Self.invalid(text)
        }
        description = text
    }

    /// The error for an id that was never made.
    package static func invalid(_ text: String, name: String = "versionId") -> S3Error {
        .invalidArgument("Invalid version id specified", name: name, value: text)
    }

    /// - Parameter sequence: the version's place in the order of writes.
    package init(sequence: Int64) {
        var secret: [UInt8] = []
        for _ in 0..<2 { withUnsafeBytes(of: UInt64.random(in: .min ... .max)) { secret += $0 } }
        self.init(sequence: sequence, secret: secret)
    }

    /// - Parameter secret: 12 bytes that cannot be guessed, and are not to be read from the id by whom they would serve
    ///   for something else; those behind them are passed over.
    package init(sequence: Int64, secret: [UInt8]) {
        precondition(secret.count >= 12, "a version's id has 24 bytes, of which the last four are its check")
        let bytes = withUnsafeBytes(of: sequence.bigEndian) { Array($0) } + secret.prefix(12)
        description = Self.encode(bytes + Self.check(of: bytes))
    }

    /// Takes text that was an id before: from the catalog.
    package init(unchecked text: String) { description = text }

    private init(description: String) { self.description = description }

    public var isNull: Bool { description == "null" }

    /// The version's place in the order of writes; nil for `null`, which does not tell.
    package var sequence: Int64? {
        guard !isNull, let bytes = Self.decode(description) else { return nil }
        return bytes.prefix(8).reduce(0) { $0 << 8 | Int64($1) }
    }

    /// Whether it may have been made: its check is right. Those of versions that earlier servers wrote have none, and are
    /// known by their versions alone.
    package var hasValidCheck: Bool {
        guard !isNull else { return true }
        guard let bytes = Self.decode(description) else { return false }
        return Self.check(of: Array(bytes.dropLast(4))) == Array(bytes.suffix(4))
    }

    /// FNV-1a, 32 bits: against slips, not against those who mean to mislead, who gain nothing by it.
    private static func check(of bytes: [UInt8]) -> [UInt8] {
        let hash = bytes.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        return withUnsafeBytes(of: hash.bigEndian) { Array($0) }
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._".utf8)

    /// Three bytes become four characters.
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
