import CofferModel
import CofferStorage

/// What listings show of an object's header fields.
struct ListedFields {
    private(set) var storageClass = "STANDARD"
    /// The algorithm of the object's checksum; nil if it has none.
    private(set) var checksumAlgorithm: ChecksumAlgorithm?
    private(set) var checksumType = ChecksumType.fullObject
    /// The state of an archived object's restoration, as its header has it.
    private(set) var restoration: String?

    init(_ fields: FieldLines) {
        fields.forEach { name, value in
            guard name.hasPrefix("x-amz-") else { return }
            if name.hasPrefix("x-amz-checksum-") {
                note(name.extracting(droppingFirst: 15), ofChecksum: value)
            } else if name.equals("x-amz-storage-class") {
                storageClass = String(copying: value)
            } else if name.equals("x-amz-restore") {
                restoration = String(copying: value)
            }
        }
    }

    private mutating func note(_ name: Span<UInt8>, ofChecksum value: Span<UInt8>) {
        if name.equals("type") {
            checksumType = ChecksumType(rawValue: String(copying: value)) ?? .fullObject
        } else {
            for algorithm in Self.algorithms where name.equals(algorithm.name) { checksumAlgorithm = algorithm.value }
        }
    }

    private static let algorithms: [(name: StaticString, value: ChecksumAlgorithm)] = [
        ("crc32", .crc32), ("crc32c", .crc32c), ("crc64nvme", .crc64nvme), ("sha1", .sha1), ("sha256", .sha256),
        ("sha512", .sha512), ("md5", .md5), ("xxhash64", .xxhash64), ("xxhash3", .xxhash3), ("xxhash128", .xxhash128),
    ]

    /// Writes the elements of the checksum; listings omit its value.
    func writeChecksum(to xml: inout XMLFields) {
        guard let checksumAlgorithm else { return }
        xml.element("ChecksumAlgorithm", plain: checksumAlgorithm.rawValue)
        xml.element("ChecksumType", plain: checksumType.rawValue)
    }
}

extension Span<UInt8> {
    fileprivate func equals(_ text: StaticString) -> Bool { count == text.utf8CodeUnitCount && hasPrefix(text) }

    fileprivate func hasPrefix(_ text: StaticString) -> Bool {
        guard count >= text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { text in text.indices.allSatisfy { self[$0] == text[$0] } }
    }
}

extension String {
    fileprivate init(copying bytes: Span<UInt8>) {
        self = bytes.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }
}
