import CofferAccess
import CofferCrypto
@testable import CofferHTTP
import CofferModel
import CofferSigning
import CofferStorage
import CofferSystem
import Testing

@testable import CofferIAM
@testable import CofferS3
@testable import CofferServer
@testable import CofferService

/// Heads of requests, forms, and the parts of them.
@Suite(.serialized) struct RequestWorstCases {
    private static let keys = Credentials(accessKeyID: "AKIAWORST", secretAccessKey: "a secret of the tests")
    private static let room = RequestLimits.headerByteCount - 700
    /// What one diagnosis of a wrong signature may cost, verifying it included, in milliseconds.
    private static let diagnosis = 3.0

    // MARK: Parts of a head

    @Test func `Texts of headers and queries`() {
        let texts: [(String, String)] = [
            ("letters", "a"), ("commas", ","), ("equals", "="), ("slashes", "/"), ("percents", "%41"), ("quotes", "\""),
            ("ands", "a&"), ("spaces", " "), ("tabs", "\t"), ("colons", ":"), ("digits", "9"), ("stars", "*,"),
            ("marks", "a" + fill(1020, marks)),
        ]
        for (name, text) in texts {
            let value = fill(16 << 10, text)
            WorstCase.check("header values of \(name)") {
                _ = Timestamp(parsing: value)
                _ = ByteRange(value)
                _ = ByteRange("bytes=" + value)
                _ = ETagCondition(value)
                _ = try? Tag.parse(header: value)
                _ = try? Query(value)
                _ = try? GrantHeader.grants(among: nil) { _ in value }
                _ = PercentEncoding.decode(value)
                _ = try? BucketName(value)
                _ = try? VersionID(value)
                _ = Network(value)
                _ = FormDecoder(contentType: "multipart/form-data; boundary=" + value)
                _ = FormDecoder(contentType: value)
            }
        }
    }

    // MARK: Whole heads

    /// Requests as long as they may be, signed where they are.
    private static var requests: [(String, SignableRequest)] {
        let host = [(name: "host", value: "127.0.0.1")]
        func request(_ path: String = "/books/key", query: String = "", _ fields: [(name: String, value: String)] = [])
            -> SignableRequest
        {
            SignableRequest(method: "GET", path: path, query: query, headers: host + fields)
        }
        let many = (0..<100).map { (name: "x-amz-meta-\($0)", value: "v  v") }
        let parameters = (0..<1300).map { "a\($0)=1" }.joined(separator: "&")
        return [
            ("plain", request()), ("as long as is examined", request("/books/" + fill(3000, "%41"))),
            ("as many fields as are examined", request("/books/key", Array(many.prefix(90)))),
            ("as many parameters as are examined", request(query: fill(3500, "a=1&"))),
            ("a long path", request("/books/" + fill(8000, "%41"))),
            ("many parameters", request(query: parameters)), ("ands", request(query: fill(8000, "&a"))),
            ("one long parameter", request(query: "prefix=" + fill(8000, "%41"))),
            (
                "many settings",
                request(query: "Signature=A&" + (0..<600).map { "x-amz-a\($0)=1" }.joined(separator: "&"))
            ),
            ("many fields", request("/books/key", many)),
            ("one long field", request("/books/key", [("x-amz-meta-a", fill(room, "a "))])),
            ("one name many times", request("/books/key", (0..<200).map { _ in (name: "x-amz-meta-a", value: "v") })),
            ("names of marks", request(query: fill(8000, "a" + fill(1000, marks) + "&"))),
            ("marks", request("/books/" + fill(8000, marks), [("user-agent", fill(room, marks))])),
            (
                "runs of marks",
                request(
                    query: "prefix=" + fill(8000, "a" + fill(1000, marks)),
                    [
                        ("user-agent", fill(room, "a" + fill(1000, marks)))
                    ])
            ),
        ]
    }

