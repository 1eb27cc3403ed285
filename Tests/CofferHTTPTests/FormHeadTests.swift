import CofferHTTP
import Testing

struct FormHeadTests {
    @Test(arguments: [
        ("multipart/form-data; boundary=x", "x"), ("multipart/form-data;boundary=x", "x"),
        ("Multipart/Form-Data; BOUNDARY=x", "x"), ("multipart/form-data; boundary=\"x\"", "x"),
        ("multipart/form-data; boundary=\"a b:?='()+_,-./\"", "a b:?='()+_,-./"),
        ("multipart/form-data; boundary=a=b/c:d", "a=b/c:d"),
        ("multipart/form-data; charset=utf-8; boundary=x", "x"),
        ("multipart/form-data; boundary=x; charset=\"utf-8\"", "x"), ("multipart/form-data ; boundary = x ;", "x"),
        ("multipart/form-data; boundary=\(String(repeating: "b", count: 70))", String(repeating: "b", count: 70)),
    ])
    func `A boundary is read from the content type`(contentType: String, boundary: String) throws {
        var decoder = try Form.decoder(contentType)
        let body = Array("--\(boundary)\r\nContent-Disposition: form-data; name=file\r\n\r\nA\r\n--\(boundary)--".utf8)
        var record = FormRecord()
        try decoder.decode(body.span, into: &record)
        try decoder.finish()
        #expect(record.content == [65])
    }

    @Test(arguments: [
        "", "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"\"",
        "multipart/mixed; boundary=x", "application/x-www-form-urlencoded", "multipart/form-data; boundary=\"x",
        "multipart/form-data; boundary=\"x \"", "multipart/form-data; boundary=\"x\ry\"",
        "multipart/form-data; boundary=ü", "multipart/form-data; boundary=x; boundary=y",
        "multipart/form-data, boundary=x", "multipart/form-data; boundary=\(String(repeating: "b", count: 71))",
    ])
    func `Another content type, or one without a boundary, has no decoder`(contentType: String) {
        let isDecoded = FormDecoder(contentType: contentType) != nil
        #expect(!isDecoded)
    }

    @Test(
        arguments: [
            (#"name="a""#, "a", nil), ("name=a", "a", nil), (#"name="a b;c=d""#, "a b;c=d", nil),
            (#"name="a"; filename="b.txt""#, "a", "b.txt"), (#"filename="b.txt"; name="a""#, "a", "b.txt"),
            (#"NAME="a"; FileName=b.txt"#, "a", "b.txt"), (#"name="a";filename="""#, "a", ""),
            (#"name="a"; filename="C:\dir\b.txt""#, "a", #"C:\dir\b.txt"#),
            (#"name="a"; filename="say \"b\".txt""#, "a", #"say "b".txt"#),
            (#"name="a"; filename="back\\slash""#, "a", #"back\slash"#),
            (#"name="a"; filename="%22ü%0D.txt""#, "a", "%22ü%0D.txt"),
            (#"name="a"; filename="x"; filename*=UTF-8''y"#, "a", "x"), (#"name="a";"#, "a", nil),
        ] as [(String, String, String?)])
    func `A part's name and filename are read`(parameters: String, name: String, filename: String?) throws {
        let head = "Content-Disposition: form-data; \(parameters)"
        let record = try Form.decode(Form.body(Form.part(head, []), Form.file([])))
        #expect(record.parts == [FormPart(name: name, filename: filename)])
    }
}
