import Glibc

/// The three standard descriptors of the process, and the buffer of `print`.
enum StandardStreams {
    /// Reserves the descriptors of standard streams that are closed. Otherwise a file or connection would get such a
    /// descriptor, and the data meant for the stream. Reading and writing fails there, as it does with closed streams.
    static func reserve() {
        for (descriptor, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
        where fcntl(descriptor, F_GETFD) < 0 {
            // `open` returns the lowest free descriptor, which is this one.
            _ = open("/dev/null", mode)
        }
    }

    /// Writes out what `print` has buffered.
    ///
    /// - Throws: ``BrokenPipe``, or the system's error: output has been lost.
    static func finishPrinting() throws {
        guard fflush(nil) != 0 else { return }
        throw StandardOutput.error()
    }
}
