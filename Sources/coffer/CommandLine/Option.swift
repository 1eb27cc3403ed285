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

    /// The first sentence or clause of the help.
    var summary: String {
        let end = help.indices.first { index in
            guard ";.".contains(help[index]) else { return false }
            return help[index...].dropFirst().first.map { $0 == " " } ?? true
        }
        return String(help[..<(end ?? help.endIndex)])
    }

    /// The ways to write the option on the command line.
    var words: [String] { ["--\(name)"] + (letter.map { ["-\($0)"] } ?? []) }
}

extension Option {
    static func help(_ options: [Option]) -> String {
        options.map { option in
            let letter = option.letter.map { ", -\($0)" } ?? ""
            let value = option.value.map { " \($0)" } ?? ""
            let variables = option.variables.isEmpty ? "" : " [\(option.variables.joined(separator: ", "))]"
            return "  --\(option.name)\(letter)\(value)\n" + wrapped(option.help + variables)
        }.joined(separator: "\n")
    }

    private static let width = 100
    private static let indent = "        "

    private static func wrapped(_ text: String) -> String {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let line = lines.last, line.count + 1 + word.count <= width {
                lines[lines.count - 1] += " \(word)"
            } else {
                lines.append(indent + word)
            }
        }
        return lines.joined(separator: "\n")
    }
}
