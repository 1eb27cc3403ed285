import CofferIAM
import CofferModel
import CofferService
import CofferSigning
import CofferStorage

/// The region that a request must be signed for where the server is configured to be strict: the region of the bucket
/// that the request is about, or else the server's own.
extension Service {
    /// Verifies a request's signature.
    func authentication(of request: S3Request) throws(S3Error) -> Authentication {
        guard isRegionStrict else { return try iam.verifier.verify(request.signable) }
        return try iam.verifier.requiring(region: try requiredRegion(of: request)).verify(request.signable)
    }

    /// - Returns: nil for a request that creates a bucket, which specifies the region itself, and for a request about a
    ///   bucket that does not exist.
    private func requiredRegion(of request: S3Request) throws(S3Error) -> String? {
        guard request.target.bucket != nil, let name = try? request.bucketName() else { return context.region }
        let makesBucket =
            request.method == "PUT" && request.level == .bucket
            && !request.query.contains(anyOf: Router.parameters)
        return makesBucket ? nil : try buckets.state(of: name)?.bucket.region
    }
}
