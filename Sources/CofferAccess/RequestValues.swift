import CofferModel

/// The values of a request that policies refer to, with a limit on the cost of comparisons.
///
/// Matching takes time proportional to the product of the lengths of pattern and text, and both can be long: those of a
/// policy, and those of a header field, which a policy's variables can also repeat. Real policies take a few thousand
/// steps.
struct RequestValues {
    private let values: AccessRequest.Values
    private let effort = Effort()

    /// The most byte comparisons for one decision.
    static let stepLimit = 2_000_000

    private final class Effort {
        var stepsLeft = RequestValues.stepLimit
    }

    init(_ values: @escaping AccessRequest.Values) { self.values = values }

    /// Returns the values of a condition key; nil or empty if the request has none.
    func callAsFunction(_ key: ConditionKey) throws(S3Error) -> [String]? { try values(key) }

    /// - Throws: `AccessDenied` if the decision takes too many steps: an undecided request is not allowed.
    func match(_ pattern: Pattern, _ text: String) throws(S3Error) -> Bool {
        guard let isMatch = pattern.matches(text.utf8Span.span, stepsLeft: &effort.stepsLeft) else {
            throw Self.tooMany
        }
        return isMatch
    }

    /// Charges for other work on a text, such as parsing it as a number or inserting it into a pattern.
    func spend(on text: String) throws(S3Error) {
        effort.stepsLeft -= text.utf8.count
        guard effort.stepsLeft > 0 else { throw Self.tooMany }
    }

    private static var tooMany: S3Error {
        S3Error(.accessDenied).withDenialReason(
            "the policies take too long to evaluate: use fewer or shorter patterns", isDisclosed: false)
    }
}
