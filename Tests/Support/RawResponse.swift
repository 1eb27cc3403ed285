import Foundation

/// An answer as it came.
package struct RawResponse: Sendable {
    package let status: Int
    package let reason: String
    package let fields: [(name: String, value: String)]
    package var body: [UInt8] = []

    package init(head: String) throws {
        let lines = head.split(separator: "\r\n")
        let words = (lines.first ?? "").split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0] == "HTTP/1.1", let status = Int(words[1]) else {
            throw RawConnection.Failure.malformed(head)
        }
        self.status = status
        reason = words.count > 2 ? String(words[2]) : ""
        fields = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (parts[0].lowercased(), parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : "")
        }
    }

    /// The first value of a field, whose name is given in lower case.
    package subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    package var text: String { String(decoding: body, as: UTF8.self) }
}
