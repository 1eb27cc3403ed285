import CofferAccess
import CofferModel

/// New temporary credentials.
struct SessionCredentials: Sendable {
    let accessKeyID: String
    let secret: String
    let token: String
    let expires: Timestamp

    /// - Parameters:
    ///   - account: the holder's account.
    ///   - limits: the session policies that the request gives.
    ///   - attributes: the session's tags and source identity.
    ///   - tokenSize: the minimum size of the token in bytes.
    init(
        _ kind: SessionClaims.Kind, of holderID: String, in account: Account, name: String = "", seconds: Int,
        limits: SessionLimits = .none, attributes: SessionAttributes = .none, tokenSize: Int,
        _ identities: Identities
    ) throws(S3Error) {
        accessKeyID = IAMNames.uniqueID("ASIA", count: 16)
        secret = KeyPair.generate().secretAccessKey
        let now = identities.clock.time.seconds
        expires = Timestamp(seconds: now + Int64(seconds))
        var claims = SessionClaims(
            kind: kind, accessKeyID: accessKeyID, secret: secret, issued: now, expires: expires.seconds,
            holderID: holderID, accountID: account.id,
            rootMark: holderID == account.id ? identities.root(ofAccount: account.id)?.mark : nil, name: name,
            policies: limits.documents, policyARNs: limits.arns,
            tags: attributes.tags.isEmpty ? nil : attributes.tags, sourceIdentity: attributes.sourceIdentity)
        let short = try identities.sessions.seal(claims)
        guard short.utf8.count < tokenSize else {
            token = short
            return
        }
        // Four characters of the token encode three sealed bytes.
        claims.padding = String(repeating: "-", count: (tokenSize - short.utf8.count) * 3 / 4 + 1)
        token = try identities.sessions.seal(claims)
    }
}

extension QueryParameters {
    /// Refuses parameters that would change a session but are not supported, rather than ignoring them.
    ///
    /// - Throws: `AccessDenied` for a code of an MFA device, since there are none; `NotImplemented` for contexts of
    ///   other services.
    func checkSession() throws(S3Error) {
        guard self["SerialNumber"] == nil, self["TokenCode"] == nil else {
            throw S3Error(.accessDenied, "MultiFactorAuthentication failed: MFA devices are not supported")
        }
        guard structures("ProvidedContexts").isEmpty else {
            throw S3Error(.notImplemented, "ProvidedContexts is not implemented: there are no context providers")
        }
    }

    /// The minimum size of the session's token in bytes.
    var tokenSize: Int {
        get throws(S3Error) { try integer("MinimumSessionTokenSize", in: 0...4096) ?? 0 }
    }
}

/// The policies that a request gives a session: `Policy` and `PolicyArns`.
struct SessionLimits: Sendable {
    var documents: [String] = []
    var arns: [String] = []

    static let none = SessionLimits()

    private init() {}

    /// - Parameter account: the session's account, which contains its managed policies.
    /// - Throws: `MalformedPolicyDocument`, `NoSuchEntity`.
    init(_ parameters: QueryParameters, in account: IdentitySnapshot) throws(S3Error) {
        if let document = parameters["Policy"] {
            _ = try Policy(identityDocument: Array(document.utf8))
            documents = [document]
        }
        let members = parameters.structures("PolicyArns")
        guard members.count <= IAMLimits.attachedPolicies else {
            throw .quotaExceeded("PolicyArns", IAMLimits.attachedPolicies)
        }
        for member in members {
            let arn = try member.required("arn")
            guard account.document(ofPolicy: arn) != nil else {
                throw .noSuchEntity("Policy \(arn) does not exist or is not attachable.")
            }
            arns.append(arn)
        }
    }

    /// Returns how much of a token's space the policies and tags take, in percent; nil if there are none.
    ///
    /// - Throws: `PackedPolicyTooLarge` if they take more than 100 percent, since the token must fit in a request's
    ///   header.
    func packedSize(with tags: [SessionTag]) throws(S3Error) -> Int? {
        let texts = documents + arns + tags.flatMap { [$0.key, $0.value] }
        guard !texts.isEmpty else { return nil }
        let count = texts.reduce(0) { $0 + $1.utf8.count }
        let percent = (count * 100 + IAMLimits.packedSessionBytes - 1) / IAMLimits.packedSessionBytes
        guard percent <= 100 else {
            throw S3Error(
                .packedPolicyTooLarge,
                documents.isEmpty && arns.isEmpty
                    ? "Packed size of session tags consumes \(percent)% of allotted space."
                    : "Packed policy consumes \(percent)% of allotted space, please use smaller policy.")
        }
        return max(1, percent)
    }
}

extension XMLWriter {
    mutating func credentials(_ credentials: SessionCredentials) {
        element("Credentials") { xml in
            xml.element("AccessKeyId", credentials.accessKeyID)
            xml.element("SecretAccessKey", credentials.secret)
            xml.element("SessionToken", credentials.token)
            xml.element("Expiration", credentials.expires.iso8601Seconds)
        }
    }

    /// Writes the token's size, and its percentage of the maximum size.
    mutating func tokenSize(_ credentials: SessionCredentials) {
        let size = credentials.token.utf8.count
        element(
            "SessionTokenUtilization", String(min(100, (size * 100 + IAMLimits.tokenBytes - 1) / IAMLimits.tokenBytes)))
        element("SessionTokenSize", String(size))
    }
}
