/// A bucket name that obeys the naming rules of general purpose buckets.
///
/// 3–63 characters of `a-z`, `0-9`, `.` and `-`, beginning and ending with a letter or digit, without two dots in a
/// row, not shaped like an IPv4 address, and without the prefixes and suffixes that AWS reserves. Source: S3 User
/// Guide, "General purpose bucket naming rules".
public struct BucketName: Hashable, Sendable, CustomStringConvertible {
    /// The name.
    public let description: String

    /// Creates a name from text that follows S3's rules.
    ///
    /// - Throws: `InvalidBucketName` if the name breaks a rule.
    public init(_ name: String) throws(S3Error) {
        guard Self.isValid(name) else {
            throw S3Error(.invalidBucketName, details: [("BucketName", name)])
        }
        description = name
    }

    /// Creates a name that a service uses, even one that the current rules reject: legacy buckets have names such as
    /// `My_Legacy_Bucket`, aliases of access points end with `-s3alias`, and services have their own rules. A client sends
    /// such a name in the path of requests, never in the host.
    ///
    /// - Throws: `InvalidBucketName` for a name that is not a single path segment: an empty name or one of more than
    ///   255 bytes, or one with a slash or control characters, `.` and `..`.
    public init(opaque name: String) throws(S3Error) {
        let isSegment = name.utf8.allSatisfy { $0 > 31 && $0 != 127 && $0 != UInt8(ascii: "/") }
        guard (1...255).contains(name.utf8.count), isSegment, ![".", ".."].contains(name) else {
            throw S3Error(.invalidBucketName, details: [("BucketName", name)])
        }
        description = name
    }

    /// Creates a name from any text that a service uses as a bucket name, without checking it.
    package init(unchecked name: String) { description = name }

    /// The part of a bucket's ARN before its name.
    package static let arnPrefix = "arn:aws:s3:::"
    package var arn: String { Self.arnPrefix + description }
    /// The header field that contains the ARN.
    package static let arnHeader = "x-amz-bucket-arn"

    /// Whether the name obeys the rules, and so can be part of a host name.
    package var isValid: Bool { Self.isValid(description) }

    private static let reservedPrefixes: [StaticString] = ["xn--", "sthree-", "amzn-s3-demo-"]
    private static let reservedSuffixes: [StaticString] = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"]

    private static func isValid(_ name: String) -> Bool {
        let bytes = name.utf8Span.span
        let (dot, hyphen) = (UInt8(ascii: "."), UInt8(ascii: "-"))
        guard (3...63).contains(bytes.count) else { return false }
        for index in 0..<bytes.count where !isAlphanumeric(bytes[index]) {
            guard bytes[index] == dot || bytes[index] == hyphen else { return false }
            // Neither end of the name, nor an empty label.
            guard index > 0, index < bytes.count - 1, bytes[index] != dot || bytes[index + 1] != dot else {
                return false
            }
        }
        return !isAddress(name)
            && !reservedPrefixes.contains { bytes.starts(with: $0, in: 0..<bytes.count) }
            && !reservedSuffixes.contains { suffix in
                let start = bytes.count - suffix.utf8CodeUnitCount
                return start >= 0 && bytes.starts(with: suffix, in: start..<bytes.count)
            }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isAddress(_ name: String) -> Bool {
        name.utf8.allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: ".") }
            && name.utf8.count(where: { $0 == UInt8(ascii: ".") }) == 3
    }
}
