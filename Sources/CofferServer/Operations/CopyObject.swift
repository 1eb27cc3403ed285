import CofferAccess
import CofferHTTP
import CofferModel
import CofferStorage

/// Makes an object of another's bytes, which both then share: nothing is moved, whatever the size.
struct CopyObject: S3Operation {
    static let mayBeLate = true

    private let source: CopySource
    private let key: ObjectKey
    private let isOntoItself: Bool
    private let conditions: ReadConditions
    private let replacedFields: [(name: String, value: String)]?
    private let replacedTags: [Tag]?
    private let storageClass: String?

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        let source = try CopySource(request)
        let (bucket, key) = (try request.bucketName(), try request.key())
        let setsTags =
            request.headers["x-amz-tagging"] != nil || request.headers["x-amz-tagging-directive"] == "REPLACE"
        return [
            Permission("s3:PutObject", bucket: bucket, key: key),
            Permission("s3:GetObject", bucket: source.bucket, key: source.key),
        ] + (setsTags ? [Permission("s3:PutObjectTagging", bucket: bucket, key: key)] : [])
    }

    init(_ request: S3Request) throws(S3Error) {
        source = try CopySource(request)
        key = try request.key()
        let bucket = try request.bucketName()
        isOntoItself = source.key == key && source.bucket == bucket
        try request.refuse(
            headers: ObjectHeaders.refused + [
                "x-amz-copy-source-server-side-encryption-customer-", "x-amz-checksum-algorithm", "if-match",
                "if-none-match",
            ])
        try CannedACL.check(request, allowsPublicRead: true)
        conditions = ReadConditions(request, prefix: "x-amz-copy-source-")
        let fields = try ObjectHeaders.fields(of: request)
        replacedFields = try Self.isReplaced("metadata", request) ? fields : nil
        replacedTags = try Self.isReplaced("tagging", request) ? try ObjectHeaders.tags(of: request) : nil
        storageClass = try ObjectHeaders.storageClass(request)
    }

    func perform(_ call: Authorized<Self>) async throws(S3Error) -> HTTPResponse {
        _ = try call.body.finish()
        let (bucket, sourceBucket) = (try call.bucket(at: 0), try call.bucket(at: 1))
        try CannedACL.check(key, in: bucket.name, call)
        let missing = try call.missing(source.key, in: sourceBucket)
        let record: ObjectRecord
        do throws(StorageError) {
            record = try await call.service.store.copy(
                source.key, in: sourceBucket, to: key, in: bucket, owner: call.service.account.id,
                attributes: attributes)
        } catch {
            if case .noSuchKey = error { throw missing }
            throw S3Error(error)
        }
        return .xml(
            XMLWriter.document("CopyObjectResult") { xml in
                xml.element("LastModified", record.modified.iso8601)
                xml.element("ETag", record.etag.description)
                for algorithm in ChecksumAlgorithm.allCases {
                    xml.optional(algorithm.element, record.attributes.field(algorithm.header))
                }
                xml.optional("ChecksumType", record.attributes.field("x-amz-checksum-type"))
            })
    }

    /// The copy's attributes, decided on the source as it is at that moment.
    private func attributes(of source: ObjectRecord) throws(S3Error) -> ObjectAttributes {
        try conditions.require(source)
        let oldClass = source.attributes.field("x-amz-storage-class")
        guard !isOntoItself || replacedFields != nil || storageClass != oldClass else {
            throw S3Error(
                .invalidRequest,
                "This copy request is illegal because it is trying to copy an object to itself without changing the "
                    + "object's metadata, storage class, website redirect location or encryption attributes.")
        }
        let ofTheBytes = source.attributes.fields.filter { $0.name.hasPrefix("x-amz-checksum-") }
        var copied = source.attributes.fields.filter {
            !$0.name.hasPrefix("x-amz-checksum-")
                && !["x-amz-storage-class", "x-amz-website-redirect-location"].contains($0.name)
        }
        if let storageClass { copied.append(("x-amz-storage-class", storageClass)) }
        return ObjectAttributes(
            fields: (replacedFields ?? copied) + ofTheBytes, tags: replacedTags ?? source.attributes.tags)
    }

    /// Whether `x-amz-metadata-directive` or `x-amz-tagging-directive` says `REPLACE`.
    private static func isReplaced(_ kind: String, _ request: S3Request) throws(S3Error) -> Bool {
        let header = "x-amz-\(kind)-directive"
        switch request.headers[header] {
        case nil, "COPY": return false
        case "REPLACE": return true
        case let value?:
            throw .invalidArgument("Unknown \(kind) directive.", name: header, value: value)
        }
    }
}

/// The value of `x-amz-copy-source`: `bucket/key`, with or without a slash before it, percent-encoded.
struct CopySource: Sendable {
    let bucket: BucketName
    let key: ObjectKey

    init(_ request: S3Request) throws(S3Error) {
        let header = request.headers["x-amz-copy-source"] ?? ""
        let parts = header.split(at: "?", maxSplits: 1, keepingEmpty: true)
        if parts.count > 1, parts[1] != "versionId=null" {
            throw .invalidArgument("Invalid version id specified", name: "x-amz-copy-source", value: header)
        }
        guard let decoded = PercentEncoding.decode(parts[0]) else { throw Self.malformed(header) }
        let path = decoded.first == UInt8(ascii: "/") ? decoded.dropFirst() : decoded[...]
        guard let slash = path.firstIndex(of: UInt8(ascii: "/")), slash + 1 < path.endIndex else {
            throw Self.malformed(header)
        }
        bucket = try BucketName(String(decoding: path[..<slash], as: UTF8.self))
        key = try ObjectKey(Array(path[(slash + 1)...]))
    }

    private static func malformed(_ header: String) -> S3Error {
        .invalidArgument(
            "Copy Source must mention the source bucket and key: sourcebucket/sourcekey", name: "x-amz-copy-source",
            value: header)
    }
}
