import CofferHTTP
import CofferModel
import CofferService

/// Returns the tags of a bucket, or an empty list if it has none. Part of the S3 Control API.
struct ListTagsForResource: ParameterlessOperation {
    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [try TaggedResource.permission("s3:ListTagsForResource", request)]
    }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        try call.requireAccountOfBucket()
        let tags = try TaggedResource.tags(of: try await call.configurations()[TaggedResource.kind])
        let namespace = "http://awss3control.amazonaws.com/doc/2018-08-20/"
        return .xml(
            XMLWriter.document("ListTagsForResourceResult", namespace: namespace) { xml in
                xml.element("Tags") { xml in
                    for tag in tags { xml.element("Tag") { $0.tag(tag) } }
                }
            })
    }
}
