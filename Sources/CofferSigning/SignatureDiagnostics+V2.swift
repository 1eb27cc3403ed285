import CofferCrypto
import CofferModel

extension SignatureDiagnostics {
    /// - Returns: the fault of the request, as a sentence; nil if none of the likely faults applies.
    func examine(_ provided: String, _ reading: V2Reading, secret: String) -> String? {
        budget.diagnose { fault(provided, reading, secret: secret) }
    }

    private func fault(_ provided: String, _ reading: V2Reading, secret: String) -> String? {
        let stringToSign = reading.stringToSign
        guard stringToSign.utf8.count <= Self.byteLimit else { return nil }
        let signature = provided.map { $0 == " " ? "+" : $0 }
        func holds(_ text: String, _ secret: String) -> Bool {
            let expected = base64(SignatureV2.signature(of: text, secret: secret))
            return isEqualInConstantTime(expected, String(signature))
        }
        for fault in faults(of: reading).prefix(Self.faultCount(stringToSign)) {
            var other = reading
            fault.undo(&other)
            if holds(other.stringToSign, secret) { return fault.finding() }
        }
        if let fault = Self.secrets(secret).first(where: { holds(stringToSign, $0.text) }) { return fault.finding }
        return versionFault(String(signature), reading, secret: secret)
    }

    private func faults(of reading: V2Reading) -> [SignatureFault<V2Reading>] {
        Self.pathFaults(reading) + Self.prefixFaults(reading) + bucketFaults(reading)
            + Self.headerFaults(reading, names: ["content-type", "content-md5"])
            + Self.joinFaults(
                reading, names: Set(reading.request.headers.map(\.name).filter { $0.hasPrefix("x-amz-") }).sorted())
    }

    /// The bucket is signed, whether it is in the path or in the host.
    private func bucketFaults(_ reading: V2Reading) -> [SignatureFault<V2Reading>] {
        guard let bucket = reading.request.hostBucket else {
            let parts = reading.request.path.split(at: "/", maxSplits: 1)
            guard let bucket = parts.first else { return [] }
            return [
                SignatureFault("the bucket \"\(bucket)\" was signed twice: for the host and in the path") {
                    $0.hostBucket = String(bucket)
                }
            ]
        }
        return [
            SignatureFault("the Host names the bucket \"\(bucket)\", which was not signed: a proxy may have changed it")
            {
                $0.hostBucket = nil
            }
        ]
    }

    /// Detects a signature that claims Version 2 but was computed with parts of another version.
    private func versionFault(_ provided: String, _ reading: V2Reading, secret: String) -> String? {
        if let finding = Self.encodingFault(of: provided, stringToSign: reading.stringToSign, secret: secret) {
            return finding
        }
        return signedByV4(provided, reading, secret: secret)
            ? "the signature was computed with Signature Version 4 but sent as Version 2" : nil
    }

    /// Detects a signature of the right text that was computed with another function or is encoded differently.
    static func encodingFault(of provided: String, stringToSign: String, secret: String) -> String? {
        let sha1 = SignatureV2.signature(of: stringToSign, secret: secret)
        if isEqualInConstantTime(hex(sha1), provided.lowercased()) {
            return "the signature is encoded in hexadecimal; Version 2 requires Base64"
        }
        let sha256 = HMAC.sha256(key: Array(secret.utf8), Array(stringToSign.utf8))
        let texts = [base64(sha256), hex(sha256)]
        if texts.contains(where: { isEqualInConstantTime($0, provided) }) {
            return "the signature was computed with SHA-256; Version 2 requires SHA-1"
        }
        return nil
    }

    /// Whether the signature is one of Version 4. Version 2 requests do not list the signed headers, so those that SDKs
    /// sign are tried.
    private func signedByV4(_ provided: String, _ reading: V2Reading, secret: String) -> Bool {
        let request = reading.request
        guard let time = (request.header("x-amz-date") ?? request.header("date")).flatMap({ Timestamp(parsing: $0) })
        else { return false }
        // Version 4 signs the entire query, and encoding it takes time.
        guard request.query.utf8.count <= Self.byteLimit else { return false }
        let date = time.iso8601Basic
        let names = Set(request.headers.map(\.name).filter { $0.hasPrefix("x-amz-") } + ["host"])
        let sets = [names, names.union(["content-type"]), names.union(["content-md5", "content-type"])]
        let scopes = Set(regions(request.bucketName) + ["us-east-1"]).map {
            CredentialScope(day: String(date.prefix(8)), region: $0)
        }
        let keys = scopes.map { $0.signingKey(secret: secret) }
        let query = CanonicalRequest.query(of: request, leavingOut: "X-Amz-Signature")
        return sets.contains { names in
            let canonical = CanonicalRequest(
                request, path: CanonicalRequest.paths(of: request)[0], query: query, signedHeaders: names.sorted(),
                payloadHash: request.header("x-amz-content-sha256") ?? "UNSIGNED-PAYLOAD")
            let digest = canonical.digest
            return zip(scopes, keys).contains { scope, key in
                let expected = key.code(of: SignatureV4.bytesToSign(date: date, scope: scope, digest))
                return isEqualInConstantTime(hex(expected), provided.lowercased())
            }
        }
    }
}
