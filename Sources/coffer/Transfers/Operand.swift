import CofferClient
import CofferModel
import CofferTransfer
import Glibc

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
                    "'\(text)' could be a local path or belong to the alias '\(path.alias)': write ./\(text) or \(path.url)"
                )
            }
            let url = try S3URL(path.url)
            self = .remote(try Store(url, options), key: url.key)
        } else {
            guard !text.isEmpty else { throw options.usage("the path is empty") }
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

    // MARK: A single file or object

    /// Returns the operand as the source of a single transfer.
    ///
    /// - Parameter verb: what the command does, for advice.
    /// - Returns: the source's length, if it is known, and its name, which it keeps in a folder.
    func source(
        _ options: Options, verb: String
    ) async throws -> (place: Place, byteCount: Int64?, name: [UInt8]?) {
        switch self {
        case .stream: return (.stream, nil, nil)
        case .local(let path):
            let status = try LocalFolder.status(path)
            switch status.st_mode & S_IFMT {
            case S_IFREG: return (.file(path), Int64(status.st_size), Self.name(path))
            case S_IFDIR: throw options.usage("\(path) is a directory: use -r to \(verb) it")
            default: throw options.usage("\(path) is not a regular file; use '-' to copy standard input")
            }
        case .remote(let store, let key):
            guard !key.isEmpty, key.utf8.last != slash else {
                let what = key.isEmpty ? "bucket" : "folder"
                throw options.usage("\(store.url(Array(key.utf8))) is a \(what): use -r to \(verb) everything in it")
            }
            let object = try ObjectKey(key)
            do {
                let info = try await store.naming(object.bytes) {
                    try await store.client.headObject(bucket: store.bucket, key: object)
                }
                return (.object(store, object), info.byteCount, Self.name(key))
            } catch let error as StoreError where error.problem == .isFolder {
                throw CommandError("\(error): use -r to \(verb) it")
            }
        }
    }

    private static func name(_ path: String) -> [UInt8] {
        Array(path.utf8.split(separator: slash).last ?? path.utf8[...])
    }

    /// Returns the operand as the target of a single source, which keeps its own name in a folder.
    func target(named name: [UInt8]?, _ options: Options) throws -> Place {
        switch self {
        case .stream: return .stream
        case .remote(let store, let key):
            guard key.isEmpty || key.utf8.last == slash else { return .object(store, try ObjectKey(key)) }
            guard let name else { throw options.usage("standard input has no name: give the object's key") }
            return .object(store, try ObjectKey(Array(key.utf8) + name))
        case .local(let path):
            var status = stat()
            let isFolder = path.utf8.last == slash || stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
            guard isFolder, let name else { return .file(try LocalFolder.followed(path)) }
            return .file(try LocalFolder(path).path(of: name))
        }
    }
}
