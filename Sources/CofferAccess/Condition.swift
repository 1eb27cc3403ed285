import CofferModel

/// One entry of a statement's `Condition`: an operator, a key and the values to compare with.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
final class Condition: Sendable {
    /// The operator as the policy writes it, such as `ForAnyValue:StringLikeIfExists`.
    let name: String
    let key: ConditionKey
    /// The values as the policy writes them.
    let values: [String]
    let test: ConditionTest
    let quantifier: Quantifier
    let isNegated: Bool
    let ifExists: Bool
    private let ignoresCase: Bool

    /// How a key with several values is compared.
    enum Quantifier: Sendable {
        /// Without a quantifier: at least one of the request's values must match, or with a negated operator none may.
        case none
        case anyValue
        case allValues
    }

    /// Reads one entry.
    ///
    /// - Throws: why the entry is invalid.
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
    ///   - isAllow: the statement's effect. A comparison that is undecidable because a variable has no value holds if
    ///     the operator is negated and the statement denies.
    ///   - value: the request's values of condition keys; nil for a key without values.
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

    /// Whether the condition holds for a request without a value: only if it is negated, says `IfExists`, or has
    /// `ForAllValues`.
    private var holdsWithoutValue: Bool {
        switch quantifier {
        case .none: ifExists || isNegated
        case .anyValue: ifExists
        case .allValues: true
        }
    }
}
