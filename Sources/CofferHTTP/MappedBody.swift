import CMicrohttpd
import CofferSystem

/// A response body that libmicrohttpd passes to the system from where it is, retained until the response has been sent or
/// the client has gone. A single piece leaves together with the head, and each call sends as much as the socket takes.
final class MappedBody {
    private let pieces: [MappedBytes]

    private init(_ pieces: [MappedBytes]) { self.pieces = pieces }

    static func makeResponse(_ pieces: [MappedBytes]) -> OpaquePointer? {
        let body = Unmanaged.passRetained(MappedBody(pieces))
        let vectors = pieces.map { MHD_IoVec(iov_base: $0.start, iov_len: $0.count) }
        let response = MHD_create_response_from_iovec(
            vectors, UInt32(vectors.count),
            { body in
                if let body { Unmanaged<MappedBody>.fromOpaque(body).release() }
            }, body.toOpaque())
        if response == nil { body.release() }
        return response
    }
}
