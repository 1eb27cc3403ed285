import Glibc

/// A regular file's size in bytes; nil if there is none.
package func fileSize(_ path: String) -> Int64? {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? Int64(status.st_size) : nil
}

/// Makes a directory that only its owner may enter, and those above it, where they do not exist.
func makeDirectory(_ path: String) throws(StorageError) {
    if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
        throw StorageError.system(errno, "make the directory \(path)")
    }
    try makeDirectory(String(path[..<slash]))
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
        throw StorageError.system(errno, "make the directory \(path)")
    }
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
package func directoryEntries(_ path: String) throws(StorageError) -> [String] {
    guard let directory = opendir(path) else { throw StorageError.system(errno, "read a directory") }
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
