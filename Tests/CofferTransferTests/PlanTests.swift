import CofferClient
import CofferModel
import CofferTransfer
import Testing

struct PlanTests {
    private static func described<Steps: Plan>(_ plan: Steps) async throws -> [String] {
        var plan = plan
        var found: [String] = []
        while let action = try await plan.next() { found.append(described(action)) }
        return found
    }

    private static func described(_ action: Action) -> String {
        switch action {
        case .transfer(let transfer): "copy \(name(transfer.source)) to \(name(transfer.target))"
        case .update(let transfer, _, _): "update \(name(transfer.source)) to \(name(transfer.target))"
        case .delete(_, let objects): "delete \(objects.map(\.key.description).joined(separator: " "))"
        case .unlink(let path): "unlink \(path.split(separator: "/").last ?? "")"
        case .skip(let name, let reason): "skip \(name): \(reason)"
        case .cannot(let name, _): "cannot \(name)"
        }
    }

    /// The URL of an object, or the last part of a path.
    private static func name(_ place: Place) -> String {
        if case .file(let path) = place { String(path.split(separator: "/").last ?? "") } else { place.description }
    }

    private static func remote(_ keys: String...) throws -> Folder {
        try FakeService { _ in .listing(keys.map { FakeService.Object($0) }) }.folder("p/")
    }

    // MARK: Copies

    @Test func `All files of a directory go below the prefix`() async throws {
        let tree = try FileTree(["a.csv": "1", "raw/b": "2", "c.tmp": "3"])
        try tree.link("out", to: "/")
        let plan = CopyPlan(tree.folder, try Self.remote(), EntrySelection(NameFilter([.exclude("*.tmp")])))
        #expect(
            try await Self.described(plan) == [
                "copy a.csv to s3://books/p/a.csv", "skip out: a symbolic link that leads out of the directory",
                "copy b to s3://books/p/raw/b",
            ])
    }

    @Test func `Keys that no file can have as a name are failures`() async throws {
        let tree = try FileTree()
        let plan = CopyPlan(try Self.remote("p/../up", "p//x", "p/good"), tree.folder)
        #expect(
            try await Self.described(plan)
                == ["cannot s3://books/p/../up", "cannot s3://books/p//x", "copy s3://books/p/good to good"])
        let long = try FakeService().folder(String(repeating: "p", count: 1020) + "/")
        try tree.write("1", to: "name")
        #expect(try await Self.described(CopyPlan(tree.folder, long)) == ["cannot \(tree.path("name"))"])
    }

    // MARK: Syncs

    @Test func `A sync transfers what is new, compares what is there, and deletes nothing`() async throws {
        let tree = try FileTree(["a": "1", "b": "2", "d/e": "3"])
        let plan = SyncPlan(tree.folder, try Self.remote("p/a", "p/c", "p/d/e"))
        #expect(
            try await Self.described(plan) == [
                "update a to s3://books/p/a", "copy b to s3://books/p/b", "update e to s3://books/p/d/e",
            ])
    }

    @Test func `With deletion, what the source does not have is deleted at the end`() async throws {
        let tree = try FileTree(["b": "1"])
        let selection = EntrySelection(NameFilter([.exclude("*.log")]))
        let plan = SyncPlan(tree.folder, try Self.remote("p/a", "p/b", "p/c.log", "p/d"), selection, deletes: true)
        #expect(try await Self.described(plan) == ["update b to s3://books/p/b", "delete p/a p/d"])
        try tree.write("1", to: "x")
        let back = SyncPlan(try Self.remote("p/b"), tree.folder, deletes: true)
        #expect(try await Self.described(back) == ["update s3://books/p/b to b", "unlink x"])
    }

    @Test func `Objects are deleted a thousand at a time`() async throws {
        let keys = (0..<2001).map { FakeService.Object("p/\(10_000 + $0)") }
        let target = try FakeService { _ in .listing(keys) }.folder("p/")
        let tree = try FileTree(["z": "1"])
        var plan = SyncPlan(tree.folder, target, deletes: true)
        var counts: [Int] = []
        while let action = try await plan.next() {
            if case .delete(_, let objects) = action { counts.append(objects.count) }
        }
        #expect(counts == [1000, 1000, 1])
    }

    @Test func `An empty source deletes nothing unless that is allowed`() async throws {
        let tree = try FileTree()
        let (empty, target) = (tree.folder, try Self.remote("p/a"))
        let error = await #expect(throws: TransferError.self) {
            try await Self.described(SyncPlan(empty, target, deletes: true))
        }
        #expect(error?.description == "the source is empty, so that everything in s3://books/p/ would be deleted")
        #expect(try await Self.described(SyncPlan(empty, target)).isEmpty)
        #expect(try await Self.described(SyncPlan(empty, target, deletes: true, mayDeleteAll: true)) == ["delete p/a"])
        #expect(try await Self.described(SyncPlan(empty, try Self.remote(), deletes: true)).isEmpty)
    }

    @Test func `What the source cannot transfer is not deleted, nor what is below it`() async throws {
        let tree = try FileTree(["z": "1"])
        try tree.link("linked", to: "/")
        let target = try Self.remote("p/linked", "p/linked-not", "p/linked/x/y", "p/linked0")
        #expect(
            try await Self.described(SyncPlan(tree.folder, target, deletes: true)) == [
                "skip linked: a symbolic link that leads out of the directory", "copy z to s3://books/p/z",
                "delete p/linked-not p/linked0",
            ])
    }

    @Test func `A target that does not exist yet has nothing to compare with`() async throws {
        let tree = try FileTree()
        let target = Folder.local(LocalFolder(tree.path("new")))
        #expect(
            try await Self.described(SyncPlan(try Self.remote("p/a"), target, deletes: true)) == [
                "copy s3://books/p/a to a"
            ])
    }

    @Test func `Links of the target are not followed`() async throws {
        let tree = try FileTree(["real/a": "1"])
        try tree.link("linked", to: "real")
        let plan = SyncPlan(try Self.remote("p/linked", "p/real/a"), tree.folder, deletes: true)
        #expect(
            try await Self.described(plan) == [
                "copy s3://books/p/linked to linked", "update s3://books/p/real/a to a",
            ])
    }

    // MARK: Removals

    @Test func `A removal takes the objects below a prefix that the filter admits`() async throws {
        let store = try FakeService { _ in .listing("p/a", "p/b.tmp", "p/c") }.store()
        var plan = RemovalPlan(store, objectsWithPrefix: "p/", NameFilter([.exclude("*.tmp")]))
        #expect(plan.isEmpty)
        let action = try #require(try await plan.next())
        #expect(Self.described(action) == "delete p/a p/c" && !plan.isEmpty)
        #expect(try await plan.next() == nil)
    }
}
