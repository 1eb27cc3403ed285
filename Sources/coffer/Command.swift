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
    static let all = groups.flatMap(\.commands)

    private static let groups: [(title: String, commands: [Command])] = [
        ("A server", [ServeCommand.command]),
        (
            "Objects of any S3",
            [ListCommand.command, TreeCommand.command, DiskUsageCommand.command] + CopyCommands.all
                + [RemoveCommand.command] + ReadCommands.all
        ),
        ("Buckets", BucketCommands.all + VersioningCommands.all + BucketDocuments.all),
        ("Names for servers and the keys to them", AliasCommands.all),
        ("Who may do what", [ExplainCommand.command] + UserCommands.all + KeyCommands.all + PolicyCommands.all),
        ("Fiscal Data Packages", PackageCommands.all),
        ("The command line itself", [CompletionCommand.command]),
    ]

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
            throw UsageError(
                first.hasPrefix("-")
                    ? "options stand behind the command: coffer COMMAND \(first)"
                    : "there is no command \(first)"
                        + Suggestion.text(for: first, among: firstWords, else: "there are \(listed(firstWords))"),
                command: "")
        }
        let verbs = kin.map { String($0.name.dropFirst(first.count + 1)) }
        let goesOn = "'coffer \(first)' goes on with \(listed(verbs))"
        throw UsageError(
            words.count > 1 ? goesOn + Suggestion.text(for: words[1], among: verbs) : goesOn, command: first)
    }

    /// Help on the commands that begin with a word.
    static func help(on word: String) -> String {
        let commands = all.filter { $0.name.hasPrefix(word + " ") }
        return lines(on: commands, width: commands.map { $0.usage.count }.max() ?? 0)
    }

    /// Help on all commands, by what they are for.
    static var help: String {
        let width = all.map { $0.usage.count }.max() ?? 0
        return groups.map { "\($0.title)\n\(lines(on: $0.commands, width: width))" }.joined(separator: "\n\n")
    }

    private static func lines(on commands: [Command], width: Int) -> String {
        commands.map { "  \($0.usage)\(String(repeating: " ", count: width - $0.usage.count + 2))\($0.summary)" }
            .joined(separator: "\n")
    }

    /// The first words of all commands, each once.
    static var firstWords: [String] {
        var names: [String] = []
        for name in all.map({ String($0.name.prefix { $0 != " " }) }) where !names.contains(name) {
            names.append(name)
        }
        return names
    }

    private static func listed(_ names: [String]) -> String { names.joined(separator: ", ") }
}
