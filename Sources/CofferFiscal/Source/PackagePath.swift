import CofferModel

/// The path of a file in a package: relative, with `/` between its parts, and never leading out of the package.
///
/// Source: Data Package, "Data Resource", "URL or Path" and its security note.
public struct PackagePath: Sendable, Hashable, CustomStringConvertible {
    /// The usual name of a descriptor, `datapackage.json`.
    public static let descriptor = PackagePath(unchecked: "datapackage.json")
    /// The possible names of a descriptor, in the order in which they are tried.
    public static let descriptors = [descriptor] + ["yaml", "yml"].map { PackagePath(unchecked: "datapackage.\($0)") }
    /// The maximum length of a path in bytes, that of an S3 key.
    static let byteCount = 1024
    /// The maximum number of nested percent-encodings: decoding each one takes time proportional to the path's length.
    private static let decodingCount = 4

    /// The path as written.
    public let description: String

    private init(unchecked text: String) { description = text }

    /// Creates a path.
    ///
    /// - Parameter text: the path with `/` between its parts, at most 1024 bytes long.
    /// - Throws: ``Fault`` if the path is not safe, either as written or percent-decoded, since readers may also
    ///   resolve it as a URL.
    public init(_ text: String) throws(Fault) {
        var bytes = Array(text.utf8)
        if let reason = Self.fault(in: bytes) { throw Fault(reason: reason) }
        var count = 0
        while let next = Self.percentDecoded(bytes) {
            count += 1
            guard count <= Self.decodingCount else {
                throw Fault(reason: "it is percent-encoded more than \(Self.decodingCount) times")
            }
            if let reason = Self.fault(in: next) { throw Fault(reason: "once percent-decoded, \(reason)") }
            bytes = next
        }
        description = text
    }

    /// The names of the directories and of the file.
    public var parts: [String] { description.split(at: "/").map(String.init) }

    /// Splits the name of a descriptor off the end of a location.
    ///
    /// - Returns: the directory without its trailing slash, unless it is the root; empty for the name alone.
    static func withoutDescriptor(_ place: String) -> (directory: String, descriptor: PackagePath?) {
        let found = descriptors.first { place == $0.description || place.hasSuffix("/\($0)") }
        guard let found else { return (place, nil) }
        let directory = String(place.dropLast(found.description.utf8.count))
        return (directory.count > 1 && directory.hasSuffix("/") ? String(directory.dropLast()) : directory, found)
    }

    /// Whether it is the name of a YAML descriptor.
    var isYAML: Bool { self != .descriptor && Self.descriptors.contains(self) }

    /// Why a path is invalid.
    public struct Fault: Error, Equatable {
        /// The reason, in one sentence without a full stop, which refers to the path as "it".
        public let reason: String
    }

    private static func fault(in path: [UInt8]) -> String? {
        if path.isEmpty { return "it is empty" }
        if path.count > byteCount { return "it is longer than \(byteCount) bytes" }
        if path.contains(where: { $0 < 32 || $0 == 127 }) { return "it contains control characters" }
        if path.first == UInt8(ascii: "/") { return "it is absolute" }
        if path.first == UInt8(ascii: "~") { return "it begins with ~" }
        if path.contains(UInt8(ascii: "\\")) { return "it contains a backslash" }
        if URLScheme.of(path) != nil { return "it begins with a URL scheme or a drive letter" }
        let (slash, dot) = (UInt8(ascii: "/"), UInt8(ascii: "."))
        var start = 0
        while true {
            guard start < path.count, path[start] != slash else {
                return "it contains an empty part between slashes or at the end"
            }
            guard path[start] != dot else {
                let part = path[start...].prefix { $0 != slash }
                return part.elementsEqual([dot, dot]) ? "it contains .." : "it contains a hidden file or directory"
            }
            guard let end = path[start...].firstIndex(of: slash) else { return nil }
            start = end + 1
        }
    }

    /// Returns nil if nothing is encoded, or if the result is not UTF-8.
    private static func percentDecoded(_ path: [UInt8]) -> [UInt8]? {
        guard path.contains(UInt8(ascii: "%")) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(path.count)
        var index = 0
        while index < path.count {
            if path[index] == UInt8(ascii: "%"), index + 2 < path.count, let high = digit(path[index + 1]),
                let low = digit(path[index + 2])
            {
                bytes.append(high << 4 | low)
                index += 3
            } else {
                bytes.append(path[index])
                index += 1
            }
        }
        // No reader could use bytes that are not text as a path.
        guard bytes.count < path.count, (try? UTF8Span(validating: bytes.span)) != nil else { return nil }
        return bytes
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
