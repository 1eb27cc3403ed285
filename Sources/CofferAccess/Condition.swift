import CofferModel

/// One line of a statement's `Condition`: an operator, a key and the values that it is compared with.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
final class Condition: Sendable {
    /// As the policy writes it, such as `ForAnyValue:StringLikeIfExists`.
    let name: String
    let key: ConditionKey
    /// As the policy writes them.
    let values: [String]
    let test: ConditionTest
    let quantifier: Quantifier
    let isNegated: Bool
    let ifExists: Bool
    private let ignoresCase: Bool

    /// How a key of several values is compared.
    enum Quantifier: Sendable {
        /// As one value: one of a request's must match, or with a negated operator none may.
        case none
        case anyValue
        case allValues
    }

    /// Reads one line.
    ///
    /// - Throws: what is wrong with it.
    init(
        operator name: String, key: ConditionKey, values: [String], hasVariables: Bool
    ) throws(ConditionTest.Refusal) {
        self.name = name
        self.key = key
        self.values = values
        var base = Substring(name)
        quantifier = Self.quantifier(&base)
        ifExists = base.hasSuffix("IfExists")
        if ifExists { base = base.dropLast("IfExists".count) }
        isNegated = base.contains("Not")
        ignoresCase = base.hasSuffix("IgnoreCase")
        guard base != "Null" || (!ifExists && quantifier == .none) else { throw .unknownOperator }
        test = try ConditionTest(String(base), values, hasVariables: hasVariables)
    }

    private static func quantifier(_ name: inout Substring) -> Quantifier {
        for (prefix, quantifier) in [("ForAllValues:", Quantifier.allValues), ("ForAnyValue:", .anyValue)]
        where name.hasPrefix(prefix) {
            name = name.dropFirst(prefix.count)
            return quantifier
        }
        return .none
    }

    /// Whether the condition holds for a request.
    ///
    /// - Parameters:
    ///   - isAllow: the statement's effect. What cannot be told, as a variable has no value, holds where it forbids.
    ///   - value: the request's values of a condition key; nil if it has none.
    func holds(isAllow: Bool, _ value: RequestValues) throws(S3Error) -> Bool {
        let found = try value(key) ?? []
        if case .null(let expected) = test { return expected.contains(found.isEmpty) }
        guard !found.isEmpty else { return holdsWithoutValue }
        for text in found {
            let isMatch = try test.matches(text, ignoresCase: ignoresCase, value)
            let holds = isMatch.map { $0 != isNegated } ?? (isNegated && !isAllow)
            switch quantifier {
            case .none where holds != isNegated, .anyValue where holds: return holds
            case .allValues where !holds: return false
            default: continue
            }
        }
        return quantifier == .none ? isNegated : quantifier == .allValues
    }

    /// Without a value a condition fails, but for those that are negated, that say `IfExists`, or that ask all values.
    private var holdsWithoutValue: Bool {
        switch quantifier {
        case .none: ifExists || isNegated
        case .anyValue: ifExists
        case .allValues: true
        }
    }
}
