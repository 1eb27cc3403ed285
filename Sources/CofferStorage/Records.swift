package import CofferModel

/// A bucket as the catalog knows it.
package struct Bucket: Sendable, Equatable {
    package let id: Int64
    package let name: BucketName
    /// The account that owns it.
    package let owner: String
    package let region: String
    package let created: Timestamp
}

/// A version of an object as the catalog knows it.
package struct ObjectRecord: Sendable {
    package let key: ObjectKey
    package let sequence: Int64
    /// The version id; `null` where versioning was never enabled.
    package let version: String
    package let modified: Timestamp
    package let size: Int64
    package let etag: ETag
    package let owner: String
    package let attributes: ObjectAttributes
    let extents: [Extent]
}

/// Decided inside the transaction that writes, so that of several conditional writers one wins.
package typealias WriteCondition = @Sendable (_ current: ObjectRecord?) throws(S3Error) -> Void

/// What a client says of an object and gets back with it.
package struct ObjectAttributes: Sendable {
    /// Header fields that are answered as they are, names in lower case: `content-type`, `x-amz-meta-…`, checksums.
    package var fields: [(name: String, value: String)]
    package var tags: [Tag]

    package init(fields: [(name: String, value: String)], tags: [Tag] = []) {
        self.fields = fields
        self.tags = tags
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

    init(fieldLines: String, tagQuery: String) throws(StorageError) {
        fields = fieldLines.utf8.split(separator: UInt8(ascii: "\n")).map { line in
            let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
            return (String(Substring(line[..<colon])), String(Substring(line[colon...].dropFirst())))
        }
        guard !tagQuery.isEmpty else {
            tags = []
            return
        }
        do throws(S3Error) {
            tags = try Tag.parse(header: tagQuery)
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
package struct SegmentID: Hashable, Sendable {
    let value: Int64
    init(_ value: Int64) { self.value = value }
}
