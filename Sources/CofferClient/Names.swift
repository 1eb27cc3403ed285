public import CofferModel

/// A name that is written in the source: a wrong one ends the process with a sentence. Names that come from elsewhere go
/// through `try BucketName(text)`.
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
    /// A name as a service has given it, also one that the present rules refuse: buckets of old are called
    /// `My_Legacy_Bucket`, aliases of access points end with `-s3alias`, and services have rules of their own. Where the
    /// rules refuse it, it stands in the path of requests, never in the host.
    ///
    /// - Throws: `InvalidBucketName` for what is no one segment of a path: none or more than 255 bytes, a slash, control
    ///   characters, `.` and `..`.
    public init(opaque name: String) throws(S3Error) {
        let isSegment = name.utf8.allSatisfy { $0 > 31 && $0 != 127 && $0 != UInt8(ascii: "/") }
        guard (1...255).contains(name.utf8.count), isSegment, ![".", ".."].contains(name) else {
            throw S3Error(.invalidBucketName, details: [("BucketName", name)])
        }
        self.init(unchecked: name)
    }

    /// As a segment of a path.
    var encoded: String { PercentEncoding.encode(description.utf8) }
}

/// A key that is written in the source: a wrong one ends the process with a sentence. Keys that come from elsewhere go
/// through `try ObjectKey(text)`.
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
    /// A version's id as a service has given it; services have forms of their own.
    public init(opaque text: String) { self.init(unchecked: text) }
}
