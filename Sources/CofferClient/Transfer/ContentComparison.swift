import CofferCrypto
package import CofferModel

extension S3Client {
    /// Returns whether a file has the bytes of an object, according to the checksum that the object was stored with.
    ///
    /// - Returns: nil if the object was stored without a checksum, or if its parts are no longer known.
    /// - Throws: ``FileError`` besides the client's other errors.
    package func hasContent(of path: String, bucket: BucketName, key: ObjectKey) async throws -> Bool? {
        let info = try await headObject(bucket: bucket, key: key)
        let file = try await blocking { try OpenFile.reading(path) }
        guard try file.byteCount() == info.byteCount else { return false }
        return try await DownloadCheck(info).isRight(file, of: info.byteCount) {
            try await attributesIfAvailable(bucket: bucket, key: key, version: info.version)
        }
    }
}

/// Returns the MD5 of a file, in hexadecimal, like the ETags of objects that were not uploaded in parts.
///
/// - Throws: ``FileError``.
package func md5(ofFile path: String) async throws -> String {
    try await blocking {
        let file = try OpenFile.reading(path)
        let body = HTTPRequestBody.file(FileSlice(file: file, offset: 0, byteCount: try file.byteCount()))
        let digest = try BodyDigest.of(body, checksum: .md5, sha256: false)
        return hex(digest.checksum.flatMap { bytes(base64: $0.value) } ?? [])
    }
}
