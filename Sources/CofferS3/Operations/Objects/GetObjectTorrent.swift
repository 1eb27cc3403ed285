import CofferHTTP
import CofferModel
import CofferService

/// Refuses the request: S3 no longer provides torrents (S3 API Reference, GetObjectTorrent).
struct GetObjectTorrent: S3Operation {
    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [Permission("s3:GetObjectTorrent", bucket: try request.bucketName(), key: try request.key())]
    }

    init(_ request: S3Request) {}

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        throw S3Error(
            .methodNotAllowed, details: [("Method", call.request.method), ("ResourceType", "TORRENT")])
    }
}
