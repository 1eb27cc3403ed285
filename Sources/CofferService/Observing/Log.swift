import CofferModel
package import CofferSystem
import Glibc

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
    }

    /// Writes a message about normal operation.
    public func info(_ message: String) { write(.info, message) }
    /// Writes a message about something that the operator should look at.
    public func warning(_ message: String) { write(.warning, message) }
    /// Writes a message about something that failed.
    public func error(_ message: String) { write(.error, message) }

    /// Writes a request's line, unless the level is above `info`.
    func access(_ record: AccessRecord) {
        guard level <= .info else { return }
        write(format == .json ? record.json : record.text)
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

    /// Writes a line with a single system call, so that lines of different threads do not mix. A failure is ignored,
    /// since there is nowhere to report it.
    private func write(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = systemWrite(file?.descriptor ?? STDERR_FILENO, bytes, bytes.count)
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: [UInt8], _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
