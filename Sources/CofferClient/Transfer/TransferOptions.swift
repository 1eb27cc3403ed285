import CofferModel

/// How long uploads and downloads are split.
public struct TransferOptions: Sendable {
    /// Bytes of a part, from 5 MiB to 5 GiB; it grows for what would have more than 10,000 parts. What is not longer than
    /// two parts goes in one piece, up to 5 GiB.
    public var partByteCount: Int64
    /// Parts that are under way at once, each on a connection of its own.
    public var parallelism: Int
    /// Goes on with the newest upload of the key that was begun and not ended, as far as its parts are those of the
    /// source; and leaves its own for another time if it fails. Otherwise an upload that fails or is cancelled is aborted.
    /// What an upload was begun with holds for the object: metadata, ACL, encryption.
    public var resumes: Bool
    /// A download ends when its file is on the disk and survives a loss of power, for who deletes the source then.
    public var isDurable: Bool

    public init(
        partByteCount: Int64 = 8 << 20, parallelism: Int = 8, resumes: Bool = false, isDurable: Bool = false
    ) {
        self.partByteCount = partByteCount
        self.parallelism = parallelism
        self.resumes = resumes
        self.isDurable = isDurable
    }

    /// The ranges of the parts of a whole.
    func parts(of byteCount: Int64) -> [Range<Int64>] {
        let least = (byteCount + Int64(Limits.partCount) - 1) / Int64(Limits.partCount)
        let size = max(partSize, least)
        return stride(from: 0, to: byteCount, by: Int64.Stride(size)).map { $0..<min($0 + size, byteCount) }
    }

    /// Whether so many bytes go in one piece.
    func areWhole(_ byteCount: Int64) -> Bool { byteCount <= min(partSize * 2, Limits.putByteCount) }

    /// The length of a part that services take.
    var partSize: Int64 { min(max(partByteCount, Limits.partByteCount), Limits.putByteCount) }
}

/// How far a transfer has come.
public struct TransferProgress: Sendable {
    /// Bytes that were transferred, or found to be there already.
    public let byteCount: Int64
    /// nil while it is not known.
    public let totalByteCount: Int64?
    /// Of this transfer so far, without what was there already.
    public let bytesPerSecond: Double

    /// From 0 to 1; nil while the whole is not known.
    public var fraction: Double? {
        totalByteCount.map { $0 == 0 ? 1 : Double(byteCount) / Double($0) }
    }
}
