import CofferSQLite
import Synchronization

/// Connections for reading the catalog; each read has one to itself.
///
/// They read the file by calls. Mapped into memory, it would cost a listing as much and a look-up two microseconds less,
/// but what the disk cannot read would end the process by a signal, instead of failing a request.
final class CatalogReaders: Sendable {
    private let path: String
    private let vfs: String?
    private let idle = Mutex<[Reader]>([])
    private static let idleLimit = 8
    /// A hundred common prefixes of a million keys need 300 pages of 4 KiB. With less, each page would be gone before the
    /// next listing needs it.
    private static let cacheKibibytes = 4096

    /// `@unchecked Sendable`: taken out of the pool by one reader at a time.
    private final class Reader: @unchecked Sendable {
        let rows: SQLiteReads
        init(_ rows: SQLiteReads) { self.rows = rows }
    }

    init(path: String, vfs: String?) {
        self.path = path
        self.vfs = vfs
    }

    func read<Value: Sendable>(
        _ body: @Sendable (SQLiteReads) async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        let reader = try take()
        defer { giveBack(reader) }
        return try await body(reader.rows)
    }

    /// Does the same for a caller that cannot wait.
    func readNow<Value>(_ body: (SQLiteReads) throws(StorageError) -> Value) throws(StorageError) -> Value {
        let reader = try take()
        defer { giveBack(reader) }
        return try body(reader.rows)
    }

    private func take() throws(StorageError) -> Reader {
        if let reader = idle.withLock({ $0.popLast() }) { return reader }
        let connection = try SQLiteConnection(path: path, isReadOnly: true, vfs: vfs)
        try connection.execute("PRAGMA cache_size = -\(Self.cacheKibibytes)")
        return Reader(SQLiteReads(connection))
    }

    private func giveBack(_ reader: Reader) {
        idle.withLock { idle in
            if idle.count < Self.idleLimit { idle.append(reader) }
        }
    }
}
