import CofferCrypto
package import CofferModel

/// The document that restricts a POST upload and sets its expiration.
///
/// Source: S3 API Reference, "POST Policy", and S3 User Guide, "HTML forms: Policy construction".
package struct PostPolicy: Sendable {
    package let expiration: Timestamp
    package let conditions: [Condition]

    package init(expiration: Timestamp, conditions: [Condition]) {
        self.expiration = expiration
        self.conditions = conditions
    }

    /// A requirement on a field or the file. Field names have no `$`, and may be in any case.
    package enum Condition: Sendable {
        case equal(field: String, value: String)
        case prefix(field: String, prefix: String)
        case length(LengthRange)
        /// A condition of an unknown form, as written in the document; no form satisfies it.
        case impossible(String)
    }

    /// The allowed sizes of a file, in bytes; both bounds are inclusive.
    package struct LengthRange: Sendable, Equatable {
        package let minimum: Int64
        package let maximum: Int64

        package init(minimum: Int64, maximum: Int64) {
            self.minimum = minimum
            self.maximum = maximum
        }

        /// - Throws: `EntityTooSmall`, `EntityTooLarge`.
        package func check(_ byteCount: Int64) throws(S3Error) {
            let proposed = ("ProposedSize", String(byteCount))
            guard byteCount <= maximum else {
                throw S3Error(.entityTooLarge, details: [proposed, ("MaxSizeAllowed", String(maximum))])
            }
            guard byteCount >= minimum else {
                throw S3Error(.entityTooSmall, details: [proposed, ("MinSizeAllowed", String(minimum))])
            }
        }
    }

    /// The sizes that all length conditions allow; nil if there are no such conditions.
    package var lengthRange: LengthRange? {
        let ranges = conditions.compactMap { if case .length(let range) = $0 { range } else { nil } }
        guard let minimum = ranges.map(\.minimum).max(), let maximum = ranges.map(\.maximum).min() else { return nil }
        return LengthRange(minimum: minimum, maximum: maximum)
    }

    // MARK: Checking

    /// Checks that a form satisfies the policy. The file's size is checked during the upload, with ``lengthRange``.
    ///
    /// - Throws: `AccessDenied` with the condition that failed or the field that no condition covers.
    func check(_ form: PostForm, bucket: BucketName, at time: Timestamp) throws(S3Error) {
        guard time.seconds <= expiration.seconds else { throw Self.violated("Policy expired.") }
        let bucket = bucket.description
        if let field = form["bucket"], field != bucket {
            throw Self.failed(.equal(field: "bucket", value: bucket))
        }
        var named: Set<String> = []
        for condition in conditions {
            if case .impossible = condition { throw Self.failed(condition) }
            guard let name = condition.field else { continue }
            guard let value = name == "bucket" ? bucket : form[name], condition.holds(value) else {
                throw Self.failed(condition)
            }
            named.insert(name)
        }
        // The bucket counts as a field: a policy without a condition on it allows no bucket.
        for name in form.fields.map(\.name) + ["bucket"] where !named.contains(name) && !Self.isExempt(name) {
            throw Self.violated("Extra input fields: \(name)")
        }
    }

    private static func isExempt(_ name: String) -> Bool {
        ["x-amz-signature", "signature", "awsaccesskeyid", "file", "policy"].contains(name)
            || name.hasPrefix("x-ignore-")
    }

    private static func failed(_ condition: Condition) -> S3Error {
        violated("Policy Condition failed: \(condition)")
    }

    private static func violated(_ reason: String) -> S3Error {
        S3Error(.accessDenied, "Invalid according to Policy: \(reason)")
    }
}

extension PostPolicy.Condition: CustomStringConvertible {
    /// The name of the field that the condition restricts, in lower case; nil if it restricts the file.
    fileprivate var field: String? {
        switch self {
        case .equal(let field, _), .prefix(let field, _): field.lowercased()
        case .length, .impossible: nil
        }
    }

    /// Whether a value satisfies the condition. Values are compared byte by byte: Swift's strings are equal across
    /// Unicode normalisation forms, keys are not.
    fileprivate func holds(_ value: String) -> Bool {
        switch self {
        case .equal(_, let expected): value.utf8.elementsEqual(expected.utf8)
        case .prefix(_, let prefix) where field == "content-type":
            // A list of types, each of which must match.
            value.split(at: ",", keepingEmpty: true)
                .allSatisfy { $0.utf8.drop { $0 == UInt8(ascii: " ") }.starts(with: prefix.utf8) }
        case .prefix(_, let prefix): value.utf8.starts(with: prefix.utf8)
        case .length: true
        case .impossible: false
        }
    }

    /// The condition as written in a document, and in S3's errors.
    package var description: String {
        switch self {
        case .equal(let field, let value): "[\"eq\", \(JSONValue.quoted("$\(field)")), \(JSONValue.quoted(value))]"
        case .prefix(let field, let prefix):
            "[\"starts-with\", \(JSONValue.quoted("$\(field)")), \(JSONValue.quoted(prefix))]"
        case .length(let range): "[\"content-length-range\", \(range.minimum), \(range.maximum)]"
        case .impossible(let text): text
        }
    }
}
