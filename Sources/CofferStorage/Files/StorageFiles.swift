package import CofferSystem

/// Runs a file call.
///
/// - Parameter action: what cannot be done if it fails, such as `open segment 1`.
func attempt<Value>(
    _ action: @autoclosure () -> String, _ call: () throws(SystemError) -> Value
) throws(StorageError) -> Value {
    do throws(SystemError) {
        return try call()
    } catch {
        throw StorageError.system(error.number, action())
    }
}

extension FileSystem {
    /// Makes a directory that only its owner may enter, and its parents, unless they exist.
    ///
    /// - Parameter syncs: whether the directories made here survive a loss of power.
    func makeDirectories(_ path: String, syncs: Bool = false) throws(StorageError) {
        if try makeOneDirectory(path, syncs: syncs) { return }
        try makeDirectories(parentDirectory(of: path), syncs: syncs)
        guard try makeOneDirectory(path, syncs: syncs) else {
            throw StorageError.failed("cannot make the directory \(path): it was removed meanwhile")
        }
    }

    /// - Returns: false if the parent directory does not exist.
    private func makeOneDirectory(_ path: String, syncs: Bool) throws(StorageError) -> Bool {
        let parent = parentDirectory(of: path)
        do throws(SystemError) {
            try makeDirectory(path)
        } catch {
            if error.isExisting { return true }
            if error.isNotFound, parent != path { return false }
            throw StorageError.system(error.number, "make the directory \(path)")
        }
        if syncs { try syncEntries(of: parent) }
        return true
    }

    /// Makes a file that only its owner may access, and removes the permissions of others from an existing one.
    func makePrivateFile(_ path: String) throws(StorageError) {
        let file = try attempt("open \(path)") { () throws(SystemError) in try openFile(path, for: .making) }
        try attempt("restrict the permissions of \(path)") { () throws(SystemError) in try file.setRights(0o600) }
    }

    /// Makes the entries of a directory survive a loss of power.
    func syncEntries(of directory: String) throws(StorageError) {
        try attempt("sync a directory") { () throws(SystemError) in try syncDirectory(directory) }
    }

    /// Returns the names in a directory.
    ///
    /// - Parameter mayBeMissing: whether a directory that does not exist is treated as empty.
    package func entries(of directory: String, mayBeMissing: Bool = false) throws(StorageError) -> [String] {
        do throws(SystemError) {
            return try names(in: directory)
        } catch {
            if mayBeMissing, error.isNotFound { return [] }
            throw StorageError.system(error.number, "read a directory")
        }
    }

    /// Removes a file unless it does not exist.
    func removeFileIfPresent(_ path: String) throws(SystemError) {
        do throws(SystemError) {
            try removeFile(path)
        } catch {
            guard error.isNotFound else { throw error }
        }
    }

    /// Returns the space of the disk that holds a file, or on which it is to be made; nil if the system does not report
    /// it.
    func space(for path: String) -> DiskSpace? {
        // Without a report the disk counts as large, and writing shows whether it is full.
        (try? space(at: path)) ?? (try? space(at: parentDirectory(of: path)))
    }
}
