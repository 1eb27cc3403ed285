import CofferCrypto
import CofferModel
import CofferTestSupport
import Testing

@testable import CofferStorage

@Suite(.everyEngine) struct ConcurrencyTests {
    @Test(arguments: [50, 5000])
    func `Of a hundred writers of a key that must not exist exactly one wins`(count: Int) async throws {
        let fixture = try await StoreFixture()
        let winners = await withTaskGroup(of: Int?.self, returning: [Int].self) { group in
            for writer in 0..<100 {
                group.addTask {
                    let body = StoreFixture.pattern(count, seed: writer)
                    // To fail is what most of them must.
                    let written = try? await fixture.put(body, as: "a", condition: Self.mustNotExist)
                    return written == nil ? nil : writer
                }
            }
            return await group.compactMap(\.self).reduce(into: []) { $0.append($1) }
        }
        let winner = try #require(winners.first)
        #expect(winners.count == 1)
        #expect(try await fixture.get("a") == StoreFixture.pattern(count, seed: winner))
        #expect(try fixture.segmentCount == 1)
        #expect(try fixture.blobFiles.count == (count > 100 ? 1 : 0))
    }

    @Test func `Of writers that replace what they saw each sees the one before`() async throws {
        let fixture = try await StoreFixture()
        try await fixture.put([0], as: "counter")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    while true {
                        let key = try fixture.key("counter")
                        let seen = try #require(try await fixture.store.object(key, in: fixture.bucket))
                        guard let value = try await fixture.bytes(of: seen)
                        else { continue }
                        do {
                            try await fixture.put([value[0] + 1], as: "counter") { current throws(S3Error) in
                                guard current?.sequence == seen.sequence else { throw S3Error(.preconditionFailed) }
                            }
                            return
                        } catch StorageError.refused {
                            continue
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await fixture.get("counter") == [20])
    }

    @Test func `Changes that fail leave no trace and do not disturb those beside them`() async throws {
        let fixture = try await StoreFixture()
        let written = await withTaskGroup(of: Int?.self, returning: Set<Int>.self) { group in
            for index in 0..<300 {
                group.addTask {
                    let body = StoreFixture.pattern(index % 2 == 0 ? 20 : 200, seed: index)
                    let condition = index % 3 == 0 ? Self.refusal : nil
                    do {
                        try await fixture.put(body, as: "k\(index)", condition: condition)
                        return index
                    } catch {
                        return nil
                    }
                }
            }
            return await group.reduce(into: []) { if let index = $1 { $0.insert(index) } }
        }
        for index in 0..<300 {
            #expect(written.contains(index) == (index % 3 != 0))
            let expected = index % 3 == 0 ? nil : StoreFixture.pattern(index % 2 == 0 ? 20 : 200, seed: index)
            #expect(try await fixture.get("k\(index)") == expected)
        }
        #expect(try fixture.segmentCount == 200)
        #expect(try fixture.blobFiles.count == 100)
        #expect(try await fixture.store.totals().objects == 200)
    }

    @Test(arguments: [80, 5000])
    func `A reader beside writers sees one whole version`(count: Int) async throws {
        let fixture = try await StoreFixture()
        let key = try fixture.key("a")
        try await fixture.put(StoreFixture.pattern(count), as: "a")
        try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask {
                for seed in 0..<200 { try await fixture.put(StoreFixture.pattern(count, seed: seed), as: "a") }
                return 0
            }
            for _ in 0..<3 {
                group.addTask {
                    var whole = 0
                    for _ in 0..<300 {
                        let record = try #require(try await fixture.store.object(key, in: fixture.bucket))
                        guard let bytes = try await fixture.bytes(of: record) else { continue }
                        #expect(hex(Digest.of(bytes, .md5)) == record.etag.value)
                        whole += 1
                        await Task.yield()
                    }
                    return whole
                }
            }
            let whole = try await group.reduce(0, +)
            #expect(whole > 0)
        }
        try await fixture.eventually { try fixture.segmentCount == 1 }
        #expect(try fixture.blobFiles.count == (count > 100 ? 1 : 0))
    }

    /// Puts, copies and deletes in random order against a dictionary; nothing may be lost or left behind.
    @Test(arguments: [11, 12, 13] as [UInt64])
    func `A random history agrees with a dictionary`(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let fixture = try await StoreFixture()
        var model: [String: [UInt8]] = [:]
        for step in 0..<400 {
            let (name, other) = (
                "k\(Int.random(in: 0..<6, using: &random))", "k\(Int.random(in: 0..<6, using: &random))"
            )
            switch Int.random(in: 0..<4, using: &random) {
            case 0, 1:
                let body = StoreFixture.pattern([0, 30, 100, 101, 3000].randomElement(using: &random) ?? 0, seed: step)
                try await fixture.put(body, as: name)
                model[name] = body
            case 2:
                try await fixture.delete(name)
                model[name] = nil
            default:
                guard let bytes = model[other] else { continue }
                try await fixture.copy(other, to: name)
                model[name] = bytes
            }
            let body = try await fixture.get(name)
            #expect(body == model[name], "seed \(seed), step \(step)")
        }
        #expect(try await fixture.names() == model.keys.sorted())
        #expect(try await fixture.store.totals().bytes == model.values.reduce(0) { $0 + Int64($1.count) })
        for name in model.keys { try await fixture.delete(name) }
        try await fixture.eventually { try fixture.segmentCount == 0 && fixture.blobFiles.isEmpty }
    }

    private static let refusal: WriteCheck = { _ throws(S3Error) in throw S3Error(.accessDenied) }

    private static let mustNotExist: WriteCheck = { current throws(S3Error) in
        guard current == nil else { throw S3Error(.preconditionFailed) }
    }
}
