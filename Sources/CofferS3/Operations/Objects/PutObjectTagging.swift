import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Replaces the tags of an object or version.
struct PutObjectTagging: S3Operation {
    static let body = BodyKind.document(limit: Limits.documentByteCount, needsDigest: true)

    private let reference: ObjectReference

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        var permission = try request.permission("s3:PutObjectTagging", forVersion: "s3:PutObjectVersionTagging")
        permission.isForSomeKey = true
        return [permission]
    }

    init(_ request: S3Request) throws(S3Error) { reference = try ObjectReference(request) }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let tags = try TagSet.parse(
            try body.finish().requireDocument(), limit: Limits.objectTagCount, subject: "Object")
        try await call.require(RequestFacts(tags: tags))
        let fields = try await reference.update(call) { object in
            var attributes = object.attributes
            attributes.tags = tags
            return attributes
        }
        return HTTPResponse(status: 200, headers: fields)
    }
}