    @Test func `Verifying, and diagnosing what does not hold`() {
        let now = ServiceClock.system.time
        let signer = V4Signer(credentials: Self.keys, region: "us-east-1")
        let wrong = V4Signer(
            credentials: Credentials(accessKeyID: Self.keys.accessKeyID, secretAccessKey: "another"),
            region: "us-east-1")
        let verifier = SignatureVerifier(
            now: { now }, diagnostics: SignatureDiagnostics(hosts: { (0..<8).map { "host\($0):9000" } }),
            secret: { $0 == Self.keys.accessKeyID ? Self.keys.secretAccessKey : nil })
        func proxied(_ request: SignableRequest) -> SignableRequest {
            var request = request
            request.headers.append(("x-forwarded-host", fill(4000, "a.example,")))
            return request
        }
        for (name, request) in Self.requests {
            let signed = signer.sign(request, payloadHash: "UNSIGNED-PAYLOAD", at: now)
            WorstCase.check("verifying, \(name)") { _ = try verifier.verify(signed) }
            let unsound = wrong.sign(request, payloadHash: "UNSIGNED-PAYLOAD", at: now)
            WorstCase.check("diagnosing, \(name)", most: Self.diagnosis) { _ = try verifier.verify(unsound) }
            let presigned = wrong.presign(request, seconds: 60, at: now)
            WorstCase.check("diagnosing a URL, \(name)", most: Self.diagnosis) { _ = try verifier.verify(presigned) }
            let forwarded = wrong.sign(proxied(request), payloadHash: "UNSIGNED-PAYLOAD", at: now)
            WorstCase.check("diagnosing what another proxy received, \(name)", most: Self.diagnosis) {
                _ = try verifier.verify(forwarded)
            }
            var second = request
            second.headers.append(("date", now.httpDate))
            second.headers.append(("authorization", "AWS \(Self.keys.accessKeyID):AAAA"))
            WorstCase.check("diagnosing Version 2, \(name)", most: Self.diagnosis) { _ = try verifier.verify(second) }
            second.headers[second.headers.count - 1].value = "AWS unknown:AAAA"
            WorstCase.check("an unknown key, \(name)") { _ = try verifier.verify(second) }
        }
    }

    @Test func `A request from its head to its refusal`() async throws {
        let store = try await ObjectStore(path: nil, durability: .relaxed, onFault: { _ in })
        let identities = try await Identities([], store: store, clock: .system)
        var configuration = ServerConfiguration()
        configuration.log = Log(level: .none, format: .text)
        let services = Services(configuration, store: store, identities: identities)
        let handler = S3Handler(services, openConnections: { 0 })
        // On this thread, like requests on an event loop, so that their time counts.
        let executor = RequestExecutor()
        for (name, request) in Self.requests {
            for method in ["GET", "PUT", "POST", "OPTIONS"] {
                let target = request.path + (request.query.isEmpty ? "" : "?" + request.query)
                let head = HTTPRequestHead(
                    method: method, target: target, headers: HTTPHeaders(request.headers), remoteAddress: "127.0.0.1",
                    isSecure: false, isOverLimit: false)
                WorstCase.check("\(method), \(name)") {
                    executor.runInline { _ = await handler.begin(head).refusal }
                }
            }
        }
    }

    // MARK: Forms

