import CofferClient
import CofferModel

/// `s3://bucket/key`, or `s3://ALIAS@bucket/key` for the service that an alias names.
///
/// The key is taken literally: nothing in it is decoded, so `%20` is three characters.
struct S3URL: Sendable, CustomStringConvertible {
    let alias: String?
    /// The bucket; nil for `s3://` alone, which is the service.
    let bucket: BucketName?
    /// The key or prefix; empty for a bucket.
    let key: String

    static let scheme = "s3://"

    static func isOne(_ text: String) -> Bool { text.utf8.starts(with: scheme.utf8) }

    /// - Throws: ``UsageError`` for a text that is not an S3 URL, or that has an invalid bucket name.
    init(_ text: String) throws(UsageError) {
        if Self.isOne(text) {
            try self.init(parts: text)
        } else if let path = AliasPath(text) {
            try self.init(parts: path.url)
        } else {
            throw UsageError("'\(text)' is not an S3 URL\(Self.meant(text))", command: "")
        }
    }

    private init(parts text: String) throws(UsageError) {
        let rest = text.utf8.dropFirst(Self.scheme.utf8.count)
        let authority = rest.prefix { $0 != UInt8(ascii: "/") }
        let parts = authority.split(
            separator: UInt8(ascii: "@"), maxSplits: 1, omittingEmptySubsequences: false
        ).map { String(Substring($0)) }
        let name = parts.last ?? ""
        alias = parts.count == 2 ? parts[0] : nil
        key = String(Substring(rest.dropFirst(authority.count + 1)))
        guard !name.isEmpty || key.isEmpty else { throw UsageError("\(text) names no bucket", command: "") }
        bucket = name.isEmpty ? nil : try Self.bucketName(name)
    }

    static func bucketName(_ name: String) throws(UsageError) -> BucketName {
        do throws(S3Error) {
            return try BucketName(name)
        } catch {
            throw UsageError(
                "'\(name)' is not a valid bucket name: 3 to 63 lowercase letters, digits, dots and hyphens, with a "
                    + "letter or a digit at both ends",
                command: "")
        }
    }

    /// Returns what was probably meant by a text that is not an S3 URL.
    private static func meant(_ text: String) -> String {
        let first = String(text.prefix { $0 != "/" })
        guard (try? BucketName(first)) != nil else { return ": the form is s3://bucket/key" }
        let noAlias = text.contains("/") ? " There is no alias '\(first)'" : ""
        return "; did you mean '\(scheme)\(text)'?\(noAlias)"
    }

    var description: String {
        Self.scheme + (alias.map { "\($0)@" } ?? "") + (bucket.map { "\($0)/" } ?? "") + key
    }
}

/// A bucket and the service that hosts it.
struct Store: Sendable {
    let client: S3Client
    let bucket: BucketName
    private let alias: String?

    /// - Throws: ``UsageError`` if the URL names no bucket.
    init(_ url: S3URL, _ options: Options) throws {
        guard let bucket = url.bucket else { throw options.usage("\(url) names no bucket") }
        self.bucket = bucket
        alias = url.alias
        client = try Connection(options, alias: url.alias).client()
    }

    /// Returns the URL of an object or prefix in this bucket.
    func url(_ key: [UInt8]) -> String {
        "\(S3URL.scheme)\(alias.map { "\($0)@" } ?? "")\(bucket)/\(String(decoding: key, as: UTF8.self))"
    }

    /// Returns why nothing was found in a folder, as far as one request can tell.
    func emptiness(of prefix: [UInt8]) async throws -> String {
        do {
            _ = try await client.headObject(bucket: bucket, key: try ObjectKey(prefix.dropLast()))
            return "\(url(prefix.dropLast())) is an object, not a folder"
        } catch is S3Error {
            // No object has the folder's name either.
            return "there is nothing in \(url(prefix))"
        }
    }

    /// Returns whether both are on the same service, with the same keys, so that it can copy from one to the other by
    /// itself.
    func isSameService(as other: Store) -> Bool { alias == other.alias && client.endpoint == other.client.endpoint }
}

extension Options {
    /// Returns an operand that names a bucket and nothing in it.
    ///
    /// - Parameter takesName: whether the bucket's name alone is accepted, for commands in which nothing but a bucket
    ///   can be meant.
    func bucket(_ index: Int = 0, takesName: Bool = false) throws -> Store {
        let text = operands[index]
        let isName = takesName && !S3URL.isOne(text) && !text.contains("/")
        if isName, AliasPath(text) != nil {
            throw usage(
                "'\(text)' is an alias: give its bucket as \(text)/BUCKET, or \(S3URL.scheme)\(text) if a bucket is meant"
            )
        }
        let url = try S3URL(isName ? "\(S3URL.scheme)\(try S3URL.bucketName(text))" : text)
        guard url.key.isEmpty else { throw usage("'\(url)' is an object or a folder: give the bucket alone") }
        return try Store(url, self)
    }

    /// Returns an operand that names an object.
    func object(_ index: Int = 0) throws -> (store: Store, key: ObjectKey) {
        let url = try S3URL(operands[index])
        guard !url.key.isEmpty else { throw usage("\(url) names no object") }
        return (try Store(url, self), try ObjectKey(url.key))
    }
}
