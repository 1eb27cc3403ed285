import CofferModel
import CofferSigning
import CofferStorage

/// The region that a request must be signed for, where the server is told to be strict: that of the bucket that it is
/// about, or else the server's own.
extension Service {
    /// Verifies a request's signature.
    ///
    /// - Throws: as ``SignatureVerifier``; `PermanentRedirect` where a HEAD, whose answer has no body to tell the region
    ///   in, is signed for another.
    func authentication(of request: S3Request) throws(S3Error) -> Authentication {
        guard isRegionStrict else { return try verifier.verify(request.signable) }
        let region = try requiredRegion(of: request)
        do throws(S3Error) {
            return try verifier.requiring(region: region).verify(request.signable)
        } catch {
            let isAboutRegion = error.details.contains { $0.name == "Region" }
            throw request.method == "HEAD" && isAboutRegion ? S3Error(.permanentRedirect) : error
        }
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
