import CofferCrypto
package import CofferModel

/// A bucket as the catalog knows it.
package struct Bucket: Sendable, Equatable {
    package let id: Int64
    package let name: BucketName
    /// The account that owns it.
    package let owner: String
    package let region: String
    package let created: Timestamp
    package let versioning: Versioning
}

/// A version of an object as the catalog knows it, or a delete marker.
package struct ObjectRecord: Sendable {
    package let key: ObjectKey
    /// The version's place in the order of writes.
    package let sequence: Int64
    package let version: VersionID
    package let isDeleteMarker: Bool
    package let modified: Timestamp
    package let size: Int64
    package let etag: ETag
    package let owner: String
    package internal(set) var attributes: ObjectAttributes
    var layout: ObjectLayout
}

/// Where an object's bytes are, and what else only who reads them needs; listings leave it out.
struct ObjectLayout: Sendable {
    var extents: [Extent] = []
    /// The parts of a multipart upload, encoded; empty for an object of one piece.
    var parts: [UInt8] = []
    /// nil if the bytes are not encrypted.
    var encryption: Encryption?
    /// The only segment, where it was read together with the object.
    var segment: StoredSegment?
}

/// How an object's bytes are encrypted: under a key of its own, which is stored wrapped in another.
package struct Encryption: Sendable, Equatable {
    package let keySource: KeySource
    /// The object's key, wrapped (RFC 3394).
    package let wrappedKey: [UInt8]

    package init(keySource: KeySource, wrappedKey: [UInt8]) {
        self.keySource = keySource
        self.wrappedKey = wrappedKey
    }

    /// What the object's key is wrapped in.
    package enum KeySource: String, Sendable {
        /// The key that the customer sends with every request.
        case customer
        /// The server's master key.
        case master
    }

    /// `customer:` and the wrapped key in Base64; empty for none.
    static func text(_ encryption: Encryption?) -> String {
        encryption.map { "\($0.keySource.rawValue):\(base64($0.wrappedKey))" } ?? ""
    }

    static func parse(_ text: String) throws(StorageError) -> Encryption? {
        guard !text.isEmpty else { return nil }
        let parts = text.split(at: ":", maxSplits: 1)
        guard parts.count == 2, let source = KeySource(rawValue: String(parts[0])),
            let key = bytes(base64: String(parts[1]))
        else { throw StorageError.failed("the catalog holds a malformed encryption") }
        return Encryption(keySource: source, wrappedKey: key)
    }
}

extension ObjectRecord {
    package var encryption: Encryption? { layout.encryption }
    var extents: [Extent] { layout.extents }
    /// Whether a multipart upload made it, whose parts ``parts()`` tells.
    package var isMultipart: Bool { !layout.parts.isEmpty }
    /// Of how many stretches the bytes consist.
    package var extentCount: Int { layout.extents.count }

    /// The parts of the multipart upload that made the object; empty for an object of one piece.
    package func parts() throws(StorageError) -> [ObjectPart] { try ObjectPart.decode(layout.parts) }

    /// Where a part of the object lies within it.
    package func range(ofPart number: Int) throws(StorageError) -> Range<Int64>? {
        var start: Int64 = 0
        for part in try parts() {
            if part.number == number { return start..<(start + part.size) }
            start += part.size
        }
        return nil
    }
}

/// Decided inside the transaction that writes, so that of several conditional writers one wins. A delete marker that is
/// current is shown as such.
package typealias WriteCondition = @Sendable (_ current: ObjectRecord?) throws(S3Error) -> Void

/// What a client says of an object and gets back with it.
package struct ObjectAttributes: Sendable {
    /// Header fields that are answered as they are, names in lower case: `content-type`, `x-amz-meta-…`, checksums.
    package var fields: [(name: String, value: String)]
    package var tags: [Tag]
    /// The grants of its ACL; nil for those that an object has whose owner granted nothing. Listings leave it out.
    package var grants: [AccessControlList.Grant]?

    package init(
        fields: [(name: String, value: String)], tags: [Tag] = [], grants: [AccessControlList.Grant]? = nil
    ) {
        self.fields = fields
        self.tags = tags
        self.grants = grants
    }

    package func field(_ name: String) -> String? {
        fields.first { $0.name == name }?.value
    }
}

extension ObjectAttributes {
    /// One line each; a field's value cannot hold a line break.
    var fieldLines: String { fields.map { "\($0.name):\($0.value)\n" }.joined() }

    var tagQuery: String {
        tags.map { "\(PercentEncoding.encode($0.key.utf8))=\(PercentEncoding.encode($0.value.utf8))" }
            .joined(separator: "&")
    }

    init(fieldLines: String, tagQuery: String, grantLines: String = "") throws(StorageError) {
        grants = try GrantLines.parse(grantLines)
        fields = fieldLines.utf8.split(separator: UInt8(ascii: "\n")).map { line in
            let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
            return (String(Substring(line[..<colon])), String(Substring(line[colon...].dropFirst())))
        }
        guard !tagQuery.isEmpty else {
            tags = []
            return
        }
        do throws(S3Error) {
            tags = try Query(tagQuery).parameters.map { Tag(key: $0.name, value: $0.value) }
        } catch {
            throw StorageError.failed("the catalog holds malformed tags")
        }
    }
}

/// A stretch of a segment.
struct Extent: Sendable, Equatable {
    let segment: SegmentID
    let offset: Int64
    let count: Int64

    static func encode(_ extents: [Extent]) -> [UInt8] {
        extents.flatMap { extent in
            [extent.segment.value, extent.offset, extent.count].flatMap { number in
                withUnsafeBytes(of: number.littleEndian) { Array($0) }
            }
        }
    }

    static func decode(_ bytes: [UInt8]) throws(StorageError) -> [Extent] {
        guard bytes.count.isMultiple(of: 24) else { throw StorageError.failed("the catalog holds malformed extents") }
        return bytes.withUnsafeBytes { bytes in
            func number(at offset: Int) -> Int64 {
                Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int64.self))
            }
            return stride(from: 0, to: bytes.count, by: 24).map { offset in
                Extent(
                    segment: SegmentID(number(at: offset)), offset: number(at: offset + 8),
                    count: number(at: offset + 16))
            }
        }
    }
}

/// The identity of a segment, never used again.
package struct SegmentID: Hashable, Sendable, CustomStringConvertible {
    let value: Int64
    init(_ value: Int64) { self.value = value }

    /// Sixteen hexadecimal digits, as its file is named.
    package var description: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: max(0, 16 - digits.utf8.count)) + digits
    }

    /// - Parameter fileName: nil for a name that no segment's file has.
    init?(fileName: String) {
        guard let number = Int64(fileName, radix: 16), SegmentID(number).description == fileName else { return nil }
        value = number
    }
}
