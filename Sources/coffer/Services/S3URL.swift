import CofferClient
import CofferModel

/// `s3://bucket/key`, or `s3://ALIAS@bucket/key` for the service that an alias names.
///
/// The key is taken literally: nothing in it is decoded, so `%20` is three characters.
struct S3URL: Sendable, CustomStringConvertible {
    let alias: String?
    /// The bucket; nil for just `s3://`, which is the service.
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
            throw UsageError("'\(text)' is not an S3 URL\(Self.meant(text))")
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
        guard !name.isEmpty || key.isEmpty else {
            throw UsageError("\(text) has no bucket: the form is s3://BUCKET/KEY")
        }
        bucket = name.isEmpty ? nil : try Self.bucketName(name)
    }

    static func bucketName(_ name: String) throws(UsageError) -> BucketName {
        do throws(S3Error) {
            return try BucketName(name)
        } catch {
            throw UsageError(
                "'\(name)' is not a valid bucket name: 3 to 63 lowercase letters, digits, dots and hyphens, with a "
                    + "letter or a digit at both ends")
        }
    }

    /// Returns what was probably meant by a text that is not an S3 URL.
    private static func meant(_ text: String) -> String {
        let first = String(text.prefix { $0 != "/" })
        guard (try? BucketName(first)) != nil else { return ": the form is s3://BUCKET/KEY" }
        let noAlias = text.contains("/") ? " There is no alias '\(first)'" : ""
        return "; did you mean '\(scheme)\(text)'?\(noAlias)"
    }

    var description: String {
        Self.scheme + (alias.map { "\($0)@" } ?? "") + (bucket.map { "\($0)/" } ?? "") + key
    }
}
