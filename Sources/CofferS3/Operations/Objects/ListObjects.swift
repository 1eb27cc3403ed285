import CofferAccess
import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Returns a page of a bucket's objects, in version 1 of the listing, where pages continue after a marker.
struct ListObjects: S3Operation {
    static let action = "s3:ListBucket"

    private let listing: ListingRequest
    private let marker: String

    init(_ request: S3Request) throws(S3Error) {
        listing = try ListingRequest(request)
        marker = request.query["marker"] ?? ""
    }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let page = try await listing.page(after: Array(marker.utf8), readsOwners: true, call)
        let state = try call.state
        return .xml(
            XMLWriter.document("ListBucketResult", capacity: page.byteCount) { xml in
                listing.writeHead(to: &xml, bucket: state.bucket, isTruncated: page.isTruncated) { xml in
                    xml.element("Marker", listing.text(marker))
                    // Without a delimiter the last key serves as the next marker.
                    if page.isTruncated, listing.delimiter != nil, let last = page.entries.last {
                        xml.element("NextMarker", listing.text(last.name))
                    }
                }
                listing.write(page.entries, ownersIn: state, to: &xml)
            })
    }
}
