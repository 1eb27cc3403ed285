public import CofferModel

/// A name that is written in the source: a wrong one ends the process with a sentence. Names that come from elsewhere go
/// through `try BucketName(text)`.
extension BucketName: ExpressibleByStringLiteral {
    public init(stringLiteral name: String) {
        do throws(S3Error) {
            try self.init(name)
        } catch {
            preconditionFailure("\"\(name)\" is no name of a bucket")
        }
    }
}

/// A key that is written in the source: a wrong one ends the process with a sentence. Keys that come from elsewhere go
/// through `try ObjectKey(text)`.
extension ObjectKey: ExpressibleByStringLiteral {
    public init(stringLiteral key: String) {
        do throws(S3Error) {
            try self.init(key)
        } catch {
            preconditionFailure("\"\(key)\" is no key of an object")
        }
    }
}

extension VersionID {
    /// A version's id as a service has given it; services have forms of their own.
    public init(opaque text: String) { self.init(unchecked: text) }
}
