import CofferHTTP
import CofferModel

/// Where requests come in from the HTTP server: S3's, IAM's and STS's, and those for the server itself.
struct S3Handler: HTTPHandler {
    let service: Service
    let openConnections: @Sendable () -> Int

    func begin(_ received: HTTPRequestHead) -> any HTTPExchange {
        let received = received.comparable
        let head = service.proxies.resolved(received)
        // Where the host names a bucket, every path is one of its keys.
        let isForBucket = service.addressing.bucket(host: head.headers["host"] ?? "") != nil
        if !isForBucket, head.fault == nil, let page = ServerPage(head, hasBucket: mayHaveBucket) {
            return ServerPageExchange(page, received, service, openConnections)
        }
        if let preflight = QueryPreflight(head, isForBucket: isForBucket, service: service) { return preflight }
        if let query = QueryService(head, isForBucket: isForBucket) {
            return QueryExchange(head, query, service: service)
        }
        return S3Exchange(head, service: service)
    }

    /// Whether there is a bucket of a name, or it cannot be looked up.
    private func mayHaveBucket(_ name: BucketName) -> Bool {
        do throws(S3Error) {
            return try service.buckets.state(of: name) != nil
        } catch {
            return true
        }
    }
}

extension HTTPRequestHead {
    /// The head, or one without target and fields where texts of it take too long to compare (``CombiningMarks``): it is
    /// refused as one whose target cannot be read.
    fileprivate var comparable: HTTPRequestHead {
        let isComparable = !([method, target] + headers.fields.map(\.value)).contains { text in
            CombiningMarks.exceed(CombiningMarks.nameLimit, in: text)
        }
        guard !isComparable else { return self }
        return HTTPRequestHead(
            method: "GET", target: "", headers: HTTPHeaders(), remoteAddress: remoteAddress, isSecure: isSecure,
            tlsVersion: tlsVersion, isOverLimit: isOverLimit, mayLackHost: true)
    }
}
