import CofferModel

/// A service of this machine or container that hands out credentials: it answers soon or is not there.
struct LocalService: Sendable {
    /// What the service is, for errors.
    let name: String
    /// The longest wait for a response.
    let seconds: Double
    /// At least 1.
    let attemptCount: Int
    /// The pause before another attempt.
    var pause = Duration.seconds(1)
    var transport: any HTTPTransport = ClientOptions().chosenTransport

    struct Answer {
        let status: Int
        let body: [UInt8]
    }

    /// Sends a request without a proxy, redirects or a signature.
    ///
    /// - Throws: ``TransportError`` if there was no response.
    func send(_ method: String, _ url: String, _ headers: HeaderFields) async throws -> Answer {
        for _ in 1..<attemptCount {
            do {
                let answer = try await once(method, url, headers)
                if answer.status < 500, answer.status != 429 { return answer }
            } catch is TransportError {
                // Another attempt may succeed.
            }
            try await Task.sleep(for: pause)
        }
        return try await once(method, url, headers)
    }

    private func once(_ method: String, _ url: String, _ headers: HeaderFields) async throws -> Answer {
        let receiver = ResponseReceiver(nil)
        var request = HTTPRequest(method: method, url: url, headers: headers)
        request.headers["host"] = request.host
        // Some servers refuse a PUT without a length.
        if method == "PUT" { request.body = .bytes([]) }
        do {
            let head = try await withTimeout { [request] in try await transport.send(request, to: receiver) }
            return Answer(status: head.status, body: receiver.bytes)
        } catch let error as TransportError {
            throw TransportError(error.kind, "\(name) cannot be reached: \(error)")
        }
    }

    private func withTimeout<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask(operation: body)
            group.addTask {
                try await Task.sleep(for: .seconds(seconds))
                throw TransportError(.timedOut, "no response within \(seconds) seconds")
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() else { throw CancellationError() }
            return value
        }
    }

    // MARK: Responses

    /// Returns the body of a successful response.
    ///
    /// - Parameter advice: what to do after any other one.
    func body(of answer: Answer, otherwise advice: String) throws(ConfigurationError) -> [UInt8] {
        guard answer.status == 200 else {
            throw ConfigurationError("\(name) answered with status \(answer.status); \(advice)")
        }
        return answer.body
    }

    /// Returns the first line of a successful response.
    func line(of answer: Answer, otherwise advice: String) throws(ConfigurationError) -> String {
        let text = String(decoding: try body(of: answer, otherwise: advice), as: UTF8.self)
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        guard !line.isEmpty, Self.isPlain(line) else {
            throw ConfigurationError("\(name) did not return a line of text; \(advice)")
        }
        return line
    }

    // MARK: URLs

    /// Whether a text has only printable ASCII characters, and no spaces.
    static func isPlain(_ text: String) -> Bool { text.utf8.allSatisfy { $0 > 32 && $0 < 127 } }

    /// Returns the host of a URL; nil unless it is one of http or https without a user.
    static func target(of url: String) -> (isSecure: Bool, host: String, hostName: String)? {
        let lower = url.lowercased()
        guard lower.hasPrefix("https://") || lower.hasPrefix("http://") else { return nil }
        let request = HTTPRequest(method: "GET", url: url, headers: [:])
        let host = String(request.host)
        guard !host.isEmpty, !host.contains("@"), !host.contains("\\"), !host.contains("#") else { return nil }
        let name = host.hasPrefix("[") ? host.prefix { $0 != "]" } + "]" : host.prefix { $0 != ":" }
        return (lower.hasPrefix("https://"), host, String(name))
    }
}

extension S3Credentials {
    /// Reads credentials from a document of JSON.
    ///
    /// - Parameters:
    ///   - token: the name of the member with the session token.
    ///   - origin: who made the document, for errors, which do not show it.
    /// - Throws: ``ConfigurationError`` for a document without credentials.
    init(document: [UInt8], token: String, from origin: String) throws(ConfigurationError) {
        let value: JSONValue
        do throws(JSONFault) {
            value = try JSONValue(document: document)
        } catch {
            throw ConfigurationError("\(origin) must return JSON; it is not valid at \(error.position)")
        }
        guard let fields = value.object, let id = fields["AccessKeyId"]?.string,
            let secret = fields["SecretAccessKey"]?.string
        else {
            throw ConfigurationError("\(origin) must return JSON with AccessKeyId and SecretAccessKey")
        }
        let end = fields["Expiration"]?.strings?.first.flatMap { Timestamp(parsing: $0) }
        guard fields["Expiration"] == nil || end != nil else {
            throw ConfigurationError(
                "\(origin) returned an Expiration that is not an ISO 8601 time, such as 2026-01-01T00:00:00Z")
        }
        self.init(
            accessKeyID: id, secretAccessKey: secret, sessionToken: fields[token]?.strings?.first, expiration: end)
    }
}
