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
        guard names.count <= UnpackingLimits.layerCount else {
            throw .failed("it has more than \(UnpackingLimits.layerCount) content encodings")
        }
        var file = file
        for name in names.reversed() {
            switch name {
            case "gzip", "x-gzip": file = InflatedFile(file, .gzip)
            case "deflate": file = InflatedFile(file, .deflate)
            default: throw .failed("its content encoding \(quoted(name)) is not supported; allowed: gzip, deflate")
            }
        }
        return file
    }
}
