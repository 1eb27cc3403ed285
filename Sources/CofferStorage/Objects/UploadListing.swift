import CofferModel

extension CatalogReads {
    /// Lists uploads in progress, by key, and those of one key in the order in which they were begun.
    func listUploads(_ query: UploadQuery, in bucket: Bucket) async throws(StorageError) -> UploadPage {
        let keys = ListQuery(
            prefix: query.prefix, delimiter: query.delimiter, after: query.afterKey, limit: query.limit)
        var start = keys.start
        if !query.afterUpload.isEmpty, query.afterKey.starts(with: query.prefix) {
            start = .within(ObjectKey(unchecked: query.afterKey), after: Upload.id(of: query.afterUpload) ?? .max)
        }
        return try await keys.page(from: start) { range, limit async throws(StorageError) in
            try await uploads(in: bucket, range, limit: limit)
        }
    }
}
