public import CofferModel

/// Downloads of any length into files: ranges are fetched in parallel, and each is written at its offset.
extension S3Client {
    /// Downloads an object into a file, which is replaced once all bytes have arrived and their checksum is verified;
    /// if anything fails before that, the file is unchanged.
    ///
    /// An object that was stored with a checksum is verified with it, whatever the algorithm; a checksum of parts'
    /// checksums can only be verified if the service lists the parts. All ranges are of one version of the object: if
    /// the object is replaced during the download, `PreconditionFailed` is thrown.
    ///
    /// - Parameters:
    ///   - bucket: the bucket.
    ///   - key: the object's key.
    ///   - version: the version; nil for the current one.
    ///   - path: the path of the file, which may exist.
    ///   - options: how the content is split, and how many parts are fetched at once.
    ///   - progress: called on other threads, at most ten times a second, and at the end.
    /// - Throws: ``FileError``; ``TransportError`` of the kind `damaged` for a different checksum.
    @discardableResult
    public func download(
        bucket: BucketName, key: ObjectKey, version: VersionID? = nil, to path: String,
        options: TransferOptions = TransferOptions(), progress: (@Sendable (TransferProgress) -> Void)? = nil
    ) async throws -> ObjectInfo {
        let info = try await headObject(bucket: bucket, key: key, version: version)
        guard info.reportedByteCount != nil else {
            throw TransportError(.badResponse, "the service did not report the length of the object")
        }
        let file = try await blocking { try ReplacementFile(of: path) }
        let meter = ProgressMeter(of: info.byteCount, progress)
        let source = ObjectVersion(key: key, version: version ?? info.version)
        let download = Download(
            client: self, bucket: bucket, source: source, info: info, file: file.file, options: options, meter: meter)
        try await download.run()
        try await blocking { try file.commit(isDurable: options.isDurable) }
        meter.finish()
        return info
    }
}

/// A download into a file.
private struct Download: Sendable {
    let client: S3Client
    let bucket: BucketName
    let source: ObjectVersion
    let info: ObjectInfo
    let file: OpenFile
    let options: TransferOptions
    let meter: ProgressMeter

    func run() async throws {
        let whole = 0..<info.byteCount
        let ranges =
            options.areWhole(info.byteCount) ? (whole.isEmpty ? [] : [whole]) : options.parts(of: info.byteCount)
        let check = DownloadCheck(info)
        let pieces = try await inParallel(Array(ranges.enumerated()), options.parallelism) { index, range in
            try await fetch(index, range, check)
        }
        try await check.verify(pieces, file, of: info.byteCount) {
            try await client.attributesIfAvailable(bucket: bucket, key: source.key, version: source.version)
        }
    }

    private func fetch(_ index: Int, _ range: Range<Int64>, _ check: DownloadCheck) async throws -> DownloadedPiece {
        var call = S3Call("GET", bucket, source.key)
        call.add(query: "versionId", source.version?.description)
        if range.count < info.byteCount { call.add("range", ByteRange(range).headerValue) }
        call.add(client.customerKey)
        call.add("if-match", info.eTag.value.isEmpty ? nil : info.eTag.description)
        let sink = FileSink(file, range, of: info.eTag, check.running) { [meter] in meter.set(index, $0) }
        _ = try await client.send(call, to: sink)
        return try sink.finish()
    }
}
