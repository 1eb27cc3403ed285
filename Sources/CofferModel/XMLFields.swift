/// The fields of an element that has many siblings, such as a key in a listing: simple elements, which are written into
/// room that ``XMLWriter/row(_:room:_:)`` has made for all of them.
package struct XMLFields {
    private(set) var cursor: ByteOutput.Cursor

    init(_ cursor: ByteOutput.Cursor) { self.cursor = cursor }

    /// Writes an element with fields.
    package mutating func element(_ name: StaticString, _ content: (inout XMLFields) -> Void) {
        open(name)
        content(&self)
        close(name)
    }

    /// Writes an element with text.
    package mutating func element(_ name: StaticString, _ text: String) {
        open(name)
        text.withBytes { put($0) }
        close(name)
    }

    /// Writes whole elements, as they are.
    package mutating func raw(_ xml: StaticString) { cursor.put(xml) }

    /// Writes an element with text in UTF-8.
    package mutating func element(_ name: StaticString, _ text: ArraySlice<UInt8>) {
        open(name)
        text.withUnsafeBufferPointer { put($0) }
        close(name)
    }

    /// Writes an element with text in UTF-8 between quotation marks, as S3 writes ETags.
    package mutating func element(_ name: StaticString, quoted text: ArraySlice<UInt8>) {
        open(name)
        cursor.put("&quot;")
        text.withUnsafeBufferPointer { put($0) }
        cursor.put("&quot;")
        close(name)
    }

    /// Writes an element with a time, to the second, as S3 formats it: `2026-11-23T21:56:00.000Z`.
    package mutating func element(_ name: StaticString, _ time: Timestamp) {
        open(name)
        time.iso8601Seconds.withBytes { cursor.put($0) }
        close(name)
    }

    /// Does the same for one of many times.
    package mutating func element(_ name: StaticString, _ time: Timestamp, _ dates: inout DatesOfADay) {
        open(name)
        dates.setTime(time)
        dates.text.withBytes { cursor.put($0) }
        close(name)
    }

    /// Writes an element with a number in decimal.
    package mutating func element(_ name: StaticString, _ number: Int64) {
        open(name)
        if number < 0 { cursor.put(UInt8(ascii: "-")) }
        put(number.magnitude)
        close(name)
    }

    private mutating func put(_ number: UInt64) {
        if number >= 10 { put(number / 10) }
        cursor.put(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10))
    }

    @inline(__always)
    private mutating func put(_ text: UnsafeBufferPointer<UInt8>) {
        if text.hasNothingToEscape { cursor.put(text) } else { cursor.escape(text) }
    }

    @inline(__always)
    private mutating func open(_ name: StaticString) {
        cursor.putTag("<", name)
    }

    @inline(__always)
    private mutating func close(_ name: StaticString) {
        cursor.putTag("</", name)
    }
}
