import CofferSystem
import Synchronization

/// The directory of a segment's file, `xx/yy`, derived from the lowest bits of its id.
struct Shard: Hashable, CustomStringConvertible {
    let first: String
    let second: String

    init(_ id: SegmentID) {
        self.init(first: Self.digits(Int(id.value & 255)), second: Self.digits(Int(id.value >> 8 & 255)))
    }

    init(first: String, second: String) {
        self.first = first
        self.second = second
    }

    var description: String { "\(first)/\(second)" }

    /// Returns two hexadecimal digits.
    static func digits(_ byte: Int) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }
}

/// The directories that hold segments' files: made when the first file needs them, removed with the last one.
final class BlobDirectories: Sendable {
    private let path: String
    private let fileSystem: any FileSystem
    /// Directories, `xx` and `xx/yy`, that are known to survive a loss of power. Directories are made and removed under
    /// this lock, so that one that was removed and made again does not count as durable; neither call waits for the
    /// disk.
    private let lasting = Mutex(Set<String>())

    init(path: String, fileSystem: any FileSystem) {
        self.path = path
        self.fileSystem = fileSystem
    }

    func make(_ shard: Shard) throws(StorageError) {
        try lasting.withLock { lasting throws(StorageError) in
            for name in [shard.first, shard.description] { try make("\(path)/\(name)") }
        }
    }

    private func make(_ directory: String) throws(StorageError) {
        do throws(SystemError) {
            try fileSystem.makeDirectory(directory)
        } catch {
            // Its parent may have been removed by another thread; then the caller tries again.
            guard error.isExisting || error.isNotFound else {
                throw StorageError.system(error.number, "make the directory \(directory)")
            }
        }
    }

    /// Makes a directory's entries survive a loss of power, and also its own entry and that of its parent, unless they
    /// are known to be durable. A file that the caller owns keeps the directory from being removed meanwhile.
    func sync(_ shard: Shard) throws(StorageError) {
        try fileSystem.syncEntries(of: "\(path)/\(shard)")
        let (isLasting, isFirstLasting) = lasting.withLock {
            ($0.contains(shard.description), $0.contains(shard.first))
        }
        guard !isLasting else { return }
        try fileSystem.syncEntries(of: "\(path)/\(shard.first)")
        if !isFirstLasting { try fileSystem.syncEntries(of: path) }
        lasting.withLock { lasting in
            lasting.insert(shard.first)
            lasting.insert(shard.description)
        }
    }

    /// Removes a directory unless it has a file, or contains a directory just made by another thread.
    func removeIfEmpty(_ shard: Shard) {
        lasting.withLock { lasting in
            guard remove("\(path)/\(shard)") else { return }
            lasting.remove(shard.description)
            if remove("\(path)/\(shard.first)") { lasting.remove(shard.first) }
        }
    }

    /// Removes a directory `xx` without entries, as a loss of power can leave it.
    func removeIfEmpty(part: String) {
        lasting.withLock { lasting in
            if remove("\(path)/\(part)") { lasting.remove(part) }
        }
    }

    /// - Returns: whether the directory was empty and could be removed; one that is left does no harm.
    private func remove(_ directory: String) -> Bool { (try? fileSystem.removeDirectory(directory)) != nil }
}
