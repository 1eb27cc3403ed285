import CofferModel

/// Diagnostics of why a signature does not match: they try likely faults one at a time, and name the one that makes the
/// signature valid when undone. They cover requests, presigned URLs and forms, of both versions.
///
/// Diagnostics run only if the access key exists and the signature is invalid, and only while the budget lasts. They
/// reveal nothing to callers without the secret: except for two guesses, a fault is named only if the signature is
/// valid with it, and such a signature can only be made with the secret. Every finding consists of data that the client
/// sent and of the server's public names, and the request is refused in any case.
package struct SignatureDiagnostics: Sendable {
    /// The names and addresses of the server, with and without the port on which it listens.
    let hosts: @Sendable () -> [String]
    /// The regions that a signing key may be for: those of the bucket and of the server.
    let regions: @Sendable (_ bucket: String) -> [String]
    let budget: DiagnosisBudget

    /// The longest canonical request that is examined, in bytes.
    static let byteLimit = 4 << 10
    /// The most faults that are tried for one request, and the most bytes that are signed again for them: enough to try
    /// all faults of a request of the usual length.
    private static let faultLimit = 176
    private static let signedByteCount = 128 << 10
    /// The most hosts of proxies that are tried.
    static let proxyCount = 8

    package init(
        hosts: @escaping @Sendable () -> [String] = { [] },
        regions: @escaping @Sendable (_ bucket: String) -> [String] = { _ in [] },
        budget: DiagnosisBudget = DiagnosisBudget()
    ) {
        self.hosts = hosts
        self.regions = regions
        self.budget = budget
    }
}

/// One possible fault: how the request was signed if it occurred, and a sentence that describes it.
struct SignatureFault<Reading> {
    /// A closure, because most faults are never reported.
    let finding: () -> String
    let undo: (inout Reading) -> Void

    init(_ finding: @escaping @autoclosure () -> String, _ undo: @escaping (inout Reading) -> Void) {
        self.finding = finding
        self.undo = undo
    }
}

/// A request as its client may have signed it.
protocol SignatureReading {
    /// The request as it arrived.
    var request: SignableRequest { get }
    /// The encoded path in the signed text.
    var path: String { get set }
    /// Replaces all values of a header with the given one.
    mutating func set(_ name: String, _ value: String)
}

extension SignatureDiagnostics {
    /// Returns how many faults are tried for a signed text.
    static func faultCount(_ text: String) -> Int { min(faultLimit, signedByteCount / max(1, text.utf8.count)) }

    static func replacing(_ old: String, with new: String, in text: String) -> String {
        String(decoding: replacing(Array(old.utf8), with: Array(new.utf8), in: Array(text.utf8)), as: UTF8.self)
    }

    static func replacing(_ old: [UInt8], with new: [UInt8], in text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            if text[index] == old[0], text[index...].starts(with: old) {
                result += new
                index += old.count
            } else {
                result.append(text[index])
                index += 1
            }
        }
        return result
    }
}

// MARK: Signing key

extension SignatureDiagnostics {
    /// Returns likely scopes of the signing key if that of the Credential is wrong: other regions, other services, and
    /// the days before and after, as a clock in another time zone would show.
    func otherScopes(than claimed: CredentialScope, bucket: String) -> [CredentialScope] {
        let regions = Set(self.regions(bucket) + ["us-east-1", "auto", ""]).subtracting([claimed.region]).sorted()
        let services = ["s3", "s3-object-lambda", "execute-api", "iam", "sts"].filter { $0 != claimed.service }
        let noon = Timestamp(parsing: "\(claimed.day)T120000Z")
        let days = noon.map { noon in
            [-86_400, 86_400].map { String(Timestamp(seconds: noon.seconds + $0).iso8601Basic.prefix(8)) }
        }
        return regions.map { CredentialScope(day: claimed.day, region: $0, service: claimed.service) }
            + services.map { CredentialScope(day: claimed.day, region: claimed.region, service: $0) }
            + (days ?? []).map { CredentialScope(day: $0, region: claimed.region, service: claimed.service) }
    }

    static func finding(signed: CredentialScope, claimed: CredentialScope) -> String {
        guard signed.day == claimed.day else {
            return "the signing key is for the day \"\(signed.day)\", but the Credential says \"\(claimed.day)\""
        }
        return
            "the signing key is for region \"\(signed.region)\" and service \"\(signed.service)\", but the Credential "
            + "says \"\(claimed.region)\" and \"\(claimed.service)\""
    }
}

// MARK: Faults of both versions

extension SignatureDiagnostics {
    /// Returns the variants of a secret that may result from copying it badly.
    static func secrets(_ secret: String) -> [(text: String, finding: String)] {
        func isSpace(_ character: Character) -> Bool { character.isWhitespace }
        var trimmed = secret[...].drop(while: isSpace)
        while trimmed.last?.isWhitespace == true { trimmed.removeLast() }
        let ends = [("\n", "a line feed"), ("\r\n", "CR and LF"), (" ", "a space"), ("\r", "CR"), ("\t", "a tab")]
        var secrets = ends.map { end, name in
            (secret + end, "the client's secret key ends with \(name) that is not part of it")
        }
        secrets.append((" " + secret, "the client's secret key begins with a space that is not part of it"))
        if trimmed != secret[...] {
            secrets.append(
                (String(trimmed), "the client's secret key lacks white space at the start or end of the real key"))
        }
        return secrets
    }

