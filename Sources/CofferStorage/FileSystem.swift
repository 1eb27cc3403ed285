import Glibc

/// Returns a regular file's size in bytes; nil if the file does not exist.
package func fileSize(_ path: String) -> Int64? {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? Int64(status.st_size) : nil
}

/// Makes a directory that only its owner may enter, and its parents, unless they exist.
///
/// - Parameter syncs: whether the directories made here survive a loss of power.
func makeDirectory(_ path: String, syncs: Bool = false) throws(StorageError) {
    if try makeOneDirectory(path, syncs: syncs) { return }
    try makeDirectory(parentDirectory(path), syncs: syncs)
    guard try makeOneDirectory(path, syncs: syncs) else {
        throw StorageError.system(ENOENT, "make the directory \(path)")
    }
}

/// - Returns: false if the parent directory does not exist.
private func makeOneDirectory(_ path: String, syncs: Bool) throws(StorageError) -> Bool {
    guard mkdir(path, 0o700) == 0 else {
        guard errno == EEXIST || errno == ENOENT && parentDirectory(path) != path else {
            throw StorageError.system(errno, "make the directory \(path)")
        }
        return errno == EEXIST
    }
    if syncs { try syncDirectory(parentDirectory(path)) }
    return true
}

/// Returns `.` for a bare name, and `/` for an entry of the root directory.
private func parentDirectory(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// Makes a file that only its owner may access, and removes the permissions of others from an existing one.
func makePrivateFile(_ path: String) throws(StorageError) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw StorageError.system(errno, "open \(path)") }
    defer { close(descriptor) }
    guard fchmod(descriptor, 0o600) == 0 else { throw StorageError.system(errno, "restrict access to \(path)") }
}

/// Makes the entries of a directory survive a loss of power.
func syncDirectory(_ path: String) throws(StorageError) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw StorageError.system(errno, "open a directory") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw StorageError.system(errno, "sync a directory") }
}

/// Returns the names in a directory, without `.` and `..`.
///
/// - Parameter mayBeMissing: whether a directory that does not exist is treated as empty.
package func directoryEntries(_ path: String, mayBeMissing: Bool = false) throws(StorageError) -> [String] {
    guard let directory = opendir(path) else {
        if mayBeMissing, errno == ENOENT { return [] }
        throw StorageError.system(errno, "read a directory")
    }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name != ".", name != ".." { names.append(name) }
    }
    return names
}

/// Returns whether a path is a directory; false for symbolic links.
func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}
