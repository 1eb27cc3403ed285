import CofferCrypto
import CofferModel
import CofferSigning

/// A multipart upload that a transfer starts or continues.
struct UploadSession: Sendable {
    let client: S3Client
    let upload: MultipartUpload
    /// The parts that the service had at the start.
    var parts: [Int: UploadedPart] = [:]
    /// The algorithm of the parts' checksums.
    var checksum: ChecksumAlgorithm?
    /// Whether the upload was initiated with the algorithm: only then may its completion name the parts' checksums.
    var declaresChecksum = true
    /// Whether the service is known to verify the checksum of the entire object as well.
    var checksIsOfFullObject = false

    /// The length of the existing parts, which all but the last have; nil if there are none.
    var partByteCount: Int64? { parts.values.compactMap(\.byteCount).max() }

    static func open(_ client: S3Client, _ target: UploadTarget, resumes: Bool) async throws -> UploadSession {
        if resumes, let session = try await latest(client, target) { return session }
        // Cancelling waits for the response: an upload whose ID never arrives could not be aborted.
        let upload = try await shieldedFromCancellation {
            try await client.createMultipartUpload(
                bucket: target.bucket, key: target.key, settings: target.settings ?? ObjectSettings())
        }
        let algorithm = client.sender.options.checksum
        return UploadSession(
            client: client, upload: upload, checksum: algorithm,
            checksIsOfFullObject: algorithm?.uploadType == .fullObject)
    }

    /// Returns the newest unfinished upload of a key, with its parts.
    private static func latest(_ client: S3Client, _ target: UploadTarget) async throws -> UploadSession? {
        var latest: ListedUpload?
        for try await listed in client.listMultipartUploads(bucket: target.bucket, prefix: target.key.description)
        where listed.upload.key == target.key {
            // Uploads initiated in the same second are usually listed in the order of their initiation.
            if latest.map({ $0.initiated <= listed.initiated }) ?? true { latest = listed }
        }
        guard let latest else { return nil }
        var session = UploadSession(
            client: client, upload: latest.upload, checksum: client.sender.options.checksum, declaresChecksum: false)
        var marker: String? = nil
        repeat {
            let page = try await client.partsPage(latest.upload, after: marker)
            for part in page.parts { session.parts[part.number] = part }
            if let algorithm = page.checksum {
                session.checksum = algorithm
                session.declaresChecksum = true
                session.checksIsOfFullObject =
                    page.checksumType == .fullObject && algorithm.multipartTypes.contains(.fullObject)
            }
            marker = page.next
        } while marker != nil
        return session
    }

    /// Returns whether a stored part matches the content to send, by its checksum or else by its MD5, which is its
    /// ETag.
    func holds(_ body: HTTPRequestBody, _ digest: BodyDigest, as part: UploadedPart) async throws -> Bool {
        if let own = digest.checksum, let other = part.checksums.first(where: { $0.algorithm == own.algorithm }) {
            return own == other
        }
        let md5 = try await blocking { try BodyDigest.of(body, checksum: .md5, sha256: false) }
        return md5.checksum.flatMap { bytes(base64: $0.value) }.map(hex) == part.eTag.value
    }

    func complete(_ parts: [UploadedPart], _ condition: WriteCondition?) async throws -> WrittenObject {
        let named = declaresChecksum ? parts : parts.map(\.withoutChecksums)
        return try await client.completeMultipartUpload(
            upload: upload, parts: named, checksum: fullChecksum(parts), if: condition)
    }

    /// Returns the checksum of the entire object, computed from those of the parts.
    private func fullChecksum(_ parts: [UploadedPart]) -> Checksum? {
        guard checksIsOfFullObject, let checksum else { return nil }
        var whole = MultipartChecksum(checksum, .fullObject)
        for part in parts {
            let text = part.checksums.first { $0.algorithm == checksum }?.value
            guard let value = text.flatMap({ bytes(base64: $0) }), value.count == checksum.byteCount,
                let byteCount = part.byteCount
            else { return nil }
            whole.add(value, byteCount: byteCount)
        }
        return Checksum(algorithm: checksum, value: whole.finalize())
    }

    /// Runs the transfer; if it fails or its task is cancelled, the upload is aborted.
    func abortingOnFailure<Value: Sendable>(
        keepsUpload: Bool, _ transfer: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await transfer()
        } catch {
            if !keepsUpload { await abort() }
            throw error
        }
    }

    /// Aborts the upload in a task that is not a child, so that it continues when the caller is cancelled. The first
    /// error is the one that is thrown; an upload that cannot be aborted in time either is left to the bucket's
    /// lifecycle rules.
    private func abort() async {
        let abort = Task { try? await client.abortMultipartUpload(upload: upload) }
        let limit = Task {
            try? await Task.sleep(for: lastResponseTime)
            abort.cancel()
        }
        await abort.value
        limit.cancel()
    }
}

/// How long to wait for a response when no caller waits for the result any more.
private let lastResponseTime = Duration.seconds(10)

/// Runs a job that should finish even if the task is cancelled, for a limited time.
private func shieldedFromCancellation<Value: Sendable>(
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    let task = Task { try await body() }
    return try await withTaskCancellationHandler {
        try await task.value
    } onCancel: {
        Task {
            try? await Task.sleep(for: lastResponseTime)
            task.cancel()
        }
    }
}
