import CofferClient
import CofferModel
import CofferTransfer
import Glibc
import Synchronization

/// The output of a command that performs many actions: a line on standard output for each finished action, failures on
/// standard error, and a progress bar if standard error is a terminal.
final class Console: Sendable {
    typealias Members = [(name: String, value: JSONText?)]

    private let asJSON: Bool
    private let isQuiet: Bool
    let isDryRun: Bool
    private let bar: ProgressBar?
    private let state = Mutex(State())

    private struct State {
        var hasItems = false
        var isBarShown = false
        var hasEnded = false
    }

    init(_ options: Options) {
        asJSON = options.wantsJSON
        isQuiet = options.isGiven("quiet")
        isDryRun = options.isGiven("dry-run")
        let mayShow = !isQuiet && !options.isGiven("no-progress") && isatty(STDERR_FILENO) == 1
        bar = mayShow ? ProgressBar() : nil
    }

    // MARK: Lines

    /// Reports an action that is done or, in a dry run, would be.
    func done(_ line: String, _ members: Members) throws {
        try isDryRun ? item("(dry run) " + line, members + [("DryRun", .bool(true))]) : item(line, members)
    }

    func failed(_ what: String, _ members: Members, _ error: any Error) throws {
        let reason = printable("\(error)\(error is TransferError ? Advice.text(on: error) : "")")
        try item(nil, members + [("Error", .string(reason))])
        note("failed: \(what): \(reason)")
    }

    /// Writes a note for people to standard error.
    func note(_ text: String) {
        state.withLock { state in
            clear(&state)
            printError("coffer: \(text)")
        }
    }

    private func item(_ line: String?, _ members: Members) throws {
        try state.withLock { state in
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
    func total(_ line: String, _ members: Members) throws {
        guard !isQuiet else { return }
        guard !asJSON else { return try item(nil, members) }
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

    /// Whether a bar is drawn.
    var showsProgress: Bool { bar != nil }

    func show(_ totals: Progress.Totals) {
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
