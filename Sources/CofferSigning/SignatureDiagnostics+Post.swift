import CofferCrypto
import CofferModel

/// A form's policy as its client may have signed it.
struct PostReading {
    /// The policy in Base64, as sent in the field.
    let policy: String
    let bucket: BucketName
    /// The server's current time, whose day is a likely one for the signing key.
    let today: Timestamp

    /// The credential scope in the policy itself, if any.
    ///
    /// The text is searched and not parsed, because its signature is not valid.
    var policyScope: CredentialScope? {
        guard let document = bytes(base64: policy), let start = Self.end(of: "x-amz-credential", in: document) else {
            return nil
        }
        let isQuote = { (byte: UInt8) in byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }
        // After the name come its closing quote and the value's opening one.
        let value = document[start...].split(maxSplits: 2, omittingEmptySubsequences: false, whereSeparator: isQuote)
        guard value.count == 3, let text = value[2].split(whereSeparator: isQuote).first else { return nil }
        let credential = String(decoding: text.filter { $0 != UInt8(ascii: "\\") }, as: UTF8.self)
        return SignatureV4.credential(credential)?.scope
    }

    /// Returns the offset of the end of a word, found without regard to case.
    private static func end(of word: StaticString, in text: [UInt8]) -> Int? {
        let count = word.utf8CodeUnitCount
        guard text.count >= count else { return nil }
        return (0...(text.count - count)).first { start in
            (0..<count).allSatisfy { text[start + $0] | 32 == word.utf8Start[$0] | 32 }
        }.map { $0 + count }
    }
}

/// Faults of forms, in which only the policy is signed, as its Base64 text.
///
/// Source: S3 API Reference, "Authenticating Requests in Browser-Based Uploads Using POST".
extension SignatureDiagnostics {
    /// - Parameter scope: the scope of the signing key, from `X-Amz-Credential`.
    /// - Returns: the fault of the form, as a sentence; nil if none of the likely faults applies.
    func examine(
        _ provided: String, _ reading: PostReading, scope: CredentialScope, secret: String
    ) -> String? {
        budget.diagnose { fault(provided, reading, scope: scope, secret: secret) }
    }

    /// Examines a form that claims Version 2.
    func examine(_ provided: String, _ reading: PostReading, secret: String) -> String? {
        budget.diagnose { fault(provided, reading, secret: secret) }
    }

    private func fault(
        _ provided: String, _ reading: PostReading, scope: CredentialScope, secret: String
    ) -> String? {
        guard reading.policy.utf8.count <= Self.byteLimit else { return nil }
        func holds(_ text: String, _ key: HMACKey) -> Bool {
            isEqual(provided, SignatureV4.signature(of: text, key: key))
        }
        let key = scope.signingKey(secret: secret)
        if let fault = Self.policyFaults(reading.policy).first(where: { holds($0.text, key) }) { return fault.finding }
        let scopes =
            [reading.policyScope].compactMap(\.self) + otherScopes(than: scope, bucket: reading.bucket.description)
        for other in scopes where other != scope && holds(reading.policy, other.signingKey(secret: secret)) {
            return Self.finding(signed: other, claimed: scope)
        }
        let secrets = Self.secrets(secret)
        if let fault = secrets.first(where: { holds(reading.policy, scope.signingKey(secret: $0.text)) }) {
            return fault.finding
        }
        let text = Array(reading.policy.utf8)
        let (hash, plain) = (key.code(of: text), HMAC.sha256(key: Array(secret.utf8), text))
        if isEqual(provided, base64(hash).lowercased()) {
            return "the signature is encoded in Base64; Version 4 requires hexadecimal"
        }
        if isEqual(provided, hex(plain)) || isEqual(provided, base64(plain).lowercased()) {
            return
                "the signature was computed with the secret key itself; Version 4 requires a signing key derived from it"
        }
        let v2 = SignatureV2.signature(of: reading.policy, secret: secret)
        let isV2 = isEqual(provided, base64(v2).lowercased()) || isEqual(provided, hex(v2))
        return isV2 ? "the signature was computed with Signature Version 2 but sent as Version 4" : nil
    }

    private func fault(_ provided: String, _ reading: PostReading, secret: String) -> String? {
        guard reading.policy.utf8.count <= Self.byteLimit else { return nil }
        func holds(_ text: String, _ secret: String) -> Bool {
            isEqual(provided, base64(SignatureV2.signature(of: text, secret: secret)))
        }
        if let fault = Self.policyFaults(reading.policy).first(where: { holds($0.text, secret) }) {
            return fault.finding
        }
        if let fault = Self.secrets(secret).first(where: { holds(reading.policy, $0.text) }) { return fault.finding }
        if let finding = Self.encodingFault(of: provided, stringToSign: reading.policy, secret: secret) {
            return finding
        }
        let day = String(reading.today.iso8601Basic.prefix(8))
        let own = reading.policyScope ?? CredentialScope(day: day, region: "us-east-1")
        let isV4 = ([own] + otherScopes(than: own, bucket: reading.bucket.description)).contains { scope in
            let signature = SignatureV4.signature(of: reading.policy, key: scope.signingKey(secret: secret))
            return isEqual(provided.lowercased(), signature)
        }
        return isV4 ? "the signature was computed with Signature Version 4 but sent as Version 2" : nil
    }

