import CofferSQLite
import CofferSystem
import CofferTestSupport
import Glibc
import Testing

struct SQLiteDatabaseTests {
    private let disk = SimulatedDisk(byteCount: 1 << 20, seed: 1)

    @discardableResult
    private func open(_ path: String = "/db", for access: SQLiteDatabase.Access = .creating) throws -> SQLiteDatabase {
        try SQLiteDatabase(path: path, for: access, vfs: disk.sqliteVFSName)
    }

    @Test func `Values come back as they were bound`() throws {
        let database = try open()
        let statement = try database.statement("SELECT ?, ?, ?, ?, ?, ?, ?")
        statement.bind(.max, at: 1)
        statement.bind(0.5, at: 2)
        statement.bind("naïve\0", at: 3)
        [UInt8]("".utf8).withUnsafeBufferPointer { statement.bind(text: $0, at: 4) }
        statement.bind(blob: [0, 255], at: 5)
        statement.bind(blob: [], at: 6)
        statement.bindNull(at: 7)
        #expect(try statement.step())
        #expect(statement.integer(0) == .max)
        #expect(statement.double(1) == 0.5)
        #expect(statement.text(2) == "naïve\0")
        #expect(statement.text(3) == "" && !statement.isNull(3))
        #expect(statement.blob(4) == [0, 255])
        #expect(statement.blob(5) == [] && !statement.isNull(5))
        #expect(statement.isNull(6) && statement.text(6) == "" && statement.blob(6) == [] && statement.integer(6) == 0)
        #expect(try !statement.step())
        statement.reset()
        #expect(try statement.step())
    }

    @Test func `A value that cannot be bound makes the next step fail, until the statement is reset`() throws {
        let statement = try open().statement("SELECT ?")
        statement.bind(Int64(1), at: 2)
        #expect(throws: SQLiteError.self) { try statement.step() }
        statement.reset()
        #expect(try statement.step())
    }

    @Test func `A statement is prepared once, until statements are forgotten`() throws {
        let database = try open()
        let first = try database.statement("SELECT 1")
        #expect(try database.statement("SELECT 1") === first)
        database.forgetStatements()
        #expect(try database.statement("SELECT 1") !== first)
    }

    @Test func `Changes and transactions are reported`() throws {
        let database = try open()
        try database.execute("CREATE TABLE t (x); INSERT INTO t VALUES (1), (2)")
        #expect(!database.isInTransaction)
        try database.execute("BEGIN; UPDATE t SET x = 3")
        #expect(database.isInTransaction && database.changes == 2)
        try database.execute("ROLLBACK")
        #expect(database.columnLimit >= 1000)
    }

    @Test func `Errors have a cause, a code and a message`() throws {
        #expect(try error { try open(for: .reading) }.cause == .other)
        #expect(try error { try open(for: .writing) }.message.contains("unable to open"))
        let database = try open()
        let wrong = try error { try database.execute("SELECT nothing") }
        #expect(wrong.code == 1 && wrong.cause == .other && wrong.message.contains("nothing"))
        try disk.openFile("/text", for: .creating).append([UInt8](repeating: 65, count: 4096).span)
        let text = try open("/text")
        #expect(try error { try text.execute("SELECT * FROM sqlite_schema") }.cause == .damaged)
        disk.failCall(after: 1, with: EMFILE)
        #expect(try error { try open() }.cause == .tooManyFiles)
        let large = "CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(1 << 21))"
        #expect(try error { try database.execute(large) }.cause == .full)
    }

    private func error(_ body: () throws -> Void) throws -> SQLiteError {
        try #require(#expect(throws: SQLiteError.self) { try body() })
    }

    @Test func `The pages of the log are counted, and checkpoints move them`() throws {
        let database = try open()
        try database.execute("PRAGMA journal_mode = WAL")
        database.countLogPages()
        try database.execute("CREATE TABLE t (x)")
        #expect(database.logPages == 2)
        let other = try open()
        #expect(try other.checkpoint(truncating: false) == .skipped)
        // SQLite opens the log when a connection first reads.
        try other.execute("SELECT * FROM t")
        #expect(try other.checkpoint(truncating: false) == .done)
        try other.execute("BEGIN; SELECT * FROM t")
        try database.execute("INSERT INTO t VALUES (1)")
        #expect(try database.checkpoint(truncating: false) == .done)
        #expect(disk.byteCount(ofFile: "/db-wal") ?? 0 > 0)
        try other.execute("COMMIT")
        #expect(try database.checkpoint(truncating: true) == .done)
        #expect(disk.byteCount(ofFile: "/db-wal") == 0)
    }
}
