import CofferCrypto
import CofferModel

/// Signature Version 4 in the `Authorization` header and in the query.
extension SignatureVerifier {
    func verifyV4(
        _ request: SignableRequest, authorization: String, for service: SignedService
    ) throws(S3Error) -> Authentication {
        let words = KnownCredentials.Text(authorization)
        let known = words.flatMap { credentials.entry($0.credentials) }
        let signature =
            if let words, let known, let parts = SignatureV4(known, signature: words.signature) { parts } else {
                try SignatureV4(authorization: authorization)
            }
        try checkScope(signature.scope, service) { reason, details in SignatureV4.malformed(reason, details: details) }
        guard let header = service.bodyHash ?? request.header("x-amz-content-sha256") else {
            throw S3Error(.invalidRequest, "Missing required header for this request: x-amz-content-sha256")
        }
        let payloadHash = try PayloadHash(header: header)
        guard let text = request.header("x-amz-date") ?? request.header("date"), let time = Timestamp(parsing: text)
        else {
            throw S3Error(.accessDenied, "AWS authentication requires a valid Date or x-amz-date header")
        }
        let date = text.utf8.count == 16 ? text : time.iso8601Basic
        guard date.hasPrefix(signature.scope.day) else {
            throw SignatureV4.malformed(
                "Invalid credential date \"\(signature.scope.day)\". This date is not the same as X-Amz-Date: \"\(date.prefix(8))\"."
            )
        }
        let token = request.header("x-amz-security-token")
        let (key, secret) = try check(
            signature, of: request, date: date, payloadHash: header, token: token, known: known)
        if known?.secret != secret, let words {
            let entry = KnownCredentials.Entry(signature, secret: secret, key: key)
            credentials.keep(entry, for: words.credentials)
        }
        try checkSkew(time, text: text)
        var signer: ChunkSigner?
        if case .streaming(isSigned: true, _) = payloadHash {
            signer = ChunkSigner(
                key: key, date: date, scope: signature.scope, seedSignature: signature.signature)
        }
        return Authentication(
            accessKeyID: signature.accessKeyID, method: .v4Header, payloadHash: payloadHash, chunkSigner: signer,
            sessionToken: token, region: signature.scope.region)
    }

    func verifyV4(
        _ request: SignableRequest, query: Query, for service: SignedService
    ) throws(S3Error) -> Authentication {
        let (signature, date, time, expires) = try presignature(query, service)
        let now = now()
        guard time.seconds - now.seconds <= Limits.clockSkewSeconds else {
            throw S3Error(.accessDenied, "Request is not yet valid")
        }
        guard now.seconds <= time.seconds + expires else {
            throw S3Error(
                .accessDenied, "Request has expired",
                details: [
                    ("X-Amz-Expires", String(expires)),
                    ("Expires", Timestamp(seconds: time.seconds + expires).iso8601WithoutFraction),
                    ("ServerTime", now.iso8601WithoutFraction),
                ])
        }
        let hash = service.bodyHash ?? Self.payloadHash(of: request, query, signature.signedHeaders)
        let payloadHash = try hash.map { hash throws(S3Error) in try PayloadHash(header: hash) } ?? .unsigned
        if case .streaming(isSigned: true, _) = payloadHash {
            throw S3Error(.invalidRequest, "Signed chunks require a request that is signed in its Authorization header")
        }
        let token = query["X-Amz-Security-Token"]
        _ = try check(signature, of: request, date: date, payloadHash: hash ?? "UNSIGNED-PAYLOAD", token: token)
        return Authentication(
            accessKeyID: signature.accessKeyID, method: .v4Query, payloadHash: payloadHash, chunkSigner: nil,
            sessionToken: token, region: signature.scope.region)
    }

    // MARK: Steps

    /// Returns the last line of a presigned request's canonical request. An unsigned header is ignored if the query has
    /// a value; otherwise it must match the value that the signer used.
    private static func payloadHash(
        of request: SignableRequest, _ query: Query, _ signedHeaders: [String]
    ) -> String? {
        let header = request.header(hashHeader)
        return signedHeaders.contains(hashHeader) ? header : query["X-Amz-Content-Sha256"] ?? header
    }

    private static let hashHeader = "x-amz-content-sha256"

