import CofferCrypto
package import CofferModel

/// Signature Version 2: what it signs, and the signature.
///
/// Source: S3 User Guide, "Signing and authenticating REST requests (AWS signature version 2)".
package enum SignatureV2 {
    /// - Parameter expires: the `Expires` of a presigned URL, which takes the date's place.
    static func stringToSign(_ request: SignableRequest, expires: String? = nil) -> String {
        V2Reading(request, expires: expires).stringToSign
    }

    /// What a client may have signed: the path as it was sent, and for a bucket without a trailing slash also the path
    /// with one, which botocore signs but does not send; and a sub-resource without a value as it was sent, or in the
    /// other way of writing it: minio-go sends `?uploads=` and signs `?uploads`.
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

    /// A presigned request with the `x-amz-…` parameters of its query as header fields, which is how they are signed. Where
    /// a field of that name is sent, it is what is signed.
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

    /// The parameters that name a part of a resource or change an answer, and therefore are signed.
    package static let subresources: Set<String> = [
        "accelerate", "acl", "analytics", "cors", "defaultObjectAcl", "delete", "inventory", "lifecycle", "location",
        "logging", "metrics", "notification", "object-lock", "partNumber", "policy", "replication", "requestPayment",
        "response-cache-control", "response-content-disposition", "response-content-encoding",
        "response-content-language", "response-content-type", "response-expires", "restore", "select", "select-type",
        "storageClass", "tagging", "torrent", "uploadId", "uploads", "versionId", "versioning", "versions", "website",
    ]

    /// The `x-amz-` fields by their names, each name once. Unlike in Version 4, white space inside a value stays as it is.
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

    /// As ``Query`` reads it: what is signed is what is done, in whatever spelling it is sent.
    private static func decoded(_ text: Substring) -> String {
        PercentEncoding.decode(text, plusIsSpace: true).map { String(decoding: $0, as: UTF8.self) } ?? String(text)
    }

    /// The parameters that are signed, by their names; of one name they keep the order in which they were sent. A value is
    /// nil where there is no equals sign.
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

    /// As they stand in the string to sign, with the `?` before them; empty where there are none.
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
        // A query that cannot be read has no parameters that stand for header fields.
        let signed = (try? Query(request.query)).map { SignatureV2.withFields(of: $0, request) } ?? request
        let signature = signature(of: SignatureV2.stringToSign(signed, expires: String(expires.seconds)))
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
