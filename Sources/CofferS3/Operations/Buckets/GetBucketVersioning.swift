import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Returns whether a bucket's versioning is enabled or suspended, or an empty document if it was never enabled.
struct GetBucketVersioning: ParameterlessOperation {
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
