import CCurl
import CofferModel
import Glibc

/// A curl handle with its connections, for one thread.
struct CurlSession: ~Copyable {
    private let curl: coffer_curl
    private let easy: UnsafeMutableRawPointer
    private let multi: UnsafeMutableRawPointer
    private let certificateAuthorities: String?
    private let verifiesCertificates: Bool
    private let errorText: UnsafeMutablePointer<CChar>

    /// The seconds without any data after which a connection is given up.
    private static let silenceSeconds = 60
    private static let connectSeconds = 15
    /// The most bytes that one read or write call moves; they fit a core's L2 cache.
    private static let bufferByteCount = 256 << 10

    /// The functions of libcurl, loaded once; nil if it is not installed. They never change, and may be called from any
    /// thread.
    private nonisolated(unsafe) static let library: coffer_curl? = {
        var curl = coffer_curl()
        return coffer_curl_load(&curl) == 1 ? curl : nil
    }()

    init?(certificateAuthorities: String?, verifiesCertificates: Bool) {
        guard let curl = Self.library, let easy = curl.easy_init(), let multi = curl.multi_init() else { return nil }
        self.curl = curl
        self.easy = easy
        self.multi = multi
        self.certificateAuthorities = certificateAuthorities
        self.verifiesCertificates = verifiesCertificates
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl.easy_cleanup(easy)
        _ = curl.multi_cleanup(multi)
        errorText.deallocate()
    }

    /// Sends a job's request and returns when its response is complete, or the job was cancelled.
    func perform(_ job: CurlJob) -> Result<HTTPResponseHead, any Error> {
        errorText[0] = 0
        let exchange = CurlExchange(job)
        let headers = headerList(job.request)
        defer { curl.slist_free_all(headers) }
        let code = withExtendedLifetime(exchange) { () -> CURLcode in
            let code = setUp(job.request, exchange, headers)
            return code == CURLE_OK ? run(job) : code
        }
        if job.isCancelled { return .failure(CancellationError()) }
        if let error = exchange.error { return .failure(error) }
        guard code == CURLE_OK else { return .failure(transportError(code, of: job.request)) }
        return Result { try exchange.end() }
    }

    private func run(_ job: CurlJob) -> CURLcode {
        guard curl.multi_add_handle(multi, easy) == CURLM_OK else { return CURLE_FAILED_INIT }
        let (multi, wakeUp) = (Wakeable(handle: multi), curl.multi_wakeup)
        job.setWake { _ = wakeUp?(multi.handle) }
        var running: Int32 = 1
        while !job.isCancelled, curl.multi_perform(self.multi, &running) == CURLM_OK, running > 0 {
            guard curl.multi_poll(self.multi, nil, 0, 1000, nil) == CURLM_OK else { break }
        }
        job.setWake(nil)
        var left: Int32 = 0
        let message = curl.multi_info_read(self.multi, &left)
        let code = message.map { coffer_curl_result($0) } ?? CURLE_ABORTED_BY_CALLBACK
        _ = curl.multi_remove_handle(self.multi, easy)
        return code
    }

    /// `@unchecked Sendable`: waking is the only call that libcurl allows from any thread, as long as the handle
    /// exists.
    private struct Wakeable: @unchecked Sendable {
        let handle: UnsafeMutableRawPointer
    }

    // MARK: Options

