package import CofferModel

/// The parameters of a request of the query protocol, from its form and its query.
package struct QueryParameters: Sendable {
    private let values: [String: String]

    /// The maximum number of parameters: a simulation has thousands of actions, resources and values.
    private static let countLimit = 20_000

    /// - Throws: `ValidationError` for a form that cannot be read, or has too many parameters.
    init(_ query: Query, body: [UInt8]) throws(S3Error) {
        guard body.count(where: { $0 == UInt8(ascii: "&") }) < Self.countLimit else {
            throw S3Error(.validationError, "The body has too many parameters: at most \(Self.countLimit) are allowed")
        }
        guard let text = String(validating: body, as: UTF8.self), let form = try? Query(text) else {
            throw S3Error(.validationError, "The body must be application/x-www-form-urlencoded in UTF-8")
        }
        values = Dictionary((form.parameters + query.parameters).map { ($0.name, $0.value) }) { first, _ in first }
    }

    init(values: [String: String]) { self.values = values }

    subscript(name: String) -> String? { values[name] }

    package func required(_ name: String) throws(S3Error) -> String {
        guard let value = values[name] else { throw Self.invalid("Value null", name, "Member must not be null") }
        return value
    }

    /// Returns a number within a range; nil if the parameter is missing.
    func integer(_ name: String, in range: ClosedRange<Int>) throws(S3Error) -> Int? {
        guard let text = values[name] else { return nil }
        guard let number = Int(text) else {
            throw S3Error(.malformedInput, "Invalid value '\(text)' at '\(name)': it must be a number")
        }
        guard number >= range.lowerBound else {
            throw Self.invalid(
                "Value '\(text)'", name, "Member must have value greater than or equal to \(range.lowerBound)")
        }
        guard number <= range.upperBound else {
            throw Self.invalid(
                "Value '\(text)'", name, "Member must have value less than or equal to \(range.upperBound)")
        }
        return number
    }

    /// Returns one of a list of allowed values; nil if the parameter is missing.
    func choice<Value: RawRepresentable & CaseIterable>(
        _ name: String, _ type: Value.Type
    ) throws(S3Error) -> Value? where Value.RawValue == String {
        guard let text = values[name] else { return nil }
        guard let value = Value(rawValue: text) else {
            let known = Value.allCases.map(\.rawValue).joined(separator: ", ")
            throw Self.invalid("Value '\(text)'", name, "Member must satisfy enum value set: [\(known)]")
        }
        return value
    }

    func bool(_ name: String) -> Bool { values[name]?.lowercased() == "true" }

    /// Returns the texts of a list: `Name.member.1`, `Name.member.2`, …
    package func texts(_ name: String) -> [String] { members(name).map(\.value) }

    /// Returns the texts of a list with their numbers, which may have gaps.
    func members(_ name: String) -> [(number: Int, value: String)] {
        let prefix = "\(name).member."
        return values.compactMap { parameter, value in
            guard parameter.hasPrefix(prefix) else { return nil }
            return Self.number(parameter.dropFirst(prefix.count)).map { (number: $0, value: value) }
        }.sorted { $0.number < $1.number }
    }

    /// Returns the structures of a list, each with the parameters `Name.member.1.…`.
    package func structures(_ name: String) -> [QueryParameters] { numberedStructures(name).map(\.parameters) }

    func numberedStructures(_ name: String) -> [(number: Int, parameters: QueryParameters)] {
        let prefix = "\(name).member."
        var members: [Int: [String: String]] = [:]
        for (parameter, value) in values where parameter.hasPrefix(prefix) {
            let parts = parameter.dropFirst(prefix.count).split(at: ".", maxSplits: 1)
            guard parts.count == 2, let number = Self.number(parts[0]) else { continue }
            members[number, default: [:]][String(parts[1])] = value
        }
        return members.sorted { $0.key < $1.key }.map { ($0.key, QueryParameters(values: $0.value)) }
    }

    /// Returns a member's number; nil for a form such as `01`, which would be a second spelling of 1.
    private static func number(_ text: Substring) -> Int? { Int(text).flatMap { String($0) == text ? $0 : nil } }

    static func invalid(_ value: String, _ name: String, _ constraint: String) -> S3Error {
        let member = name.prefix(1).lowercased() + name.dropFirst()
        return S3Error(
            .validationError,
            "1 validation error detected: \(value) at '\(member)' failed to satisfy constraint: \(constraint)")
    }
}
