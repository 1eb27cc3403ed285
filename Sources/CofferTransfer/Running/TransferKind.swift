/// What a transfer does, in one word.
package enum TransferKind: String, Sendable {
    case upload, download, copy, move

    init(isFromService: Bool, isToService: Bool, moves: Bool) {
        self = moves ? .move : !isFromService ? .upload : isToService ? .copy : .download
    }

    /// The kind of all transfers from one folder to another.
    package init(from source: Folder, to target: Folder, moves: Bool = false) {
        self.init(isFromService: !source.isLocal, isToService: !target.isLocal, moves: moves)
    }
}
