import CCurl
import CofferModel
import Glibc

/// The state that libcurl's callbacks use while one request is in progress; they all run on one thread.
final class CurlExchange {
    private let job: CurlJob
    private var sentByteCount: Int64 = 0
    private var status = 0
    private var headers = HeaderFields()
    private var head: HTTPResponseHead?
    /// The error that stopped the transfer on this side.
    private(set) var error: (any Error)?

    /// The most header lines of a response, and the longest line; S3's responses have fewer than a hundred.
    private static let headerLimit = (count: 512, byteCount: 64 << 10)

    init(_ job: CurlJob) { self.job = job }

    /// - Throws: the errors of the receiver.
    func end() throws -> HTTPResponseHead {
        if let head { return head }
        return try begin()
    }

    private func begin() throws -> HTTPResponseHead {
        let head = HTTPResponseHead(status: status, headers: headers)
        self.head = head
        try job.receiver.begin(head)
        return head
    }

    // MARK: Called by libcurl

    fileprivate func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        do throws(FileError) {
            let count = try job.request.body.read(into: buffer, at: sentByteCount)
            sentByteCount += Int64(count)
            job.request.sent?(sentByteCount)
            return count
        } catch {
            self.error = error
            return Int(CURL_READFUNC_ABORT)
        }
    }

    fileprivate func seek(to offset: Int64) { sentByteCount = offset }

    /// - Returns: whether to continue.
    fileprivate func receive(header line: UnsafeRawBufferPointer) -> Bool {
        guard head == nil else { return true }  // A trailer; those of S3's responses carry nothing that matters.
        let text = String(decoding: line, as: UTF8.self)
        if text.hasPrefix("HTTP/") {
            // An interim response is followed by another one.
            headers = [:]
            let words = text.split(separator: " ", maxSplits: 2)
            status = words.count > 1 ? Int(words[1].prefix(3)) ?? 0 : 0
            return true
        }
        guard headers.count < Self.headerLimit.count, line.count <= Self.headerLimit.byteCount else {
            error = TransportError(.badResponse, "the response's header fields are too long")
            return false
        }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return true }  // The empty line at the end.
        let value = parts[1].drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
        headers.append(parts[0].lowercased(), String(value))
        return true
    }

    /// - Returns: whether to continue.
    fileprivate func receive(body bytes: UnsafeRawBufferPointer) -> Bool {
        guard !job.isCancelled else { return false }
        do {
            if head == nil { _ = try begin() }
            try bytes.withMemoryRebound(to: UInt8.self) { try job.receiver.receive($0.span) }
            if job.receiver.isFull { job.waiting(job.receiver.waitForRoom) }
            return true
        } catch {
            self.error = error
            return false
        }
    }
}

// libcurl calls these while the transfer's caller keeps the exchange alive.

private func exchange(_ context: UnsafeMutableRawPointer?) -> CurlExchange {
    guard let context else { preconditionFailure("libcurl has lost its context") }
    return Unmanaged<CurlExchange>.fromOpaque(context).takeUnretainedValue()
}

func readBody(
    _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    exchange(context).read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
}

func seekBody(_ context: UnsafeMutableRawPointer?, _ offset: curl_off_t, _ origin: Int32) -> Int32 {
    guard origin == SEEK_SET else { return CURL_SEEKFUNC_CANTSEEK }
    exchange(context).seek(to: Int64(offset))
    return CURL_SEEKFUNC_OK
}

func receiveHeader(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
    return exchange(context).receive(header: line) ? line.count : 0
}

func receiveBody(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    let body = UnsafeRawBufferPointer(start: bytes, count: size * count)
    // Any value but the count ends the transfer. 0 would not always do: it is the count if there are no bytes.
    return exchange(context).receive(body: body) ? body.count : Int(CURL_WRITEFUNC_ERROR)
}
