import CofferCrypto
import CofferModel
import CofferStorage
import CofferSystem
import Glibc

/// The files of a data package in a directory, to be stored below a prefix.
struct PackageFiles: Sendable {
    private let directory: String

    init(_ directory: String) { self.directory = directory }

    /// Stores the files that are missing or have changed. The descriptor is stored last, so that a reader who finds it
    /// also finds the files that it names.
    ///
    /// - Throws: also if the task is cancelled, in which case the files stored so far remain.
    func publish(to bucket: Bucket, prefix: String, owner: String, _ store: ObjectStore) async throws(StorageError) {
        let paths = try files(below: "").sorted {
            ($0 == "datapackage.json" ? 1 : 0, $0) < ($1 == "datapackage.json" ? 1 : 0, $1)
        }
        for path in paths {
            let key = ObjectKey(unchecked: Array("\(prefix)/\(path)".utf8))
            let known = try await store.object(key, in: bucket)?.etag
            if let known, try read(path, into: nil) == known { continue }
            let body = try store.makeBody()
            let etag = try read(path, into: body)
            _ = try await store.put(
                body, as: key, in: bucket, etag: etag,
                attributes: ObjectAttributes(fields: [("content-type", Self.contentType(path))]), owner: owner)
        }
    }

    private func files(below path: String) throws(StorageError) -> [String] {
        let fileSystem = PosixFileSystem()
        var found: [String] = []
        for name in try fileSystem.entries(of: "\(directory)/\(path)") where !name.hasPrefix(".") {
            let child = path.isEmpty ? name : "\(path)/\(name)"
            if fileSystem.byteCount(ofFile: "\(directory)/\(child)") == nil {
                found += try files(below: child)
            } else {
                found.append(child)
            }
        }
        return found
    }

    /// - Parameter body: receives the bytes; nil if only their ETag is needed.
    private func read(_ path: String, into body: IncomingBody?) throws(StorageError) -> ETag {
        guard let file = fopen("\(directory)/\(path)", "re") else {
            throw StorageError.failed("cannot read \(directory)/\(path): \(String(cString: strerror(errno)))")
        }
        defer { fclose(file) }
        var md5 = Digest(.md5)
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            guard !Task.isCancelled else { throw StorageError.failed("the start was cancelled") }
            let count = fread(&buffer, 1, buffer.count, file)
            guard count > 0 else { break }
            let bytes = buffer.span.extracting(0..<count)
            md5.update(bytes)
            try body?.append(bytes)
        }
        guard ferror(file) == 0 else { throw StorageError.failed("cannot read \(directory)/\(path)") }
        return ETag(hex(md5.finalize()))
    }

    private static func contentType(_ path: String) -> String {
        if path.hasSuffix(".json") { return "application/json" }
        if path.hasSuffix(".csv") { return "text/csv" }
        if path.hasSuffix(".md") || path.hasSuffix(".txt") { return "text/plain; charset=utf-8" }
        return "application/octet-stream"
    }
}
