import CofferAccess
import CofferHTTP
import CofferModel
import CofferStorage

/// What the access log and the metrics tell of a request. Holds no header, query or signature.
struct AccessRecord: Sendable {
    let id: RequestID
    let method: String
    let address: String
    let time = Timestamp.now()
    var operation = "-"
    var bucket: String?
    var key: [UInt8] = []
    private(set) var principal = "-"
    /// The principal's; nil for one that has none. Those of two accounts may share a name.
    private(set) var account: String?
    /// Who took a role on, as that was told; nil if it was not.
    private(set) var sourceIdentity: String?
    var status: Int?
    var errorCode: String?
    /// Why the request, or some of its keys, was refused; of a 403 there always is one.
    var reason: String?
    var bytesIn: Int64 = 0
    var bytesOut: Int64 = 0
    var isAborted = false
    var duration = Duration.zero

    init(id: RequestID, head: HTTPRequestHead) {
        self.id = id
        method = head.method
        address = head.remoteAddress
    }

    /// - Parameter identity: nil for somebody of whom nothing is known.
    mutating func note(_ identity: Identity?) {
        principal = identity?.principal.name ?? "-"
        account = identity?.principal.account?.id
        sourceIdentity = identity?.sourceIdentity
    }

    mutating func refuse(_ error: S3Error) {
        errorCode = error.code.name
        reason = error.reason ?? (error.code.status == 403 ? error.message : nil)
    }

    mutating func answer(_ response: HTTPResponse) {
        status = response.status
        reason = reason ?? response.note
        if case .length = response.body { bytesOut = 0 } else { bytesOut = response.body.count }
    }

    var microseconds: Int64 {
        let (seconds, attoseconds) = duration.components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }

    /// Keys are percent-encoded, so that a line stays a line.
    var text: String {
        let resource = bucket.map { PercentEncoding.encode($0.utf8) } ?? "-"
        let path = key.isEmpty ? "-" : PercentEncoding.encode(key, keepingSlash: true)
        return "\(time.iso8601) \(id) \(address) \(principal) \(operation) \(resource) \(path) "
            + "\(status.map(String.init) ?? "-") \(errorCode ?? "-") in=\(bytesIn) out=\(bytesOut) "
            + "us=\(microseconds)\(isAborted ? " aborted" : "")"
            + (account.flatMap { $0 == IAMAccount.firstID ? nil : " account=\($0)" } ?? "")
            + (sourceIdentity.map { " source=\($0)" } ?? "") + (reason.map { " reason=\(JSONValue.quoted($0))" } ?? "")
    }

    var json: String {
        JSONText.object([
            ("time", .string(time.iso8601)), ("request_id", .string(id.description)), ("address", .string(address)),
            ("principal", .string(principal)), ("account", JSONText(account)),
            ("source_identity", JSONText(sourceIdentity)), ("operation", .string(operation)),
            ("method", .string(method)), ("bucket", JSONText(bucket)),
            ("key", key.isEmpty ? .null : .string(String(decoding: key, as: UTF8.self))),
            ("status", status.map { .number($0) } ?? .null), ("error", JSONText(errorCode)),
            ("reason", JSONText(reason)), ("bytes_in", .number(bytesIn)), ("bytes_out", .number(bytesOut)),
            ("microseconds", .number(microseconds)), ("outcome", .string(isAborted ? "aborted" : "sent")),
        ]).text
    }
}
