import CofferModel

/// The values of a request that policies ask for, and how much may be compared with them.
///
/// A pattern takes time in the product of its length and the text's, and both can be long: a policy's, and a header
/// field's, which a policy's variables can repeat as well. Real policies take some thousand steps.
struct RequestValues {
    private let values: AccessRequest.Values
    private let effort = Effort()

    /// Comparisons of a byte, for one decision.
    static let stepLimit = 2_000_000

    private final class Effort {
        var stepsLeft = RequestValues.stepLimit
    }

    init(_ values: @escaping AccessRequest.Values) { self.values = values }

    /// The values of a condition key; nil or none if the request has none.
    func callAsFunction(_ key: ConditionKey) throws(S3Error) -> [String]? { try values(key) }

    /// - Throws: `AccessDenied` where the decision has taken too many steps: what cannot be told is not allowed.
    func match(_ pattern: Pattern, _ text: String) throws(S3Error) -> Bool {
        guard let isMatch = pattern.matches(text.utf8Span.span, stepsLeft: &effort.stepsLeft) else {
            throw Self.tooMany
        }
        return isMatch
    }

    /// Counts what else is done with a text, which is to be read as a number or made part of a pattern.
    func spend(on text: String) throws(S3Error) {
        effort.stepsLeft -= text.utf8.count
        guard effort.stepsLeft > 0 else { throw Self.tooMany }
    }

    private static var tooMany: S3Error {
        S3Error(.accessDenied).withDenialReason("the policies take too long to compare", isDisclosed: false)
    }
}
