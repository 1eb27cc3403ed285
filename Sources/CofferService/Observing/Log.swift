import CofferModel
package import CofferSystem
private import Glibc

/// The server's log: one line, or one JSON object, per event, on standard error or in a file.
public struct Log: Sendable {
    /// How serious an event is; a log writes events of its level and above.
    public enum Level: String, Sendable, CaseIterable, Comparable {
        /// Normal operation, including a line for each request.
        case info
        /// Something that the operator should look at.
        case warning
        /// Something that failed.
        case error
        /// As a log's level: nothing is written.
        case none

        /// Whether one level is less serious than another.
        public static func < (left: Level, right: Level) -> Bool {
            left.severity < right.severity
        }

        private var severity: Int {
            switch self {
            case .info: 0
            case .warning: 1
            case .error: 2
            case .none: 3
            }
        }
    }

    /// The form of a line.
    public enum Format: String, Sendable, CaseIterable {
        /// Words and fields, separated by spaces.
        case text
        /// A JSON object.
        case json
    }

    private let level: Level
    /// The system clock, until the service sets its own.
    package var clock = ServiceClock.system
    private let format: Format
    /// nil for standard error.
    public let file: LogFile?
    private let output: LogOutput

    /// Creates a log.
    ///
    /// - Parameters:
    ///   - level: the lowest level that is written; requests are written at `info`.
    ///   - format: the form of each line.
    ///   - file: the file to append to; nil for standard error.
    public init(level: Level, format: Format, file: LogFile? = nil) {
        self.level = level
        self.format = format
        self.file = file
        output = LogOutput(descriptor: file?.descriptor ?? STDERR_FILENO)
    }

    /// Writes a message about normal operation.
    public func info(_ message: String) { write(.info, message) }
    /// Writes a message about something that the operator should look at.
    public func warning(_ message: String) { write(.warning, message) }
    /// Writes a message about something that failed.
    public func error(_ message: String) { write(.error, message) }

    /// Writes the requests' lines that are held: under load, they are written with a delay of up to 10 ms.
    public func flush() { output.flush() }

    /// Continues in the file that is now at the log's path, which is a new one if the old file was renamed. Does
    /// nothing if the log is not in a file.
    ///
    /// - Throws: ``ServerError`` if it cannot be opened; the log then continues in the old file.
    public func reopen() throws(ServerError) {
        flush()
        try file?.reopen()
    }

    /// Writes a request's line, unless the level is above `info`.
    func access(_ record: AccessRecord) {
        guard level <= .info else { return }
        output.append(format == .json ? Array((record.json + "\n").utf8) : record.line)
    }

    private func write(_ level: Level, _ message: String) {
        guard level >= self.level else { return }
        let time = clock.time.iso8601
        switch format {
        case .text: write("\(time) \(level.rawValue) \(message)")
        case .json:
            write(
                JSONText.object([
                    ("time", .string(time)), ("level", .string(level.rawValue)), ("message", .string(message)),
                ]).text)
        }
    }

    private func write(_ line: String) { output.write(Array((line + "\n").utf8)) }
}
