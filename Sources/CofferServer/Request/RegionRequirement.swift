import CofferModel
import CofferSigning
import CofferStorage

/// The region that a request must be signed for, where the server is told to be strict: that of the bucket that it is
/// about, or else the server's own.
extension Service {
    /// Verifies a request's signature.
    func authentication(of request: S3Request) throws(S3Error) -> Authentication {
        guard isRegionStrict else { return try verifier.verify(request.signable) }
        return try verifier.requiring(region: try requiredRegion(of: request)).verify(request.signable)
    }

    /// - Returns: nil for a request that makes a bucket, which says itself where, and for one about a bucket that is not
    ///   there.
    private func requiredRegion(of request: S3Request) throws(S3Error) -> String? {
        guard request.target.bucket != nil, let name = try? request.bucketName() else { return region }
        let makesBucket =
            request.method == "PUT" && request.level == .bucket
            && !request.query.contains(anyOf: Router.parameters)
        return makesBucket ? nil : try buckets.state(of: name)?.bucket.region
    }
}
