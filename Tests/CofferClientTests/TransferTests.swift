import CofferModel
import CofferTestSupport
import Foundation
import Synchronization
import Testing

@testable import CofferClient

struct TransferTests {
    private static let mebibyte: Int64 = 1 << 20

    /// Three parts of 5 MiB and a shorter one.
    private static let options = {
        var options = TransferOptions()
        options.partByteCount = 5 * mebibyte
        return options
    }()

    @Test(arguments: S3Service.allCases)
    func `A long file goes up and comes down in parts`(_ service: S3Service) async throws {
        let directory = try TemporaryDirectory()
        let bytes = try directory.file("source", byteCount: 16 * Self.mebibyte + 7)
        try await service.with { s3, bucket in
            let reported = Mutex<[TransferProgress]>([])
            let written = try await s3.upload(
                file: directory.path("source"), bucket: bucket, key: "k",
                settings: ObjectSettings(contentType: "text/x"),
                options: Self.options, progress: { progress in reported.withLock { $0.append(progress) } })
            #expect(written.eTag.value.hasSuffix("-4"))
            let last = try #require(reported.withLock { $0.last })
            #expect(last.fraction == 1 && last.byteCount == bytes.count && last.bytesPerSecond > 0)
            let info = try await s3.download(
                bucket: bucket, key: "k", to: directory.path("copy"), options: Self.options)
            #expect(info.contentType == "text/x" && info.byteCount == bytes.count)
            #expect(try directory.bytes("copy") == bytes)
            #expect(try await s3.listMultipartUploads(bucket: bucket).collect().isEmpty)
        }
    }

