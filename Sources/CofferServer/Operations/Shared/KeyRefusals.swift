import CofferHTTP
import CofferModel

/// Why keys of a request about many are refused, which is answered by 200 all the same.
///
/// As of every 403, the log has the reasons whoever asks, and the answer those that its reader may know, as
/// `x-coffer-reason`: see ``Access/refusal(of:isAboutContent:service:)``. Both name how many keys were refused, and the
/// first of them with their reasons, as many as fit in ``Limits/reasonByteCount``.
struct KeyRefusals: Sendable {
    /// Most keys whose reason is found out: each takes as long as it took to refuse it.
    static let explainedCount = 16

    private let askedCount: Int
    private var count = 0
    private var logged: [String] = []
    private var told: [String] = []

    init(askedCount: Int) { self.askedCount = askedCount }

    mutating func add(_ error: S3Error, key: String) {
        guard error.code.status == 403 else { return }
        count += 1
        guard logged.count < Self.explainedCount else { return }
        func entry(_ reason: String) -> String { "\(PercentEncoding.encode(key.utf8, keepingSlash: true)): \(reason)" }
        logged.append(entry(error.reason ?? error.message))
        if let reason = error.toldReason { told.append(entry(reason)) }
    }

    /// Adds what there is to tell to the answer and to the log.
    func note(in response: inout HTTPResponse) {
        guard count > 0 else { return }
        response.note = summary(logged)
        if !told.isEmpty { response.headers.append((S3Error.reasonHeader, summary(told))) }
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
