import CofferAccess
import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Lists the buckets of the caller's account, in the order of their names.
struct ListBuckets: S3Operation {
    static let action = "s3:ListAllMyBuckets"
    static let anonymousRefusal: String? = AnonymousRefusal.byDefault

    private let limit: Int
    private let after: String
    private let prefix: String?
    private let region: String?
    private let isPaged: Bool

    init(_ request: S3Request) throws(S3Error) {
        prefix = request.query["prefix"]
        region = request.query["bucket-region"]
        let limit = try request.query["max-buckets"].map { text throws(S3Error) in
            guard let number = Int(text), (1...Limits.listBucketCount).contains(number) else {
                throw S3Error.invalidArgument(
                    "Argument max-buckets must be an integer between 1 and \(Limits.listBucketCount)",
                    name: "max-buckets", value: text)
            }
            return number
        }
        // An empty token asks for the first page.
        let given = request.query["continuation-token"].flatMap { $0.isEmpty ? nil : $0 }
        let token = try given.map { text throws(S3Error) in
            String(decoding: try ContinuationToken.decode(text), as: UTF8.self)
        }
        self.limit = limit ?? Limits.listBucketCount
        after = token ?? ""
        isPaged = limit != nil || token != nil || prefix != nil || region != nil
    }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let owner = try call.account
        if let region, !Region.isKnown(region), region != call.service.context.region {
            throw .invalidArgument(
                "Argument value \(region) is not a valid AWS Region", name: "bucket-region", value: region)
        }
        // One extra bucket shows whether there are more.
        let query = BucketQuery(owner: owner.id, prefix: prefix ?? "", after: after, region: region, limit: limit + 1)
        let found = try await mappingAsyncStorageErrors { () async throws(StorageError) in
            try await call.service.store.buckets(query)
        }
        let page = found.prefix(limit)
        return .xml(
            XMLWriter.document("ListAllMyBucketsResult") { xml in
                xml.owner(owner.canonicalID)
                xml.element("Buckets") { xml in
                    for bucket in page {
                        xml.element("Bucket") { xml in
                            xml.element("Name", bucket.name.description)
                            xml.element("CreationDate", bucket.created)
                            guard isPaged else { return }
                            xml.element("BucketRegion", bucket.region)
                            xml.element("BucketArn", bucket.name.arn)
                        }
                    }
                }
                if found.count > page.count, let last = page.last {
                    xml.element("ContinuationToken", ContinuationToken.encode(Array(last.name.description.utf8)))
                }
                xml.optional("Prefix", prefix)
            })
    }
}
