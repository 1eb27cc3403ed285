import CofferModel

/// A writer of items as they are found: one line each, or one JSON list with an item on each line.
///
/// Nothing is kept in memory, so the list may be long. ``end()`` closes it.
final class ItemWriter {
    private let asJSON: Bool
    private var hasItems = false

    init(_ options: Options) { asJSON = options.wantsJSON }

    /// - Parameters:
    ///   - line: evaluated only if lines are wanted; nil writes none.
    ///   - members: the item in JSON.
    func write(_ line: @autoclosure () -> String?, _ members: @autoclosure () -> [(String, JSONText)]) throws {
        if asJSON {
            let text = JSONText.object(members().map { (name: $0.0, value: $0.1) }).text
            try StandardOutput.shared.write(Array(((hasItems ? ",\n" : "[\n") + text).utf8), isLast: false)
        } else if let line = line() {
            try StandardOutput.shared.write(Array((line + "\n").utf8), isLast: false)
        }
        hasItems = true
    }

    func end() throws {
        if asJSON { try StandardOutput.shared.write(Array((hasItems ? "\n]\n" : "[]\n").utf8), isLast: false) }
        try StandardOutput.shared.flush()
    }
}
