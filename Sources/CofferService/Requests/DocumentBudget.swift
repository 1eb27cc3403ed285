package import CofferHTTP
import Synchronization

/// The memory that the documents of all requests together may use while they are received.
///
/// A document is small and arrives quickly, so a caller who holds much of the budget for long is slow or malicious.
/// When the budget is used up, new requests are therefore not refused. Unfinished documents are dropped instead: first
/// those of the network that holds the most, within it those of the caller who holds the most, the oldest first.
package final class DocumentBudget: Sendable {
    private let byteLimit: Int
    private let state = Mutex(State())

    /// The client that a document's memory is charged to.
    package struct Holder: Hashable, Sendable {
        /// The client's network, as `ClientNetwork` defines it.
        package let network: String
        /// The access key named in the request, verified or not; empty for an anonymous caller.
        package let accessKeyID: String
    }

    private struct State {
        var byteCount = 0
        /// The entries by document number; a smaller number means an older document.
        var entries: [Int: Entry] = [:]
        var lastNumber = 0
    }

    private struct Entry {
        let holder: Holder
        weak var document: HeldDocument?
        var byteCount = 0
        /// Whether the document is complete and in use.
        var isFinished = false
    }

    package init(byteLimit: Int) { self.byteLimit = byteLimit }

    package func document(of holder: Holder) -> HeldDocument {
        state.withLock { state in
            state.lastNumber += 1
            let document = HeldDocument(number: state.lastNumber, budget: self)
            state.entries[state.lastNumber] = Entry(holder: holder, document: document)
            return document
        }
    }

    // MARK: A document's calls

    /// - Returns: false if the document was dropped, or if the documents in use leave no room.
    fileprivate func take(_ byteCount: Int, for number: Int) -> Bool {
        // Released after the lock: a document whose request ends meanwhile is deinitialized here, and takes the lock
        // itself.
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

    /// Marks the document as complete, so that it is no longer dropped.
    fileprivate func finish(_ number: Int) { state.withLock { $0.entries[number]?.isFinished = true } }

    fileprivate func end(_ number: Int) {
        state.withLock { state in state.byteCount -= state.entries.removeValue(forKey: number)?.byteCount ?? 0 }
    }

    /// Frees a quarter of the budget at once, so that the search is cheap compared with the bytes that filled the
    /// budget.
    ///
    /// - Returns: the documents to drop, which no longer count.
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
package final class HeldDocument: Sendable {
    private let number: Int
    private let budget: DocumentBudget
    /// nil once the document was dropped.
    private let bytes = Mutex<[UInt8]?>([])

    fileprivate init(number: Int, budget: DocumentBudget) {
        self.number = number
        self.budget = budget
    }

    deinit { budget.end(number) }

    /// - Returns: false if there is no longer any room for the document.
    package func append(_ piece: Span<UInt8>) -> Bool {
        guard budget.take(piece.count, for: number) else { return false }
        return bytes.withLock { bytes in
            guard bytes != nil else { return false }
            piece.withUnsafeBufferPointer { bytes?.append(contentsOf: $0) }
            return true
        }
    }

    /// Returns the complete document; nil if it was dropped. It counts against the budget until this object is
    /// deinitialized.
    package func finish() -> [UInt8]? {
        budget.finish(number)
        return bytes.withLock { $0 }
    }

    fileprivate func drop() { bytes.withLock { $0 = nil } }
}

extension HTTPRequestHead {
    /// Returns the holder that the request's document is charged to.
    ///
    /// - Parameter accessKeyID: the access key that the request names; nil for none.
    package func holder(accessKeyID: String?) -> DocumentBudget.Holder {
        DocumentBudget.Holder(network: network, accessKeyID: accessKeyID ?? "")
    }
}
