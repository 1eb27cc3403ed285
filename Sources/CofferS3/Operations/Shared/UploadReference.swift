import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// The upload that a request's target and `uploadId` name.
struct UploadReference: Sendable {
    let key: ObjectKey
    let uploadID: String

    init(_ request: S3Request) throws(S3Error) {
        key = try request.key()
        uploadID = request.query["uploadId"] ?? ""
    }

    /// - Throws: `NoSuchUpload` if the upload was never begun, or was aborted or completed.
    func find<Operation>(_ call: Authorized<Operation>) async throws(S3Error) -> Upload {
        guard let upload = try await findEvenEnded(call), upload.ended == nil else { throw missing }
        return upload
    }

    /// - Returns: nil if the upload was never begun, or ended long ago.
    func findEvenEnded<Operation>(_ call: Authorized<Operation>) async throws(S3Error) -> Upload? {
        let bucket = try call.bucket
        return try await mappingAsyncStorageErrors { () async throws(StorageError) in
            try await call.service.store.upload(uploadID, of: key, in: bucket)
        }
    }

    /// Runs a store operation on an upload that may have ended in the meantime.
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
    /// Returns how the upload's parts are encrypted: with the key of the object that they become.
    ///
    /// - Throws: `InvalidRequest` if a customer's key is missing, unexpected, or not the upload's.
    func sealing(_ customerKey: CustomerProvidedKey?, _ keyring: Keyring) throws(S3Error) -> Sealing? {
        if encryption?.keySource == .customer, customerKey == nil {
            throw S3Error(
                .invalidRequest,
                "The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate "
                    + "encryption parameters.")
        }
        guard let objectKey = try objectKey(customerKey, keyring), let encryption else { return nil }
        let isService = attributes.field(EncryptionSettings.field) != nil
        return Sealing(
            objectKey: objectKey, encryption: encryption, hidesDigest: isService || encryption.keySource == .customer)
    }

    /// Returns the key of the object that the upload's parts become; nil if it is not encrypted.
    ///
    /// - Throws: `InvalidRequest`, also for a customer's key other than the one that the upload was begun with.
    func objectKey(_ customerKey: CustomerProvidedKey?, _ keyring: Keyring) throws(S3Error) -> [UInt8]? {
        do throws(S3Error) {
            return try keyring.objectKey(of: encryption, customerKey)
        } catch {
            guard error.code == .accessDenied else { throw error }
            throw S3Error(
                .invalidRequest, "The provided encryption parameters did not match the ones used originally.")
        }
    }

    /// Returns `x-amz-version-id` of the object that the upload becomes, if the bucket gives its objects ids.
    func versionFields(in bucket: Bucket) -> [(name: String, value: String)] {
        version(in: bucket).map { [("x-amz-version-id", $0.description)] } ?? []
    }

    /// Refuses a part that is to be locked, as a part of its object, and has no digest from the client.
    func checkDigest(hasDigest: Bool) throws(S3Error) {
        guard !hasDigest, ObjectLock.fields.contains(where: { attributes.field($0) != nil }) else { return }
        throw S3Error(
            .invalidRequest,
            "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Part requests with Object Lock parameters")
    }

    /// The checksum that the upload's parts require: the one that it was begun with, or the one that the server adds by
    /// itself.
    var neededChecksum: UploadChecksum { checksum ?? .initial }
}
