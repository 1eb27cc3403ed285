/// Work in the background, done in steps.
///
/// To add one, write a type that conforms, and start it with ``JobRunner/start(_:)``.
package protocol Job: Sendable {
    /// Identifies the job in the catalog, in metrics and in messages.
    var name: String { get }
    /// Whether the catalog keeps the job's progress and the time of its next step. Other jobs begin anew with each
    /// start of the process.
    var isPersistent: Bool { get }
    /// How many times as long as a step took the job then rests, so that other work finds the disk and the processor
    /// free.
    var restFactor: Int { get }
    /// Whether the first step runs at the start; otherwise when the job is woken.
    var runsAtStart: Bool { get }
    /// Runs one step, which should take a tenth of a second at most. It may block.
    ///
    /// - Parameter progress: where the step before ended; nil at the beginning.
    /// - Throws: an error, after which the same step is tried again, later each time.
    func step(from progress: [UInt8]?) async throws(StorageError) -> JobStep
}

extension Job {
    package var isPersistent: Bool { false }
    package var restFactor: Int { 0 }
    package var runsAtStart: Bool { true }
}

/// The outcome of a step.
package struct JobStep: Sendable, Equatable {
    /// Where the next step begins, in a form that the job determines; nil for the beginning.
    package let progress: [UInt8]?
    package let next: Next

    package enum Next: Sendable, Equatable {
        case atOnce
        case after(seconds: Int64)
        /// When ``JobRunner/wake(_:)`` is called.
        case whenWoken
    }

    package init(progress: [UInt8]? = nil, next: Next) {
        self.progress = progress
        self.next = next
    }
}

/// The state of a job, for operators.
package struct JobStatus: Sendable, Equatable {
    package let name: String
    package let state: State
    /// The number of steps since the process started.
    package let steps: Int
    /// The number of steps that failed since the last that succeeded.
    package let failures: Int
    /// Why the last step failed; nil if it succeeded.
    package let fault: String?

    package enum State: String, Sendable {
        case running
        /// Its next step is due at a known time.
        case waiting
        /// It waits to be woken.
        case idle
    }
}
