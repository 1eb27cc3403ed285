/// An option of a command: `--name VALUE`, or a variable of the environment.
struct Option: Sendable {
    let name: String
    /// The letter that can be given instead, after a single dash.
    let letter: Character?
    /// The placeholder of the value in the help; nil for an option that takes none.
    let value: String?
    /// The environment variables that set the option, in the order in which they are read.
    let variables: [String]
    /// Whether the option may be given several times; otherwise a repetition is refused.
    let isRepeatable: Bool
    let help: String

    init(
        _ name: String, _ value: String? = nil, letter: Character? = nil, variables: [String] = [],
        isRepeatable: Bool = false, help: String
    ) {
        self.name = name
        self.letter = letter
        self.value = value
        self.variables = variables
        self.isRepeatable = isRepeatable
        self.help = help
    }

    /// The beginning of the help, up to where it goes into details.
    var summary: String {
        let end = help.indices.first { index in
            "\n;:.".contains(help[index]) && help[index...].dropFirst().first.map { " \n".contains($0) } ?? true
        }
        return String(help[..<(end ?? help.endIndex)])
    }

    /// The ways to write the option on the command line.
    var words: [String] { ["--\(name)"] + (letter.map { ["-\($0)"] } ?? []) }
}

extension Option {
    static func help(_ options: [Option]) -> String {
        options.map { option in
            let head =
                "  --\(option.name)" + (option.letter.map { ", -\($0)" } ?? "") + (option.value.map { " \($0)" } ?? "")
            let variables = option.variables.isEmpty ? "" : " [\(option.variables.joined(separator: ", "))]"
            let lines = (option.help + variables).split(separator: "\n", omittingEmptySubsequences: false)
            return ([head] + lines.map { "        \($0.drop { $0 == " " })" }).joined(separator: "\n")
        }.joined(separator: "\n")
    }
}
