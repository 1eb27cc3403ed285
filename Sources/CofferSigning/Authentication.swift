package import CofferModel
import CofferSystem

/// Who signed a request, how, and what the signature says about the body.
package struct Authentication: Sendable {
    /// nil for an anonymous request.
    package let accessKeyID: String?
    package let method: Method
    package let payloadHash: PayloadHash
    /// Verifies the chunks of a body whose chunks are signed.
    package let chunkSigner: ChunkSigner?
    /// The token of temporary credentials, already verified.
    package var sessionToken: String?
    /// The region of the credential scope; nil if the signature has no scope.
    package var region: String?

    /// The authentication of an unsigned request, whose payload hash is unknown.
    package static let anonymous = Authentication(
        accessKeyID: nil, method: .anonymous, payloadHash: .unsigned, chunkSigner: nil)

    package enum Method: Sendable {
        case anonymous
        case v4Header, v4Query
        case v2Header, v2Query
        case v4Post, v2Post

        /// `s3:authType` of the policy language.
        package var authType: String? {
            switch self {
            case .anonymous: nil
            case .v4Header, .v2Header: "REST-HEADER"
            case .v4Query, .v2Query: "REST-QUERY-STRING"
            case .v4Post, .v2Post: "POST"
            }
        }

        /// `s3:signatureversion` of the policy language.
        package var signatureVersion: String? {
            switch self {
            case .anonymous: nil
            case .v4Header, .v4Query, .v4Post: "AWS4-HMAC-SHA256"
            case .v2Header, .v2Query, .v2Post: "AWS"
            }
        }
    }
}

/// A service whose requests are signed.
package enum SignedService: Sendable, Equatable {
    case s3
    /// A service with the query protocol, such as `iam` and `sts`. Its requests are accepted for any region, only with
    /// Version 4, and are signed with the hash of the body, for which these services have no header.
    case query(name: String, bodyHash: String)

    /// The service's name in the credential scope.
    var name: String {
        switch self {
        case .s3: "s3"
        case .query(let name, _): name
        }
    }

    var bodyHash: String? {
        if case .query(_, let hash) = self { hash } else { nil }
    }
}

