import CofferModel
import CofferTestSupport
import Testing

@testable import CofferStorage

/// Random histories against S3's rules, which fit into a few lines when nothing has to be stored.
@Suite(.everyEngine) struct VersionHistoryTests {
    @Test(arguments: [21, 22, 23] as [UInt64])
    func `A random history agrees with the rules of versions`(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let fixture = try await StoreFixture()
        var model = VersionModel()
        for step in 0..<300 {
            let name = "k\(Int.random(in: 0..<4, using: &random))"
            switch Int.random(in: 0..<20, using: &random) {
            case 0..<7:
                let size = [0, 30, 100, 101, 3000].randomElement(using: &random) ?? 0
                let body = StoreFixture.pattern(size, seed: step)
                model.write(name, body, as: try await fixture.put(body, as: name).version)
            case 7..<10:
                let deletion = try await fixture.delete(Deletion(key: fixture.key(name)))
                #expect(deletion.isDeleteMarker == (model.versioning != .neverEnabled))
                model.write(name, nil, as: deletion.version)
            case 10..<15:
                guard let version = model.keys[name]?.randomElement(using: &random) else { continue }
                let deletion = try await fixture.delete(name, version.id)
                #expect(deletion.isDeleteMarker == (version.body == nil) && deletion.version == version.id)
                model.keys[name]?.removeAll { $0.id == version.id }
            case 15..<17:
                let source = "k\(Int.random(in: 0..<4, using: &random))"
                guard let version = model.keys[source]?.randomElement(using: &random), let body = version.body
                else { continue }
                model.write(name, body, as: try await fixture.copy(source, version.id, to: name).version)
            case 17..<19:
                let parts = [StoreFixture.pattern(40, seed: step), StoreFixture.pattern(400, seed: step)]
                model.write(name, parts[0] + parts[1], as: try await fixture.put(parts: parts, as: name).version)
            default:
                let isOn = step > 60 && Bool.random(using: &random)
                model.versioning = isOn ? .enabled : model.versioning == .neverEnabled ? .neverEnabled : .suspended
                try await fixture.setVersioning(model.versioning)
            }
            try await expectAgreement(model, fixture, "seed \(seed), step \(step)")
        }
        try await fixture.expectNothingLeft()
    }

    private func expectAgreement(_ model: VersionModel, _ fixture: StoreFixture, _ place: Comment) async throws {
        let versions = model.keys.sorted { $0.key < $1.key }
        let listed = try await fixture.versions()
        #expect(listed.map(\.version) == versions.flatMap { $0.value.map(\.id) }, place)
        #expect(listed.map(\.isDeleteMarker) == versions.flatMap { $0.value.map { $0.body == nil } }, place)
        #expect(listed.map(\.isLatest) == versions.flatMap { $0.value.indices.map { $0 == 0 } }, place)
        #expect(try await fixture.names() == versions.filter { $0.value.first?.body != nil }.map(\.key), place)
        let totals = try await fixture.store.totals()
        let bodies = versions.flatMap { $0.value.compactMap(\.body) }
        #expect(totals.objects == bodies.count && totals.bytes == bodies.reduce(0) { $0 + Int64($1.count) }, place)
        for (name, versions) in versions {
            let current = try await fixture.current(name)
            #expect(current?.version == versions.first?.id, place)
            for version in versions {
                let record = try #require(try await fixture.version(name, version.id), place)
                let body = record.isDeleteMarker ? nil : try await fixture.bytes(of: record)
                #expect(body == version.body, place)
            }
        }
    }
}

/// S3 User Guide, "How S3 Versioning works", and the pages on suspended versioning.
private struct VersionModel {
    var versioning = Versioning.neverEnabled
    /// The newest first.
    var keys: [String: [Version]] = [:]

    struct Version {
        let id: VersionID
        /// nil for a delete marker.
        let body: [UInt8]?
    }

    /// - Parameter id: as the store said; nil where it made no version.
    mutating func write(_ name: String, _ body: [UInt8]?, as id: VersionID?) {
        let isExpected = versioning == .enabled ? id?.isNull == false : id?.isNull != false
        #expect(isExpected, "\(versioning): \(String(describing: id))")
        if versioning != .enabled { keys[name]?.removeAll { $0.id.isNull } }
        guard let id else { return }
        keys[name, default: []].insert(Version(id: id, body: body), at: 0)
    }
}
