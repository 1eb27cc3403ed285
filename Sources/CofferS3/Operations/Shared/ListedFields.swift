import CofferModel
import CofferStorage

/// Where the parts of an object's header fields are that listings show.
struct ListedFields {
    /// nil for `STANDARD`.
    private var storageClass: Range<Int>?
    /// nil if the object has no checksum.
    private var checksum: ListedChecksum?
    private var isComposite = false
    private var restoration: Range<Int>?

    /// - Parameter fields: the lines of an object, as for each call that writes.
    init(in fields: Span<UInt8>) {
        var lines = FieldLines()
        while let field = lines.next(in: fields, startingWith: "x-amz-") {
            let name = fields.extracting(field.name)
            if name.hasPrefix("x-amz-checksum-") {
                note(name.extracting(droppingFirst: 15), ofChecksum: fields.extracting(field.value))
            } else if name.equals("x-amz-storage-class") {
                storageClass = field.value
            } else if name.equals("x-amz-restore") {
                restoration = field.value
            }
        }
    }

    private mutating func note(_ name: Span<UInt8>, ofChecksum value: Span<UInt8>) {
        if name.equals("type") {
            isComposite = value.equals("COMPOSITE")
        } else {
            for index in ListedChecksum.all.indices where name.equals(ListedChecksum.all[index].name) {
                checksum = ListedChecksum.all[index]
                return
            }
        }
    }

    /// Writes the elements of the checksum; listings omit its value.
    func writeChecksum(to xml: inout XMLFields) {
        guard let checksum else { return }
        xml.raw(checksum.element)
        xml.raw(
            isComposite
                ? "<ChecksumType>COMPOSITE</ChecksumType>" : "<ChecksumType>FULL_OBJECT</ChecksumType>")
    }

    func writeStorageClass(from fields: Span<UInt8>, to xml: inout XMLFields) {
        guard let storageClass else { return xml.raw("<StorageClass>STANDARD</StorageClass>") }
        xml.element("StorageClass", fields.extracting(storageClass))
    }

    /// The state of an archived object's restoration, as its header has it.
    func restoration(from fields: Span<UInt8>) -> String? {
        restoration.map { String(copying: fields.extracting($0)) }
    }
}

/// The end of the name of a checksum's header, and the element that listings show for it.
struct ListedChecksum {
    let name: StaticString
    let element: StaticString

    /// The most common one first.
    static let all: [10 of ListedChecksum] = [
        ListedChecksum(name: "crc64nvme", element: "<ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm>"),
        ListedChecksum(name: "crc32", element: "<ChecksumAlgorithm>CRC32</ChecksumAlgorithm>"),
        ListedChecksum(name: "crc32c", element: "<ChecksumAlgorithm>CRC32C</ChecksumAlgorithm>"),
        ListedChecksum(name: "sha1", element: "<ChecksumAlgorithm>SHA1</ChecksumAlgorithm>"),
        ListedChecksum(name: "sha256", element: "<ChecksumAlgorithm>SHA256</ChecksumAlgorithm>"),
        ListedChecksum(name: "sha512", element: "<ChecksumAlgorithm>SHA512</ChecksumAlgorithm>"),
        ListedChecksum(name: "md5", element: "<ChecksumAlgorithm>MD5</ChecksumAlgorithm>"),
        ListedChecksum(name: "xxhash64", element: "<ChecksumAlgorithm>XXHASH64</ChecksumAlgorithm>"),
        ListedChecksum(name: "xxhash3", element: "<ChecksumAlgorithm>XXHASH3</ChecksumAlgorithm>"),
        ListedChecksum(name: "xxhash128", element: "<ChecksumAlgorithm>XXHASH128</ChecksumAlgorithm>"),
    ]
}
