import CofferHTTP
import CofferIAM
import CofferModel
import CofferS3
import CofferService

/// The entry point for requests from the HTTP server: those of S3, IAM and STS, and those for the server itself.
struct S3Handler: HTTPHandler {
    private let services: Services
    private let queries: QueryOperations
    private let openConnections: @Sendable () -> Int

    init(_ services: Services, openConnections: @escaping @Sendable () -> Int) {
        self.services = services
        self.openConnections = openConnections
        queries = QueryOperations(extensions: [ExplainRequest.operation(Explainer(service: services.s3))])
    }

    func begin(_ received: HTTPRequestHead) async -> any HTTPExchange {
        let received = received.comparable
        let head = services.context.proxies.resolved(received)
        if ServerPage.mayBeNamed(by: head) || QueryService.mayBeNamed(by: head) {
            // If the host names a bucket, every path is one of the bucket's keys.
            let isForBucket = services.context.addressing.bucket(host: head.headers["host"] ?? "") != nil
            if !isForBucket, head.fault == nil, let page = await ServerPage.named(by: head, hasBucket: mayHaveBucket) {
                return ServerPageExchange(page, received, services.s3, services.metricsAccess, openConnections)
            }
            if let preflight = QueryPreflight(head, isForBucket: isForBucket, services.context) { return preflight }
            if let query = QueryService(head, isForBucket: isForBucket) {
                return QueryExchange(head, query, queries, service: services.iam)
            }
        }
        return await S3Exchange.begin(head, service: services.s3)
    }

    /// Returns whether a bucket of this name exists, or cannot be looked up.
    private func mayHaveBucket(_ name: BucketName) async -> Bool {
        do throws(S3Error) {
            return try await services.s3.buckets.state(of: name) != nil
        } catch {
            return true
        }
    }
}

extension HTTPRequestHead {
    /// The head, or one without target and fields if some of its text would take too long to compare
    /// (``CombiningMarks``). Such a head is refused like one whose target cannot be read.
    fileprivate var comparable: HTTPRequestHead {
        func isComparable(_ text: String) -> Bool { !CombiningMarks.exceed(CombiningMarks.nameLimit, in: text) }
        let areFieldsComparable = headers.fields.allSatisfy { isComparable($0.value) }
        guard !areFieldsComparable || !isComparable(method) || !isComparable(target) else { return self }
        return HTTPRequestHead(
            method: "GET", target: "", headers: HTTPHeaders(), remoteAddress: remoteAddress, isSecure: isSecure,
            tlsVersion: tlsVersion, isOverLimit: isOverLimit, mayLackHost: true)
    }
}
