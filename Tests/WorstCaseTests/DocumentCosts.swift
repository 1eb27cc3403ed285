import CofferModel
import CofferSigning
import Testing

@testable import CofferS3

/// XML documents of requests and answers.
@Suite(.serialized) struct XMLWorstCases {
    private static let largest = Limits.partsDocumentByteCount / WorstCase.share

    private static let cases: [(String, @Sendable () -> String)] = [
        ("attributes in one tag", { "<Root\((0..<400_000).map { " a\($0)='1'" }.joined())/>" }),
        ("namespaces in one tag", { "<Root\((0..<200_000).map { " xmlns:a\($0)='b'" }.joined())/>" }),
        ("allowed tags", { "<R>\(fill(largest, "<K a='1' b='2' c='3' d='4' e='5' f='6' g='7' h='8'/>"))</R>" }),
        ("allowed elements", { "<R>\(String(repeating: "<K></K>", count: 59_999))</R>" }),
        ("elements of their own names", { "<R>\((0..<59_999).map { "<K\($0 &* 2_654_435_761)/>" }.joined())</R>" }),
        ("empty elements", { "<R>\(fill(largest, "<K/>"))</R>" }),
        (
            "namespaces in scope of many elements",
            {
                "<R\((0..<16).map { " xmlns:a\($0)='b\($0)'" }.joined())>"
                    + String(repeating: "<a15:K/>", count: 59_999) + "</R>"
            }
        ),
        ("undeclared prefixes", { "<R>\(String(repeating: "<x:K/>", count: 59_999))</R>" }),
        ("long names", { "<R>\(fill(largest, "<\(fill(1000, "n"))/>"))</R>" }),
        ("deep", { "<R>" + fill(largest / 2, "<E>") + fill(largest / 2, "</E>") + "</R>" }),
        ("deep and wide", { "<R>" + String(repeating: fill(90, "<E>") + fill(120, "</E>"), count: 1900) + "</R>" }),
        ("text", { "<R>\(fill(largest, "a"))</R>" }), ("references", { "<R>\(fill(largest, "&amp;"))</R>" }),
        ("character references", { "<R>\(fill(largest, "&#x10FFFF;"))</R>" }),
        ("sections", { "<R>\(fill(largest, "<![CDATA[a]]>"))</R>" }),
        ("empty sections", { "<R>\(fill(largest, "<![CDATA[]]>"))</R>" }),
        ("comments", { "<R>\(fill(largest, "a<!---->"))</R>" }),
        ("a long comment", { "<R><!--\(fill(largest, "- "))--></R>" }),
        ("instructions", { "<R>\(fill(largest, "<?a?>"))</R>" }), ("line ends", { "<R>\(fill(largest, "\r\n"))</R>" }),
        ("no end", { "<R>\(fill(largest, "<!--"))" }), ("no end of a section", { "<R>\(fill(largest, "<![CDATA["))" }),
        ("angles", { fill(largest, "<") }), ("spaces", { fill(largest, " ") }),
        ("letters of four bytes", { "<R>\(fill(largest, "😀"))</R>" }), ("marks", { "<R>a\(fill(largest, marks))</R>" }),
        ("runs of marks", { "<R>\(fill(largest, "a" + fill(1020, marks)))</R>" }),
    ]

    @Test func `XML of 4 MiB`() {
        for (name, make) in Self.cases {
            let document = Array(make().utf8)
            WorstCase.check("XML, \(name), \(document.count) bytes") { _ = XMLElement.read(document) }
        }
    }

    @Test func `The documents of S3`() {
        let parts = (1...10_000).map {
            "<Part><ChecksumSHA256>\(fill(43, "A"))=</ChecksumSHA256>"
                + "<ETag>&quot;\(fill(32, "0"))&quot;</ETag><PartNumber>\($0)</PartNumber></Part>"
        }
        let completion = Array("<CompleteMultipartUpload>\(parts.joined())</CompleteMultipartUpload>".utf8)
        WorstCase.check("CompleteMultipartUpload of 10,000 parts, \(completion.count) bytes") {
            _ = try PartList(document: completion, uploadID: "id")
        }
        let marked = parts.map { $0.replacing(fill(32, "0"), with: "0\(fill(200, marks))") }
        let markedCompletion = Array("<CompleteMultipartUpload>\(marked.joined())</CompleteMultipartUpload>".utf8)
        WorstCase.check("CompleteMultipartUpload of ETags of marks") {
            _ = try PartList(document: markedCompletion, uploadID: "id")
        }
        let object = "<Object><Key>\(fill(1020, "&amp;&lt;a"))</Key><VersionId>null</VersionId></Object>"
        let deletion = Array("<Delete>\(String(repeating: object, count: 1000))</Delete>".utf8)
        WorstCase.check("Delete of 1,000 keys, \(deletion.count) bytes") {
            let root = try XMLElement.parse(deletion, root: "Delete")
            for item in root.all("Object") { _ = try ObjectKey(item["Key"]?.text ?? "") }
        }
        let tags = (0..<50).map { "<Tag><Key>k\($0)\(fill(120, "é"))</Key><Value>\(fill(500, "é"))</Value></Tag>" }
        let tagging = Array("<Tagging><TagSet>\(tags.joined())</TagSet></Tagging>".utf8)
        WorstCase.check("Tagging of 50 tags") { _ = try TagSet.parse(tagging, limit: 50, subject: "Bucket") }
        let many = Array("<Tagging><TagSet>\(fill(1 << 20, "<Tag><Key>k</Key><Value/></Tag>"))</TagSet></Tagging>".utf8)
        WorstCase.check("Tagging of 1 MiB") { _ = try TagSet.parse(many, limit: 50, subject: "Bucket") }
        let grant =
            "<Grant><Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\">"
            + "<ID>\(fill(64, "a"))</ID></Grantee><Permission>READ</Permission></Grant>"
        let acl = Array(
            ("<AccessControlPolicy><Owner><ID>a</ID></Owner><AccessControlList>\(fill(1 << 20, grant))"
                + "</AccessControlList></AccessControlPolicy>").utf8)
        WorstCase.check("AccessControlPolicy of 1 MiB") { _ = try AccessControlList(document: acl, among: nil) }
    }

    @Test func `CORS`() throws {
        func check(_ name: String, _ rule: String) throws {
            let document = Array("<CORSConfiguration>\(fill(Limits.corsByteCount - 40, rule))</CORSConfiguration>".utf8)
            WorstCase.check("CORS, \(name)") { try CORSConfiguration(document: document).validate() }
            let configuration = try CORSConfiguration(document: document)
            let headers = (0..<4000).map { "h\($0)" }
            WorstCase.check("CORS, \(name): a preflight of 4,000 headers") {
                _ = configuration.rule(origin: "http://\(fill(8000, "a"))", method: "GET", headers: headers)
            }
            WorstCase.check("CORS, \(name): a preflight with one long header") {
                _ = configuration.rule(origin: "http://a", method: "GET", headers: [fill(16_000, "a")])
            }
        }
        let lists = "<AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod>"
        try check("small rules", "<CORSRule>\(lists)<AllowedHeader>x-*-z</AllowedHeader></CORSRule>")
        let headers = (0..<300).map { "<AllowedHeader>a*\($0)</AllowedHeader>" }.joined()
        try check("rules of many headers", "<CORSRule>\(lists)\(headers)</CORSRule>")
        let origins = (0..<300).map { "<AllowedOrigin>http://*.\($0)</AllowedOrigin>" }.joined()
        try check("rules of many origins", "<CORSRule>\(origins)<AllowedMethod>GET</AllowedMethod></CORSRule>")
        let all = (0..<1500).map { "<AllowedHeader>a*\($0)</AllowedHeader>" }.joined()
        try check("one rule of many headers", "<CORSRule>\(lists)\(all)</CORSRule>")
    }
}

/// JSON, at the limits of those who read it.
@Suite(.serialized) struct JSONWorstCases {
    private static let size = (1 << 20) / WorstCase.share

    private static let cases: [(String, @Sendable () -> String)] = [
        ("brackets", { fill(size, "[") }), ("pairs of brackets", { "[\(fill(size, "[],"))[]]" }),
        ("deep and wide", { "[" + fill(size, fill(31, "[") + fill(31, "]") + ",") + "0]" }),
        ("numbers", { "[\(fill(size, "0,"))0]" }), ("one number", { fill(size, "7") }),
        ("an exponent", { "1e\(fill(size, "7"))" }), ("strings", { "[\(fill(size, "\"\","))0]" }),
        ("one string", { "\"\(fill(size, "a"))\"" }), ("escapes", { "\"\(fill(size, "\\n"))\"" }),
        ("escaped letters", { "\"\(fill(size, "\\ud83d\\ude00"))\"" }), ("quotes", { fill(size, "\"") }),
        ("small objects", { "[\(fill(size, "{\"a\":0},"))0]" }),
        ("names", { "{\((0..<100_000).map { "\"\($0)\":0" }.joined(separator: ","))}" }),
        (
            "names that are alike",
            {
                let prefix = fill(100, "a")
                return "{\((0..<8000).map { "\"\(prefix)\($0)\":0" }.joined(separator: ","))}"
            }
        ),
        ("one name twice", { "{\(fill(size, "\"a\":0,"))\"a\":0}" }), ("comments", { "{\(fill(size, "// '\n"))" }),
        ("spaces", { fill(size, " ") }), ("letters", { "\"\(fill(size, "é"))\"" }),
        ("marks", { "\"\(fill(size, marks))\"" }),
        ("runs of marks", { "\"\(fill(size, "a" + fill(128, marks)))\"" }),
        ("a fault at the end", { "[\(fill(size, "\"\",\n"))" }),
    ]

    @Test func `JSON of 1 MiB`() {
        for (name, make) in Self.cases {
            let document = Array(make().utf8)
            for dialect in [JSONValue.Dialect.strict, .postPolicy] {
                WorstCase.check("JSON, \(name), \(document.count) bytes") {
                    _ = try JSONValue(document: document, dialect: dialect)
                }
            }
        }
    }
}
