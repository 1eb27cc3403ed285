import CofferModel
import Synchronization

/// Learns which buckets are in other regions than the client's, from how the service refuses requests for them.
///
/// Source: S3 User Guide, "Making requests": redirects, and `x-amz-bucket-region` of HeadBucket.
final class BucketRegions: Sendable {
    private let home: Sender
    private let others = Mutex<[BucketName: Sender]>([:])

    /// Buckets that are remembered; with more, all are learnt again.
    private static let limit = 10_000

    init(home: Sender) { self.home = home }

    func sender(for bucket: BucketName?) -> Sender {
        guard let bucket else { return home }
        return others.withLock { $0[bucket] } ?? home
    }

    /// Takes over the region that a refusal names.
    ///
    /// - Parameter sender: whose request was refused.
    /// - Returns: who is to send it instead; nil if the refusal has another reason.
    func sender(for bucket: BucketName?, after error: S3Error, of sender: Sender) -> Sender? {
        guard let bucket, let region = error.rightRegion, region != sender.region else { return nil }
        let other = sender.moved(to: region)
        others.withLock { others in
            if others.count >= Self.limit { others.removeAll() }
            others[bucket] = other
        }
        return other
    }
}

extension S3Error {
    /// The region that a request must be signed for; nil unless that is why it was refused.
    fileprivate var rightRegion: String? {
        guard [301, 307, 400].contains(code.status) else { return nil }
        guard
            ["PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed", "BadRequest"].contains(code.name)
        else { return nil }
        let region =
            headers.first { $0.name == "x-amz-bucket-region" }?.value ?? details.first { $0.name == "Region" }?.value
        return region.flatMap { Endpoint.isRegion($0) ? $0 : nil }
    }
}
