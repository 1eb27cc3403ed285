import Synchronization

/// Connections for reading the catalog; each read has one to itself.
final class CatalogReaders: Sendable {
    private let path: String
    private let idle = Mutex<[Reader]>([])
    private static let idleLimit = 16

    /// `@unchecked Sendable`: taken out of the pool by one reader at a time.
    private final class Reader: @unchecked Sendable {
        let connection: SQLiteConnection
        init(_ connection: SQLiteConnection) { self.connection = connection }
    }

    init(path: String) { self.path = path }

    func read<Value>(_ body: (SQLiteConnection) throws(StorageError) -> Value) throws(StorageError) -> Value {
        let pooled = idle.withLock { $0.popLast() }
        let reader = if let pooled { pooled } else { try open() }
        defer {
            idle.withLock { idle in
                if idle.count < Self.idleLimit { idle.append(reader) }
            }
        }
        return try body(reader.connection)
    }

    /// Runs several queries on one snapshot.
    func snapshot<Value>(_ body: (SQLiteConnection) throws(StorageError) -> Value) throws(StorageError) -> Value {
        try read { connection throws(StorageError) in
            try connection.snapshot { () throws(StorageError) in try body(connection) }
        }
    }

    private func open() throws(StorageError) -> Reader {
        let connection = try SQLiteConnection(path: path, isReadOnly: true)
        try connection.execute("PRAGMA cache_size = -1024")
        return Reader(connection)
    }
}
