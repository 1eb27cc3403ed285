import CofferHTTP

/// What a decoder told, as texts and bytes.
struct FormRecord: FormReceiver, Equatable {
    var fields: [String] = []
    var parts: [FormPart] = []
    var file: FormPart?
    var content: [UInt8] = []
    var pieceCount = 0

    mutating func receive(_ field: FormPart, value: String) {
        fields.append("\(field.name)=\(value)")
        parts.append(field)
    }

    mutating func begin(file: FormPart) { self.file = file }

    mutating func receive(_ bytes: Span<UInt8>) {
        pieceCount += 1
        bytes.withUnsafeBufferPointer { content.append(contentsOf: $0) }
    }

    static func == (left: FormRecord, right: FormRecord) -> Bool {
        left.fields == right.fields && left.parts == right.parts && left.file == right.file
            && left.content == right.content
    }
}

enum Form {
    static let boundary = "----WebKitFormBoundaryx7"

    static func part(_ head: String, _ content: [UInt8]) -> [UInt8] {
        Array("\r\n--\(boundary)\r\n\(head)\r\n\r\n".utf8) + content
    }

    static func field(_ name: String, _ value: String) -> [UInt8] {
        part("Content-Disposition: form-data; name=\"\(name)\"", Array(value.utf8))
    }

    static func file(_ content: [UInt8]) -> [UInt8] {
        part(
            "Content-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\nContent-Type: image/png", content)
    }

    /// The parts with the last delimiter, and without the first line break.
    static func body(_ parts: [UInt8]...) -> [UInt8] {
        Array((parts.flatMap { $0 } + "\r\n--\(boundary)--\r\n".utf8).dropFirst(2))
    }

    /// A decoder, whose absence fails the test: `#require` takes no type that cannot be copied.
    static func decoder(_ contentType: String, limits: FormLimits = FormLimits()) throws(FormError) -> FormDecoder {
        guard let decoder = FormDecoder(contentType: contentType, limits: limits) else { throw .malformed }
        return decoder
    }

    static func decode(
        _ body: [UInt8], boundary: String = boundary, pieceLength: Int = 1 << 20, limits: FormLimits = FormLimits()
    ) throws(FormError) -> FormRecord {
        var record = FormRecord()
        var decoder = try decoder("multipart/form-data; boundary=\(boundary)", limits: limits)
        var start = 0
        while start < body.count {
            let end = min(start + pieceLength, body.count)
            try decoder.decode(body.span.extracting(start..<end), into: &record)
            start = end
        }
        try decoder.finish()
        return record
    }
}
