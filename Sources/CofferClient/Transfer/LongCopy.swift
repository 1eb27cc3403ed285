public import CofferModel

extension S3Client {
    /// Copies an object of any length within the service: with one request up to 5 GiB, beyond that in parts.
    ///
    /// - Parameters:
    ///   - source: the object to copy from.
    ///   - bucket: the bucket.
    ///   - key: the object's key.
    ///   - settings: replace those of the source; nil keeps its metadata, content header fields and tags.
    ///   - options: for the parts, which are at least 64 MiB: their bytes do not pass through the client.
    ///   - condition: the condition that the replaced object must meet; nil for none.
    @discardableResult
    public func copy(
        from source: CopySource, bucket: BucketName, key: ObjectKey, settings: ObjectSettings? = nil,
        options: TransferOptions = TransferOptions(), if condition: WriteCondition? = nil
    ) async throws -> WrittenObject {
        try await copy(
            from: source, to: UploadTarget(bucket: bucket, key: key, settings: settings, condition: condition),
            options: options, wholeByteCount: Limits.putByteCount, partByteCount: 64 << 20)
    }

    /// - Parameters:
    ///   - wholeByteCount: the most bytes that one request copies.
    ///   - partByteCount: the fewest bytes of a part.
    func copy(
        from source: CopySource, to target: UploadTarget, options: TransferOptions, wholeByteCount: Int64,
        partByteCount: Int64
    ) async throws -> WrittenObject {
        let info = try await encrypting(with: source.customerKey)
            .headObject(bucket: source.bucket, key: source.key, version: source.version)
        guard info.byteCount > wholeByteCount else {
            return try await copyObject(
                from: source, bucket: target.bucket, key: target.key, settings: target.settings,
                ifSource: ReadConditions(matches: info.eTag), if: target.condition)
        }
        var (target, options) = (target, options)
        if target.settings == nil {
            var settings = ObjectSettings(of: info)
            if info.tagCount > 0 {
                settings.tags = try await getObjectTagging(
                    bucket: source.bucket, key: source.key, version: source.version)
            }
            target.settings = settings
        }
        options.partByteCount = max(options.partByteCount, partByteCount)
        let session = try await UploadSession.open(self, target, resumes: false)
        return try await session.abortingOnFailure(keepsUpload: false) {
            let ranges = options.parts(of: info.byteCount)
            let parts = try await inParallel(Array(ranges.enumerated()), options.parallelism) { index, range in
                try await uploadPartCopy(
                    upload: session.upload, number: index + 1, from: source, range: range,
                    ifSource: ReadConditions(matches: info.eTag))
            }
            return try await session.complete(parts.sorted { $0.number < $1.number }, target.condition)
        }
    }
}

extension ObjectSettings {
    /// The settings that an object was stored with, as far as they are returned to its readers.
    public init(of info: ObjectInfo) {
        self.init(contentType: info.contentType, metadata: info.metadata)
        contentEncoding = info.contentEncoding
        contentDisposition = info.contentDisposition
        contentLanguage = info.contentLanguage
        cacheControl = info.cacheControl
        expires = info.expires.flatMap { Timestamp(parsing: $0) }
        storageClass = info.storageClass
    }
}
