/// A command of the command line: `coffer NAME [OPERAND …] [--OPTION …]`.
struct Command: Sendable {
    /// One word, or two: `serve`, `user create`.
    let name: String
    /// How its operands stand in the help: `NAME [FILE]`.
    var operands = ""
    var operandCount = 0...0
    /// Half a sentence.
    let summary: String
    /// What else there is to say, with examples.
    var details = ""
    var options: [Option] = []
    let run: @Sendable (Options) async throws -> ExitCode

    /// What follows `coffer` where it is called.
    var usage: String { operands.isEmpty ? name : "\(name) \(operands)" }

    var help: String {
        let parts = [
            "coffer \(name): \(summary)", operands.isEmpty ? "" : "Usage: coffer \(usage) [options]", details,
            options.isEmpty
                ? ""
                : "Options; what stands in brackets are variables of the environment that mean the same\n"
                    + Options.help(options),
        ]
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }
}

/// How a command ends.
enum ExitCode: Int32 {
    case success = 0
    /// What was asked was done, and the answer is no: a request would be refused, files differ.
    case negative = 3
}

/// All commands, in the order of the help.
enum Commands {
    static let all =
        [ServeCommand.command, ExplainCommand.command] + UserCommands.all + KeyCommands.all + PolicyCommands.all
        + PackageCommands.all

    /// The command that the first words name, and the words after them.
    ///
    /// - Throws: ``UsageError`` that says which commands there are.
    static func find(_ words: [String]) throws -> (command: Command, rest: [String]) {
        for count in [2, 1] where words.count >= count {
            let name = words.prefix(count).joined(separator: " ")
            if let command = all.first(where: { $0.name == name }) { return (command, Array(words.dropFirst(count))) }
        }
        let first = words.first ?? ""
        let kin = all.filter { $0.name.hasPrefix(first + " ") }
        guard !kin.isEmpty else {
            throw UsageError("there is no command \(first); there are \(listed(names(of: all)))", command: "")
        }
        let verbs = kin.map { String($0.name.dropFirst(first.count + 1)) }
        throw UsageError("'coffer \(first)' goes on with \(listed(verbs))", command: first)
    }

    /// Help on several commands: those of a first word, or all.
    static func help(on word: String?) -> String {
        let shown = all.filter { word == nil || $0.name.hasPrefix((word ?? "") + " ") }
        let width = shown.map { $0.usage.count }.max() ?? 0
        return shown.map { "  \($0.usage)\(String(repeating: " ", count: width - $0.usage.count + 2))\($0.summary)" }
            .joined(separator: "\n")
    }

    private static func names(of commands: [Command]) -> [String] {
        var names: [String] = []
        for name in commands.map({ String($0.name.prefix { $0 != " " }) }) where !names.contains(name) {
            names.append(name)
        }
        return names
    }

    private static func listed(_ names: [String]) -> String { names.joined(separator: ", ") }
}
