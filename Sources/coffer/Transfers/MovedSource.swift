import CofferClient
import CofferModel
import Glibc

/// The source of a move as it was when it was read. It is deleted as that or not at all: what was written there meanwhile
/// has no copy.
enum MovedSource: Sendable {
    case file(String, FileState)
    case object(Store, ObjectKey, ETag)

    func delete() async throws {
        switch self {
        case .file(let path, let state): try await blocking { try Self.delete(path, state) }
        case .object(let store, let key, let tag): try await Self.delete(key, tag, store)
        }
    }

    private static func delete(_ path: String, _ state: FileState) throws {
        guard try FileState(of: path) == state else {
            throw FileError(path, "changed while it was copied, and is not deleted")
        }
        guard unlink(path) == 0 else { throw FileError(path, cannot: "delete") }
    }

    /// A service that knows no `If-Match` for DeleteObject may pass over it, so the object is looked at before.
    private static func delete(_ key: ObjectKey, _ tag: ETag, _ store: Store) async throws {
        let url = store.url(key.bytes)
        guard !tag.value.isEmpty else {
            throw CommandError("\(url) has no ETag by which it could be deleted as what was copied: it is not deleted")
        }
        do {
            _ = try await store.client.headObject(store.bucket, key, if: ReadConditions(matches: tag))
        } catch let error as S3Error where [404, 412].contains(error.code.status) {
            throw CommandError("\(url) changed while it was copied, and is not deleted")
        }
        do {
            try await store.client.deleteObject(store.bucket, key, ifMatches: tag)
        } catch let error as S3Error {
            switch error.code.status {
            case 404: return  // It is gone, by an answer that did not arrive if not by somebody else.
            case 412: throw CommandError("\(url) changed while it was copied, and is not deleted")
            case 501:
                throw CommandError(
                    "\(url) is copied, and not deleted: the service has no conditional deletes (\(error)). 'coffer rm' "
                        + "deletes whatever is there")
            default: throw CommandError("\(url) is copied, and not deleted: \(error)")
            }
        }
    }
}

/// What tells whether a path still names the file that it named, and that nobody wrote to it.
struct FileState: Equatable, Sendable {
    private let device: UInt
    private let inode: UInt
    private let byteCount: Int64
    private let seconds: Int
    private let nanoseconds: Int

    /// - Throws: ``FileError``.
    init(of path: String) throws {
        let status = try DirectoryWalk.status(path)
        device = UInt(status.st_dev)
        inode = UInt(status.st_ino)
        byteCount = Int64(status.st_size)
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }
}