    private func isEqual(_ provided: String, _ expected: String) -> Bool {
        isEqualInConstantTime(provided, expected)
    }

    // MARK: Faults of the policy

    private static func policyFaults(_ policy: String) -> [(finding: String, text: String)] {
        var faults = lineFaults(policy) + alphabetFaults(policy)
        guard let document = bytes(base64: policy) else { return faults }
        if let text = String(validating: document, as: UTF8.self) {
            faults.append(("the policy was signed as JSON; sign its Base64 text", text))
        }
        let finding = "the policy was rewritten after it was signed: its JSON had different white space or escapes"
        for text in variants(of: document) where text != document { faults.append((finding, base64(text))) }
        return faults
    }

    /// Tools insert line breaks into Base64 after 64 or 76 characters (RFC 7468 and RFC 2045).
    private static func lineFaults(_ policy: String) -> [(finding: String, text: String)] {
        let plain = policy.utf8.filter { $0 != 10 && $0 != 13 }
        if plain.count != policy.utf8.count {
            return [
                (
                    "the policy was signed without line breaks, but its field has them",
                    String(decoding: plain, as: UTF8.self)
                )
            ]
        }
        let finding = "the policy was signed with line breaks, but its field has none"
        return [64, 76].flatMap { width in
            ["\n", "\r\n"].flatMap { end in
                let lines = stride(from: 0, to: plain.count, by: width).map { start in
                    String(decoding: plain[start..<min(start + width, plain.count)], as: UTF8.self)
                }.joined(separator: end)
                return [(finding, lines), (finding, lines + end)]
            }
        } + [(finding, policy + "\n")]
    }

    private static func alphabetFaults(_ policy: String) -> [(finding: String, text: String)] {
        func replacing(_ pairs: [UInt8: UInt8]) -> String {
            String(decoding: policy.utf8.map { pairs[$0] ?? $0 }, as: UTF8.self)
        }
        let (space, plus, minus) = (UInt8(ascii: " "), UInt8(ascii: "+"), UInt8(ascii: "-"))
        let (slash, underscore) = (UInt8(ascii: "/"), UInt8(ascii: "_"))
        let padding = String(repeating: "=", count: (4 - policy.utf8.count % 4) % 4)
        let bare = String(Substring(policy.utf8.prefix { $0 != UInt8(ascii: "=") }))
        return [
            ("each \"+\" of the policy arrived as a space", replacing([space: plus])),
            (
                "the policy was signed in URL-safe Base64 but sent in Base64 with \"+\" and \"/\"",
                replacing([plus: minus, slash: underscore])
            ),
            (
                "the policy was signed in Base64 with \"+\" and \"/\" but sent in URL-safe Base64",
                replacing([minus: plus, underscore: slash])
            ),
            ("the policy was signed without padding, but its field has it", bare),
            ("the policy was signed with padding, but its field has none", policy + padding),
        ].filter { $0.1 != policy }
    }

    /// Returns the document as JSON libraries may write it: with and without white space, with `\/` for `/`, and with
    /// the line feed that shells add.
    private static func variants(of document: [UInt8]) -> [[UInt8]] {
        let feed = UInt8(ascii: "\n")
        let withoutFeed = document.last == feed ? Array(document.dropLast()) : document
        let spaced = [
            document, respaced(document, comma: ",", colon: ":"), respaced(document, comma: ", ", colon: ": "),
        ]
        let slashed = spaced.flatMap { text in
            let (slash, escaped) = (Array("/".utf8), Array("\\/".utf8))
            let plain = replacing(escaped, with: slash, in: text)
            return [plain, replacing(slash, with: escaped, in: plain)]
        }
        return spaced + slashed + [document + [feed], withoutFeed]
    }

    /// Returns the document with other white space between its values.
    private static func respaced(_ document: [UInt8], comma: String, colon: String) -> [UInt8] {
        var text: [UInt8] = []
        var (isString, isEscaped) = (false, false)
        for byte in document {
            let isQuote = byte == UInt8(ascii: "\"") && !isEscaped
            isEscaped = isString && byte == UInt8(ascii: "\\") && !isEscaped
            if isQuote { isString.toggle() }
            switch byte {
            case _ where isString || isQuote: text.append(byte)
            case UInt8(ascii: ","): text += comma.utf8
            case UInt8(ascii: ":"): text += colon.utf8
            case 9, 10, 13, 32: break
            default: text.append(byte)
            }
        }
        return text
    }
}
