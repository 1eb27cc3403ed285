import CofferModel
import CofferSigning

/// The key pair, the moment and the region of all of AWS's worked examples.
enum Example {
    static let credentials = Credentials(
        accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    static let time = Timestamp(seconds: 1_369_353_600)  // 20130524T000000Z
    static let host = "examplebucket.s3.amazonaws.com"
    static let emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    static let signer = V4Signer(credentials: credentials, region: "us-east-1")

    static func verifier(
        at time: Timestamp = time, requiredRegion: String? = nil, acceptsV2: Bool = true
    ) -> SignatureVerifier {
        SignatureVerifier(
            requiredRegion: requiredRegion, acceptsV2: acceptsV2, now: { time },
            secret: { $0 == credentials.accessKeyID ? credentials.secretAccessKey : nil })
    }

    static func request(
        _ method: String, _ path: String, query: String = "", headers: [(name: String, value: String)] = []
    ) -> SignableRequest {
        SignableRequest(method: method, path: path, query: query, headers: [("host", host)] + headers)
    }

    /// A GET that is signed in its header, to be spoilt by a test.
    static func signedGet() -> SignableRequest {
        signer.sign(
            request("GET", "/test.txt", query: "versionId=null", headers: [("range", "bytes=0-9")]),
            payloadHash: emptyHash, at: time)
    }
}

extension SignableRequest {
    /// The signature at the end of the `Authorization` header.
    var signature: String {
        header("authorization")?.split(separator: "Signature=").last.map(String.init) ?? ""
    }

    /// The same request with a header field replaced, or without it.
    func replacing(_ name: String, with value: String?) -> SignableRequest {
        var request = self
        request.headers.removeAll { $0.name == name }
        if let value { request.headers.append((name, value)) }
        return request
    }

    /// The same request with a part of a header field or of its query replaced.
    func replacing(_ name: String, _ part: String, with replacement: String) -> SignableRequest {
        var request = self
        if name == "query" {
            request.query = query.replacing(part, with: replacement)
        } else {
            request.headers = headers.map {
                $0.name == name ? (name, $0.value.replacing(part, with: replacement)) : $0
            }
        }
        return request
    }
}
