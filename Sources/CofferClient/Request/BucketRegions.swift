import CofferModel
import Synchronization

/// The buckets that are in other regions than the client's, learnt from the service's redirects.
///
/// Source: S3 User Guide, "Making requests": redirects, and `x-amz-bucket-region` of HeadBucket.
final class BucketRegions: Sendable {
    private let home: Sender
    private let others = Mutex<[BucketName: Sender]>([:])

    /// The most buckets that are remembered; beyond that, all are forgotten and learnt again.
    private static let limit = 10_000

    init(home: Sender) { self.home = home }

    func sender(for bucket: BucketName?) -> Sender {
        guard let bucket else { return home }
        return others.withLock { $0[bucket] } ?? home
    }

    /// Remembers the region that an error names.
    ///
    /// - Parameter sender: the sender whose request was refused.
    /// - Returns: the sender to use instead; nil if the request was refused for another reason.
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
    /// The region that a request must be signed for; nil unless the request was refused for that reason.
    fileprivate var rightRegion: String? {
        guard [301, 307, 400].contains(code.status) else { return nil }
        guard
            ["PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed", "BadRequest"].contains(code.name)
        else { return nil }
        let region =
            headers["x-amz-bucket-region"] ?? details.first { $0.name == "Region" }?.value
        return region.flatMap { Endpoint.isRegion($0) ? $0 : nil }
    }
}
