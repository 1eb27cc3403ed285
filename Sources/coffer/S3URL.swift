import CofferClient
import CofferModel

/// `s3://bucket/key`, or `s3://ALIAS@bucket/key` for the service that an alias names.
///
/// The key stands as it is: nothing in it is decoded, so that `%20` is three characters.
struct S3URL: Sendable, CustomStringConvertible {
    let alias: String?
    /// nil for `s3://` alone: the service.
    let bucket: BucketName?
    /// Empty for a bucket.
    let key: String

    static let scheme = "s3://"

    static func isOne(_ text: String) -> Bool { text.utf8.starts(with: scheme.utf8) }

    /// - Throws: ``UsageError`` for what is no URL of S3, or has a name that no bucket can have.
    init(_ text: String) throws(UsageError) {
        guard Self.isOne(text) else {
            let isName = (try? BucketName(String(text.prefix { $0 != "/" }))) != nil  // A guess at what was meant.
            let meant = isName ? "; did you mean '\(Self.scheme)\(text)'?" : ""
            throw UsageError("\(text) is no URL of S3, as s3://bucket/key is\(meant)", command: "")
        }
        let rest = text.utf8.dropFirst(Self.scheme.utf8.count)
        let authority = rest.prefix { $0 != UInt8(ascii: "/") }
        let parts = authority.split(
            separator: UInt8(ascii: "@"), maxSplits: 1, omittingEmptySubsequences: false
        ).map { String(Substring($0)) }
        let name = parts.last ?? ""
        alias = parts.count == 2 ? parts[0] : nil
        key = String(Substring(rest.dropFirst(authority.count + 1)))
        guard !name.isEmpty || key.isEmpty else { throw UsageError("\(text) names no bucket", command: "") }
        do throws(S3Error) {
            bucket = name.isEmpty ? nil : try BucketName(name)
        } catch {
            throw UsageError(
                "\(name) is no name of a bucket: 3 to 63 lowercase letters, digits, '-' and '.', a letter or a digit "
                    + "at both ends",
                command: "")
        }
    }

    var description: String {
        Self.scheme + (alias.map { "\($0)@" } ?? "") + (bucket.map { "\($0)/" } ?? "") + key
    }
}

/// A bucket, and the service that has it.
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

    /// The URL of an object or prefix here.
    func url(_ key: [UInt8]) -> String {
        "\(S3URL.scheme)\(alias.map { "\($0)@" } ?? "")\(bucket)/\(String(decoding: key, as: UTF8.self))"
    }

    /// Why a folder that was gone through had nothing in it, as far as one request tells.
    func emptiness(of prefix: [UInt8]) async throws -> String {
        do {
            _ = try await client.headObject(bucket, try ObjectKey(prefix.dropLast()))
            return "\(url(prefix.dropLast())) is an object and no folder"
        } catch is S3Error {
            // Then there is none that could have been meant.
            return "there is nothing in \(url(prefix))"
        }
    }

    /// Whether the other's service can copy from this one by itself, with the same keys.
    func isSameService(as other: Store) -> Bool { alias == other.alias && client.endpoint == other.client.endpoint }
}

extension Options {
    /// An operand that names a bucket and nothing in it.
    func bucket(_ index: Int = 0) throws -> Store {
        let url = try S3URL(operands[index])
        guard url.key.isEmpty else { throw usage("\(url) is more than a bucket") }
        return try Store(url, self)
    }

    /// An operand that names an object.
    func object(_ index: Int = 0) throws -> (store: Store, key: ObjectKey) {
        let url = try S3URL(operands[index])
        guard !url.key.isEmpty else { throw usage("\(url) names no object") }
        return (try Store(url, self), try ObjectKey(url.key))
    }
}
