import CofferModel

/// A client of an S3 service: Amazon's, Coffer's, or any other.
///
/// ```swift
/// let keys = CredentialsSource.keys(accessKeyID: "AKIA…", secretAccessKey: "…")
/// let s3 = try S3Client(endpoint: "http://127.0.0.1:9000", credentials: keys)
/// let books = try BucketName("books")
/// try await s3.putObject(bucket: books, key: ObjectKey("2026/budget.csv"), body: "year,amount\n".utf8)
/// for try await object in s3.listObjects(bucket: books, prefix: "2026/") { print(object.key, object.byteCount) }
/// ```
///
/// Every input of an operation has a label with its name in S3.
///
/// All methods throw `S3Error` for errors that the service returns, ``TransportError`` if there was no response,
/// ``ConfigurationError`` if credentials cannot be found, and `CancellationError` when their task is cancelled.
/// Transient failures have already been retried by then.
public struct S3Client: Sendable {
    package private(set) var sender: Sender
    let style: AddressingStyle
    private(set) var regions: BucketRegions
    /// The key that is sent with the requests that encrypt or decrypt an object's bytes.
    var customerKey: CustomerKey?
    /// The header fields that are sent with all requests, with lower-case names; see ``sending(_:)``.
    var sentFields = HeaderFields()

    /// Creates a client. It opens no connection and reads no credentials before its first request.
    ///
    /// - Parameters:
    ///   - endpoint: a URL such as `https://s3.example.org`; nil takes `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL` or the
    ///     profile's endpoint, or else Amazon's own in the region.
    ///   - region: nil takes `AWS_REGION`, `AWS_DEFAULT_REGION` or the profile's, or else `us-east-1`.
    ///   - credentials: nil takes ``CredentialsSource/default``, or those of the profile if one is given.
    ///   - profile: a profile of AWS's files, which provides the endpoint, region and keys that are not given; nil for
    ///     the one that `AWS_PROFILE` names, or `default`, in which case the environment's keys take precedence.
    ///   - style: where requests contain the bucket's name.
    ///   - options: how requests are sent and repeated.
    /// - Throws: ``ConfigurationError`` for an invalid endpoint, for a profile that does not exist, and for AWS's files
    ///   if they cannot be read.
    public init(
        endpoint: String? = nil, region: String? = nil, credentials: CredentialsSource? = nil,
        profile: String? = nil, style: AddressingStyle = .automatic, options: ClientOptions = ClientOptions()
    ) throws(ConfigurationError) {
        let configuration = SharedConfiguration.process.choosing(profile)
        // The files, which may be unreadable, are only read for values that are not given.
        var (chosenRegion, url) = (region, endpoint)
        if region == nil { chosenRegion = try configuration.region() }
        if url == nil { url = try configuration.endpoint(of: "s3") }
        let region = chosenRegion ?? "us-east-1"
        let place: Endpoint
        if let url { place = try Endpoint(url) } else { place = try Endpoint(amazon: "s3", region) }
        let usual = profile == nil ? CredentialsSource.default : .profile(profile)
        sender = Sender(
            endpoint: place, region: region, credentials: credentials ?? usual, service: "s3", options: options,
            transport: options.chosenTransport)
        self.style = style
        regions = BucketRegions(home: sender)
    }

    /// The region that requests are signed for. Buckets of other regions are found by the service's redirects.
    public var region: String { sender.region }

    /// Returns the same client in another region.
    func moved(to region: String) -> S3Client {
        guard region != self.region else { return self }
        var client = self
        client.sender = sender.moved(to: region)
        client.regions = BucketRegions(home: client.sender)
        return client
    }

    /// The URL of the service.
    public var endpoint: String { sender.endpoint.url }

    // MARK: Calls

    /// Sends a request and returns its response; sends it to another region if the service says that the bucket is
    /// there.
    package func send(
        _ call: S3Call, to sink: (any BodySink)? = nil, mayFailLate: Bool = false
    ) async throws -> Sender.Response {
        let sender = regions.sender(for: call.bucket)
        do {
            return try await send(call, by: sender, to: sink, mayFailLate: mayFailLate)
        } catch let error as S3Error {
            guard let other = regions.sender(for: call.bucket, after: error, of: sender) else { throw error }
            return try await send(call, by: other, to: sink, mayFailLate: mayFailLate)
        }
    }

    private func send(
        _ call: S3Call, by sender: Sender, to sink: (any BodySink)?, mayFailLate: Bool
    ) async throws -> Sender.Response {
        let (host, path) = call.address(at: sender.endpoint, style)
        let payloadHash: String
        if let hash = call.bodyHash {
            payloadHash = hash
        } else {
            payloadHash = try await sender.payloadHash(of: call.body)
        }
        return try await sender.send(
            Sender.Request(
                method: call.method, host: host, path: path, query: call.queryText, headers: fields(of: call),
                body: call.body, sent: call.sent, payloadHash: payloadHash),
            to: sink, mayFailLate: mayFailLate)
    }

    /// Sends a request and reads the document of its response. Because services differ, the root may have any name
    /// except that of an error: a response that began with status 200 may fail later, and must not be taken for an
    /// empty listing.
    func document(_ call: S3Call) async throws -> (XMLElement, HTTPResponseHead) {
        let answer = try await send(call, mayFailLate: true)
        guard let element = XMLElement.answered(answer.body), element.name.lowercased() != "html" else {
            // The response may be anything, such as a proxy's page, so the error does not show it.
            throw TransportError(
                .badResponse,
                "the response to \(call.method) is not a document of S3; check that the endpoint is an S3 service")
        }
        return (element, answer.head)
    }
}
