/// Gives names that are free: a name itself, or with the first number behind it that makes it so.
///
/// It remembers how far it has counted, so that a thousand columns of one name are not counted from the beginning each.
struct NumberedNames {
    /// The next number of each name, by its key.
    private var numbers: [String: Int] = [:]

    /// - Parameters:
    ///   - key: the same for names that differ in nothing that tells them apart, such as their case; nil for the name itself.
    ///   - isFree: whether a name is neither taken nor was given before.
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

/// Gives names of which no two are the same.
struct UniqueNames {
    private var taken: Set<String>
    private var numbered = NumberedNames()

    /// - Parameter taken: names that are not free.
    init(taken: Set<String> = []) { self.taken = taken }

    mutating func next(_ name: String, _ separator: String) -> String {
        let unique = numbered.next(name, separator) { !taken.contains($0) }
        taken.insert(unique)
        return unique
    }
}
