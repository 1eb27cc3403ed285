/// All commands, in the order of the help.
enum Commands {
    static let all = groups.flatMap(\.commands)

    private static let groups: [(title: String, commands: [Command])] = [
        ("Server", [ServeCommand.command, HealthCommand.command]),
        (
            "Objects, on any S3 service",
            [ListCommand.command, TreeCommand.command, DiskUsageCommand.command] + CopyCommands.all
                + [RemoveCommand.command] + ReadCommands.all
        ),
        ("Buckets", BucketCommands.all + VersioningCommands.all + BucketDocuments.all + UploadCommands.all),
        ("Aliases for servers and their keys", AliasCommands.all),
        ("Access", [ExplainCommand.command] + UserCommands.all + KeyCommands.all + PolicyCommands.all),
        ("Fiscal Data Packages", PackageCommands.all),
        ("Command line", [CompletionCommand.command]),
    ]

    /// Returns the command that the first words name, and the words after them.
    ///
    /// - Throws: ``UsageError`` that lists the existing commands.
    static func find(_ words: [String]) throws -> (command: Command, rest: [String]) {
        for count in [2, 1] where words.count >= count {
            let name = words.prefix(count).joined(separator: " ")
            if let command = all.first(where: { $0.name == name }) { return (command, Array(words.dropFirst(count))) }
        }
        let first = words.first ?? ""
        let kin = all.filter { $0.name.hasPrefix(first + " ") }
        guard !kin.isEmpty else { throw UsageError(unknown(first)) }
        let verbs = kin.map { String($0.name.dropFirst(first.count + 1)) }
        let needed = "'coffer \(first)' needs a subcommand: \(listed(verbs))"
        guard words.count > 1 else { throw UsageError(needed, command: first) }
        let advice =
            OtherTools.advice(on: "\(first) \(words[1])")
            ?? OtherTools.subcommand(for: words[1], among: kin).map { "; use 'coffer \($0.usage)'" }
            ?? Suggestion.text(for: words[1], among: verbs)
        throw UsageError(needed + advice, command: first)
    }

    private static func unknown(_ word: String) -> String {
        guard !word.hasPrefix("-") else {
            let isAlias = word.split(separator: "=").first == "--alias"
            return "options go after the command: coffer " + (isAlias ? "ls --alias NAME" : "COMMAND \(word)")
        }
        let advice =
            OtherTools.advice(on: word)
            ?? Suggestion.text(for: word, among: firstWords, else: "the commands are \(listed(firstWords))")
        return "unknown command '\(word)'\(advice)"
    }

    /// Returns help on the commands that begin with a word.
    static func help(on word: String) -> String {
        let commands = all.filter { $0.name.hasPrefix(word + " ") }
        return lines(on: commands, width: commands.map { $0.usage.count }.max() ?? 0)
    }

    /// Help on all commands, grouped by purpose.
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
