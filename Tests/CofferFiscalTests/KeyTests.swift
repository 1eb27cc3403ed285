import Testing

@testable import CofferFiscal

struct KeyTests {
    private static func entry(_ key: UInt64, row: Int) -> KeyEntry {
        KeyEntry(high: key &* 0x9E37_79B9_7F4A_7C15, low: key, row: UInt32(row), line: 0)
    }

    /// A capacity of 100 makes runs on the disk; one of 100,000 none.
    @Test(arguments: [100, 100_000])
    func `Keys come back in order, whether they fit in memory or not`(capacity: Int) throws {
        let runs = KeyRuns(capacity: capacity)
        let keys = (0..<5050).map { UInt64($0 * 7919 % 4001) }
        for (row, key) in keys.enumerated() { try runs.add(Self.entry(key, row: row)) }
        try runs.finish()
        var merge = runs.merge()
        var found: [KeyEntry] = []
        while let entry = try merge.next() { found.append(entry) }
        #expect(found == keys.enumerated().map { Self.entry($1, row: $0) }.sorted())
        #expect(try merge.next() == nil)
    }

    @Test func `No keys are no keys`() throws {
        let runs = KeyRuns(capacity: 2)
        try runs.finish()
        var merge = runs.merge()
        #expect(try merge.next() == nil)
    }

    @Test func `Cells that would run together make other keys`() {
        func key(_ cells: [String]) -> KeyEntry {
            var hash = KeyCollector.Hash()
            for cell in cells { Array(cell.utf8).withUnsafeBytes { hash.combine($0) } }
            return hash.entry(row: 1, line: 1)
        }
        #expect(key(["ab", "c"]) != key(["a", "bc"]))
        #expect(key(["", "a"]) != key(["a", ""]))
        #expect(key(["a", "b"]) == key(["a", "b"]))
    }
}
