import CofferAccess
import CofferHTTP
import CofferIAM
import CofferModel
import CofferService
import CofferStorage

/// Creates an object in the bucket of a request, for its caller and with its settings: the common part of PutObject,
/// PostObject, CopyObject and CreateMultipartUpload.
struct ObjectWriter<Operation: S3Operation>: Sendable {
    private let settings: NewObjectSettings
    private let call: Authorized<Operation>
    private let state: BucketState

    init(_ settings: NewObjectSettings, _ call: Authorized<Operation>) throws(S3Error) {
        self.settings = settings
        self.call = call
        state = try call.state
    }

    // MARK: Before the body arrives

    /// Refuses a body that cannot be stored, and returns how another is received.
    func prepare() throws(S3Error) -> BodyRequirements {
        try check()
        try checkDigest()
        return BodyRequirements(sealing: call.service.keyring.sealing(try encryption), checksum: .ifAbsent)
    }

    /// Refuses settings that the bucket does not allow.
    func check() throws(S3Error) {
        if let acl = settings.acl { try state.check(acl) }
        if settings.lock != nil { try LockHeaders.requireLock(call) }
        // Nothing can be stored if a default of the bucket that applies is unreadable.
        if settings.encryption == nil { _ = try state.encryption }
        if case .customer(let key)? = settings.encryption { try call.requireUnblocked(key) }
        if settings.lock?.retention == nil { _ = try state.lock }
    }

    /// Refuses a body that the bucket's default locks, and that has no digest from the client.
    private func checkDigest() throws(S3Error) {
        guard settings.lock == nil, try state.lock?.retention(at: call.request.time) != nil else { return }
        try NewObjectSettings.requireDigest(call.request)
    }

    // MARK: The object

    /// The account that owns the object.
    var owner: String { state.owner(of: settings.acl, writtenBy: call.access.principal) }

    /// How the object is encrypted: as requested, or else by the bucket's default.
    var encryption: EncryptionSettings {
        get throws(S3Error) {
            if case .keyService(let requested)? = settings.encryption {
                return .keyService(requested.completed(usesBucketKey: state.usesBucketKey))
            }
            if let requested = settings.encryption { return requested }
            let bucketDefault = try state.encryption ?? .initial
            guard bucketDefault.algorithm != "AES256" else { return .server }
            let service = KeyServiceSettings(
                method: bucketDefault.algorithm, keyID: bucketDefault.keyID, usesBucketKey: settings.usesBucketKey)
            return .keyService(service.completed(usesBucketKey: state.usesBucketKey))
        }
    }

    /// Returns the attributes that are stored with the object: those given, and its encryption, lock and grants.
    ///
    /// - Parameters:
    ///   - fields: the header fields that describe the content.
    ///   - checksum: the header fields of the checksum.
    func attributes(
        _ fields: [(name: String, value: String)], tags: [Tag], checksum: [(name: String, value: String)] = []
    ) throws(S3Error) -> StoredAttributes {
        let encrypted = try encryption.fields(region: state.bucket.region, account: state.bucket.owner)
        return StoredAttributes(
            fields: try fields + encrypted + lockFields + checksum, tags: tags,
            grants: state.grants(settings.acl, owner: owner))
    }

    /// The header fields of the object's lock: as requested, or else by the bucket's default.
    private var lockFields: [(name: String, value: String)] {
        get throws(S3Error) {
            var lock = settings.lock ?? ObjectLock()
            if lock.retention == nil { lock.retention = try state.lock?.retention(at: call.service.context.clock.time) }
            return lock.headerFields
        }
    }

    // MARK: Storing

    /// Stores the request's body as the current object of its key.
    ///
    /// - Returns: the object's ETag, and the header fields of the response, including the ETag's.
    func store(
        _ finished: FinishedBody, if condition: WriteCheck?
    ) async throws(S3Error) -> (etag: ETag, fields: [(name: String, value: String)]) {
        let (body, etag) = try finished.stored()
        let checksum = finished.checksum.map { StoredChecksum($0).fields } ?? []
        let attributes = try attributes(settings.fields, tags: settings.tags, checksum: checksum)
        let written = try await store(
            body, etag: etag, attributes: attributes, encryption: finished.sealing?.encryption, if: condition)
        let fields =
            [("ETag", etag.description)] + checksum + EncryptionSettings.answeredOnWrite(attributes.fields)
            + written.versionFields
        return (etag, fields)
    }

    /// Stores any body as the current object of the key.
    func store(
        _ body: IncomingBody, etag: ETag, attributes: StoredAttributes, encryption: Encryption?,
        if condition: WriteCheck?
    ) async throws(S3Error) -> WriteOutcome {
        try await mappingAsyncStorageErrors { () async throws(StorageError) in
            try await call.service.store.put(
                body, as: settings.key, in: state.bucket, etag: etag, attributes: attributes, owner: owner,
                encryption: encryption, condition: condition)
        }
    }
}

extension WriteOutcome {
    /// `x-amz-version-id`, where the bucket's versions have ids.
    fileprivate var versionFields: [(name: String, value: String)] {
        versioning == .enabled ? [("x-amz-version-id", record.version.description)] : []
    }
}
