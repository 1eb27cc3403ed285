import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Returns whether a bucket's versioning is enabled or suspended, or an empty document if it was never enabled.
struct GetBucketVersioning: S3Operation {
    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [Permission("s3:GetBucketVersioning", bucket: try request.bucketName())]
    }

    init(_ request: S3Request) {}

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let versioning = try call.bucket.versioning
        return .xml(
            XMLWriter.document("VersioningConfiguration") { xml in
                switch versioning {
                case .neverEnabled: break
                case .enabled: xml.element("Status", "Enabled")
                case .suspended: xml.element("Status", "Suspended")
                }
            })
    }
}
