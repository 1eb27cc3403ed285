import CofferAccess
import CofferHTTP
import CofferIAM
import CofferModel
import CofferService
import Synchronization

/// The `x-amz-client-token`s of recent renames. A rename that is repeated because its response was lost succeeds
/// although its source no longer exists. Tokens are kept per caller: callers neither see nor affect each other's.
/// They are known only to this process: a rename that is repeated at another one, or after a restart, is refused because
/// its source is missing.
final class RenameTokens: Sendable {
    private let done = Mutex<[Caller: [String: Renaming]]>([:])
    /// The most tokens of one caller, and the most callers.
    private static let tokenLimit = 1000
    private static let callerLimit = 1000

    /// The caller that tokens belong to.
    enum Caller: Hashable, Sendable {
        case account(String)
        /// Anonymous callers, who are known only by their address.
        case address(String)
    }

    struct Renaming: Sendable, Equatable {
        let bucket: Int64
        let source: ObjectKey
        let destination: ObjectKey
    }

    /// - Throws: `InvalidArgument` for anything but 1 to 64 printable ASCII characters (S3 API Reference,
    ///   RenameObject).
    static func check(_ token: String) throws(S3Error) -> String {
        guard (1...64).contains(token.utf8.count), token.utf8.allSatisfy({ (33...126).contains($0) }) else {
            throw .invalidArgument(
                "A client token must be 1 to 64 printable ASCII characters", name: "x-amz-client-token",
                value: token)
        }
        return token
    }

    /// - Throws: `IdempotencyParameterMismatch` for a token that its caller used for another rename.
    func isDone(_ token: String, of caller: Caller, _ renaming: Renaming) throws(S3Error) -> Bool {
        guard let known = done.withLock({ $0[caller]?[token] }) else { return false }
        guard known == renaming else { throw S3Error(.idempotencyParameterMismatch) }
        return true
    }

    func note(_ token: String, of caller: Caller, _ renaming: Renaming) {
        done.withLock { done in
            if done[caller] == nil, done.count >= Self.callerLimit { done.removeAll() }
            if done[caller, default: [:]].count >= Self.tokenLimit { done[caller] = [:] }
            done[caller, default: [:]][token] = renaming
        }
    }
}
