import CofferCrypto
import CofferModel

/// The parts of a Signature Version 4, from a header or a query.
struct SignatureV4: Sendable {
    static let algorithm = "AWS4-HMAC-SHA256"

    let accessKeyID: String
    let scope: CredentialScope
    /// The names in `SignedHeaders`, in lower case.
    let signedHeaders: [String]
    private let digits: String
    /// What the signature's digits encode; nil if it is not hexadecimal.
    private let code: [UInt8]?

    static func stringToSign(date: String, scope: CredentialScope, canonicalRequest: CanonicalRequest) -> String {
        String(decoding: bytesToSign(date: date, scope: scope, canonicalRequest.digest), as: UTF8.self)
    }

    /// - Parameter digest: the SHA-256 of the canonical request.
    static func bytesToSign(date: String, scope: CredentialScope, _ digest: [UInt8]) -> [UInt8] {
        // For every request: strings take several times as long.
        let newline = UInt8(ascii: "\n")
        var bytes: [UInt8] = []
        bytes.reserveCapacity(160)
        bytes.append(algorithm, newline)
        bytes.append(date, newline)
        bytes.append(scope.description, newline)
        bytes.append(hex: digest)
        return bytes
    }

    /// The signature, in lower case.
    var signature: String { digits.lowercasedASCII }

    func isEqual(to other: String) -> Bool { isEqualInConstantTime(other, signature) }

    /// Whether this is the signature of a request, as a client may have signed it.
    func isValid(for reading: V4Reading, key: HMACKey) -> Bool {
        guard let code else { return false }
        return isEqualInConstantTime(key.code(of: reading.bytesToSign), code)
    }

    static func signature(of stringToSign: String, key: HMACKey) -> String {
        hex(key.code(of: Array(stringToSign.utf8)))
    }

    /// Splits `AKID/20261123/us-east-1/s3/aws4_request`; an access key id may itself hold slashes.
    static func credential(_ text: String) -> (accessKeyID: String, scope: CredentialScope)? {
        let bytes = text.utf8Span.span
        return credential(bytes, 0..<bytes.count)
    }

    private static func credential(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) -> (accessKeyID: String, scope: CredentialScope)? {
        let slash = UInt8(ascii: "/")
        guard let end = bytes.last(slash, in: range), bytes.text(end + 1..<range.upperBound) == "aws4_request",
            let service = bytes.last(slash, in: range.lowerBound..<end),
            let region = bytes.last(slash, in: range.lowerBound..<service),
            let day = bytes.last(slash, in: range.lowerBound..<region), day > range.lowerBound, region - day == 9
        else { return nil }
        let scope = CredentialScope(
            day: bytes.text(day + 1..<region), region: bytes.text(region + 1..<service),
            service: bytes.text(service + 1..<end))
        return (bytes.text(range.lowerBound..<day), scope)
    }

    /// Reads the `Authorization` header.
    ///
    /// - Throws: `AuthorizationHeaderMalformed`, `InvalidArgument` for another algorithm.
    init(authorization: String) throws(S3Error) {
        let words = AuthorizationWords(authorization)
        let bytes = authorization.utf8Span.span
        guard bytes.text(words.algorithm) == Self.algorithm else {
            throw .invalidArgument(
                "Unsupported Authorization Type", name: "Authorization", value: bytes.text(words.algorithm))
        }
        guard let credential = words.credential, let headers = words.signedHeaders, let signature = words.signature,
            !signature.isEmpty
        else {
            throw Self.malformed(
                "the authorization header requires three components: Credential, SignedHeaders, and Signature.")
        }
        guard let (accessKeyID, scope) = Self.credential(bytes, credential) else {
            throw Self.malformed(
                "the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".")
        }
        self.accessKeyID = accessKeyID
        self.scope = scope
        signedHeaders = Self.names(bytes, headers)
        digits = bytes.text(signature)
        code = CofferCrypto.bytes(hex: digits)
    }

    init(accessKeyID: String, scope: CredentialScope, signedHeaders: String, signature: String) {
        self.accessKeyID = accessKeyID
        self.scope = scope
        self.signedHeaders = Self.names(signedHeaders)
        digits = signature
        code = bytes(hex: signature)
    }

    /// - Parameter signature: hexadecimal digits.
    /// - Returns: nil for anything else.
    init?(_ known: KnownCredentials.Entry, signature: String) {
        guard let code = bytes(hex: signature) else { return nil }
        accessKeyID = known.accessKeyID
        scope = known.scope
        signedHeaders = known.signedHeaders
        digits = signature
        self.code = code
    }

    /// Returns the header names in `SignedHeaders`, in lower case.
    static func names(_ signedHeaders: String) -> [String] {
        let bytes = signedHeaders.utf8Span.span
        return names(bytes, 0..<bytes.count)
    }

    private static func names(_ bytes: Span<UInt8>, _ range: Range<Int>) -> [String] {
        var names: [String] = []
        var start = range.lowerBound
        while start < range.upperBound {
            let end = bytes.first(UInt8(ascii: ";"), in: start..<range.upperBound) ?? range.upperBound
            if end > start { names.append(bytes.text(start..<end).lowercasedASCII) }
            start = end + 1
        }
        return names
    }

    static func malformed(_ reason: String, details: [(name: String, value: String)] = []) -> S3Error {
        S3Error(.authorizationHeaderMalformed, "The authorization header is malformed; \(reason)", details: details)
    }
}

/// Where the words of an `Authorization` header are, in bytes. They are separated by commas and spaces; of words with
/// the same name, the first counts.
private struct AuthorizationWords {
    private(set) var algorithm = 0..<0
    private(set) var credential: Range<Int>?
    private(set) var signedHeaders: Range<Int>?
    private(set) var signature: Range<Int>?

    init(_ text: String) {
        let bytes = text.utf8Span.span
        var start = 0
        for index in 0...bytes.count
        where index == bytes.count || bytes[index] == UInt8(ascii: ",") || bytes[index] == UInt8(ascii: " ") {
            if index > start { take(bytes, start..<index) }
            start = index + 1
        }
    }

    private mutating func take(_ bytes: Span<UInt8>, _ word: Range<Int>) {
        guard !algorithm.isEmpty else { return algorithm = word }
        func value(after name: StaticString) -> Range<Int>? {
            bytes.starts(with: name, in: word) ? word.dropFirst(name.utf8CodeUnitCount) : nil
        }
        credential = credential ?? value(after: "Credential=")
        signedHeaders = signedHeaders ?? value(after: "SignedHeaders=")
        signature = signature ?? value(after: "Signature=")
    }
}
