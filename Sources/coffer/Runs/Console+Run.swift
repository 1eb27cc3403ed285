import CofferClient
import CofferModel
import CofferTransfer

/// What happens in a run, in the words of the command line.
extension Console: RunReporter {
    /// Runs a plan. If it fails, the list of finished actions is closed, unless its reader is gone.
    func run(_ plan: inout some Plan, by runner: Runner) async throws {
        do {
            try await runner.run(&plan)
        } catch {
            if !(error is BrokenPipe) { try end() }
            throw error
        }
    }

    /// Ends the output of a run.
    ///
    /// - Parameter kind: what its transfers do, to end with totals; nil for none.
    /// - Throws: ``CommandError`` with the number of failures, if there were any.
    func end(_ runner: Runner, totals kind: TransferKind? = nil) throws {
        let totals = runner.totals
        if let kind {
            let summary = RunSummary(totals: totals, kind: kind, seconds: runner.seconds, isDryRun: isDryRun)
            try total(summary.line, summary.members)
        }
        try end()
        guard totals.failedCount == 0 else {
            throw CommandError("\(totals.failedCount) of \(totals.failedCount + totals.doneCount) failed")
        }
    }

    // MARK: Events

    func report(_ event: RunEvent) throws {
        switch event {
        case .done(let step): try done(step)
        case .failed(let step, let error): try failed(Self.title(of: step), Self.members(of: step), error)
        case .skipped(let name, let reason): note("skipped: \(printable(name)): \(reason)")
        case .abandoned: note("the rest would fail for the same reason and is not tried")
        }
    }

    private func done(_ step: RunStep) throws {
        switch step {
        case .transfer(let transfer, let kind):
            // Where the bytes themselves go to standard output, nothing else does.
            if case .stream = transfer.target, !isDryRun { return }
            let size = transfer.byteCount.map { JSONText.number($0) } ?? .null
            try done("\(kind.rawValue): \(Self.ends(of: transfer))", Self.members(of: step) + [("Size", size)])
        case .deletion(let place, let version):
            let version = version.map { " (\($0))" } ?? ""
            try done("delete: \(printable(place.description))\(version)", Self.members(of: step))
        case .comparison, .entry: break  // Only their failures are reported.
        }
    }

    private static func title(of step: RunStep) -> String {
        switch step {
        case .transfer(let transfer, let kind): "\(kind.rawValue) of \(ends(of: transfer))"
        case .comparison(let transfer): "compare of \(ends(of: transfer))"
        case .deletion(let place, _): "delete of \(printable(place.description))"
        case .entry(let name): printable(name)
        }
    }

    private static func ends(of transfer: Transfer) -> String {
        "\(printable(transfer.source.description)) to \(printable(transfer.target.description))"
    }

    private static func members(of step: RunStep) -> Members {
        switch step {
        case .transfer(let transfer, let kind): return members(kind.rawValue, transfer)
        case .comparison(let transfer): return members("compare", transfer)
        case .deletion(let place, let version):
            let members: Members = [("Action", .string("delete")), ("Target", .string(place.description))]
            guard case .object = place else { return members }
            return members + [("VersionId", JSONText(version?.description))]
        case .entry(let name): return [("Source", .string(name))]
        }
    }

    private static func members(_ action: String, _ transfer: Transfer) -> Members {
        [
            ("Action", .string(action)), ("Source", .string(transfer.source.description)),
            ("Target", .string(transfer.target.description)),
        ]
    }
}
