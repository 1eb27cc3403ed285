import CofferAccess
import CofferHTTP
import CofferIAM
import CofferModel
import CofferService
import CofferStorage

/// Begins a multipart upload, and sets the attributes of the object that it creates.
struct CreateMultipartUpload: S3Operation {
    static let anonymousRefusal: String? = AnonymousRefusal.upload

    private let settings: NewObjectSettings
    private let checksum: UploadChecksum?

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        try NewObjectSettings.permissions(for: request)
    }

    init(_ request: S3Request) throws(S3Error) {
        settings = try NewObjectSettings(request)
        checksum = try UploadChecksum(request)
    }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        _ = try body.finish()
        let writer = try ObjectWriter(settings, call)
        try writer.check()
        let bucket = try call.bucket
        let attributes = try writer.attributes(settings.fields, tags: settings.tags)
        let sealing = call.service.keyring.sealing(try writer.encryption)
        let new = NewUpload(
            key: settings.key, owner: writer.owner, initiator: call.access.principal.arn ?? "",
            attributes: attributes, encryption: sealing?.encryption, checksum: checksum)
        let upload = try await mappingAsyncStorageErrors { () async throws(StorageError) in
            try await call.service.store.createUpload(new, in: bucket)
        }
        var response = HTTPResponse.xml(
            XMLWriter.document("InitiateMultipartUploadResult") { xml in
                xml.element("Bucket", bucket.name.description)
                xml.element("Key", settings.key.description)
                xml.element("UploadId", upload.uploadID)
            })
        response.headers += EncryptionSettings.answeredOnWrite(attributes.fields) + upload.versionFields(in: bucket)
        if let checksum {
            response.headers += [
                ("x-amz-checksum-algorithm", checksum.algorithm.rawValue),
                (ChecksumType.header, checksum.type.rawValue),
            ]
        }
        return response
    }
}
