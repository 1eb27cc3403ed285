/// Header fields that go with each request of a client, such as who pays for it.
extension S3Client {
    /// The same client, which sends further header fields with each of its requests to S3, signed as its own are.
    ///
    /// ```swift
    /// let s3 = try s3.sending([("x-amz-mfa", "20899872 301749")])
    /// ```
    ///
    /// What an operation sends itself stays as it is. Of a field that is given again, the later value holds. Presigned URLs
    /// and forms do not have them, but for ``payingForRequests()``: who uses one would have to send them along.
    ///
    /// - Parameter fields: their names may be in any case.
    /// - Throws: ``ConfigurationError`` for a field that signing or sending sets.
    public func sending(_ fields: [(name: String, value: String)]) throws(ConfigurationError) -> S3Client {
        let fields = fields.map { (name: $0.name.lowercased(), value: $0.value) }
        for field in fields where field.name.isEmpty || Self.ownFields.contains(field.name) {
            throw ConfigurationError("the header field '\(field.name)' is set by the client itself: leave it out")
        }
        return adding(fields)
    }

    /// The same client, whose requests are refused where a bucket is not of this account.
    ///
    /// - Parameter account: the 12 digits of its id.
    /// - Throws: ``ConfigurationError`` for an id of another form.
    public func expectingBucketOwner(_ account: String) throws(ConfigurationError) -> S3Client {
        guard account.utf8.count == 12, account.utf8.allSatisfy({ (48...57).contains($0) }) else {
            throw ConfigurationError("the id of an account has 12 digits: '\(account)' has another form")
        }
        return adding([("x-amz-expected-bucket-owner", account)])
    }

    /// The same client, which pays for what it asks of buckets whose owners let the requester pay. Its presigned URLs say
    /// so, too.
    public func payingForRequests() -> S3Client { adding([(Self.payerField, "requester")]) }

    private func adding(_ fields: [(name: String, value: String)]) -> S3Client {
        var client = self
        for field in fields {
            client.sentFields.removeAll { $0.name == field.name }
            client.sentFields.append(field)
        }
        return client
    }

    /// A call's own header fields, and those of the client that it does not have.
    func fields(of call: S3Call) -> [(name: String, value: String)] {
        call.headers + sentFields.filter { field in !call.headers.contains { $0.name == field.name } }
    }

    /// As a presigned URL has it.
    ///
    /// Source: S3 User Guide, "Downloading objects from Requester Pays buckets".
    var payer: String? { sentFields.first { $0.name == Self.payerField }?.value }

    static let payerField = "x-amz-request-payer"

    private static let ownFields = [
        "authorization", "connection", "content-length", "expect", "host", "transfer-encoding", "x-amz-content-sha256",
        "x-amz-date", "x-amz-security-token",
    ]
}
