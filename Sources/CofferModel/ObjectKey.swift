/// An object's key: 1 to 1,024 bytes of UTF-8, compared and ordered byte by byte.
///
/// A key is opaque. Swift compares strings by canonical equivalence, under which differently composed accents are
/// equal. Keys are therefore stored as bytes and converted to text only for display.
public struct ObjectKey: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The key, in UTF-8 without NUL.
    public let bytes: [UInt8]

    /// Creates a key from bytes.
    ///
    /// - Throws: `KeyTooLongError` for more than 1,024 bytes, `InvalidURI` for an empty key, invalid UTF-8 or a NUL
    ///   byte.
    public init(_ bytes: [UInt8]) throws(S3Error) {
        guard bytes.count <= Limits.keyByteCount else {
            throw S3Error(
                .keyTooLongError,
                details: [("Size", String(bytes.count)), ("MaxSizeAllowed", String(Limits.keyByteCount))])
        }
        guard !bytes.isEmpty, !bytes.contains(0), String(validating: bytes, as: UTF8.self) != nil else {
            throw S3Error(.invalidURI)
        }
        self.bytes = bytes
    }

    /// Creates a key from the bytes of a text, unchanged: differently composed accents are different keys.
    ///
    /// - Throws: the same errors as for bytes.
    public init(_ text: String) throws(S3Error) { try self.init(Array(text.utf8)) }

    /// Whether `..` segments never outnumber the names before them, which is required of a new object's key.
    ///
    /// Source: S3 User Guide, "Naming Amazon S3 objects".
    package var staysBelowRoot: Bool {
        guard bytes.contains(UInt8(ascii: ".")) else { return true }
        var depth = 0
        for segment in bytes.split(separator: UInt8(ascii: "/")) where !segment.elementsEqual(".".utf8) {
            depth += segment.elementsEqual("..".utf8) ? -1 : 1
            guard depth >= 0 else { return false }
        }
        return true
    }

    /// - Throws: `InvalidURI` for a key that a new object may not have.
    package func checkNew() throws(S3Error) {
        guard staysBelowRoot else { throw S3Error(.invalidURI) }
    }

    /// Creates a key from bytes that were already a key, from the catalog or a listing.
    package init(unchecked bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The key as text, for display; its bytes are what counts.
    public var description: String { String(decoding: bytes, as: UTF8.self) }

    /// Arrays hash and compare their elements one by one.
    public func hash(into hasher: inout Hasher) { bytes.withUnsafeBytes { hasher.combine(bytes: $0) } }

    /// Whether two keys have the same bytes.
    public static func == (left: ObjectKey, right: ObjectKey) -> Bool { left.bytes.isIdentical(to: right.bytes) }

    /// Compares byte by byte, as S3 orders a listing.
    public static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}