    private func presignature(
        _ query: Query, _ service: SignedService
    ) throws(S3Error) -> (signature: SignatureV4, date: String, time: Timestamp, expires: Int64) {
        guard let algorithm = query["X-Amz-Algorithm"], let credential = query["X-Amz-Credential"],
            let signature = query["X-Amz-Signature"], let date = query["X-Amz-Date"],
            let signedHeaders = query["X-Amz-SignedHeaders"], let lifetime = query["X-Amz-Expires"]
        else {
            throw queryError(
                "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, "
                    + "X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.")
        }
        guard algorithm == SignatureV4.algorithm else {
            throw queryError("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"")
        }
        guard let (accessKeyID, scope) = SignatureV4.credential(credential) else {
            throw queryError(
                "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "
                    + "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".")
        }
        try checkScope(scope, service) { reason, details in
            S3Error(
                .authorizationQueryParametersError, "Error parsing the X-Amz-Credential parameter; \(reason)",
                details: details)
        }
        guard date.utf8.count == 16, let time = Timestamp(parsing: date) else {
            throw queryError("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"")
        }
        guard date.hasPrefix(scope.day) else {
            throw queryError(
                "Invalid credential date \"\(scope.day)\". This date is not the same as X-Amz-Date: \"\(date.prefix(8))\"."
            )
        }
        guard let expires = Int64(lifetime) else { throw queryError("X-Amz-Expires should be a number") }
        guard expires > 0 else { throw queryError("X-Amz-Expires must be at least 1 second") }
        guard expires <= Int64(Limits.presignedSeconds) else {
            throw queryError(
                "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than "
                    + "\(Limits.presignedSeconds) seconds")
        }
        let parts = SignatureV4(
            accessKeyID: accessKeyID, scope: scope, signedHeaders: signedHeaders, signature: signature)
        return (parts, date, time, expires)
    }

    private func queryError(_ message: String) -> S3Error {
        S3Error(.authorizationQueryParametersError, message)
    }

    func checkScope(
        _ scope: CredentialScope, _ service: SignedService,
        error: (_ reason: String, _ details: [(name: String, value: String)]) -> S3Error
    ) throws(S3Error) {
        guard scope.service == service.name else {
            throw error("incorrect service \"\(scope.service)\". This endpoint belongs to \"\(service.name)\".", [])
        }
        if let requiredRegion, service == .s3, scope.region != requiredRegion {
            throw error(
                "the region '\(scope.region)' is wrong; expecting '\(requiredRegion)'", [("Region", requiredRegion)])
        }
    }

    /// Compares the signature with those of the variants of the request that a client may have signed.
    ///
    /// - Parameter known: what is known of the credentials, if they verified a signature before.
    /// - Returns: the signing key, and the secret that it is derived from.
    private func check(
        _ signature: SignatureV4, of request: SignableRequest, date: String, payloadHash: String, token: String?,
        known: KnownCredentials.Entry? = nil
    ) throws(S3Error) -> (key: HMACKey, secret: String) {
        try checkCoverage(signature.signedHeaders, of: request)
        let secret = try secret(of: signature.accessKeyID, token: token)
        let key =
            if let known, known.secret == secret { known.key } else {
                keys.key(secret: secret, scope: signature.scope)
            }
        let reading = V4Reading(request, signature, date: date, payloadHash: payloadHash)
        guard holds(reading, signature, key: key) || holdsForOtherHost(reading, signature, key: key) else {
            throw mismatch(signature, reading, secret: secret)
        }
        if known == nil { keys.keep(key, secret: secret, scope: signature.scope) }
        return (key, secret)
    }

    /// The longest query for which values of the same name may be signed in the order in which they were sent, in
    /// bytes.
    private static let reorderedByteCount = 4 << 10

    private func holds(_ reading: V4Reading, _ signature: SignatureV4, key: HMACKey) -> Bool {
        if signature.isValid(for: reading, key: key) { return true }
        var queries = [reading.query]
        if reading.query.utf8.count <= Self.reorderedByteCount {
            let inOrder = CanonicalRequest.query(
                of: reading.request, leavingOut: V4Reading.signatureParameter, keepingOrder: true)
            if inOrder != reading.query { queries.append(inOrder) }
        }
        return CanonicalRequest.paths(of: reading.request).contains { path in
            queries.contains { query in
                // Byte comparison avoids the normalisation of non-ASCII text.
                guard !path.hasBytes(of: reading.path) || query != reading.query else { return false }
                var reading = reading
                reading.path = path
                reading.query = query
                return signature.isValid(for: reading, key: key)
            }
        }
    }

    private func holdsForOtherHost(_ reading: V4Reading, _ signature: SignatureV4, key: HMACKey) -> Bool {
        otherHosts(reading.request).contains { host in
            var other = reading
            other.set("host", host)
            return holds(other, signature, key: key)
        }
    }

    private func mismatch(_ signature: SignatureV4, _ reading: V4Reading, secret: String) -> S3Error {
        .signatureDoesNotMatch(
            accessKeyID: signature.accessKeyID, provided: signature.signature, stringToSign: reading.stringToSign,
            canonicalRequest: reading.canonicalRequest.text,
            finding: diagnostics.examine(signature, reading, secret: secret)
        )
    }

    /// Checks that `host` and every `x-amz-` header are signed: an unsigned one could have been added on the way. The
    /// hash of the body is always signed, as the last line of the canonical request.
    private func checkCoverage(_ signedHeaders: [String], of request: SignableRequest) throws(S3Error) {
        guard signedHeaders.count <= Limits.signedHeaderCount, !Self.hasDuplicates(signedHeaders) else {
            throw SignatureV4.malformed(
                "SignedHeaders names a header twice, or more than \(Limits.signedHeaderCount) headers.")
        }
        var missing: [String] = []
        for header in request.headers {
            let name = header.name.utf8Span.span
            guard name.starts(with: "x-amz-", in: 0..<name.count), header.name != Self.hashHeader,
                !signedHeaders.contains(header.name)
            else { continue }
            missing.append(header.name)
        }
        if !signedHeaders.contains("host") { missing.append("host") }
        guard missing.isEmpty else {
            throw S3Error(
                .accessDenied, "There were headers present in the request which were not signed",
                details: [("HeadersNotSigned", missing.joined(separator: ", "))])
        }
    }

    private static func hasDuplicates(_ names: [String]) -> Bool {
        // Comparing each with each is quicker than a set of the few names that are usual.
        guard names.count <= 8 else { return Set(names).count < names.count }
        return names.indices.contains { index in names[..<index].contains(names[index]) }
    }
}
