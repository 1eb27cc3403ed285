import CofferAccess
import CofferHTTP
import CofferIAM
import CofferModel
import CofferService
import CofferStorage

/// The settings that a request specifies for a new object: header fields, tags, ACL, lock and encryption. PutObject,
/// CreateMultipartUpload, CopyObject and PostObject share them.
struct ObjectSettings: Sendable {
    let fields: [(name: String, value: String)]
    let tags: [Tag]
    let key: ObjectKey
    private let acl: RequestedACL?
    private let lock: ObjectLock?
    private let encryption: EncryptionSettings?
    private let usesBucketKey: Bool?

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        let (bucket, key) = (try request.bucketName(), try request.key())
        let actions = [
            ("s3:PutObjectTagging", request.headers["x-amz-tagging"] != nil),
            ("s3:PutObjectRetention", request.headers[ObjectLock.modeField] != nil),
            ("s3:PutObjectLegalHold", request.headers[ObjectLock.legalHoldField] != nil),
        ]
        var aclPermission = Permission("s3:PutObjectAcl", bucket: bucket, key: key)
        aclPermission.isForNewObject = true
        return [Permission("s3:PutObject", bucket: bucket, key: key)]
            + actions.filter(\.1).map { Permission($0.0, bucket: bucket, key: key) }
            + (RequestedACL.isPrivate(request) ? [] : [aclPermission])
    }

    init(_ request: S3Request) throws(S3Error) {
        key = try request.key()
        try key.checkNew()
        try request.refuse(headers: ["x-amz-object-if-"])
        acl = try RequestedACL(request)
        fields = try ObjectHeaders.fields(of: request)
        tags = try request.tags()
        lock = try LockHeaders.lock(request)
        encryption = try EncryptionSettings.requested(request)
        usesBucketKey = try EncryptionSettings.usesBucketKey(request)
    }

    /// Refuses settings that the bucket does not allow.
    func check<Operation>(_ call: Authorized<Operation>) throws(S3Error) {
        if let acl { try call.state.check(acl) }
        if lock != nil { try LockHeaders.requireLock(call) }
        // Check before the body arrives: it cannot be stored if the bucket's default is unreadable.
        if encryption == nil { _ = try call.state.encryption }
        if case .customer(let key)? = encryption { try call.requireUnblocked(key) }
        if lock?.retention == nil { _ = try call.state.lock }
    }

    /// Refuses a body that is to be locked and has no digest from the client.
    func checkDigest(_ request: S3Request) throws(S3Error) {
        if lock != nil { try Self.requireDigest(request) }
    }

    /// Does the same if the bucket's default locks the object.
    func checkDigest<Operation>(_ call: Authorized<Operation>) throws(S3Error) {
        guard lock == nil else { return }
        let isLocked = try call.state.lock?.retention(at: call.request.time) != nil
        if isLocked { try Self.requireDigest(call.request) }
    }

    private static func requireDigest(_ request: S3Request) throws(S3Error) {
        guard request.headers["content-md5"] == nil, try ChecksumSink.algorithm(of: request) == nil else { return }
        throw S3Error(
            .invalidRequest,
            "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters"
        )
    }

    /// Returns how the object is encrypted: as requested, or else by the bucket's default.
    func encryption(in state: BucketState) throws(S3Error) -> EncryptionSettings {
        if case .keyService(let settings)? = encryption {
            return .keyService(settings.completed(usesBucketKey: state.usesBucketKey))
        }
        if let encryption { return encryption }
        let usual = try state.encryption ?? .initial
        guard usual.algorithm != "AES256" else { return .server }
        let settings = KeyServiceSettings(method: usual.algorithm, keyID: usual.keyID, usesBucketKey: usesBucketKey)
        return .keyService(settings.completed(usesBucketKey: state.usesBucketKey))
    }

    /// Returns the header fields of the object's encryption.
    func encryptionFields<Operation>(_ call: Authorized<Operation>) throws(S3Error) -> [(name: String, value: String)] {
        let state = try call.state
        return try encryption(in: state).fields(region: state.bucket.region, account: state.bucket.owner)
    }

    /// Returns the header fields of the object's lock: as requested, or else by the bucket's default.
    func lockFields(in state: BucketState, at time: Timestamp) throws(S3Error) -> [(name: String, value: String)] {
        var lock = lock ?? ObjectLock()
        if lock.retention == nil { lock.retention = try state.lock?.retention(at: time) }
        return lock.headerFields
    }

    /// Returns the account that owns the object.
    func owner<Operation>(_ call: Authorized<Operation>) throws(S3Error) -> String {
        try call.state.owner(of: acl, writtenBy: call.access.principal)
    }

    /// Returns the grants of the object's ACL; nil if they equal the default.
    func grants<Operation>(_ call: Authorized<Operation>) throws(S3Error) -> [AccessControlList.Grant]? {
        try call.state.grants(acl, owner: try owner(call))
    }

    /// Returns the attributes that are stored with the object.
    func attributes<Operation>(_ call: Authorized<Operation>) throws(S3Error) -> ObjectAttributes {
        ObjectAttributes(
            fields: try fields + encryptionFields(call)
                + lockFields(in: call.state, at: call.service.context.clock.time),
            tags: tags,
            grants: try grants(call))
    }
}
