import CofferCrypto
import CofferModel

/// A request as its client may have signed it with Version 4.
struct V4Reading: SignatureReading {
    /// The request as it arrived.
    let request: SignableRequest
    var path: String
    /// The canonical query.
    var query: String
    let signedHeaders: [String]
    /// The canonical values of those headers.
    private var values: [String]
    let date: String
    /// The scope in the string to sign.
    var scope: CredentialScope
    /// The scope of the signing key.
    var keyScope: CredentialScope
    /// The last line of the canonical request.
    var payloadHash: String

    init(_ request: SignableRequest, _ signature: SignatureV4, date: String, payloadHash: String) {
        self.request = request
        path = CanonicalRequest.paths(of: request)[0]
        query = CanonicalRequest.query(of: request, leavingOut: Self.signatureParameter)
        signedHeaders = signature.signedHeaders
        values = CanonicalRequest.values(of: signature.signedHeaders, in: request)
        self.date = date
        scope = signature.scope
        keyScope = signature.scope
        self.payloadHash = payloadHash
    }

    /// Sets a header's value; nothing changes if the header is not signed.
    mutating func set(_ name: String, _ value: String) {
        guard let index = signedHeaders.firstIndex(of: name) else { return }
        values[index] = CanonicalRequest.folded(value)
    }

    var canonicalRequest: CanonicalRequest {
        CanonicalRequest(
            method: request.method, path: path, query: query, signedHeaders: signedHeaders, values: values,
            payloadHash: payloadHash)
    }

    /// The query parameter that is not signed.
    static let signatureParameter = "X-Amz-Signature"

    /// The expiration times of a presigned URL as Version 2 may have signed them: seconds since 1970, or the lifetime
    /// mistaken for that.
    var expirations: [String] {
        // An invalid query has no signature to examine.
        guard let lifetime = (try? Query(request.query))?["X-Amz-Expires"] else { return [] }
        let end = Timestamp(parsing: date).flatMap { start in Int64(lifetime).map { String(start.seconds + $0) } }
        return [lifetime, end].compactMap(\.self)
    }

    var stringToSign: String { String(decoding: bytesToSign, as: UTF8.self) }

    var bytesToSign: [UInt8] { SignatureV4.bytesToSign(date: date, scope: scope, canonicalRequest.digest) }
}

extension SignatureDiagnostics {
    /// - Returns: the fault of the request, as a sentence; nil if none of the likely faults applies.
    func examine(_ signature: SignatureV4, _ reading: V4Reading, secret: String) -> String? {
        budget.diagnose { fault(signature, reading, secret: secret) }
    }

    private func fault(_ signature: SignatureV4, _ reading: V4Reading, secret: String) -> String? {
        let text = reading.canonicalRequest.text
        guard text.utf8.count <= Self.byteLimit else { return nil }
        let key = reading.keyScope.signingKey(secret: secret)
        for fault in faults(of: reading).prefix(Self.faultCount(text)) {
            var other = reading
            fault.undo(&other)
            let key = other.keyScope == reading.keyScope ? key : other.keyScope.signingKey(secret: secret)
            if signature.isValid(for: other, key: key) { return fault.finding() }
        }
        return secretFault(signature, reading, secret: secret) ?? versionFault(signature, reading, secret: secret)
            ?? missingHeader(reading) ?? replacedHost(reading)
    }

    private func faults(of reading: V4Reading) -> [SignatureFault<V4Reading>] {
        hostFaults(reading) + Self.pathFaults(reading) + Self.prefixFaults(reading) + scopeFaults(reading)
            + Self.headerFaults(reading, names: reading.signedHeaders)
            + Self.joinFaults(reading, names: reading.signedHeaders) + payloadFaults(reading)
    }

    // MARK: Host

    private func hostFaults(_ reading: V4Reading) -> [SignatureFault<V4Reading>] {
        let received = reading.request.header("host") ?? ""
        var seen: Set = [received]
        return candidates(reading.request, received).filter { seen.insert($0).inserted }.map { host in
            SignatureFault<V4Reading>(Self.finding(signed: host, received: received)) {
                $0.set("host", host)
            }
        }
    }

    private func candidates(_ request: SignableRequest, _ received: String) -> [String] {
        let known = hosts()
        let forwarded =
            request.header("x-forwarded-host").map { header in
                header.split(at: ",", maxSplits: Self.proxyCount).prefix(Self.proxyCount).map(Self.trimmed)
            } ?? []
        let ports = Set(known.map(Self.port)).subtracting([""]).sorted()
        let name = Self.name(received)
        let inHost = request.hostBucket.map { bucket in known.map { "\(bucket).\($0)" } } ?? []
        return forwarded + [name] + ports.map { name + $0 } + inHost + known
    }

    /// Reports a host that a proxy probably replaced. This is not proven: the name under which clients call a proxy is
    /// unknown unless the proxy forwards it.
    private func replacedHost(_ reading: V4Reading) -> String? {
        guard let received = reading.request.header("host"), isOwnAddress(received),
            reading.request.header("x-forwarded-host") == nil, reading.request.header("forwarded") == nil
        else { return nil }
        return
            "no likely cause was found, so the secret key may be wrong; but the Host arrived as \"\(received)\", the "
            + "server's own address: if there is a proxy in front of the server, it probably replaced the signed Host. "
            + "Let the proxy pass it on (nginx: 'proxy_set_header Host $http_host', Apache: 'ProxyPreserveHost On'; "
            + "HAProxy, Caddy and Traefik do so by default), or name the signed Host with --host-alias"
    }