    @Test func `Policies of forms`() throws {
        let now = ServiceClock.system.time
        let bucket = try BucketName(String("books"))
        let signer = V4Signer(credentials: Self.keys, region: "us-east-1")
        let verifier = SignatureVerifier(now: { now }, secret: { _ in Self.keys.secretAccessKey })
        let end = Timestamp(seconds: now.seconds + 60).iso8601
        let documents: [(String, String)] = [
            ("as long as is examined", #"{"expiration": "\#(end)", "conditions": [\#(fill(2900, "[\"/\",\","))[]]}"#),
            ("brackets, as many as are examined", fill(3000, "[")), ("slashes", fill(3000, "\\/")),
            ("names of the credential", fill(3000, "x-amz-credential")), ("comments", fill(12_000, "{// '\n")),
            ("brackets", fill(12_000, "[")),
            (
                "many conditions",
                #"{"expiration": "\#(end)", "conditions": [\#(fill(12_000, #"["eq","$a","b"],"#))[]]}"#
            ),
            (
                "one long condition",
                #"{"expiration": "\#(end)", "conditions": [["starts-with","$a","\#(fill(12_000, "\\n"))"]]}"#
            ),
            ("marks", #"{"expiration": "\#(end)", "conditions": [["eq","$a","\#(fill(12_000, marks))"]]}"#),
            (
                "many fields",
                #"{"expiration": "\#(end)", "conditions": ["#
                    + (0..<300).map { #"["eq","$a\#($0)",""]"# }.joined(separator: ",") + "]}"
            ),
        ]
        for (name, document) in documents {
            let fields = (0..<300).map { (name: "a\($0)", value: "") }
            let signed = fields + signer.postFields(document: Array(document.utf8), at: now)
            WorstCase.check("a form, \(name)") {
                _ = try verifier.verify(PostForm(signed, filename: nil), bucket: bucket)
            }
            let wrong = signed.map { $0.name == "x-amz-signature" ? (name: $0.name, value: fill(64, "0")) : $0 }
            WorstCase.check("a form with a wrong signature, \(name)", most: Self.diagnosis) {
                _ = try verifier.verify(PostForm(wrong, filename: nil), bucket: bucket)
            }
        }
    }

    private struct Fields: FormReceiver {
        var all: [(name: String, value: String)] = []

        mutating func receive(_ field: FormPart, value: String) { all.append((field.name, value)) }
        mutating func begin(file: FormPart) {}
        mutating func receive(_ bytes: Span<UInt8>) {}
    }

    @Test func `Forms`() {
        func part(_ name: String, _ value: String = "") -> String {
            "--b\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
        }
        func head(_ lines: String) -> String {
            "--b\r\n\(lines)Content-Disposition: form-data; name=\"a\"\r\n\r\n\r\n"
        }
        let bodies: [(String, String)] = [
            ("many fields", (0..<350).map { part("\($0)") }.joined()), ("one name", fill(20_000, part("a"))),
            ("one value", part("a", fill(19_000, "a"))), ("line ends", part("a", fill(19_000, "\r\n--"))),
            (
                "parameters",
                "--b\r\nContent-Disposition: form-data; \((0..<900).map { "a\($0)=1" }.joined(separator: ";"))"
            ),
            ("file names", (0..<9).map { part("a\($0)", fill(1100, "${filename}")) }.joined()),
            ("names of marks", fill(20_000, part(fill(7000, marks)))),
            ("one byte at a time", part("a", fill(19_000, "\r"))),
            ("a head of many lines", head(fill(7000, "a:b\r\n"))),
            ("a head of spaces", head("a:\(fill(7000, " "))\r\n")),
            ("a head of semicolons", head("Content-Type: a\(fill(7000, ";"))\r\n")),
            ("a head of marks", head("a:\(fill(7000, marks))\r\n")),
            ("a head of quoted pairs", part(fill(7000, "\\\""))), ("heads", fill(20_000, head("a:b\r\n"))),
        ]
        for (name, body) in bodies {
            let bytes = Array((body + part("file") + "--b--\r\n").utf8)
            WorstCase.check("fields, \(name), \(bytes.count) bytes") {
                guard var decoder = FormDecoder(contentType: "multipart/form-data; boundary=b") else { return }
                var fields = Fields()
                try decoder.decode(bytes.span, into: &fields)
                _ = PostForm(fields.all, filename: fill(8000, "f"))
            }
        }
    }

    @Test func `Forms of IAM of 512 KiB`() throws {
        let bodies: [(String, String)] = [
            ("ands", fill(512 << 10, "&")), ("small parameters", fill(512 << 10, "a&")),
            ("parameters", (0..<40_000).map { "a\($0)=b" }.joined(separator: "&")),
            ("structures", (0..<14_000).map { "Tags.member.\($0).Key=a" }.joined(separator: "&")),
            ("long numbers", (0..<500).map { "Tags.member.\(fill(1000, "9"))\($0).Key=a" }.joined(separator: "&")),
            ("encoded", "a=" + fill(512 << 10, "%41")), ("marks", "a=" + fill(512 << 10, "a" + fill(1020, marks))),
            ("names of marks", fill(512 << 10, "a" + fill(120, marks) + "=&")),
        ]
        for (name, body) in bodies {
            let bytes = Array(body.utf8)
            WorstCase.check("a form of IAM, \(name), \(bytes.count) bytes") {
                let parameters = try QueryParameters(Query(""), body: bytes)
                for name in ["Tags", "ContextEntries"] { _ = parameters.structures(name) }
                for name in ["ActionNames", "PolicyArns", "ResourceArns"] { _ = parameters.texts(name) }
            }
        }
    }

    // MARK: Chunks

    @Test func `aws-chunked framing`() {
        func check(_ name: String, _ body: [UInt8], hasTrailer: Bool = false) {
            WorstCase.check("chunks, \(name)", perMegabyteOf: body.count) {
                var decoder = ChunkedDecoder(signer: nil, hasTrailer: hasTrailer)
                try decoder.decode(body.span) { _ in }
                _ = try decoder.finish()
            }
        }
        check("of no byte and many line ends", Array(fill(1 << 20, "\r\n").utf8))
        check("a trailer", Array(("0\r\n" + fill(4000, "a:b\n")).utf8), hasTrailer: true)
        check("a trailer of colons", Array(("0\r\n" + fill(4000, ":")).utf8), hasTrailer: true)
        check("of one byte", Array((fill(1 << 20, "1\r\na\r\n") + "0\r\n\r\n").utf8))
        check("with extensions", Array((fill(1 << 20, "1;\(fill(4000, "a=b;"))\r\na\r\n") + "0\r\n\r\n").utf8))
        check("with long sizes", Array((fill(1 << 20, "\(fill(4000, "0"))1\r\na\r\n") + "0\r\n\r\n").utf8))
    }

    /// A signed chunk but the last has 8 KiB at least, and one that is wrong ends the body.
    @Test func `Signed chunks`() throws {
        let now = ServiceClock.system.time
        let signer = V4Signer(credentials: Self.keys, region: "us-east-1")
        let verifier = SignatureVerifier(now: { now }, secret: { _ in Self.keys.secretAccessKey })
        let request = SignableRequest(
            method: "PUT", path: "/books/key", query: "", headers: [(name: "host", value: "127.0.0.1")])
        let signed = signer.sign(request, payloadHash: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", at: now)
        let seed = try #require(try verifier.verify(signed).chunkSigner)
        var framing = seed
        let data = [UInt8](repeating: 97, count: Limits.chunkByteCount)
        var body: [UInt8] = []
        while body.count < 1 << 20 {
            let signature = framing.signature(chunkHash: Digest.of(data, .sha256))
            body += Array("\(String(data.count, radix: 16));chunk-signature=\(signature)\r\n".utf8) + data + [13, 10]
        }
        body += Array("0;chunk-signature=\(framing.signature(chunkHash: Digest.of([], .sha256)))\r\n\r\n".utf8)
        var taken = 0
        WorstCase.check("chunks, signed", perMegabyteOf: body.count) {
            var decoder = ChunkedDecoder(signer: seed, hasTrailer: false)
            try decoder.decode(body.span) { _ in }
            _ = try decoder.finish()
            taken += 1
        }
        #expect(taken >= 2, "the chunks are valid")
    }

    /// Fields by which a request is conditional, or asks for a part.
    @Test func `Ranges and conditions`() {
        let room = RequestLimits.headerByteCount
        for (name, text) in [
            ("ranges", "0-0,"), ("dashes", "-"), ("digits", "9"), ("tags", "\"a\","), ("weak tags", "W/\"a\","),
            ("open quotes", "\""), ("backslashes", "\\\""), ("stars", "*,"), ("dates", "Mon, "), ("spaces", "\t "),
            ("marks", marks), ("tags of marks", "\"a\(fill(1020, marks))\","),
        ] {
            let value = fill(room, text)
            WorstCase.check("Range and If-… of \(name)", most: 5) {
                _ = ByteRange("bytes=" + value)
                _ = ETagCondition(value).matches(ETag(header: fill(1000, "a")))
                _ = Timestamp(parsing: value)
                _ = ETag(header: value)
                _ = try? BucketName(value)
            }
        }
    }
}
