import CofferClient
import CofferModel
import Glibc

/// A walk through a directory and its subdirectories, in the byte order of the relative names.
///
/// Symbolic links are followed if their target lies within the directory; other links are skipped, as are devices and
/// sockets. Entries that cannot be read, and names that are not UTF-8 and so cannot be keys, are reported as failed.
/// Only one task uses it at a time.
final class DirectoryWalk: @unchecked Sendable {  // Only the one task that calls next() touches its state.
    private let folder: LocalFolder
    private let followsLinks: Bool
    private var root: String?
    private var levels: [Level] = []

    private struct Level {
        var entries: ArraySlice<Entry>
        /// Device and inode, to detect a link to a directory that is already being walked, which would never end.
        let id: FileID
    }

    private struct FileID: Equatable {
        let device: UInt
        let inode: UInt
    }

    private struct Entry {
        /// The name relative to the folder; a directory's ends with a slash, so that it sorts where its files do.
        let name: [UInt8]
        let kind: Kind
    }

    private enum Kind {
        case file(FolderEntry.Content)
        case directory(FileID)
        case skipped(String)
        case failed(String)
    }

    init(_ folder: LocalFolder, followsLinks: Bool) {
        self.folder = folder
        self.followsLinks = followsLinks
    }

    /// - Throws: ``FileError`` if the folder itself cannot be read.
    func next() async throws -> FolderEntry? {
        if root == nil {
            let (root, level) = try await blocking { [folder] in
                let root = try LocalFolder.realPath(folder.path)
                return (root, try self.read([], Self.id(try LocalFolder.status(folder.path)), root))
            }
            self.root = root
            levels = [level]
        }
        while var level = levels.popLast() {
            guard let entry = level.entries.popFirst() else { continue }
            levels.append(level)
            switch entry.kind {
            case .file(let content): return FolderEntry(name: entry.name, kind: .file(content))
            case .skipped(let reason): return FolderEntry(name: entry.name, kind: .skipped(reason))
            case .failed(let reason): return FolderEntry(name: entry.name, kind: .failed(reason))
            case .directory(let id):
                guard !levels.contains(where: { $0.id == id }) else {
                    return FolderEntry(name: entry.name, kind: .skipped("a symbolic link to a directory above it"))
                }
                do {
                    levels.append(try await blocking { [root = root ?? ""] in try self.read(entry.name, id, root) })
                } catch let error as FileError {
                    return FolderEntry(name: entry.name, kind: .failed(error.description))
                }
            }
        }
        return nil
    }

    // MARK: One directory

    private func read(_ prefix: [UInt8], _ id: FileID, _ root: String) throws -> Level {
        let path = prefix.isEmpty ? folder.path : path(of: Array(prefix.dropLast()))
        guard let directory = opendir(path) else { throw FileError(path) }
        defer { closedir(directory) }
        var entries: [Entry] = []
        while true {
            errno = 0
            guard let item = readdir(directory) else {
                guard errno == 0 else { throw FileError(path) }
                break
            }
            let name = withUnsafeBytes(of: &item.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            guard name != [UInt8(ascii: ".")], name != Array("..".utf8) else { continue }
            entries.append(entry(prefix + name, root))
        }
        entries.sort { $0.name.lexicographicallyPrecedes($1.name) }
        return Level(entries: entries[...], id: id)
    }

    private func entry(_ name: [UInt8], _ root: String) -> Entry {
        guard String(validating: name, as: UTF8.self) != nil else {
            return Entry(name: name, kind: .failed("its name is not UTF-8, as keys must be"))
        }
        let path = path(of: name)
        guard !ReplacementFile.isStalePartialFile(path.split(separator: "/").last ?? "") else {
            return Entry(name: name, kind: .skipped("a stale file of an interrupted download; it can be deleted"))
        }
        var status = stat()
        guard lstat(path, &status) == 0 else { return Entry(name: name, kind: .failed(FileError(path).description)) }
        if status.st_mode & S_IFMT == S_IFLNK {
            guard followsLinks else { return Entry(name: name, kind: .skipped("a symbolic link")) }
            guard stat(path, &status) == 0, let target = try? LocalFolder.realPath(path) else {
                return Entry(name: name, kind: .skipped("a symbolic link that leads nowhere"))
            }
            guard LocalFolder.isBelow(target, root) else {
                return Entry(name: name, kind: .skipped("a symbolic link that leads out of the directory"))
            }
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: return Entry(name: name + [slash], kind: .directory(Self.id(status)))
        case S_IFREG:
            return Entry(name: name, kind: .file(FolderEntry.Content(path: path, status)))
        default: return Entry(name: name, kind: .skipped("not a regular file"))
        }
    }

    private func path(of name: [UInt8]) -> String {
        (folder.path == "/" ? "" : folder.path) + "/" + String(decoding: name, as: UTF8.self)
    }

    private static func id(_ status: stat) -> FileID {
        FileID(device: UInt(status.st_dev), inode: UInt(status.st_ino))
    }
}

extension FolderEntry.Content {
    fileprivate init(path: String, _ status: stat) {
        let time = status.st_mtim
        self.init(
            .file(path), byteCount: Int64(status.st_size),
            modified: Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000))
    }
}
