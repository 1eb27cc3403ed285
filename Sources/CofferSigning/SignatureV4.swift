import CofferCrypto
import CofferModel

/// The parts of a Signature Version 4, from a header or a query.
struct SignatureV4: Sendable {
    static let algorithm = "AWS4-HMAC-SHA256"

    let accessKeyID: String
    let scope: CredentialScope
    let signedHeaders: [String]
    let signature: String

    static func stringToSign(date: String, scope: CredentialScope, canonicalRequest: CanonicalRequest) -> String {
        stringToSign(date: date, scope: scope, canonicalHash: canonicalRequest.hash)
    }

    static func stringToSign(date: String, scope: CredentialScope, canonicalHash: String) -> String {
        "\(algorithm)\n\(date)\n\(scope)\n\(canonicalHash)"
    }

    func isEqual(to other: String) -> Bool {
        isEqualInConstantTime(Array(other.utf8), Array(signature.utf8))
    }

    static func signature(of stringToSign: String, key: HMACKey) -> String {
        hex(key.code(of: Array(stringToSign.utf8)))
    }

    /// Splits `AKID/20261123/us-east-1/s3/aws4_request`; an access key id may itself hold slashes.
    static func credential(_ text: Substring) -> (accessKeyID: String, scope: CredentialScope)? {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
        guard parts.count >= 5, parts[parts.count - 1] == "aws4_request" else { return nil }
        let (day, region, service) = (parts[parts.count - 4], parts[parts.count - 3], parts[parts.count - 2])
        let accessKeyID = parts[..<(parts.count - 4)].joined(separator: "/")
        guard !accessKeyID.isEmpty, day.utf8.count == 8 else { return nil }
        return (accessKeyID, CredentialScope(day: day, region: region, service: service))
    }

    /// Reads the `Authorization` header.
    ///
    /// - Throws: `AuthorizationHeaderMalformed`, `InvalidArgument` for another algorithm.
    init(authorization: String) throws(S3Error) {
        var words = authorization.utf8.split { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: " ") }
        let head = words.isEmpty ? "" : String(Substring(words.removeFirst()))
        guard head == Self.algorithm else {
            throw .invalidArgument("Unsupported Authorization Type", name: "Authorization", value: head)
        }
        func value(_ name: String) -> Substring? {
            let word = words.first { $0.starts(with: name.utf8) }
            return word.map { Substring($0.dropFirst(name.utf8.count)) }
        }
        guard let credential = value("Credential="), let headers = value("SignedHeaders="),
            let signature = value("Signature="), !signature.isEmpty
        else {
            throw Self.malformed(
                "the authorization header requires three components: Credential, SignedHeaders, and Signature.")
        }
        guard let (accessKeyID, scope) = Self.credential(credential) else {
            throw Self.malformed(
                "the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".")
        }
        self.init(accessKeyID: accessKeyID, scope: scope, signedHeaders: headers, signature: signature)
    }

    init(accessKeyID: String, scope: CredentialScope, signedHeaders: Substring, signature: Substring) {
        self.accessKeyID = accessKeyID
        self.scope = scope
        self.signedHeaders = Self.names(signedHeaders)
        self.signature = signature.lowercased()
    }

    /// Returns the header names in `SignedHeaders`, in lower case.
    static func names(_ signedHeaders: Substring) -> [String] {
        signedHeaders.utf8.split(separator: UInt8(ascii: ";")).map { Substring($0).lowercased() }
    }

    static func malformed(_ reason: String, details: [(name: String, value: String)] = []) -> S3Error {
        S3Error(.authorizationHeaderMalformed, "The authorization header is malformed; \(reason)", details: details)
    }
}