    /// Its bytes come for ever, and so slowly that the upload would wait for them.
    @Test func `A part that is refused ends the reading of further bytes`() async throws {
        try await CofferFixture.with { fixture in
            let s3 = try fixture.client {
                $0.transport = FaultyTransport { request, _ in
                    request.url.contains("partNumber=") ? .status(403, code: "AccessDenied") : nil
                }
            }
            try await s3.createBucket(bucket: "bucket")
            let (pieces, given) = AsyncStream<[UInt8]>.makeStream()
            for _ in 0..<2 { given.yield(TemporaryDirectory.pattern(5 << 20)) }
            let error = await #expect(throws: S3Error.self) {
                try await s3.upload(
                    pieces: pieces, bucket: "bucket", key: "k", options: TransferOptions(partByteCount: 5 << 20))
            }
            #expect(error?.code == .accessDenied)
            #expect(try await s3.listMultipartUploads(bucket: "bucket").collect().isEmpty)
            withExtendedLifetime(given) {}
        }
    }

    @Test(arguments: [.max, 3 << 30, 1, -1] as [Int64])
    func `Parts have a length that services take`(_ byteCount: Int64) {
        let options = TransferOptions(partByteCount: byteCount)
        #expect(!options.areWhole((5 << 30) + 1))
        for whole in [(5 << 30) + 1, 1 << 42] as [Int64] {
            let parts = options.parts(of: whole)
            #expect(parts.count <= 10_000 && parts.last?.upperBound == whole)
            #expect(parts.dropLast().allSatisfy { (5 << 20...5 << 30).contains($0.upperBound - $0.lowerBound) })
        }
    }

    @Test(arguments: S3Service.allCases, [0, 1, 5_000_000, 11 << 20])
    func `Bytes whose number is not known are written`(_ service: S3Service, _ count: Int) async throws {
        let bytes = TemporaryDirectory.pattern(Int64(count))
        let pieces = AsyncStream<[UInt8]> { continuation in
            for start in stride(from: 0, to: bytes.count, by: 700_001) {
                continuation.yield(Array(bytes[start..<min(start + 700_001, bytes.count)]))
            }
            continuation.finish()
        }
        try await service.with { s3, bucket in
            try await s3.upload(pieces: pieces, bucket: bucket, key: "k", options: Self.options)
            #expect(try await s3.getObject(bucket: bucket, key: "k").bytes() == bytes)
            let directory = try TemporaryDirectory()
            try await s3.download(bucket: bucket, key: "k", to: directory.path("copy"), options: Self.options)
            #expect(try directory.bytes("copy") == bytes)
        }
    }

    /// Each kind of checksum is verified in its own way after a download.
    @Test(arguments: [ChecksumAlgorithm.crc32, .crc64nvme, .crc32c, .sha256, .xxhash3, nil])
    func `Parts carry the client's checksum, and so does the whole`(_ algorithm: ChecksumAlgorithm?) async throws {
        let directory = try TemporaryDirectory()
        let bytes = try directory.file("source", byteCount: 11 * Self.mebibyte)
        try await S3Service.coffer.with(checksum: algorithm) { s3, bucket in
            let written = try await s3.upload(
                file: directory.path("source"), bucket: bucket, key: "k", options: Self.options)
            #expect(algorithm == nil || written.checksums.map(\.algorithm) == [algorithm])
            let info = try await s3.download(
                bucket: bucket, key: "k", to: directory.path("copy"), options: Self.options)
            #expect(algorithm == nil || info.checksums.first?.algorithm == algorithm)
            #expect(try directory.bytes("copy") == bytes)
        }
    }

    @Test(arguments: [ChecksumAlgorithm.crc32, .sha256])
    func `A download that is damaged throws, and leaves the file as it was`(_ algorithm: ChecksumAlgorithm) async throws
    {
        let directory = try TemporaryDirectory()
        _ = try directory.file("source", byteCount: 11 * Self.mebibyte)
        try Data("before".utf8).write(to: URL(fileURLWithPath: directory.path("copy")))
        try await CofferFixture.with { fixture in
            let s3 = try fixture.client {
                $0.checksum = algorithm
                $0.transport = FaultyTransport { request, count in
                    request.method == "GET" && count == 1 && request.url.hasSuffix("/k") ? .flip : nil
                }
            }
            try await s3.createBucket(bucket: "bucket")
            try await s3.upload(file: directory.path("source"), bucket: "bucket", key: "k", options: Self.options)
            let error = await #expect(throws: TransportError.self) {
                try await s3.download(bucket: "bucket", key: "k", to: directory.path("copy"), options: Self.options)
            }
            #expect(error?.kind == .damaged)
            #expect(try directory.bytes("copy") == Array("before".utf8))
            #expect(try directory.names() == ["copy", "source"])
        }
    }

    @Test(arguments: S3Service.allCases, [.crc32, nil] as [ChecksumAlgorithm?])
    func `An upload that broke off goes on with the parts that are right`(
        _ service: S3Service, begunWith checksum: ChecksumAlgorithm?
    ) async throws {
        let directory = try TemporaryDirectory()
        let bytes = try directory.file("source", byteCount: 16 * Self.mebibyte)
        let part = Int(5 * Self.mebibyte)
        try await service.with(checksum: checksum) { s3, bucket in
            let upload = try await s3.createMultipartUpload(bucket: bucket, key: "k")
            _ = try await s3.uploadPart(upload: upload, number: 1, body: Array(bytes[..<part]))
            _ = try await s3.uploadPart(upload: upload, number: 2, body: [UInt8](repeating: 0, count: part))
            let transport = FaultyTransport()
            var options = ClientOptions()
            options.transport = transport
            let resuming = try S3Client(
                endpoint: s3.endpoint, credentials: s3.sender.credentials, options: options)
            var transfer = TransferOptions()
            transfer.resumes = true
            transfer.partByteCount = 6 * Self.mebibyte
            try await resuming.upload(file: directory.path("source"), bucket: bucket, key: "k", options: transfer)
            // Parts 2, 3 and 4, of the length that part 1 has.
            #expect(transport.sent("PUT").map(\.body.byteCount).sorted() == [1 << 20, 5 << 20, 5 << 20])
            #expect(transport.sent("POST").count == 1)
            #expect(try await s3.getObject(bucket: bucket, key: "k").bytes() == bytes)
        }
    }

    @Test(arguments: S3Service.allCases)
    func `An upload that is cancelled is aborted`(_ service: S3Service) async throws {
        try await service.with { s3, bucket in
            let (pieces, continuation) = AsyncStream<[UInt8]>.makeStream()
            let (begun, hasBegun) = AsyncStream<Void>.makeStream()
            let upload = Task {
                try await s3.upload(pieces: pieces, bucket: bucket, key: "k", options: Self.options) { progress in
                    if progress.byteCount > 0 { hasBegun.yield() }
                }
            }
            for _ in 0..<3 { continuation.yield([UInt8](repeating: 1, count: Int(5 * Self.mebibyte))) }
            for await _ in begun { break }
            let present = try await s3.listMultipartUploads(bucket: bucket).collect()
            #expect(present.count == 1)
            upload.cancel()
            await #expect(throws: (any Error).self) { try await upload.value }
            let rest = try await s3.listMultipartUploads(bucket: bucket).collect()
            #expect(rest.isEmpty)
            continuation.finish()
        }
    }

    @Test func `An upload whose source fails is aborted, and throws what the source threw`() async throws {
        struct SourceError: Error {}
        let pieces = AsyncThrowingStream<[UInt8], any Error> { continuation in
            for _ in 0..<2 { continuation.yield([UInt8](repeating: 1, count: Int(5 * Self.mebibyte))) }
            continuation.finish(throwing: SourceError())
        }
        try await S3Service.coffer.with { s3, bucket in
            await #expect(throws: SourceError.self) {
                try await s3.upload(pieces: pieces, bucket: bucket, key: "k", options: Self.options)
            }
            let rest = try await s3.listMultipartUploads(bucket: bucket).collect()
            #expect(rest.isEmpty)
        }
    }

    @Test func `A file that changes while its parts are sent is not made an object`() async throws {
        try await S3Service.coffer.with { s3, bucket in
            let directory = try TemporaryDirectory()
            _ = try directory.file("f", byteCount: 20 << 20)
            let path = directory.path("f")
            var options = TransferOptions()
            options.parallelism = 1
            let error = await #expect(throws: FileError.self) {
                try await s3.upload(file: path, bucket: bucket, key: "k", options: options) { _ in
                    // As long as it was, and another byte where the first part was read already.
                    guard let file = FileHandle(forWritingAtPath: path) else { return }
                    file.write(Data([0]))
                    try? file.close()
                }
            }
            #expect(error?.path == path)
            #expect(try await s3.listMultipartUploads(bucket: bucket).collect().isEmpty)
            #expect(try await s3.listObjects(bucket: bucket).collect().isEmpty)
        }
    }

    @Test func `Files that are not there, or are no files, throw with their path`() async throws {
        try await S3Service.coffer.with { s3, bucket in
            let directory = try TemporaryDirectory()
            _ = try directory.file("there", byteCount: 1)
            let missing = await #expect(throws: FileError.self) {
                try await s3.upload(file: directory.path("missing"), bucket: bucket, key: "k")
            }
            #expect(missing?.description == "\(directory.path("missing")): No such file or directory")
            await #expect(throws: FileError.self) {
                try await s3.upload(file: directory.path, bucket: bucket, key: "k")
            }
            // Nobody writes to it, and who opens it to read would wait for that.
            try #require(mkfifo(directory.path("pipe"), 0o600) == 0)
            await #expect(throws: FileError.self) {
                try await s3.upload(file: directory.path("pipe"), bucket: bucket, key: "k")
            }
            try await s3.putObject(bucket: bucket, key: "k", body: [1])
            await #expect(throws: FileError.self) {
                try await s3.download(bucket: bucket, key: "k", to: directory.path)
            }
            await #expect(throws: S3Error.self) {
                try await s3.download(bucket: bucket, key: "missing", to: directory.path("there"))
            }
            #expect(try directory.names().sorted() == ["pipe", "there"])
        }
    }

    @Test func `A condition holds for uploads in parts too`() async throws {
        let directory = try TemporaryDirectory()
        _ = try directory.file("source", byteCount: 11 * Self.mebibyte)
        try await S3Service.coffer.with { s3, bucket in
            try await s3.putObject(bucket: bucket, key: "k", body: [1])
            let error = await #expect(throws: S3Error.self) {
                try await s3.upload(
                    file: directory.path("source"), bucket: bucket, key: "k", options: Self.options, if: .absent)
            }
            #expect(error?.code == .preconditionFailed)
            #expect(try await s3.getObject(bucket: bucket, key: "k").bytes() == [1])
        }
    }
}
