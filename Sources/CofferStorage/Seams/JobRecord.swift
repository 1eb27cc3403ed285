package import CofferModel

/// What the catalog keeps of a job between two runs of the process.
package struct JobRecord: Sendable, Equatable {
    package let name: String
    /// Where the next step begins, in a form that the job determines; nil for the beginning.
    package var progress: [UInt8]?
    package var nextRun: Timestamp
    /// The number of steps that failed since the last that succeeded.
    package var failures: Int

    package init(name: String, progress: [UInt8]? = nil, nextRun: Timestamp, failures: Int = 0) {
        self.name = name
        self.progress = progress
        self.nextRun = nextRun
        self.failures = failures
    }
}
