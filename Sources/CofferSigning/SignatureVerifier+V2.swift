import CofferCrypto
import CofferModel

/// Signature Version 2 in the `Authorization` header and in the query.
///
/// It is supported because the Datastore's clients sign with it: boto 2 everywhere except on AWS, and boto3 its
/// presigned URLs.
extension SignatureVerifier {
    func verifyV2(
        _ request: SignableRequest, authorization: String, query: Query
    ) throws(S3Error) -> Authentication {
        let parts = authorization.dropFirst(4).split(at: ":", maxSplits: 1, keepingEmpty: true)
        guard parts.count == 2, !parts[0].isEmpty else {
            throw .invalidArgument(
                "AWS authorization header is invalid. Expected AwsAccessKeyId:signature", name: "Authorization",
                value: "AWS")
        }
        guard let text = request.header("x-amz-date") ?? request.header("date"), let time = Timestamp(parsing: text)
        else {
            throw S3Error(.accessDenied, "AWS authentication requires a valid Date or x-amz-date header")
        }
        let accessKeyID = String(parts[0])
        let token = request.header("x-amz-security-token")
        let reading = V2Reading(request)
        let (signature, stringsToSign) = (String(parts[1]), SignatureV2.stringsToSign(reading))
        try check(signature, accessKeyID: accessKeyID, token: token, stringsToSign: stringsToSign) {
            diagnostics.examine(signature, reading, secret: $0)
        }
        try checkCoverage(of: query, accessKeyID: accessKeyID, signature, stringToSign: stringsToSign[0])
        try checkSkew(time, text: text)
        return Authentication(
            accessKeyID: accessKeyID, method: .v2Header, payloadHash: try unsignedPayloadHash(request),
            chunkSigner: nil, sessionToken: token)
    }

    func verifyV2(_ request: SignableRequest, query: Query) throws(S3Error) -> Authentication {
        guard let accessKeyID = query["AWSAccessKeyId"], let signature = query["Signature"],
            let expires = query["Expires"]
        else {
            throw S3Error(
                .accessDenied,
                "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters")
        }
        guard let seconds = Int64(expires), seconds > 0, seconds < Int64.max / 1000 else {
            throw S3Error(.accessDenied, "Invalid date (should be seconds since epoch): \(expires)")
        }
        let now = now()
        guard now.seconds <= seconds else {
            throw S3Error(
                .accessDenied, "Request has expired",
                details: [
                    ("Expires", Timestamp(seconds: seconds).iso8601WithoutFraction),
                    ("ServerTime", now.iso8601WithoutFraction),
                ])
        }
        let signed = SignatureV2.withFields(of: query, request)
        let token = signed.header("x-amz-security-token")
        let reading = V2Reading(signed, expires: expires)
        let stringsToSign = SignatureV2.stringsToSign(reading)
        try check(signature, accessKeyID: accessKeyID, token: token, stringsToSign: stringsToSign) {
            diagnostics.examine(signature, reading, secret: $0)
        }
        try checkCoverage(of: query, accessKeyID: accessKeyID, signature, stringToSign: stringsToSign[0])
        return Authentication(
            accessKeyID: accessKeyID, method: .v2Query, payloadHash: try unsignedPayloadHash(request), chunkSigner: nil,
            sessionToken: token)
    }

    /// Refuses parameters that choose the operation but are not signed by Version 2: anyone with a signed URL could
    /// have added them. Parameters that only choose a page of a listing are not signed either, but are allowed.
    private func checkCoverage(
        of query: Query, accessKeyID: String, _ signature: String, stringToSign: String
    ) throws(S3Error) {
        let uncovered = query.parameters.first {
            routingParameters.contains($0.name) && !SignatureV2.subresources.contains($0.name)
        }
        guard let name = uncovered?.name else { return }
        throw S3Error.signatureDoesNotMatch(
            accessKeyID: accessKeyID, provided: signature, stringToSign: stringToSign,
            finding: "Signature Version 2 does not sign the parameter \(name): sign with Version 4")
    }

    /// Compares the signature with those of the strings that a client may have signed.
    ///
    /// - Parameter examine: finds the reason why the signature is invalid, given the secret.
    func check(
        _ provided: String, accessKeyID: String, token: String?, stringsToSign: [String],
        examine: (_ secret: String) -> String?
    ) throws(S3Error) {
        guard acceptsV2 else {
            throw S3Error(
                .invalidRequest,
                "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.")
        }
        let secret = try secret(of: accessKeyID, token: token)
        // A "+" in the signature may have become a space in a query.
        let signature = bytes(base64: String(provided.map { $0 == " " ? "+" : $0 })) ?? []
        let isValid = stringsToSign.contains {
            isEqualInConstantTime(SignatureV2.signature(of: $0, secret: secret), signature)
        }
        guard isValid else {
            throw S3Error.signatureDoesNotMatch(
                accessKeyID: accessKeyID, provided: provided, stringToSign: stringsToSign[0], finding: examine(secret))
        }
    }
}
