private import Glibc

/// Text from requests, read byte by byte: Swift's own string functions work with whole characters, which takes ten to a
/// hundred times as long.
extension String {
    /// The text in lower case if it is ASCII; only ASCII letters change.
    package var lowercasedASCII: String {
        let bytes = utf8Span.span
        guard bytes.hasUpperCase else { return self }
        return String(unsafeUninitializedCapacity: bytes.count) { buffer in
            for index in 0..<bytes.count {
                let byte = bytes[index]
                buffer[index] = (65...90).contains(byte) ? byte | 32 : byte
            }
            return bytes.count
        }
    }

    package func hasASCIIPrefix(_ prefix: StaticString) -> Bool {
        guard utf8.count >= prefix.utf8CodeUnitCount else { return false }
        let bytes = utf8Span.span
        return bytes.starts(with: prefix, in: 0..<bytes.count)
    }
}

extension Span<UInt8> {
    /// Returns a range of UTF-8 as text.
    package func text(_ range: Range<Int>) -> String {
        withUnsafeBufferPointer { String(decoding: UnsafeBufferPointer(rebasing: $0[range]), as: UTF8.self) }
    }

    /// Returns the position of the first such byte in a range; nil if there is none.
    package func first(_ byte: UInt8, in range: Range<Int>) -> Int? {
        let part = extracting(range)
        return part.withUnsafeBytes { part in
            guard let start = part.baseAddress, let found = memchr(start, Int32(byte), part.count) else { return nil }
            return range.lowerBound + (UnsafeRawPointer(found) - start)
        }
    }

    /// Whether there is an ASCII letter in upper case.
    fileprivate var hasUpperCase: Bool {
        withUnsafeBufferPointer { bytes in
            // Without a branch, the loop is compiled to vector instructions.
            var found: UInt8 = 0
            for byte in bytes { found |= byte &- 65 < 26 ? 1 : 0 }
            return found != 0
        }
    }

    /// Returns the position of the last such byte in a range; nil if there is none.
    package func last(_ byte: UInt8, in range: Range<Int>) -> Int? {
        for index in range.reversed() where self[index] == byte { return index }
        return nil
    }

    /// Whether a range begins with ASCII text.
    package func starts(with prefix: StaticString, in range: Range<Int>) -> Bool {
        guard range.count >= prefix.utf8CodeUnitCount else { return false }
        return prefix.withUTF8Buffer { prefix in
            for index in 0..<prefix.count where self[range.lowerBound + index] != prefix[index] { return false }
            return true
        }
    }
}
