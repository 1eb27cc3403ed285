import CofferModel

/// A plain GET of any URL, not only S3's: without a signature, and with the body as it arrives.
package final class WebContent: Sendable {
    package let head: HTTPResponseHead
    /// The final URL, after redirects.
    package let url: String
    private let stream: ContentStream
    private let task: Task<Void, Never>

    /// The most redirects that are followed in a row.
    private static let redirectLimit = 5

    /// Returns when the response has begun, whatever its status.
    ///
    /// - Parameter method: GET or HEAD.
    /// - Throws: ``TransportError``, including for endless redirects and those from https to http.
    package static func open(
        _ method: String = "GET", _ url: String, transport: any HTTPTransport = ClientOptions().chosenTransport
    ) async throws -> WebContent {
        var url = url
        for _ in 0...redirectLimit {
            let content = try await WebContent(method, url, transport)
            guard [301, 302, 303, 307, 308].contains(content.head.status), let target = content.head["location"] else {
                return content
            }
            url = try redirected(url, to: target)
        }
        throw TransportError(.badResponse, "there are more than \(redirectLimit) redirects")
    }

    private init(_ method: String, _ url: String, _ transport: any HTTPTransport) async throws {
        let stream = ContentStream()
        let request = HTTPRequest(method: method, url: url, headers: [:])
        // The task outlives this call, until everything is read or the reader stops.
        let task = Task {
            do {
                _ = try await transport.send(request, to: WebReceiver(stream))
                stream.finish(nil)
            } catch {
                stream.finish(error)
            }
        }
        do {
            head = try await stream.head()
        } catch {
            task.cancel()
            throw error
        }
        self.url = url
        self.stream = stream
        self.task = task
    }

    deinit {
        stream.close()
        task.cancel()
    }

    /// Returns the next bytes; nil at the end.
    package func next() async throws -> [UInt8]? { try await stream.next() }

    /// Returns a redirect's target, as an absolute URL or an absolute path, which is what servers send.
    ///
    /// Source: RFC 9110 section 10.2.2.
    private static func redirected(_ url: String, to target: String) throws -> String {
        let isSecure = url.hasPrefix("https://")
        if target.hasPrefix("https://") || target.hasPrefix("http://") && !isSecure { return target }
        let host = url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard target.hasPrefix("/"), !target.hasPrefix("//"), host.count == 3 else {
            throw TransportError(
                .badResponse,
                "the redirect is not followed: its target is not an http or https URL, or leads from https to http")
        }
        return "\(host[0])//\(host[2].prefix { $0 != "/" })\(target)"
    }
}

/// A receiver that passes a response to a stream.
private final class WebReceiver: HTTPReceiver {
    private let stream: ContentStream

    init(_ stream: ContentStream) { self.stream = stream }

    func begin(_ head: HTTPResponseHead) throws { try stream.begin(head) }

    func receive(_ bytes: Span<UInt8>) throws { try stream.receive(bytes) }
    var isFull: Bool { stream.isFull }
    func waitForRoom() { stream.waitForRoom() }
}
