import CofferHTTP
import CofferModel
import CofferService

/// Refuses the request: S3 no longer provides torrents (S3 API Reference, GetObjectTorrent).
struct GetObjectTorrent: ParameterlessOperation {
    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        throw S3Error(
            .methodNotAllowed, details: [("Method", call.request.method), ("ResourceType", "TORRENT")])
    }
}
