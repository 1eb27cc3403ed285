import Glibc

/// An option of a command: `--name VALUE`, or a variable of the environment.
struct Option: Sendable {
    let name: String
    /// What stands for the value in the help; nil for an option that takes none.
    let value: String?
    /// Variables that mean the same, in the order in which they are asked.
    let variables: [String]
    let help: String

    init(_ name: String, _ value: String? = nil, variables: [String] = [], help: String) {
        self.name = name
        self.value = value
        self.variables = variables
        self.help = help
    }
}

/// The options that were given, on the command line or in the environment; the command line wins.
struct Options: Sendable {
    private let options: [Option]
    private let command: String
    private var given: [String: [String]] = [:]

    /// - Throws: ``UsageError`` for an option that is not known, lacks its value, or stands twice.
    init(_ arguments: [String], options: [Option], repeatable: Set<String>, command: String) throws {
        self.options = options
        self.command = command
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("--") else { throw UsageError("\(argument) is no option", command: command) }
            let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts.first ?? "")
            guard let option = options.first(where: { $0.name == name }) else {
                throw UsageError("there is no option --\(name)", command: command)
            }
            guard given[name] == nil || repeatable.contains(name) else {
                throw UsageError("--\(name) stands twice", command: command)
            }
            if option.value == nil {
                guard parts.count == 1 else { throw UsageError("--\(name) takes no value", command: command) }
                given[name] = ["yes"]
            } else {
                guard let value = parts.count > 1 ? String(parts[1]) : rest.popFirst() else {
                    throw UsageError("--\(name) needs a value: \(option.help)", command: command)
                }
                given[name, default: []].append(value)
            }
        }
    }

    /// All values of an option; a variable's value counts as one, split at commas.
    func all(_ name: String) -> [String] {
        if let values = given[name] { return values }
        let variables = options.first { $0.name == name }?.variables ?? []
        let value = variables.lazy.compactMap(environment).first
        return value?.split(separator: ",").map(String.init) ?? []
    }

    subscript(name: String) -> String? {
        if let value = given[name]?.last { return value }
        return options.first { $0.name == name }?.variables.lazy.compactMap(environment).first
    }

    func isGiven(_ name: String) -> Bool {
        guard let value = self[name] else { return false }
        return !["", "0", "no", "false"].contains(value.lowercased())
    }

    /// A value of a fixed set.
    ///
    /// - Throws: ``UsageError`` that names the set.
    func choice<Choice: RawRepresentable & CaseIterable>(_ name: String) throws -> Choice?
    where Choice.RawValue == String {
        guard let value = self[name] else { return nil }
        guard let choice = Choice(rawValue: value) else {
            let allowed = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw UsageError("--\(name) \(value): allowed are \(allowed)", command: command)
        }
        return choice
    }

    static func help(_ options: [Option]) -> String {
        options.map { option in
            let head = "  --\(option.name)" + (option.value.map { " \($0)" } ?? "")
            let variables = option.variables.isEmpty ? "" : " [\(option.variables.joined(separator: ", "))]"
            let lines = (option.help + variables).split(separator: "\n", omittingEmptySubsequences: false)
            return ([head] + lines.map { "        \($0)" }).joined(separator: "\n")
        }.joined(separator: "\n")
    }
}

func environment(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    return text.isEmpty ? nil : text
}
