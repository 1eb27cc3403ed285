import CofferModel
import Glibc
import Synchronization

/// The output of a command that performs many actions: a line on standard output for each finished action, failures on
/// standard error, and a progress bar if standard error is a terminal.
final class Console: Sendable {
    private let asJSON: Bool
    private let isQuiet: Bool
    private let bar: ProgressBar?
    private let state = Mutex(State())

    private struct State {
        var hasItems = false
        var failedCount = 0
        var doneCount = 0
        var isBarShown = false
        var hasEnded = false
    }

    init(_ options: Options) {
        asJSON = options.isGiven("json")
        isQuiet = options.isGiven("quiet")
        let mayShow = !isQuiet && !options.isGiven("no-progress") && isatty(STDERR_FILENO) == 1
        bar = mayShow ? ProgressBar() : nil
    }

    static let options = [
        Option("quiet", letter: "q", help: "print only what fails"),
        Option("no-progress", help: "draw no progress bar; one is drawn on terminals only"),
    ]

    /// The number of failures so far.
    var failedCount: Int { state.withLock { $0.failedCount } }
    var doneCount: Int { state.withLock { $0.doneCount } }

    // MARK: Lines

    /// Reports a finished action.
    func tell(_ line: String, _ members: [(name: String, value: String?)]) throws {
        try item(line, members.map { (name: $0.name, value: JSONText($0.value)) }) { $0.doneCount += 1 }
    }

    /// Reports a finished action whose JSON members may be numbers.
    func tell(_ line: String, json members: [(name: String, value: JSONText?)]) throws {
        try item(line, members) { $0.doneCount += 1 }
    }

    /// Reports and counts a failure.
    func fail(_ what: String, _ members: [(name: String, value: String?)], _ error: any Error) throws {
        let reason = printable("\(error)")
        let json = (members + [("Error", reason)]).map { (name: $0.name, value: JSONText($0.value)) }
        try item(nil, json) { $0.failedCount += 1 }
        note("failed: \(what): \(reason)")
    }

    /// Writes a note for people to standard error.
    func note(_ text: String) {
        state.withLock { state in
            clear(&state)
            printError("coffer: \(text)")
        }
    }

    private func item(
        _ line: String?, _ members: [(name: String, value: JSONText?)], count: (inout State) -> Void
    ) throws {
        try state.withLock { state in
            count(&state)
            guard !isQuiet else { return }
            if asJSON {
                let text = JSONText.object(members).text
                try StandardOutput.shared.write(Array(((state.hasItems ? ",\n" : "[\n") + text).utf8), isLast: true)
                state.hasItems = true
            } else if let line {
                clear(&state)
                try StandardOutput.shared.write(Array((line + "\n").utf8), isLast: true)
            }
        }
    }

    /// Reports the totals: for people on standard error, since they are not a line about an action, and for programs as
    /// the last item of the list.
    func total(_ line: String, _ members: [(name: String, value: JSONText?)]) throws {
        guard !isQuiet else { return }
        guard !asJSON else { return try item(nil, members) { _ in } }
        state.withLock { state in
            clear(&state)
            printError(line)
        }
    }

    /// Ends the JSON list; nothing more is printed.
    func end() throws {
        let hasItems = state.withLock { state in
            clear(&state)
            state.hasEnded = true
            return state.hasItems
        }
        if asJSON, !isQuiet { try StandardOutput.shared.write(Array((hasItems ? "\n]\n" : "[]\n").utf8), isLast: true) }
    }

    // MARK: Progress

    /// Whether a bar is drawn; otherwise progress need not be counted.
    var showsProgress: Bool { bar != nil }

    func draw(_ totals: Progress.Totals) {
        guard let bar else { return }
        state.withLock { state in
            guard !state.hasEnded else { return }
            let text = "\r" + bar.text(totals) + "\u{1B}[K"
            // A terminal that is gone is no reason to stop.
            _ = write(STDERR_FILENO, text, text.utf8.count)
            state.isBarShown = true
        }
    }

    private func clear(_ state: inout State) {
        guard state.isBarShown else { return }
        state.isBarShown = false
        _ = write(STDERR_FILENO, "\r\u{1B}[K", 4)
    }
}
