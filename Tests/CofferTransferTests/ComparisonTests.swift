import CofferClient
import CofferModel
import CofferTransfer
import Testing

struct ComparisonTests {
    private static let md5OfA = "0cc175b9c0f1b6a831c399e269772661"
    private static let otherMD5 = "92eb5ffee6ae2fec3ad71c777531578f"
    private static let inParts = "0cc175b9c0f1b6a831c399e269772661-2"
    /// The CRC32 of "a", as the header of an object has it.
    private static let crcOfA = "6Le+Qw=="

    private static func content(
        _ place: Place, _ tag: String? = nil, byteCount: Int64 = 1, time: Int64 = 0
    ) -> FolderEntry.Content {
        FolderEntry.Content(
            place, byteCount: byteCount, modified: Timestamp(milliseconds: time), eTag: tag.map { ETag($0) })
    }

    // MARK: Without requests

    @Test(arguments: [Comparison.content, .size, .checksum])
    func `What differs in size is different`(_ comparison: Comparison) async throws {
        let place = try FakeService().object()
        let (source, target) = (Self.content(place, Self.md5OfA), Self.content(place, Self.md5OfA, byteCount: 2))
        #expect(try await !comparison.isSame(source, target))
    }

    @Test func `By size, what has the same size is the same`() async throws {
        let place = try FakeService().object()
        let source = Self.content(place, Self.md5OfA, time: 2)
        #expect(try await Comparison.size.isSame(source, Self.content(place, Self.otherMD5, time: 1)))
    }

    @Test(arguments: [
        (Self.md5OfA, Self.md5OfA, 2, true), (Self.md5OfA, Self.otherMD5, 0, false),
        (Self.inParts, Self.inParts, 2, true),
        // Only the times can tell whether an object in parts is the same.
        (Self.inParts, Self.md5OfA, 0, true), (Self.inParts, Self.md5OfA, 1, true),
        (Self.inParts, Self.md5OfA, 2, false),
    ])
    func `Objects are compared by ETag and, where these do not tell, by time`(
        _ tag: String, _ other: String, _ time: Int64, _ isSame: Bool
    ) async throws {
        let service = FakeService()
        let place = try service.object()
        let (source, target) = (Self.content(place, tag, time: time), Self.content(place, other, time: 1))
        #expect(try await Comparison.content.isSame(source, target) == isSame)
        #expect(service.methods.isEmpty)
    }

    @Test(arguments: [("a", true), ("b", false)])
    func `A file is compared by the MD5 of an object in one piece`(_ text: String, _ isSame: Bool) async throws {
        let (service, tree) = (FakeService(), try FileTree(["f": text]))
        let file = Self.content(.file(tree.path("f")), time: isSame ? 9 : 0)
        let object = Self.content(try service.object(), Self.md5OfA, time: 1)
        #expect(try await Comparison.content.isSame(file, object) == isSame)
        #expect(try await Comparison.content.isSame(object, file) == isSame)
        #expect(service.methods.isEmpty)
    }

    // MARK: By the checksums that objects were stored with

    private static func service(_ checksum: String?) -> FakeService {
        FakeService { request in
            guard request.method == "HEAD" else { return .error(501, "NotImplemented") }
            var headers: HeaderFields = [
                "content-length": "1", "etag": "\"\(inParts)\"", "x-amz-checksum-type": "FULL_OBJECT",
            ]
            headers["x-amz-checksum-crc32"] = checksum
            return FakeService.Answer(headers: headers)
        }
    }

    @Test(arguments: [("a", true), ("b", false)])
    func `A file is compared by the checksum of an object in parts`(_ text: String, _ isSame: Bool) async throws {
        let (service, tree) = (Self.service(Self.crcOfA), try FileTree(["f": text]))
        let file = Self.content(.file(tree.path("f")), time: isSame ? 9 : 0)
        let object = Self.content(try service.object(), Self.inParts, time: 1)
        for comparison in [Comparison.content, .checksum] {
            #expect(try await comparison.isSame(file, object) == isSame)
        }
    }

    @Test func `Without a checksum the time decides, or nothing is taken for the same`() async throws {
        let (service, tree) = (Self.service(nil), try FileTree(["f": "a"]))
        let file = Self.content(.file(tree.path("f")), time: 1)
        let object = Self.content(try service.object(), Self.inParts, time: 2)
        #expect(try await Comparison.content.isSame(file, object))
        #expect(try await !Comparison.content.isSame(object, file))
        #expect(try await !Comparison.checksum.isSame(file, object))
    }

    @Test func `Objects are compared by their checksums if that is asked for`() async throws {
        let source = Self.content(try Self.service(Self.crcOfA).object(), Self.inParts)
        for (checksum, isSame) in [(Self.crcOfA, true), ("AAAAAA==", false), (nil, false)] {
            let target = Self.content(try Self.service(checksum).object(), Self.md5OfA)
            #expect(try await Comparison.checksum.isSame(source, target) == isSame)
        }
    }
}
