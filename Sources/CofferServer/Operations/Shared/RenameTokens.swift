import CofferAccess
import CofferHTTP
import CofferModel
import Synchronization

/// The `x-amz-client-token`s of renames that were done lately, so that one that is asked for once more, because its answer
/// was lost, is no error although its source is gone. Each caller has its own: none sees or spoils another's.
final class RenameTokens: Sendable {
    private let done = Mutex<[Caller: [String: Renaming]]>([:])
    /// Tokens of one caller, and callers.
    private static let tokenLimit = 1000
    private static let callerLimit = 1000

    /// Whose tokens they are.
    enum Caller: Hashable, Sendable {
        case account(String)
        /// Anonymous callers, of whom the address is known.
        case address(String)
    }

    struct Renaming: Sendable, Equatable {
        let bucket: Int64
        let source: ObjectKey
        let destination: ObjectKey
    }

    /// - Throws: `InvalidArgument` for what is not 1 to 64 printable characters of ASCII (S3 API Reference, RenameObject).
    static func check(_ token: String) throws(S3Error) -> String {
        guard (1...64).contains(token.utf8.count), token.utf8.allSatisfy({ (33...126).contains($0) }) else {
            throw .invalidArgument(
                "A client token has at most 64 characters, all of them printable ASCII", name: "x-amz-client-token",
                value: token)
        }
        return token
    }

    /// - Throws: `IdempotencyParameterMismatch` for a token that its caller gave with another rename.
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

extension Authorized {
    /// Whose rename tokens a request's are.
    var renameCaller: RenameTokens.Caller {
        access.principal.account.map { .account($0.id) } ?? .address(request.head.network)
    }
}
