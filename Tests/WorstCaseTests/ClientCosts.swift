import CofferModel
import Testing

@testable import CofferClient

/// What a client reads: answers of a service that means no good, and files of settings.
@Suite(.serialized) struct ClientWorstCases {
    private static let largest = ResponseReceiver.byteLimit / WorstCase.share
    private static let entry = "<LastModified>2026-11-23T00:00:00.000Z</LastModified><ETag>&quot;a&quot;</ETag>"

    private static let listings: [(String, @Sendable () -> String)] = [
        ("long keys", { object(fill(3072, "%E2%82%AC"), 1000) }),
        ("a key of all bytes", { object(fill(largest - 1000, "%41"), 1) }),
        ("a key of marks", { object(fill(largest - 1000, "a" + fill(120, marks)), 1) }),
        ("a key of broken escapes", { object(fill(largest - 1000, "%4"), 1) }),
        (
            "small entries",
            { "<R>\(String(repeating: "<Contents><Key>a</Key><Size>1</Size></Contents>", count: 19_000))</R>" }
        ),
        ("empty entries", { "<R>\(String(repeating: "<Contents/>", count: 59_000))</R>" }),
        (
            "one entry of all elements",
            { "<R><Contents>\(String(repeating: "<A/>", count: 59_000))<Key>a</Key><Size>1</Size></Contents></R>" }
        ),
        (
            "algorithms",
            { object("a", 1, String(repeating: "<ChecksumAlgorithm>CRC32</ChecksumAlgorithm>", count: 59_000)) }
        ),
        (
            "prefixes",
            { "<R>\(String(repeating: "<CommonPrefixes><Prefix>a</Prefix></CommonPrefixes>", count: 29_000))</R>" }
        ),
        ("a long size", { "<R><Contents><Key>a</Key><Size>\(fill(largest - 1000, "9"))</Size></Contents></R>" }),
        (
            "a long time",
            {
                "<R><Contents><Key>a</Key><Size>1</Size><LastModified>\(fill(largest - 1000, "20261123T"))</LastModified></Contents></R>"
            }
        ),
        (
            "a long tag",
            { "<R><Contents><Key>a</Key><Size>1</Size><ETag>\(fill(largest - 1000, "\""))</ETag></Contents></R>" }
        ),
        ("references", { "<R>\(fill(largest - 100, "&amp;"))</R>" }),
        ("spaces before it", { fill(largest - 100, " \n") + "<R/>" }),
        ("deep", { "<R>" + fill(largest / 2, "<E>") + "</R>" }),
    ]

    private static func object(_ key: String, _ count: Int, _ more: String = "") -> String {
        let contents = "<Contents><Key>\(key)</Key>\(entry)<Size>1</Size>\(more)</Contents>"
        return "<R><EncodingType>url</EncodingType>\(String(repeating: contents, count: count))</R>"
    }

    @Test func `Listings`() {
        for (name, make) in Self.listings {
            let body = Array(make().utf8)
            WorstCase.check("a listing, \(name), \(body.count) bytes") {
                guard let root = XMLElement.answered(body) else { return }
                let isEncoded = root.isURLEncoded
                for element in root.all("Contents") { _ = try ListedObject(element, isEncoded: isEncoded) }
                for element in root.children { _ = try ListedVersion(element, isEncoded: isEncoded) }
                for element in root.all("CommonPrefixes") { _ = try element.keyBytes("Prefix", isEncoded: isEncoded) }
                _ = try root.marker("NextContinuationToken")
            }
        }
    }

    @Test func `Errors`() {
        let head = HTTPResponseHead(status: 400, headers: [:])
        let largest = Self.largest
        for (name, text) in [
            ("a message", "<Message>\(fill(largest - 1000, "a"))</Message>"),
            ("a message of marks", "<Message>\(fill(largest - 1000, "a" + fill(1020, marks)))</Message>"),
            ("details", String(repeating: "<A>a</A>", count: 59_000)),
            ("details that are empty", String(repeating: "<A/>", count: 59_000)),
            ("a request's id", "<RequestId>\(fill(largest - 1000, "\u{1B}"))</RequestId>"),
            ("comments", fill(largest - 1000, "<!---->")), ("a code", "<Code>\(fill(largest - 1000, "&lt;"))</Code>"),
        ] {
            let body = Array("<Error><Code>AccessDenied</Code>\(text)</Error>".utf8)
            WorstCase.check("an error, \(name), \(body.count) bytes") {
                let error = S3Error(head, body)
                _ = error.requestID
                _ = printable(error.message)
            }
        }
    }

    @Test func `Files of settings`() {
        for (name, text) in [
            ("sections", "[a]\n"), ("sections of their own", "[\(fill(60, "a"))"), ("settings", "a=b\n"),
            ("nested settings", " a=b\n"), ("spaces", "a = \(fill(500, " "))\n"), ("line ends", "\n"),
            ("line ends of Unicode", "\u{2028}"), ("no line ends", "a"), ("equals", "="), ("brackets", "["),
            ("words", "[a \(fill(500, "b "))]\n"), ("marks", "a\(fill(120, marks))=b\n"),
            ("a line of marks", marks), ("comments", "#\n"),
        ] {
            let file = "[default]\n" + fill((SharedConfiguration.byteLimit - 100) / WorstCase.share, text)
            WorstCase.check("a file of settings, \(name)") { _ = SharedConfiguration.sections(file) }
        }
    }
}
