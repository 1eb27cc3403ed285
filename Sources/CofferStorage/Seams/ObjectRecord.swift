import CofferCrypto
package import CofferModel

/// A version of an object as recorded in the catalog, or a delete marker.
///
/// A class, because every step of a request passes it on: a copy of its fields would count references to each.
package final class ObjectRecord: Sendable {
    package let key: ObjectKey
    /// The version's position in the order of writes.
    package let sequence: Int64
    package let version: VersionID
    package let isDeleteMarker: Bool
    package let modified: Timestamp
    package let size: Int64
    package let etag: ETag
    package let owner: String
    package let attributes: StoredAttributes
    let layout: ObjectLayout

    init(
        key: ObjectKey, sequence: Int64, version: VersionID, isDeleteMarker: Bool, modified: Timestamp, size: Int64,
        etag: ETag, owner: String, attributes: StoredAttributes, layout: ObjectLayout
    ) {
        self.key = key
        self.sequence = sequence
        self.version = version
        self.isDeleteMarker = isDeleteMarker
        self.modified = modified
        self.size = size
        self.etag = etag
        self.owner = owner
        self.attributes = attributes
        self.layout = layout
    }

    /// Returns the record with other attributes, or another layout.
    func with(attributes: StoredAttributes? = nil, layout: ObjectLayout? = nil) -> ObjectRecord {
        ObjectRecord(
            key: key, sequence: sequence, version: version, isDeleteMarker: isDeleteMarker, modified: modified,
            size: size, etag: etag, owner: owner, attributes: attributes ?? self.attributes,
            layout: layout ?? self.layout)
    }
}

/// Where an object's bytes are, and other data needed only to read them; listings omit it.
struct ObjectLayout: Sendable {
    var extents: [Extent] = []
    /// The parts of a multipart upload, encoded; empty for an object of one piece.
    var parts: [UInt8] = []
    /// nil if the bytes are not encrypted.
    var encryption: Encryption?
    /// The only segment, if it was read together with the object.
    var segment: StoredSegment?

    /// Whether the bytes are in one segment and not encrypted, so that it is read together with the object.
    var hasOneReadableSegment: Bool { encryption == nil && extents.count == 1 }

    func with(_ segment: StoredSegment?) -> ObjectLayout {
        var layout = self
        layout.segment = segment
        return layout
    }
}

/// How an object's bytes are encrypted: under the object's own key, which is stored wrapped in another.
package struct Encryption: Sendable, Equatable {
    package let keySource: KeySource
    /// The object's key, wrapped (RFC 3394).
    package let wrappedKey: [UInt8]

    package init(keySource: KeySource, wrappedKey: [UInt8]) {
        self.keySource = keySource
        self.wrappedKey = wrappedKey
    }

    /// The key in which the object's key is wrapped.
    package enum KeySource: String, Sendable {
        /// The key that the customer sends with every request.
        case customer
        /// The server's master key.
        case master
    }

    /// Returns the key source and the wrapped key in Base64, as in `customer:…`; empty for no encryption.
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
    /// Whether the object was made by a multipart upload; ``parts()`` returns its parts.
    package var isMultipart: Bool { !layout.parts.isEmpty }
    /// The number of extents that make up the bytes.
    package var extentCount: Int { layout.extents.count }

    /// Returns the parts of the multipart upload that made the object; empty for an object of one piece.
    package func parts() throws(StorageError) -> [ObjectPart] { try ObjectPart.decode(layout.parts) }

    /// Returns the range of a part within the object.
    package func range(ofPart number: Int) throws(StorageError) -> Range<Int64>? {
        var start: Int64 = 0
        for part in try parts() {
            if part.number == number { return start..<(start + part.size) }
            start += part.size
        }
        return nil
    }
}

/// Checks the current object inside the writing transaction, so that only one of several conditional writers wins. If a
/// delete marker is current, it is passed as such.
package typealias WriteCheck = @Sendable (_ current: ObjectRecord?) throws(S3Error) -> Void

/// The attributes that a client sets on an object and gets back with it.
package struct StoredAttributes: Sendable {
    /// Header fields that are returned unchanged, with names in lower case: `content-type`, `x-amz-meta-…`, checksums.
    package var fields: [(name: String, value: String)]
    package var tags: [Tag]
    /// The grants of its ACL; nil for the default of an object whose owner granted nothing. Listings omit it.
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

extension StoredAttributes {
    /// One line per field; a field's value cannot contain a line break.
    var fieldLines: String {
        var lines = ""
        lines.reserveCapacity(fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 2 })
        for (name, value) in fields {
            lines += name
            lines += ":"
            lines += value
            lines += "\n"
        }
        return lines
    }

    var tagQuery: String {
        tags.map { "\(PercentEncoding.encode($0.key.utf8))=\(PercentEncoding.encode($0.value.utf8))" }
            .joined(separator: "&")
    }

    init(fieldLines: String, tagQuery: String, grantLines: String = "") throws(StorageError) {
        grants = try GrantLines.parse(grantLines)
        fields = Self.fields(fieldLines.utf8Span.span)
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

    private static func fields(_ lines: Span<UInt8>) -> [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = []
        if !lines.isEmpty { fields.reserveCapacity(4) }
        var start = 0
        while start < lines.count {
            let end = lines.first(UInt8(ascii: "\n"), in: start..<lines.count) ?? lines.count
            if end > start {
                let colon = lines.first(UInt8(ascii: ":"), in: start..<end) ?? end
                fields.append((lines.text(start..<colon), lines.text(min(colon + 1, end)..<end)))
            }
            start = end + 1
        }
        return fields
    }
}
