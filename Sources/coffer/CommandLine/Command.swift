/// A command of the command line: `coffer NAME [OPERAND …] [--OPTION …]`.
struct Command: Sendable {
    /// One word, or two: `serve`, `user create`.
    let name: String
    /// How its operands are written: `NAME [FILE]`.
    var operands = ""
    /// What the command does, beginning with a verb.
    let summary: String
    /// Further explanations, with examples.
    var details = ""
    var options: [Option] = []
    /// Whether signals cancel it, so that it can clean up; otherwise they end the process.
    var isInterruptible = false
    let run: @Sendable (Options) async throws -> ExitCode

    /// The words that follow `coffer` when it is called.
    var usage: String { operands.isEmpty ? name : "\(name) \(operands)" }

    /// How many operands there can be, as their spelling says: optional ones are in brackets, and one that ends with `…`
    /// can be repeated.
    var operandCount: ClosedRange<Int> {
        let words = operands.split(separator: " ").prefix { !$0.hasPrefix("--") }
        let requiredCount = words.count { !$0.hasPrefix("[") }
        return requiredCount...(operands.hasSuffix("…") ? Int.max : words.count)
    }

    var help: String {
        let parts = [
            summary, "Usage: coffer \(usage)\(options.isEmpty ? "" : " [options]")", details,
            options.isEmpty ? "" : "Options (environment variables in brackets)\n" + Option.help(options),
        ]
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    /// Returns a text such as `NAME is missing`, about the operands after the first ones.
    func missing(after count: Int) -> String {
        let names = operands.split(separator: " ").dropFirst(count).prefix(operandCount.lowerBound - count)
            .map { $0.hasSuffix("…") ? String($0.dropLast()) : String($0) }
        return "\(names.joined(separator: " and ")) \(names.count == 1 ? "is" : "are") missing"
    }

    /// Returns a message about an operand that is not expected, with what to do instead.
    func unexpected(_ operand: String) -> String {
        let isData = operandCount.upperBound == 0 && options.contains { $0.name == "data" }
        return "unexpected argument '\(operand)'"
            + (isData ? "; give the data directory with --data \(shellWord(operand))" : ": coffer \(usage)")
    }
}

/// How a command ends.
enum ExitCode: Int32 {
    case success = 0
    /// The command succeeded, and the answer is no, such as for a request that would be refused.
    case negative = 3
}
