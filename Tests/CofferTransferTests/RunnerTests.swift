import CofferClient
import CofferModel
import CofferTransfer
import Synchronization
import Testing

struct RunnerTests {
    /// Remembers what is reported.
    private final class Reporter: RunReporter {
        private let lines = Mutex<[String]>([])

        var all: [String] { lines.withLock { $0.sorted() } }
        var showsProgress: Bool { false }
        func show(_ totals: Progress.Totals) {}

        func report(_ event: RunEvent) throws {
            let line =
                switch event {
                case .done(let step): "done \(Self.text(step))"
                case .failed(let step, let error): "failed \(Self.text(step)): \(error)"
                case .skipped(let name, _): "skipped \(name)"
                case .abandoned: "abandoned"
                }
            lines.withLock { $0.append(line) }
        }

        private static func text(_ step: RunStep) -> String {
            switch step {
            case .transfer(let transfer, let kind): "\(kind.rawValue) \(transfer.target)"
            case .comparison(let transfer): "compare \(transfer.target)"
            case .deletion(let place, _): "delete \(place)"
            case .entry(let name): name
            }
        }
    }

    private static let worker = TransferWorker(CopySettings()) { _ in }

    private static func upload(_ name: String, _ tree: FileTree, to store: Store) throws -> Action {
        .transfer(Transfer(.file(tree.path(name)), .object(store, try ObjectKey(name)), byteCount: 1))
    }

    @Test func `Transfers and deletions are done, reported and counted`() async throws {
        let service = FakeService { _ in .stored }
        let (store, tree, reporter) = (try service.store(), try FileTree(["a": "1", "old": "2"]), Reporter())
        let runner = Runner(Runner.Settings(), Self.worker, reportingTo: reporter)
        var plan = ListedPlan([
            try Self.upload("a", tree, to: store), .unlink(tree.path("old")),
            .delete(store, [try ObjectVersion("k")]), .skip("link", reason: "a symbolic link"),
            .cannot("bad", reason: "its name is bad"),
        ])
        try await runner.run(&plan)
        #expect(
            reporter.all
                == [
                    "done delete \(tree.path("old"))", "done delete s3://books/k", "done upload s3://books/a",
                    "failed bad: its name is bad", "skipped link",
                ].sorted())
        let totals = runner.totals
        #expect((totals.transferredCount, totals.byteCount, totals.deletedCount, totals.failedCount) == (1, 1, 2, 1))
        #expect(totals.doneCount == 3 && tree.names == ["a"] && service.methods.sorted() == ["DELETE", "PUT"])
    }

    @Test func `A dry run reports the same and does nothing`() async throws {
        let (service, tree, reporter) = (FakeService(), try FileTree(["a": "1"]), Reporter())
        let store = try service.store()
        var settings = Runner.Settings()
        settings.isDryRun = true
        let runner = Runner(settings, Self.worker, reportingTo: reporter)
        var plan = ListedPlan([
            try Self.upload("a", tree, to: store), .unlink(tree.path("a")),
            .delete(store, [try ObjectVersion("k")]),
        ])
        try await runner.run(&plan)
        #expect(reporter.all.count == 3 && reporter.all.allSatisfy { $0.hasPrefix("done ") })
        #expect(service.methods.isEmpty && tree.names == ["a"])
        #expect(runner.totals.transferredCount == 1 && runner.totals.deletedCount == 2)
    }

    @Test func `What is the same is counted and not transferred`() async throws {
        let (service, tree, reporter) = (FakeService(), try FileTree(["a": "1"]), Reporter())
        let target = try service.object("a")
        let time = Timestamp(milliseconds: 0)
        let contents = (
            FolderEntry.Content(.file(tree.path("a")), byteCount: 1, modified: time),
            FolderEntry.Content(target, byteCount: 1, modified: time)
        )
        var settings = Runner.Settings()
        settings.comparison = .size
        let runner = Runner(settings, Self.worker, reportingTo: reporter)
        let transfer = Transfer(.file(tree.path("a")), target, byteCount: 1)
        var plan = ListedPlan([.update(transfer, source: contents.0, target: contents.1)])
        try await runner.run(&plan)
        #expect(runner.totals.unchangedCount == 1 && reporter.all.isEmpty && service.methods.isEmpty)
    }

    @Test func `A failure is reported, and the rest is done`() async throws {
        let service = FakeService { $0.url.hasSuffix("/bad") ? .error(403, "AccessDenied") : .stored }
        let (store, tree, reporter) = (try service.store(), try FileTree(["bad": "1", "good": "2"]), Reporter())
        let runner = Runner(Runner.Settings(), Self.worker, reportingTo: reporter)
        var plan = ListedPlan([
            try Self.upload("bad", tree, to: store), .unlink(tree.path("none")),
            try Self.upload("good", tree, to: store),
        ])
        try await runner.run(&plan)
        let lines = reporter.all
        #expect(lines.count == 3 && lines[0] == "done upload s3://books/good")
        #expect(lines[1].contains("No such file") && lines[2].contains("AccessDenied"))
        #expect(runner.totals.failedCount == 2 && runner.totals.transferredCount == 1)
    }

    @Test func `What would fail for the same reason is not tried`() async throws {
        let service = FakeService { _ in .error(404, "NoSuchBucket") }
        let (store, tree, reporter) = (try service.store(), try FileTree(["a": "1"]), Reporter())
        var settings = Runner.Settings()
        settings.jobCount = 1
        let runner = Runner(settings, Self.worker, reportingTo: reporter)
        var plan = ListedPlan(try (0..<5).map { _ in try Self.upload("a", tree, to: store) })
        try await runner.run(&plan)
        #expect(runner.totals.failedCount == 1 && reporter.all.count == 2 && reporter.all[0] == "abandoned")
    }

    @Test func `A key for which a deletion fails is named, and the others are deleted`() async throws {
        let service = FakeService { _ in
            FakeService.Answer(
                body: "<DeleteResult><Deleted><Key>a</Key></Deleted><Error><Key>b</Key><Code>AccessDenied</Code>"
                    + "<Message>No.</Message></Error></DeleteResult>")
        }
        let (store, reporter) = (try service.store(), Reporter())
        let runner = Runner(Runner.Settings(), reportingTo: reporter)
        var plan = ListedPlan([.delete(store, try ["a", "b"].map { try ObjectVersion($0) })])
        try await runner.run(&plan)
        #expect(reporter.all.count == 2 && reporter.all[0] == "done delete s3://books/a")
        #expect(reporter.all[1].hasPrefix("failed delete s3://books/b: AccessDenied"))
        #expect(runner.totals.deletedCount == 1 && runner.totals.failedCount == 1)
    }

    @Test(arguments: [
        ("upload", Folder.local(LocalFolder("/a")), false), ("download", .local(LocalFolder("/a")), true),
    ])
    func `A run has the name of its direction`(_ name: String, _ local: Folder, _ isTarget: Bool) throws {
        let remote = try FakeService().folder()
        let (source, target) = isTarget ? (remote, local) : (local, remote)
        #expect(TransferKind(from: source, to: target).rawValue == name)
        #expect(TransferKind(from: source, to: target, moves: true) == .move)
        #expect(TransferKind(from: remote, to: remote) == .copy)
    }
}
