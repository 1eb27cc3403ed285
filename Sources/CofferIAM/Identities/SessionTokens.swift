import CofferAccess
import CofferCrypto
import CofferModel
import FoundationEssentials
import Synchronization

/// The contents of temporary credentials. They exist only in the token, since the server stores nothing about a
/// session.
struct SessionClaims: Codable, Sendable {
    let kind: Kind
    let accessKeyID: String
    let secret: String
    /// Seconds since 1970.
    let issued: Int64
    let expires: Int64
    /// The id of the user or role; for the root, the account's id.
    let holderID: String
    /// The id of the holder's account.
    let accountID: String
    /// The mark of the root's configured key when the session was created; nil if the holder is not the root. The
    /// session ends when that key changes.
    var rootMark: String?
    /// The name of the role's session or of the federated user.
    var name = ""
    /// Policy documents that limit the session.
    var policies: [String] = []
    /// The ARNs of managed policies that also limit the session.
    var policyARNs: [String] = []
    /// nil for none.
    var tags: [SessionTag]?
    var sourceIdentity: String?
    /// Meaningless text that makes the token as long as requested.
    var padding: String?

    /// The operation that created the credentials: AssumeRole, GetSessionToken or GetFederationToken.
    enum Kind: String, Codable, Sendable {
        case role, session, federation
    }
}

/// Temporary credentials whose token was opened.
struct Session: Sendable {
    let claims: SessionClaims
    let policies: [Policy]

    func isExpired(at time: Timestamp) -> Bool { time.seconds >= claims.expires }
}

/// Creates and opens the tokens of temporary credentials: claims, sealed with a key of the data directory.
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

    /// Opens a token, even if it is expired.
    ///
    /// - Throws: `InvalidToken` for a token that this server did not create.
    func open(_ token: String) throws(S3Error) -> Session {
        if let session = opened.withLock({ $0[token] }) { return session }
        guard let sealed = bytes(base64: token), let text = box.open(sealed, for: Self.context),
            let claims = try? JSONDecoder().decode(SessionClaims.self, from: Data(text))  // From another version.
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
