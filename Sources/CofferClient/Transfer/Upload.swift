public import CofferModel

/// Uploads of any length: short content is sent as a single piece, longer content in parts and in parallel.
extension S3Client {
    /// Writes an object from a file. The file is read while it is sent, and never held in memory.
    ///
    /// Each part is sent with its checksum, and the upload is completed with that of the entire object. Cancelling the
    /// task aborts the upload.
    ///
    /// - Parameters:
    ///   - path: the path of the file.
    ///   - bucket: the bucket.
    ///   - key: the object's key.
    ///   - settings: what the object is stored with.
    ///   - options: how the content is split, and how many parts are sent at once.
    ///   - condition: the condition that the replaced object must meet; nil for none.
    ///   - progress: called on other threads, at most ten times a second, and at the end.
    /// - Throws: ``FileError`` besides the client's other errors, including for a file that becomes shorter during the
    ///   upload, or that is sent in parts and changes before the last one is sent.
    @discardableResult
    public func upload(
        file path: String, bucket: BucketName, key: ObjectKey, settings: ObjectSettings = ObjectSettings(),
        options: TransferOptions = TransferOptions(), if condition: WriteCondition? = nil,
        progress: (@Sendable (TransferProgress) -> Void)? = nil
    ) async throws -> WrittenObject {
        let (file, state) = try await blocking {
            let file = try OpenFile.reading(path)
            return (file, try file.state())
        }
        let target = UploadTarget(bucket: bucket, key: key, settings: settings, condition: condition)
        var upload = ParallelUpload(self, target, options, progress, byteCount: state.byteCount) { range in
            .file(FileSlice(file: file, offset: range.lowerBound, byteCount: range.upperBound - range.lowerBound))
        }
        upload.checkSource = {
            guard try file.state() == state else { throw FileError(path, "changed while it was uploaded") }
        }
        return try await upload.run()
    }

    /// Writes an object from bytes in memory.
    @discardableResult
    public func upload(
        bytes: [UInt8], bucket: BucketName, key: ObjectKey, settings: ObjectSettings = ObjectSettings(),
        options: TransferOptions = TransferOptions(), if condition: WriteCondition? = nil,
        progress: (@Sendable (TransferProgress) -> Void)? = nil
    ) async throws -> WrittenObject {
        let target = UploadTarget(bucket: bucket, key: key, settings: settings, condition: condition)
        return try await ParallelUpload(self, target, options, progress, byteCount: Int64(bytes.count)) { range in
            .bytes(bytes[Int(range.lowerBound)..<Int(range.upperBound)])
        }
        .run()
    }
}

struct UploadTarget: Sendable {
    let bucket: BucketName
    let key: ObjectKey
    /// nil for the settings of a copy's source.
    var settings: ObjectSettings?
    let condition: WriteCondition?
}

/// An upload of content that can be read in any order.
struct ParallelUpload: Sendable {
    private let client: S3Client
    private let target: UploadTarget
    private let options: TransferOptions
    private let byteCount: Int64
    private let meter: ProgressMeter
    private let body: @Sendable (_ range: Range<Int64>) -> HTTPRequestBody
    /// Throws if the parts may not all come from the same state of the source.
    var checkSource: @Sendable () throws -> Void = {}

    init(
        _ client: S3Client, _ target: UploadTarget, _ options: TransferOptions,
        _ progress: (@Sendable (TransferProgress) -> Void)?, byteCount: Int64,
        body: @escaping @Sendable (_ range: Range<Int64>) -> HTTPRequestBody
    ) {
        self.client = client
        self.target = target
        self.options = options
        self.byteCount = byteCount
        self.body = body
        meter = ProgressMeter(of: byteCount, progress)
    }

    func run() async throws -> WrittenObject {
        let written = try await options.areWhole(byteCount) ? sendWhole() : sendParts()
        meter.finish()
        return written
    }

    private func sendWhole() async throws -> WrittenObject {
        try await client.put(
            body(0..<byteCount), to: target.bucket, target.key, target.settings ?? ObjectSettings(),
            if: target.condition,
            sent: { [meter] in meter.set(0, $0) })
    }

    private func sendParts() async throws -> WrittenObject {
        let session = try await UploadSession.open(client, target, resumes: options.resumes)
        return try await session.abortingOnFailure(keepsUpload: options.resumes) {
            var options = options
            options.partByteCount = session.partByteCount ?? options.partByteCount
            let ranges = options.parts(of: byteCount)
            let parts = try await inParallel(Array(ranges.enumerated()), options.parallelism) { index, range in
                try await send(index + 1, range, session)
            }
            try await blocking(checkSource)
            return try await session.complete(parts.sorted { $0.number < $1.number }, target.condition)
        }
    }

    /// Sends a part, unless the service already has it.
    private func send(_ number: Int, _ range: Range<Int64>, _ session: UploadSession) async throws -> UploadedPart {
        let body = body(range)
        let digest = try await client.sender.digest(of: body, checksum: session.checksum)
        if let part = session.parts[number], part.byteCount == body.byteCount,
            try await session.holds(body, digest, as: part)
        {
            meter.found(number, body.byteCount)
            return part
        }
        return try await client.uploadPart(upload: session.upload, number: number, body: body, digest: digest) {
            [meter] in meter.set(number, $0)
        }
    }
}

/// Runs a job for each input, a limited number at a time, and returns the results in no particular order.
func inParallel<Input: Sendable, Output: Sendable>(
    _ inputs: [Input], _ limit: Int, _ job: @escaping @Sendable (Input) async throws -> Output
) async throws -> [Output] {
    try await withThrowingTaskGroup(of: Output.self) { group in
        var outputs: [Output] = []
        for (index, input) in inputs.enumerated() {
            if index >= max(1, limit), let output = try await group.next() { outputs.append(output) }
            group.addTask { try await job(input) }
        }
        for try await output in group { outputs.append(output) }
        return outputs
    }
}
