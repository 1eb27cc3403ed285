import CofferIAM
import CofferModel
import CofferService
import CofferSigning
import CofferStorage

/// The region that a request must be signed for where the server is configured to be strict: the region of the bucket
/// that the request is about, or else the server's own.
extension Service {
    /// Verifies a request's signature.
    ///
    /// - Parameter state: the bucket that the request is about, if it exists.
    func authentication(of request: S3Request, in state: BucketState?) throws(S3Error) -> Authentication {
        guard isRegionStrict else { return try iam.verifier.verify(request.signable, query: request.query) }
        return try iam.verifier.requiring(region: requiredRegion(of: request, in: state))
            .verify(request.signable, query: request.query)
    }

    /// - Returns: nil for a request that creates a bucket, which specifies the region itself, and for a request about a
    ///   bucket that does not exist.
    private func requiredRegion(of request: S3Request, in state: BucketState?) -> String? {
        guard request.validBucketName != nil else { return context.region }
        let makesBucket =
            request.method == "PUT" && request.level == .bucket
            && !request.query.contains(anyOf: Router.parameters)
        return makesBucket ? nil : state?.bucket.region
    }
}
