import CofferModel
import Testing

@testable import CofferStorage

struct QueryPlanTests {
    @Test func `No listing sorts rows that stand in order already`() async throws {
        let fixture = try await StoreFixture()
        let connection = try SQLiteConnection(path: fixture.store.path + "/catalog.sqlite", isReadOnly: true)
        let starts: [ListRange.Start] = [.at([47]), .after([47])]
        let ranges = starts.flatMap { [ListRange(start: $0), ListRange(start: $0, end: [48])] }.map(KeyRange.init)
        let statements =
            ranges.map(SQLiteReads.selectObjects) + ranges.map(SQLiteReads.selectVersions)
            + ranges.map(SQLiteReads.selectUploads)
            + [SQLiteReads.selectVersionsOfKey, SQLiteReads.selectUploadsOfKey]
        for sql in statements {
            let plan = try connection.all("EXPLAIN QUERY PLAN \(sql)") { $0.text(3) }
            #expect(!plan.isEmpty && !plan.contains { $0.contains("TEMP B-TREE") || $0.hasPrefix("SCAN") }, "\(plan)")
        }
    }
}
