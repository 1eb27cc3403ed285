import CofferHTTP
import CofferModel
import CofferService

/// The source that `x-amz-copy-source` names: `bucket/key` with or without a leading slash, or a complete URL, encoded
/// like a query, with an optional `?versionId=…`.
struct CopySourceName: Sendable {
    let bucket: BucketName
    let key: ObjectKey
    /// nil for the current one.
    let version: VersionID?

    static let header = "x-amz-copy-source"

    init(_ request: S3Request) throws(S3Error) {
        let header = request.headers[Self.header] ?? ""
        let parts = header.split(at: "?", maxSplits: 1, keepingEmpty: true)
        let text = Self.path(of: parts.first ?? "", request)
        // Encoders of Go and Java write a space as "+".
        guard let decoded = PercentEncoding.decode(text, plusIsSpace: true) else {
            throw Self.invalid("Invalid copy source encoding", header)
        }
        let path = decoded.first == UInt8(ascii: "/") ? decoded.dropFirst() : decoded[...]
        let slash = path.firstIndex(of: UInt8(ascii: "/")) ?? path.endIndex
        guard let bucket = try? BucketName(String(decoding: path[..<slash], as: UTF8.self)) else {
            throw Self.invalid("Invalid copy source bucket name", header)
        }
        guard slash < path.endIndex, slash + 1 < path.endIndex else {
            throw Self.invalid("Invalid copy source object key", header)
        }
        self.bucket = bucket
        key = try ObjectKey(Array(path[(slash + 1)...]))
        version = try parts.count > 1 ? Self.version(parts[1], header: header) : nil
    }

    private static func version(_ query: Substring, header: String) throws(S3Error) -> VersionID? {
        guard query.hasPrefix("versionId=") else { throw malformed(header) }
        return try VersionID(String(query.dropFirst("versionId=".count)))
    }

    /// Returns the path of a complete URL, with the bucket prepended if the host names one; other text is unchanged.
    private static func path(of text: Substring, _ request: S3Request) -> String {
        guard let scheme = ["https://", "http://"].first(where: { text.lowercased().hasPrefix($0) }) else {
            return String(text)
        }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" }
        let path = String(rest.dropFirst(authority.count))
        return Self.bucket(inHost: Addressing.name(ofHost: String(authority)), request).map { "/\($0)\(path)" } ?? path
    }

    /// Returns the bucket that the host of a source's URL names, below this request's own host or one of AWS's.
    private static func bucket(inHost host: String, _ request: S3Request) -> String? {
        let own = Addressing.name(ofHost: request.headers["host"] ?? "")
        if host == own { return request.target.isBucketInHost ? request.target.bucket : nil }
        if !own.isEmpty, host.hasSuffix(".\(own)") { return String(host.dropLast(own.count + 1)) }
        guard host.hasSuffix(".amazonaws.com") else { return nil }
        let end = [".s3.", ".s3-"].compactMap { host.firstRange(of: $0)?.lowerBound }.min()
        return end.map { String(host[..<$0]) }
    }

    private static func malformed(_ header: String) -> S3Error { invalid("Invalid copy source encoding", header) }

    private static func invalid(_ message: String, _ header: String) -> S3Error {
        .invalidArgument(message, name: Self.header, value: header)
    }
}
