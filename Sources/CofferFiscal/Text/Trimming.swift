extension StringProtocol {
    /// Returns the text without such characters at both ends.
    func trimming(_ isDropped: (Character) -> Bool) -> SubSequence {
        var rest = self[...]
        while let first = rest.first, isDropped(first) { rest = rest.dropFirst() }
        while let last = rest.last, isDropped(last) { rest = rest.dropLast() }
        return rest
    }
}
