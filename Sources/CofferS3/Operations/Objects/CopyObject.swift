import CofferAccess
import CofferHTTP
import CofferIAM
import CofferModel
import CofferService
import CofferStorage

/// Creates an object that shares the bytes of another object. Nothing is moved, whatever the size.
///
/// Bytes are read if the copy's ETag or checksum requires it (``CopyDigests``), and rewritten if only one of the two
/// objects is encrypted.
struct CopyObject: S3Operation {
    static let mayTakeLong = true
    static let anonymousRefusal: String? = AnonymousRefusal.copy

    private let source: RequestedCopySource
    private let isOntoItself: Bool
    private let settings: NewObjectSettings
    private var conditions: WritePreconditions
    private let replacesMetadata: Bool
    private let replacesTags: Bool
    private let storageClass: String?
    private let namesStorageClass: Bool
    private let checksumAlgorithm: ChecksumAlgorithm?
    private let asksForEncryption: Bool

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        let source = try RequestedCopySource(request)
        var permissions = try NewObjectSettings.permissions(for: request) + [source.permission]
        permissions += try WritePreconditions.permissions(for: request)
        if request.headers["x-amz-tagging-directive"] == "REPLACE", request.headers["x-amz-tagging"] == nil {
            permissions.append(try request.permission("s3:PutObjectTagging"))
        }
        return permissions
    }

    init(_ request: S3Request) throws(S3Error) {
        source = try RequestedCopySource(request)
        let key = try request.key()
        let isSameBucket = source.bucket == (try request.bucketName())
        isOntoItself = source.reference.key == key && isSameBucket && source.reference.version == nil
        settings = try NewObjectSettings(request)
        conditions = try WritePreconditions(request, key: key)
        replacesMetadata = try Self.isReplaced("metadata", request)
        replacesTags = try Self.isReplaced("tagging", request)
        storageClass = try ObjectHeaders.storageClass(request)
        namesStorageClass = request.headers[ObjectHeaders.storageClassField] != nil
        checksumAlgorithm = try UploadChecksum.algorithm(request)
        asksForEncryption = try EncryptionSettings.requested(request) != nil
        try Self.checkAnnotations(request)
    }

    mutating func prepare(_ call: Authorized<Self>) async throws(S3Error) -> BodyRequirements {
        try await conditions.prepare(call)
        return BodyRequirements()
    }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        _ = try body.finish()
        try ObjectWriter(settings, call).check()
        let condition = try await conditions.condition(call)
        return try await source.retrying { () async throws(S3Error) in
            let record = try await source.find(call)
            try RequestedCopySource.requireWholeCopy(of: record)
            try requireChange(record, in: try call.state)
            try await requireTagRights(record, call)
            return try response(try await copy(record, condition, call), from: record, call)
        }
    }

    // MARK: Ways to copy

    private func copy(
        _ record: ObjectRecord, _ condition: WriteCheck?, _ call: Authorized<Self>
    ) async throws(S3Error) -> WriteOutcome {
        let (keyring, writer) = (call.service.keyring, try ObjectWriter(settings, call))
        let sourceBucket = try call.state(of: .source).bucket
        let content = ObjectContentSource(
            record: record, bucket: sourceBucket, range: 0..<record.size,
            key: try keyring.objectKey(of: record.encryption, source.customerKey))
        let wanted = try writer.encryption
        let mustMove = (content.key == nil) != keyring.isPlain(wanted)
        if mustMove { return try await move(content, keyring.sealing(wanted), condition, call) }
        let sealing = content.key.flatMap { keyring.seal($0, wanted) }
        let digests = try await CopyDigests(
            of: content, sealing: sealing, algorithm: checksumAlgorithm, call.service)
        let copy = ObjectCopy(
            source: record, sourceBucket: sourceBucket, key: settings.key, bucket: try call.bucket,
            owner: writer.owner, attributes: try attributes(of: record, checksum: digests.checksum, writer),
            encryption: sealing?.encryption, etag: digests.etag, condition: condition)
        return try await mappingAsyncStorageErrors { () async throws(StorageError) in
            try await call.service.store.copy(copy)
        }
    }

    private func move(
        _ content: ObjectContentSource, _ sealing: Sealing?, _ condition: WriteCheck?, _ call: Authorized<Self>
    ) async throws(S3Error) -> WriteOutcome {
        let algorithm = checksumAlgorithm ?? content.record.attributes.checksum?.algorithm ?? .crc64nvme
        let moved = try await mappingAsyncStorageErrors { () async throws(StorageError) in
            try await content.copy(algorithm, sealing: sealing, call.service)
        }
        let writer = try ObjectWriter(settings, call)
        return try await writer.store(
            moved.body, etag: moved.etag,
            attributes: try attributes(of: content.record, checksum: moved.checksum, writer),
            encryption: sealing?.encryption, if: condition)
    }

    /// Requires the permissions to read and write tags, if the copy includes the source's tags.
    private func requireTagRights(_ record: ObjectRecord, _ call: Authorized<Self>) async throws(S3Error) {
        guard !replacesTags, !record.attributes.tags.isEmpty else { return }
        var reading = Permission(source.reference.taggingAction, bucket: source.bucket, key: source.reference.key)
        reading.version = source.reference.version
        let writing = Permission("s3:PutObjectTagging", bucket: try call.bucket.name, key: settings.key)
        try await call.access.require(reading, in: try call.state(of: .source), service: call.service)
        try await call.access.require(writing, in: try call.state, service: call.service)
    }

    // MARK: The copy's attributes

    private func attributes(
        of source: ObjectRecord, checksum: Checksum?, _ writer: ObjectWriter<Self>
    ) throws(S3Error) -> StoredAttributes {
        let ofTheBytes = checksum.map { StoredChecksum($0).fields } ?? source.attributes.checksum?.fields ?? []
        var kept = source.attributes.fields.filter { ObjectHeaders.isCopied($0.name) }
        kept += settings.fields.filter { $0.name == ObjectHeaders.redirectField }
        if let storageClass { kept.append((ObjectHeaders.storageClassField, storageClass)) }
        return try writer.attributes(
            replacesMetadata ? settings.fields : kept, tags: replacesTags ? settings.tags : source.attributes.tags,
            checksum: ofTheBytes)
    }

    /// Refuses to copy an object to itself without a change. An explicit storage class or algorithm counts as a change,
    /// even if it equals the object's; an omitted one, which falls back to the default, does not. Encryption changes if
    /// a customer's key is dropped, and may change if the bucket has its own configuration.
    private func requireChange(_ source: ObjectRecord, in state: BucketState) throws(S3Error) {
        let isChanged =
            replacesMetadata || namesStorageClass || checksumAlgorithm != nil || asksForEncryption
            || settings.fields.contains { $0.name == ObjectHeaders.redirectField }
            || source.encryption?.keySource == .customer
        guard isOntoItself, !isChanged, try state.encryption == nil else { return }
        throw S3Error(
            .invalidRequest,
            "This copy request is illegal because it is trying to copy an object to itself without changing the "
                + "object's metadata, storage class, website redirect location or encryption attributes.")
    }

    private func response(
        _ written: WriteOutcome, from source: ObjectRecord, _ call: Authorized<Self>
    ) throws(S3Error) -> HTTPResponse {
        let record = written.record
        var response = HTTPResponse.xml(
            XMLWriter.document("CopyObjectResult") { xml in
                xml.element("LastModified", record.modified)
                xml.element("ETag", record.etag.description)
                record.attributes.checksum?.write(to: &xml)
            })
        response.headers += EncryptionSettings.answeredOnWrite(record.attributes.fields)
        // Unlike a PUT, a copy into a bucket with suspended versioning returns the version's id.
        if written.versioning != .neverEnabled {
            response.headers.append(("x-amz-version-id", record.version.description))
        }
        response.headers += source.copySourceVersionFields(in: try call.state(of: .source).bucket)
        return response
    }

    /// Checks the directive for annotations. There are no annotations to copy, so both values have the same effect.
    private static func checkAnnotations(_ request: S3Request) throws(S3Error) {
        let name = "x-amz-object-annotation-directive"
        guard let directive = request.headers[name] ?? request.query[name] else { return }
        guard ["COPY", "EXCLUDE"].contains(directive) else {
            throw .invalidArgument("Unknown annotation directive.", name: name, value: directive)
        }
    }

    /// Returns whether `x-amz-metadata-directive` or `x-amz-tagging-directive` is `REPLACE`.
    private static func isReplaced(_ kind: String, _ request: S3Request) throws(S3Error) -> Bool {
        let header = "x-amz-\(kind)-directive"
        switch request.headers[header] {
        case nil, "COPY": return false
        case "REPLACE": return true
        case let value?:
            throw .invalidArgument("Unknown \(kind) directive.", name: header, value: value)
        }
    }
}
