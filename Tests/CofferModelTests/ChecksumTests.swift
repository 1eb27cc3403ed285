import CofferModel
import Testing

struct ChecksumTests {
    @Test(arguments: [
        (ChecksumAlgorithm.crc32, "x-amz-checksum-crc32", "ChecksumCRC32", 4),
        (.crc32c, "x-amz-checksum-crc32c", "ChecksumCRC32C", 4),
        (.crc64nvme, "x-amz-checksum-crc64nvme", "ChecksumCRC64NVME", 8),
        (.sha1, "x-amz-checksum-sha1", "ChecksumSHA1", 20),
        (.sha256, "x-amz-checksum-sha256", "ChecksumSHA256", 32),
    ])
    func `an algorithm has its header, its element and its length`(
        algorithm: ChecksumAlgorithm, header: String, element: String, byteCount: Int
    ) {
        #expect(algorithm.header == header)
        #expect(algorithm.element == element)
        #expect(algorithm.byteCount == byteCount)
    }
}

struct S3ErrorTests {
    @Test func `an error has its code's text unless it is given another`() {
        #expect(S3Error(.noSuchKey).message == "The specified key does not exist.")
        #expect(S3Error(.accessDenied, "Request has expired").message == "Request has expired")
    }

    @Test func `the cause of an internal error is told to the log and not to the client`() {
        let error = S3Error.internalError("the disk at /secret fails")
        #expect(error.code.status == 500)
        #expect(error.cause == "the disk at /secret fails")
        #expect(!error.message.contains("secret") && error.details.isEmpty && error.headers.isEmpty)
    }
}
