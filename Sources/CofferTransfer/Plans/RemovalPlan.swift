import CofferClient
import CofferModel

/// A plan that deletes the objects or versions below a prefix, a thousand at a time.
package struct RemovalPlan: Plan {
    private enum Source {
        case objects(Listing<ListedObject>.AsyncIterator)
        case versions(Listing<ListedVersion>.AsyncIterator)
    }

    private var source: Source
    private let store: Store
    private let prefixByteCount: Int
    private let filter: NameFilter
    /// Whether nothing has been found yet, not even objects that the filter leaves out.
    package private(set) var isEmpty = true

    package init(_ store: Store, objectsWithPrefix prefix: String, _ filter: NameFilter = NameFilter()) {
        self.init(
            store, .objects(store.client.listObjects(bucket: store.bucket, prefix: prefix).makeAsyncIterator()), prefix,
            filter)
    }

    package init(_ store: Store, versionsWithPrefix prefix: String, _ filter: NameFilter = NameFilter()) {
        let versions = store.client.listObjectVersions(bucket: store.bucket, prefix: prefix)
        self.init(store, .versions(versions.makeAsyncIterator()), prefix, filter)
    }

    private init(_ store: Store, _ source: Source, _ prefix: String, _ filter: NameFilter) {
        self.source = source
        self.store = store
        prefixByteCount = prefix.utf8.count
        self.filter = filter
    }

    package mutating func next() async throws -> Action? {
        var objects: [ObjectVersion] = []
        while objects.count < Limits.deleteKeyCount, let object = try await nextObject() {
            if filter.admits(object.key.bytes.dropFirst(prefixByteCount)) { objects.append(object) }
        }
        return objects.isEmpty ? nil : .delete(store, objects)
    }

    private mutating func nextObject() async throws -> ObjectVersion? {
        let object = try await nextOfAll()
        if object != nil { isEmpty = false }
        return object
    }

    private mutating func nextOfAll() async throws -> ObjectVersion? {
        switch source {
        case .objects(var iterator):
            defer { source = .objects(iterator) }
            return try await store.naming { try await iterator.next() }.map { ObjectVersion(key: $0.key) }
        case .versions(var iterator):
            defer { source = .versions(iterator) }
            return try await store.naming { try await iterator.next() }
                .map { ObjectVersion(key: $0.key, version: $0.version) }
        }
    }
}
