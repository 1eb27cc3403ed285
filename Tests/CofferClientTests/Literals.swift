public import CofferModel

/// In tests, names can be written as literals: one that is not valid ends the test with the error.
extension BucketName: ExpressibleByStringLiteral {
    /// Creates a name from a literal of a test.
    public init(stringLiteral name: String) {
        do throws(S3Error) {
            try self.init(name)
        } catch {
            preconditionFailure("\"\(name)\" is not a valid bucket name")
        }
    }
}

extension ObjectKey: ExpressibleByStringLiteral {
    /// Creates a key from a literal of a test.
    public init(stringLiteral key: String) {
        do throws(S3Error) {
            try self.init(key)
        } catch {
            preconditionFailure("\"\(key)\" is not a valid object key")
        }
    }
}
