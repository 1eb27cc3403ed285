import CofferCrypto
import CofferHTTP
import CofferModel
import CofferSigning
import CofferStorage

/// The parts of which CompleteMultipartUpload makes an object, as its document lists them.
struct PartList: Sendable {
    private let items: [Item]

    private struct Item: Sendable {
        let number: Int
        let etag: ETag
        let checksums: [Checksum]
    }

    /// - Throws: `MalformedXML` for a document of another shape, `InvalidPartOrder`.
    init(document: [UInt8], uploadID: String) throws(S3Error) {
        let root = try XMLElement.parse(document, root: "CompleteMultipartUpload")
        var items: [Item] = []
        for element in root.all("Part") {
            guard let text = element["PartNumber"]?.text, let number = Int(text), let etag = element["ETag"]?.text
            else {
                throw S3Error(.malformedXML)
            }
            guard (1...Limits.partCount).contains(number) else {
                throw .invalidArgument(
                    "PartNumber must be >= 1 and <= \(Limits.partCount)", name: "PartNumber", value: text)
            }
            guard items.last.map({ $0.number < number }) ?? true else {
                throw S3Error(.invalidPartOrder, details: [("UploadId", uploadID)])
            }
            let checksums = ChecksumAlgorithm.allCases.compactMap { algorithm in
                element[algorithm.element].map { Checksum(algorithm: algorithm, value: $0.text) }
            }
            items.append(Item(number: number, etag: ETag(header: etag), checksums: checksums))
        }
        guard !items.isEmpty else { throw S3Error(.malformedXML) }
        self.items = items
    }

    /// The MD5 of the parts' MD5s, and their number: the object's ETag.
    var etag: ETag {
        let digests = items.flatMap { bytes(hex: $0.etag.value) ?? Array($0.etag.value.utf8) }
        return ETag("\(hex(Digest.of(digests, .md5)))-\(items.count)")
    }

    /// The parts that are listed, of those that were uploaded.
    ///
    /// - Throws: `InvalidPart` for one that was not, or has another ETag or checksum; `EntityTooSmall` for one of less
    ///   than 5 MiB that is not the last; `InvalidRequest` if a checksum is missing.
    func choose(from uploaded: [UploadedPart], upload: Upload) throws(S3Error) -> [UploadedPart] {
        let byNumber = Dictionary(uploaded.map { ($0.number, $0) }) { first, _ in first }
        var parts: [UploadedPart] = []
        for item in items {
            guard let part = byNumber[item.number], part.etag == item.etag else {
                throw invalidPart(item, upload)
            }
            try checkChecksum(item, part, upload)
            parts.append(part)
        }
        for part in parts.dropLast() where part.size < Limits.partByteCount {
            throw S3Error(
                .entityTooSmall,
                details: [
                    ("ProposedSize", String(part.size)), ("MinSizeAllowed", String(Limits.partByteCount)),
                    ("PartNumber", String(part.number)), ("ETag", part.etag.value),
                ])
        }
        return parts
    }

    private func checkChecksum(_ item: Item, _ part: UploadedPart, _ upload: Upload) throws(S3Error) {
        guard let expected = upload.checksum else { return }
        guard let given = item.checksums.first(where: { $0.algorithm == expected.algorithm }) else {
            guard expected.type == .composite else { return }
            throw S3Error(
                .invalidRequest,
                "The upload was created using a \(expected.algorithm.rawValue.lowercased()) checksum. The complete request must "
                    + "include the checksum for each part. It was missing for part \(item.number) in the request.")
        }
        guard given.value == part.checksum else { throw invalidPart(item, upload) }
    }

    private func invalidPart(_ item: Item, _ upload: Upload) -> S3Error {
        S3Error(
            .invalidPart,
            details: [
                ("UploadId", upload.uploadID), ("PartNumber", String(item.number)), ("ETag", item.etag.value),
            ])
    }
}

/// The checksum of the whole object that CompleteMultipartUpload gives, for the server to compare.
struct ExpectedChecksum: Sendable {
    private let checksum: Checksum?
    private let type: ChecksumType?

    init(_ request: S3Request) throws(S3Error) {
        let given = ChecksumAlgorithm.allCases.compactMap { algorithm in
            request.headers[algorithm.header].map { Checksum(algorithm: algorithm, value: $0) }
        }
        guard given.count <= 1 else {
            throw S3Error(
                .invalidRequest,
                "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
        }
        checksum = given.first
        type = try request.headers[ObjectHeaders.checksumTypeField].map { text throws(S3Error) in
            guard let type = ChecksumType(rawValue: text) else {
                throw S3Error(.invalidRequest, "Value for x-amz-checksum-type header is invalid.")
            }
            return type
        }
    }

    /// - Throws: `BadDigest` if it is another, or of another type.
    func check(_ computed: StoredChecksum) throws(S3Error) {
        guard type == nil || type == computed.type else {
            throw S3Error(
                .badDigest,
                "The upload was created using the \(computed.type.rawValue) checksum mode. The complete request must use the "
                    + "same checksum mode.")
        }
        guard let checksum, checksum.algorithm == computed.algorithm else { return }
        // A composite value may be given without the number of parts.
        let isSame = checksum.value == computed.value || computed.value.hasPrefix("\(checksum.value)-")
        guard isSame else {
            throw S3Error(
                .badDigest,
                "The \(computed.algorithm.rawValue.lowercased()) you specified did not match the calculated checksum.")
        }
    }
}

extension StoredChecksum {
    /// The checksum of an object of parts.
    ///
    /// - Returns: nil if some part has none.
    init?(of parts: [UploadedPart], _ kind: UploadChecksum) throws(S3Error) {
        var combined = MultipartChecksum(kind.algorithm, kind.type)
        for part in parts {
            guard let text = part.checksum, let value = bytes(base64: text), value.count == kind.algorithm.byteCount
            else {
                return nil
            }
            combined.add(value, byteCount: part.size)
        }
        self.init(algorithm: kind.algorithm, value: combined.finalize(), type: kind.type)
    }
}
