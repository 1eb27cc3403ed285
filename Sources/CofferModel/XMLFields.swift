/// The fields of an element that has many siblings, such as a key in a listing: simple elements, which are written into
/// room that ``XMLWriter/row(_:room:_:)`` has made for all of them.
///
/// Their names are constants where they are written, and inlined there.
@usableFromInline
package struct XMLFields {
    @usableFromInline var cursor: ByteOutput.Cursor

    init(_ cursor: ByteOutput.Cursor) { self.cursor = cursor }

    /// Writes an element with fields.
    @inlinable
    @inline(__always)
    package mutating func element(_ name: StaticString, _ content: (inout XMLFields) -> Void) {
        open(name)
        content(&self)
        close(name)
    }

    /// Writes an element with text.
    @inlinable
    @inline(__always)
    package mutating func element(_ name: StaticString, _ text: String) {
        element(name, text.utf8Span.span)
    }

    /// Writes whole elements, as they are.
    @inlinable
    @inline(__always)
    package mutating func raw(_ xml: StaticString) { cursor.put(xml) }

    /// Writes an element with text in UTF-8.
    @inlinable
    @inline(__always)
    package mutating func element(_ name: StaticString, _ text: Span<UInt8>) {
        open(name)
        put(text)
        close(name)
    }

    /// Writes an element with text in UTF-8 between quotation marks, as S3 writes ETags.
    @inlinable
    @inline(__always)
    package mutating func element(_ name: StaticString, quoted text: Span<UInt8>) {
        open(name)
        cursor.put("&quot;")
        put(text)
        cursor.put("&quot;")
        close(name)
    }

    /// Writes an element with a time, to the second, as S3 formats it: `2026-11-23T21:56:00.000Z`.
    @inlinable
    @inline(__always)
    package mutating func element(_ name: StaticString, _ time: Timestamp) {
        open(name)
        put(time)
        close(name)
    }

    /// Does the same for one of many times.
    @inlinable
    @inline(__always)
    package mutating func element(_ name: StaticString, _ time: Timestamp, _ dates: inout DatesOfADay) {
        open(name)
        put(time, &dates)
        close(name)
    }

    /// Writes an element with a number in decimal.
    @inlinable
    @inline(__always)
    package mutating func element(_ name: StaticString, _ number: Int64) {
        open(name)
        if number < 0 { cursor.put(UInt8(ascii: "-")) }
        put(number.magnitude)
        close(name)
    }

    @usableFromInline
    mutating func put(_ number: UInt64) {
        if number >= 10 { put(number / 10) }
        cursor.put(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10))
    }

    @usableFromInline
    mutating func put(_ time: Timestamp) { time.iso8601Seconds.withBytes { cursor.put($0) } }

    @usableFromInline
    mutating func put(_ time: Timestamp, _ dates: inout DatesOfADay) {
        dates.setTime(time)
        dates.text.withBytes { cursor.put($0) }
    }

    @usableFromInline
    mutating func put(_ text: Span<UInt8>) {
        text.withUnsafeBufferPointer { text in
            if text.hasNothingToEscape { cursor.put(text) } else { cursor.escape(text) }
        }
    }

    @inlinable
    @inline(__always)
    mutating func open(_ name: StaticString) {
        cursor.putTag("<", name)
    }

    @inlinable
    @inline(__always)
    mutating func close(_ name: StaticString) {
        cursor.putTag("</", name)
    }
}
