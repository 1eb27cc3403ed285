import Glibc

/// The command line: finds the command, hands it the rest, and turns what it throws into a message and an exit code.
@main
enum Coffer {
    static let version = "0.1.0"

    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            try await run(arguments)
        } catch let error as UsageError {
            printError("coffer: \(error)\nSee coffer \(error.command) --help")
            exit(64)  // EX_USAGE of sysexits.h
        } catch {
            printError("coffer: \(error)")
            exit(1)
        }
    }

    private static func run(_ arguments: [String]) async throws {
        switch arguments.first {
        case "explain": exit(try ExplainCommand.run(Array(arguments.dropFirst())).rawValue)
        case "serve": try await ServeCommand.run(Array(arguments.dropFirst()))
        case "version", "--version": print("coffer \(version)")
        case nil, "help", "--help", "-h": print(help)
        case let name?:
            throw UsageError("there is no command \(name); there are serve, explain, version and help", command: "")
        }
    }

    private static let help = """
        coffer: an S3-compatible object store

        Commands
          serve      run the server; 'coffer serve --help' tells of its options
          explain    tell whether policies allow a request, and why
          version    print the version
          help       print this

        Try
          coffer serve --ephemeral          a server that forgets everything when it stops
          coffer serve --data ~/coffer      one that keeps it
        """
}

func printError(_ message: String) {
    // There is no place to tell that standard error is closed.
    _ = write(STDERR_FILENO, message + "\n", message.utf8.count + 1)
}

/// What was wrong with the words of a command.
struct UsageError: Error, CustomStringConvertible {
    let description: String
    let command: String

    init(_ description: String, command: String) {
        self.description = description
        self.command = command
    }
}
