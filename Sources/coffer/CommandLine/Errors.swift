import Glibc

/// An error in the words of a command.
struct UsageError: Error, CustomStringConvertible {
    let description: String
    let command: String

    /// - Parameter command: the command whose help explains more; empty for the program's help.
    init(_ description: String, command: String = "") {
        self.description = description
        self.command = command
    }
}

/// The reason why a command failed.
struct CommandError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Writes a line to standard error.
func printError(_ message: String) {
    // There is no place to report that standard error is closed.
    _ = write(STDERR_FILENO, message + "\n", message.utf8.count + 1)
}
