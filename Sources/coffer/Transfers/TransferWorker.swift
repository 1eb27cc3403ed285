import CofferClient
import CofferModel
import Glibc
import Synchronization

/// Copies or moves files, objects and standard streams.
struct TransferWorker: Sendable {
    private let settings: GivenSettings
    private let transfers: TransferOptions
    /// Whether the source is deleted once the target is complete.
    private let moves: Bool

    static let options = [
        Option("part-size", "SIZE", help: "the size of the parts of long objects, such as 64MiB; 8MiB unless given"),
        resumeOption,
    ]
    static let resumeOption = Option(
        "resume", help: "continue an upload in parts that was interrupted, and keep one that is interrupted")

    /// - Parameter isSingle: whether there is only one transfer, which may then use all the connections.
    init(_ options: Options, moves: Bool, isSingle: Bool) throws {
        settings = try GivenSettings(options)
        self.moves = moves
        var transfers = TransferOptions()
        transfers.parallelism = isSingle ? 8 : 4
        transfers.resumes = options.isGiven("resume")
        transfers.isDurable = moves
        if let text = options["part-size"] {
            guard let byteCount = ByteCounts.number(text), (5 << 20...5 << 30).contains(byteCount) else {
                throw options.usage("--part-size \(text): allowed are 5MiB to 5GiB")
            }
            transfers.partByteCount = byteCount
        }
        self.transfers = transfers
    }

    func verb(of transfer: Transfer) -> String {
        if moves { return "move" }
        return switch (transfer.source, transfer.target) {
        case (.object, .object): "copy"
        case (.object, _): "download"
        default: "upload"
        }
    }

    /// Returns the verb for all transfers from one folder to another.
    func verb(from source: Folder, to target: Folder) -> String {
        if moves { return "move" }
        return source.isLocal ? "upload" : target.isLocal ? "download" : "copy"
    }

    /// - Parameter meter: counts the bytes as they are transferred; nil if no progress is shown, which saves the cost
    ///   of counting.
    func run(_ transfer: Transfer, _ meter: ByteMeter?) async throws {
        var source: MovedSource?
        switch (transfer.source, transfer.target) {
        case (.file(let path), .object(let store, let key)):
            if moves { source = .file(path, try await blocking { try FileState(of: path) }) }
            try await store.client.upload(
                file: path, bucket: store.bucket, key: key, settings: settings.forUpload(path), options: transfers,
                progress: meter?.setProgress)
        case (.stream, .object(let store, let key)):
            try await store.client.upload(
                pieces: StandardInput(), bucket: store.bucket, key: key, settings: settings.forUpload(key.description),
                options: transfers,
                progress: meter?.setProgress)
        case (.object(let store, let key), .file(let path)):
            source = .object(store, key, try await download(store, key, to: path, transfer.folder, meter))
        case (.object(let store, let key), .stream):
            try await store.client.getObject(bucket: store.bucket, key: key).writeToStandardOutput(meter?.set)
        case (.object(let store, let key), .object(let target, let targetKey)):
            source = .object(store, key, try await copy(store, key, to: target, targetKey, meter))
        default: preconditionFailure("transfers have an object on one side at least")
        }
        if moves { try await source?.delete() }
    }

    // MARK: Downloads

    /// Downloads an object, and gives the file the object's time, by which `sync` recognizes it.
    ///
    /// - Returns: the ETag of what was read.
    private func download(
        _ store: Store, _ key: ObjectKey, to path: String, _ folder: LocalFolder?, _ meter: ByteMeter?
    ) async throws -> ETag {
        try await blocking {
            if let folder { return try folder.makeDirectories(above: path) }
            if let end = path.utf8.lastIndex(of: slash), end > path.startIndex {
                try LocalFolder.makeDirectories(String(path[..<end]))
            }
        }
        let info = try await store.client.download(
            bucket: store.bucket, key: key, to: path, options: transfers, progress: meter?.setProgress)
        guard let modified = info.lastModified else { return info.eTag }
        let time = timespec(tv_sec: Int(modified.seconds), tv_nsec: 0)
        try await blocking {
            guard utimensat(AT_FDCWD, path, [time, time], AT_SYMLINK_NOFOLLOW) == 0 else {
                throw FileError(path, cannot: "set the time of")
            }
        }
        return info.eTag
    }

    // MARK: Copies

    /// - Returns: the ETag of what was read.
    private func copy(
        _ source: Store, _ key: ObjectKey, to target: Store, _ targetKey: ObjectKey, _ meter: ByteMeter?
    ) async throws -> ETag {
        guard source.isSameService(as: target) else {
            let content = try await source.client.getObject(bucket: source.bucket, key: key)
            let settings = try await settings.forCopy(content.info, source, key)
            try await target.client.upload(
                pieces: content, bucket: target.bucket, key: targetKey, settings: settings, options: transfers,
                progress: meter?.setProgress)
            return content.info.eTag
        }
        let info = try await source.client.headObject(bucket: source.bucket, key: key)
        let settings = settings.isEmpty ? nil : try await settings.forCopy(info, source, key)
        try await target.client.copy(
            from: CopySource(bucket: source.bucket, key: key, version: info.version), bucket: target.bucket,
            key: targetKey, settings: settings,
            options: transfers)
        meter?.set(info.byteCount)
        return info.eTag
    }
}

/// A counter that adds the bytes of one transfer to the progress of all.
final class ByteMeter: Sendable {
    private let progress: Progress
    private let byteCount = Mutex<Int64>(0)

    init(_ progress: Progress) { self.progress = progress }

    var set: @Sendable (Int64) -> Void {
        { newCount in
            let change = self.byteCount.withLock { byteCount in
                defer { byteCount = newCount }
                return newCount - byteCount
            }
            self.progress.add(change)
        }
    }

    var setProgress: @Sendable (TransferProgress) -> Void {
        { self.set($0.byteCount) }
    }
}
