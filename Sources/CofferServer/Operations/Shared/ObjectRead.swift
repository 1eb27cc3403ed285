import CofferHTTP
import CofferModel
import CofferStorage

/// What GetObject and HeadObject have in common: they answer the same but for the body.
struct ObjectRead: Sendable {
    let key: ObjectKey
    private let conditions: ReadConditions
    private let range: ByteRange?
    private let rangeHeader: String
    /// Whether the first part is asked for, which is the whole of an object that was stored by one PUT.
    private let isPart: Bool
    private let ifRange: String?
    private let overrides: [(name: String, value: String)]
    private let showsChecksum: Bool

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [Permission("s3:GetObject", bucket: try request.bucketName(), key: try request.key())]
    }

    init(_ request: S3Request) throws(S3Error) {
        key = try request.key()
        try request.checkVersion()
        isPart = try Self.isPart(request)
        try request.refuse(headers: ["x-amz-server-side-encryption-customer-"])
        conditions = ReadConditions(request)
        rangeHeader = request.headers["range"] ?? ""
        range = ByteRange(rangeHeader)
        ifRange = request.headers["if-range"]
        showsChecksum = request.headers["x-amz-checksum-mode"]?.uppercased() == "ENABLED"
        overrides = try Self.overrides(request)
    }

    /// - Parameter body: gives the bytes of a range; nil where they are gone since the object was looked up.
    func respond<Operation>(
        _ call: Authorized<Operation>,
        body: (_ object: ObjectRecord, _ range: Range<Int64>) throws(S3Error) -> HTTPBody?
    ) throws(S3Error) -> HTTPResponse {
        guard overrides.isEmpty || !call.access.isAnonymous else {
            throw S3Error(
                .invalidRequest, "Request specific response headers cannot be used for anonymous GET requests.")
        }
        let bucket = try call.bucket
        // An object that is replaced between look-up and opening is looked up again.
        for _ in 0..<8 {
            let found = try askStore { () throws(StorageError) in
                try call.service.store.object(key, in: bucket)
            }
            guard let object = found else { throw try call.missing(key, in: bucket) }
            try check(object)
            let (range, isPartial) = try range(of: object)
            guard let body = try body(object, range) else { continue }
            return HTTPResponse(
                status: isPartial ? 206 : 200, headers: headers(of: object, isPartial ? range : nil), body: body)
        }
        throw .internalError("the bytes of an object are missing")
    }

    private func check(_ object: ObjectRecord) throws(S3Error) {
        switch conditions.evaluate(object) {
        case .holds: return
        case .failed(let condition): throw .preconditionFailed(condition)
        case .notModified:
            let kept = ["cache-control", "expires"].compactMap { name in
                object.attributes.field(name).map { (ObjectHeaders.answered(name), $0) }
            }
            throw S3Error(.notModified, headers: validators(of: object) + kept)
        }
    }

    private func range(of object: ObjectRecord) throws(S3Error) -> (range: Range<Int64>, isPartial: Bool) {
        if isPart { return (0..<object.size, object.size > 0) }
        guard let range, ifRange.map({ isCurrent($0, object) }) ?? true else { return (0..<object.size, false) }
        guard let resolved = range.resolve(in: object.size) else {
            throw S3Error(
                .invalidRange,
                details: [("RangeRequested", rangeHeader), ("ActualObjectSize", String(object.size))],
                headers: [("Content-Range", "bytes */\(object.size)")])
        }
        return (resolved, true)
    }

    private static func isPart(_ request: S3Request) throws(S3Error) -> Bool {
        guard let text = request.query["partNumber"] else { return false }
        guard let number = Int(text), (1...10_000).contains(number) else {
            throw .invalidArgument(
                "Part number must be an integer between 1 and 10000, inclusive", name: "partNumber", value: text)
        }
        guard request.headers["range"] == nil else {
            throw S3Error(.invalidRequest, "Cannot specify both Range header and partNumber query parameter")
        }
        guard number == 1 else { throw S3Error(.invalidPartNumber, details: [("PartNumberRequested", text)]) }
        return true
    }

    /// RFC 9110 section 13.1.5.
    private func isCurrent(_ validator: String, _ object: ObjectRecord) -> Bool {
        if let date = Timestamp(parsing: validator) { return date.seconds == object.modified.seconds }
        return validator == object.etag.description
    }

    private func validators(of object: ObjectRecord) -> [(name: String, value: String)] {
        [("Last-Modified", object.modified.httpDate), ("ETag", object.etag.description)]
    }

    private func headers(of object: ObjectRecord, _ partial: Range<Int64>?) -> [(name: String, value: String)] {
        var headers = validators(of: object) + [("Accept-Ranges", "bytes")]
        let hidesChecksum = !showsChecksum || partial != nil
        for field in object.attributes.fields {
            if hidesChecksum, field.name.hasPrefix("x-amz-checksum-") { continue }
            if overrides.contains(where: { $0.name == field.name }) { continue }
            headers.append((ObjectHeaders.answered(field.name), field.value))
        }
        headers += overrides.map { (ObjectHeaders.answered($0.name), $0.value) }
        if !object.attributes.tags.isEmpty {
            headers.append(("x-amz-tagging-count", String(object.attributes.tags.count)))
        }
        if let partial {
            headers.append(("Content-Range", "bytes \(partial.lowerBound)-\(partial.upperBound - 1)/\(object.size)"))
        }
        return headers
    }

    /// The `response-…` parameters, which stand for stored header fields.
    private static func overrides(_ request: S3Request) throws(S3Error) -> [(name: String, value: String)] {
        let names = [
            "content-type", "content-language", "expires", "cache-control", "content-disposition", "content-encoding",
        ]
        var overrides: [(name: String, value: String)] = []
        for name in names {
            guard let value = request.query["response-\(name)"] else { continue }
            guard value.utf8.allSatisfy({ $0 >= 32 && $0 != 127 }) else {
                throw .invalidArgument(
                    "Header value cannot be represented using ISO-8859-1.", name: "response-\(name)", value: value)
            }
            overrides.append((name, value))
        }
        return overrides
    }
}
