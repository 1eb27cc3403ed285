import CofferAccess
import CofferCrypto
package import CofferHTTP
import CofferModel
import CofferService
import CofferSigning

/// One request to IAM or STS. The complete form is received first, since the signature covers it, and then authenticate
/// → decode → authorise → perform → encode → record.
///
/// `@unchecked Sendable`: the HTTP server makes its calls one after another (see `HTTPExchange`).
package final class QueryExchange: HTTPExchange, @unchecked Sendable {
    private let service: IAMService
    private let operations: QueryOperations
    private let frame: RequestFrame
    /// The service; it becomes STS once an unsigned form turns out to be for STS.
    private var query: QueryService
    private let isSigned: Bool
    private let body: HeldDocument
    private var receivedByteCount = 0
    private var fault: S3Error?

    /// The maximum size of a signed form, which has room for a fully percent-encoded policy document of 10,240
    /// characters and a dozen more like it.
    private static let bodyByteCount = 512 << 10
    /// The maximum size of an unsigned form, which has room for an identity provider's token.
    private static let unsignedByteCount = 64 << 10
    /// The maximum lifetime of a presigned request: 15 minutes.
    private static let presignedSeconds = 900

    package init(_ head: HTTPRequestHead, _ query: QueryService, _ operations: QueryOperations, service: IAMService) {
        self.query = query
        self.operations = operations
        self.service = service
        frame = RequestFrame(head, .query, service.context)
        frame.record.operation = query.rawValue
        let credentials = head.namedCredentials
        isSigned = credentials != nil
        body = service.queries.document(of: head.holder(accessKeyID: credentials?.accessKeyID))
        do throws(S3Error) {
            try RequestLimits.check(head, headerByteCount: RequestLimits.wholeHeaderByteCount)
            try requireKnownKey()
            if (head.contentLength ?? 0) > Int64(byteLimit) { throw tooLarge }
        } catch {
            fault = error
        }
    }

    private var head: HTTPRequestHead { frame.head }

    private var byteLimit: Int { isSigned ? Self.bodyByteCount : Self.unsignedByteCount }

    private var tooLarge: S3Error { S3Error(isSigned ? .requestEntityTooLarge : .missingAuthenticationToken) }

    /// Refuses unknown access keys, so that no memory is held for their requests. Requests without a key may use only a
    /// little.
    private func requireKnownKey() throws(S3Error) {
        guard let named = head.namedCredentials else { return }
        if let token = named.sessionToken {
            _ = try service.identities.secret(of: named.accessKeyID, sessionToken: token)
        } else if service.identities.secret(of: named.accessKeyID) == nil {
            throw S3Error(.invalidAccessKeyId)
        }
    }

    // MARK: The HTTP server's calls

    package var refusal: HTTPResponse? { fault.map(encode) }

    package func receive(_ bytes: Span<UInt8>) {
        guard fault == nil else { return }
        receivedByteCount += bytes.count
        guard receivedByteCount <= byteLimit else {
            fault = tooLarge
            return
        }
        if !body.append(bytes) { fault = S3Error(.slowDown) }
    }

    package var stalledAnswer: HTTPResponse? { response(to: RequestFrame.stalled) }

    package func respond() async -> HTTPResponse {
        let response: HTTPResponse
        do throws(S3Error) {
            if let fault { throw fault }
            response = try await perform()
        } catch {
            response = encode(error)
        }
        frame.record.answer(response)
        return response
    }

    package func finished(_ outcome: HTTPOutcome) {
        frame.record.bytesIn = Int64(receivedByteCount)
        frame.finish(outcome, refusedWith: fault?.code.status)
    }

    // MARK: Steps

    private func perform() async throws(S3Error) -> HTTPResponse {
        guard let body = body.finish() else { throw S3Error(.slowDown) }
        try await service.identities.refresh()
        let request = try S3Request(
            id: frame.id, time: frame.record.time, head: head, addressing: service.context.addressing,
            accounts: service.identities.accounts)
        guard isSigned else { throw try refusalOfUnsigned(request, body) }
        let authentication = try service.verifier.verify(
            request.signable, for: .query(name: query.rawValue, bodyHash: hex(Digest.of(body, .sha256))))
        guard authentication.accessKeyID != nil else { throw S3Error(.missingAuthenticationToken) }
        let identity = try service.identities.identity(of: authentication, for: query.rawValue)
        let access = Access(identity: identity, authentication: authentication, request: request)
        frame.record.note(access.identity)
        let parameters = try QueryParameters(request.query, body: body)
        let operation = try operation(parameters)
        frame.record.operation = operation.name
        try parameters.check(rules(of: operation, parameters, access.principal.account))
        try checkLife(of: operation, authentication, request)
        let call = try authorize(
            operation, try QueryRequest(query, operation: operation.name, parameters, access, service))
        return encode(try await operation.perform(call), of: operation)
    }

    /// Returns the rules for an operation's parameters. Access keys from the server's configuration may be shorter than
    /// IAM's, so the rule for key ids does not apply to existing keys.
    private func rules(
        of operation: QueryOperation, _ parameters: QueryParameters, _ account: Account?
    ) -> [ParameterRule] {
        let rules = query.rules[operation.name] ?? []
        guard let id = parameters[ParameterRule.accessKeyID.name], let account,
            service.identities.hasKey(id, inAccount: account.id)
        else { return rules }
        return rules.filter { $0.name != ParameterRule.accessKeyID.name }
    }

    /// Returns the error for an unsigned request. Only two operations, both of STS, accept such requests.
    private func refusalOfUnsigned(_ request: S3Request, _ body: [UInt8]) throws(S3Error) -> S3Error {
        // An unreadable form requests neither of them.
        guard let parameters = try? QueryParameters(request.query, body: body), let action = parameters["Action"],
            ProvidedIdentities.areNamed(in: parameters)
        else { return S3Error(.missingAuthenticationToken) }
        query = .sts
        frame.record.operation = action
        try parameters.check(query.rules[action] ?? [])
        return ProvidedIdentities.refusal(of: action, parameters)
    }

    /// Limits the lifetime of presigned URLs, so that those that change permissions or issue credentials do not stay
    /// valid for days. A URL that only shows who signed it has no such limit.
    private func checkLife(
        of operation: QueryOperation, _ authentication: Authentication, _ request: S3Request
    ) throws(S3Error) {
        guard operation.name != "GetCallerIdentity", case .v4Query = authentication.method else { return }
        guard let seconds = request.query["X-Amz-Expires"].flatMap({ Int($0) }), seconds <= Self.presignedSeconds else {
            throw S3Error(
                .accessDenied, "X-Amz-Expires must be at most \(Self.presignedSeconds) seconds for this service")
        }
    }

    private func operation(_ parameters: QueryParameters) throws(S3Error) -> QueryOperation {
        guard let action = parameters["Action"] else {
            throw S3Error(.missingAction, "Missing Action: the request must name an operation")
        }
        let version = parameters["Version"] ?? "none"
        guard version == query.version, let operation = operations.operation(action, of: query) else {
            throw S3Error(.invalidAction, "Could not find operation \(action) for version \(version)")
        }
        return operation
    }

    // MARK: Responses

    private func encode(_ answer: QueryAnswer, of operation: QueryOperation) -> HTTPResponse {
        let document = XMLWriter.document("\(operation.name)Response", namespace: query.namespace) { xml in
            if let result = answer.result { xml.element("\(operation.name)Result", result) }
            xml.element("ResponseMetadata") { $0.element("RequestId", frame.id.description) }
        }
        return complete(HTTPResponse(status: 200, body: .bytes(document)))
    }

    private func encode(_ fault: S3Error) -> HTTPResponse {
        let error = fault.forQuery
        frame.refuse(error)
        return response(to: error)
    }

    private func response(to error: S3Error) -> HTTPResponse {
        let document = XMLWriter.document("ErrorResponse", namespace: query.namespace) { xml in
            xml.element("Error") { xml in
                xml.element("Type", error.code.status < 500 ? "Sender" : "Receiver")
                xml.element("Code", error.code.name)
                xml.element("Message", error.message)
            }
            xml.element("RequestId", frame.id.description)
        }
        return complete(HTTPResponse(status: error.code.status, headers: error.headers.pairs, body: .bytes(document)))
    }

    private func complete(_ response: HTTPResponse) -> HTTPResponse {
        var response = response
        response.headers.append(("Content-Type", "text/xml"))
        response = frame.complete(response)
        response.headers += QueryPreflight.fields(for: head)
        return response
    }
}
