import CofferCrypto
import CofferModel
import Testing

@testable import CofferSigning

struct RunningChecksumTests {
    /// Published values of the three letters, of each algorithm.
    @Test(arguments: [
        (ChecksumAlgorithm.crc32, "352441c2"), (.crc32c, "364b3fb7"), (.crc64nvme, "05e5cabb3fc1faeb"),
        (.sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            .sha512,
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        ),
        (.md5, "900150983cd24fb0d6963f7d28e17f72"), (.xxhash64, "44bc2cf5ad770999"), (.xxhash3, "78af5f94892f3950"),
        (.xxhash128, "06b05ab6733a618578af5f94892f3950"),
    ])
    func `Each algorithm computes its own value`(algorithm: ChecksumAlgorithm, value: String) {
        #expect(hex(checksum(algorithm, "abc")) == value)
    }

    @Test(arguments: ChecksumAlgorithm.allCases)
    func `A value has the algorithm's length`(algorithm: ChecksumAlgorithm) {
        #expect(checksum(algorithm, "").count == algorithm.byteCount)
    }
}

struct MultipartChecksumTests {
    private static let parts = ["aaa", "bb", "c"]

    /// Computed with the AWS Common Runtime and Python's hashlib, by the guide's definition.
    @Test(arguments: [
        (ChecksumAlgorithm.crc32, "Y276kg==-3"), (.crc32c, "VTNb3Q==-3"), (.sha1, "O+vcIM0m9ZuaQg051Tp/ReUuPkk=-3"),
        (.sha256, "5JcJlVvb7smWgb96BiY2DlaUnBjAoZQB+85nKmN/RdE=-3"), (.md5, "se5Uh4My1EucqZAq7hpBYA==-3"),
        (
            .sha512,
            "E9LKmivCjqGF2m6YlruZ2XwS17FX7rjofNPozaKOiIKFCAUAzYgeXcvD9p9JcI+wZpGiSjoMbkahjvljiIJMTQ==-3"
        ),
        (.xxhash64, "iatCrPTWepY=-3"), (.xxhash3, "kSKPJZs4MIk=-3"), (.xxhash128, "LzxB+pIv8m8zODi9llzpCw==-3"),
    ])
    func `A composite checksum is that of the parts' values, with their number`(
        algorithm: ChecksumAlgorithm, value: String
    ) {
        #expect(multipart(algorithm, .composite, Self.parts) == value)
    }

    @Test(arguments: [
        (ChecksumAlgorithm.crc32, "nYGVTg=="), (.crc32c, "OsVXyg=="), (.crc64nvme, "QerUgtvU8mM="),
    ])
    func `The checksum of the full object has no number`(algorithm: ChecksumAlgorithm, value: String) {
        #expect(multipart(algorithm, .fullObject, Self.parts) == value)
    }

    @Test(arguments: ChecksumAlgorithm.allCases.filter { $0.multipartTypes.contains(.fullObject) })
    func `The checksum of the full object is that of an upload in one piece`(algorithm: ChecksumAlgorithm) {
        for parts in [["aaa"], [""], [], ["aaa", "bb", ""], (0..<100).map { String(repeating: "x", count: $0) }] {
            let whole = base64(checksum(algorithm, parts.joined()))
            #expect(multipart(algorithm, .fullObject, parts) == whole, "\(parts.count) parts")
        }
    }

    private func multipart(_ algorithm: ChecksumAlgorithm, _ type: ChecksumType, _ parts: [String]) -> String {
        var object = MultipartChecksum(algorithm, type)
        for part in parts { object.add(checksum(algorithm, part), byteCount: Int64(part.utf8.count)) }
        return object.finalize()
    }
}

private func checksum(_ algorithm: ChecksumAlgorithm, _ text: String) -> [UInt8] {
    var running = RunningChecksum(algorithm)
    running.update(Array(text.utf8).span)
    return running.finalize()
}