    private func setUp(
        _ request: HTTPRequest, _ exchange: CurlExchange, _ headers: UnsafeMutablePointer<curl_slist>?
    ) -> CURLcode {
        curl.easy_reset(easy)
        var options = Options(curl: curl, easy: easy)
        options.text(CURLOPT_URL, request.url)
        options.pointer(CURLOPT_HTTPHEADER, headers)
        options.pointer(CURLOPT_ERRORBUFFER, errorText)
        options.number(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        options.number(CURLOPT_PATH_AS_IS, 1)
        options.number(CURLOPT_NOSIGNAL, 1)
        options.number(CURLOPT_TCP_NODELAY, 1)
        options.number(CURLOPT_CONNECTTIMEOUT, Self.connectSeconds)
        options.number(CURLOPT_LOW_SPEED_LIMIT, 1)
        options.number(CURLOPT_LOW_SPEED_TIME, Self.silenceSeconds)
        options.hint(CURLOPT_BUFFERSIZE, Self.bufferByteCount)
        options.hint(CURLOPT_UPLOAD_BUFFERSIZE, Self.bufferByteCount)
        options.protocols()
        // Requests to this machine use no proxy, so they need not be signed.
        if request.bypassesProxy { options.text(CURLOPT_NOPROXY, "*") }
        if let certificateAuthorities { options.text(CURLOPT_CAINFO, certificateAuthorities) }
        if !verifiesCertificates {
            options.number(CURLOPT_SSL_VERIFYPEER, 0)
            options.number(CURLOPT_SSL_VERIFYHOST, 0)
        }
        switch (request.method, request.body) {
        case ("HEAD", _): options.number(CURLOPT_NOBODY, 1)
        case (_, .none): options.number(CURLOPT_HTTPGET, 1)
        case (_, let body):
            options.number(CURLOPT_UPLOAD, 1)
            options.offset(CURLOPT_INFILESIZE_LARGE, body.byteCount)
        }
        // Setting HTTPGET or UPLOAD must not have changed the method.
        options.text(CURLOPT_CUSTOMREQUEST, request.method)
        options.callbacks(of: exchange)
        return options.code
    }

    /// Returns the request's headers, and removes those that curl would add itself.
    private func headerList(_ request: HTTPRequest) -> UnsafeMutablePointer<curl_slist>? {
        var list: UnsafeMutablePointer<curl_slist>?
        for header in request.headers {
            // A semicolon denotes an empty value.
            list = curl.slist_append(list, header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)")
        }
        for name in ["accept", "user-agent", "content-type", "expect"]
        where !request.headers.contains(where: { $0.name == name }) {
            list = curl.slist_append(list, "\(name):")
        }
        return list
    }

    // MARK: Errors

    private func transportError(_ code: CURLcode, of request: HTTPRequest) -> TransportError {
        let usual = curl.easy_strerror(code).map { String(cString: $0) } ?? "curl error \(code.rawValue)"
        let text = errorText[0] == 0 ? usual : String(cString: errorText)
        return TransportError(
            Self.kind(code), text.contains(request.hostName) ? text : "\(request.origin): \(text)")
    }

    private static func kind(_ code: CURLcode) -> TransportError.Kind {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT: .cannotConnect
        case CURLE_OPERATION_TIMEDOUT: .timedOut
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR: .untrusted
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_SSL_CONNECT_ERROR,
            CURLE_SEND_FAIL_REWIND:
            .interrupted
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT: .badResponse
        default: .unusable
        }
    }

    /// Sets options until one is rejected.
    private struct Options {
        let curl: coffer_curl
        let easy: UnsafeMutableRawPointer
        var code = CURLE_OK

        mutating func set(_ body: (UnsafePointer<coffer_curl>) -> CURLcode) {
            guard code == CURLE_OK else { return }
            code = withUnsafePointer(to: curl, body)
        }

        mutating func number(_ option: CURLoption, _ value: Int) {
            let easy = easy
            set { coffer_curl_set_long($0, easy, option, value) }
        }

        /// Sets an option that may be rejected: a handle whose last request reached no connection keeps its buffers and
        /// their size.
        func hint(_ option: CURLoption, _ value: Int) {
            _ = withUnsafePointer(to: curl) { coffer_curl_set_long($0, easy, option, value) }
        }

        mutating func offset(_ option: CURLoption, _ value: Int64) {
            let easy = easy
            set { coffer_curl_set_offset($0, easy, option, curl_off_t(value)) }
        }

        mutating func pointer(_ option: CURLoption, _ value: UnsafeRawPointer?) {
            let easy = easy
            set { coffer_curl_set_pointer($0, easy, option, value) }
        }

        mutating func protocols() {
            let easy = easy
            set { coffer_curl_allow_http_only($0, easy) }
        }

        mutating func text(_ option: CURLoption, _ value: String) {
            value.withCString { pointer(option, $0) }
        }

        mutating func callbacks(of exchange: CurlExchange) {
            let easy = easy
            let context = Unmanaged.passUnretained(exchange).toOpaque()
            set { coffer_curl_set_callbacks($0, easy, context, readBody, seekBody, receiveHeader, receiveBody) }
        }
    }
}
