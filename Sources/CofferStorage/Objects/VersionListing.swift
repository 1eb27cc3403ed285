package import CofferModel

/// The parameters of a listing of a bucket's versions.
package struct VersionQuery: Sendable {
    package var keys: ListQuery
    /// Only versions of the key ``ListQuery/after`` after this one are listed; nil for no versions of that key.
    package var afterVersion: VersionID?

    package init(keys: ListQuery, afterVersion: VersionID? = nil) {
        self.keys = keys
        self.afterVersion = afterVersion
    }
}

extension CatalogReads {
    /// Lists the current objects and the other versions in one order: by key, the newest first.
    func listVersions(_ query: VersionQuery, in bucket: Bucket) async throws(StorageError) -> VersionPage {
        let start = try await start(of: query, in: bucket)
        // The key whose rows are being read, and its newest version.
        var latest: (key: ArraySlice<UInt8>, sequence: Int64)?
        if case .within(let key, _) = start, let newest = try await object(key, version: nil, in: bucket) {
            latest = (key.bytes[...], newest.sequence)
        }
        return try await query.keys.page(from: start) { range, limit async throws(StorageError) in
            var rows = Array(try await versions(in: bucket, range, limit: limit))
            for index in rows.indices {
                let (key, sequence) = (rows[index].name, rows[index].sequence)
                if latest?.key != key { latest = (key, sequence) }
                rows[index].isLatest = latest?.sequence == sequence
            }
            return rows
        }
    }

    /// Returns where a page begins. The versions of a key and its current one may have changed since the last page:
    /// clients delete the versions on one page before they request the next.
    private func start(of query: VersionQuery, in bucket: Bucket) async throws(StorageError) -> ListRange.Start {
        guard let version = query.afterVersion, query.keys.after.starts(with: query.keys.prefix) else {
            return query.keys.start
        }
        let key = ObjectKey(unchecked: query.keys.after)
        if let sequence = version.sequence { return .within(key, after: sequence) }
        // The null version's id does not contain its position. If it is gone, versions are listed twice rather than not
        // at all.
        return .within(key, after: try await object(key, version: version, in: bucket)?.sequence ?? .max)
    }
}
