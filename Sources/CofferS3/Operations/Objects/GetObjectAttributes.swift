import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Returns the requested attributes of an object, without its bytes.
struct GetObjectAttributes: S3Operation {
    private let reference: ObjectReference
    private let wanted: Set<Attribute>
    private let partMarker: Int
    private let maxParts: Int
    private let customerKey: CustomerProvidedKey?

    private enum Attribute: String, CaseIterable {
        case etag = "ETag"
        case checksum = "Checksum"
        case objectParts = "ObjectParts"
        case storageClass = "StorageClass"
        case objectSize = "ObjectSize"
    }

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [
            try request.permission("s3:GetObject", forVersion: "s3:GetObjectVersion"),
            try request.permission("s3:GetObjectAttributes", forVersion: "s3:GetObjectVersionAttributes"),
        ]
    }

    init(_ request: S3Request) throws(S3Error) {
        reference = try ObjectReference(request)
        wanted = try Self.attributes(request)
        partMarker = try Self.number("x-amz-part-number-marker", request) ?? 0
        // Like AWS, ignore an invalid limit.
        let limit = request.headers["x-amz-max-parts"].flatMap { Int($0) } ?? Limits.listPartCount
        maxParts = limit < 0 ? Limits.listPartCount : min(limit, Limits.listPartCount)
        customerKey = try CustomerProvidedKey(request, isRead: true)
    }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let object = try await reference.find(call)
        _ = try call.service.keyring.objectKey(of: object.encryption, customerKey)
        let parts = try mappingStorageErrors { () throws(StorageError) in try object.parts() }
        var response = HTTPResponse.xml(
            XMLWriter.document("GetObjectAttributesResponse") { xml in
                if wanted.contains(.etag) { xml.element("ETag", object.etag.value) }
                if wanted.contains(.checksum), let checksum = object.attributes.checksum {
                    xml.element("Checksum") { checksum.withoutPartCount.write(to: &$0) }
                }
                if wanted.contains(.objectParts), !parts.isEmpty { write(parts, of: object, to: &xml) }
                if wanted.contains(.storageClass) { xml.element("StorageClass", object.attributes.storageClass) }
                if wanted.contains(.objectSize) { xml.element("ObjectSize", String(object.size)) }
            })
        response.headers.append(("Last-Modified", object.modified.httpDate))
        response.headers += object.versionFields(in: try call.bucket)
        return response
    }

    /// Writes the parts. AWS lists them individually only if they have additional checksums from the client.
    private func write(_ parts: [ObjectPart], of object: ObjectRecord, to xml: inout XMLWriter) {
        xml.element("ObjectParts") { xml in
            xml.element("PartsCount", String(parts.count))
            guard let checksum = object.attributes.checksum, checksum.type == .composite else { return }
            let rest = parts.filter { $0.number > partMarker }
            let page = rest.prefix(maxParts)
            xml.element("PartNumberMarker", String(partMarker))
            xml.element("NextPartNumberMarker", String(page.last?.number ?? 0))
            xml.element("MaxParts", String(maxParts))
            xml.element("IsTruncated", String(rest.count > page.count))
            for part in page {
                xml.element("Part") { xml in
                    xml.element("PartNumber", String(part.number))
                    xml.element("Size", String(part.size))
                    xml.optional(checksum.algorithm.element, part.checksum)
                }
            }
        }
    }

    private static func attributes(_ request: S3Request) throws(S3Error) -> Set<Attribute> {
        let header = "x-amz-object-attributes"
        let names = request.headers.all(header).flatMap { $0.split(at: ",") }
            .map { String($0.drop { $0 == " " }) }
        guard !names.isEmpty else {
            throw S3Error(
                .invalidRequest,
                "The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty"
            )
        }
        var attributes: Set<Attribute> = []
        for name in names {
            guard let attribute = Attribute(rawValue: name) else {
                throw .invalidArgument("Invalid attribute name specified.", name: header, value: name)
            }
            attributes.insert(attribute)
        }
        return attributes
    }

    private static func number(_ header: String, _ request: S3Request) throws(S3Error) -> Int? {
        guard let text = request.headers[header] else { return nil }
        guard let number = Int(text), number >= 0 else {
            throw .invalidArgument("The value must be a whole number, 0 or greater", name: header, value: text)
        }
        return number
    }
}
