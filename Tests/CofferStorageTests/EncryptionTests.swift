import CofferCrypto
import CofferModel
import CofferTestSupport
import Foundation
import Testing

@testable import CofferStorage

/// Bytes that are encrypted where they stand, under a key of the object's own.
@Suite(.everyEngine) struct EncryptionTests {
    fileprivate static let chunk = ChunkCipher.chunkByteCount
    fileprivate static let key = (0..<32).map { UInt8($0) }
    fileprivate static let customerKey = (32..<64).map { UInt8($0) }
    fileprivate static let encryption = Encryption(
        keySource: .customer, wrappedKey: KeyWrap.wrap(key, with: customerKey))

    @Test(arguments: [0, 1, 99, 100, 101, 5000, chunk - 1, chunk, chunk + 1, 3 * chunk, 3 * chunk + 7])
    func `An encrypted body is read as it was`(count: Int) async throws {
        let fixture = try await StoreFixture()
        let body = StoreFixture.pattern(count)
        let record = try await Self.put(body, as: "a", fixture)
        #expect(record.size == count)
        #expect(try await fixture.bytes(of: record, key: Self.key) == body)
        let found = try #require(try await fixture.current("a"))
        #expect(found.encryption == Self.encryption)
        #expect(KeyWrap.unwrap(Self.encryption.wrappedKey, with: Self.customerKey) == Self.key)
        #expect(try await fixture.store.totals().bytes == count)
    }

    @Test func `Every range at the borders of chunks is read exactly`() async throws {
        let fixture = try await StoreFixture()
        let body = StoreFixture.pattern(2 * Self.chunk + 100)
        let record = try await Self.put(body, as: "a", fixture)
        let borders = [0, Self.chunk, 2 * Self.chunk, body.count].flatMap { [$0 - 1, $0, $0 + 1] }
            .filter { (0...body.count).contains($0) }
        for first in borders {
            for last in borders where first <= last {
                let bytes = try await fixture.bytes(of: record, Int64(first)..<Int64(last), key: Self.key)
                #expect(bytes == Array(body[first..<last]), "\(first)..<\(last)")
            }
        }
    }

    @Test func `An upload's parts and what is added are encrypted under one key and read as one`() async throws {
        let fixture = try await StoreFixture()
        let upload = try await fixture.createUpload("a", encryption: Self.encryption)
        let pieces = [5000, 30, Self.chunk + 1, 60].enumerated().map {
            StoreFixture.pattern($0.element, seed: $0.offset)
        }
        for (index, piece) in pieces.dropLast().enumerated() {
            try await fixture.put(piece, asPart: index + 1, of: upload, key: Self.key)
        }
        try await fixture.complete(upload)
        let record = try await fixture.append(pieces[3], to: "a", key: Self.key, encryption: Self.encryption)
        let whole = Array(pieces.joined())
        #expect(record.encryption == Self.encryption)
        #expect(try await fixture.bytes(of: record, key: Self.key) == whole)
        for range in [0..<5001, 4999..<5031, 5029..<70_000, whole.count - 61..<whole.count] {
            let bytes = try await fixture.bytes(
                of: record, Int64(range.lowerBound)..<Int64(range.upperBound), key: Self.key)
            #expect(bytes == Array(whole[range]))
        }
        try await fixture.expectNothingLeft()
    }

    @Test func `The same bytes under the same key are others in every segment`() async throws {
        let fixture = try await StoreFixture()
        for name in ["a", "b"] { try await Self.put(StoreFixture.pattern(5000), as: name, fixture) }
        let files = try fixture.blobFiles.map {
            try Data(contentsOf: URL(filePath: fixture.store.path + "/blobs/" + $0))
        }
        #expect(files.count == 2 && files[0] != files[1])
    }

    @Test(arguments: [60, 5000, 3 * chunk])
    func `Another key, or none, fails cleanly`(count: Int) async throws {
        let fixture = try await StoreFixture()
        let record = try await Self.put(StoreFixture.pattern(count), as: "a", fixture)
        for key in [nil, Self.customerKey] {
            let error = await #expect(throws: StorageError.self) { try await fixture.bytes(of: record, key: key) }
            #expect(error?.name == (key == nil ? "failed" : "damaged"))
        }
        let plain = try await fixture.put(StoreFixture.pattern(count), as: "b")
        await #expect(throws: StorageError.self) { try await fixture.bytes(of: plain, key: Self.key) }
        #expect(try await fixture.bytes(of: record, key: Self.key) == StoreFixture.pattern(count))
    }

    @Test func `A byte that was changed in a file is found when its chunk is read`() async throws {
        let fixture = try await StoreFixture()
        let body = StoreFixture.pattern(2 * Self.chunk)
        let record = try await Self.put(body, as: "a", fixture)
        let path = fixture.store.path + "/blobs/" + (try #require(try fixture.blobFiles.first))
        var file = try Data(contentsOf: URL(filePath: path))
        file[Self.chunk + 100] ^= 1
        try file.write(to: URL(filePath: path))
        let chunk = Int64(Self.chunk)
        await #expect(throws: StorageError.self) { try await fixture.bytes(of: record, key: Self.key) }
        await #expect(throws: StorageError.self) {
            try await fixture.bytes(of: record, chunk..<(chunk + 1), key: Self.key)
        }
        #expect(try await fixture.bytes(of: record, 0..<chunk, key: Self.key) == Array(body[..<Self.chunk]))
    }

