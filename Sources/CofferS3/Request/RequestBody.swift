import CofferCrypto
import CofferHTTP
import CofferModel
import CofferService
import CofferSigning
import CofferStorage

/// The incoming body of a request: removes the framing, computes digests, and passes the bytes on.
///
/// aws-chunked framing and chunk signatures → digests → document in memory or object in the store. Nothing else is
/// kept. The first fault ends processing; the bytes after it are dropped.
///
/// `@unchecked Sendable`: used by a single request, whose calls never overlap.
final class RequestBody: RequestSink, @unchecked Sendable {
    /// The first fault so far.
    private(set) var fault: S3Error?
    private var receivedByteCount: Int64 = 0
    private var payloadByteCount: Int64 = 0
    private var decoder: ChunkedDecoder?
    private let expectedByteCount: Int64?
    private let expectedSHA256: String?
    private let expectedMD5: [UInt8]?
    /// Exactly one of these two computes the MD5, if it is needed: the second for bodies that are known to be long.
    private var md5: Digest?
    private var pooledMD5: PooledMD5?
    /// The result of ``pooledMD5``.
    private var digest: [UInt8]?
    /// Made when the first byte arrives: most requests have no body.
    private var sha256: Digest?
    private var checksum: ChecksumSink?
    /// The trailing headers that the header announces.
    private let trailer: AnnouncedTrailer
    private let kind: BodyKind
    private let document: HeldDocument?
    private let object: IncomingBody?
    private let requirements: BodyRequirements
    /// A checksum that is required whatever checksum the client sends.
    private var additional: AdditionalChecksum?

    /// - Throws: AWS's error for headers that contradict each other or are malformed.
    init(
        _ kind: BodyKind, request: S3Request, authentication: Authentication, requirements: BodyRequirements,
        mustNameChecksum: Bool, service: Service
    ) throws(S3Error) {
        self.kind = kind
        self.requirements = requirements
        trailer = try AnnouncedTrailer(request)
        if kind.hasChecksum { try ChecksumSink.checkName(request, mustMatch: mustNameChecksum) }
        document =
            if case .document = kind {
                service.documents.document(of: request.head.holder(accessKeyID: authentication.accessKeyID))
            } else { nil }
        let length = try BodyLength(kind, request: request, payloadHash: authentication.payloadHash)
        expectedByteCount = length.expected
        expectedMD5 = try Self.contentMD5(request)
        switch requirements.checksum {
        case nil: checksum = kind.hasChecksum ? try ChecksumSink(request, instead: nil) : nil
        case .ifAbsent: checksum = try ChecksumSink(request, instead: .crc64nvme)
        case .always(let algorithm):
            checksum = try ChecksumSink(request, instead: algorithm)
            if checksum?.algorithm != algorithm { additional = AdditionalChecksum(algorithm) }
        }
        if case .sha256(let hash) = authentication.payloadHash {
            expectedSHA256 = hash
        } else {
            expectedSHA256 = nil
        }
        if case .streaming(_, let hasTrailer) = authentication.payloadHash {
            decoder = ChunkedDecoder(signer: authentication.chunkSigner, hasTrailer: hasTrailer)
        }
        if length.isObject, (expectedByteCount ?? 0) > Self.pooledByteCount { pooledMD5 = service.md5Pool.makeStream() }
        if expectedMD5 != nil || length.isObject, pooledMD5 == nil { md5 = Digest(.md5) }
        object =
            length.isObject
            ? try mappingStorageErrors { () throws(StorageError) in
                try service.store.makeBody(key: requirements.sealing?.objectKey)
            }
            : nil
        if case .document(_, needsDigest: true, _) = kind, expectedMD5 == nil, checksum == nil,
            request.head.contentLength != 0
        {
            throw S3Error(
                .invalidRequest, "Missing required header for this request: Content-MD5 OR x-amz-checksum-*")
        }
    }

    func receive(_ bytes: Span<UInt8>) {
        receivedByteCount += Int64(bytes.count)
        guard fault == nil else { return }
        do throws(S3Error) {
            if decoder == nil { return try take(bytes) }
            var failure: S3Error?
            try decoder?.decode(bytes) { payload in
                guard failure == nil else { return }
                do throws(S3Error) { try take(payload) } catch { failure = error }
            }
            if let failure { throw failure }
        } catch {
            fail(error)
        }
    }

    private func fail(_ error: S3Error) {
        fault = error
        pooledMD5 = nil
    }

    var needsPreparation: Bool { pooledMD5?.needsRoom == true }

    func prepare() async { await pooledMD5?.makeRoom() }

    /// Takes what is left of a body that was gathered, and awaits its MD5; called before ``finish()``.
    func complete() async {
        guard let pooled = pooledMD5.take() else { return }
        do throws(S3Error) {
            digest = try await pooled.finish { bytes throws(S3Error) in try keep(bytes) }
        } catch {
            fail(error)
        }
    }

    func note(in record: AccessRecord) { record.bytesIn = receivedByteCount }

    /// Ends the body after ``complete()``, and verifies that it is complete and matches the client's declarations.
    ///
    /// - Throws: the first fault.
    func finish() throws(S3Error) -> FinishedBody {
        if let fault { throw fault }
        precondition(pooledMD5 == nil, "a body is completed before it is finished")
        let trailer = try decoder?.finish() ?? []
        try self.trailer.check(trailer)
        if let expectedByteCount, payloadByteCount != expectedByteCount { throw S3Error(.incompleteBody) }
        try requirements.lengthRange?.check(payloadByteCount)
        try verifySHA256()
        let digest = md5.take()?.finalize() ?? digest
        if let expectedMD5, let digest, !isEqualInConstantTime(expectedMD5, digest) {
            throw S3Error(
                .badDigest,
                details: [("ExpectedDigest", base64(expectedMD5)), ("CalculatedDigest", base64(digest))])
        }
        let checksum = try checksum.take()?.finish(trailer: trailer)
        guard let document = document.map({ $0.finish() }) ?? [] else { throw S3Error(.slowDown) }
        return FinishedBody(
            document: document, object: object, sealing: requirements.sealing, md5: digest ?? [], checksum: checksum,
            additional: additional.take()?.finalize())
    }

