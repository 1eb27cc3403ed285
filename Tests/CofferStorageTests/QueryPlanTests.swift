import CofferModel
import CofferSQLite
import Testing

@testable import CofferStorage

struct QueryPlanTests {
    @Test func `No listing sorts rows that stand in order already`() async throws {
        let fixture = try await StoreFixture()
        let connection = try SQLiteConnection(path: fixture.store.path + "/catalog.sqlite", isReadOnly: true)
        for sql in [
            SQLiteReads.selectObjects, SQLiteReads.selectObjectsAndOwners, SQLiteReads.selectKey,
            SQLiteReads.selectVersions, SQLiteReads.selectVersionsOfKey, SQLiteReads.selectUploads,
            SQLiteReads.selectUploadsOfKey,
        ] {
            let plan = try connection.all("EXPLAIN QUERY PLAN \(sql.text)") { $0.text(3) }
            #expect(!plan.isEmpty && !plan.contains { $0.contains("TEMP B-TREE") || $0.hasPrefix("SCAN") }, "\(plan)")
        }
    }
}
