/// The operands and options that were given. Options come from the command line or the environment; the command line
/// wins.
struct Options: Sendable {
    private(set) var operands: [String] = []
    private let options: [Option]
    private let command: String
    private var given: [String: [String]] = [:]
    /// The options of the command line with their values, in order.
    private(set) var inOrder: [(name: String, value: String)] = []

    /// - Parameter words: the words after the command's name; those after `--` are all operands.
    /// - Throws: ``UsageError`` for an option that is unknown, lacks its value, or is given twice, and for too many or
    ///   too few operands.
    init(_ words: [String], of command: Command) throws {
        options = command.options
        self.command = command.name
        try read(words)
        guard operands.count >= command.operandCount.lowerBound else {
            throw usage("\(command.missing(after: operands.count)): coffer \(command.usage)")
        }
        guard operands.count <= command.operandCount.upperBound else {
            throw usage(command.unexpected(operands[command.operandCount.upperBound]))
        }
    }

    private mutating func read(_ words: [String]) throws {
        var rest = words[...]
        while let argument = rest.popFirst() {
            guard argument != "--" else {
                operands += rest
                return
            }
            guard argument != "-", argument.hasPrefix("-") else {
                operands.append(argument)
                continue
            }
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            for option in try named(parts[0]) {
                guard option.value != nil else {
                    guard parts.count == 1 else { throw usage("--\(option.name) takes no value") }
                    try add(option, "yes")
                    continue
                }
                guard let value = parts.count > 1 ? parts[1] : rest.popFirst() else {
                    throw usage("--\(option.name) needs a value: \(option.summary)")
                }
                try add(option, value)
            }
        }
    }

    private mutating func add(_ option: Option, _ value: String) throws {
        guard given[option.name] == nil || option.isRepeatable else {
            throw usage("--\(option.name) is given twice")
        }
        given[option.name, default: []].append(value)
        inOrder.append((option.name, value))
    }

    /// Returns the option for `--name` or `-n`, or the options of a group such as `-ln`, none of which may take a
    /// value.
    private func named(_ word: String) throws -> [Option] {
        if let option = options.first(where: { $0.words.contains(word) }) { return [option] }
        guard word.count > 2, !word.hasPrefix("--") else { throw unknown(word) }
        return try word.dropFirst().map { letter in
            // On its own, -h means --help; within a group, as in -lh, it means --human-readable.
            let name = letter == "h" ? "human-readable" : nil
            let option = options.first { $0.letter == letter || $0.name == name }
            guard let option, option.value == nil else { throw unknown("-\(letter)", in: word) }
            return option
        }
    }

    private func unknown(_ word: String, in group: String? = nil) -> UsageError {
        let place = group.map { " (in \($0))" } ?? ""
        let advice =
            OtherTools.advice(onOption: word, options)
            ?? Suggestion.text(for: word, among: options.flatMap(\.words))
        return usage("unknown option \(word)\(place)\(advice)")
    }

    /// Returns an error about the words of this command.
    func usage(_ message: String) -> UsageError { UsageError(message, command: command) }

    /// - Throws: ``UsageError`` for the first of these options that is on the command line.
    func refuse(_ unused: [Option], because reason: String) throws(UsageError) {
        guard let option = unused.first(where: { isOnCommandLine($0.name) }) else { return }
        throw usage("--\(option.name) has no effect here: \(reason)")
    }

    func isOnCommandLine(_ name: String) -> Bool { given[name] != nil }

    /// Returns an option as it was given: `--port`, or the name of the variable that set it.
    func spelling(_ name: String) -> String {
        let variables = options.first { $0.name == name }?.variables ?? []
        let variable = isOnCommandLine(name) ? nil : variables.first { environment($0) != nil }
        return variable ?? "--\(name)"
    }

    /// Returns an option and its value as they were given: `--port 80`, `COFFER_PORT=80`.
    func asGiven(_ name: String, _ value: String) -> String {
        let spelling = spelling(name)
        return spelling.hasPrefix("--") ? "\(spelling) \(value)" : "\(spelling)=\(value)"
    }

    /// Returns the values of an option that are each a name and a value.
    ///
    /// - Throws: ``UsageError`` for a value of another form.
    func pairs(_ name: String) throws -> [(name: String, value: String)] {
        let form = options.first { $0.name == name }?.value ?? "NAME=VALUE"
        return try all(name).map { text in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2 else { throw usage("\(asGiven(name, text)): the form is \(form)") }
            return (parts[0], parts[1])
        }
    }

    /// Returns all values of an option; the value of a variable is split at commas.
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

    /// - Throws: ``UsageError`` if the option is not given.
    func required(_ name: String) throws(UsageError) -> String {
        guard let value = self[name] else {
            let placeholder = options.first { $0.name == name }?.value ?? ""
            throw usage("--\(name) \(placeholder) is missing")
        }
        return value
    }

    /// Whether results are to be printed as JSON.
    var wantsJSON: Bool { isGiven("json") }

    func isGiven(_ name: String) -> Bool {
        guard let value = self[name] else { return false }
        return !["", "0", "no", "false"].contains(value.lowercased())
    }

    /// Returns the value of an option as an integer.
    ///
    /// - Throws: ``UsageError`` that names the allowed range.
    func number(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let value = self[name] else { return nil }
        guard let number = Int(value), range.contains(number) else {
            throw usage("\(asGiven(name, value)) is not allowed; allowed: \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// Returns the value of an option as one of a fixed set.
    ///
    /// - Throws: ``UsageError`` that lists the allowed values.
    func choice<Choice: RawRepresentable & CaseIterable>(_ name: String) throws -> Choice?
    where Choice.RawValue == String {
        guard let value = self[name] else { return nil }
        guard let choice = Choice(rawValue: value) else {
            let allowed = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw usage("\(asGiven(name, value)) is not allowed; allowed: \(allowed)")
        }
        return choice
    }
}
