import CofferHTTP
import CofferModel

/// The reasons why some keys of a request about many keys are refused, although the response is 200.
///
/// As for every 403, the log contains the reasons whoever the caller is, and the response contains those that the
/// caller may know, as `x-coffer-reason`: see ``Access/refusal(of:isAboutContent:service:)``. Both state how many keys
/// were refused, and name the first of them with their reasons, as many as fit in `Limits.reasonByteCount`.
struct KeyRefusals: Sendable {
    /// The most keys whose reason is determined: each takes as long as the refusal itself.
    static let explainedCount = 16

    private let askedCount: Int
    private var count = 0
    private var logged: [String] = []
    private var disclosed: [String] = []

    init(askedCount: Int) { self.askedCount = askedCount }

    mutating func add(_ error: S3Error, key: String) {
        guard error.code.status == 403 else { return }
        count += 1
        guard logged.count < Self.explainedCount else { return }
        func entry(_ reason: String) -> String { "\(PercentEncoding.encode(key.utf8, keepingSlash: true)): \(reason)" }
        logged.append(entry(error.reason ?? error.message))
        if let reason = error.disclosedReason { disclosed.append(entry(reason)) }
    }

    /// Adds the reasons to the response and to its log entry.
    func note(in response: inout HTTPResponse) {
        guard count > 0 else { return }
        response.note = summary(logged)
        if !disclosed.isEmpty { response.headers.append((S3Error.reasonHeader, summary(disclosed))) }
    }

    private func summary(_ reasons: [String]) -> String {
        var text = "\(count) of \(askedCount) keys were refused"
        for reason in reasons {
            let longer = "\(text); \(reason)"
            guard longer.utf8.count <= Limits.reasonByteCount || reason == reasons.first else { break }
            text = longer
        }
        return S3Error.reasonText(text)
    }
}
