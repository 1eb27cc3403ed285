/// A file's bytes, unpacked. Read by one task at a time.
final class InflatedFile: PackageFile, @unchecked Sendable {
    let information: FileInformation
    private let packed: any PackageFile
    // Its calls follow one another: a file is read by one task at a time.
    private let inflater: Inflater

    init(_ packed: any PackageFile, _ format: Inflater.Format) {
        self.packed = packed
        inflater = Inflater(format)
        // The place tells the size of what is packed.
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

/// The codings in which a place hands out a file, outermost last (RFC 9110 section 8.4).
struct ContentCodings {
    private let names: [String]

    /// - Parameter field: the value of `Content-Encoding`.
    init(_ field: String?) {
        let names = (field ?? "").split(separator: ",").map { name in
            name.trimming { $0 == " " || $0 == "\t" }.lowercased()
        }
        // Some services keep what frames an upload as if it were the object's.
        self.names = names.filter { !["", "identity", "aws-chunked"].contains($0) }
    }

    /// Whether a file is handed out as it is.
    var isEmpty: Bool { names.isEmpty }

    /// - Throws: ``SourceError/failed(_:)`` for codings that are not known.
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
    /// Without characters at both ends.
    func trimming(_ isDropped: (Character) -> Bool) -> SubSequence {
        var rest = self[...]
        while let first = rest.first, isDropped(first) { rest = rest.dropFirst() }
        while let last = rest.last, isDropped(last) { rest = rest.dropLast() }
        return rest
    }
}
