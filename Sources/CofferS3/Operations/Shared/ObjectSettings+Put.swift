import CofferAccess
import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// The common part of PutObject and PostObject: storing an object that is the body of one request.
extension ObjectSettings {
    /// Returns how the object's bytes are received.
    func bodyRequirements<Operation>(
        _ call: Authorized<Operation>, _ conditions: WriteConditions
    ) async throws(S3Error) -> BodyRequirements {
        BodyRequirements(
            sealing: call.service.keyring.sealing(try encryption(in: try call.state)), checksum: .ifAbsent,
            condition: try await conditions.condition(call))
    }

    /// Stores the body as the current object of its key.
    ///
    /// - Returns: the object's ETag, and the header fields of the response, including the ETag's.
    func put<Operation>(
        _ finished: FinishedBody, _ call: Authorized<Operation>
    ) async throws(S3Error) -> (etag: ETag, fields: [(name: String, value: String)]) {
        let (object, etag) = try finished.stored()
        var attributes = try attributes(call)
        let checksum = finished.checksumFields
        attributes.fields += checksum
        let (bucket, stored, owner) = (try call.bucket, attributes, try owner(call))
        let written = try await mappingAsyncStorageErrors { () async throws(StorageError) in
            try await call.service.store.put(
                object, as: key, in: bucket, etag: etag, attributes: stored, owner: owner,
                encryption: finished.requirements.sealing?.encryption, condition: finished.requirements.condition)
        }
        let fields =
            [("ETag", etag.description)] + checksum + EncryptionSettings.answeredOnWrite(stored.fields)
            + written.versionFields
        return (etag, fields)
    }
}
