import Glibc
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
    /// Directories, `xx` and `xx/yy`, that are known to survive a loss of power. Directories are made and removed under
    /// this lock, so that one that was removed and made again does not count as durable; neither call waits for the
    /// disk.
    private let lasting = Mutex(Set<String>())

    init(path: String) { self.path = path }

    func make(_ shard: Shard) throws(StorageError) {
        try lasting.withLock { lasting throws(StorageError) in
            for name in [shard.first, shard.description] where mkdir("\(path)/\(name)", 0o700) != 0 {
                guard errno == EEXIST || errno == ENOENT else {
                    throw StorageError.system(errno, "make the directory \(path)/\(name)")
                }
            }
        }
    }

    /// Makes a directory's entries survive a loss of power, and also its own entry and that of its parent, unless they
    /// are known to be durable. A file that the caller owns keeps the directory from being removed meanwhile.
    func sync(_ shard: Shard) throws(StorageError) {
        try syncDirectory("\(path)/\(shard)")
        let (isLasting, isFirstLasting) = lasting.withLock {
            ($0.contains(shard.description), $0.contains(shard.first))
        }
        guard !isLasting else { return }
        try syncDirectory("\(path)/\(shard.first)")
        if !isFirstLasting { try syncDirectory(path) }
        lasting.withLock { lasting in
            lasting.insert(shard.first)
            lasting.insert(shard.description)
        }
    }

    /// Removes a directory unless it has a file, or contains a directory just made by another thread.
    func removeIfEmpty(_ shard: Shard) {
        lasting.withLock { lasting in
            guard rmdir("\(path)/\(shard)") == 0 else { return }
            lasting.remove(shard.description)
            if rmdir("\(path)/\(shard.first)") == 0 { lasting.remove(shard.first) }
        }
    }
}
