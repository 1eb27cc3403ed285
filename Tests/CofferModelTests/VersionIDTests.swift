import CofferModel
import Testing

struct VersionIDTests {
    @Test(arguments: [0, 1, 255, 1 << 40, (1 << 40) + 7, .max] as [Int64])
    func `An id is read as it was written and tells its place in the order of writes`(sequence: Int64) throws {
        let id = VersionID(sequence: sequence)
        #expect(id.description.utf8.count == 32)
        #expect(try VersionID(id.description) == id)
        #expect(id.sequence == sequence && !id.isNull)
    }

    @Test func `Ids of the same place are not the same`() {
        #expect(Set((0..<100).map { _ in VersionID(sequence: 1) }).count == 100)
    }

    @Test func `null is an id that tells no place`() throws {
        #expect(try VersionID("null") == .null)
        #expect(VersionID.null.isNull && VersionID.null.sequence == nil)
    }

    @Test func `An id of another server is one that was never made here`() throws {
        let id = try VersionID("3HL4kqtJvjVBH40Nrjfkd.L4kqtJvjVB")
        #expect(id.sequence != nil && !id.hasValidCheck)
    }

    @Test(arguments: [0, 1, 1 << 40, .max] as [Int64])
    func `An id that was made is known by its check, and no other of its letters in its place`(
        sequence: Int64
    ) throws {
        let id = VersionID(sequence: sequence)
        #expect(id.hasValidCheck && VersionID.null.hasValidCheck)
        for index in id.description.indices {
            var text = id.description
            text.replaceSubrange(index...index, with: text[index] == "A" ? "B" : "A")
            #expect(try !VersionID(text).hasValidCheck)
        }
    }

    @Test(arguments: [
        "", "Null", "NULL", "null ", "undefined", String(repeating: "A", count: 31), String(repeating: "A", count: 33),
        String(repeating: "A", count: 31) + "-", String(repeating: "A", count: 31) + "=",
        String(repeating: "A", count: 31) + "\0", String(repeating: "é", count: 16), String(repeating: "é", count: 32),
    ])
    func `Other text is refused as InvalidArgument and named in the error`(text: String) {
        let error = #expect(throws: S3Error.self) { try VersionID(text) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.details.map(\.value) == ["versionId", text])
    }
}