    @Test(arguments: [60, 5000])
    func `A copy under another key shares the bytes`(count: Int) async throws {
        let fixture = try await StoreFixture()
        let body = StoreFixture.pattern(count)
        try await Self.put(body, as: "a", fixture)
        let rewrapped = Encryption(keySource: .master, wrappedKey: KeyWrap.wrap(Self.key, with: Self.key))
        var copy = try await fixture.copying("a", to: "b")
        copy.encryption = rewrapped
        let record = try await fixture.store.copy(copy).record
        #expect(try fixture.segmentCount == 1)
        #expect(try await fixture.current("b")?.encryption == rewrapped)
        #expect(try await fixture.current("a")?.encryption == Self.encryption)
        try await fixture.delete("a")
        #expect(try await fixture.bytes(of: record, key: Self.key) == body)
        try await fixture.expectNothingLeft()
    }

    @Test func `Nothing is added to an object that is encrypted in another way than the body`() async throws {
        let fixture = try await StoreFixture()
        try await Self.put([1], as: "a", fixture)
        try await fixture.put([2], as: "b")
        let other = Encryption(keySource: .customer, wrappedKey: KeyWrap.wrap(Self.customerKey, with: Self.key))
        for (name, encryption) in [("a", nil), ("a", other), ("b", other)] {
            let error = await #expect(throws: StorageError.self) {
                try await fixture.append([3], to: name, key: encryption.map { _ in Self.key }, encryption: encryption)
            }
            #expect(error?.name == "refused: ConditionalRequestConflict")
        }
        #expect(try await fixture.current("a")?.size == 1)
        #expect(try await fixture.get("b") == [2])
    }

    // MARK: Steps

    @discardableResult
    fileprivate static func put(_ body: [UInt8], as name: String, _ fixture: StoreFixture) async throws -> ObjectRecord
    {
        let incoming = try fixture.store.makeBody(key: key)
        for start in stride(from: 0, to: body.count, by: 1000) {
            try incoming.append(body.span.extracting(start..<min(start + 1000, body.count)))
        }
        let written = try await fixture.store.put(
            incoming, as: fixture.key(name), in: fixture.bucket, etag: ETag("e"),
            attributes: StoredAttributes(fields: []), owner: "1", encryption: encryption)
        return written.record
    }
}

/// What of encrypted bytes can be found in the files of a data directory.
struct EncryptedFilesTests {
    @Test(arguments: [60, 5000])
    func `No file of the directory holds the bytes or the key`(count: Int) async throws {
        let fixture = try await StoreFixture()
        let plain = Array("the bytes that nobody may find. ".utf8)
        let body = Array(repeatElement(plain, count: count / plain.count + 1).joined())
        try await EncryptionTests.put(body, as: "sealed", fixture)
        #expect(
            try Self.files(of: fixture, holding: plain).isEmpty
                && Self.files(of: fixture, holding: EncryptionTests.key).isEmpty)
        // The search finds what is there.
        try await fixture.put(body, as: "open")
        #expect(try !Self.files(of: fixture, holding: plain).isEmpty)
    }

    @Test(arguments: [60, 2 * ChunkCipher.chunkByteCount + 5])
    func `Bytes that are missing at the end are found`(count: Int) async throws {
        let fixture = try await StoreFixture()
        let record = try await EncryptionTests.put(StoreFixture.pattern(count), as: "a", fixture)
        if let file = try fixture.blobFiles.first {
            let path = fixture.store.path + "/blobs/" + file
            let bytes = try Data(contentsOf: URL(filePath: path))
            try bytes.prefix(ChunkCipher.chunkByteCount + 10).write(to: URL(filePath: path))
        } else {
            let connection = try SQLiteConnection(path: fixture.store.path + "/catalog.sqlite", isReadOnly: false)
            try connection.execute("UPDATE segments SET bytes = substr(bytes, 1, 20)")
        }
        let end = Int64(count)
        await #expect(throws: StorageError.self) {
            try await fixture.bytes(of: record, (end - 1)..<end, key: EncryptionTests.key)
        }
        await #expect(throws: StorageError.self) { try await fixture.bytes(of: record, key: EncryptionTests.key) }
    }

    private static func files(of fixture: StoreFixture, holding bytes: [UInt8]) throws -> [String] {
        let root = fixture.store.path
        return try FileManager.default.subpathsOfDirectory(atPath: root).filter { path in
            guard fileSize("\(root)/\(path)") != nil else { return false }
            return try Data(contentsOf: URL(filePath: "\(root)/\(path)")).range(of: Data(bytes)) != nil
        }
    }
}
