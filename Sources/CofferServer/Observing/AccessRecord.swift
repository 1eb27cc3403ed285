import CofferAccess
import CofferHTTP
import CofferModel
import CofferStorage
import CofferSystem

/// What the access log and the metrics tell of a request. Holds no header but the client's name of itself, no query and no
/// signature.
struct AccessRecord: Sendable {
    let id: RequestID
    let method: String
    let address: String
    /// As it arrived.
    private let userAgent: String?
    let time: Timestamp
    private let watch: Stopwatch
    var operation = "-"
    var bucket: String?
    var key: [UInt8] = []
    private(set) var principal = "-"
    /// The principal's; nil for one that has none. Those of two accounts may share a name.
    private(set) var account: String?
    /// That a refused request names, where nothing proves that it is the caller's.
    private(set) var accessKeyID: String?
    /// Who took a role on, as that was told; nil if it was not.
    private(set) var sourceIdentity: String?
    var status: Int?
    var errorCode: String?
    /// Why the request, or some of its keys, was refused; of a 403 there always is one.
    var reason: String?
    var bytesIn: Int64 = 0
    var bytesOut: Int64 = 0
    var isAborted = false
    private(set) var duration = Duration.zero

    init(id: RequestID, head: HTTPRequestHead, clock: ServiceClock) {
        self.id = id
        time = clock.time
        watch = Stopwatch(clock)
        method = head.method
        address = head.remoteAddress
        userAgent = head.headers["user-agent"]
    }

    /// The request is over.
    mutating func end() { duration = watch.elapsed }

    /// - Parameter identity: nil for somebody of whom nothing is known.
    mutating func note(_ identity: Identity?) {
        principal = identity?.principal.name ?? "-"
        account = identity?.principal.account?.id
        sourceIdentity = identity?.sourceIdentity
    }

    /// - Parameter head: of the request.
    mutating func refuse(_ error: S3Error, _ head: HTTPRequestHead) {
        if principal == "-" {
            let named = error.details.first { $0.name == "AWSAccessKeyId" }?.value ?? head.namedAccessKeyID
            accessKeyID = named.map { Self.bounded($0, byteCount: 128) }
        }
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

    /// Without what would do something to a terminal, and not longer than SDKs write it.
    private var agent: String? { userAgent.map { printable(Self.bounded($0, byteCount: 256)) } }

    private static func bounded(_ text: String, byteCount: Int) -> String {
        text.utf8.count <= byteCount ? text : String(decoding: text.utf8.prefix(byteCount), as: UTF8.self) + "..."
    }

    /// Keys are percent-encoded, so that a line stays a line.
    var text: String {
        let resource = bucket.map { PercentEncoding.encode($0.utf8) } ?? "-"
        let path = key.isEmpty ? "-" : PercentEncoding.encode(key, keepingSlash: true)
        var line = "\(time.iso8601) \(id) \(address) \(principal) \(operation) \(resource) \(path) "
        line += "\(status.map(String.init) ?? "-") \(errorCode ?? "-") in=\(bytesIn) out=\(bytesOut) us=\(microseconds)"
        if isAborted { line += " aborted" }
        if let accessKeyID { line += " key=\(PercentEncoding.encode(accessKeyID.utf8))" }
        if let agent { line += " agent=\(JSONValue.quoted(agent))" }
        if let account, account != IAMAccount.firstID { line += " account=\(account)" }
        if let sourceIdentity { line += " source=\(sourceIdentity)" }
        if let reason { line += " reason=\(JSONValue.quoted(reason))" }
        return line
    }

    var json: String {
        JSONText.object([
            ("time", .string(time.iso8601)), ("request_id", .string(id.description)), ("address", .string(address)),
            ("principal", .string(principal)), ("account", JSONText(account)),
            ("source_identity", JSONText(sourceIdentity)), ("access_key_id", JSONText(accessKeyID)),
            ("user_agent", JSONText(agent)), ("operation", .string(operation)),
            ("method", .string(method)), ("bucket", JSONText(bucket)),
            ("key", key.isEmpty ? .null : .string(String(decoding: key, as: UTF8.self))),
            ("status", status.map { .number($0) } ?? .null), ("error", JSONText(errorCode)),
            ("reason", JSONText(reason)), ("bytes_in", .number(bytesIn)), ("bytes_out", .number(bytesOut)),
            ("microseconds", .number(microseconds)), ("outcome", .string(isAborted ? "aborted" : "sent")),
        ]).text
    }
}

extension HTTPRequestHead {
    /// The access key that a request says it is signed with, whether it is or not; nil if it names none.
    fileprivate var namedAccessKeyID: String? {
        if let credentials = QueryService.credentials(self) { return credentials.accessKeyID }
        if let authorization = headers["authorization"], authorization.hasPrefix("AWS ") {
            return authorization.dropFirst(4).split(at: ":").first.map(String.init)
        }
        // A query that cannot be read names nothing.
        let query = try? Query(Substring(target.utf8.drop { $0 != UInt8(ascii: "?") }.dropFirst()))
        return query?["AWSAccessKeyId"]
    }
}
