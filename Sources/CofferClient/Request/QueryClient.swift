import CofferCrypto
package import CofferModel

/// A service with AWS's query protocol: an action and its parameters as a form, with a response in XML.
///
/// Source: IAM User Guide, "Calling the IAM API using HTTP query requests".
package struct QueryClient: Sendable {
    package let service: Service
    private let sender: Sender

    package enum Service: String, Sendable {
        case iam, sts

        var version: String {
            switch self {
            case .iam: "2010-05-08"
            case .sts: "2011-06-15"
            }
        }
    }

    /// - Parameter endpoint: nil for Amazon's own.
    package init(
        _ service: Service, endpoint: String?, region: String, credentials: CredentialsSource,
        options: ClientOptions = ClientOptions()
    ) throws(ConfigurationError) {
        self.service = service
        // Amazon has one IAM for all regions, whose requests are signed for us-east-1.
        let isGlobal = endpoint == nil && service == .iam
        let place: Endpoint
        switch endpoint {
        case let text?: place = try Endpoint(text)
        case nil where isGlobal: place = Endpoint(isSecure: true, host: "iam.amazonaws.com")
        case nil: place = try Endpoint(amazon: service.rawValue, region)
        }
        sender = Sender(
            endpoint: place,
            region: isGlobal ? "us-east-1" : region, credentials: credentials, service: service.rawValue,
            options: options, transport: options.chosenTransport)
    }

    /// Calls an action.
    ///
    /// - Parameter parameters: with the names in the API reference, members numbered: `Tags.member.1.Key`.
    /// - Returns: the element `<action>Result`, or the root element for an action that has no result.
    /// - Throws: `S3Error` with the service's code and message, ``TransportError``, and the errors of the credentials.
    package func call(_ action: String, _ parameters: [(name: String, value: String)] = []) async throws -> XMLElement {
        let fields = [("Action", action), ("Version", service.version)] + parameters
        let form = fields.map { "\($0.0)=\(PercentEncoding.encode($0.1.utf8))" }.joined(separator: "&")
        let body = Array(form.utf8)
        let request = Sender.Request(
            method: "POST", host: sender.endpoint.host, path: sender.endpoint.basePath + "/", query: "",
            headers: ["content-type": "application/x-www-form-urlencoded; charset=utf-8"],
            body: .bytes(body[...]), payloadHash: hex(Digest.of(body, .sha256)))
        let answer = try await sender.send(request)
        guard let root = XMLElement.answered(answer.body, root: "\(action)Response") else {
            // The response may be anything, such as a web page, so the error does not show it.
            throw TransportError(
                .badResponse,
                "\(service.rawValue) did not return the result of \(action); check that the endpoint is right")
        }
        return root["\(action)Result"] ?? root
    }
}
