import CofferCrypto
package import CofferModel

/// Signature Version 2: what it signs, and the signature.
///
/// Source: S3 User Guide, "Signing and authenticating REST requests (AWS signature version 2)".
package enum SignatureV2 {
    /// - Parameter expires: the `Expires` of a presigned URL, which takes the date's place.
    static func stringToSign(_ request: SignableRequest, expires: String? = nil) -> String {
        let date = expires ?? (request.header("x-amz-date") == nil ? request.header("date") ?? "" : "")
        let lines = [
            request.method, request.header("content-md5") ?? "", request.header("content-type") ?? "", date,
        ]
        return lines.joined(separator: "\n") + "\n" + amzHeaders(of: request) + resource(of: request)
    }

    /// What a client may have signed: the path as it was sent, and for a bucket without a trailing slash also the path
    /// with one, which botocore signs but does not send.
    static func stringsToSign(_ request: SignableRequest, expires: String? = nil) -> [String] {
        let isBucket =
            request.hostBucket == nil && request.path.utf8.count > 1
            && !request.path.utf8.dropFirst().contains(UInt8(ascii: "/"))
        var withSlash = request
        withSlash.path += "/"
        return (isBucket ? [request, withSlash] : [request]).map { stringToSign($0, expires: expires) }
    }

    static func signature(of stringToSign: String, secret: String) -> [UInt8] {
        HMAC.sha1(key: Array(secret.utf8), Array(stringToSign.utf8))
    }

    /// The parameters that name a part of a resource or change an answer, and therefore are signed.
    package static let subresources: Set<String> = [
        "accelerate", "acl", "analytics", "cors", "defaultObjectAcl", "delete", "inventory", "lifecycle", "location",
        "logging", "metrics", "notification", "object-lock", "partNumber", "policy", "replication", "requestPayment",
        "response-cache-control", "response-content-disposition", "response-content-encoding",
        "response-content-language", "response-content-type", "response-expires", "restore", "select", "select-type",
        "storageClass", "tagging", "torrent", "uploadId", "uploads", "versionId", "versioning", "versions", "website",
    ]

    /// Unlike in Version 4, white space inside a value stays as it is.
    private static func amzHeaders(of request: SignableRequest) -> String {
        let fields = request.headers.filter { $0.name.hasPrefix("x-amz-") }
        return Set(fields.map(\.name)).sorted().map { name in
            let values = fields.filter { $0.name == name }.map { trimmed($0.value) }
            return "\(name):\(values.joined(separator: ","))\n"
        }.joined()
    }

    private static func trimmed(_ value: String) -> String {
        func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }
        let bytes = value.utf8.drop(while: isSpace)
        let end = bytes.lastIndex { !isSpace($0) }.map(bytes.index(after:)) ?? bytes.startIndex
        return String(Substring(bytes[..<end]))
    }

    /// As ``Query`` reads it: what is signed is what is done, in whatever spelling it is sent.
    private static func decoded(_ text: Substring) -> String {
        PercentEncoding.decode(text, plusIsSpace: true).map { String(decoding: $0, as: UTF8.self) } ?? String(text)
    }

    private static func resource(of request: SignableRequest) -> String {
        var parameters: [(name: String, text: String)] = []
        for pair in request.query.split(at: "&") {
            let parts = pair.split(at: "=", maxSplits: 1, keepingEmpty: true).map(decoded)
            guard subresources.contains(parts[0]) else { continue }
            parameters.append((parts[0], parts.joined(separator: "=")))
        }
        parameters.sort { $0.name < $1.name }
        let path = (request.hostBucket.map { "/\($0)" } ?? "") + request.path
        return path + (parameters.isEmpty ? "" : "?" + parameters.map(\.text).joined(separator: "&"))
    }
}

/// Makes Signatures Version 2.
package struct V2Signer: Sendable {
    package let credentials: Credentials

    package init(credentials: Credentials) { self.credentials = credentials }

    /// Adds `Authorization` to a request that has its `date` or `x-amz-date` header.
    package func sign(_ request: SignableRequest) -> SignableRequest {
        var request = request
        let signature = signature(of: SignatureV2.stringToSign(request))
        request.headers.append(("authorization", "AWS \(credentials.accessKeyID):\(signature)"))
        return request
    }

    /// Adds the signature to the query.
    ///
    /// - Parameter expires: the moment at which the URL ceases to be valid.
    package func presign(_ request: SignableRequest, expires: Timestamp) -> SignableRequest {
        var request = request
        let signature = signature(of: SignatureV2.stringToSign(request, expires: String(expires.seconds)))
        let parameters = [
            ("AWSAccessKeyId", credentials.accessKeyID), ("Expires", String(expires.seconds)), ("Signature", signature),
        ]
        let text = parameters.map { "\($0)=\(PercentEncoding.encode($1.utf8))" }.joined(separator: "&")
        request.query += (request.query.isEmpty ? "" : "&") + text
        return request
    }

    /// The fields that authenticate a POST upload; they and the policy's own fields go before the file.
    package func postFields(_ policy: PostPolicy) -> [(name: String, value: String)] {
        postFields(document: policy.document)
    }

    /// The fields that authenticate a POST upload by a policy document.
    package func postFields(document: [UInt8]) -> [(name: String, value: String)] {
        let text = base64(document)
        return [("AWSAccessKeyId", credentials.accessKeyID), ("policy", text), ("signature", signature(of: text))]
    }

    private func signature(of stringToSign: String) -> String {
        base64(SignatureV2.signature(of: stringToSign, secret: credentials.secretAccessKey))
    }
}
