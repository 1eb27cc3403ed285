import Testing

/// Which folders of a target need which others.
struct FolderTests {
    /// The arrows among the folders of a target, by the top-level types that a folder declares and others name.
    private static func arrows(of target: String) -> [String: Set<String>] {
        let files = SourceTree.files.filter { $0.target == target }
        var folders: [Substring: String] = [:]
        for file in files {
            for name in file.typeNames { folders[name] = file.folder }
        }
        var arrows: [String: Set<String>] = [:]
        for file in files {
            let named = file.code.matches(of: Self.typeName).compactMap { folders[$0.1] }
            arrows[file.folder, default: []].formUnion(named.filter { $0 != file.folder })
        }
        return arrows
    }

    /// A name that begins with a capital and is not the member of another.
    private static var typeName: Regex<(Substring, Substring)> { /(?:^|[^.\w])([A-Z]\w*)/ }

    @Test(arguments: Set(SourceTree.files.map(\.target)).sorted())
    func `No folder needs itself through others`(target: String) {
        var arrows = Self.arrows(of: target)
        // Folders that need no other are taken away until none is left, or only those of a cycle and what needs them.
        while let free = arrows.first(where: { $0.value.isEmpty })?.key {
            arrows[free] = nil
            for folder in arrows.keys { arrows[folder]?.remove(free) }
        }
        #expect(arrows.isEmpty, "a cycle in \(target): \(arrows)")
    }
}
