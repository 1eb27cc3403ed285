import Glibc

/// A regular file's size in bytes; nil if there is none.
package func fileSize(_ path: String) -> Int64? {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? Int64(status.st_size) : nil
}

/// Makes a directory that only its owner may enter, and those above it, where they do not exist.
///
/// - Parameter syncs: whether those that are made survive a loss of power.
func makeDirectory(_ path: String, syncs: Bool = false) throws(StorageError) {
    if try makeOneDirectory(path, syncs: syncs) { return }
    try makeDirectory(parentDirectory(path), syncs: syncs)
    guard try makeOneDirectory(path, syncs: syncs) else {
        throw StorageError.system(ENOENT, "make the directory \(path)")
    }
}

/// - Returns: false if the directory above it does not exist.
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

/// `.` for a name alone, `/` for what is directly below it.
private func parentDirectory(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// Makes a file that only its owner may read, where there is none, and takes the rights of others from one that is.
func makePrivateFile(_ path: String) throws(StorageError) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw StorageError.system(errno, "open \(path)") }
    defer { close(descriptor) }
    guard fchmod(descriptor, 0o600) == 0 else { throw StorageError.system(errno, "take rights from \(path)") }
}

/// Makes the entries of a directory survive a loss of power.
func syncDirectory(_ path: String) throws(StorageError) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw StorageError.system(errno, "open a directory") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw StorageError.system(errno, "sync a directory") }
}

/// The names in a directory, without `.` and `..`.
///
/// - Parameter mayBeMissing: whether a directory that is not there is one without names.
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

/// Symbolic links are none.
func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}