    // MARK: Steps

    private func take(_ bytes: Span<UInt8>) throws(S3Error) {
        payloadByteCount += Int64(bytes.count)
        if let expectedByteCount, payloadByteCount > expectedByteCount { throw S3Error(.incompleteBody) }
        switch kind {
        case .none:
            try Self.check(payloadByteCount, limit: Limits.documentByteCount)
        case .document(let limit, _, _):
            try Self.check(payloadByteCount, limit: limit)
            guard document?.append(bytes) == true else { throw S3Error(.slowDown) }
        case .object, .form:
            if let range = requirements.lengthRange, payloadByteCount > range.maximum {
                try range.check(payloadByteCount)
            }
        }
        if let pooledMD5 {
            try pooledMD5.append(bytes) { bytes throws(S3Error) in try keep(bytes) }
        } else {
            md5?.update(bytes)
            try keep(bytes)
        }
    }

    /// Stores bytes, and computes all digests of them but the MD5.
    private func keep(_ bytes: Span<UInt8>) throws(S3Error) {
        if let object { try mappingStorageErrors { () throws(StorageError) in try object.append(bytes) } }
        if expectedSHA256 != nil, sha256 == nil { sha256 = Digest(.sha256) }
        sha256?.update(bytes)
        checksum?.update(bytes)
        additional?.update(bytes)
    }

    /// A longer body is gathered in blocks, and its MD5 is computed together with those of others.
    private static let pooledByteCount: Int64 = 1 << 20

    private static func check(_ byteCount: Int64, limit: Int) throws(S3Error) {
        guard byteCount <= Int64(limit) else {
            throw S3Error(.maxMessageLengthExceeded, details: [("MaxMessageLengthBytes", String(limit))])
        }
    }

    private func verifySHA256() throws(S3Error) {
        guard let expectedSHA256 else { return }
        let computed = if let digest = sha256.take()?.finalize() { hex(digest) } else { Self.emptySHA256 }
        guard computed == expectedSHA256 else {
            throw S3Error(
                .contentSHA256Mismatch,
                details: [("ClientComputedContentSHA256", expectedSHA256), ("S3ComputedContentSHA256", computed)])
        }
    }

    private static let emptySHA256 = hex(SHA256.digest([]))

    private static func contentMD5(_ request: S3Request) throws(S3Error) -> [UInt8]? {
        // A request without a body has nothing to compare with the digest.
        guard let header = request.headers["content-md5"], !["GET", "HEAD"].contains(request.method) else { return nil }
        // The value decodes to 16 bytes, but AWS compares it in a way that no digest matches.
        if hasLooseBits(base64: header) { throw S3Error(.badDigest, details: [("ExpectedDigest", header)]) }
        guard let digest = bytes(base64: header), digest.count == 16 else {
            throw S3Error(.invalidDigest, details: [("Content-MD5", header)])
        }
        return digest
    }
}

extension BodyKind {
    fileprivate var hasChecksum: Bool {
        if case .document(_, _, hasChecksum: false) = self { false } else { true }
    }
}

/// A body that was received and verified.
struct FinishedBody: Sendable {
    /// The document, for an operation that takes one.
    let document: [UInt8]
    /// The object, for an operation that takes one.
    let object: IncomingBody?
    /// How the object is encrypted; nil if it is not encrypted.
    let sealing: Sealing?
    /// The raw digest; empty if it was not needed.
    let md5: [UInt8]
    /// The client's checksum, or the one that the operation requires if the client sends none.
    let checksum: Checksum?
    /// The checksum that the operation requires, if the client's has another algorithm.
    let additional: Checksum?

    /// Returns the document, for an operation that requires one.
    ///
    /// - Throws: `MissingRequestBodyError`.
    func requireDocument() throws(S3Error) -> [UInt8] {
        guard !document.isEmpty else { throw S3Error(.missingRequestBodyError) }
        return document
    }

    /// The checksum that the operation requires, or the client's if it requires none.
    var neededChecksum: Checksum? { additional ?? checksum }

    /// Returns the stored body and its ETag.
    func stored() throws(S3Error) -> (body: IncomingBody, etag: ETag) {
        guard let object else { throw .internalError("an operation received no body for its object") }
        return (object, sealing?.etag(md5: md5) ?? ETag(hex(md5)))
    }
}

/// The length of a body according to the headers.
private struct BodyLength {
    let isObject: Bool
    /// The bytes of the payload, without framing; nil where the length is not needed in advance.
    let expected: Int64?

    init(_ kind: BodyKind, request: S3Request, payloadHash: PayloadHash) throws(S3Error) {
        isObject = !kind.isHeldInMemory
        if case .streaming = payloadHash {
            guard case .object = kind else {
                throw S3Error(.invalidRequest, "The value of x-amz-content-sha256 header is invalid.")
            }
            guard let header = request.headers["x-amz-decoded-content-length"], let length = Int64(header), length >= 0
            else { throw S3Error(.missingContentLength) }
            expected = length
        } else if case .object = kind {
            expected = try request.contentLength()
        } else {
            expected = nil
        }
        guard (expected ?? 0) <= Limits.putByteCount else {
            throw S3Error(
                .entityTooLarge,
                details: [
                    ("ProposedSize", String(expected ?? 0)), ("MaxSizeAllowed", String(Limits.putByteCount)),
                ])
        }
    }
}
