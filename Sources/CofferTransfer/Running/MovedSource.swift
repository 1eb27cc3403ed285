import CofferClient
import CofferModel
import Glibc

/// The source of a move in the state in which it was read. It is deleted only if it is still in that state: newer
/// content would have no copy.
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

    /// Deletes an object if it still has the ETag. A service that does not know `If-Match` for DeleteObject may ignore
    /// it, so the object is checked first.
    private static func delete(_ key: ObjectKey, _ tag: ETag, _ store: Store) async throws {
        let url = store.url(key.bytes)
        guard !tag.value.isEmpty else {
            throw TransferError.unidentifiable(url)
        }
        do {
            _ = try await store.client.headObject(bucket: store.bucket, key: key, if: ReadConditions(matches: tag))
        } catch let error as S3Error where [404, 412].contains(error.code.status) {
            throw TransferError.changed(url)
        }
        do {
            try await store.client.deleteObject(bucket: store.bucket, key: key, ifMatches: tag)
        } catch let error as S3Error {
            switch error.code.status {
            case 404: return  // Deleted by a request whose response was lost, or by another client.
            case 412: throw TransferError.changed(url)
            default: throw TransferError.notDeleted(url, error)
            }
        }
    }
}

/// The identity and state of a file, for checking that a path still names the same, unchanged file.
struct FileState: Equatable, Sendable {
    private let device: UInt
    private let inode: UInt
    private let byteCount: Int64
    private let seconds: Int
    private let nanoseconds: Int

    /// - Throws: ``FileError``.
    init(of path: String) throws {
        let status = try LocalFolder.status(path)
        device = UInt(status.st_dev)
        inode = UInt(status.st_ino)
        byteCount = Int64(status.st_size)
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }
}