/// A verifier of request signatures: it accepts every kind that S3 has, and anonymous requests.
///
/// A class, because every request asks for it: a copy of its fields would count references to each.
package final class SignatureVerifier: Sendable {
    let secret: @Sendable (_ accessKeyID: String) -> String?
    let session: SessionSecret
    let now: @Sendable () -> Timestamp
    let requiredRegion: String?
    let acceptsV2: Bool
    let routingParameters: Set<String>
    let otherHosts: @Sendable (_ request: SignableRequest) -> [String]
    let diagnostics: SignatureDiagnostics
    let keys: SigningKeyCache
    let credentials: KnownCredentials

    package typealias SessionSecret = @Sendable (_ accessKeyID: String, _ token: String) throws(S3Error) -> String

    /// - Parameters:
    ///   - requiredRegion: the only region to accept in a credential scope; nil accepts all.
    ///   - routingParameters: the names of the query parameters that choose the operation.
    ///   - otherHosts: hosts that stand for the same endpoint or bucket as the received one; signatures for them are
    ///     valid too.
    ///   - diagnostics: finds the likely cause of an invalid signature.
    ///   - session: finds the secret of temporary credentials, or throws `InvalidToken` or `ExpiredToken`.
    ///   - secret: finds the secret of an access key that exists and is active.
    package init(
        requiredRegion: String? = nil, acceptsV2: Bool = true, routingParameters: Set<String> = [],
        now: @escaping @Sendable () -> Timestamp = { ServiceClock.system.time },
        otherHosts: @escaping @Sendable (_ request: SignableRequest) -> [String] = { _ in [] },
        diagnostics: SignatureDiagnostics = SignatureDiagnostics(),
        session: @escaping SessionSecret = SignatureVerifier.noSession,
        secret: @escaping @Sendable (_ accessKeyID: String) -> String?
    ) {
        self.requiredRegion = requiredRegion
        self.acceptsV2 = acceptsV2
        self.routingParameters = routingParameters
        self.now = now
        self.session = session
        self.otherHosts = otherHosts
        self.diagnostics = diagnostics
        self.secret = secret
        keys = SigningKeyCache()
        credentials = KnownCredentials()
    }

    private init(_ other: SignatureVerifier, requiredRegion: String?) {
        self.requiredRegion = requiredRegion
        acceptsV2 = other.acceptsV2
        routingParameters = other.routingParameters
        now = other.now
        session = other.session
        otherHosts = other.otherHosts
        diagnostics = other.diagnostics
        secret = other.secret
        keys = other.keys
        credentials = other.credentials
    }

    /// Returns a verifier that accepts only the given region, or with nil all regions.
    package func requiring(region: String?) -> SignatureVerifier {
        region == requiredRegion ? self : SignatureVerifier(self, requiredRegion: region)
    }

    /// Rejects every token, for use where temporary credentials do not exist.
    @Sendable package static func noSession(_ accessKeyID: String, _ token: String) throws(S3Error) -> String {
        throw S3Error(.invalidToken)
    }

    /// - Throws: AWS's error for an element that is missing, malformed, expired or wrong.
    package func verify(
        _ request: SignableRequest, for service: SignedService = .s3
    ) throws(S3Error) -> Authentication {
        try verify(request, query: Query(request.query), for: service)
    }

    /// - Parameter query: the request's query, which was parsed before.
    package func verify(
        _ request: SignableRequest, query: Query, for service: SignedService = .s3
    ) throws(S3Error) -> Authentication {
        if let authorization = request.header("authorization") {
            guard !query.contains("X-Amz-Algorithm"), !query.contains("Signature") else {
                throw .invalidArgument(
                    "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string "
                        + "parameter or the Authorization header should be specified",
                    name: "Authorization", value: String(authorization.prefix { $0 != " " }))
            }
            if authorization.hasASCIIPrefix("AWS4-") {
                return try verifyV4(request, authorization: authorization, for: service)
            }
            if authorization.hasASCIIPrefix("AWS "), service == .s3 {
                return try verifyV2(request, authorization: authorization, query: query)
            }
            throw .invalidArgument(
                "Unsupported Authorization Type", name: "Authorization",
                value: String(authorization.prefix { $0 != " " }))
        }
        switch query.presigned {
        case .v4: return try verifyV4(request, query: query, for: service)
        case .v2 where service == .s3: return try verifyV2(request, query: query)
        default: break
        }
        // A token without a signature proves nothing.
        guard request.header("x-amz-security-token") == nil, !query.contains("X-Amz-Security-Token") else {
            throw S3Error(.invalidToken)
        }
        return Authentication(
            accessKeyID: nil, method: .anonymous, payloadHash: try unsignedPayloadHash(request), chunkSigner: nil)
    }

    /// - Parameter token: the token of temporary credentials, if the request has one.
    func secret(of accessKeyID: String, token: String?) throws(S3Error) -> String {
        if let token { return try session(accessKeyID, token) }
        guard let secret = secret(accessKeyID) else {
            throw S3Error(.invalidAccessKeyId, details: [("AWSAccessKeyId", accessKeyID)])
        }
        return secret
    }

    /// Returns the payload hash of a request whose signature does not cover the body.
    func unsignedPayloadHash(_ request: SignableRequest) throws(S3Error) -> PayloadHash {
        guard let header = request.header("x-amz-content-sha256") else { return .unsigned }
        let hash = try PayloadHash(header: header)
        guard case .streaming(isSigned: true, _) = hash else { return hash }
        throw S3Error(.invalidRequest, "Signed chunks require a request that is signed with Signature Version 4")
    }

    func checkSkew(_ time: Timestamp, text: String) throws(S3Error) {
        let now = now()
        guard abs(time.seconds - now.seconds) <= Limits.clockSkewSeconds else {
            throw S3Error(
                .requestTimeTooSkewed,
                details: [
                    ("RequestTime", text), ("ServerTime", now.iso8601WithoutFraction),
                    ("MaxAllowedSkewMilliseconds", String(Limits.clockSkewSeconds * 1000)),
                ])
        }
    }
}

extension S3Error {
    /// Returns `SignatureDoesNotMatch` with the text that the server signed, so that the client can find the
    /// difference.
    ///
    /// - Parameter finding: the result of the diagnostics, which report only on requests signed with the secret.
    static func signatureDoesNotMatch(
        accessKeyID: String, provided: String, stringToSign: String, canonicalRequest: String? = nil, finding: String?
    ) -> S3Error {
        func spaced(_ text: String) -> String {
            let digits = Array("0123456789abcdef".utf8)
            var bytes: [UInt8] = []
            bytes.reserveCapacity(3 * text.utf8.count)
            for byte in text.utf8 {
                if !bytes.isEmpty { bytes.append(32) }
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 15)])
            }
            return String(decoding: bytes, as: UTF8.self)
        }
        var details: [(name: String, value: String)] = [
            ("AWSAccessKeyId", accessKeyID), ("StringToSign", stringToSign), ("SignatureProvided", provided),
            ("StringToSignBytes", spaced(stringToSign)),
        ]
        if let canonicalRequest {
            details += [("CanonicalRequest", canonicalRequest), ("CanonicalRequestBytes", spaced(canonicalRequest))]
        }
        let error = S3Error(.signatureDoesNotMatch, details: details)
        return finding.map { error.withDenialReason($0, isDisclosed: true) } ?? error
    }
}
