import CofferModel
import CofferStorage

/// The checksum that stands with an object.
struct StoredChecksum: Sendable {
    let algorithm: ChecksumAlgorithm
    /// As it is answered: Base64, with the number of parts where it is composite.
    let value: String
    let type: ChecksumType

    /// Of an object's bytes as a whole.
    init(_ checksum: Checksum) {
        self.init(algorithm: checksum.algorithm, value: checksum.value, type: .fullObject)
    }

    init(algorithm: ChecksumAlgorithm, value: String, type: ChecksumType) {
        self.algorithm = algorithm
        self.value = value
        self.type = type
    }

    var fields: [(name: String, value: String)] {
        [(algorithm.header, value), (ObjectHeaders.checksumTypeField, type.rawValue)]
    }

    /// The same without the number of parts behind a composite value, as GetObjectAttributes tells it.
    var withoutPartCount: StoredChecksum {
        StoredChecksum(
            algorithm: algorithm, value: String(value.split(at: "-", maxSplits: 1).first ?? ""), type: type)
    }

    /// The elements of listings, which do not tell the value.
    func writeKind(to xml: inout XMLWriter) {
        xml.element("ChecksumAlgorithm", algorithm.rawValue)
        xml.element("ChecksumType", type.rawValue)
    }

    /// The elements of XML documents that tell of it.
    func write(to xml: inout XMLWriter) {
        xml.element(algorithm.element, value)
        xml.element("ChecksumType", type.rawValue)
    }
}

extension ObjectAttributes {
    /// nil for objects that have none.
    var checksum: StoredChecksum? {
        for algorithm in ChecksumAlgorithm.allCases {
            guard let value = field(algorithm.header) else { continue }
            let type = field(ObjectHeaders.checksumTypeField).flatMap(ChecksumType.init) ?? .fullObject
            return StoredChecksum(algorithm: algorithm, value: value, type: type)
        }
        return nil
    }

    /// Whether a field tells of the bytes, and not of what a client says of them.
    static func isChecksum(_ name: String) -> Bool { name.hasPrefix("x-amz-checksum-") }
}