    /// Whether a host is an address at which only nearby callers, such as a proxy, reach the server: an IP address,
    /// `localhost`, or a name without a dot with the server's port.
    private func isOwnAddress(_ host: String) -> Bool {
        let name = Self.name(host)
        let isAddress =
            name.hasPrefix("[") || name.utf8.allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: ".") }
        let port = Self.port(host)
        return isAddress || name == "localhost"
            || (!name.utf8.contains(UInt8(ascii: ".")) && !port.isEmpty && hosts().contains { Self.port($0) == port })
    }

    private static func finding(signed: String, received: String) -> String {
        let what = "the Host was signed as \"\(signed)\" but arrived as \"\(received)\""
        guard name(signed) == name(received) else {
            return "\(what): let the proxy pass it on unchanged, or name it with --host-alias"
        }
        return switch (port(signed), port(received)) {
        case (_, ""): "\(what): its port was dropped on the way"
        case ("", _): "\(what): a port was added on the way, or left out by the client"
        default: "\(what): its port was changed on the way"
        }
    }

    private static func name(_ host: String) -> String { String(host.dropLast(port(host).count)) }

    /// Returns the port with its colon; empty if there is none.
    private static func port(_ host: String) -> String {
        guard let colon = host.utf8.lastIndex(of: UInt8(ascii: ":")) else { return "" }
        let digits = host[colon...].dropFirst()
        return digits.utf8.allSatisfy { (48...57).contains($0) } ? String(host[colon...]) : ""
    }

    private static func trimmed(_ text: Substring) -> String {
        CanonicalRequest.folded(String(text))
    }

    // MARK: Signing key

    private func scopeFaults(_ reading: V4Reading) -> [SignatureFault<V4Reading>] {
        let claimed = reading.scope
        return otherScopes(than: claimed, bucket: reading.request.bucketName).flatMap { scope in
            let finding = { Self.finding(signed: scope, claimed: claimed) }
            return [
                SignatureFault<V4Reading>(finding()) { $0.keyScope = scope },
                SignatureFault<V4Reading>(finding()) {
                    ($0.keyScope, $0.scope) = (scope, scope)
                    // A presigned URL's Credential is part of the signed query.
                    let (from, to) = (
                        PercentEncoding.encode("\(claimed)".utf8), PercentEncoding.encode("\(scope)".utf8)
                    )
                    $0.query = Self.replacing(from, with: to, in: $0.query)
                },
            ]
        }
    }

    private func secretFault(_ signature: SignatureV4, _ reading: V4Reading, secret: String) -> String? {
        Self.secrets(secret).first { text, _ in
            signature.isValid(for: reading, key: reading.keyScope.signingKey(secret: text))
        }?.finding
    }

    // MARK: Signed text

    private func payloadFaults(_ reading: V4Reading) -> [SignatureFault<V4Reading>] {
        let name = "x-amz-content-sha256"
        let words = [
            "UNSIGNED-PAYLOAD", hex(SHA256.digest([])), "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
            "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", "",
        ]
        return words.filter { $0 != reading.payloadHash }.flatMap { word in
            let finding = { "the payload hash was signed as \"\(word)\", but \(name) is \"\(reading.payloadHash)\"" }
            return [
                SignatureFault<V4Reading>(finding()) { $0.payloadHash = word },
                SignatureFault<V4Reading>(finding()) {
                    $0.payloadHash = word
                    $0.set(name, word)
                },
            ]
        }
    }

    /// The longest query of a presigned URL that is examined for an end as Version 2 signs it.
    private static let expiringByteCount = 2 << 10

    /// Detects a signature that claims Version 4 but was encoded or computed as in Version 2.
    private func versionFault(_ signature: SignatureV4, _ reading: V4Reading, secret: String) -> String? {
        let key = reading.keyScope.signingKey(secret: secret)
        // The provided signature was lowercased, including Base64 letters, because hexadecimal digits may be in either
        // case.
        if signature.isEqual(to: base64(key.code(of: Array(reading.stringToSign.utf8))).lowercased()) {
            return "the signature is encoded in Base64; Version 4 requires hexadecimal"
        }
        let expirations = reading.request.query.utf8.count <= Self.expiringByteCount ? reading.expirations : []
        let isV2 = ([nil] + expirations).contains { expires in
            let v2 = V2Reading(reading.request, expires: expires)
            let expected = SignatureV2.signature(of: v2.stringToSign, secret: secret)
            return [base64(expected).lowercased(), hex(expected)].contains(where: signature.isEqual)
        }
        return isV2 ? "the signature was computed with Signature Version 2 but sent as Version 4" : nil
    }

    /// Reports a signed header that is missing. This is not proven: the value that the header had is unknown.
    private func missingHeader(_ reading: V4Reading) -> String? {
        reading.signedHeaders.first { reading.request.header($0) == nil }.map {
            "SignedHeaders names \($0), which did not arrive: a proxy may have removed it"
        }
    }
}
