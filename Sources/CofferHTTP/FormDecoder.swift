/// Parses a multipart/form-data body that uploads one file (RFC 7578, RFC 2046 section 5.1).
///
/// A state machine without I/O: feed it pieces of any size in order, then call ``finish()``. The part named `file` is
/// the file, whether it has a filename or not; every other part is a field, even if it has one. Anything after the file
/// is read only for its framing.
package struct FormDecoder: ~Copyable {
    private let limits: FormLimits
    /// `\r\n--` and the boundary: it has a carriage return at its beginning and nowhere else.
    private let delimiter: [UInt8]
    /// How far to advance for each byte found at the position of the delimiter's last byte (Horspool's search).
    private let skips: [UInt8]
    private var state = State.content
    private var part = Part.ignored
    /// The number of delimiter bytes that the last piece ended with. Starts at 2, because a body may begin with the
    /// delimiter without its line break.
    private var matched = 2
    private var head: [UInt8] = []
    private var value: [UInt8] = []
    private var isFileSeen = false
    /// The number of bytes that are not part of the file.
    private var byteCount = 0

    private enum State {
        /// In a part's content, or before the first part.
        case content
        /// After a delimiter, before the end of its line; carries the previous byte, initially 0.
        case delimiterEnd(after: UInt8)
        case head
        /// After the last delimiter.
        case epilogue
    }

    private enum Part {
        case ignored
        case field(FormPart)
        case file
    }

    /// - Parameter contentType: the value of `Content-Type`; the result is nil if it is not multipart/form-data with a
    ///   boundary.
    package init?(contentType: String, limits: FormLimits = FormLimits()) {
        guard let field = ParameterizedField(contentType), field.value == "multipart/form-data",
            let boundary = field["boundary"]?.utf8, (1...70).contains(boundary.count), boundary.last != 32,
            boundary.allSatisfy({ (32...126).contains($0) })
        else { return nil }
        self.limits = limits
        delimiter = [13, 10, 45, 45] + boundary
        var skips = [UInt8](repeating: UInt8(delimiter.count), count: 256)
        for (index, byte) in delimiter.dropLast().enumerated() {
            skips[Int(byte)] = UInt8(delimiter.count - 1 - index)
        }
        self.skips = skips
    }

    /// Decodes a piece of the body and passes its contents to the receiver. The file is not complete before
    /// ``finish()`` returns.
    ///
    /// - Throws: what is wrong with the body; the decoder cannot continue after that.
    package mutating func decode(_ bytes: Span<UInt8>, into receiver: inout some FormReceiver) throws(FormError) {
        var index = 0
        while index < bytes.count {
            switch state {
            case .content:
                index = try takeContent(bytes, from: index, into: &receiver)
            case .delimiterEnd(let previous):
                try count(1)
                state = try Self.behindDelimiter(previous, bytes[index])
                index += 1
            case .head:
                try takeHeadByte(bytes[index], into: &receiver)
                index += 1
            case .epilogue:
                try count(bytes.count - index)
                index = bytes.count
            }
        }
    }

    /// Ends the body.
    ///
    /// - Throws: `malformed` if the last delimiter is missing, `fileCount` if there was no file.
    package consuming func finish() throws(FormError) {
        guard case .epilogue = state else { throw .malformed }
        guard isFileSeen else { throw .fileCount(0) }
    }

    private mutating func count(_ bytes: Int) throws(FormError) {
        byteCount += bytes
        guard byteCount <= limits.byteCount else { throw .tooLarge(.form) }
    }

    // MARK: Content

    /// Consumes content up to the next delimiter, and the delimiter.
    ///
    /// - Returns: the index after the consumed bytes.
    private mutating func takeContent(
        _ bytes: Span<UInt8>, from start: Int, into receiver: inout some FormReceiver
    ) throws(FormError) -> Int {
        if matched > 0 {
            let count = matchLength(bytes, at: start, from: matched)
            if matched + count == delimiter.count {
                try endPart(into: &receiver)
                return start + count
            }
            guard start + count < bytes.count else {
                matched += count
                return bytes.count
            }
            // It was content after all. None of its bytes except the first could have begun another delimiter.
            let (held, delimiter) = (matched, delimiter)
            matched = 0
            try pass(delimiter.span.extracting(0..<held), to: &receiver)
        }
        if let index = indexOfDelimiter(in: bytes, from: start) {
            try pass(bytes.extracting(start..<index), to: &receiver)
            try endPart(into: &receiver)
            return index + delimiter.count
        }
        let end = indexOfPartialDelimiter(in: bytes, from: start)
        matched = bytes.count - end
        try pass(bytes.extracting(start..<end), to: &receiver)
        return bytes.count
    }

    private mutating func pass(_ content: Span<UInt8>, to receiver: inout some FormReceiver) throws(FormError) {
        guard content.count > 0 else { return }
        switch part {
        case .ignored:
            try count(content.count)
        case .field:
            try count(content.count)
            for index in content.indices { value.append(content[index]) }
        case .file:
            receiver.receive(content)
        }
    }

    /// Ends the current part at a complete delimiter.
    private mutating func endPart(into receiver: inout some FormReceiver) throws(FormError) {
        try count(delimiter.count)
        if case .field(let part) = part {
            guard let text = String(validating: value, as: UTF8.self) else { throw .malformed }
            receiver.receive(part, value: text)
            value.removeAll(keepingCapacity: true)
        }
        matched = 0
        part = .ignored
        state = .delimiterEnd(after: 0)
    }

    // MARK: The search

    private func indexOfDelimiter(in bytes: Span<UInt8>, from start: Int) -> Int? {
        let last = delimiter.count - 1
        let lastByte = delimiter[last]
        var index = start
        while index + last < bytes.count {
            let byte = bytes[index + last]
            if byte == lastByte, matchLength(bytes, at: index, from: 0) == delimiter.count { return index }
            index += Int(skips[Int(byte)])
        }
        return nil
    }

    /// Returns the start of a delimiter that the end of the piece cuts off; the piece's end if there is none.
    private func indexOfPartialDelimiter(in bytes: Span<UInt8>, from start: Int) -> Int {
        for index in (max(start, bytes.count - delimiter.count + 1)..<bytes.count).reversed()
        where bytes[index] == 13 {
            return index + matchLength(bytes, at: index, from: 0) == bytes.count ? index : bytes.count
        }
        return bytes.count
    }

    /// Returns how many bytes from an index match the delimiter from an offset.
    private func matchLength(_ bytes: Span<UInt8>, at index: Int, from offset: Int) -> Int {
        let limit = min(bytes.count - index, delimiter.count - offset)
        var count = 0
        while count < limit, bytes[index + count] == delimiter[offset + count] { count += 1 }
        return count
    }

    // MARK: Framing

    /// Returns the state after a byte behind a delimiter: the line ends at once or after white space; two hyphens mark
    /// the last delimiter.
    private static func behindDelimiter(_ previous: UInt8, _ byte: UInt8) throws(FormError) -> State {
        switch (previous, byte) {
        case (0, 45): .delimiterEnd(after: 45)
        case (45, 45): .epilogue
        case (0, 32), (0, 9), (32, 32), (32, 9): .delimiterEnd(after: 32)
        case (0, 13), (32, 13): .delimiterEnd(after: 13)
        case (13, 10): .head
        default: throw .malformed
        }
    }

    private mutating func takeHeadByte(_ byte: UInt8, into receiver: inout some FormReceiver) throws(FormError) {
        try count(1)
        guard head.count < limits.headByteCount else { throw .tooLarge(.partHead) }
        head.append(byte)
        guard byte == 10, head.count == 2 || head.suffix(4) == [13, 10, 13, 10] else { return }
        guard let part = FormPart(head: head.dropLast(2)) else { throw .malformed }
        head.removeAll(keepingCapacity: true)
        try begin(part, into: &receiver)
    }

    private mutating func begin(_ part: FormPart, into receiver: inout some FormReceiver) throws(FormError) {
        state = .content
        let isFile = part.name.lowercased().utf8.elementsEqual("file".utf8)
        guard !isFileSeen else {
            guard !isFile else { throw .fileCount(2) }
            return
        }
        self.part = isFile ? .file : .field(part)
        if isFile {
            isFileSeen = true
            receiver.begin(file: part)
        }
    }
}
