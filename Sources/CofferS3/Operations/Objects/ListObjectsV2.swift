import CofferAccess
import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Returns a page of a bucket's objects, in version 2 of the listing, where pages continue by a token.
struct ListObjectsV2: S3Operation {
    static let action = "s3:ListBucket"

    private let listing: ListingRequest
    private let startAfter: String?
    private let token: String?
    private let after: [UInt8]
    private let fetchesOwner: Bool

    init(_ request: S3Request) throws(S3Error) {
        let query = request.query
        guard query["list-type"] == "2" else {
            throw .invalidArgument(
                "Invalid List Type specified in Request", name: "list-type", value: query["list-type"] ?? "")
        }
        listing = try ListingRequest(request)
        startAfter = query["start-after"]
        token = query["continuation-token"]
        fetchesOwner = query["fetch-owner"] == "true"
        after =
            try token.map { token throws(S3Error) in try ContinuationToken.decode(token) }
            ?? Array((startAfter ?? "").utf8)
    }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let page = try await listing.page(after: after, readsOwners: fetchesOwner, call)
        let state = try call.state
        return .xml(
            XMLWriter.document("ListBucketResult", capacity: page.byteCount) { xml in
                listing.writeHead(to: &xml, bucket: state.bucket, isTruncated: page.isTruncated) { xml in
                    xml.optional("StartAfter", startAfter.map(listing.text))
                    xml.optional("ContinuationToken", token)
                    if page.isTruncated, let last = page.entries.last {
                        xml.element("NextContinuationToken", ContinuationToken.encode(last.name))
                    }
                    xml.element("KeyCount", String(page.entries.count))
                }
                listing.write(page.entries, ownersIn: fetchesOwner ? state : nil, to: &xml)
            })
    }
}
