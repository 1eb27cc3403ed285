/// A file that is unpacked while it is read. Read by one task at a time.
final class InflatedFile: PackageFile, @unchecked Sendable {
    let information: FileInformation
    private let packed: any PackageFile
    // Calls never overlap: a file is read by one task at a time.
    private let inflater: Inflater

    init(_ packed: any PackageFile, _ format: Inflater.Format) {
        self.packed = packed
        inflater = Inflater(format)
        // The source reports the packed size, so the unpacked size is unknown.
        information = FileInformation(byteCount: nil, etag: packed.information.etag, isDecoded: true)
    }

    func next() async throws(SourceError) -> [UInt8]? {
        while true {
            if let piece = try inflater.next() { return piece }
            guard let bytes = try await packed.next() else {
                try inflater.finish()
                return nil
            }
            guard !inflater.isAtEnd else { throw .damaged("something else follows what is packed in it") }
            inflater.append(bytes)
        }
    }
}

/// The content codings with which a source serves a file, outermost last (RFC 9110 section 8.4).
struct ContentCodings {
    private let names: [String]

    /// - Parameter field: the value of `Content-Encoding`.
    init(_ field: String?) {
        let names = (field ?? "").split(separator: ",").map { name in
            name.trimming { $0 == " " || $0 == "\t" }.lowercased()
        }
        // Some services store the framing of an upload as if it were the object's encoding.
        self.names = names.filter { !["", "identity", "aws-chunked"].contains($0) }
    }

    /// Whether a file is served without an encoding.
    var isEmpty: Bool { names.isEmpty }

    /// - Throws: ``SourceError/failed(_:)`` for unknown codings.
    func decoded(_ file: any PackageFile) throws(SourceError) -> any PackageFile {
        guard names.count <= UnpackingLimits.layerCount else { throw .failed("it has too many content encodings") }
        var file = file
        for name in names.reversed() {
            switch name {
            case "gzip", "x-gzip": file = InflatedFile(file, .gzip)
            case "deflate": file = InflatedFile(file, .deflate)
            default: throw .failed("it is stored with the content encoding \(quoted(name)), which is not known here")
            }
        }
        return file
    }
}

extension StringProtocol {
    /// Returns the text without such characters at both ends.
    func trimming(_ isDropped: (Character) -> Bool) -> SubSequence {
        var rest = self[...]
        while let first = rest.first, isDropped(first) { rest = rest.dropFirst() }
        while let last = rest.last, isDropped(last) { rest = rest.dropLast() }
        return rest
    }
}
