import CofferHTTP
import CofferModel
import CofferService

/// Removes tags of a bucket by their keys; the tags need not exist. Part of the S3 Control API.
struct UntagResource: S3Operation {
    private let keys: Set<String>

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        var permission = try TaggedResource.permission("s3:UntagResource", request)
        permission.facts.tags = keys(request).map { Tag(key: $0, value: "") }
        return [permission]
    }

    init(_ request: S3Request) throws(S3Error) {
        keys = Set(Self.keys(request))
        guard !keys.isEmpty else { throw S3Error(.invalidRequest, "The request must name at least one tag in tagKeys") }
    }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        _ = try body.finish()
        try call.requireAccountOfBucket()
        let keys = keys
        try await call.changeTags { tags in tags.filter { !keys.contains($0.key) } }
        return .noContent
    }

    private static func keys(_ request: S3Request) -> [String] {
        request.query.parameters.filter { $0.name == "tagKeys" }.map(\.value)
    }
}
