import CofferClient
import CofferModel
import Glibc

/// The entry point: finds the command, passes it the remaining words, and turns errors into a message and an exit code.
@main
enum Coffer {
    static let version = "0.1.0"

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
            printError("coffer: " + printable("\(error)") + advice(on: error))
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
                    "\(CommandLine.arguments[index]) is not UTF-8, which names of objects and files must be",
                    command: "")
            }
            return word
        }
    }

    /// Returns advice on an error, if it is the same for all commands.
    private static func advice(on error: any Error) -> String {
        switch (error as? StoreError)?.error ?? error {
        case is ConfigurationError: keyAdvice
        case let error as S3Error where ["InvalidAccessKeyId", "SignatureDoesNotMatch"].contains(error.code.name):
            keyAdvice
        case let error as TransportError where error.kind == .cannotConnect:
            "\nIs a server running there? 'coffer serve' starts one; --endpoint and --alias choose another"
        case let error as TransportError where error.kind == .untrusted:
            environment("AWS_CA_BUNDLE").map {
                "\nAWS_CA_BUNDLE names \(printable($0)) as the file of trusted authorities"
            }
                ?? "\nTo trust an authority of your own, set AWS_CA_BUNDLE=FILE"
        default: ""
        }
    }

    private static let keyAdvice = """

        Keys come from 'coffer alias set' and --alias, or from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY;
        --no-sign-request makes anonymous requests
        """

    private static func run(_ words: [String]) async throws -> ExitCode {
        let isHelp = words.prefix { $0 != "--" }.contains { $0 == "--help" || $0 == "-h" }
        let names = Array(words.prefix { !$0.hasPrefix("-") })
        switch (words.first, names.count) {
        case ("version", 1), ("--version", _): print("coffer \(version)")
        case ("help", 2...): return try await run(Array(names.dropFirst()) + ["--help"])
        case (nil, _), ("help", _), ("--help", _), ("-h", _): print(help)
        case (_, 1) where isHelp && Commands.all.contains { $0.name.hasPrefix(names[0] + " ") }:
            print("Commands\n\(Commands.help(on: names[0]))\n\n'--help' after a command shows its options.")
        default:
            let (command, rest) = try Commands.find(words)
            guard !isHelp else {
                print(command.help)
                return .success
            }
            return try await command.run(Options(rest, of: command))
        }
        return .success
    }

    private static var help: String {
        """
        coffer: an S3-compatible object store, and a client of any

        \(Commands.help)
          version, help

        '--help' after a command shows its options. Objects are s3://BUCKET/KEY, or s3://ALIAS@BUCKET/KEY or
        ALIAS/BUCKET/KEY where 'coffer alias set' has given a server a name. Results go to standard output, as JSON with
        --json; errors, notes and totals go to standard error.

        Exit codes: 0 done; 1 failed, or failed in part; 3 the answer is no; 64 wrong command line; 130, 143 and 129
        ended by Ctrl-C, SIGTERM, and the end of the terminal

        Try
          coffer serve --ephemeral          a server that forgets everything when it stops
          coffer serve --data ~/coffer      one that keeps it
          coffer alias set home http://127.0.0.1:9000 --access-key ID
          coffer sync --dry-run ./budgets s3://home@books/2026
        """
    }
}

func printError(_ message: String) {
    // There is no place to report that standard error is closed.
    _ = write(STDERR_FILENO, message + "\n", message.utf8.count + 1)
}

/// An error in the words of a command.
struct UsageError: Error, CustomStringConvertible {
    let description: String
    let command: String

    init(_ description: String, command: String) {
        self.description = description
        self.command = command
    }
}

/// The reason why a command failed.
struct CommandError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
