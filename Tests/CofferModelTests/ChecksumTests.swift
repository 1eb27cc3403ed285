import CofferModel
import Testing

struct ChecksumTests {
    @Test(arguments: [
        (ChecksumAlgorithm.crc32, "x-amz-checksum-crc32", "ChecksumCRC32", 4),
        (.crc32c, "x-amz-checksum-crc32c", "ChecksumCRC32C", 4),
        (.crc64nvme, "x-amz-checksum-crc64nvme", "ChecksumCRC64NVME", 8),
        (.sha1, "x-amz-checksum-sha1", "ChecksumSHA1", 20),
        (.sha256, "x-amz-checksum-sha256", "ChecksumSHA256", 32),
        (.sha512, "x-amz-checksum-sha512", "ChecksumSHA512", 64),
        (.md5, "x-amz-checksum-md5", "ChecksumMD5", 16),
        (.xxhash64, "x-amz-checksum-xxhash64", "ChecksumXXHASH64", 8),
        (.xxhash3, "x-amz-checksum-xxhash3", "ChecksumXXHASH3", 8),
        (.xxhash128, "x-amz-checksum-xxhash128", "ChecksumXXHASH128", 16),
    ])
    func `An algorithm has its header, its element and its length`(
        algorithm: ChecksumAlgorithm, header: String, element: String, byteCount: Int
    ) {
        #expect(algorithm.header == header)
        #expect(algorithm.element == element)
        #expect(algorithm.byteCount == byteCount)
    }

    @Test func `The algorithms are those of the API`() {
        let names = "CRC32 CRC32C CRC64NVME SHA1 SHA256 SHA512 MD5 XXHASH64 XXHASH3 XXHASH128"
        #expect(ChecksumAlgorithm.allCases.map(\.rawValue).joined(separator: " ") == names)
    }

    @Test(
        arguments: [
            (ChecksumAlgorithm.crc32, [.composite, .fullObject], .composite),
            (.crc32c, [.composite, .fullObject], .composite), (.crc64nvme, [.fullObject], .fullObject),
            (.sha1, [.composite], .composite), (.sha256, [.composite], .composite), (.sha512, [.composite], .composite),
            (.md5, [.composite], .composite), (.xxhash64, [.composite], .composite),
            (.xxhash3, [.composite], .composite), (.xxhash128, [.composite], .composite),
        ] as [(ChecksumAlgorithm, Set<ChecksumType>, ChecksumType)])
    func `An algorithm has its types for multipart uploads, and one of them by default`(
        algorithm: ChecksumAlgorithm, types: Set<ChecksumType>, byDefault: ChecksumType
    ) {
        #expect(algorithm.multipartTypes == types)
        #expect(algorithm.defaultMultipartType == byDefault)
    }
}

struct S3ErrorTests {
    @Test func `An error has its code's text unless it is given another`() {
        #expect(S3Error(.noSuchKey).message == "The specified key does not exist.")
        #expect(S3Error(.accessDenied, "Request has expired").message == "Request has expired")
    }

    @Test func `The cause of an internal error is told to the log and not to the client`() {
        let error = S3Error.internalError("the disk at /secret fails")
        #expect(error.code.status == 500)
        #expect(error.cause == "the disk at /secret fails")
        #expect(!error.message.contains("secret") && error.details.isEmpty && error.headers.isEmpty)
    }
}
