import CofferCrypto
import CofferHTTP
import CofferModel
import CofferService
import CofferSigning
import CofferStorage

/// The parts that CompleteMultipartUpload combines into an object, as its document lists them.
struct PartList: Sendable {
    private let items: [Item]

    private struct Item: Sendable {
        let number: Int
        let etag: ETag
        let checksum: Checksum?
    }

    /// - Throws: `MalformedXML` for a document of another shape, `InvalidPartOrder`, and `InvalidArgument` for an
    ///   invalid checksum of a part, or more than one.
    init(document: [UInt8], uploadID: String) throws(S3Error) {
        guard !document.isEmpty else {
            items = []
            return
        }
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
            items.append(Item(number: number, etag: ETag(header: etag), checksum: try Self.checksum(of: element)))
        }
        self.items = items
    }

    private static func checksum(of part: XMLElement) throws(S3Error) -> Checksum? {
        var found: Checksum?
        for algorithm in ChecksumAlgorithm.allCases {
            for element in part.all(algorithm.element) {
                guard found == nil else {
                    throw .invalidArgument(
                        "A part may have only one checksum", name: algorithm.element, value: element.text)
                }
                guard bytes(base64: element.text)?.count == algorithm.byteCount else {
                    throw .invalidArgument(
                        "The checksum of a part is not valid", name: algorithm.element, value: element.text)
                }
                found = Checksum(algorithm: algorithm, value: element.text)
            }
        }
        return found
    }

    /// - Throws: `InvalidRequest` for an empty list, which is reported only if the upload exists.
    func requireParts() throws(S3Error) {
        guard !items.isEmpty else { throw S3Error(.invalidRequest, "You must specify at least one part") }
    }

    /// The object's ETag: the MD5 of the parts' MD5s, and their number.
    var etag: ETag {
        let digests = items.flatMap { bytes(hex: $0.etag.value) ?? Array($0.etag.value.utf8) }
        return ETag("\(hex(Digest.of(digests, .md5)))-\(items.count)")
    }

    /// Returns the listed parts, chosen from the uploaded ones.
    ///
    /// - Throws: `InvalidPart` for a part that was not uploaded, or has another ETag or checksum; `EntityTooSmall` for
    ///   a part of less than 5 MiB that is not the last; `InvalidRequest` if a checksum is missing.
    func choose(from uploaded: [PartRecord], upload: Upload) throws(S3Error) -> [PartRecord] {
        let byNumber = Dictionary(uploaded.map { ($0.number, $0) }) { first, _ in first }
        var parts: [PartRecord] = []
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

    /// Checks a part's checksum. A checksum for an upload that declared no algorithm is refused, because there is
    /// nothing to compare it with.
    private func checkChecksum(_ item: Item, _ part: PartRecord, _ upload: Upload) throws(S3Error) {
        guard let expected = upload.checksum else {
            guard item.checksum == nil else { throw invalidPart(item, upload) }
            return
        }
        guard let given = item.checksum else {
            guard expected.type == .composite else { return }
            throw S3Error(
                .invalidRequest,
                "The upload was created using a \(expected.algorithm.rawValue.lowercased()) checksum. The complete request must "
                    + "include the checksum for each part. It was missing for part \(item.number) in the request.")
        }
        guard given.algorithm == expected.algorithm else {
            throw S3Error(
                .badDigest, "The \(given.algorithm.rawValue) you specified did not match the calculated checksum.")
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

extension StoredChecksum {
    /// Computes the checksum of an object from its parts.
    ///
    /// - Returns: nil if a part has none.
    init?(of parts: [PartRecord], _ kind: UploadChecksum) throws(S3Error) {
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
