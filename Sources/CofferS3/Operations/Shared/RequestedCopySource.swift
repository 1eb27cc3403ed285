import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// The source of a copy, with the conditions and the key from the other `x-amz-copy-source-…` headers.
struct RequestedCopySource: Sendable {
    let bucket: BucketName
    let reference: ObjectReference
    let conditions: ReadPreconditions
    let customerKey: CustomerProvidedKey?

    static let header = CopySourceName.header

    init(_ request: S3Request) throws(S3Error) {
        let name = try CopySourceName(request)
        bucket = name.bucket
        reference = ObjectReference(key: name.key, version: name.version)
        conditions = ReadPreconditions(request, prefix: "x-amz-copy-source-")
        customerKey = try CustomerProvidedKey(request, .copySource)
    }

    var permission: Permission {
        var permission = Permission(
            reference.version == nil ? "s3:GetObject" : "s3:GetObjectVersion", bucket: bucket, key: reference.key,
            as: .source)
        permission.version = reference.version
        return permission
    }

    /// Looks up the source, and checks its conditions.
    ///
    /// - Throws: `InvalidRequest` for a delete marker that is named by its version.
    func find<Operation>(_ call: Authorized<Operation>) async throws(S3Error) -> ObjectRecord {
        let record: ObjectRecord
        do throws(S3Error) {
            record = try await reference.find(call, as: .source)
        } catch {
            guard error.code == .methodNotAllowed else { throw error }
            throw S3Error(
                .invalidRequest,
                "The source of a copy request may not specifically refer to a delete marker by version id.")
        }
        try conditions.require(record)
        try ArchivedObject.requireReadable(
            record, at: call.request.time, message: "Operation is not valid for the source object's storage class")
        return record
    }

    /// Repeats a copy whose source was replaced while it was copied.
    ///
    /// - Throws: `OperationAborted` if this keeps happening.
    func retrying<Value: Sendable>(
        _ copy: () async throws(S3Error) -> Value
    ) async throws(S3Error) -> Value {
        for _ in 0..<8 {
            do throws(S3Error) {
                return try await copy()
            } catch {
                guard error.code == .operationAborted else { throw error }
            }
        }
        throw S3Error(.operationAborted)
    }

    /// - Throws: `InvalidRequest` for an object that is too large to be copied in one request.
    static func requireWholeCopy(of record: ObjectRecord) throws(S3Error) {
        guard record.size > Limits.putByteCount else { return }
        throw S3Error(
            .invalidRequest,
            "The specified copy source is larger than the maximum allowable size for a copy source: "
                + "\(Limits.putByteCount)")
    }
}
