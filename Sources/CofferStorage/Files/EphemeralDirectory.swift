import CofferSystem
import Dispatch
import Glibc

/// Directories of stores that are removed when their process ends.
///
/// Each has a marker file, which is made first and removed last, and which the process keeps locked while it lives.
/// Another process removes a directory only if its marker is complete and unlocked: the text is written under the lock,
/// so such a marker was left behind by a process that was killed.
enum EphemeralDirectory {
    private static let prefix = "coffer."
    static let markerName = "coffer-ephemeral"
    private static let markerText = Array("Removed when the server that made this directory ends, or is gone.\n".utf8)

    /// Makes a directory in `TMPDIR`, or in `/tmp` if that is not set. Removes directories of killed processes in the
    /// background.
    ///
    /// - Returns: the path, and the marker, which is locked for as long as it is open.
    static func make(_ fileSystem: any FileSystem) throws(StorageError) -> (path: String, marker: any File) {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        DispatchQueue.global(qos: .utility).async { removeAbandoned(in: base, fileSystem) }
        return try make(in: base, fileSystem)
    }

    static func make(
        in base: String, _ fileSystem: any FileSystem
    ) throws(StorageError) -> (path: String, marker: any File) {
        let path = try attempt("make a temporary directory") { () throws(SystemError) in
            try fileSystem.makeUnique(prefix: "\(base)/\(prefix)") { path throws(SystemError) in
                try fileSystem.makeDirectory(path)
            }.path
        }
        let marker = try attempt("mark the temporary directory \(path)") { () throws(SystemError) in
            let marker = try fileSystem.openFile("\(path)/\(markerName)", for: .creating)
            // Another process looking for abandoned directories may hold the lock briefly, until it finds no text.
            try marker.lock(waits: true)
            try marker.append(markerText.span)
            return marker
        }
        return (path, marker)
    }

    /// Removes a directory with its contents, the marker last, so that another process can continue an interrupted
    /// removal. Anything that cannot be removed is left to the system's own clean-up.
    static func remove(_ path: String, _ fileSystem: any FileSystem) {
        for name in (try? fileSystem.names(in: path)) ?? [] where name != markerName {
            let child = "\(path)/\(name)"
            if (try? fileSystem.removeFile(child)) == nil { remove(child, fileSystem) }
        }
        try? fileSystem.removeFile("\(path)/\(markerName)")
        try? fileSystem.removeDirectory(path)
    }

    /// Makes a directory permanent, when it is opened as one. The caller holds its lock.
    static func keep(_ path: String, _ fileSystem: any FileSystem) {
        // There is a marker only in a directory that was temporary.
        try? fileSystem.removeFile("\(path)/\(markerName)")
    }

    static func removeAbandoned(in base: String, _ fileSystem: any FileSystem) {
        for name in (try? fileSystem.names(in: base)) ?? [] where name.hasPrefix(prefix) {
            // What cannot be examined, or is in use, stays.
            try? removeIfAbandoned("\(base)/\(name)", fileSystem)
        }
    }

    private static func removeIfAbandoned(_ path: String, _ fileSystem: any FileSystem) throws(SystemError) {
        let status = try fileSystem.status(of: path, followsLinks: false)
        guard status.kind == .directory, status.owner == geteuid(), status.rights & 0o077 == 0 else { return }
        let markerPath = "\(path)/\(markerName)"
        let marker = try fileSystem.openFile(markerPath, for: .updating)
        guard try lockIfComplete(marker) else { return }
        // A process that opened the directory to keep it holds this lock, and has removed the marker before it releases
        // it. A directory without this file was not opened yet.
        let lock = try? fileSystem.openFile("\(path)/\(DataDirectory.lockName)", for: .updating)
        try lock?.lock(waits: false)
        guard fileSystem.byteCount(ofFile: markerPath) != nil else { return }
        withExtendedLifetime((marker, lock)) { remove(path, fileSystem) }
    }

    /// - Returns: whether the file is a complete marker of this user, whose lock was free and is held now.
    private static func lockIfComplete(_ marker: any File) throws(SystemError) -> Bool {
        let status = try marker.status
        guard status.kind == .file, status.owner == geteuid() else { return false }
        try marker.lock(waits: false)
        return try marker.read(upTo: markerText.count + 1) == markerText
    }
}
