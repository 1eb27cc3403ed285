import CofferHTTP
import CofferModel

extension KeepAliveBody {
    /// Returns the response body of a long operation, as the S3 API Reference describes for CompleteMultipartUpload:
    /// 200 and white space, followed by the final document, which may be an `Error`.
    static func xml(after seconds: Double, headers: [(name: String, value: String)]) -> KeepAliveBody {
        let declaration = XMLWriter().bytes
        return KeepAliveBody(seconds: seconds, headers: headers, prefix: declaration) { response in
            guard case .bytes(let document) = response.body else { return [] }
            return document.starts(with: declaration) ? Array(document.dropFirst(declaration.count)) : document
        }
    }
}
