/// The cost of a table's keys: each row is read once for every field of every key.
struct KeyLoad {
    private var keys: Set<Key> = []
    private var fieldCount = 0

    /// The maximum number of fields in all keys of a table; identical keys count once.
    static let fieldLimit = 128

    struct Key: Hashable {
        let fields: [Int]
        let isPrimary: Bool
        /// The index of the resource and the fields that a foreign key refers to; empty for other keys.
        let reference: [Int]

        init(_ fields: [Int], isPrimary: Bool = false, reference: [Int] = []) {
            (self.fields, self.isPrimary, self.reference) = (fields, isPrimary, reference)
        }
    }

    enum Answer { case new, known, tooMuch }

    mutating func take(_ key: Key) -> Answer {
        guard key.fields.count <= Self.fieldLimit else { return .tooMuch }
        if keys.contains(key) { return .known }
        guard fieldCount + key.fields.count <= Self.fieldLimit else { return .tooMuch }
        fieldCount += key.fields.count
        keys.insert(key)
        return .new
    }
}
