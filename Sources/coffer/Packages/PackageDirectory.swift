import CofferClient
import CofferFiscal
import CofferSystem
import Glibc

/// A local directory in which packages are made and searched for.
struct PackageDirectory {
    let path: String

    /// The depth of the deepest directory and the number of files that are searched.
    private static let depth = 8
    private static let fileCount = 100_000

    init(_ path: String) { self.path = path }

    /// The directory's name: the last part of its absolute path.
    var name: String {
        guard let absolutePath else { return path }
        return absolutePath.split(separator: "/").last.map(String.init) ?? "package"
    }

    /// The absolute path without links; nil if nothing exists there.
    var absolutePath: String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Returns the CSV and TSV files below it, in the order of their paths.
    func tables() throws -> [PackagePath] {
        try files().filter { path in
            [".csv", ".tsv", ".csv.gz", ".tsv.gz"].contains { path.description.lowercased().hasSuffix($0) }
        }
    }

    /// Returns all files below it that a package may have, without hidden files and links.
    func files() throws -> [PackagePath] {
        var found: [PackagePath] = []
        try collect("", depth: 0, &found)
        return found.sorted { $0.description < $1.description }
    }

    private func collect(_ below: String, depth: Int, _ found: inout [PackagePath]) throws {
        guard depth <= Self.depth else { return }
        for name in try entries(below) where !name.hasPrefix(".") {
            let child = below.isEmpty ? name : "\(below)/\(name)"
            var status = stat()
            guard lstat("\(path)/\(child)", &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: try collect(child, depth: depth + 1, &found)
            case S_IFREG:
                // A file whose name cannot be in a package path, such as one with a backslash, is not part of a
                // package.
                if let path = try? PackagePath(child) { found.append(path) }
            default: break
            }
            guard found.count <= Self.fileCount else { throw CommandError("\(path) has too many files") }
        }
    }

    private func entries(_ below: String) throws -> [String] {
        guard let directory = opendir("\(path)/\(below)") else {
            throw CommandError("cannot read the directory \(path): \(String(cString: strerror(errno)))")
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            names.append(
                withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
        }
        return names
    }

    private var file: String { "\(path)/\(PackagePath.descriptor)" }

    func requireNoDescriptor() throws {
        for descriptor in PackagePath.descriptors {
            var status = stat()
            guard lstat("\(path)/\(descriptor)", &status) == 0 else { continue }
            let advice = descriptor == .descriptor ? ": use --refresh to update it" : ""
            throw CommandError("\(path)/\(descriptor) already exists and was not changed\(advice)")
        }
    }

    /// Writes `datapackage.json`, unless a descriptor already exists.
    func writeDescriptor(_ text: String) throws {
        try requireNoDescriptor()
        do throws(SystemError) {
            let draft = try FileDraft(of: file, rights: 0o644 & ~Self.mask)
            try draft.write(Array(text.utf8))
            try draft.create()
        } catch {
            throw FileError(file, "cannot write it: \(error)")
        }
    }

    /// Replaces the existing `datapackage.json`, completely or not at all.
    ///
    /// - Parameter original: the expected content of the file; if the file has changed since it was read, it is kept.
    func replaceDescriptor(_ original: [UInt8], with text: String) throws {
        var status = stat()
        guard stat(file, &status) == 0 else { throw FileError(file, cannot: "write") }
        do {
            let draft = try FileDraft(of: file, rights: status.st_mode & 0o7777)
            try draft.write(Array(text.utf8))
            guard try bytes(ofFile: file, upTo: 8) == original else {
                throw CommandError("\(file) was changed while its tables were read, and was not written: try again")
            }
            try draft.replace()
        } catch let error as SystemError {
            throw FileError(file, "cannot write it: \(error)")
        }
    }

    /// The umask of the process: the permissions that new files do not get.
    private static var mask: mode_t {
        let mask = umask(0o077)
        umask(mask)
        return mask
    }
}
