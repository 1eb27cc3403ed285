import CofferAccess
import CofferCrypto
import CofferHTTP
import CofferModel
import CofferStorage

/// Stores a body as the current object of a key.
struct PutObject: S3Operation {
    static let body = BodyKind.object

    private let key: ObjectKey
    private let attributes: ObjectAttributes
    private let condition: WriteCondition?

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        let (bucket, key) = (try request.bucketName(), try request.key())
        let tagging = request.headers["x-amz-tagging"].map { _ in
            Permission("s3:PutObjectTagging", bucket: bucket, key: key)
        }
        return [Permission("s3:PutObject", bucket: bucket, key: key)] + (tagging.map { [$0] } ?? [])
    }

    init(_ request: S3Request) throws(S3Error) {
        key = try request.key()
        if let part = request.query["partNumber"] {
            throw .invalidArgument("A part belongs to an upload: uploadId is missing", name: "partNumber", value: part)
        }
        try request.refuse(headers: ObjectHeaders.refused)
        try CannedACL.check(request, allowsPublicRead: true)
        attributes = ObjectAttributes(
            fields: try ObjectHeaders.fields(of: request), tags: try ObjectHeaders.tags(of: request))
        condition = try WriteConditions.condition(request, key: key)
    }

    func perform(_ call: Authorized<Self>) async throws(S3Error) -> HTTPResponse {
        let bucket = try call.bucket
        try CannedACL.check(key, in: bucket.name, call)
        let body = try call.body.finish()
        guard let object = body.object, let checksum = body.checksum else {
            throw .internalError("PutObject got no body for an object")
        }
        var attributes = attributes
        let checksumFields = [
            (name: checksum.algorithm.header, value: checksum.value),
            (name: "x-amz-checksum-type", value: "FULL_OBJECT"),
        ]
        attributes.fields += checksumFields
        let stored = attributes
        let record = try await awaitStore { () async throws(StorageError) in
            try await call.service.store.put(
                object, as: key, in: bucket, etag: ETag(hex(body.md5)), attributes: stored,
                owner: call.service.account.id, condition: condition)
        }
        return HTTPResponse(status: 200, headers: [("ETag", record.etag.description)] + checksumFields)
    }
}
