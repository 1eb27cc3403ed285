import CofferHTTP
import Testing

struct FormDecoderTests {
    /// Content in which every beginning of the delimiter stands, once before something else and once before itself.
    private static let nearDelimiters: [UInt8] = {
        let delimiter = Array("\r\n--\(Form.boundary)".utf8)
        var content: [UInt8] = []
        for count in 1..<delimiter.count {
            content += delimiter[..<count] + [0xFF] + delimiter[..<count] + delimiter[..<(count - 1)] + [0]
        }
        return content + Array("\r\r\n\r\n--\r\n----\r".utf8)
    }()

    private static let form = Form.body(
        Form.field("key", "user/${filename}"), Form.field("x-amz-meta-ü", "wert\r\n--ü"), Form.field("empty", ""),
        Form.file(nearDelimiters), Form.field("submit", "Upload"))

    @Test func `A form is its fields and its file; what follows the file is passed over`() throws {
        let record = try Form.decode(Self.form)
        #expect(record.fields == ["key=user/${filename}", "x-amz-meta-ü=wert\r\n--ü", "empty="])
        #expect(record.file == FormPart(name: "file", filename: "a.bin", contentType: "image/png"))
        #expect(record.content == Self.nearDelimiters)
    }

    @Test func `Pieces of every size tell the same`() throws {
        let whole = try Form.decode(Self.form)
        for pieceLength in 1...Self.form.count {
            #expect(try Form.decode(Self.form, pieceLength: pieceLength) == whole, "pieces of \(pieceLength)")
        }
    }

    @Test func `A form split in two at any place tells the same`() throws {
        let whole = try Form.decode(Self.form)
        for split in Self.form.indices {
            var record = FormRecord()
            var decoder = try Form.decoder("multipart/form-data; boundary=\(Form.boundary)")
            try decoder.decode(Self.form.span.extracting(0..<split), into: &record)
            try decoder.decode(Self.form.span.extracting(split..<Self.form.count), into: &record)
            try decoder.finish()
            #expect(record == whole, "split at \(split)")
        }
    }

    @Test func `The file's bytes are passed on in the pieces they come in`() throws {
        let content = [UInt8](repeating: 13, count: 100_000)
        #expect(try Form.decode(Form.body(Form.file(content))).pieceCount == 1)
        let record = try Form.decode(Form.body(Form.file(content)), pieceLength: 1000)
        #expect(record.content == content)
        #expect(record.pieceCount <= 2 * 101)
    }

    @Test(arguments: ["", "\r\n", "\r", "-", "--", "\r\n--", "x\r\n", "\r\n\r\n"])
    func `A file of a few bytes is whole`(content: String) throws {
        for pieceLength in [1, 2, 1000] {
            let body = Form.body(Form.field("key", content), Form.file(Array(content.utf8)))
            let record = try Form.decode(body, pieceLength: pieceLength)
            #expect(record.content == Array(content.utf8))
            #expect(record.fields == ["key=\(content)"])
        }
    }

    @Test(arguments: ["preamble", "\r\n", "\r\n\r\n", "--", "\r", "\n", "-----"])
    func `A preamble and an epilogue are passed over`(text: String) throws {
        let body = Array("\(text)\r\n".utf8) + Form.body(Form.field("a", "1"), Form.file([1])) + Array(text.utf8)
        for pieceLength in [1, 1000] {
            let record = try Form.decode(body, pieceLength: pieceLength)
            #expect(record.fields == ["a=1"] && record.content == [1])
        }
    }

    @Test func `The last delimiter needs no line break, and delimiters may be followed by white space`() throws {
        let body = "--x \t \r\nContent-Disposition: form-data; name=file\r\n\r\nA\r\n--x--"
        #expect(try Form.decode(Array(body.utf8), boundary: "x").content == [65])
    }

    @Test(arguments: ["file", "File", "FILE"])
    func `The part named file is the file, in any case and without a filename`(name: String) throws {
        let record = try Form.decode(Form.body(Form.field("key", "k"), Form.field(name, "text")))
        #expect(record.file == FormPart(name: name))
        #expect(record.content == Array("text".utf8))
    }

    /// Python's requests sends fields so that are given to it as files.
    @Test func `A field may carry a filename and a type`() throws {
        let head = "Content-Disposition: form-data; name=\"key\"; filename=\"key\"\r\ncontent-type:  text/plain \t"
        let record = try Form.decode(Form.body(Form.part(head, [65]), Form.file([])))
        #expect(record.fields == ["key=A"])
        #expect(record.parts == [FormPart(name: "key", filename: "key", contentType: "text/plain")])
    }

    // MARK: What is refused

    private static let file = "--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n"

