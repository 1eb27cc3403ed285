import CofferAccess
import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Lists the parts of an upload received so far, in the order of their numbers.
struct ListParts: S3Operation {
    static let action = "s3:ListMultipartUploadParts"

    private let reference: UploadReference
    private let marker: Int
    private let limit: Int
    private let isEncoded: Bool

    init(_ request: S3Request) throws(S3Error) {
        reference = try UploadReference(request)
        marker = try ListingParameters.number("part-number-marker", request) ?? 0
        limit = min(try ListingParameters.number("max-parts", request) ?? Limits.listPartCount, Limits.listPartCount)
        isEncoded = try ListingParameters.isEncoded(request)
    }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let upload = try await reference.find(call)
        let state = try call.state
        let found = try await mappingAsyncStorageErrors { () async throws(StorageError) in
            try await call.service.store.parts(of: upload, after: marker, limit: limit + 1)
        }
        let page = found.prefix(limit)
        var response = HTTPResponse.xml(
            XMLWriter.document("ListPartsResult") { xml in
                xml.element("Bucket", state.bucket.name.description)
                xml.element("Key", ListingParameters.text(reference.key.bytes, isEncoded: isEncoded))
                xml.element("UploadId", upload.uploadID)
                upload.writeInitiator(to: &xml)
                xml.owner(state.ownerID(ofObjectOf: upload.owner))
                xml.element("StorageClass", upload.attributes.storageClass)
                xml.element("PartNumberMarker", String(marker))
                xml.element("NextPartNumberMarker", String(page.last?.number ?? 0))
                xml.element("MaxParts", String(limit))
                if isEncoded { xml.element("EncodingType", "url") }
                xml.element("IsTruncated", String(limit > 0 && found.count > page.count))
                upload.writeChecksum(to: &xml)
                for part in page { Self.write(part, upload, to: &xml) }
            })
        response.headers += upload.versionFields(in: state.bucket)
        return response
    }

    private static func write(_ part: PartRecord, _ upload: Upload, to xml: inout XMLWriter) {
        xml.element("Part") { xml in
            xml.element("PartNumber", String(part.number))
            xml.element("LastModified", part.modified)
            xml.element("ETag", part.etag.description)
            xml.element("Size", String(part.size))
            if let algorithm = upload.checksum?.algorithm { xml.optional(algorithm.element, part.checksum) }
        }
    }
}

extension Upload {
    /// Writes the initiator of the upload: an account by its canonical id, others by their ARN. The bucket's owner
    /// appears as the initiator of an anonymous upload.
    func writeInitiator(to xml: inout XMLWriter) {
        xml.element("Initiator") { xml in
            let arn = ARN(initiator)
            let isAccount = arn?.isRoot ?? true
            xml.element("ID", isAccount ? Account(id: arn?.account ?? owner).canonicalID : initiator)
            xml.element("DisplayName", String(initiator.split(at: "/").last ?? "root"))
        }
    }

    func writeChecksum(to xml: inout XMLWriter) {
        guard let checksum else { return }
        xml.element("ChecksumAlgorithm", checksum.algorithm.rawValue)
        xml.element("ChecksumType", checksum.type.rawValue)
    }
}

extension StoredAttributes {
    var storageClass: String { field(ObjectHeaders.storageClassField) ?? "STANDARD" }
}
