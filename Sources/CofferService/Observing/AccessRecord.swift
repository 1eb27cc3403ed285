package import CofferAccess
package import CofferHTTP
package import CofferModel
import CofferStorage
import CofferSystem

/// The data about a request that the access log and the metrics use. It holds no headers except the user agent, no
/// query and no signature.
///
/// `@unchecked Sendable`: used by a single request, whose calls never overlap.
package final class AccessRecord: @unchecked Sendable {
    let id: RequestID
    let method: String
    let address: String
    /// As the client sent it.
    private let userAgent: String?
    package let time: Timestamp
    private let watch: Stopwatch
    package var operation = "-"
    package var bucket: String?
    package var key: [UInt8] = []
    private(set) var principal = "-"
    /// The account of the principal; nil if it has none. Principals of different accounts may share a name.
    private(set) var account: String?
    /// The access key that a refused request named, if nothing proves that it is the caller's.
    private(set) var accessKeyID: String?
    /// The declared identity of whoever assumed a role; nil if none was declared.
    private(set) var sourceIdentity: String?
    var status: Int?
    var errorCode: String?
    /// Why the request, or some of its keys, was refused; always set for a 403.
    var reason: String?
    package var bytesIn: Int64 = 0
    var bytesOut: Int64 = 0
    var isAborted = false
    private(set) var microseconds: Int64 = 0

    init(id: RequestID, head: HTTPRequestHead, clock: ServiceClock) {
        self.id = id
        time = clock.time
        watch = Stopwatch(clock)
        method = head.method
        address = head.remoteAddress
        userAgent = head.headers["user-agent"]
    }

    /// Records the end of the request.
    func end() { microseconds = watch.nanoseconds / 1000 }

    /// - Parameter principal: nil for an unknown caller.
    package func note(_ principal: Principal?, sourceIdentity: String?) {
        self.principal = principal?.name ?? "-"
        account = principal?.account?.id
        self.sourceIdentity = sourceIdentity
    }

    /// - Parameter head: the head of the request.
    func refuse(_ error: S3Error, _ head: HTTPRequestHead) {
        if principal == "-" {
            let named = error.details.first { $0.name == "AWSAccessKeyId" }?.value ?? head.namedAccessKeyID
            accessKeyID = named.map { Self.bounded($0, byteCount: 128) }
        }
        errorCode = error.code.name
        reason = error.reason ?? (error.code.status == 403 ? error.message : nil)
    }

    package func answer(_ response: HTTPResponse) {
        status = response.status
        reason = reason ?? response.note
        if case .length = response.body { bytesOut = 0 } else { bytesOut = response.body.count }
    }

    /// The user agent without characters that could affect a terminal, cut off beyond the usual length of SDKs' user
    /// agents.
    private var agent: String? { userAgent.map { printable(Self.bounded($0, byteCount: 256)) } }

    private static func bounded(_ text: String, byteCount: Int) -> String {
        text.utf8.count <= byteCount ? text : String(decoding: text.utf8.prefix(byteCount), as: UTF8.self) + "..."
    }

    /// The record as a line of text. Keys are percent-encoded, so that they cannot break the line.
    var line: [UInt8] {
        // Every request appends a line: strings would cost several times as much.
        var line: [UInt8] = []
        line.reserveCapacity(384)
        line.append(word: time.iso8601)
        line.append(word: id.description)
        line.append(word: address)
        line.append(word: principal)
        line.append(word: operation)
        line.append(word: bucket.map { PercentEncoding.encode($0.utf8) } ?? "-")
        line.append(word: key.isEmpty ? "-" : PercentEncoding.encode(key, keepingSlash: true))
        line.append(word: status.map(String.init) ?? "-")
        line.append(word: errorCode ?? "-")
        line.append("in=", String(bytesIn))
        line.append(" out=", String(bytesOut))
        line.append(" us=", String(microseconds))
        if isAborted { line.append(" aborted") }
        if let accessKeyID { line.append(" key=", PercentEncoding.encode(accessKeyID.utf8)) }
        if let agent { line.append(" agent=", JSONValue.quoted(agent)) }
        if let account, account != IAMAccount.firstID { line.append(" account=", account) }
        if let sourceIdentity { line.append(" source=", sourceIdentity) }
        if let reason { line.append(" reason=", JSONValue.quoted(reason)) }
        line.append("\n")
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
    /// The access key that a request claims to be signed with, verified or not; nil if it names none.
    fileprivate var namedAccessKeyID: String? {
        if let credentials = namedCredentials { return credentials.accessKeyID }
        if let authorization = headers["authorization"], authorization.hasPrefix("AWS ") {
            return authorization.dropFirst(4).split(at: ":").first.map(String.init)
        }
        // A malformed query names no key.
        let query = try? Query(String(Substring(target.utf8.drop { $0 != UInt8(ascii: "?") }.dropFirst())))
        return query?["AWSAccessKeyId"]
    }
}

extension [UInt8] {
    fileprivate mutating func append(word: String) { append(word, " ") }

    fileprivate mutating func append(_ text: String, _ other: String = "") {
        append(contentsOf: text.utf8)
        append(contentsOf: other.utf8)
    }
}
