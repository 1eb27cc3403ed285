import Glibc
import Synchronization

/// Segments in a directory: `staging/<id>` until the catalog names them, `xx/yy/<id>` afterwards.
///
/// A segment is written and synced in `staging`, and only after the catalog's commit moved to its place. So whatever a
/// crash leaves behind stands in `staging`, and recovery looks at a handful of files, however many there are in all.
/// (The other order, place first and commit later, would have to look at every file to find what nobody names.)
final class DirectoryBlobStore: BlobStore {
    private let path: String
    private let syncs: Bool

    init(path: String, syncs: Bool) throws(StorageError) {
        self.path = path
        self.syncs = syncs
        try makeDirectory(path + "/staging")
    }

    func stage(_ id: SegmentID) throws(StorageError) -> any StagedBlob {
        try StagedFile(path: stagingPath(id), directory: path + "/staging", syncs: syncs)
    }

    func publish(_ id: SegmentID) {
        let place = placePath(id)
        if rename(stagingPath(id), place) == 0 { return }
        // The first of its directory. Should it fail as well, reading finds it in staging and recovery tries again.
        try? makeDirectory(String(place[..<(place.lastIndex(of: "/") ?? place.endIndex)]))
        rename(stagingPath(id), place)
    }

    func open(_ id: SegmentID) throws(StorageError) -> Int32? {
        // Published between the first and the second look, it is found by the third.
        for path in [placePath(id), stagingPath(id), placePath(id)] {
            let descriptor = Self.openForReading(path)
            if descriptor >= 0 { return descriptor }
            guard errno == ENOENT else { throw StorageError.system(errno, "open a segment") }
        }
        return nil
    }

    func remove(_ id: SegmentID) throws(StorageError) {
        // In this order one that is being published is met in one of the two.
        for path in [stagingPath(id), placePath(id)] {
            guard unlink(path) == 0 || errno == ENOENT else { throw StorageError.system(errno, "remove a segment") }
        }
    }

    func recover(isNamed: (SegmentID) throws(StorageError) -> Bool) throws(StorageError) {
        for name in try directoryEntries(path + "/staging") {
            if let number = Int64(name, radix: 16), try isNamed(SegmentID(number)) {
                publish(SegmentID(number))
            } else {
                guard unlink("\(path)/staging/\(name)") == 0 else {
                    throw StorageError.system(errno, "remove a segment that was never committed")
                }
            }
        }
    }

    private static func openForReading(_ path: String) -> Int32 {
        Glibc.open(path, O_RDONLY | O_CLOEXEC)
    }

    private func stagingPath(_ id: SegmentID) -> String { "\(path)/staging/\(Self.hex(id.value, 16))" }

    private func placePath(_ id: SegmentID) -> String {
        "\(path)/\(Self.hex(id.value & 255, 2))/\(Self.hex(id.value >> 8 & 255, 2))/\(Self.hex(id.value, 16))"
    }

    private static func hex(_ number: Int64, _ width: Int) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

/// A segment's file while it is written.
private final class StagedFile: StagedBlob {
    private let path: String
    private let directory: String
    private let syncs: Bool
    private let descriptor: Int32
    private let isKept = Mutex(false)

    init(path: String, directory: String, syncs: Bool) throws(StorageError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        // Thrown before everything is set, so that deinit does not run and remove what another made.
        guard descriptor >= 0 else { throw StorageError.system(errno, "make a segment") }
        self.path = path
        self.directory = directory
        self.syncs = syncs
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
        if !isKept.withLock({ $0 }) { unlink(path) }
    }

    func write(_ bytes: Span<UInt8>) throws(StorageError) {
        try bytes.withUnsafeBytes { bytes throws(StorageError) in
            var rest = bytes
            while let start = rest.baseAddress, !rest.isEmpty {
                let count = systemWrite(descriptor, start, rest.count)
                if count < 0 {
                    if errno == EINTR { continue }
                    throw StorageError.system(errno, "write a segment")
                }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }

    func seal() throws(StorageError) {
        guard syncs else { return }
        guard fdatasync(descriptor) == 0 else { throw StorageError.system(errno, "sync a segment") }
        try syncDirectory(directory)
    }

    func keep() { isKept.withLock { $0 = true } }
}

private func systemWrite(_ descriptor: Int32, _ start: UnsafeRawPointer, _ count: Int) -> Int {
    write(descriptor, start, count)
}
