import CofferCrypto
import CofferModel
import CofferSigning

/// Verifies downloaded content with the checksum that the object was stored with.
struct DownloadCheck: Sendable {
    private let expected: Checksum?
    private let type: ChecksumType

    /// Only one of several checksums is verified; the cheapest comes first.
    init(_ info: ObjectInfo) {
        expected = info.checksums.first
        type = info.checksumType
    }

    /// The algorithm to compute for each range as it arrives: the CRC of the entire object follows from the ranges'
    /// CRCs.
    var running: ChecksumAlgorithm? {
        type == .fullObject && expected?.algorithm.crcVariant != nil ? expected?.algorithm : nil
    }

    /// - Parameters:
    ///   - pieces: all ranges, in any order.
    ///   - attributes: requests the object's parts; returns nil if the service does not list them.
    /// - Throws: ``TransportError`` of the kind `damaged`.
    func verify(
        _ pieces: [DownloadedPiece], _ file: OpenFile, of byteCount: Int64,
        attributes: () async throws -> ObjectAttributes?
    ) async throws {
        guard let expected, let actual = try await value(of: pieces, file, byteCount, attributes) else { return }
        guard isExpected(actual) else {
            throw TransportError(
                .damaged,
                "the content is damaged: the \(expected.algorithm.rawValue) of the received bytes is \(actual), of the object "
                    + expected.value)
        }
    }

    /// Returns whether a file has the bytes of the object; nil if that cannot be determined.
    func isRight(
        _ file: OpenFile, of byteCount: Int64, attributes: () async throws -> ObjectAttributes?
    ) async throws -> Bool? {
        var pieces: [DownloadedPiece] = []
        if let running {
            let value = try await digest(file, 0..<byteCount, running)
            pieces = [DownloadedPiece(range: 0..<byteCount, checksum: bytes(base64: value) ?? [])]
        }
        return try await value(of: pieces, file, byteCount, attributes).map(isExpected)
    }

    /// Returns the checksum of the file; nil if there is none to compare with, or if the parts' boundaries are unknown.
    private func value(
        of pieces: [DownloadedPiece], _ file: OpenFile, _ byteCount: Int64,
        _ attributes: () async throws -> ObjectAttributes?
    ) async throws -> String? {
        guard let expected else { return nil }
        switch (running, type) {
        case (let algorithm?, _): return combined(pieces, algorithm)
        case (nil, .fullObject): return try await digest(file, 0..<byteCount, expected.algorithm)
        case (nil, .composite):
            // Services may report a composite type for algorithms that do not support it.
            guard expected.algorithm.multipartTypes.contains(.composite) else { return nil }
            guard let parts = try await attributes().flatMap({ Self.ranges($0, of: byteCount) }) else { return nil }
            return try await composite(file, parts, expected.algorithm)
        }
    }

    /// Services write composite checksums both with and without the number of parts.
    private func isExpected(_ value: String) -> Bool {
        expected.map { value == $0.value || value.hasPrefix($0.value + "-") } ?? true
    }

    private func combined(_ pieces: [DownloadedPiece], _ algorithm: ChecksumAlgorithm) -> String {
        var whole = MultipartChecksum(algorithm, .fullObject)
        for piece in pieces.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            whole.add(piece.checksum, byteCount: Int64(piece.range.count))
        }
        return whole.finalize()
    }

    private func composite(
        _ file: OpenFile, _ parts: [Range<Int64>], _ algorithm: ChecksumAlgorithm
    ) async throws -> String {
        var whole = MultipartChecksum(algorithm, .composite)
        for part in parts {
            let value = bytes(base64: try await digest(file, part, algorithm)) ?? []
            whole.add(value, byteCount: Int64(part.count))
        }
        return whole.finalize()
    }

    private func digest(
        _ file: OpenFile, _ range: Range<Int64>, _ algorithm: ChecksumAlgorithm
    ) async throws -> String {
        let slice = FileSlice(file: file, offset: range.lowerBound, byteCount: Int64(range.count))
        let digest = try await blocking { try BodyDigest.of(.file(slice), checksum: algorithm, sha256: false) }
        return digest.checksum?.value ?? ""
    }

    /// Returns the ranges of the parts; nil if the service does not list all of them.
    private static func ranges(_ attributes: ObjectAttributes, of byteCount: Int64) -> [Range<Int64>]? {
        var ranges: [Range<Int64>] = []
        for part in attributes.parts.sorted(by: { $0.number < $1.number }) {
            let start = ranges.last?.upperBound ?? 0
            guard part.byteCount >= 0, part.byteCount <= byteCount - start else { return nil }
            ranges.append(start..<(start + part.byteCount))
        }
        return ranges.last?.upperBound == byteCount && ranges.count == attributes.partCount ? ranges : nil
    }
}

extension S3Client {
    /// Returns an object's attributes and parts, if available: a caller that may read an object may not always request
    /// its parts, and not every service lists them.
    func attributesIfAvailable(
        bucket: BucketName, key: ObjectKey, version: VersionID?
    ) async throws -> ObjectAttributes? {
        do {
            return try await getObjectAttributes(bucket: bucket, key: key, version: version)
        } catch let error as S3Error where !error.isPassing {
            return nil
        }
    }
}
