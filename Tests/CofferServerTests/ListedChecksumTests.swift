import CofferModel
import Testing

@testable import CofferS3

struct ListedChecksumTests {
    @Test func `Listings know every algorithm, by its header and with its name`() {
        let all = ListedChecksum.all.indices.map { ListedChecksum.all[$0] }
        let known = Set(all.map { "x-amz-checksum-\($0.name) \($0.element)" })
        let expected = ChecksumAlgorithm.allCases.map {
            "\($0.header) <ChecksumAlgorithm>\($0.rawValue)</ChecksumAlgorithm>"
        }
        #expect(known == Set(expected))
        #expect(ListedChecksum.all.count == expected.count)
    }
}
