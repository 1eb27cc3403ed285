package import CofferClient
import CofferModel
import Glibc

/// Copies or moves files, objects and standard streams.
package struct TransferWorker: Sendable {
    private let settings: CopySettings
    private let options: TransferOptions
    private let moves: Bool
    private let output: Output

    /// Receives what is copied to the standard stream, piece by piece.
    package typealias Output = @Sendable ([UInt8]) throws -> Void

    /// - Parameter moves: whether the source is deleted once the target is complete.
    package init(
        _ settings: CopySettings, _ options: TransferOptions = TransferOptions(), moves: Bool = false,
        output: @escaping Output
    ) {
        self.settings = settings
        self.moves = moves
        self.output = output
        var options = options
        // The source is deleted only when its copy survives a loss of power.
        options.isDurable = moves
        self.options = options
    }

    func kind(of transfer: Transfer) -> TransferKind {
        TransferKind(
            isFromService: transfer.source.isObject, isToService: transfer.target.isObject, moves: moves)
    }

    /// - Parameter meter: counts the bytes as they are transferred; nil if no progress is shown, which saves the cost
    ///   of counting.
    func run(_ transfer: Transfer, _ meter: ByteMeter?) async throws {
        var source: MovedSource?
        switch (transfer.source, transfer.target) {
        case (.file(let path), .object(let store, let key)):
            if moves { source = .file(path, try await blocking { try FileState(of: path) }) }
            try await store.client.upload(
                file: path, bucket: store.bucket, key: key, settings: settings.forUpload(path), options: options,
                progress: meter?.setProgress)
        case (.stream, .object(let store, let key)):
            try await store.client.upload(
                pieces: StandardInput(), bucket: store.bucket, key: key, settings: settings.forUpload(key.description),
                options: options,
                progress: meter?.setProgress)
        case (.object(let store, let key), .file(let path)):
            source = .object(store, key, try await download(store, key, to: path, transfer.folder, meter))
        case (.object(let store, let key), .stream):
            try await store.client.getObject(bucket: store.bucket, key: key).write(to: output, written: meter?.set)
        case (.object(let store, let key), .object(let target, let targetKey)):
            source = .object(store, key, try await copy(store, key, to: target, targetKey, meter))
        default: preconditionFailure("a transfer needs an object on at least one side")
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
            bucket: store.bucket, key: key, to: path, options: options, progress: meter?.setProgress)
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
                pieces: content, bucket: target.bucket, key: targetKey, settings: settings, options: options,
                progress: meter?.setProgress)
            return content.info.eTag
        }
        let info = try await source.client.headObject(bucket: source.bucket, key: key)
        let settings = settings.isEmpty ? nil : try await settings.forCopy(info, source, key)
        try await target.client.copy(
            from: CopySource(bucket: source.bucket, key: key, version: info.version), bucket: target.bucket,
            key: targetKey, settings: settings,
            options: options)
        meter?.set(info.byteCount)
        return info.eTag
    }
}

extension ObjectContent {
    /// Passes the content on, piece by piece.
    ///
    /// - Parameter written: called with the number of bytes passed on so far.
    package func write(
        to output: @escaping TransferWorker.Output, written: (@Sendable (Int64) -> Void)? = nil
    ) async throws {
        var byteCount: Int64 = 0
        for try await piece in self {
            try await blocking { try output(piece) }
            byteCount += Int64(piece.count)
            written?(byteCount)
        }
    }
}
