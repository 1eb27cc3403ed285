import CofferSQLite
import CofferSystem
import CofferTestSupport
import Testing

/// SQLite with a write-ahead log on a disk whose power is cut.
struct SQLitePowerCutTests {
    private static let seeds: Range<UInt64> = 1..<201

    @Test func `A commit survives when it returns, and another is there whole or not at all`() throws {
        for seed in Self.seeds {
            let run = try Self.run(seed, synchronous: "FULL")
            #expect(run.isWhole, "seed \(seed)")
            #expect(run.rows == run.acknowledged || run.rows == run.acknowledged + 1, "seed \(seed): \(run)")
        }
    }

    @Test func `Without syncs commits are lost`() throws {
        let runs = try Self.seeds.map { try Self.run($0, synchronous: "OFF") }
        #expect(runs.contains { !$0.isWhole || $0.rows < $0.acknowledged })
    }

    private struct Run {
        var acknowledged = 0
        var rows = 0
        /// Whether the database is as SQLite writes it, and its rows are those of the first commits.
        var isWhole = true
    }

    /// Commits rows until the power is cut at some call, and reads what is left; a checkpoint every few commits.
    private static func run(_ seed: UInt64, synchronous: String) throws -> Run {
        var generator = SeededGenerator(seed: seed)
        let disk = SimulatedDisk(seed: seed)
        try open(disk, synchronous).execute("CREATE TABLE t (number INTEGER PRIMARY KEY, filling)")
        try disk.syncDirectory("/")
        disk.cutPower(after: Int.random(in: 1..<300, using: &generator))
        var run = Run()
        do throws(SQLiteError) {
            let writer = try open(disk, synchronous)
            while true {
                let number = run.acknowledged + 1
                try writer.execute("INSERT INTO t VALUES (\(number), zeroblob(\(number * 700 % 9000)))")
                run.acknowledged = number
                if number.isMultiple(of: 7) { _ = try writer.checkpoint(truncating: number.isMultiple(of: 2)) }
            }
        } catch {
            try #require(disk.isOff, "seed \(seed): \(error)")
        }
        let rest = disk.cutPower(using: &generator)
        do throws(SQLiteError) {
            let left = try open(rest, synchronous)
            run.isWhole = try texts("PRAGMA integrity_check", left) == ["ok"]
            let numbers = try texts("SELECT number FROM t ORDER BY number", left)
            run.rows = numbers.count
            run.isWhole = run.isWhole && numbers == (0..<numbers.count).map { "\($0 + 1)" }
        } catch {
            run.isWhole = false
        }
        return run
    }

    private static func open(_ disk: SimulatedDisk, _ synchronous: String) throws(SQLiteError) -> SQLiteDatabase {
        let database = try SQLiteDatabase(path: "/db", for: .creating, vfs: disk.sqliteVFSName)
        try database.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = \(synchronous)")
        return database
    }

    private static func texts(_ sql: String, _ database: SQLiteDatabase) throws(SQLiteError) -> [String] {
        let statement = try database.statement(SQL(sql))
        defer { statement.reset() }
        var texts: [String] = []
        while try statement.step() { texts.append(statement.text(0)) }
        return texts
    }

    @Test func `Readers see a snapshot beside the writer, and two writers wait for one another`() throws {
        let disk = SimulatedDisk(seed: 1)
        let (writer, reader) = (try Self.open(disk, "FULL"), try Self.open(disk, "FULL"))
        try writer.execute("CREATE TABLE t (x)")
        try reader.execute("BEGIN; SELECT * FROM t")
        try writer.execute("INSERT INTO t VALUES (1)")
        #expect(try Self.texts("SELECT count(*) FROM t", reader) == ["0"])
        try reader.execute("COMMIT")
        #expect(try Self.texts("SELECT count(*) FROM t", reader) == ["1"])
        try reader.execute("PRAGMA busy_timeout = 0; BEGIN IMMEDIATE")
        try writer.execute("PRAGMA busy_timeout = 0")
        let error = #expect(throws: SQLiteError.self) { try writer.execute("BEGIN IMMEDIATE") }
        #expect(error?.code == 5)
        try reader.execute("COMMIT")
        try writer.execute("BEGIN IMMEDIATE; COMMIT")
    }
}
