public import CofferModel

extension S3Error {
    /// The service's ID of the request, to find it in a log.
    public var requestID: String? {
        details.first { $0.name.lowercased() == "requestid" }?.value
            ?? headers["x-amz-request-id"] ?? headers["x-amzn-requestid"]
    }

    /// Returns the same error with an explanation before the service's message.
    func explained(_ text: String) -> S3Error {
        S3Error(
            code, "\(text) (\(message))", details: details.map { ($0.name, $0.value) }, headers: headers.pairs)
    }

    /// Reads an error response: S3's own XML, that of IAM and STS, or a response without a document.
    ///
    /// Source: S3 API Reference, "Error responses".
    init(_ head: HTTPResponseHead, _ body: [UInt8]) {
        guard let error = Self.element(body), let name = error["Code"]?.text, !name.isEmpty else {
            let code = Self.code(status: head.status)
            self.init(code, headers: head.headers.pairs)
            return
        }
        let message = error["Message"]?.text ?? ""
        let details = error.children.filter { !["Code", "Message"].contains($0.name) }.map { ($0.name, $0.text) }
        self.init(Code(name, head.status, message), message, details: details, headers: head.headers.pairs)
    }

    /// The longest error document; a signature that does not match is answered with everything that was signed, twice.
    private static let byteLimit = 1 << 20

    /// - Returns: nil if the document is not an error.
    static func element(_ body: [UInt8]) -> XMLElement? {
        guard body.count <= byteLimit, let root = XMLElement.answered(body) else { return nil }
        return root.name == "ErrorResponse" ? root["Error"] : root.name == "Error" ? root : nil
    }

    /// Returns the code for responses without a document: those to HEAD, and those of intermediate proxies.
    private static func code(status: Int) -> Code {
        switch status {
        case 304: .notModified
        case 301: Code("PermanentRedirect", 301, "The bucket must be addressed using another endpoint.")
        case 307: Code("TemporaryRedirect", 307, "The bucket is being moved; use another endpoint meanwhile.")
        case 400: .badRequest
        case 403: .accessDenied
        case 404: .notFound
        case 405: .methodNotAllowed
        case 412: .preconditionFailed
        case 416: .invalidRange
        case 429, 503: Code("SlowDown", status, "The service asked for fewer requests.")
        case 500: .internalError
        default: Code("HTTP\(status)", status, "The service returned status \(status) and no error document.")
        }
    }
}
