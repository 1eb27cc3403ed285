import CofferAccess
import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Returns a page of all versions and delete markers of a bucket: by key, the newest first.
struct ListObjectVersions: S3Operation {
    static let action = "s3:ListBucketVersions"

    private let listing: ListingRequest
    private let keyMarker: String
    private let versionMarker: VersionID?

    init(_ request: S3Request) throws(S3Error) {
        listing = try ListingRequest(request)
        keyMarker = request.query["key-marker"] ?? ""
        let marker = request.query["version-id-marker"].flatMap { $0.isEmpty ? nil : $0 }
        guard marker == nil || !keyMarker.isEmpty else {
            throw .invalidArgument(
                "A version-id marker cannot be specified without a key marker.", name: "version-id-marker",
                value: marker ?? "")
        }
        versionMarker = try marker.map { text throws(S3Error) in
            guard let version = try? VersionID(text) else { throw Self.invalidMarker(text) }
            return version
        }
    }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let state = try call.state
        try await checkMarker(in: state.bucket, call)
        let query = VersionQuery(
            keys: listing.query(after: Array(keyMarker.utf8)), afterVersion: versionMarker)
        let page = try await mappingAsyncStorageErrors { () async throws(StorageError) in
            try await call.service.store.listVersions(query, in: state.bucket)
        }
        return .xml(
            XMLWriter.document("ListVersionsResult", capacity: page.byteCount) { xml in
                listing.writeHead(to: &xml, bucket: state.bucket, isTruncated: page.isTruncated) { xml in
                    xml.element("KeyMarker", listing.text(keyMarker))
                    xml.element("VersionIdMarker", versionMarker?.description ?? "")
                    if page.isTruncated { writeNext(page, to: &xml) }
                }
                for case .item(let version) in page.entries { write(version, state, to: &xml) }
                listing.writeCommonPrefixes(page.entries, to: &xml)
            })
    }

    /// Checks that the version marker is valid. A page may continue after a version that was deleted, but not after one
    /// that never existed.
    private func checkMarker(in bucket: Bucket, _ call: Authorized<Self>) async throws(S3Error) {
        guard let versionMarker, !versionMarker.hasValidCheck else { return }
        let found = try await mappingAsyncStorageErrors { () async throws(StorageError) in
            try await call.service.store.object(
                ObjectKey(unchecked: Array(keyMarker.utf8)), version: versionMarker, in: bucket)
        }
        guard found != nil else { throw Self.invalidMarker(versionMarker.description) }
    }

    private static func invalidMarker(_ text: String) -> S3Error { VersionID.invalid(text, name: "version-id-marker") }

    private func writeNext(_ page: VersionPage, to xml: inout XMLWriter) {
        guard let last = page.entries.last else { return }
        xml.element("NextKeyMarker", listing.text(last.name))
        if case .item(let version) = last { xml.element("NextVersionIdMarker", version.version.description) }
    }

    private func write(_ version: ObjectSummary, _ state: BucketState, to xml: inout XMLWriter) {
        let name: StaticString = version.isDeleteMarker ? "DeleteMarker" : "Version"
        xml.row(name, room: ListingRequest.room(for: version)) { xml in
            version.withTexts { key, etag, fields in
                let listed = ListedFields(in: fields)
                listing.write("Key", key, to: &xml)
                xml.element("VersionId", version.version.description)
                xml.element("IsLatest", String(version.isLatest))
                xml.element("LastModified", version.modified)
                if !version.isDeleteMarker {
                    xml.element("ETag", quoted: etag)
                    listed.writeChecksum(to: &xml)
                    xml.element("Size", version.size)
                    listed.writeStorageClass(from: fields, to: &xml)
                }
                xml.element("Owner") { $0.element("ID", state.ownerID(ofObjectOf: version.ownerID)) }
                listing.writeRestoration(listed.restoration(from: fields), to: &xml)
            }
        }
    }
}
