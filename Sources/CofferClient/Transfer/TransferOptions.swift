import CofferModel

/// How transfers are split into parts.
public struct TransferOptions: Sendable, Hashable {
    /// The bytes of a part, from 5 MiB to 5 GiB; it grows for transfers that would otherwise have more than 10,000
    /// parts. Content of up to two parts' length is sent as a single piece, up to 5 GiB.
    public var partByteCount: Int64
    /// The most parts in transfer at once, each on its own connection.
    public var parallelism: Int
    /// Whether to continue the newest unfinished upload of the key, as far as its parts match the source, and to keep
    /// the upload for another attempt if it fails. Otherwise an upload that fails or is cancelled is aborted. The
    /// settings that the upload was initiated with apply to the object: metadata, ACL, encryption.
    public var resumes: Bool
    /// Whether a download only returns once its file is on disk and survives a power loss, so that the caller may
    /// delete the source.
    public var isDurable: Bool

    /// Creates options.
    public init(
        partByteCount: Int64 = 8 << 20, parallelism: Int = 8, resumes: Bool = false, isDurable: Bool = false
    ) {
        self.partByteCount = partByteCount
        self.parallelism = parallelism
        self.resumes = resumes
        self.isDurable = isDurable
    }

    /// Returns the ranges of the parts.
    func parts(of byteCount: Int64) -> [Range<Int64>] {
        let least = (byteCount + Int64(Limits.partCount) - 1) / Int64(Limits.partCount)
        let size = max(partSize, least)
        return stride(from: 0, to: byteCount, by: Int64.Stride(size)).map { $0..<min($0 + size, byteCount) }
    }

    /// Whether content of this length is sent as a single piece.
    func areWhole(_ byteCount: Int64) -> Bool { byteCount <= min(partSize * 2, Limits.putByteCount) }

    /// The part length, limited to what services accept.
    var partSize: Int64 { min(max(partByteCount, Limits.partByteCount), Limits.putByteCount) }
}

/// The progress of a transfer.
public struct TransferProgress: Sendable, Hashable {
    /// The bytes that were transferred, or that already existed.
    public let byteCount: Int64
    /// nil while it is unknown.
    public let totalByteCount: Int64?
    /// The speed of this transfer so far, without the bytes that already existed.
    public let bytesPerSecond: Double

    /// From 0 to 1; nil while the total is unknown.
    public var fraction: Double? {
        totalByteCount.map { $0 == 0 ? 1 : Double(byteCount) / Double($0) }
    }
}
