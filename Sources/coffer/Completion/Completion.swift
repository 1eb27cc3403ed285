import CofferModel

/// What can complete a command line.
///
/// The scripts of the shells call the hidden command ``name`` with the words after `coffer`, up to the one that is
/// being completed. It prints a candidate per line, with its summary after a tab. It exits with 3 where files are to be
/// completed.
struct Completion {
    static let name = "__complete"

    struct Candidate {
        let word: String
        var summary = ""
    }

    private let commands: [Command]

    init(of commands: [Command]) { self.commands = commands }

    func print(_ words: [String]) -> ExitCode {
        guard let candidates = candidates(words) else { return .negative }
        for candidate in candidates { Swift.print("\(candidate.word)\t\(printable(candidate.summary))") }
        return .success
    }

    /// - Returns: nil where files are to be completed.
    private func candidates(_ words: [String]) -> [Candidate]? {
        let current = words.last ?? ""
        let before = Array(words.dropLast())
        guard let first = before.first else { return firstWords }
        let group = subcommands(of: first)
        guard !group.isEmpty else {
            return commands.first { $0.name == first }
                .flatMap { Position(in: $0, after: before.dropFirst()).candidates(current) }
        }
        guard before.count > 1 else { return group }
        return commands.first { $0.name == "\(first) \(before[1])" }
            .flatMap { Position(in: $0, after: before.dropFirst(2)).candidates(current) }
    }

    /// The first words of all commands, each with the summary of the command or a list of its subcommands.
    private var firstWords: [Candidate] {
        var candidates: [Candidate] = []
        for command in commands {
            let word = String(command.name.prefix { $0 != " " })
            guard !candidates.contains(where: { $0.word == word }) else { continue }
            let summary =
                word == command.name ? command.summary : subcommands(of: word).map(\.word).joined(separator: ", ")
            candidates.append(Candidate(word: word, summary: summary))
        }
        return candidates
    }

    private func subcommands(of first: String) -> [Candidate] {
        commands.filter { $0.name.hasPrefix(first + " ") }
            .map { Candidate(word: String($0.name.dropFirst(first.count + 1)), summary: $0.summary) }
    }
}

/// A position in the words of a command.
private struct Position {
    private let command: Command
    /// The names of the options before the position.
    private var given: Set<String> = []
    private var operandCount = 0
    /// The option whose value is expected.
    private var pending: Option?
    private var takesOptions = true

    init(in command: Command, after words: ArraySlice<String>) {
        self.command = command
        for word in words { pass(word) }
    }

    private mutating func pass(_ word: String) {
        if pending != nil {
            // bash separates `--name=value` into three words.
            if word != "=" { pending = nil }
        } else if takesOptions, word == "--" {
            takesOptions = false
        } else if takesOptions, word != "-", word.hasPrefix("-") {
            let parts = word.split(separator: "=", maxSplits: 1)
            guard let option = option(parts[0]) else { return }
            given.insert(option.name)
            if parts.count == 1, option.value != nil { pending = option }
        } else {
            operandCount += 1
        }
    }

    private func option(_ word: Substring) -> Option? { command.options.first { $0.words.contains(String(word)) } }

    /// - Returns: nil where files are to be completed.
    func candidates(_ current: String) -> [Completion.Candidate]? {
        if let pending { return Self.values(of: pending) }
        guard takesOptions, current.hasPrefix("-") else { return operands }
        guard let end = current.firstIndex(of: "=") else { return options }
        let name = current[..<end]
        return option(name).flatMap(Self.values)?.map {
            Completion.Candidate(word: "\(name)=\($0.word)", summary: $0.summary)
        }
    }

    private var options: [Completion.Candidate] {
        command.options.filter { $0.isRepeatable || !given.contains($0.name) }
            .map { Completion.Candidate(word: "--\($0.name)", summary: $0.summary) }
            + [Completion.Candidate(word: "--help", summary: "show the help of the command")]
    }

    // MARK: Values

    private static func values(of option: Option) -> [Completion.Candidate]? {
        option.name == "alias" ? aliases : choices(option.value ?? "")
    }

    private var operands: [Completion.Candidate]? {
        if command.name == "alias remove" { return Self.aliases }
        let operands = command.operands.split(separator: " ")
        return operands.indices.contains(operandCount) ? Self.choices(operands[operandCount]) : nil
    }

    /// Returns the words of a placeholder such as `Enabled|Suspended`; nil for others, such as `POLICY|s3://BUCKET`.
    private static func choices(_ placeholder: some StringProtocol) -> [Completion.Candidate]? {
        let words = placeholder.split(separator: "|")
        guard words.count > 1, words.allSatisfy({ $0.contains(where: \.isLowercase) && !$0.contains("/") }) else {
            return nil
        }
        return words.map { Completion.Candidate(word: String($0)) }
    }

    private static var aliases: [Completion.Candidate] {
        // Completion has no place for an error; the command itself reports aliases that cannot be read.
        ((try? Aliases.load())?.all ?? []).map { Completion.Candidate(word: $0.name, summary: $0.url) }
    }
}
