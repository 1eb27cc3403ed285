#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An object's header fields as stored: one line each, with a name in lower case, a colon and the value.
package struct FieldLines: Sendable {
    private let bytes: ArraySlice<UInt8>

    package init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    /// Calls a closure with every field, in order.
    ///
    /// - Parameter prefix: only fields whose line begins with it are passed.
    package func forEach(
        startingWith prefix: StaticString = "", _ body: (_ name: Span<UInt8>, _ value: Span<UInt8>) -> Void
    ) {
        let lines = bytes.span
        var start = 0
        while start < lines.count {
            let end = lines.firstIndex(of: UInt8(ascii: "\n"), in: start..<lines.count)
            if start < end, lines.extracting(start..<end).hasPrefix(prefix) {
                let colon = lines.firstIndex(of: UInt8(ascii: ":"), in: start..<end)
                body(lines.extracting(start..<colon), lines.extracting(min(colon + 1, end)..<end))
            }
            start = end + 1
        }
    }
}

extension String {
    package init(copying bytes: Span<UInt8>) {
        self = bytes.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }
}

extension Span<UInt8> {
    package func equals(_ text: StaticString) -> Bool { count == text.utf8CodeUnitCount && hasPrefix(text) }

    package func hasPrefix(_ text: StaticString) -> Bool {
        guard count >= text.utf8CodeUnitCount else { return false }
        return withUnsafeBytes { bytes in
            bytes.baseAddress.map { memcmp($0, text.utf8Start, text.utf8CodeUnitCount) == 0 } ?? true
        }
    }

    /// Returns the position of a byte; the end of the range if it is not there. C's function looks at many bytes at a
    /// time.
    fileprivate func firstIndex(of byte: UInt8, in range: Range<Int>) -> Int {
        extracting(range).withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress, let found = memchr(start, Int32(byte), bytes.count) else {
                return range.upperBound
            }
            return range.lowerBound + (UnsafeRawPointer(found) - start)
        }
    }
}
