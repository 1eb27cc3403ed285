import CofferAccess
import CofferModel

/// Temporary credentials that are being made.
struct SessionCredentials: Sendable {
    let accessKeyID: String
    let secret: String
    let token: String
    let expires: Timestamp

    /// - Parameters:
    ///   - account: the holder's.
    ///   - limits: of the session's own, which the request gives.
    init(
        _ kind: SessionClaims.Kind, of holderID: String, in account: Account, name: String = "", seconds: Int,
        limits: SessionLimits, _ identities: Identities
    ) throws(S3Error) {
        accessKeyID = IAMNames.uniqueID("ASIA", count: 16)
        secret = KeyPair.generate().secretAccessKey
        let now = Timestamp.now().seconds
        expires = Timestamp(seconds: now + Int64(seconds))
        let claims = SessionClaims(
            kind: kind, accessKeyID: accessKeyID, secret: secret, issued: now, expires: expires.seconds,
            holderID: holderID, accountID: account.id,
            rootMark: holderID == account.id ? identities.root(ofAccount: account.id)?.mark : nil, name: name,
            policies: limits.documents, policyARNs: limits.arns)
        token = try identities.sessions.seal(claims)
    }
}

extension QueryParameters {
    /// Refuses what would change a session and has no effect here, rather than leave it without.
    ///
    /// - Throws: `AccessDenied` for a code of an MFA device, of which there are none, `NotImplemented`.
    func checkSession() throws(S3Error) {
        guard self["SerialNumber"] == nil, self["TokenCode"] == nil else {
            throw S3Error(.accessDenied, "MultiFactorAuthentication failed: there are no MFA devices")
        }
        guard structures("Tags").isEmpty, self["SourceIdentity"] == nil else {
            throw S3Error(.notImplemented, "Tags and source identities of sessions are not implemented")
        }
    }
}

/// The policies that a request gives a session: `Policy` and `PolicyArns`.
struct SessionLimits: Sendable {
    var documents: [String] = []
    var arns: [String] = []

    static let none = SessionLimits()

    private init() {}

    /// - Throws: `MalformedPolicyDocument`, `PackedPolicyTooLarge`, `NoSuchEntity`.
    init(_ call: AuthorizedQuery) throws(S3Error) {
        if let document = call.parameters["Policy"] {
            guard document.unicodeScalars.count <= IAMLimits.sessionPolicy else {
                throw QueryParameters.invalid(
                    "Value", "Policy", "Member must have length less than or equal to \(IAMLimits.sessionPolicy)")
            }
            _ = try Policy(identityDocument: Array(document.utf8))
            documents = [document]
        }
        for member in call.parameters.structures("PolicyArns") {
            let arn = try member.required("arn")
            guard call.request.snapshot.document(ofPolicy: arn) != nil else {
                throw .noSuchEntity("Policy \(arn) does not exist or is not attachable.")
            }
            arns.append(arn)
        }
        guard arns.count <= IAMLimits.attachedPolicies else {
            throw .quotaExceeded("PolicyArns", IAMLimits.attachedPolicies)
        }
    }

    /// How much of what is allowed the policies take, in percent.
    var packedSize: Int? {
        guard !documents.isEmpty || !arns.isEmpty else { return nil }
        let count = (documents + arns).reduce(0) { $0 + $1.utf8.count }
        return max(1, min(100, count * 100 / (IAMLimits.sessionPolicy * 2)))
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
}
