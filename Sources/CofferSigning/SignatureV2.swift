import CofferCrypto
package import CofferModel

/// Signature Version 2: the string to sign, and the signature.
///
/// Source: S3 User Guide, "Signing and authenticating REST requests (AWS signature version 2)".
package enum SignatureV2 {
    /// - Parameter expires: the `Expires` of a presigned URL, which replaces the date.
    static func stringToSign(_ request: SignableRequest, expires: String? = nil) -> String {
        V2Reading(request, expires: expires).stringToSign
    }

    /// Returns the strings that a client may have signed. The path is as sent, and for a bucket without a trailing
    /// slash also with one, which botocore signs but does not send. A sub-resource without a value is as sent, or in
    /// the other notation: minio-go sends `?uploads=` and signs `?uploads`.
    static func stringsToSign(_ reading: V2Reading) -> [String] {
        let path = reading.path.utf8
        let isBucket = reading.hostBucket == nil && path.count > 1 && !path.dropFirst().contains(UInt8(ascii: "/"))
        var strings: [String] = []
        for path in isBucket ? [reading.path, reading.path + "/"] : [reading.path] {
            for style in reading.hasEmptyValues ? EmptyValue.allCases : [.asSent] {
                var other = reading
                other.path = path
                other.empty = style
                let string = other.stringToSign
                if !strings.contains(where: { $0.utf8.elementsEqual(string.utf8) }) { strings.append(string) }
            }
        }
        return strings
    }

    /// How a parameter with an empty value is signed.
    enum EmptyValue: CaseIterable {
        case asSent
        /// `?uploads`
        case bare
        /// `?uploads=`
        case withEquals
    }

    /// Returns a presigned request with the `x-amz-…` parameters of its query as header fields, which is how they are
    /// signed. If a field of the same name is sent, that field is signed instead.
    static func withFields(of query: Query, _ request: SignableRequest) -> SignableRequest {
        let sent = Set(request.headers.map(\.name))
        let fields = query.amzFields.filter { !sent.contains($0.name) }
        guard !fields.isEmpty else { return request }
        var request = request
        request.headers += fields
        return request
    }

    static func signature(of stringToSign: String, secret: String) -> [UInt8] {
        HMAC.sha1(key: Array(secret.utf8), Array(stringToSign.utf8))
    }

    /// The signed parameters: those that name a sub-resource or change a response.
    package static let subresources: Set<String> = [
        "accelerate", "acl", "analytics", "cors", "defaultObjectAcl", "delete", "inventory", "lifecycle", "location",
        "logging", "metrics", "notification", "object-lock", "partNumber", "policy", "replication", "requestPayment",
        "response-cache-control", "response-content-disposition", "response-content-encoding",
        "response-content-language", "response-content-type", "response-expires", "restore", "select", "select-type",
        "storageClass", "tagging", "torrent", "uploadId", "uploads", "versionId", "versioning", "versions", "website",
    ]

    /// Returns the `x-amz-` fields sorted by name, each name once. Unlike in Version 4, white space inside a value is
    /// kept.
    static func amzFields(of request: SignableRequest) -> [(name: String, value: String)] {
        let headers = request.headers
        let order = headers.indices.filter { headers[$0].name.hasPrefix("x-amz-") }
            .sorted { (headers[$0].name, $0) < (headers[$1].name, $1) }
        var fields: [(name: String, value: String)] = []
        for index in order {
            let (name, value) = (headers[index].name, trimmed(headers[index].value))
            if fields.last?.name == name {
                fields[fields.count - 1].value += "," + value
            } else {
                fields.append((name, value))
            }
        }
        return fields
    }

    static func trimmed(_ value: String) -> String {
        func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }
        let bytes = value.utf8.drop(while: isSpace)
        let end = bytes.lastIndex { !isSpace($0) }.map(bytes.index(after:)) ?? bytes.startIndex
        return String(Substring(bytes[..<end]))
    }

    /// Decodes a text as ``Query`` does, so that the signed and the executed request are the same, in whatever encoding
    /// it is sent.
    private static func decoded(_ text: Substring) -> String {
        PercentEncoding.decode(text, plusIsSpace: true).map { String(decoding: $0, as: UTF8.self) } ?? String(text)
    }

    /// Returns the signed parameters, sorted by name; those of the same name keep the order in which they were sent. A
    /// value is nil if there is no equals sign.
    static func parameters(of request: SignableRequest) -> [(name: String, value: String?)] {
        var parameters: [(name: String, value: String?)] = []
        for pair in request.query.split(at: "&") {
            let parts = pair.split(at: "=", maxSplits: 1, keepingEmpty: true).map(decoded)
            guard subresources.contains(parts[0]) else { continue }
            parameters.append((parts[0], parts.count > 1 ? parts[1] : nil))
        }
        parameters.sort { $0.name < $1.name }
        return parameters
    }

    /// Returns the parameters as written in the string to sign, with a leading `?`; empty if there are none.
    static func text(_ parameters: [(name: String, value: String?)], _ empty: EmptyValue) -> String {
        let texts = parameters.map { name, value in
            guard let value, !value.isEmpty else {
                return switch empty {
                case .bare: name
                case .withEquals: name + "="
                case .asSent: value == nil ? name : name + "="
                }
            }
            return "\(name)=\(value)"
        }
        return texts.isEmpty ? "" : "?" + texts.joined(separator: "&")
    }
}

/// A signer for Signature Version 2.
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
    /// - Parameter expires: the time at which the URL expires.
    package func presign(_ request: SignableRequest, expires: Timestamp) -> SignableRequest {
        var request = request
        // An invalid query has no parameters that represent header fields.
        let signed = (try? Query(request.query)).map { SignatureV2.withFields(of: $0, request) } ?? request
        let signature = signature(of: SignatureV2.stringToSign(signed, expires: String(expires.seconds)))
        let parameters = [
            ("AWSAccessKeyId", credentials.accessKeyID), ("Expires", String(expires.seconds)), ("Signature", signature),
        ]
        let text = parameters.map { "\($0)=\(PercentEncoding.encode($1.utf8))" }.joined(separator: "&")
        request.query += (request.query.isEmpty ? "" : "&") + text
        return request
    }

    /// Returns the fields that authenticate a POST upload; they and the policy's own fields go before the file.
    package func postFields(_ policy: PostPolicy) -> [(name: String, value: String)] {
        postFields(document: policy.document)
    }

    /// Returns the fields that authenticate a POST upload with a policy document.
    package func postFields(document: [UInt8]) -> [(name: String, value: String)] {
        let text = base64(document)
        return [("AWSAccessKeyId", credentials.accessKeyID), ("policy", text), ("signature", signature(of: text))]
    }

    private func signature(of stringToSign: String) -> String {
        base64(SignatureV2.signature(of: stringToSign, secret: credentials.secretAccessKey))
    }
}
