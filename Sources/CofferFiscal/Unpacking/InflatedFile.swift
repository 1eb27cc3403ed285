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
            guard !inflater.isAtEnd else { throw .damaged("other data follows the compressed data") }
            inflater.append(bytes)
        }
    }
}
