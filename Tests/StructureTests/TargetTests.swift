import Testing

/// What the targets may import of one another, and who asks the system for the time.
struct TargetTests {
    /// From the bottom to the top; a target imports only those of lines above its own.
    private static let layers: [[String]] = [
        ["CofferSystem", "CofferSQLite", "CofferCrypto"],
        ["CofferModel"],
        ["CofferHTTP", "CofferSigning", "CofferAccess", "CofferStorage"],
        ["CofferService", "CofferClient"],
        ["CofferIAM"],
        ["CofferS3"],
        ["CofferServer"],
        ["CofferURLSession", "CofferTransfer", "CofferFiscal"],
        ["coffer"],
    ]

    @Test func `Every target has its place among the layers`() {
        #expect(Set(SourceTree.files.map(\.target)) == Set(Self.layers.joined()))
    }

    @Test func `Targets import only what is below them`() {
        for (index, layer) in Self.layers.enumerated() {
            let below = Set(Self.layers[..<index].joined())
            for file in SourceTree.files where layer.contains(file.target) {
                for match in file.code.matches(of: /(?m)^(?:@\w+ )?(?:\w+ )?import (?:\w+ )?(Coffer\w+)/) {
                    #expect(below.contains(String(match.1)), "\(file.path) imports \(match.1)")
                }
            }
        }
    }

    @Test func `Nobody but CofferSystem asks the system for the time`() {
        let calls =
            /\.now\(\)|[ (,=:]\.now\b|\b(?:ContinuousClock|SuspendingClock|clock_gettime|asyncAfter|Date\(\)|time\(nil\))/
        for file in SourceTree.files where file.target != "CofferSystem" {
            for match in file.code.matches(of: calls) { Issue.record("\(file.path): \(match.0)") }
        }
    }

    /// The C library is imported for error numbers, and for the owner and the place of temporary directories.
    @Test func `Storage reaches files only through CofferSystem`() {
        let importers = SourceTree.files.filter { file in
            file.target == "CofferStorage" && file.code.contains(/(?m)^(?:\w+ )?import (?:Glibc|Foundation)$/)
        }
        #expect(
            importers.map(\.path) == [
                "CofferStorage/Files/EphemeralDirectory.swift", "CofferStorage/Seams/StorageError.swift",
            ])
    }
}
