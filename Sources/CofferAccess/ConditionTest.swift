import CofferModel
import FoundationEssentials

/// The comparison that an operator makes with a request's value, with the policy's values already parsed.
enum ConditionTest: Sendable {
    case text([Template])
    case arns([ARNPattern])
    case numbers([Double], Comparison)
    case dates([Timestamp], Comparison)
    case bool([Bool])
    case binary([[UInt8]])
    case networks([Network])
    /// Whether the key must have no value.
    case null([Bool])

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

        /// Creates a comparison from the ending of an operator's name.
        fileprivate init?(_ name: Substring) {
            switch name {
            case "Equals", "NotEquals": self = .equal
            case "LessThan": self = .less
            case "LessThanEquals": self = .lessOrEqual
            case "GreaterThan": self = .greater
            case "GreaterThanEquals": self = .greaterOrEqual
            default: return nil
            }
        }
    }

    /// The reason why a test is invalid.
    enum Refusal: Error {
        case unknownOperator
        case value(String)
    }

    /// - Parameter name: the operator's name, without `IfExists` and without a prefix that ends with a colon.
    init(_ name: String, _ values: [String], hasVariables: Bool) throws(Refusal) {
        switch name {
        case "StringEquals", "StringNotEquals":
            let syntax = Template.Syntax(hasWildcards: false, hasVariables: hasVariables)
            self = .text(try Self.read(values) { Template($0, syntax) })
        case "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase":
            let syntax = Template.Syntax(hasWildcards: false, hasVariables: hasVariables, ignoresCase: true)
            self = .text(try Self.read(values) { Template($0, syntax) })
        case "StringLike", "StringNotLike":
            self = .text(try Self.read(values) { Template($0, Template.Syntax(hasVariables: hasVariables)) })
        case "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike":
            self = .arns(try Self.read(values) { ARNPattern($0, hasVariables: hasVariables) })
        case "Bool": self = .bool(try Self.read(values) { Bool($0.lowercased()) })
        case "BinaryEquals": self = .binary(try Self.read(values) { Data(base64Encoded: $0).map(Array.init) })
        case "IpAddress", "NotIpAddress": self = .networks(try Self.read(values) { Network($0) })
        case "Null": self = .null(try Self.read(values) { Bool($0.lowercased()) })
        default: self = try Self.comparing(name, values)
        }
    }

    private static func comparing(_ name: String, _ values: [String]) throws(Refusal) -> ConditionTest {
        if name.hasPrefix("Numeric"), let comparison = Comparison(name.dropFirst("Numeric".count)) {
            return .numbers(try read(values, number), comparison)
        }
        if name.hasPrefix("Date"), let comparison = Comparison(name.dropFirst("Date".count)) {
            return .dates(try read(values, PolicyDate.parse), comparison)
        }
        throw .unknownOperator
    }

    /// The longest number that is parsed, in bytes; seventeen digits suffice for any number.
    private static let longestNumber = 64

    /// Parses a whole or decimal number. Swift would also accept hexadecimal, infinite and other numbers, which are not
    /// valid here.
    private static func number(_ text: String) -> Double? {
        guard text.utf8.count <= longestNumber, text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }),
            let number = Double(text)
        else { return nil }
        return number.isFinite ? number : nil
    }

    private static func read<Value>(_ values: [String], _ parse: (String) -> Value?) throws(Refusal) -> [Value] {
        var parsed: [Value] = []
        for text in values {
            guard let value = parse(text) else { throw .value(text) }
            parsed.append(value)
        }
        return parsed
    }

    /// Whether any of the policy's values has a variable.
    var hasVariables: Bool {
        switch self {
        case .text(let templates): templates.contains(where: \.hasVariables)
        case .arns(let patterns): patterns.contains(where: \.hasVariables)
        default: false
        }
    }

    /// The keys of the variables.
    var variables: [ConditionKey] {
        switch self {
        case .text(let templates): templates.flatMap(\.variables)
        case .arns(let patterns): patterns.flatMap(\.variables)
        default: []
        }
    }

    /// Whether one of the policy's values matches that of the request.
    ///
    /// - Returns: nil if none matches, but one is undecidable because a variable has no value.
    func matches(_ text: String, ignoresCase: Bool, _ value: RequestValues) throws(S3Error) -> Bool? {
        try value.spend(on: text)
        switch self {
        case .text(let templates):
            let text = ignoresCase ? text.lowercased() : text
            var isComplete = true
            for index in templates.indices {
                guard let isMatch = try templates[index].matches(text, value) else {
                    isComplete = false
                    continue
                }
                if isMatch { return true }
            }
            return isComplete ? false : nil
        case .arns(let patterns):
            var isComplete = true
            for pattern in patterns {
                guard let isMatch = try pattern.matches(text, value) else {
                    isComplete = false
                    continue
                }
                if isMatch { return true }
            }
            return isComplete ? false : nil
        default: return matches(text)
        }
    }

    private func matches(_ text: String) -> Bool {
        switch self {
        case .numbers(let numbers, let comparison):
            guard let number = Self.number(text) else { return false }
            return numbers.contains { comparison.holds(number, $0) }
        case .dates(let dates, let comparison):
            guard let date = PolicyDate.parse(text) else { return false }
            return dates.contains { comparison.holds(date, $0) }
        case .bool(let values): return Bool(text.lowercased()).map(values.contains) ?? false
        case .binary(let values): return Data(base64Encoded: text).map { values.contains(Array($0)) } ?? false
        case .networks(let networks): return networks.contains { $0.contains(text) }
        case .text, .arns, .null: return false
        }
    }
}
