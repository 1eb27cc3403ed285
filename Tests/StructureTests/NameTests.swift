import Testing

/// What the types are called.
struct NameTests {
    /// The client and the server speak of the same things: a name tells which of them a type belongs to.
    @Test func `No two targets declare a type of the same name`() {
        var declarations: [Substring: SourceTree.File] = [:]
        for file in SourceTree.files {
            for name in file.typeNames {
                if let other = declarations[name], other.target != file.target {
                    Issue.record("\(other.path) and \(file.path) declare \(name)")
                }
                declarations[name] = file
            }
        }
    }
}
