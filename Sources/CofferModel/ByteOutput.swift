/// Bytes that are written one after another, several runs at a time.
///
/// An array's `append` costs a hundred instructions a call, and most of what an XML document consists of are runs of ten
/// bytes. Here one call makes room for several runs, and each of them is a copy.
@usableFromInline
package struct ByteOutput: Sendable {
    private(set) var bytes: [UInt8] = []

    /// Makes room for bytes that will be written, so that what is there already need not be copied.
    mutating func reserve(_ additional: Int) { bytes.reserveCapacity(bytes.count + additional) }

    /// Writes at most `room` bytes.
    @inline(__always)
    mutating func write(room: Int, _ body: (inout Cursor) -> Void) {
        bytes.append(addingCapacity: room) { span in
            span.withUnsafeMutableBufferPointer { memory, count in
                guard let base = memory.baseAddress else { return }
                var cursor = Cursor(next: base + count, end: base + memory.count)
                body(&cursor)
                count = cursor.next - base
            }
        }
    }

    /// Where the next byte goes. It is valid only within ``ByteOutput/write(room:_:)``.
    ///
    /// Other modules' calls are inlined, which of a `package` type needs `@usableFromInline`: of a text that is a
    /// constant, only a few stores remain.
    @usableFromInline
    package struct Cursor {
        @usableFromInline var next: UnsafeMutablePointer<UInt8>
        @usableFromInline let end: UnsafeMutablePointer<UInt8>

        @inlinable
        @inline(__always)
        package func check(_ count: Int) {
            precondition(end - next >= count, "more is written than there is room for")
        }

        @inlinable
        @inline(__always)
        package mutating func put(_ byte: UInt8) {
            check(1)
            next.initialize(to: byte)
            next += 1
        }

        @inlinable
        @inline(__always)
        package mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) {
            guard let start = bytes.baseAddress else { return }
            check(bytes.count)
            next.initialize(from: start, count: bytes.count)
            next += bytes.count
        }

        /// Writes a tag of XML: `<` or `</`, a name, and `>`.
        @inlinable
        @inline(__always)
        package mutating func putTag(_ opening: StaticString, _ name: StaticString) {
            let (prefix, count) = (opening.utf8CodeUnitCount, name.utf8CodeUnitCount)
            check(prefix + count + 1)
            for index in 0..<prefix { (next + index).initialize(to: opening.utf8Start[index]) }
            (next + prefix).initialize(from: name.utf8Start, count: count)
            (next + prefix + count).initialize(to: UInt8(ascii: ">"))
            next += prefix + count + 1
        }

        @inlinable
        @inline(__always)
        package mutating func put(_ text: StaticString) {
            check(text.utf8CodeUnitCount)
            next.initialize(from: text.utf8Start, count: text.utf8CodeUnitCount)
            next += text.utf8CodeUnitCount
        }
    }
}
