package import CofferSystem
import Glibc

/// The files of a simulated disk, some of whose syncs do nothing: as for a program that forgets them.
package struct ForgetfulFiles: FileSystem {
    private let disk: SimulatedDisk
    private let forgotten: Sync

    package enum Sync: Sendable, CaseIterable {
        case contents
        case directories
    }

    package init(_ disk: SimulatedDisk, forgetting sync: Sync) {
        self.disk = disk
        forgotten = sync
    }

    package var sqliteVFSName: String? { disk.sqliteVFSName }

    package func openFile(_ path: String, for purpose: FilePurpose) throws(SystemError) -> any File {
        let file = try disk.openFile(path, for: purpose)
        return forgotten == .contents ? ForgetfulFile(file) : file
    }

    package func syncDirectory(_ path: String) throws(SystemError) {
        if forgotten != .directories { try disk.syncDirectory(path) }
    }

    package func move(_ path: String, to newPath: String) throws(SystemError) { try disk.move(path, to: newPath) }
    package func link(_ path: String, as newPath: String) throws(SystemError) { try disk.link(path, as: newPath) }
    package func removeFile(_ path: String) throws(SystemError) { try disk.removeFile(path) }
    package func makeDirectory(_ path: String) throws(SystemError) { try disk.makeDirectory(path) }
    package func removeDirectory(_ path: String) throws(SystemError) { try disk.removeDirectory(path) }
    package func names(in directory: String) throws(SystemError) -> [String] { try disk.names(in: directory) }
    package func space(at path: String) throws(SystemError) -> DiskSpace { try disk.space(at: path) }
    package func status(of path: String, followsLinks: Bool) throws(SystemError) -> FileStatus {
        try disk.status(of: path, followsLinks: followsLinks)
    }
}

private final class ForgetfulFile: File {
    private let file: any File

    init(_ file: any File) { self.file = file }

    func syncData() {}
    func syncAll() {}

    var status: FileStatus { get throws(SystemError) { try file.status } }
    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        try file.read(at: offset, into: buffer)
    }
    func append(_ bytes: Span<UInt8>) throws(SystemError) { try file.append(bytes) }
    func resize(to byteCount: Int64) throws(SystemError) { try file.resize(to: byteCount) }
    func allocate(_ byteCount: Int64) throws(SystemError) { try file.allocate(byteCount) }
    func setRights(_ rights: mode_t) throws(SystemError) { try file.setRights(rights) }
    func lock(waits: Bool) throws(SystemError) { try file.lock(waits: waits) }
}
