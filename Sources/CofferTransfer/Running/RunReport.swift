package import CofferModel

/// Receives what happens in a run, in an order in which it happened. Several tasks call it at the same time.
package protocol RunReporter: Sendable {
    /// Whether progress is shown; otherwise it is not counted.
    var showsProgress: Bool { get }
    /// Shows the progress, several times a second.
    func show(_ totals: Progress.Totals)
    /// - Throws: an error that ends the run, such as ``BrokenPipe``.
    func report(_ event: RunEvent) throws
}

/// Something that happened in a run.
package enum RunEvent: Sendable {
    /// In a dry run: what would be done.
    case done(RunStep)
    case failed(RunStep, any Error)
    /// An entry that is intentionally left out, and why.
    case skipped(String, reason: String)
    /// The remaining actions are not tried, because they would fail for the same reason.
    case abandoned
}

/// What a run does with one file or object.
package enum RunStep: Sendable {
    case transfer(Transfer, TransferKind)
    case comparison(Transfer)
    case deletion(Place, VersionID?)
    /// An entry that cannot be transferred.
    case entry(String)
}

/// The error if the reader of the output is gone. It ends a run.
package struct BrokenPipe: Error {
    package init() {}
}
