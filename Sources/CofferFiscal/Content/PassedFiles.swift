/// A file whose stored bytes are also recorded for a second reader. Read by one task at a time.
final class TappedFile: PackageFile, @unchecked Sendable {
    let information: FileInformation
    private let file: any PackageFile
    // Calls never overlap: a file is read by one task at a time.
    private var pieces: [[UInt8]] = []

    init(_ file: any PackageFile) {
        self.file = file
        information = file.information
    }

    func next() async throws(SourceError) -> [UInt8]? {
        let piece = try await file.next()
        if let piece { pieces.append(piece) }
        return piece
    }

    /// Returns the bytes read since the last call.
    func drain() -> [[UInt8]] {
        defer { pieces = [] }
        return pieces
    }
}

/// A file whose first bytes were read ahead. Read by one task at a time.
final class PeekedFile: PackageFile, @unchecked Sendable {
    let information: FileInformation
    /// The first bytes: at least ``FileKind/byteCount`` of them, unless the file is shorter.
    let start: [UInt8]
    private let file: any PackageFile
    // Calls never overlap: a file is read by one task at a time.
    private var isStartTaken = false

    init(_ file: any PackageFile) async throws(SourceError) {
        var start: [UInt8] = []
        while start.count < FileKind.byteCount, let piece = try await file.next() {
            start = start.isEmpty ? piece : start + piece
        }
        self.start = start
        self.file = file
        information = file.information
    }

    func next() async throws(SourceError) -> [UInt8]? {
        if !isStartTaken {
            isStartTaken = true
            if !start.isEmpty { return start }
        }
        return try await file.next()
    }
}

/// An in-memory text as a file. Read by one task at a time.
final class TextFile: PackageFile, @unchecked Sendable {
    let information = FileInformation(byteCount: nil, etag: nil)
    // Calls never overlap: a file is read by one task at a time.
    private var text: [UInt8]?

    init(_ text: [UInt8]) { self.text = text.isEmpty ? nil : text }

    func next() async throws(SourceError) -> [UInt8]? { text.take() }
}
