public import CofferModel

/// Header fields that are sent with each of a client's requests, such as who pays for it.
extension S3Client {
    /// Returns the same client, which sends further header fields with each of its requests to S3, signed like its own.
    ///
    /// ```swift
    /// let s3 = try s3.sending(["x-amz-mfa": "20899872 301749"])
    /// ```
    ///
    /// The fields that an operation sets itself are unchanged. If a field is given more than once, the last value
    /// counts. Presigned URLs and forms do not contain the fields, except for ``payingForRequests()``: their users
    /// would have to send them along.
    ///
    /// - Parameter fields: their names may be in any case.
    /// - Throws: ``ConfigurationError`` for a field that is set by signing or sending.
    public func sending(_ fields: HeaderFields) throws(ConfigurationError) -> S3Client {
        let fields = HeaderFields(fields.map { ($0.name.lowercased(), $0.value) })
        for field in fields where field.name.isEmpty || ReservedFields.isOwn(field.name) {
            throw ConfigurationError("the header field '\(field.name)' is set by the client itself: leave it out")
        }
        return adding(fields)
    }

    /// Returns the same client, whose requests are refused if a bucket does not belong to this account.
    ///
    /// - Parameter account: the 12 digits of its ID.
    /// - Throws: ``ConfigurationError`` for an ID in any other format.
    public func expectingBucketOwner(_ account: String) throws(ConfigurationError) -> S3Client {
        guard account.utf8.count == 12, account.utf8.allSatisfy({ (48...57).contains($0) }) else {
            throw ConfigurationError("the ID of an account must have 12 digits, and '\(account)' does not")
        }
        return adding(["x-amz-expected-bucket-owner": account])
    }

    /// Returns the same client, which pays for its requests to Requester Pays buckets. Its presigned URLs say so, too.
    public func payingForRequests() -> S3Client { adding([Self.payerField: "requester"]) }

    /// Returns the same client with a key that encrypts the objects it writes, reads and copies to.
    ///
    /// ```swift
    /// let s3 = s3.encrypting(with: try CustomerKey(bytes))
    /// ```
    ///
    /// - Parameter key: nil for no key. Presigned URLs do not contain it: their users must send the header fields
    ///   along.
    public func encrypting(with key: CustomerKey?) -> S3Client {
        var client = self
        client.customerKey = key
        return client
    }

    private func adding(_ fields: HeaderFields) -> S3Client {
        var client = self
        for field in fields { client.sentFields[field.name] = field.value }
        return client
    }

    /// Returns a call's own header fields, and those of the client that the call does not set.
    func fields(of call: S3Call) -> HeaderFields {
        var fields = call.headers
        for field in sentFields where call.headers[field.name] == nil { fields.append(field) }
        return fields
    }

    /// The value in a presigned URL.
    ///
    /// Source: S3 User Guide, "Downloading objects from Requester Pays buckets".
    var payer: String? { sentFields[Self.payerField] }

    static let payerField = "x-amz-request-payer"
}
