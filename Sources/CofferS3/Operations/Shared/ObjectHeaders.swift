import CofferHTTP
import CofferModel
import CofferService

/// The header fields of a request that are stored with an object and returned with it.
enum ObjectHeaders {
    private static let stored = [
        "content-type", "content-disposition", "content-encoding", "content-language", "cache-control", "expires",
        redirectField,
    ]
    static let metadataPrefix = "x-amz-meta-"
    static let storageClassField = "x-amz-storage-class"
    static let redirectField = "x-amz-website-redirect-location"

    /// Returns whether a header describes an object. The media type is not included, because some clients send it with
    /// every body.
    static func isAttribute(_ name: String) -> Bool {
        let others = ["x-amz-tagging", "x-amz-acl", storageClassField, redirectField]
        return name.hasPrefix(metadataPrefix) || name.hasPrefix("x-amz-object-lock-") || name.hasPrefix("x-amz-grant-")
            || name == EncryptionSettings.field || others.contains(name)
            || (stored.contains(name) && !name.hasPrefix("content-"))
    }

    /// Returns whether a copy keeps a field of its source: the fields that clients specified, except for those that
    /// each object is given anew.
    static func isCopied(_ name: String) -> Bool {
        name.hasPrefix(metadataPrefix) || (stored.contains(name) && name != redirectField)
    }
    private static let storageClasses = [
        "STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER",
        "DEEP_ARCHIVE", "GLACIER_IR",
    ]

    /// Returns a stored field's name as AWS writes it in responses: `Content-Type`, but `x-amz-meta-…`.
    static func answered(_ name: String) -> String {
        switch name {
        case "content-type": "Content-Type"
        case "content-disposition": "Content-Disposition"
        case "content-encoding": "Content-Encoding"
        case "content-language": "Content-Language"
        case "cache-control": "Cache-Control"
        case "expires": "Expires"
        default: name
        }
    }

    /// Returns a stored field as it appears in responses.
    static func answered(_ field: (name: String, value: String)) -> (name: String, value: String) {
        let isMetadata = field.name.hasPrefix(metadataPrefix)
        return (answered(field.name), isMetadata ? EncodedWords.encode(field.value) : field.value)
    }

    /// - Throws: `MetadataTooLarge`, `InvalidStorageClass`, `InvalidRedirectLocation`.
    static func fields(of request: S3Request) throws(S3Error) -> [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = []
        for name in stored {
            if let value = value(name, request), !value.isEmpty { fields.append((name, value)) }
        }
        if !fields.contains(where: { $0.name == "content-type" }) {
            fields.insert(("content-type", "binary/octet-stream"), at: 0)
        }
        if let location = request.headers[redirectField] {
            let isAllowed = ["/", "http://", "https://"].contains { location.hasPrefix($0) }
            guard isAllowed else { throw S3Error(.invalidRedirectLocation) }
        }
        fields += try metadata(request)
        if let storageClass = try storageClass(request) { fields.append((storageClassField, storageClass)) }
        return fields
    }

    /// Returns the storage class, unless it is the default.
    static func storageClass(_ request: S3Request) throws(S3Error) -> String? {
        guard let name = request.headers[storageClassField], name != "STANDARD" else { return nil }
        guard storageClasses.contains(name) else {
            throw S3Error(.invalidStorageClass, details: [("StorageClassRequested", name)])
        }
        return name
    }

    /// Returns a header's value without `aws-chunked`, which describes the transfer and is not stored.
    private static func value(_ name: String, _ request: S3Request) -> String? {
        guard let value = request.headers[name] else { return nil }
        guard name == "content-encoding", value.contains("aws-chunked") else { return value }
        return value.split(at: ",").map { String($0.drop { $0 == " " }) }
            .filter { $0 != "aws-chunked" }.joined(separator: ",")
    }

    /// Returns the metadata. The values of a name that occurs several times are joined by commas.
    private static func metadata(_ request: S3Request) throws(S3Error) -> [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = []
        for field in request.headers.fields where field.name.hasPrefix(metadataPrefix) {
            if let index = fields.firstIndex(where: { $0.name == field.name }) {
                fields[index].value += ",\(field.value)"
            } else {
                fields.append(field)
            }
        }
        let size = fields.reduce(0) { $0 + $1.name.utf8.count - metadataPrefix.utf8.count + $1.value.utf8.count }
        guard size <= Limits.userMetadataByteCount else {
            throw S3Error(
                .metadataTooLarge,
                details: [("Size", String(size)), ("MaxSizeAllowed", String(Limits.userMetadataByteCount))])
        }
        return fields.map { ($0.name, EncodedWords.decode($0.value)) }
    }
}
