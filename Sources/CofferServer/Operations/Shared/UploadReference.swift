import CofferHTTP
import CofferModel
import CofferStorage

/// The upload that a request's target and `uploadId` name.
struct UploadReference: Sendable {
    let key: ObjectKey
    let uploadID: String

    init(_ request: S3Request) throws(S3Error) {
        key = try request.key()
        uploadID = request.query["uploadId"] ?? ""
    }

    /// - Throws: `NoSuchUpload` if it was never begun, was aborted or completed.
    func find<Operation>(_ call: Authorized<Operation>) throws(S3Error) -> Upload {
        guard let upload = try findEvenCompleted(call), upload.completed == nil else { throw missing }
        return upload
    }

    /// - Returns: nil if it was never begun, was aborted, or was completed long ago.
    func findEvenCompleted<Operation>(_ call: Authorized<Operation>) throws(S3Error) -> Upload? {
        let bucket = try call.bucket
        return try askStore { () throws(StorageError) in try call.service.store.upload(uploadID, of: key, in: bucket) }
    }

    /// Asks something of the store about an upload that may have ended meanwhile.
    func awaitUpload<Value: Sendable>(
        _ body: () async throws(StorageError) -> Value
    ) async throws(S3Error) -> Value {
        do throws(StorageError) {
            return try await body()
        } catch {
            if case .noSuchUpload = error { throw missing }
            throw S3Error(storage: error)
        }
    }

    var missing: S3Error { S3Error(.noSuchUpload, details: [("UploadId", uploadID)]) }
}

extension Upload {
    /// How its parts are encrypted: under the key of the object that they become.
    ///
    /// - Throws: `InvalidRequest` if a customer's key is missing or not asked for, `AccessDenied` if it is another.
    func sealing(_ customerKey: CustomerKey?, _ keyring: Keyring) throws(S3Error) -> Sealing? {
        if encryption?.keySource == .customer, customerKey == nil {
            throw S3Error(
                .invalidRequest,
                "The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate "
                    + "encryption parameters.")
        }
        guard let objectKey = try keyring.objectKey(of: encryption, customerKey), let encryption else { return nil }
        let isService = attributes.field(EncryptionSettings.field) != nil
        return Sealing(
            objectKey: objectKey, encryption: encryption, hidesDigest: isService || encryption.keySource == .customer)
    }

    /// The checksum that its parts need: the one that it was begun with, or the one that the server adds by itself.
    var neededChecksum: UploadChecksum { checksum ?? .initial }
}
