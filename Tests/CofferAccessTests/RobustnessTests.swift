import CofferAccess
import CofferModel
import CofferTestSupport
import Testing

/// Documents that nobody means well with.
struct RobustnessTests {
    private static let good = """
        {"Version":"2012-10-17","Id":"x","Statement":[{"Sid":"1","Effect":"Allow","Principal":{"AWS":["*","111122223333"]},\
        "Action":["s3:Get*","s3:PutObject"],"Resource":"arn:aws:s3:::books/${aws:username, 'x'}/*","Condition":\
        {"ForAnyValue:StringLikeIfExists":{"aws:Referer":["a*","\\u0062"]},"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}]}
        """

    /// Every reader takes or refuses it; whatever is taken decides.
    private static func read(_ document: [UInt8]) throws {
        let bucket = try BucketName("books")
        check { try Policy(document: document, bucket: bucket) }
        check { try Policy(identityDocument: document) }
        check { try Policy(trustDocument: document) }
    }

    private static func check(_ read: () throws -> Policy) {
        do {
            let policy = try read()
            _ = policy.isPublic
            _ = Fixture.decide(values: ["aws:referer": ["a", "b"]], PolicySet(identity: [policy], resource: policy))
        } catch {
            #expect((error as? S3Error)?.code.status == 400)
        }
    }

    @Test func `A good document is read, so that its mutants mean something`() throws {
        #expect(throws: Never.self) { try Fixture.parse(Self.good) }
    }

    @Test func `A document that ends anywhere is refused`() throws {
        let bytes = Array(Self.good.utf8)
        for count in 0..<bytes.count {
            let error = #expect(throws: S3Error.self) {
                try Policy(document: Array(bytes[..<count]), bucket: BucketName("books"))
            }
            #expect(error?.code == .malformedPolicy)
        }
    }

    @Test func `A document with any byte replaced is taken or refused`() throws {
        var random = SeededGenerator(seed: 20_261_124)
        let bytes = Array(Self.good.utf8)
        let interesting = Array("{}[]\",:\\*?$'0 \u{7f}".utf8) + [0, 0x80, 0xC3, 0xFF]
        for _ in 0..<1500 {
            var mutant = bytes
            for _ in 0...random.next() % 3 {
                let position = Int(random.next() % UInt64(mutant.count))
                switch random.next() % 3 {
                case 0: mutant[position] = interesting[Int(random.next() % UInt64(interesting.count))]
                case 1: mutant.remove(at: position)
                default: mutant.insert(contentsOf: mutant[max(0, position - 8)..<position], at: position)
                }
            }
            try Self.read(mutant)
        }
    }

    @Test(arguments: [
        String(repeating: "{\"a\":", count: 4000), String(repeating: "[", count: 20_000),
        "{\"Statement\":" + String(repeating: "[", count: 300) + String(repeating: "]", count: 300) + "}",
        "{\"Statement\":[" + String(repeating: "{},", count: 5000) + "{}]}",
        "{\"Id\":\"" + String(repeating: "\\u0000", count: 3000) + "\",\"Statement\":[{}]}",
        "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\""
            + String(repeating: "${", count: 8000) + "\"}]}",
        "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"" + String(repeating: "*", count: 18_000)
            + "\",\"Resource\":\"*\"}]}",
        "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[" + String(repeating: "\"s3:*\",", count: 2500)
            + "\"s3:*\"],\"Resource\":\"*\"}]}",
        "{\"Version\":1e999,\"Statement\":[{}]}", "{\"Statement\":{\"Effect\":{\"Allow\":\"Allow\"}}}",
    ])
    func `Deep, wide and strange documents take no time`(document: String) throws {
        let time = try processorTime { try Self.read(Array(document.utf8)) }
        #expect(time < .seconds(5))
    }

    /// The most that a policy of 20 KiB can make one decision cost.
    @Test func `The worst patterns of a whole policy decide quickly`() throws {
        let pattern = String(repeating: "a*", count: 400) + "b"
        let resources = (0..<20).map { _ in "\"arn:aws:s3:::books/\(pattern)\"" }.joined(separator: ",")
        let policy = try Fixture.policy(
            "\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"s3:GetObject\", \"Resource\": [\(resources)]")
        let time = processorTime {
            #expect(
                !Fixture.decide(resource: "arn:aws:s3:::books/" + String(repeating: "a", count: 1024), under: policy)
                    .isAllowed)
        }
        #expect(time < .seconds(5))
    }
}
