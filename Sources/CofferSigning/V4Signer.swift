import CofferCrypto
package import CofferModel

/// A signer for Signature Version 4: in the header, in the query, and of chunks.
package struct V4Signer: Sendable {
    package let credentials: Credentials
    package let region: String
    /// The service's name in the credential scope.
    package let service: String

    package init(credentials: Credentials, region: String, service: String = "s3") {
        self.credentials = credentials
        self.region = region
        self.service = service
    }

    /// Adds `x-amz-date`, `x-amz-content-sha256` and `Authorization` to a request that has its `host` header.
    ///
    /// - Parameter payloadHash: the value of `x-amz-content-sha256`: the body's SHA-256 in hexadecimal, or one of S3's
    ///   keywords such as `UNSIGNED-PAYLOAD`.
    package func sign(_ request: SignableRequest, payloadHash: String, at time: Timestamp) -> SignableRequest {
        var request = request
        request.headers += [("x-amz-date", time.iso8601Basic), ("x-amz-content-sha256", payloadHash)]
        let scope = scope(at: time)
        let names = signedHeaders(of: request)
        let signature = signature(of: request, names: names, payloadHash: payloadHash, at: time)
        let authorization =
            "\(SignatureV4.algorithm) Credential=\(credentials.accessKeyID)/\(scope), "
            + "SignedHeaders=\(names.joined(separator: ";")), Signature=\(signature)"
        request.headers.append(("authorization", authorization))
        return request
    }

    /// Adds the signature to the query of a request that has its `host` header.
    ///
    /// - Parameter seconds: how long the URL is valid, 1 to 604,800.
    package func presign(_ request: SignableRequest, seconds: Int, at time: Timestamp) -> SignableRequest {
        var request = request
        let names = signedHeaders(of: request)
        let parameters = [
            ("X-Amz-Algorithm", SignatureV4.algorithm),
            ("X-Amz-Credential", "\(credentials.accessKeyID)/\(scope(at: time))"),
            ("X-Amz-Date", time.iso8601Basic), ("X-Amz-Expires", String(seconds)),
            ("X-Amz-SignedHeaders", names.joined(separator: ";")),
        ]
        for (name, value) in parameters { append(name, value, to: &request.query) }
        let signature = signature(of: request, names: names, payloadHash: "UNSIGNED-PAYLOAD", at: time)
        append("X-Amz-Signature", signature, to: &request.query)
        return request
    }

    /// Returns the fields that authenticate a POST upload; they and the policy's own fields go before the file.
    ///
    /// The conditions that Version 4 requires are added to the policy.
    package func postFields(_ policy: PostPolicy, at time: Timestamp) -> [(name: String, value: String)] {
        let added = scopeFields(at: time).map { PostPolicy.Condition.equal(field: $0.name, value: $0.value) }
        let whole = PostPolicy(expiration: policy.expiration, conditions: policy.conditions + added)
        return postFields(document: whole.document, at: time)
    }

    /// Returns the fields that authenticate a POST upload with a policy document that has the conditions that Version 4
    /// requires.
    package func postFields(document: [UInt8], at time: Timestamp) -> [(name: String, value: String)] {
        let text = base64(document)
        let key = scope(at: time).signingKey(secret: credentials.secretAccessKey)
        return scopeFields(at: time)
            + [("policy", text), ("x-amz-signature", SignatureV4.signature(of: text, key: key))]
    }

    /// Returns a signer for the chunks of a body, given the signature of its request.
    package func chunkSigner(seedSignature: String, at time: Timestamp) -> ChunkSigner {
        let scope = scope(at: time)
        return ChunkSigner(
            key: scope.signingKey(secret: credentials.secretAccessKey), date: time.iso8601Basic, scope: scope,
            seedSignature: seedSignature)
    }

    private func scopeFields(at time: Timestamp) -> [(name: String, value: String)] {
        [
            ("x-amz-algorithm", SignatureV4.algorithm),
            ("x-amz-credential", "\(credentials.accessKeyID)/\(scope(at: time))"), ("x-amz-date", time.iso8601Basic),
        ]
    }

    private func scope(at time: Timestamp) -> CredentialScope {
        CredentialScope(day: String(time.iso8601Basic.prefix(8)), region: region, service: service)
    }

    private func signedHeaders(of request: SignableRequest) -> [String] {
        Set(request.headers.map(\.name)).sorted()
    }

    private func signature(
        of request: SignableRequest, names: [String], payloadHash: String, at time: Timestamp
    ) -> String {
        let scope = scope(at: time)
        let canonical = CanonicalRequest(
            request, path: CanonicalRequest.paths(of: request)[0], query: CanonicalRequest.query(of: request),
            signedHeaders: names, payloadHash: payloadHash)
        let stringToSign = SignatureV4.stringToSign(date: time.iso8601Basic, scope: scope, canonicalRequest: canonical)
        return SignatureV4.signature(of: stringToSign, key: scope.signingKey(secret: credentials.secretAccessKey))
    }

    private func append(_ name: String, _ value: String, to query: inout String) {
        query += (query.isEmpty ? "" : "&") + "\(name)=\(PercentEncoding.encode(value.utf8))"
    }
}
