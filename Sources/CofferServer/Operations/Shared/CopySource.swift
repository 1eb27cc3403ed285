import CofferHTTP
import CofferModel
import CofferStorage

/// The source that `x-amz-copy-source` names: `bucket/key` with or without a leading slash, or a complete URL, encoded
/// like a query, with an optional `?versionId=…`; and the conditions and the key from the other `x-amz-copy-source-…`
/// headers.
struct CopySource: Sendable {
    let bucket: BucketName
    let reference: ObjectReference
    let conditions: ReadConditions
    let customerKey: CustomerKey?

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
        reference = ObjectReference(
            key: try ObjectKey(Array(path[(slash + 1)...])),
            version: try parts.count > 1 ? Self.version(parts[1], header: header) : nil)
        conditions = ReadConditions(request, prefix: "x-amz-copy-source-")
        customerKey = try CustomerKey(request, prefix: "x-amz-copy-source-")
    }

    var permission: Permission {
        var permission = Permission(
            reference.version == nil ? "s3:GetObject" : "s3:GetObjectVersion", bucket: bucket, key: reference.key,
            as: .source)
        permission.version = reference.version
        return permission
    }

    /// Looks up the source, and checks its conditions.
    ///
    /// - Throws: `InvalidRequest` for a delete marker that is named by its version.
    func find<Operation>(_ call: Authorized<Operation>) throws(S3Error) -> ObjectRecord {
        let record: ObjectRecord
        do throws(S3Error) {
            record = try reference.find(call, as: .source)
        } catch {
            guard error.code == .methodNotAllowed else { throw error }
            throw S3Error(
                .invalidRequest,
                "The source of a copy request may not specifically refer to a delete marker by version id.")
        }
        try conditions.require(record)
        try ArchivedObject.requireReadable(
            record, at: call.request.time, message: "Operation is not valid for the source object's storage class")
        return record
    }

    /// Repeats a copy whose source was replaced while it was copied.
    ///
    /// - Throws: `OperationAborted` if this keeps happening.
    func retrying<Value: Sendable>(
        _ copy: () async throws(S3Error) -> Value
    ) async throws(S3Error) -> Value {
        for _ in 0..<8 {
            do throws(S3Error) {
                return try await copy()
            } catch {
                guard error.code == .operationAborted else { throw error }
            }
        }
        throw S3Error(.operationAborted)
    }

    /// - Throws: `InvalidRequest` for an object that is too large to be copied in one request.
    static func requireWholeCopy(of record: ObjectRecord) throws(S3Error) {
        guard record.size > Limits.putByteCount else { return }
        throw S3Error(
            .invalidRequest,
            "The specified copy source is larger than the maximum allowable size for a copy source: "
                + "\(Limits.putByteCount)")
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
