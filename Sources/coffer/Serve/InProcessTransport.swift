import CofferClient
import CofferHTTP
import CofferModel
import CofferServer

/// Sends a client's requests to a server in this process, without a connection. Bodies are held in memory.
struct InProcessTransport: HTTPTransport {
    /// The endpoint of clients with this transport. Its address leads nowhere.
    static let endpoint = "http://127.0.0.1"

    private let server: RunningServer

    init(_ server: RunningServer) { self.server = server }

    func send(_ request: HTTPRequest, to receiver: any HTTPReceiver) async throws -> HTTPResponseHead {
        try Task.checkCancellation()
        let body = try bytes(of: request.body)
        var headers = HTTPHeaders(request.headers.map { ($0.name.lowercased(), $0.value) })
        if case .none = request.body {} else { headers.append("content-length", String(body.count)) }
        let head = HTTPRequestHead(
            method: request.method, target: String(request.url.dropFirst(Self.endpoint.count)), headers: headers,
            remoteAddress: "127.0.0.1", isSecure: false, isOverLimit: false)
        guard let response = await server.handler.respond(to: head, body: body) else {
            throw TransportError(.interrupted, "the server could not read the content of its response")
        }
        request.sent?(Int64(body.count))
        let length = (name: "content-length", value: String(response.body.count))
        let fields = response.headers.map { (name: $0.name.lowercased(), value: $0.value) } + [length]
        let received = HTTPResponseHead(status: response.status, headers: HeaderFields(fields))
        try receiver.begin(received)
        if case .bytes(let bytes) = response.body { try receiver.receive(bytes.span) }
        return received
    }

    private func bytes(of body: HTTPRequestBody) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Int(body.byteCount))
        var position = 0
        while position < bytes.count {
            position += try bytes.withUnsafeMutableBytes { buffer in
                try body.read(
                    into: UnsafeMutableRawBufferPointer(rebasing: buffer[position...]), at: Int64(position))
            }
        }
        return bytes
    }
}
