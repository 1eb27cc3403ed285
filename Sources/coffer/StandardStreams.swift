import Glibc

/// The three descriptors that every process is to have, and what `print` wrote.
enum StandardStreams {
    /// Keeps the numbers of streams that are closed from files and connections, which would get what is meant for the
    /// streams. What is read or written there fails, as it does with closed ones.
    static func reserve() {
        for (descriptor, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
        where fcntl(descriptor, F_GETFD) < 0 {
            // It gets the lowest number that is free, which is this one.
            _ = open("/dev/null", mode)
        }
    }

    /// Writes out what `print` has kept.
    ///
    /// - Throws: ``BrokenPipe``, or what the system says: what was to be told is lost.
    static func finishPrinting() throws {
        guard fflush(nil) != 0 else { return }
        throw StandardOutput.error()
    }
}
