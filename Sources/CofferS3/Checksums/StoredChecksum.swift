import CofferModel
import CofferStorage

/// The checksum that is stored with an object.
struct StoredChecksum: Sendable {
    let algorithm: ChecksumAlgorithm
    /// As responses show it: Base64, followed by the number of parts if it is composite.
    let value: String
    let type: ChecksumType

    /// Creates the checksum of a full object.
    init(_ checksum: Checksum) {
        self.init(algorithm: checksum.algorithm, value: checksum.value, type: .fullObject)
    }

    init(algorithm: ChecksumAlgorithm, value: String, type: ChecksumType) {
        self.algorithm = algorithm
        self.value = value
        self.type = type
    }

    var fields: [(name: String, value: String)] {
        [(algorithm.header, value), (ChecksumType.header, type.rawValue)]
    }

    /// The same checksum without the number of parts after a composite value, as GetObjectAttributes returns it.
    var withoutPartCount: StoredChecksum {
        StoredChecksum(
            algorithm: algorithm, value: String(value.split(at: "-", maxSplits: 1).first ?? ""), type: type)
    }

    /// Writes the elements that XML documents contain; listings have others.
    func write(to xml: inout XMLWriter) {
        xml.element(algorithm.element, value)
        xml.element("ChecksumType", type.rawValue)
    }
}

extension StoredAttributes {
    /// The object's checksum; nil if it has none.
    var checksum: StoredChecksum? {
        for algorithm in ChecksumAlgorithm.allCases {
            guard let value = field(algorithm.header) else { continue }
            let type = field(ChecksumType.header).flatMap(ChecksumType.init) ?? .fullObject
            return StoredChecksum(algorithm: algorithm, value: value, type: type)
        }
        return nil
    }

    /// Returns whether a field holds a checksum of the bytes, rather than metadata from the client.
    static func isChecksum(_ name: String) -> Bool { name.hasASCIIPrefix("x-amz-checksum-") }
}
