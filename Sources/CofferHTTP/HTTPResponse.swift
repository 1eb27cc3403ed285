/// A response: status, ordered header fields, and a body.
///
/// `Date`, `Content-Length` and `Connection` are added by the server.
package struct HTTPResponse: Sendable {
    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: HTTPBody
    /// A note about the response for the handler's log, which is not sent.
    package var note: String?

    package init(status: Int, headers: [(name: String, value: String)] = [], body: HTTPBody = .bytes([])) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

package enum HTTPBody: Sendable {
    case bytes([UInt8])
    case stream(any HTTPBodyStream, count: Int64)
    /// The response to a HEAD request: the length that a body would have.
    case length(Int64)

    package var count: Int64 {
        switch self {
        case .bytes(let bytes): Int64(bytes.count)
        case .stream(_, let count), .length(let count): count
        }
    }
}
