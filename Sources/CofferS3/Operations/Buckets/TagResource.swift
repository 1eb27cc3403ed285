import CofferHTTP
import CofferModel
import CofferService

/// Adds tags to a bucket, replacing those with the same keys. Part of the S3 Control API.
struct TagResource: ParameterlessOperation {
    static let body = BodyKind.document(limit: Limits.documentByteCount)

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        var permission = try TaggedResource.permission("s3:TagResource", request)
        permission.isForSomeKey = true
        return [permission]
    }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let root = try XMLElement.parse(try body.finish().requireDocument(), root: "TagResourceRequest")
        try root.rejectUnknownChildren(["Tags"])
        guard let element = root["Tags"] else { throw S3Error(.malformedXML) }
        let added = try TaggedResource.requested(element)
        try await call.require(RequestFacts(tags: added))
        try call.requireAccountOfBucket()
        let keys = Set(added.map(\.key))
        try await call.changeTags { tags throws(S3Error) in
            let merged = tags.filter { !keys.contains($0.key) } + added
            try TaggedResource.checkCount(merged)
            return merged
        }
        return .noContent
    }
}
