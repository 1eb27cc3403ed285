/// Finds unused names: the name itself, or the name with the first number that makes it unused.
///
/// The last number of each name is remembered, so that a thousand columns with one name are not each counted from the
/// start.
struct NumberedNames {
    /// The next number of each name, by its key.
    private var numbers: [String: Int] = [:]

    /// - Parameters:
    ///   - key: an equal value for names that count as the same, such as those that differ only in case; nil for the
    ///     name itself.
    ///   - isFree: whether a name is neither taken nor returned before.
    mutating func next<Failure>(
        _ name: String, _ separator: String, key: String? = nil, isFree: (String) throws(Failure) -> Bool
    ) throws(Failure) -> String {
        let key = key ?? name
        if numbers[key] == nil, try isFree(name) {
            numbers[key] = 2
            return name
        }
        var number = numbers[key] ?? 2
        var candidate = ""
        repeat {
            candidate = "\(name)\(separator)\(number)"
            number += 1
        } while try !isFree(candidate)
        numbers[key] = number
        return candidate
    }
}

/// Returns names that are all different.
struct UniqueNames {
    private var taken: Set<String>
    private var numbered = NumberedNames()

    /// - Parameter taken: names that must not be used.
    init(taken: Set<String> = []) { self.taken = taken }

    mutating func next(_ name: String, _ separator: String) -> String {
        let unique = numbered.next(name, separator) { !taken.contains($0) }
        taken.insert(unique)
        return unique
    }
}
