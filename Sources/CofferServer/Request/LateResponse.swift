import CofferHTTP
import CofferModel

extension KeepAliveBody {
    /// How an operation is answered that takes long, as CompleteMultipartUpload's page in the S3 API Reference tells:
    /// 200 and white space, and then the document that it ends with, which may be an `Error`.
    static func xml(after seconds: Double, headers: [(name: String, value: String)]) -> KeepAliveBody {
        let declaration = XMLWriter().bytes
        return KeepAliveBody(seconds: seconds, headers: headers, prefix: declaration) { response in
            guard case .bytes(let document) = response.body else { return [] }
            return document.starts(with: declaration) ? Array(document.dropFirst(declaration.count)) : document
        }
    }
}