    @Test(arguments: [
        "", "x", "--x", "--x--", "--x\r\n", file, "\(file)A", "\(file)A\r\n--x", "\(file)A\r\n--x-", "\(file)A--x--",
        "\(file)A\n--x--", "\(file)A\r--x--", "\(file)A\r\n--y--", "\(file)A\r\n--x\r\n", "\(file)A\r\n--xy--",
        "\(file)A\r\n--x -- ", "\(file)A\r\n--x\n\n--x--", "\(file)A\r\n--x\r\r\n--x--",
        "\(file)A\r\n--x\r\n\r\nB\r\n--x--",
        "\(file)A\r\n--x\r\nX: y\r\n\r\nB\r\n--x--",
    ])
    func `Framing that is broken is malformed`(body: String) {
        for pieceLength in [1, 1000] {
            let error = #expect(throws: FormError.self) {
                try Form.decode(Array(body.utf8), boundary: "x", pieceLength: pieceLength)
            }
            #expect(error == (body == "--x--" ? .fileCount(0) : .malformed))
        }
    }

    @Test(arguments: [
        "", "Content-Type: text/plain", "Content-Disposition: form-data", "Content-Disposition: form-data; name=",
        "Content-Disposition: form-data; name=\"\"", "Content-Disposition: form-data; filename=\"a\"",
        "Content-Disposition: attachment; name=\"a\"", "Content-Disposition: form-data; name=\"a",
        "Content-Disposition: form-data; name=\"a\" b", "Content-Disposition: form-data; name=\"a\"; name=\"b\"",
        "Content-Disposition: form-data; =a; name=\"a\"", "Content-Disposition: form-data; x; name=\"a\"",
        "Content-Disposition form-data; name=\"a\"", ": form-data; name=\"a\"",
        "Content-Disposition : form-data; name=\"a\"", " Content-Disposition: form-data; name=\"a\"",
        "Content-Disposition: form-data;\r\n name=\"a\"", "Content-Disposition: form-data; name=\"a\"\nX: y",
        "Content-Disposition: form-data; name=\"a\rb\"", "Content-Disposition: form-data; name=\"a\0\"",
        "Content-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"b\"",
    ])
    func `A head that names no part is malformed`(head: String) {
        expect(.malformed, Form.body(Form.part(head, [65]), Form.file([])))
    }

    @Test func `Text that is not UTF-8 is malformed`() {
        expect(.malformed, Form.body(Form.field("a", "") + [0xC3], Form.file([])))
        let head = Array("\r\n--\(Form.boundary)\r\nContent-Disposition: form-data; name=\"".utf8)
        expect(.malformed, Form.body(head + [0xFF] + Array("\"\r\n\r\n".utf8), Form.file([])))
    }

    @Test func `A form has one file`() {
        expect(.fileCount(0), Form.body(Form.field("key", "k")))
        expect(.fileCount(2), Form.body(Form.file([1]), Form.file([2])))
    }

    // MARK: Limits

    @Test func `Everything but the file counts against the form's limit`() throws {
        var limits = FormLimits()
        let file = [UInt8](repeating: 1, count: 100_000)
        let body = Form.body(Form.field("a", "1234"), Form.file(file), Form.field("b", "1"))
        // The line break that the first delimiter lacks is counted; the one behind the last is of the epilogue.
        limits.byteCount = body.count - file.count + 2
        for pieceLength in [1, 7, 1 << 20] {
            #expect(try Form.decode(body, pieceLength: pieceLength, limits: limits).content == file)
            limits.byteCount -= 1
            expect(.tooLarge(.form), body, pieceLength: pieceLength, limits: limits)
            limits.byteCount += 1
        }
    }

    @Test(arguments: [1, 1000, 1 << 20])
    func `No more than 20 KiB go before the file`(pieceLength: Int) {
        let long = String(repeating: "v", count: 20 << 10)
        expect(.tooLarge(.form), Form.body(Form.field("a", long), Form.file([])), pieceLength: pieceLength)
        expect(.tooLarge(.form), Form.body(Form.file([]), Form.field("a", long)), pieceLength: pieceLength)
        expect(.tooLarge(.form), Array("\(long)x\r\n".utf8) + Form.body(Form.file([])), pieceLength: pieceLength)
        expect(.tooLarge(.form), Form.body(Form.file([])) + Array("\(long)x".utf8), pieceLength: pieceLength)
        let many = (0..<500).flatMap { Form.field("\($0)", "") }
        expect(.tooLarge(.form), Form.body(many, Form.file([])), pieceLength: pieceLength)
    }

    @Test(arguments: [1, 1000, 1 << 20])
    func `A head has at most 8 KiB`(pieceLength: Int) throws {
        let head = "Content-Disposition: form-data; name=\"a\"\r\nX: "
        func body(_ count: Int) -> [UInt8] {
            let padding = String(repeating: "x", count: count - head.utf8.count - 4)
            return Form.body(Form.part(head + padding, []), Form.file([]))
        }
        #expect(try Form.decode(body(8 << 10), pieceLength: pieceLength).fields == ["a="])
        expect(.tooLarge(.partHead), body((8 << 10) + 1), pieceLength: pieceLength)
    }

    private func expect(
        _ expected: FormError, _ body: [UInt8], pieceLength: Int = 1 << 20, limits: FormLimits = FormLimits(),
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let error = #expect(throws: FormError.self, sourceLocation: sourceLocation) {
            try Form.decode(body, pieceLength: pieceLength, limits: limits)
        }
        #expect(error == expected, sourceLocation: sourceLocation)
    }
}
