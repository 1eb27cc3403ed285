import CofferService
import CofferStorage

/// The metrics, in the text format of Prometheus.
///
/// Source: Prometheus documentation, "Exposition formats".
enum MetricsPage {
    static func text(
        _ counters: [String: Metrics.Counters], openConnections: Int, totals: StoreTotals, space: SpaceReport?,
        writes: WriteCounts, damagedReads: Int, jobs: [JobStatus]
    ) -> String {
        let operations = counters.sorted { $0.key < $1.key }
        var page = Page()
        page.family("coffer_requests_total", "counter", "Requests by operation and status.")
        for (name, counters) in operations {
            for (status, count) in counters.byStatus.sorted(by: { $0.key < $1.key }) {
                page.sample("coffer_requests_total{operation=\"\(name)\",status=\"\(status)\"}", count)
            }
        }
        page.family("coffer_errors_total", "counter", "Responses with a status of 400 or higher.")
        for (name, counters) in operations {
            let errors = counters.byStatus.filter { $0.key >= 400 }.values.reduce(0, +)
            page.sample("coffer_errors_total{operation=\"\(name)\"}", errors)
        }
        page.family("coffer_received_bytes_total", "counter", "Bytes of request bodies.")
        for (name, counters) in operations {
            page.sample("coffer_received_bytes_total{operation=\"\(name)\"}", counters.bytesIn)
        }
        page.family("coffer_sent_bytes_total", "counter", "Bytes of response bodies.")
        for (name, counters) in operations {
            page.sample("coffer_sent_bytes_total{operation=\"\(name)\"}", counters.bytesOut)
        }
        page.family(
            "coffer_request_duration_seconds", "histogram",
            "Time from the head of a request to the end of its response.")
        for (name, counters) in operations { page.histogram(name, counters) }
        let gauges: [(String, String, Int64)] =
            [
                ("coffer_open_connections", "Open client connections.", Int64(openConnections)),
                ("coffer_buckets", "Buckets.", totals.buckets), ("coffer_objects", "Objects.", totals.objects),
                ("coffer_stored_bytes", "Bytes of stored bodies.", totals.bytes),
                ("coffer_uploads", "Multipart uploads neither completed nor aborted.", totals.uploads),
                ("coffer_upload_bytes", "Bytes of the parts of those uploads.", totals.uploadedBytes),
            ] + Self.gauges(of: space)
        for (name, help, value) in gauges {
            page.family(name, "gauge", help)
            page.sample(name, value)
        }
        page.family("coffer_catalog_commits_total", "counter", "Committed transactions of the catalog.")
        page.sample("coffer_catalog_commits_total", Int64(writes.commits))
        page.family("coffer_catalog_changes_total", "counter", "Changes made by those transactions.")
        page.sample("coffer_catalog_changes_total", Int64(writes.changes))
        page.family(
            "coffer_damaged_reads_total", "counter",
            "Reads that found stored bytes missing or changed; the log names them.")
        page.sample("coffer_damaged_reads_total", Int64(damagedReads))
        page.add(jobs)
        return page.text
    }

    /// The gauges of the disk; none if the system does not report its space.
    private static func gauges(of space: SpaceReport?) -> [(String, String, Int64)] {
        guard let space else { return [] }
        return [
            ("coffer_disk_bytes", "Size of the disk that holds the data.", space.totalByteCount),
            ("coffer_disk_free_bytes", "Free bytes of that disk.", space.freeByteCount),
            (
                "coffer_disk_reserve_bytes", "Free bytes below which objects are refused (--reserve).",
                space.reserveByteCount
            ),
            (
                "coffer_accepts_objects", "1 while there is enough space for objects, otherwise 0.",
                space.isEnough ? 1 : 0
            ),
        ]
    }

    private struct Page {
        var text = ""

        mutating func family(_ name: String, _ type: String, _ help: String) {
            text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
        }

        mutating func sample(_ name: String, _ value: Int64) { text += "\(name) \(value)\n" }

        /// Adds the state of the work in the background.
        mutating func add(_ jobs: [JobStatus]) {
            family("coffer_job_steps_total", "counter", "Steps of work in the background since the start.")
            for job in jobs { sample("coffer_job_steps_total{job=\"\(job.name)\"}", Int64(job.steps)) }
            family(
                "coffer_job_failures", "gauge", "Failed steps since the last that succeeded; the log has the reasons.")
            for job in jobs { sample("coffer_job_failures{job=\"\(job.name)\"}", Int64(job.failures)) }
        }

        mutating func histogram(_ operation: String, _ counters: Metrics.Counters) {
            let name = "coffer_request_duration_seconds"
            var sum: Int64 = 0
            for (bound, count) in zip(Metrics.bounds, counters.buckets) {
                sum += count
                sample("\(name)_bucket{operation=\"\(operation)\",le=\"\(Double(bound) / 1e6)\"}", sum)
            }
            sample("\(name)_bucket{operation=\"\(operation)\",le=\"+Inf\"}", counters.count)
            text += "\(name)_sum{operation=\"\(operation)\"} \(Double(counters.microseconds) / 1e6)\n"
            sample("\(name)_count{operation=\"\(operation)\"}", counters.count)
        }
    }
}
