import CofferModel

/// A part of an object that a multipart upload created.
package struct ObjectPart: Sendable, Equatable {
    /// 1 to 10,000, as it was uploaded.
    package let number: Int
    package let size: Int64
    /// Base64, of the upload's checksum algorithm; nil if the upload has none.
    package let checksum: String?

    package init(number: Int, size: Int64, checksum: String?) {
        self.number = number
        self.size = size
        self.checksum = checksum
    }

    /// Encodes each part as two bytes of the number, eight of the size, one of the checksum's length, all
    /// little-endian, and the checksum.
    static func encode(_ parts: [ObjectPart]) -> [UInt8] {
        var bytes: [UInt8] = []
        for part in parts {
            let checksum = Array((part.checksum ?? "").utf8)
            withUnsafeBytes(of: UInt16(part.number).littleEndian) { bytes += $0 }
            withUnsafeBytes(of: part.size.littleEndian) { bytes += $0 }
            bytes.append(UInt8(checksum.count))
            bytes += checksum
        }
        return bytes
    }

    static func decode(_ bytes: [UInt8]) throws(StorageError) -> [ObjectPart] {
        let malformed = StorageError.failed("the catalog holds malformed parts")
        var parts: [ObjectPart] = []
        var rest = bytes[...]
        func number(_ bytes: ArraySlice<UInt8>) -> Int64 { bytes.reversed().reduce(0) { $0 << 8 | Int64($1) } }
        while !rest.isEmpty {
            guard rest.count >= 11 else { throw malformed }
            let (partNumber, size) = (number(rest.prefix(2)), number(rest.dropFirst(2).prefix(8)))
            let length = Int(rest[rest.startIndex + 10])
            rest = rest.dropFirst(11)
            guard rest.count >= length else { throw malformed }
            let checksum = length == 0 ? nil : String(decoding: rest.prefix(length), as: UTF8.self)
            parts.append(ObjectPart(number: Int(partNumber), size: size, checksum: checksum))
            rest = rest.dropFirst(length)
        }
        return parts
    }
}
