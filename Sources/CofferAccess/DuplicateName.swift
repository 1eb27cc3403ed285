/// Looks for a name that stands twice in one object of a JSON document, of which a reader keeps only one.
enum DuplicateName {
    private struct Name: Hashable {
        let object: Int
        let text: String?
    }

    /// - Parameter document: JSON that was read already.
    static func first(in document: [UInt8]) -> String? {
        var known: Set<Name> = []
        for string in JSONStrings(document) where string.isName {
            let name = string.path.last
            guard known.insert(Name(object: string.container, text: name)).inserted else { return name }
        }
        return nil
    }
}
