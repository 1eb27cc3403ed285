import CofferHTTP
import Synchronization

/// The memory that the documents of all requests together may take while they are received.
///
/// A document is small and comes fast; who holds much of the budget for long is slow or means harm. So when the budget is
/// used up no newcomer is refused: unfinished documents are dropped, of the address that holds most those of the caller who
/// holds most, the oldest first.
final class DocumentBudget: Sendable {
    private let byteLimit: Int
    private let state = Mutex(State())

    /// Whose memory it is.
    struct Holder: Hashable, Sendable {
        /// One client's, as ``ClientNetwork`` has it.
        let network: String
        /// As the request names it, whether that was verified or not; empty for an anonymous caller.
        let accessKeyID: String
    }

    private struct State {
        var byteCount = 0
        /// By their numbers: a smaller one is an older document's.
        var entries: [Int: Entry] = [:]
        var lastNumber = 0
    }

    private struct Entry {
        let holder: Holder
        weak var document: HeldDocument?
        var byteCount = 0
        /// Whether it is complete and in use.
        var isFinished = false
    }

    init(byteLimit: Int) { self.byteLimit = byteLimit }

    func document(of holder: Holder) -> HeldDocument {
        state.withLock { state in
            state.lastNumber += 1
            let document = HeldDocument(number: state.lastNumber, budget: self)
            state.entries[state.lastNumber] = Entry(holder: holder, document: document)
            return document
        }
    }

    // MARK: A document's calls

    /// - Returns: false if the document was dropped, or if what is in use leaves no room.
    fileprivate func take(_ byteCount: Int, for number: Int) -> Bool {
        // Let go of behind the lock: one whose request ends meanwhile ends here, and asks for the lock itself.
        var dropped: [HeldDocument] = []
        defer { for document in dropped { document.drop() } }
        return state.withLock { state in
            if state.byteCount + byteCount > byteLimit { dropped = makeRoom(&state) }
            guard state.byteCount + byteCount <= byteLimit, state.entries[number] != nil else { return false }
            state.byteCount += byteCount
            state.entries[number]?.byteCount += byteCount
            return true
        }
    }

    /// The document is complete, and will not be dropped any more.
    fileprivate func finish(_ number: Int) { state.withLock { $0.entries[number]?.isFinished = true } }

    fileprivate func end(_ number: Int) {
        state.withLock { state in state.byteCount -= state.entries.removeValue(forKey: number)?.byteCount ?? 0 }
    }

    /// A quarter of the budget at once, so that looking for it costs little beside what was sent to use it up.
    ///
    /// - Returns: the documents that are to be dropped, which count no longer.
    private func makeRoom(_ state: inout State) -> [HeldDocument] {
        var byNetwork: [String: Int] = [:]
        var byHolder: [Holder: Int] = [:]
        let unfinished = state.entries.filter { !$0.value.isFinished }
        for entry in unfinished.values {
            byNetwork[entry.holder.network, default: 0] += entry.byteCount
            byHolder[entry.holder, default: 0] += entry.byteCount
        }
        let candidates = unfinished.map { number, entry in
            (byNetwork[entry.holder.network] ?? 0, byHolder[entry.holder] ?? 0, -number)
        }
        var dropped: [HeldDocument] = []
        for (_, _, number) in candidates.sorted(by: >) where state.byteCount > byteLimit / 4 * 3 {
            guard let entry = state.entries.removeValue(forKey: -number) else { continue }
            state.byteCount -= entry.byteCount
            if let document = entry.document { dropped.append(document) }
        }
        return dropped
    }
}

/// A document while it is received, within a ``DocumentBudget``.
final class HeldDocument: Sendable {
    private let number: Int
    private let budget: DocumentBudget
    /// nil when it was dropped.
    private let bytes = Mutex<[UInt8]?>([])

    fileprivate init(number: Int, budget: DocumentBudget) {
        self.number = number
        self.budget = budget
    }

    deinit { budget.end(number) }

    /// - Returns: false if there is no room for it any more.
    func append(_ piece: Span<UInt8>) -> Bool {
        guard budget.take(piece.count, for: number) else { return false }
        return bytes.withLock { bytes in
            guard bytes != nil else { return false }
            piece.withUnsafeBufferPointer { bytes?.append(contentsOf: $0) }
            return true
        }
    }

    /// The whole document; nil if it was dropped. It counts until this object goes.
    func finish() -> [UInt8]? {
        budget.finish(number)
        return bytes.withLock { $0 }
    }

    fileprivate func drop() { bytes.withLock { $0 = nil } }
}

extension HTTPRequestHead {
    /// Whose memory the request's document takes.
    ///
    /// - Parameter accessKeyID: that it names; nil for none.
    func holder(accessKeyID: String?) -> DocumentBudget.Holder {
        DocumentBudget.Holder(network: network, accessKeyID: accessKeyID ?? "")
    }
}
