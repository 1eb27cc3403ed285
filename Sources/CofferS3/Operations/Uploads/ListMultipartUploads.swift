import CofferAccess
import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Lists the uploads in progress in a bucket, by key, and those of one key in the order in which they were begun.
struct ListMultipartUploads: S3Operation {
    static let action = "s3:ListBucketMultipartUploads"

    private let prefix: String
    private let delimiter: String
    private let keyMarker: String
    private let uploadIDMarker: String
    private let limit: Int
    private let isEncoded: Bool

    init(_ request: S3Request) throws(S3Error) {
        let query = request.query
        prefix = query["prefix"] ?? ""
        delimiter = query["delimiter"] ?? ""
        keyMarker = query["key-marker"] ?? ""
        // Without a key marker, it is ignored (S3 API Reference).
        uploadIDMarker = keyMarker.isEmpty ? "" : query["upload-id-marker"] ?? ""
        guard uploadIDMarker.isEmpty || Upload.isID(uploadIDMarker) else {
            throw .invalidArgument("Invalid uploadId marker", name: "upload-id-marker", value: uploadIDMarker)
        }
        limit = min(
            try ListingParameters.number("max-uploads", request) ?? Limits.listUploadCount, Limits.listUploadCount)
        isEncoded = try ListingParameters.isEncoded(request)
    }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let state = try call.state
        let query = UploadQuery(
            prefix: Array(prefix.utf8), delimiter: Array(delimiter.utf8), afterKey: Array(keyMarker.utf8),
            afterUpload: uploadIDMarker, limit: limit)
        let page = try await mappingAsyncStorageErrors { () async throws(StorageError) in
            try await call.service.store.uploads(query, in: state.bucket)
        }
        return .xml(
            XMLWriter.document("ListMultipartUploadsResult") { xml in
                xml.element("Bucket", state.bucket.name.description)
                xml.element("KeyMarker", text(keyMarker))
                xml.element("UploadIdMarker", uploadIDMarker)
                writeNext(page, to: &xml)
                if !delimiter.isEmpty { xml.element("Delimiter", text(delimiter)) }
                xml.element("Prefix", text(prefix))
                if isEncoded { xml.element("EncodingType", "url") }
                xml.element("MaxUploads", String(limit))
                xml.element("IsTruncated", String(page.isTruncated))
                for case .item(let upload) in page.entries { write(upload, state, to: &xml) }
                for case .commonPrefix(let prefix) in page.entries {
                    xml.element("CommonPrefixes") { $0.element("Prefix", text(prefix)) }
                }
            })
    }

    /// Writes where the page ends, even if it is the last one.
    private func writeNext(_ page: UploadPage, to xml: inout XMLWriter) {
        let uploadID = if case .item(let upload)? = page.entries.last { upload.uploadID } else { "" }
        xml.element("NextKeyMarker", text(page.entries.last?.name ?? []))
        xml.element("NextUploadIdMarker", uploadID)
    }

    private func write(_ upload: Upload, _ state: BucketState, to xml: inout XMLWriter) {
        xml.element("Upload") { xml in
            xml.element("Key", text(upload.key.bytes))
            xml.element("UploadId", upload.uploadID)
            xml.optional("VersionId", upload.version(in: state.bucket)?.description)
            upload.writeInitiator(to: &xml)
            xml.owner(state.ownerID(ofObjectOf: upload.owner))
            xml.element("StorageClass", upload.attributes.storageClass)
            xml.element("Initiated", upload.initiated)
            upload.writeChecksum(to: &xml)
        }
    }

    private func text(_ name: [UInt8]) -> String { ListingParameters.text(name, isEncoded: isEncoded) }
    private func text(_ name: String) -> String { text(Array(name.utf8)) }
}
