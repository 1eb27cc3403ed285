import CofferCrypto
public import CofferModel

/// CompleteMultipartUpload.
extension S3Client {
    /// Completes an upload, creating the object from its parts.
    ///
    /// The request may be repeated, as happens when the response to the first one is lost: a missing upload is not an
    /// error if the object is the one that the parts make.
    ///
    /// - Parameters:
    ///   - upload: the upload.
    ///   - parts: the parts in the order of their numbers.
    ///   - checksum: the checksum of the entire object, for the service to check.
    ///   - condition: the condition that the replaced object must meet; nil for none.
    /// - Throws: `InvalidPart`, `InvalidPartOrder`, `EntityTooSmall`, `BadDigest`, `PreconditionFailed`.
    @discardableResult
    public func completeMultipartUpload(
        upload: MultipartUpload, parts: [UploadedPart], checksum: Checksum? = nil,
        if condition: WriteCondition? = nil
    ) async throws -> WrittenObject {
        let document = XMLWriter.document("CompleteMultipartUpload") { xml in
            for part in parts { xml.element("Part") { part.write(to: &$0) } }
        }
        var call = S3Call(
            "POST", upload.bucket, upload.key, query: [("uploadId", upload.id)], body: .bytes(document[...]))
        call.add("content-type", "application/xml")
        call.add("x-amz-mp-object-size", Self.byteCount(of: parts).map { String($0) })
        if let checksum {
            call.add(checksum.algorithm.header, checksum.value)
            call.add("x-amz-checksum-type", ChecksumType.fullObject.rawValue)
        }
        if let condition { call.headers += condition.headerField }
        do {
            let (root, head) = try await self.document(call)
            return try WrittenObject(head, root, sent: checksum)
        } catch let error as S3Error where error.code == .noSuchUpload {
            guard let object = try await completed(upload, parts, checksum) else { throw error }
            return object
        }
    }

    /// Returns the length of the object that the parts make, for the service to check; nil unless the length of every
    /// part is known.
    private static func byteCount(of parts: [UploadedPart]) -> Int64? {
        guard !parts.isEmpty else { return nil }
        var sum: Int64 = 0
        for part in parts {
            guard let byteCount = part.byteCount, case (let next, false) = sum.addingReportingOverflow(byteCount) else {
                return nil
            }
            sum = next
        }
        return sum
    }

    /// Returns the object that the upload became if it is the stored one, identified by its checksum or its ETag.
    private func completed(
        _ upload: MultipartUpload, _ parts: [UploadedPart], _ checksum: Checksum?
    ) async throws -> WrittenObject? {
        do {
            let info = try await headObject(bucket: upload.bucket, key: upload.key)
            let isSame = info.checksumType == .fullObject && checksum.map { info.checksums.contains($0) } == true
            guard isSame || info.eTag == ETag(of: parts) else { return nil }
            return try WrittenObject(HTTPResponseHead(status: info.status, headers: info.headers))
        } catch is S3Error {
            // The object does not exist, or the caller may not read it.
            return nil
        }
    }
}

extension ETag {
    /// The ETag of the object that the parts make, if their ETags are MD5s: the MD5 of those, and the number of parts;
    /// nil if one of them is not an MD5.
    ///
    /// Source: S3 User Guide, "Checking object integrity for multipart uploads".
    fileprivate init?(of parts: [UploadedPart]) {
        var digests: [UInt8] = []
        for part in parts {
            guard let digest = bytes(hex: part.eTag.value), digest.count == 16 else { return nil }
            digests += digest
        }
        self.init("\(hex(Digest.of(digests, .md5)))-\(parts.count)")
    }
}
