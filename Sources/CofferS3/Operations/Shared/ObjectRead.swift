import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// The common part of GetObject and HeadObject, whose responses differ only in the body.
final class ObjectRead: Sendable {
    private let reference: ObjectReference
    private let conditions: ReadPreconditions
    private let range: ByteRange?
    private let rangeHeader: String
    private let partNumber: Int?
    private let ifRange: String?
    private let overrides: ResponseOverrides
    private let showsChecksum: Bool
    private let customerKey: CustomerProvidedKey?

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [try request.permission("s3:GetObject", forVersion: "s3:GetObjectVersion")]
    }

    init(_ request: S3Request) throws(S3Error) {
        reference = try ObjectReference(request)
        partNumber = try Self.partNumber(request)
        try EncryptionSettings.refuseForRead(request)
        customerKey = try CustomerProvidedKey(request, isRead: true)
        conditions = ReadPreconditions(request)
        rangeHeader = request.headers["range"] ?? ""
        range = ByteRange(rangeHeader)
        ifRange = request.headers["if-range"]
        showsChecksum = request.headers["x-amz-checksum-mode"]?.uppercased() == "ENABLED"
        overrides = try ResponseOverrides(request)
    }

    /// The range of an object that is to be sent.
    struct Selection: Sendable {
        let object: ObjectRecord
        let bucket: Bucket
        let range: Range<Int64>
        /// The object's key, if it is encrypted.
        let objectKey: [UInt8]?
    }

    /// - Parameters:
    ///   - readsBytes: whether `body` reads the bytes from the store.
    ///   - body: returns the bytes; nil if they were removed after the object was looked up.
    func respond<Operation>(
        _ call: Authorized<Operation>, readsBytes: Bool,
        body: (_ selection: Selection) async throws(S3Error) -> HTTPBody?
    ) async throws(S3Error) -> HTTPResponse {
        try overrides.check(call.access)
        let bucket = try call.bucket
        // An object that is replaced between lookup and opening is looked up again.
        for _ in 0..<8 {
            let object = try await reference.find(call, isToBeRead: readsBytes)
            let objectKey = try call.service.keyring.objectKey(of: object.encryption, customerKey)
            try check(object, call)
            let (range, isPartial) = try range(of: object)
            let selection = Selection(object: object, bucket: bucket, range: range, objectKey: objectKey)
            guard let body = try await body(selection) else { continue }
            return HTTPResponse(
                status: isPartial ? 206 : 200, headers: try await headers(of: object, isPartial ? range : nil, call),
                body: body)
        }
        throw .internalError("the bytes of an object are missing")
    }

    private func check<Operation>(_ object: ObjectRecord, _ call: Authorized<Operation>) throws(S3Error) {
        switch conditions.evaluate(object) {
        case .holds: break
        case .failed(let condition): throw .preconditionFailed(condition)
        case .notModified:
            let kept = ["cache-control", "expires"].compactMap { name in
                object.attributes.field(name).map { (ObjectHeaders.answered(name), $0) }
            }
            let validators = [("Last-Modified", object.modified.httpDate), ("ETag", object.etag.description)]
            throw S3Error(.notModified, headers: validators + kept + object.versionFields(in: try call.bucket))
        }
    }

    // MARK: Ranges

    private func range(of object: ObjectRecord) throws(S3Error) -> (range: Range<Int64>, isPartial: Bool) {
        if let partNumber { return try range(ofPart: partNumber, of: object) }
        guard let range, ifRange.map({ isCurrent($0, object) }) ?? true else { return (0..<object.size, false) }
        if object.size == 0, range.includesEmptyObject { return (0..<0, false) }
        guard let resolved = range.resolve(in: object.size) else {
            throw S3Error(
                .invalidRange,
                details: [("RangeRequested", rangeHeader), ("ActualObjectSize", String(object.size))],
                headers: [("Content-Range", "bytes */\(object.size)")])
        }
        return (resolved, true)
    }

    /// Returns the range of a part. An object that was stored in one piece is its own first part.
    private func range(
        ofPart number: Int, of object: ObjectRecord
    ) throws(S3Error) -> (range: Range<Int64>, isPartial: Bool) {
        if !object.isMultipart, number == 1 { return (0..<object.size, object.size > 0) }
        let range = try mappingStorageErrors { () throws(StorageError) in try object.range(ofPart: number) }
        guard let range else {
            throw S3Error(
                .invalidPartNumber,
                details: [
                    ("PartNumberRequested", String(number)),
                    ("ActualPartCount", String(try partCount(of: object) ?? 1)),
                ])
        }
        return (range, object.size > 0)
    }

    private func partCount(of object: ObjectRecord) throws(S3Error) -> Int? {
        guard object.isMultipart else { return nil }
        return try mappingStorageErrors { () throws(StorageError) in try object.parts().count }
    }

    private static func partNumber(_ request: S3Request) throws(S3Error) -> Int? {
        guard let text = request.query["partNumber"] else { return nil }
        let number = try PartNumber.parse(text)
        guard request.headers["range"] == nil else {
            throw S3Error(.invalidRequest, "Cannot specify both Range header and partNumber query parameter")
        }
        return number
    }

    /// Returns whether an `If-Range` validator matches the object (RFC 9110 section 13.1.5).
    private func isCurrent(_ validator: String, _ object: ObjectRecord) -> Bool {
        if let date = Timestamp(parsing: validator) { return date.seconds == object.modified.seconds }
        return validator == object.etag.description
    }

    // MARK: Header fields

    private func headers<Operation>(
        of object: ObjectRecord, _ partial: Range<Int64>?, _ call: Authorized<Operation>
    ) async throws(S3Error) -> [(name: String, value: String)] {
        var headers: [(name: String, value: String)] = []
        // With those that every response gets.
        headers.reserveCapacity(16)
        headers.append(("Last-Modified", object.modified.httpDate))
        headers.append(("ETag", object.etag.description))
        headers.append(("Accept-Ranges", "bytes"))
        headers += object.versionFields(in: try call.bucket)
        let hidden = overrides.names + (try await LockHeaders.hidden(from: call, reference))
        for field in object.attributes.fields where isShown(field.name, hidden) {
            headers.append(ObjectHeaders.answered(field))
        }
        if showsChecksum, let checksum = try checksum(of: object, partial) { headers += checksum.fields }
        headers += overrides.fields
        headers += EncryptionSettings.answered(object.attributes.fields)
        let tagCount = object.attributes.tags.count
        if tagCount > 0, try await call.isAllowed(reference.taggingAction, object.key, version: reference.version) {
            headers.append(("x-amz-tagging-count", String(tagCount)))
        }
        if partNumber != nil, let count = try partCount(of: object) {
            headers.append(("x-amz-mp-parts-count", String(count)))
        }
        if let partial {
            headers.append(("Content-Range", "bytes \(partial.lowerBound)-\(partial.upperBound - 1)/\(object.size)"))
        }
        return headers
    }

    /// Returns the checksum of the object if it is read completely, or of the part that is read by its number if S3
    /// keeps checksums for parts, which are those that a composite checksum was computed from.
    private func checksum(of object: ObjectRecord, _ partial: Range<Int64>?) throws(S3Error) -> StoredChecksum? {
        guard let checksum = object.attributes.checksum else { return nil }
        guard let partNumber else { return partial.map { $0.count < object.size } == true ? nil : checksum }
        guard object.isMultipart, checksum.type == .composite else { return nil }
        let part = try mappingStorageErrors { () throws(StorageError) in
            try object.parts().first { $0.number == partNumber }
        }
        return part?.checksum.map {
            StoredChecksum(algorithm: checksum.algorithm, value: $0, type: checksum.type)
        }
    }

    /// Whether a field that is stored with the object is returned unchanged.
    private func isShown(_ name: String, _ hidden: [String]) -> Bool {
        !hidden.contains(name) && !EncryptionSettings.isField(name) && !StoredAttributes.isChecksum(name)
    }
}
