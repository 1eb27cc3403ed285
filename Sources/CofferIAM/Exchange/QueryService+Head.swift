package import CofferHTTP
import CofferModel
import CofferService

extension QueryService {
    /// Finds the service of a request by its credential scope. A request without one belongs to IAM if it is a form
    /// posted to `/`, which S3 has no use for, and to STS if it asks for an operation that needs no signature.
    ///
    /// - Parameter isForBucket: whether the host names a bucket.
    /// - Returns: nil for a request to S3.
    package init?(_ head: HTTPRequestHead, isForBucket: Bool) {
        guard Self.mayBeNamed(by: head) else { return nil }
        // A malformed query names no service.
        let query = try? Query(String(Substring(head.target.utf8.dropFirst(2))))
        if let name = head.namedService(query) {
            self.init(rawValue: name)
            return
        }
        if !isForBucket, head.headers["authorization"] == nil, ProvidedIdentities.areNamed(in: query) {
            self = .sts
            return
        }
        let isForm = head.headers["content-type"]?.hasPrefix("application/x-www-form-urlencoded") == true
        guard head.method == "POST", isForm, !isForBucket, head.headers["authorization"] == nil else { return nil }
        self = .iam
    }

    /// Whether a head may belong to such a service: one whose path is `/`.
    package static func mayBeNamed(by head: HTTPRequestHead) -> Bool {
        head.target == "/" || head.target.hasASCIIPrefix("/?")
    }
}
