import CofferModel
import CofferTransfer
import Glibc

/// The entry point: finds the command, passes it the remaining words, and turns errors into a message and an exit code.
@main
enum Coffer {
    static func main() async {
        StandardStreams.reserve()
        do {
            let code = try await run(try words())
            try StandardStreams.finishPrinting()
            exit(code.rawValue)
        } catch let error as UsageError {
            let command = error.command.isEmpty ? "coffer" : "coffer \(error.command)"
            printError("coffer: \(printable("\(error)"))\nSee \(command) --help")
            exit(64)  // EX_USAGE of sysexits.h
        } catch let interruption as Interruption {
            printError("coffer: interrupted")
            exit(128 + interruption.signal)
        } catch is BrokenPipe {
            signal(SIGPIPE, SIG_DFL)
            raise(SIGPIPE)
        } catch {
            printError("coffer: " + printable("\(error)") + Advice.text(on: error))
            exit(1)
        }
    }

    /// Returns the words of the command line.
    ///
    /// - Throws: ``UsageError`` for a word that is not UTF-8; a repaired one would name something else.
    private static func words() throws -> [String] {
        try (1..<max(1, Int(CommandLine.argc))).map { index in
            guard let argument = CommandLine.unsafeArgv[index], let word = String(validatingCString: argument) else {
                throw UsageError(
                    "\(CommandLine.arguments[index]) is not UTF-8, as names of objects and files must be")
            }
            return word
        }
    }

    private static func run(_ words: [String]) async throws -> ExitCode {
        if words.first == Completion.name { return Completion(of: Commands.all).print(Array(words.dropFirst())) }
        let isHelp = words.prefix { $0 != "--" }.contains { $0 == "--help" || $0 == "-h" }
        let names = Array(words.prefix { !$0.hasPrefix("-") })
        switch (words.first, names.count) {
        case ("version", 1), ("--version", _): print("coffer \(Program.version)")
        case ("help", 2...): return try await run(Array(names.dropFirst()) + ["--help"])
        case (nil, _), ("help", _), ("--help", _), ("-h", _): print(help)
        case (_, 1) where isHelp && Commands.all.contains { $0.name.hasPrefix(names[0] + " ") }:
            print("Commands\n\(Commands.help(on: names[0]))\n\nAdd --help to a command to see its options.")
        default:
            let (command, rest) = try Commands.find(words)
            guard !isHelp else {
                print(command.help)
                return .success
            }
            let options = try Options(rest, of: command)
            guard command.isInterruptible else { return try await command.run(options) }
            return try await interruptible { try await command.run(options) }
        }
        return .success
    }

    private static var help: String {
        """
        coffer: an S3-compatible object store, and a client for any S3 service

        \(Commands.help)
          version, help

        Add --help to a command to see its options. Objects are written s3://BUCKET/KEY. On a server
        that 'coffer alias set' has saved, they are s3://ALIAS@BUCKET/KEY or ALIAS/BUCKET/KEY. Results
        go to standard output, as JSON with --json; errors, notes and totals go to standard error.

        Exit codes: 0 success; 1 failure, or partial failure; 3 the answer is no; 64 wrong command line;
        130, 143 and 129 ended by Ctrl-C, SIGTERM and the end of the terminal

        Examples
          coffer serve --ephemeral          start a server that forgets everything when it stops
          coffer serve --data ~/coffer      start one that keeps its data
          coffer alias set home http://127.0.0.1:9000 --access-key ID
          coffer sync --dry-run ./budgets s3://home@books/2026
        """
    }
}
