import CofferModel
import Testing

struct EncryptionConfigurationTests {
    private static func rule(_ encryption: String, _ rest: String = "") -> String {
        "<Rule><ApplyServerSideEncryptionByDefault>\(encryption)</ApplyServerSideEncryptionByDefault>\(rest)</Rule>"
    }

    private static let plain = rule("<SSEAlgorithm>AES256</SSEAlgorithm>")
    private static let keyed = "<SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>arn:k</KMSMasterKeyID>"

    @Test(
        arguments: [
            (plain, "AES256", nil, false), (rule("<SSEAlgorithm>aws:kms</SSEAlgorithm>"), "aws:kms", nil, false),
            (rule(keyed), "aws:kms", "arn:k", false),
            (rule(keyed, "<BucketKeyEnabled>true</BucketKeyEnabled>"), "aws:kms", "arn:k", true),
            (rule(keyed, "<BucketKeyEnabled>false</BucketKeyEnabled>"), "aws:kms", "arn:k", false),
            (rule("<SSEAlgorithm>aws:kms:dsse</SSEAlgorithm>"), "aws:kms:dsse", nil, false),
        ] as [(String, String, String?, Bool)])
    func `A configuration is read, and survives being written`(
        rules: String, algorithm: String, keyID: String?, usesBucketKey: Bool
    ) throws {
        let configuration = try Self.configuration(rules)
        let expected = EncryptionConfiguration(algorithm: algorithm, keyID: keyID, usesBucketKey: usesBucketKey)
        #expect(configuration == expected)
        #expect(try EncryptionConfiguration(document: configuration.document) == configuration)
    }

    @Test(
        arguments: [
            ("", .malformedXML), ("<Rule/>", .malformedXML), (plain + plain, .malformedXML), (rule(""), .malformedXML),
            (rule("<SSEAlgorithm></SSEAlgorithm>"), .malformedXML),
            (rule("<SSEAlgorithm>aes256</SSEAlgorithm>"), .malformedXML),
            (rule("<SSEAlgorithm>AES128</SSEAlgorithm>"), .malformedXML),
            (rule("<KMSMasterKeyID>k</KMSMasterKeyID>"), .malformedXML),
            (rule("<SSEAlgorithm>AES256</SSEAlgorithm><KMSMasterKeyID>k</KMSMasterKeyID>"), .invalidArgument),
        ] as [(String, S3Error.Code)])
    func `Another configuration is refused`(rules: String, code: S3Error.Code) {
        let error = #expect(throws: S3Error.self) { try Self.configuration(rules) }
        #expect(error?.code == code)
    }

    @Test(
        arguments: [
            ("NONE", "AES256", ["NONE"]), ("SSE-C", "AES256", ["SSE-C"]), ("", nil, []),
            ("NONE SSE-C", nil, []), ("SSE-S3", nil, []),
        ] as [(String, String?, [String])])
    func `A rule may do no more than to block what customers encrypt`(
        types: String, algorithm: String?, blocked: [String]
    ) throws {
        let elements = types.split(separator: " ").map { "<EncryptionType>\($0)</EncryptionType>" }.joined()
        let rules = "<Rule><BlockedEncryptionTypes>\(elements)</BlockedEncryptionTypes></Rule>"
        guard let algorithm else {
            if types.isEmpty { return #expect(try Self.configuration(rules).blockedTypes.isEmpty) }
            let error = #expect(throws: S3Error.self) { try Self.configuration(rules) }
            #expect(error?.code == .malformedXML)
            return
        }
        let configuration = try Self.configuration(rules)
        #expect(configuration.algorithm == algorithm && configuration.blockedTypes == blocked)
        #expect(configuration.blocksCustomerKeys == (blocked == ["SSE-C"]))
        #expect(try EncryptionConfiguration(document: configuration.document) == configuration)
    }

    @Test func `Another document is refused`() {
        let error = #expect(throws: S3Error.self) { try EncryptionConfiguration(document: Array("<Delete/>".utf8)) }
        #expect(error?.code == .malformedXML)
    }

    private static func configuration(_ rules: String) throws -> EncryptionConfiguration {
        let document = "<ServerSideEncryptionConfiguration>\(rules)</ServerSideEncryptionConfiguration>"
        return try EncryptionConfiguration(document: Array(document.utf8))
    }
}
