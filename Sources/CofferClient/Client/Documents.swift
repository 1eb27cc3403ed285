import CofferModel

extension S3Client {
    /// Sends a document as the configuration of a bucket or object.
    ///
    /// Its MD5 is sent too: some documents need a checksum, and this is the one that every service knows.
    @discardableResult
    func put(
        _ document: [UInt8], _ resource: String, _ bucket: BucketName, _ key: ObjectKey? = nil,
        version: VersionID? = nil, headers: HeaderFields = [:]
    ) async throws -> HTTPResponseHead {
        var call = S3Call("PUT", bucket, key, query: [(resource, nil)], headers: headers, body: .bytes(document[...]))
        call.add(query: "versionId", version?.description)
        call.addContentMD5()
        call.add("content-type", "application/xml")
        return try await send(call).head
    }

    /// Returns the configuration of a bucket or object.
    func get(
        _ resource: String, _ bucket: BucketName, _ key: ObjectKey? = nil, version: VersionID? = nil
    ) async throws -> [UInt8] {
        try await send(getting(resource, bucket, key, version)).body
    }

    /// Returns a configuration that has no type of its own.
    func getElement(
        _ resource: String, _ bucket: BucketName, _ key: ObjectKey? = nil, version: VersionID? = nil
    ) async throws -> XMLElement {
        try await document(getting(resource, bucket, key, version)).0
    }

    private func getting(
        _ resource: String, _ bucket: BucketName, _ key: ObjectKey?, _ version: VersionID?
    ) -> S3Call {
        var call = S3Call("GET", bucket, key, query: [(resource, nil)])
        call.add(query: "versionId", version?.description)
        return call
    }

    func delete(
        _ resource: String, _ bucket: BucketName, _ key: ObjectKey? = nil, version: VersionID? = nil
    ) async throws {
        var call = S3Call("DELETE", bucket, key, query: [(resource, nil)])
        call.add(query: "versionId", version?.description)
        _ = try await send(call)
    }
}
