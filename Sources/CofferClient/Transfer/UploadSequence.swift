public import CofferModel

extension S3Client {
    /// Writes an object from bytes as they arrive, whose number need not be known.
    ///
    /// - Parameters:
    ///   - pieces: pieces of any length. The sequence is only read while there is room: as many parts are in memory as
    ///     are sent in parallel, and at least two.
    ///   - bucket: the bucket.
    ///   - key: the object's key.
    ///   - settings: what the object is stored with.
    ///   - options: how the content is split, and how many parts are sent at once.
    ///   - condition: the condition that the replaced object must meet; nil for none.
    ///   - progress: called on other threads, at most ten times a second, and at the end.
    /// - Throws: the errors of the sequence, besides the client's other errors; the upload is then aborted.
    ///   ``ConfigurationError`` for more than 10,000 parts: `partByteCount` limits the length.
    @discardableResult
    public func upload<Pieces: AsyncSequence & Sendable>(
        pieces: Pieces, bucket: BucketName, key: ObjectKey, settings: ObjectSettings = ObjectSettings(),
        options: TransferOptions = TransferOptions(), if condition: WriteCondition? = nil,
        progress: (@Sendable (TransferProgress) -> Void)? = nil
    ) async throws -> WrittenObject where Pieces.Element == [UInt8] {
        let target = UploadTarget(bucket: bucket, key: key, settings: settings, condition: condition)
        let meter = ProgressMeter(of: nil, progress)
        let written = try await SequenceUpload(client: self, target: target, options: options, meter: meter).run(pieces)
        meter.finish()
        return written
    }
}

/// An upload of bytes that arrive in order and can be read once.
private struct SequenceUpload: Sendable {
    let client: S3Client
    let target: UploadTarget
    let options: TransferOptions
    let meter: ProgressMeter

    func run<Pieces: AsyncSequence>(_ pieces: Pieces) async throws -> WrittenObject where Pieces.Element == [UInt8] {
        var pieces = pieces.makeAsyncIterator()
        let parts = PartReader(byteCount: options.partSize) { try await pieces.next() }
        let first = try await parts.next() ?? []
        guard let second = try await parts.next() else {
            return try await client.put(
                .bytes(first[...]), to: target.bucket, target.key, target.settings ?? ObjectSettings(),
                if: target.condition,
                sent: { [meter] in meter.set(1, $0) })
        }
        let session = try await UploadSession.open(client, target, resumes: false)
        return try await session.abortingOnFailure(keepsUpload: false) {
            let uploaded = try await send([first, second], parts, session)
            return try await session.complete(uploaded.sorted { $0.number < $1.number }, target.condition)
        }
    }

    private enum Event: Sendable {
        case read([UInt8]?)
        case sent(UploadedPart)
    }

    /// Sends parts while the next one is read; the first failure ends both.
    private func send(
        _ read: [[UInt8]], _ parts: PartReader, _ session: UploadSession
    ) async throws -> [UploadedPart] {
        try await withThrowingTaskGroup(of: Event.self) { group in
            var uploaded: [UploadedPart] = []
            var number = 0
            var (isReading, isAtEnd) = (false, false)
            for part in read {
                number += 1
                group.addTask { [number] in .sent(try await send(part, number, session)) }
            }
            while !isAtEnd || number > uploaded.count {
                if !isAtEnd, !isReading, number - uploaded.count < max(1, options.parallelism) {
                    isReading = true
                    group.addTask { .read(try await parts.next()) }
                }
                switch try await group.next() {
                case .sent(let part)?: uploaded.append(part)
                case .read(let part?)?:
                    isReading = false
                    number += 1
                    guard number <= Limits.partCount else {
                        throw ConfigurationError(
                            "the upload has more than \(Limits.partCount) parts; set a larger partByteCount")
                    }
                    group.addTask { [number] in .sent(try await send(part, number, session)) }
                case .read(nil)?, nil: isAtEnd = true
                }
            }
            return uploaded
        }
    }

    private func send(_ bytes: [UInt8], _ number: Int, _ session: UploadSession) async throws -> UploadedPart {
        let body = HTTPRequestBody.bytes(bytes[...])
        let digest = try await client.sender.digest(of: body, checksum: session.checksum)
        return try await client.uploadPart(upload: session.upload, number: number, body: body, digest: digest) {
            [meter] in meter.set(number, $0)
        }
    }
}

/// A reader that joins pieces into parts of one length; the last one may be shorter.
///
/// `@unchecked Sendable`: tasks read one after another, never concurrently.
private final class PartReader: @unchecked Sendable {
    private let nextPiece: () async throws -> [UInt8]?
    private let byteCount: Int
    private var rest: ArraySlice<UInt8> = []

    init(byteCount: Int64, _ nextPiece: @escaping () async throws -> [UInt8]?) {
        self.nextPiece = nextPiece
        self.byteCount = Int(byteCount)
    }

    func next() async throws -> [UInt8]? {
        var part: [UInt8] = []
        while part.count < byteCount {
            if rest.isEmpty {
                guard let piece = try await nextPiece() else {
                    // A stream also ends when its task is cancelled, which is not the end of the content.
                    try Task.checkCancellation()
                    break
                }
                rest = piece[...]
            }
            let taken = rest.prefix(byteCount - part.count)
            if part.isEmpty { part.reserveCapacity(max(taken.count, min(byteCount, 1 << 20))) }
            part += taken
            rest = rest.dropFirst(taken.count)
        }
        return part.isEmpty ? nil : part
    }
}
