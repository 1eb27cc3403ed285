import CofferAccess
import CofferCrypto
import CofferModel
import FoundationEssentials
import Synchronization

/// What temporary credentials say of themselves: all that there is of them, since nothing is stored.
struct SessionClaims: Codable, Sendable {
    let kind: Kind
    let accessKeyID: String
    let secret: String
    /// Seconds since 1970.
    let issued: Int64
    let expires: Int64
    /// The id of the user or role, or the account's for the root.
    let holderID: String
    /// Of the holder's account.
    let accountID: String
    /// Of the root's key that asked for the session; nil if it was another's. The session ends with the key.
    var rootMark: String?
    /// Of the role's session or of the federated user.
    var name = ""
    /// Documents that limit the session.
    var policies: [String] = []
    /// Managed policies that limit it as well.
    var policyARNs: [String] = []
    /// nil for none.
    var tags: [SessionTag]?
    var sourceIdentity: String?
    /// Means nothing: it makes the token as long as was asked for.
    var padding: String?

    /// By the operation that made them: AssumeRole, GetSessionToken, GetFederationToken.
    enum Kind: String, Codable, Sendable {
        case role, session, federation
    }
}

/// Temporary credentials that were opened.
struct Session: Sendable {
    let claims: SessionClaims
    let policies: [Policy]

    func isExpired(at time: Timestamp) -> Bool { time.seconds >= claims.expires }
}

/// Makes and opens the tokens of temporary credentials: claims, sealed under the data directory's key.
final class SessionTokens: Sendable {
    private let box: SecretBox
    private let opened = Mutex<[String: Session]>([:])
    private static let limit = 1024
    private static let context = "session"

    init(box: SecretBox) { self.box = box }

    func seal(_ claims: SessionClaims) throws(S3Error) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        guard let text = try? encoder.encode(claims) else {  // Strings and numbers can be encoded.
            throw .internalError("a session's claims cannot be encoded")
        }
        return base64(box.seal([UInt8](text), for: Self.context))
    }

    /// - Throws: `InvalidToken` for what this server has not made. An expired token opens.
    func open(_ token: String) throws(S3Error) -> Session {
        if let session = opened.withLock({ $0[token] }) { return session }
        guard let sealed = bytes(base64: token), let text = box.open(sealed, for: Self.context),
            let claims = try? JSONDecoder().decode(SessionClaims.self, from: Data(text))  // Of another version.
        else { throw S3Error(.invalidToken) }
        var policies: [Policy] = []
        for document in claims.policies { policies.append(try Policy(identityDocument: Array(document.utf8))) }
        let session = Session(claims: claims, policies: policies)
        opened.withLock { opened in
            if opened.count >= Self.limit { opened.removeAll() }
            opened[token] = session
        }
        return session
    }
}
