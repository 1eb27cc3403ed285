/// A request as its client may have signed it with Version 2: the parts of the string to sign, which are computed once,
/// however many variants of the request are tried.
struct V2Reading: SignatureReading {
    /// The request as it arrived.
    let request: SignableRequest
    var path: String
    var hostBucket: String?
    private var contentMD5: String
    private var contentType: String
    private let date: String
    private var amzFields: [(name: String, value: String)]
    private var amzLines: String
    private let parameters: [(name: String, value: String?)]
    private var parameterText: String
    /// The notation of sub-resources without a value.
    var empty = SignatureV2.EmptyValue.asSent {
        didSet { parameterText = SignatureV2.text(parameters, empty) }
    }

    /// - Parameter expires: the `Expires` of a presigned URL, which replaces the date.
    init(_ request: SignableRequest, expires: String? = nil) {
        self.request = request
        path = request.path
        hostBucket = request.hostBucket
        contentMD5 = request.header("content-md5") ?? ""
        contentType = request.header("content-type") ?? ""
        date = expires ?? (request.header("x-amz-date") == nil ? request.header("date") ?? "" : "")
        amzFields = SignatureV2.amzFields(of: request)
        amzLines = Self.lines(amzFields)
        parameters = SignatureV2.parameters(of: request)
        parameterText = SignatureV2.text(parameters, .asSent)
    }

    /// Whether any sub-resource has no value.
    var hasEmptyValues: Bool { parameters.contains { $0.value?.isEmpty ?? true } }

    /// Sets a header's value; nothing changes if the header is not signed.
    mutating func set(_ name: String, _ value: String) {
        switch name {
        case "content-md5": contentMD5 = value
        case "content-type": contentType = value
        default:
            guard let index = amzFields.firstIndex(where: { $0.name == name }) else { return }
            amzFields[index].value = SignatureV2.trimmed(value)
            amzLines = Self.lines(amzFields)
        }
    }

    private static func lines(_ fields: [(name: String, value: String)]) -> String {
        fields.reduce(into: "") { $0 += "\($1.name):\($1.value)\n" }
    }

    var stringToSign: String {
        let bucket = hostBucket.map { "/\($0)" } ?? ""
        return "\(request.method)\n\(contentMD5)\n\(contentType)\n\(date)\n\(amzLines)\(bucket)\(path)\(parameterText)"
    }
}
