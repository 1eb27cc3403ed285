import CofferClient
import CofferModel
import CofferTransfer
import Testing

struct FolderEntriesTests {
    private static func entries(
        _ answer: FakeService.Answer, filter: NameFilter = NameFilter(), skipsMarkers: Bool = true
    ) throws -> FolderEntries {
        FolderEntries(try FakeService { _ in answer }.folder("p/"), EntrySelection(filter), skipsMarkers: skipsMarkers)
    }

    @Test func `Names are relative to the prefix`() async throws {
        var entries = try Self.entries(.listing("p/a", "p/b/c", "p/b0"))
        let first = try #require(try await entries.next())
        guard case .file(let content) = first.kind else {
            Issue.record("\(first.kind)")
            return
        }
        #expect(content.byteCount == 1 && content.place.description == "s3://books/p/a")
        #expect(content.eTag?.value == "e-1" && content.modified.iso8601 == "2026-01-01T00:00:00.000Z")
        #expect(try await entries.described() == ["b/c", "b0"])
    }

    @Test func `Objects that mark a folder are skipped where files are made of them`() async throws {
        let answer = FakeService.Answer.listing([
            FakeService.Object("p/", byteCount: 0), FakeService.Object("p/a"), FakeService.Object("p/b/", byteCount: 0),
            FakeService.Object("p/c/"),
        ])
        var entries = try Self.entries(answer)
        #expect(try await entries.described() == ["a", "c/"])
        entries = try Self.entries(answer, skipsMarkers: false)
        #expect(try await entries.described() == ["", "a", "b/", "c/"])
    }

    @Test func `A folder is not empty if all of its entries are left out`() async throws {
        var entries = try Self.entries(.listing("p/a"), filter: NameFilter([.exclude("*")]))
        #expect(try await entries.described().isEmpty && !entries.isEmpty)
        entries = try Self.entries(.listing())
        #expect(try await entries.described().isEmpty && entries.isEmpty)
    }

    @Test(arguments: [["p/b", "p/a"], ["p/a", "p/a"], ["p/a/b", "p/a-"]])
    func `A listing in another order than that of the keys is an error`(_ keys: [String]) async throws {
        var entries = try Self.entries(.listing(keys.map { FakeService.Object($0) }))
        _ = try await entries.next()
        let error = await #expect(throws: TransferError.self) { try await entries.described() }
        #expect(error?.description == "s3://books/ does not list its objects in the order of their keys")
    }

    @Test func `A bucket that does not exist is named`() async throws {
        var entries = try Self.entries(.error(404, "NoSuchBucket"))
        let error = await #expect(throws: StoreError.self) { try await entries.described() }
        #expect(error?.problem == .noSuchBucket)
        #expect(error?.description == "s3://books: there is no such bucket (404 NoSuchBucket)")
    }

    @Test func `A folder in a bucket exists only through its objects`() async throws {
        let service = FakeService { $0.method == "HEAD" ? .error(404, "NoSuchKey") : .listing() }
        #expect(try await service.folder("p/").absence() == "there is nothing in s3://books/p/")
        #expect(try await service.folder().absence() == nil)
        let object = FakeService { _ in FakeService.Answer() }
        #expect(try await object.folder("p/").absence() == "s3://books/p is an object, not a folder")
        let tree = try FileTree()
        #expect(try await tree.folder.absence() == nil)
    }
}
