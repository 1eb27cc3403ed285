import CofferHTTP
import CofferModel
import CofferS3
import CofferService
import CofferStorage

/// The pages that are not part of S3: health and metrics. Paths below `/-` can never belong to a bucket.
enum ServerPage: Sendable {
    case health
    /// The health page at the paths that MinIO uses; it says nothing more.
    case liveness
    case metrics
    case unknown

    /// Whether a head could name a page, by its first bytes.
    static func mayBeNamed(by head: HTTPRequestHead) -> Bool {
        head.target.hasASCIIPrefix("/-") || head.target.hasASCIIPrefix("/minio/health/")
    }

    /// - Parameter hasBucket: whether a bucket of a name may exist. Such a bucket takes precedence over the MinIO
    ///   paths.
    /// - Returns: nil for any other request.
    static func named(
        by head: HTTPRequestHead, hasBucket: (BucketName) async -> Bool
    ) async -> ServerPage? {
        switch head.target.prefix(while: { $0 != "?" }) {
        case "/-/health": return .health
        case "/minio/health/live", "/minio/health/ready", "/minio/health/cluster", "/minio/health/cluster/read":
            return await hasBucket(BucketName(unchecked: "minio")) ? nil : .liveness
        case "/-/metrics": return .metrics
        case let path where path == "/-" || path.hasPrefix("/-/"): return .unknown
        default: return nil
        }
    }
}

/// One request for such a page.
final class ServerPageExchange: HTTPExchange {
    private let page: ServerPage
    private let frame: RequestFrame
    private let service: Service
    private let metricsAccess: MetricsAccess
    private let openConnections: @Sendable () -> Int

    /// - Parameter head: the head as it arrived, before a trusted proxy's headers are applied.
    init(
        _ page: ServerPage, _ head: HTTPRequestHead, _ service: Service, _ metricsAccess: MetricsAccess,
        _ openConnections: @escaping @Sendable () -> Int
    ) {
        self.page = page
        frame = RequestFrame(head, .s3, service.context)
        frame.record.operation = "page"
        self.service = service
        self.metricsAccess = metricsAccess
        self.openConnections = openConnections
    }

    private var head: HTTPRequestHead { frame.head }

    var refusal: HTTPResponse? { head.hasBody ? error(S3Error(.methodNotAllowed)) : nil }

    func receive(_ bytes: Span<UInt8>) {}

    func respond() async -> HTTPResponse {
        guard head.method == "GET" || head.method == "HEAD" else { return error(S3Error(.methodNotAllowed)) }
        switch page {
        case .health:
            return text("ok\n" + detailLines, type: "text/plain")
        case .liveness:
            return text("ok\n", type: "text/plain")
        case .metrics:
            do throws(S3Error) {
                try metricsAccess.check(head)
                let totals = try await mappingAsyncStorageErrors { () async throws(StorageError) in
                    try await service.store.totals()
                }
                let page = MetricsPage.text(
                    service.context.metrics.counters, openConnections: openConnections(), totals: totals,
                    space: service.store.spaceReport,
                    writes: service.store.writeCounts,
                    damagedReads: service.store.damagedReadCount, jobs: service.store.jobs.statuses)
                return text(page, type: "text/plain; version=0.0.4; charset=utf-8")
            } catch {
                return self.error(error)
            }
        case .unknown:
            return error(S3Error(.methodNotAllowed, "There is no such page: use /-/health or /-/metrics"))
        }
    }

    func finished(_ outcome: HTTPOutcome) {}

    /// Lines about the disk's free space and the work in the background, for callers who may read the metrics.
    private var detailLines: String {
        // Other callers get no details, not even the reason.
        guard (try? metricsAccess.check(head)) != nil else { return "" }
        let space = service.store.spaceReport.map { space in
            [
                "free-bytes: \(space.freeByteCount)", "reserve-bytes: \(space.reserveByteCount)",
                "objects: \(space.isEnough ? "accepted" : "refused until there is free space")",
            ]
        }
        let jobs = service.store.jobs.statuses.map { job in
            "job \(job.name): " + (job.failures > 0 ? "failing; the log has the reason" : job.state.rawValue)
        }
        return ((space ?? []) + jobs).map { $0 + "\n" }.joined()
    }

    private func text(_ text: String, type: String) -> HTTPResponse {
        frame.complete(HTTPResponse(status: 200, headers: [("Content-Type", type)], body: .bytes(Array(text.utf8))))
    }

    private func error(_ error: S3Error) -> HTTPResponse {
        frame.refuse(error)
        return frame.complete(HTTPResponse(error, id: frame.id, isHead: head.method == "HEAD"))
    }
}
