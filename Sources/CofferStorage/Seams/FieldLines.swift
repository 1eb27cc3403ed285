// What is inlined in other modules needs an import that they see.
#if canImport(Glibc)
    public import Glibc
#else
    public import Darwin
#endif

/// A walk over an object's header fields as stored: one line each, with a name in lower case, a colon and the value.
///
/// It is inlined where the prefix is a constant, and comparing with it costs an instruction or two.
@usableFromInline
package struct FieldLines {
    @usableFromInline var start = 0

    /// Where a field's name and value are.
    @usableFromInline
    package struct Field {
        @usableFromInline package let name: Range<Int>
        @usableFromInline package let value: Range<Int>

        @inlinable
        init(line: Range<Int>, colon: Int) {
            name = line.lowerBound..<colon
            value = min(colon + 1, line.upperBound)..<line.upperBound
        }
    }

    @inlinable
    package init() {}

    /// Returns the next field; nil if there are no more.
    ///
    /// - Parameters:
    ///   - lines: the same for every call.
    ///   - prefix: only fields whose line begins with it are returned.
    @inlinable
    @inline(__always)
    package mutating func next(in lines: Span<UInt8>, startingWith prefix: StaticString = "") -> Field? {
        while start < lines.count {
            let line = start..<lines.firstIndex(of: UInt8(ascii: "\n"), in: start..<lines.count)
            start = line.upperBound + 1
            if !line.isEmpty, lines.extracting(line).hasPrefix(prefix) {
                return Field(line: line, colon: lines.firstIndex(of: UInt8(ascii: ":"), in: line))
            }
        }
        return nil
    }
}

extension String {
    package init(copying bytes: Span<UInt8>) {
        self = bytes.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }
}

extension [UInt8] {
    package init(copying bytes: Span<UInt8>) { self = bytes.withUnsafeBufferPointer { Array($0) } }
}

extension Span<UInt8> {
    @inlinable
    @inline(__always)
    package func equals(_ text: StaticString) -> Bool { count == text.utf8CodeUnitCount && hasPrefix(text) }

    @inlinable
    @inline(__always)
    package func hasPrefix(_ text: StaticString) -> Bool {
        guard count >= text.utf8CodeUnitCount else { return false }
        return withUnsafeBytes { bytes in
            bytes.baseAddress.map { memcmp($0, text.utf8Start, text.utf8CodeUnitCount) == 0 } ?? true
        }
    }

    func equals(_ other: Span<UInt8>) -> Bool { count == other.count && order(before: other) == 0 }

    /// Whether it comes before other bytes in a listing.
    func precedes(_ other: Span<UInt8>) -> Bool {
        let order = order(before: other)
        return order < 0 || (order == 0 && count < other.count)
    }

    /// Returns how the first bytes of both, as many as the shorter one has, are ordered: negative if these come first.
    private func order(before other: Span<UInt8>) -> Int32 {
        withUnsafeBytes { bytes in
            other.withUnsafeBytes { other in
                guard let start = bytes.baseAddress, let otherStart = other.baseAddress else { return 0 }
                return memcmp(start, otherStart, min(bytes.count, other.count))
            }
        }
    }

    /// Returns the position of a byte; the end of the range if it is not there. C's function looks at many bytes at a
    /// time.
    @inlinable
    func firstIndex(of byte: UInt8, in range: Range<Int>) -> Int {
        extracting(range).withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress, let found = memchr(start, Int32(byte), bytes.count) else {
                return range.upperBound
            }
            return range.lowerBound + (UnsafeRawPointer(found) - start)
        }
    }
}
