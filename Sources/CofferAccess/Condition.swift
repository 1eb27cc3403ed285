import CofferModel

/// One line of a statement's `Condition`: an operator, a key and the values that it is compared with.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
struct Condition: Sendable {
    let key: String
    private let test: Test
    private let isNegated: Bool
    private let ifExists: Bool

    private enum Test: Sendable {
        case text([Pattern], ignoresCase: Bool)
        case numbers([Double], Comparison)
        case dates([Timestamp], Comparison)
        case bool([Bool])
        case networks([Network])
        case null([Bool])
    }

    enum Comparison: Sendable {
        case equal, less, lessOrEqual, greater, greaterOrEqual

        func holds<Value: Comparable>(_ left: Value, _ right: Value) -> Bool {
            switch self {
            case .equal: left == right
            case .less: left < right
            case .lessOrEqual: left <= right
            case .greater: left > right
            case .greaterOrEqual: left >= right
            }
        }
    }

    /// Reads a statement's `Condition`, all of whose lines must hold.
    ///
    /// - Throws: `MalformedPolicy` for an operator, key or value that the server does not have.
    static func all(_ value: JSONValue?) throws(S3Error) -> [Condition] {
        guard let value else { return [] }
        guard let operators = value.object else { throw Policy.malformed("Invalid Condition") }
        var conditions: [Condition] = []
        for (name, keys) in operators.sorted(by: { $0.key < $1.key }) {
            guard let keys = keys.object else { throw Policy.malformed("Invalid Condition") }
            for (key, values) in keys.sorted(by: { $0.key < $1.key }) {
                guard let texts = values.strings else { throw Policy.malformed("Invalid Condition value for \(key)") }
                conditions.append(try Condition(operator: name, key: key, values: texts))
            }
        }
        return conditions
    }

    private init(operator name: String, key: String, values: [String]) throws(S3Error) {
        self.key = key.lowercased()
        guard ConditionKey.isKnown(self.key) else { throw Policy.malformed("Policy has an invalid condition key") }
        guard !values.contains(where: { $0.contains("${") }) else {
            throw Policy.malformed("Policy variables are not supported")
        }
        ifExists = name.hasSuffix("IfExists")
        let base = ifExists ? String(name.dropLast("IfExists".count)) : name
        isNegated = base.contains("Not")
        guard let test = try Self.test(base, values), name != "NullIfExists" else {
            throw Policy.malformed("Invalid Condition type : \(name)")
        }
        self.test = test
    }

    private static func test(_ name: String, _ values: [String]) throws(S3Error) -> Test? {
        switch name {
        case "StringEquals", "StringNotEquals": .text(values.map { Pattern(literal: $0) }, ignoresCase: false)
        case "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase":
            .text(values.map { Pattern(literal: $0.lowercased()) }, ignoresCase: true)
        case "StringLike", "StringNotLike", "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike":
            .text(values.map { Pattern($0) }, ignoresCase: false)
        case "NumericEquals", "NumericNotEquals": .numbers(try parse(values, Double.init), .equal)
        case "NumericLessThan": .numbers(try parse(values, Double.init), .less)
        case "NumericLessThanEquals": .numbers(try parse(values, Double.init), .lessOrEqual)
        case "NumericGreaterThan": .numbers(try parse(values, Double.init), .greater)
        case "NumericGreaterThanEquals": .numbers(try parse(values, Double.init), .greaterOrEqual)
        case "DateEquals", "DateNotEquals": .dates(try parse(values, date), .equal)
        case "DateLessThan": .dates(try parse(values, date), .less)
        case "DateLessThanEquals": .dates(try parse(values, date), .lessOrEqual)
        case "DateGreaterThan": .dates(try parse(values, date), .greater)
        case "DateGreaterThanEquals": .dates(try parse(values, date), .greaterOrEqual)
        case "Bool": .bool(try parse(values) { Bool($0.lowercased()) })
        case "IpAddress", "NotIpAddress": .networks(try parse(values) { Network($0) })
        case "Null": .null(try parse(values) { Bool($0.lowercased()) })
        default: nil
        }
    }

    private static func parse<Value>(_ values: [String], _ parse: (String) -> Value?) throws(S3Error) -> [Value] {
        var parsed: [Value] = []
        for text in values {
            guard let value = parse(text) else { throw Policy.malformed("Invalid Condition value: \(text)") }
            parsed.append(value)
        }
        return parsed
    }

    private static func date(_ text: String) -> Timestamp? {
        Timestamp(parsing: text) ?? Int64(text).map { Timestamp(seconds: $0) }
    }

    /// Whether the condition holds for a request.
    ///
    /// - Parameter value: the request's value of a condition key; nil if it has none.
    func holds(_ value: (_ key: String) -> String?) -> Bool {
        let found = value(key)
        if case .null(let expected) = test { return expected.contains(found == nil) }
        // Without a value a condition fails, but for the negated ones, which hold.
        guard let found else { return ifExists || isNegated }
        return matches(found) != isNegated
    }

    private func matches(_ text: String) -> Bool {
        switch test {
        case .text(let patterns, let ignoresCase):
            let text = ignoresCase ? text.lowercased() : text
            return patterns.contains { $0.matches(text) }
        case .numbers(let numbers, let comparison):
            guard let number = Double(text) else { return false }
            return numbers.contains { comparison.holds(number, $0) }
        case .dates(let dates, let comparison):
            guard let date = Self.date(text) else { return false }
            return dates.contains { comparison.holds(date, $0) }
        case .bool(let values): return values.contains { String($0) == text }
        case .networks(let networks): return networks.contains { $0.contains(text) }
        case .null: return false
        }
    }
}

/// The condition keys that requests have values for, in lower case as they are compared.
package enum ConditionKey {
    private static let known: Set<String> = [
        "aws:currenttime", "aws:epochtime", "aws:principalaccount", "aws:principalarn", "aws:referer",
        "aws:securetransport", "aws:sourceip", "aws:useragent", "aws:username",
        "s3:authtype", "s3:delimiter", "s3:max-keys", "s3:prefix", "s3:signatureversion",
        "s3:x-amz-acl", "s3:x-amz-content-sha256", "s3:x-amz-copy-source", "s3:x-amz-metadata-directive",
        "s3:x-amz-storage-class",
    ]

    static func isKnown(_ key: String) -> Bool { known.contains(key) }
}
