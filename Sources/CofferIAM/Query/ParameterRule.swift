import CofferModel

/// The values that a parameter of the query protocol may have, according to the service's model.
///
/// All parameters of an operation are checked together, before the caller's permissions: see ``QueryService/rules``.
struct ParameterRule: Sendable {
    let name: String
    let shape: Shape
    var isRequired = false

    indirect enum Shape: Sendable {
        /// A text with a length in characters and a pattern; without a pattern, it may have any characters.
        case text(ClosedRange<Int>, TextPattern? = nil)
        /// A text that error messages do not repeat.
        case secret(ClosedRange<Int>, TextPattern? = nil)
        case integer(ClosedRange<Int>)
        case boolean
        case choice([String])
        /// `Name.member.1`, `Name.member.2`, …
        case list(atMost: Int = .max, Shape)
        /// `Name.member.1.Key`, …
        case structures(atMost: Int = .max, [ParameterRule])
    }

    static func optional(_ name: String, _ shape: Shape) -> ParameterRule { ParameterRule(name: name, shape: shape) }

    static func required(_ name: String, _ shape: Shape) -> ParameterRule {
        ParameterRule(name: name, shape: shape, isRequired: true)
    }
}

extension QueryParameters {
    /// Checks the parameters of an operation.
    ///
    /// - Throws: `ValidationError` that counts and lists all faults; `MalformedInput` for a text that is not a number.
    func check(_ rules: [ParameterRule]) throws(S3Error) {
        var faults = ParameterFaults()
        for rule in rules { try check(rule, at: "", &faults) }
        try faults.refuse()
    }

    /// - Parameter path: the path of the enclosing structure in error messages: `tags.1.member.`.
    private func check(
        _ rule: ParameterRule, at path: String, _ faults: inout ParameterFaults
    ) throws(S3Error) {
        let place = path + rule.name.prefix(1).lowercased() + rule.name.dropFirst()
        switch rule.shape {
        case .list(let limit, let shape):
            let members = members(rule.name)
            try check(members.count, of: rule, limit, place, &faults)
            for member in members { try faults.check(member.value, shape, at: "\(place).\(member.number).member") }
        case .structures(let limit, let rules):
            let members = numberedStructures(rule.name)
            try check(members.count, of: rule, limit, place, &faults)
            for member in members {
                for rule in rules {
                    try member.parameters.check(rule, at: "\(place).\(member.number).member.", &faults)
                }
            }
        default:
            guard let text = self[rule.name] else {
                if rule.isRequired { faults.add("null", place, "Member must not be null") }
                return
            }
            try faults.check(text, rule.shape, at: place)
        }
    }

    /// Checks the number of a list's members. An empty list is given as `Name=`.
    private func check(
        _ count: Int, of rule: ParameterRule, _ limit: Int, _ place: String, _ faults: inout ParameterFaults
    ) throws(S3Error) {
        if rule.isRequired, count == 0, self[rule.name] == nil {
            faults.add("null", place, "Member must not be null")
        }
        if count > limit { faults.add(nil, place, "Member must have length less than or equal to \(limit)") }
    }
}

/// The faults in a request's parameters.
private struct ParameterFaults {
    private var faults: [String] = []
    /// IAM's own message, for a text whose length is within the model's limits.
    private var sentence: String?
    /// The maximum size of a value that error messages repeat.
    private static let shownByteCount = 1024
    private static let countLimit = 10

    /// - Parameter value: the value as the error message shows it; nil omits it.
    mutating func add(_ value: String?, _ place: String, _ constraint: String) {
        faults.append("Value\(value.map { " \($0)" } ?? "") at '\(place)' failed to satisfy constraint: \(constraint)")
    }

    mutating func check(_ text: String, _ shape: ParameterRule.Shape, at place: String) throws(S3Error) {
        switch shape {
        case .text(let lengths, let pattern): checkText(text, lengths, pattern, place, shown: quoted(text))
        case .secret(let lengths, let pattern): checkText(text, lengths, pattern, place, shown: nil)
        case .integer(let range): try checkNumber(text, range, place)
        case .boolean:
            if Bool(text.lowercased()) == nil {
                add(quoted(text), place, "Member must satisfy enum value set: [true, false]")
            }
        case .choice(let values):
            if !values.contains(text) {
                add(quoted(text), place, "Member must satisfy enum value set: [\(values.joined(separator: ", "))]")
            }
        case .list, .structures: break  // Lists are not nested.
        }
    }

    private mutating func checkText(
        _ text: String, _ lengths: ClosedRange<Int>, _ pattern: TextPattern?, _ place: String, shown: String?
    ) {
        let count = text.unicodeScalars.count
        if count < lengths.lowerBound {
            add(shown, place, "Member must have length greater than or equal to \(lengths.lowerBound)")
        }
        if count > lengths.upperBound {
            add(shown, place, "Member must have length less than or equal to \(lengths.upperBound)")
        }
        guard let pattern, !pattern.matches(text) else { return }
        if let sentence = pattern.sentence(about: place) {
            self.sentence = self.sentence ?? sentence
        } else {
            add(shown, place, "Member must satisfy regular expression pattern: \(pattern.expression)")
        }
    }

    private mutating func checkNumber(
        _ text: String, _ range: ClosedRange<Int>, _ place: String
    ) throws(S3Error) {
        guard let number = Int(text) else {
            throw S3Error(.malformedInput, "Invalid value \(quoted(text) ?? "") at '\(place)': it must be a number")
        }
        if number < range.lowerBound {
            add(quoted(text), place, "Member must have value greater than or equal to \(range.lowerBound)")
        }
        if number > range.upperBound {
            add(quoted(text), place, "Member must have value less than or equal to \(range.upperBound)")
        }
    }

    /// Returns a value in quotes; nil if it is long, or has characters that XML does not allow (XML 1.0 section 2.2).
    private func quoted(_ text: String) -> String? {
        guard text.utf8.count <= Self.shownByteCount else { return nil }
        let isXML = text.unicodeScalars.allSatisfy { scalar in
            scalar.value >= 32 ? scalar.value & 0xFFFE != 0xFFFE : [9, 10, 13].contains(scalar.value)
        }
        return isXML ? "'\(text)'" : nil
    }

    func refuse() throws(S3Error) {
        guard !faults.isEmpty else {
            if let sentence { throw S3Error(.validationError, sentence) }
            return
        }
        let shown = faults.prefix(Self.countLimit).joined(separator: "; ")
        let noun = faults.count == 1 ? "error" : "errors"
        throw S3Error(.validationError, "\(faults.count) validation \(noun) detected: \(shown)")
    }
}
