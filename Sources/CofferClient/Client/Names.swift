public import CofferModel

/// A name that is written in source code: an invalid one ends the process with a message. Names that come from
/// elsewhere go through `try BucketName(text)`.
extension BucketName: ExpressibleByStringLiteral {
    public init(stringLiteral name: String) {
        do throws(S3Error) {
            try self.init(name)
        } catch {
            preconditionFailure("\"\(name)\" is not a valid bucket name")
        }
    }
}

extension BucketName {
    /// A name as a service has given it, even one that the current rules reject: legacy buckets have names such as
    /// `My_Legacy_Bucket`, aliases of access points end with `-s3alias`, and services have their own rules. A name that
    /// the rules reject is sent in the path of requests, never in the host.
    ///
    /// - Throws: `InvalidBucketName` for a name that is not a single path segment: an empty name or one of more than
    ///   255 bytes, or one with a slash or control characters, `.` and `..`.
    public init(opaque name: String) throws(S3Error) {
        let isSegment = name.utf8.allSatisfy { $0 > 31 && $0 != 127 && $0 != UInt8(ascii: "/") }
        guard (1...255).contains(name.utf8.count), isSegment, ![".", ".."].contains(name) else {
            throw S3Error(.invalidBucketName, details: [("BucketName", name)])
        }
        self.init(unchecked: name)
    }

    /// The name, encoded as a path segment.
    var encoded: String { PercentEncoding.encode(description.utf8) }
}

/// A key that is written in source code: an invalid one ends the process with a message. Keys that come from elsewhere
/// go through `try ObjectKey(text)`.
extension ObjectKey: ExpressibleByStringLiteral {
    public init(stringLiteral key: String) {
        do throws(S3Error) {
            try self.init(key)
        } catch {
            preconditionFailure("\"\(key)\" is not a valid object key")
        }
    }
}

extension VersionID {
    /// A version's ID as a service has given it; services have formats of their own.
    public init(opaque text: String) { self.init(unchecked: text) }
}
