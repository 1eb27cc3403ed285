import CofferModel
import Synchronization

/// The `x-amz-client-token`s of renames that were done lately, so that one that is asked for once more, because its answer
/// was lost, is no error although its source is gone.
final class RenameTokens: Sendable {
    private let done = Mutex<[String: Renaming]>([:])
    private static let limit = 10_000

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

    /// - Throws: `IdempotencyParameterMismatch` for a token that was given with another rename.
    func isDone(_ token: String, _ renaming: Renaming) throws(S3Error) -> Bool {
        guard let known = done.withLock({ $0[token] }) else { return false }
        guard known == renaming else { throw S3Error(.idempotencyParameterMismatch) }
        return true
    }

    func note(_ token: String, _ renaming: Renaming) {
        done.withLock { done in
            if done.count >= Self.limit { done.removeAll() }
            done[token] = renaming
        }
    }
}
