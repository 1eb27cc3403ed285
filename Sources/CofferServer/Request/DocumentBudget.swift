import Synchronization

/// The memory that the documents of all requests together may take while they are received.
final class DocumentBudget: Sendable {
    private let rest: Mutex<Int>

    init(byteCount: Int) { rest = Mutex(byteCount) }

    /// - Returns: whether there was so much left; only then it is taken.
    func take(_ byteCount: Int) -> Bool {
        rest.withLock { rest in
            guard rest >= byteCount else { return false }
            rest -= byteCount
            return true
        }
    }

    func giveBack(_ byteCount: Int) { rest.withLock { $0 += byteCount } }
}
