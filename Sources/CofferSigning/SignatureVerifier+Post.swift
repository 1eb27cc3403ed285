import CofferCrypto
package import CofferModel

/// Signatures in the fields of a POST upload, of both versions: each covers the policy, as its Base64 text.
///
/// Source: S3 API Reference, "Authenticating Requests in Browser-Based Uploads Using POST".
extension SignatureVerifier {
    /// Verifies the signature of a form, and that the form satisfies its policy. A form without either is anonymous.
    ///
    /// - Returns: the signer, and the file sizes that the policy allows, if it restricts them.
    /// - Throws: AWS's error for an element that is missing, malformed, expired or wrong.
    package func verify(
        _ form: PostForm, bucket: BucketName
    ) throws(S3Error) -> (authentication: Authentication, lengthRange: PostPolicy.LengthRange?) {
        func has(_ names: [String]) -> Bool { names.contains { form[$0] != nil } }
        let isV4 = has(["x-amz-algorithm", "x-amz-credential", "x-amz-signature", "x-amz-date"])
        guard isV4 || has(["policy", "AWSAccessKeyId", "signature"]) else {
            guard form["x-amz-security-token"] == nil else { throw S3Error(.invalidToken) }
            return (Authentication(form: nil, .anonymous), nil)
        }
        // A form with a policy or credentials must be signed.
        guard has(["signature", "x-amz-signature"]) else { throw S3Error(.accessDenied) }
        let text = try form.required("policy")
        let reading = PostReading(policy: text, bucket: bucket, today: now())
        let authentication = isV4 ? try verifyV4(form, reading) : try verifyV2(form, reading)
        let policy = try PostPolicy(base64: text)
        try policy.check(form, bucket: bucket, at: now())
        return (authentication, policy.lengthRange)
    }

    private func verifyV2(_ form: PostForm, _ reading: PostReading) throws(S3Error) -> Authentication {
        let accessKeyID = try form.required("AWSAccessKeyId")
        let signature = try form.required("signature")
        let token = form["x-amz-security-token"]
        try check(signature, accessKeyID: accessKeyID, token: token, stringsToSign: [reading.policy]) { secret in
            diagnostics.examine(signature, reading, secret: secret)
        }
        return Authentication(form: accessKeyID, .v2Post, token: token)
    }

    private func verifyV4(_ form: PostForm, _ reading: PostReading) throws(S3Error) -> Authentication {
        let algorithm = try form.required("X-Amz-Algorithm")
        let credential = try form.required("X-Amz-Credential")
        let date = try form.required("X-Amz-Date")
        let signature = try form.required("X-Amz-Signature").lowercased()
        guard algorithm == SignatureV4.algorithm else {
            throw .invalidArgument(
                "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"", name: "X-Amz-Algorithm", value: algorithm)
        }
        let (accessKeyID, scope) = try parse(credential: credential)
        try check(date: date, scope: scope)
        let token = form["x-amz-security-token"]
        let secret = try secret(of: accessKeyID, token: token)
        let key = keys.key(secret: secret, scope: scope)
        let expected = SignatureV4.signature(of: reading.policy, key: key)
        guard isEqualInConstantTime(expected, signature) else {
            let finding = diagnostics.examine(signature, reading, scope: scope, secret: secret)
            throw S3Error.signatureDoesNotMatch(
                accessKeyID: accessKeyID, provided: signature, stringToSign: reading.policy, finding: finding)
        }
        keys.keep(key, secret: secret, scope: scope)
        return Authentication(form: accessKeyID, .v4Post, token: token, region: scope.region)
    }

    // MARK: Steps

    private func parse(credential: String) throws(S3Error) -> (accessKeyID: String, scope: CredentialScope) {
        func error(_ reason: String, _ details: [(name: String, value: String)] = []) -> S3Error {
            S3Error(
                .invalidArgument, "Error parsing the X-Amz-Credential parameter; \(reason)",
                details: [("ArgumentName", "X-Amz-Credential"), ("ArgumentValue", credential)] + details)
        }
        guard let parts = SignatureV4.credential(credential) else {
            throw error(
                "the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".")
        }
        try checkScope(parts.scope, .s3, error: error)
        return parts
    }

    /// Checks the date, which is that of the signing key; S3 accepts a key for seven days.
    private func check(date: String, scope: CredentialScope) throws(S3Error) {
        guard date.utf8.count == 16, let time = Timestamp(parsing: date) else {
            throw .invalidArgument(
                "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"", name: "X-Amz-Date",
                value: date)
        }
        guard date.hasPrefix(scope.day) else {
            throw .invalidArgument(
                "Invalid credential date \"\(scope.day)\". This date is not the same as X-Amz-Date: \"\(date.prefix(8))\".",
                name: "X-Amz-Date", value: date)
        }
        let age = now().seconds - time.seconds
        guard age >= -Limits.clockSkewSeconds else { throw S3Error(.accessDenied, "Request is not yet valid") }
        guard age <= Int64(Limits.presignedSeconds) else { throw S3Error(.accessDenied, "Request has expired") }
    }
}

extension Authentication {
    /// Creates the authentication of a form, whose signature does not cover the file's bytes.
    fileprivate init(form accessKeyID: String?, _ method: Method, token: String? = nil, region: String? = nil) {
        self.init(
            accessKeyID: accessKeyID, method: method, payloadHash: .unsigned, chunkSigner: nil, sessionToken: token,
            region: region)
    }
}
