import CofferModel

/// Reads the `Condition` of a statement.
extension PolicyReader {
    /// Returns the conditions of a statement, all of which must hold.
    func conditions(_ value: JSONValue?) throws(PolicyRefusal) -> [Condition] {
        guard let value else { return [] }
        guard let operators = value.object else { throw PolicyRefusal(.conditionShape) }
        var conditions: [Condition] = []
        for (name, keys) in operators.members.sorted(by: { $0.name < $1.name }) {
            guard let keys = keys.object else { throw PolicyRefusal(.conditionShape) }
            for (key, values) in keys.members.sorted(by: { $0.name < $1.name }) {
                guard let texts = values.strings else { throw PolicyRefusal(.conditionValue(key)) }
                conditions.append(try condition(name, key, texts))
            }
        }
        return conditions
    }

    private func condition(_ name: String, _ key: String, _ values: [String]) throws(PolicyRefusal) -> Condition {
        guard let known = ConditionKey(key), isKnown(known) else { throw PolicyRefusal(.conditionKey(key)) }
        let condition: Condition
        do throws(ConditionTest.Refusal) {
            condition = try Condition(operator: name, key: known, values: values, hasVariables: hasVariables)
        } catch {
            switch error {
            case .unknownOperator: throw PolicyRefusal(.conditionType(name))
            case .value(let text): throw PolicyRefusal(.conditionValue(text))
            }
        }
        guard condition.test.variables.allSatisfy(isKnown) else { throw PolicyRefusal(.conditionKey(key)) }
        return condition
    }

    /// Whether the kind of policy accepts a key. S3 refuses unknown keys in a bucket policy; IAM accepts those of all
    /// services.
    func isKnown(_ key: ConditionKey) -> Bool {
        if case .bucket = kind { key.isKnown } else { true }
    }
}
