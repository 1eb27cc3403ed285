/// The single range of a `Range` header (RFC 9110 section 14.1.2).
///
/// S3 serves a single range. A header with another unit, another syntax or several ranges is ignored, and the response
/// contains the entire object.
public enum ByteRange: Sendable, Hashable {
    /// `bytes=first-last` and `bytes=first-`.
    case from(Int64, through: Int64?)
    /// `bytes=-count`: the last `count` bytes.
    case suffix(Int64)

    /// Reads a header; nil if S3 would ignore it.
    public init?(_ header: String) {
        guard header.hasPrefix("bytes=") else { return nil }
        let parts = header.dropFirst(6).split(at: "-", maxSplits: 1, keepingEmpty: true)
        guard parts.count == 2 else { return nil }
        let first = Self.number(parts[0])
        let last = Self.number(parts[1])
        switch (parts[0].isEmpty, parts[1].isEmpty) {
        case (false, false):
            guard let first, let last, first <= last else { return nil }
            self = .from(first, through: last)
        case (false, true):
            guard let first else { return nil }
            self = .from(first, through: nil)
        case (true, false):
            guard let last else { return nil }
            self = .suffix(last)
        case (true, true): return nil
        }
    }

    /// Whether the range is satisfiable for an empty object, as suffix ranges are (RFC 9110 section 14.1.2).
    public var includesEmptyObject: Bool {
        if case .suffix(let count) = self { count > 0 } else { false }
    }

    /// Returns the offsets of the range in an object of the given size; nil if the range is not satisfiable, which is a
    /// 416.
    public func resolve(in size: Int64) -> Range<Int64>? {
        switch self {
        case .from(let first, let last):
            guard first < size else { return nil }
            return first..<(min(last ?? size - 1, size - 1) + 1)
        case .suffix(let count):
            guard count > 0, size > 0 else { return nil }
            return max(0, size - count)..<size
        }
    }

    private static func number(_ text: Substring) -> Int64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int64(text) ?? .max
    }
}
