import CofferClient
import CofferModel
import Glibc

/// What a command copies from or to: an object, a file, or a standard stream.
enum Place: Sendable, CustomStringConvertible {
    case object(Store, ObjectKey)
    case file(String)
    case stream

    var description: String {
        switch self {
        case .object(let store, let key): store.url(key.bytes)
        case .file(let path): path
        case .stream: "-"
        }
    }
}

/// An operand of `cp`, `mv` and `sync`.
enum Operand: Sendable {
    case remote(Store, key: String)
    case local(String)
    case stream

    init(_ text: String, _ options: Options) throws {
        if ["-", "/dev/stdin", "/dev/stdout"].contains(text) {
            // As a file, /dev/stdout would be replaced and no longer be a stream.
            self = .stream
        } else if S3URL.isOne(text) {
            let url = try S3URL(text)
            self = .remote(try Store(url, options), key: url.key)
        } else if text.utf8.contains(slash), let path = AliasPath(text) {
            // Writing to or deleting in the wrong one of the two would be worse than refusing.
            guard !path.isLocal else {
                throw options.usage(
                    "'\(text)' is a path here and one of the alias '\(path.alias)': write ./\(text) or \(path.url)")
            }
            let url = try S3URL(path.url)
            self = .remote(try Store(url, options), key: url.key)
        } else {
            guard !text.isEmpty else { throw options.usage("a path is empty") }
            self = .local(text)
        }
    }

    var isRemote: Bool { if case .remote = self { true } else { false } }

    /// Returns the operand as the folder that a recursive command reads or fills.
    func folder(_ options: Options) throws -> Folder {
        switch self {
        case .remote(let store, let key):
            .remote(store, prefix: Array((key.isEmpty || key.utf8.last == slash ? key : key + "/").utf8))
        case .local(let path): .local(LocalFolder(path))
        case .stream: throw options.usage("a standard stream is not a folder")
        }
    }
}

/// A directory, or the objects below a prefix.
enum Folder: Sendable {
    case remote(Store, prefix: [UInt8])
    case local(LocalFolder)

    /// Returns why a folder in which nothing was found does not exist; nil if it can be empty. Buckets and directories
    /// can be; a folder in a bucket exists only through its objects.
    func absence() async throws -> String? {
        guard case .remote(let store, let prefix) = self, !prefix.isEmpty else { return nil }
        return try await store.emptiness(of: prefix)
    }

    var isLocal: Bool { if case .local = self { true } else { false } }

    /// Returns the place of an entry with a relative name.
    ///
    /// - Throws: ``CommandError`` for a name that no file below a directory can have, `KeyTooLongError`.
    func place(_ name: [UInt8]) throws -> Place {
        switch self {
        case .remote(let store, let prefix): .object(store, try ObjectKey(prefix + name))
        case .local(let folder): .file(try folder.path(of: name))
        }
    }

    var description: String {
        switch self {
        case .remote(let store, let prefix): store.url(prefix)
        case .local(let folder): folder.path
        }
    }
}

/// A directory whose files have names relative to it, as keys have below a prefix.
struct LocalFolder: Sendable {
    /// The path without a trailing slash, except for the root.
    let path: String

    init(_ path: String) {
        var bytes = Array(path.utf8)
        while bytes.count > 1, bytes.last == slash { bytes.removeLast() }
        self.path = String(decoding: bytes, as: UTF8.self)
    }

    /// Returns the path of a relative name.
    ///
    /// - Throws: ``CommandError`` for names that would lead elsewhere or are not valid file names.
    func path(of name: [UInt8]) throws -> String {
        let parts = name.split(separator: slash, omittingEmptySubsequences: false)
        for part in parts {
            switch String(decoding: part, as: UTF8.self) {
            case "": throw CommandError("no file can have this name: a part of the key between slashes is empty")
            case ".", "..": throw CommandError("the key would leave the directory: a part of it is '.' or '..'")
            case _ where part.contains(0): throw CommandError("no file can have this name: the key holds NUL")
            default: continue
            }
        }
        return path == "/"
            ? "/" + String(decoding: name, as: UTF8.self) : "\(path)/" + String(decoding: name, as: UTF8.self)
    }

    /// Makes the directories above a file of this folder.
    ///
    /// - Throws: ``CommandError`` if a symbolic link among them leads out of the folder.
    func makeDirectories(above path: String) throws {
        try Self.makeDirectories(self.path)
        let root = try Self.realPath(self.path)
        var made = self.path
        let below = path.utf8.dropFirst(self.path.utf8.count)
        for part in below.split(separator: slash).dropLast() {
            made += "/" + String(Substring(part))
            try Self.makeDirectory(made)
            let real = try Self.realPath(made)
            guard Self.isBelow(real, root) else {
                throw CommandError("\(printable(made)) is a symbolic link that leads out of \(printable(self.path))")
            }
        }
    }

    /// Makes a directory and those above it.
    static func makeDirectories(_ path: String) throws {
        if mkdir(path, 0o777) != 0, errno == ENOENT, let end = path.utf8.lastIndex(of: slash), end > path.startIndex {
            try makeDirectories(String(path[..<end]))
        }
        try makeDirectory(path)
    }

    /// Makes a directory, unless it already exists.
    private static func makeDirectory(_ path: String) throws {
        guard mkdir(path, 0o777) != 0 else { return }
        guard errno == EEXIST else { throw FileError(path, cannot: "make") }
        guard try DirectoryWalk.status(path).st_mode & S_IFMT == S_IFDIR else {
            throw FileError(path, "is not a directory, and one is needed in its place")
        }
    }

    /// Returns the file that a path leads to through symbolic links; the path itself if it does not exist yet or is not
    /// a link.
    static func followed(_ path: String) throws -> String {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK, stat(path, &status) == 0 else {
            return path
        }
        return try realPath(path)
    }

    static func realPath(_ path: String) throws -> String {
        guard let real = realpath(path, nil) else { throw FileError(path) }
        defer { free(real) }
        return String(cString: real)
    }

    static func isBelow(_ path: String, _ root: String) -> Bool {
        root == "/" || path.utf8.elementsEqual(root.utf8) || path.utf8.starts(with: (root + "/").utf8)
    }
}

let slash = UInt8(ascii: "/")
