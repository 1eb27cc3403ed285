import CofferTestSupport

/// A change that a client makes, and what it makes of the store.
struct StoreChange: Sendable {
    let name: String
    /// The cells that must stay as they are until it is made, beside those that it changes.
    var sources: Set<StoreContents.Cell> = []
    /// The values after it.
    let after: [StoreContents.Cell: StoreContents.Value]
    let make: @Sendable (StoreClient) async throws -> Void

    var cells: Set<StoreContents.Cell> { sources.union(after.keys) }
}

/// Chooses changes at random, which fit what the store has.
struct StoreChanges {
    private var generator: SeededGenerator
    /// All bodies that were made, by their digests.
    private var bodies: [String: [UInt8]] = [:]

    private static let plain = "plain"
    private static let versioned = "versioned"
    private static let keys = (1...6).map { "k\($0)" }

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    /// Returns one to three changes, none of which meets a cell of another.
    mutating func next(_ contents: StoreContents) -> [StoreChange] {
        var changes: [StoreChange] = []
        var taken: Set<StoreContents.Cell> = []
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            let change = choose(contents)
            guard taken.isDisjoint(with: change.cells) else { continue }
            taken.formUnion(change.cells)
            changes.append(change)
        }
        return changes
    }

    private mutating func choose(_ contents: StoreContents) -> StoreChange {
        for bucket in [Self.plain, Self.versioned] where contents[.bucket(bucket)] == nil { return create(bucket) }
        let key = Self.keys.randomElement(using: &generator) ?? ""
        switch Int.random(in: 0..<20, using: &generator) {
        case 0: return otherBucket(contents)
        case 1...4: return upload(key, contents)
        case 5, 6: return append(to: key, contents)
        case 7, 8: return copy(to: key, contents)
        case 9: return rename(key, contents)
        case 10, 11: return delete(key, Self.plain, contents)
        case 12, 13: return delete(key, Self.versioned, contents)
        case 14...16: return put(key, Self.versioned, contents)
        default: return put(key, Self.plain, contents)
        }
    }

    /// Small bodies are stored in the catalog, larger ones in files.
    private mutating func body() -> [UInt8] {
        let sizes = [0, 1, 60, StoreFixture.inlineLimit, StoreFixture.inlineLimit + 1, 3000, 20_000]
        let body = generator.bytes(sizes.randomElement(using: &generator) ?? 0)
        bodies[StoreContents.digest(body)] = body
        return body
    }

    /// Remembers bytes that were put together.
    private mutating func remember(_ whole: [UInt8]) -> String {
        let digest = StoreContents.digest(whole)
        bodies[digest] = whole
        return digest
    }

    // MARK: Buckets

    private func create(_ bucket: String) -> StoreChange {
        let isVersioned = bucket == Self.versioned
        return StoreChange(name: "create \(bucket)", after: [.bucket(bucket): .bucket]) {
            try await $0.createBucket(bucket, isVersioned: isVersioned)
        }
    }

    /// Creates or deletes a bucket that stays empty.
    private mutating func otherBucket(_ contents: StoreContents) -> StoreChange {
        let bucket = "empty-\(Int.random(in: 1...3, using: &generator))"
        guard contents[.bucket(bucket)] != nil else { return create(bucket) }
        return StoreChange(name: "delete \(bucket)", after: [.bucket(bucket): .nothing]) {
            try await $0.deleteBucket(bucket)
        }
    }

    // MARK: Objects

    /// The versions of a key after a write.
    private func writing(
        _ digest: String?, _ bucket: String, _ key: String, _ contents: StoreContents
    ) -> [StoreContents.Cell: StoreContents.Value] {
        let older = bucket == Self.versioned ? contents.versions(bucket, key) : []
        return [.key(bucket: bucket, key): .versions([digest] + older)]
    }

    private mutating func put(_ key: String, _ bucket: String, _ contents: StoreContents) -> StoreChange {
        let body = body()
        let after = writing(StoreContents.digest(body), bucket, key, contents)
        return StoreChange(name: "put \(bucket)/\(key)", after: after) { try await $0.put(body, bucket, key) }
    }

    private mutating func append(to key: String, _ contents: StoreContents) -> StoreChange {
        let bucket = Self.plain
        guard let digest = contents.versions(bucket, key).first ?? nil, let old = bodies[digest], old.count < 100_000
        else { return put(key, bucket, contents) }
        let new = body()
        let whole = old + new
        let after = writing(remember(whole), bucket, key, contents)
        return StoreChange(name: "append to \(bucket)/\(key)", after: after) {
            try await $0.append(new, makingIt: whole, bucket, key)
        }
    }

    private mutating func copy(to key: String, _ contents: StoreContents) -> StoreChange {
        let buckets = [Self.plain, Self.versioned].shuffled(using: &generator)
        let (from, to) = (buckets[0], generator.isOne(in: 2) ? buckets[0] : buckets[1])
        let other = Self.keys.filter { $0 != key }.randomElement(using: &generator) ?? ""
        guard let digest = contents.versions(from, other).first ?? nil else { return put(key, to, contents) }
        return StoreChange(
            name: "copy \(from)/\(other) to \(to)/\(key)", sources: [.key(bucket: from, other)],
            after: writing(digest, to, key, contents)
        ) { try await $0.copy((from, other), to: (to, key)) }
    }

    private mutating func rename(_ key: String, _ contents: StoreContents) -> StoreChange {
        let bucket = Self.plain
        let other = Self.keys.filter { $0 != key }.randomElement(using: &generator) ?? ""
        guard let digest = contents.versions(bucket, key).first ?? nil else { return put(key, bucket, contents) }
        var after = writing(digest, bucket, other, contents)
        after[.key(bucket: bucket, key)] = .nothing
        return StoreChange(name: "rename \(bucket)/\(key) to \(other)", after: after) {
            try await $0.rename(key, to: other, in: bucket)
        }
    }

    /// Deletes an object, or one of several versions for good.
    private mutating func delete(_ key: String, _ bucket: String, _ contents: StoreContents) -> StoreChange {
        var versions = contents.versions(bucket, key)
        guard bucket == Self.versioned, !versions.isEmpty, versions.count > 4 || generator.isOne(in: 2) else {
            let after =
                bucket == Self.versioned
                ? writing(nil, bucket, key, contents) : [.key(bucket: bucket, key): .nothing]
            return StoreChange(name: "delete \(bucket)/\(key)", after: after) { try await $0.delete(bucket, key) }
        }
        let index = Int.random(in: versions.indices, using: &generator)
        versions.remove(at: index)
        return StoreChange(
            name: "remove version \(index) of \(bucket)/\(key)", after: [.key(bucket: bucket, key): .versions(versions)]
        ) { try await $0.delete(bucket, key, version: index) }
    }

    // MARK: Uploads

    /// Begins, continues or ends an upload.
    private mutating func upload(_ key: String, _ contents: StoreContents) -> StoreChange {
        let bucket = Self.plain
        let cell = StoreContents.Cell.upload(bucket: bucket, key: key)
        guard var parts = contents.parts(bucket, key) else {
            return StoreChange(name: "begin an upload of \(key)", after: [cell: .parts([:])]) {
                try await $0.createUpload(bucket, key)
            }
        }
        if generator.isOne(in: 12) {
            return StoreChange(name: "abort the upload of \(key)", after: [cell: .nothing]) {
                try await $0.abort(bucket, key)
            }
        }
        guard parts.isEmpty || generator.isOne(in: 2) else { return complete(parts, key, cell, contents) }
        let number = Int.random(in: 1...3, using: &generator)
        let body = body()
        parts[number] = StoreContents.digest(body)
        return StoreChange(name: "put part \(number) of \(key)", after: [cell: .parts(parts)]) {
            try await $0.put(body, asPart: number, bucket, key)
        }
    }

    private mutating func complete(
        _ parts: [Int: String], _ key: String, _ cell: StoreContents.Cell, _ contents: StoreContents
    ) -> StoreChange {
        let bucket = Self.plain
        let whole = parts.sorted { $0.key < $1.key }.flatMap { bodies[$0.value] ?? [] }
        var after = writing(remember(whole), bucket, key, contents)
        after[cell] = .nothing
        return StoreChange(name: "complete the upload of \(key)", after: after) {
            try await $0.complete(makingIt: whole, bucket, key)
        }
    }
}