    /// Returns faults of a path that was encoded or decoded once too often, by the client or on the way.
    static func pathFaults<Reading: SignatureReading>(_ reading: Reading) -> [SignatureFault<Reading>] {
        let path = reading.request.path
        var faults = [
            SignatureFault<Reading>("the path was percent-encoded twice for signing, or decoded once on the way") {
                $0.path = PercentEncoding.encode(path.utf8, keepingSlash: true)
            }
        ]
        if let bytes = PercentEncoding.decode(path), let decoded = String(validating: bytes, as: UTF8.self) {
            faults.append(
                SignatureFault<Reading>("the path was not percent-encoded for signing, or encoded twice on the way") {
                    $0.path = decoded
                })
        }
        let normal = normalised(path)
        if normal != path {
            faults.append(
                SignatureFault<Reading>("the path was normalised for signing (//, . and ..); sign it as it is sent") {
                    $0.path = normal
                })
        }
        let hasSlash = path.utf8.count > 1 && path.utf8.last == UInt8(ascii: "/")
        faults.append(
            SignatureFault("a slash at the end of the path was \(hasSlash ? "added" : "removed") on the way") {
                $0.path = hasSlash ? String(path.dropLast()) : path + "/"
            })
        return faults
    }

    /// Returns faults of a path prefix that a proxy has added or removed, which changes the signed path.
    static func prefixFaults<Reading: SignatureReading>(_ reading: Reading) -> [SignatureFault<Reading>] {
        let path = reading.path
        let advice = "a proxy must not change the signed path: give the server a host name of its own"
        let segments = path.split(at: "/", maxSplits: 1, keepingEmpty: false)
        var faults: [SignatureFault<Reading>] = []
        if segments.count == 2, path.hasPrefix("/\(segments[0])/") {
            faults.append(
                SignatureFault("the prefix \"/\(segments[0])\" was added to the path on the way; \(advice)") {
                    $0.path = String(Substring(path.utf8.dropFirst(segments[0].utf8.count + 1)))
                })
        }
        let forwarded = reading.request.header("x-forwarded-prefix").map { $0.hasSuffix("/") ? $0.dropLast() : $0[...] }
        return faults
            + ([forwarded].compactMap(\.self) + usualPrefixes).map { prefix in
                SignatureFault("the prefix \"\(prefix)\" was removed from the path on the way; \(advice)") {
                    $0.path = "\(prefix)\(path)"
                }
            }
    }

    private static let usualPrefixes: [Substring] = [
        "/s3", "/minio", "/storage", "/coffer", "/api", "/objects", "/files", "/data",
    ]

    /// Removes dot segments, as services other than S3 do before signing. Source: RFC 3986 section 5.2.4.
    private static func normalised(_ path: String) -> String {
        var segments: [Substring] = []
        for segment in path.split(at: "/") where segment != "." {
            if segment == ".." { _ = segments.popLast() } else { segments.append(segment) }
        }
        let end = path.utf8.last == UInt8(ascii: "/") && !segments.isEmpty ? "/" : ""
        return "/" + segments.joined(separator: "/") + end
    }

    /// Returns faults of header fields that proxies and HTTP libraries remove, add or rewrite, with their usual values.
    ///
    /// - Parameter names: the names of the relevant fields.
    static func headerFaults<Reading: SignatureReading>(
        _ reading: Reading, names: [String]
    ) -> [SignatureFault<Reading>] {
        names.flatMap { name -> [SignatureFault<Reading>] in
            guard let usual = usualValues[name] else { return [] }
            let header = reading.request.header(name)
            let arrived = { header.map { "arrived as \"\($0)\"" } ?? "did not arrive" }
            return usual.filter { $0 != header }.map { value in
                SignatureFault<Reading>("\(name) was signed as \"\(value)\" but \(arrived())") { $0.set(name, value) }
            }
        }
    }

    /// Returns faults of fields with the same name that were joined or split on the way: they are signed with a comma
    /// between them, and proxies join them with a comma and a space (RFC 9110 section 5.3).
    static func joinFaults<Reading: SignatureReading>(
        _ reading: Reading, names: [String]
    ) -> [SignatureFault<Reading>] {
        let values = Dictionary(grouping: reading.request.headers, by: \.name).mapValues { $0.map(\.value) }
        return names.flatMap { name -> [SignatureFault<Reading>] in
            guard let values = values[name] else { return [] }
            let joined = values.joined(separator: ", ")
            let apart = replacing(", ", with: ",", in: joined)
            return [
                (joined, "\(name) was signed as one header field but arrived as several"),
                (apart, "\(name) was signed as several header fields but arrived as one"),
            ].filter { joined != apart && $0.0 != values.joined(separator: ",") }.map { value, finding in
                SignatureFault(finding) { $0.set(name, value) }
            }
        }
    }

    private static let usualValues = [
        "accept-encoding": ["identity", "gzip", "gzip, deflate", "gzip,deflate", "gzip, deflate, br", "*", ""],
        "accept": ["*/*", ""],
        "cache-control": ["no-cache", ""],
        "connection": ["keep-alive", "Keep-Alive", "close", ""],
        "content-length": ["0", ""],
        "content-md5": [""],
        "content-type": [
            "", "application/octet-stream", "binary/octet-stream", "application/x-www-form-urlencoded",
            "application/x-www-form-urlencoded; charset=utf-8", "text/plain", "application/xml", "application/json",
        ],
        "expect": ["100-continue", "100-Continue", ""],
        "te": ["trailers", ""],
        "transfer-encoding": ["chunked", ""],
    ]
}
