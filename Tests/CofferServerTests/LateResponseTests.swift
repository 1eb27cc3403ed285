import CofferHTTP
import CofferModel
import CofferTestSupport
import Foundation
import Testing

@testable import CofferS3
@testable import CofferServer
@testable import CofferService

/// Operations that take so long that their answer begins before they are done.
struct LateResponseTests {
    @Test func `A late response is one document with the headers that every response has`() async throws {
        let isNeverInTime = { (configuration: inout ServerConfiguration) in configuration.keepAliveSeconds = 0 }
        try await ServerFixture.with(isNeverInTime) { fixture in
            try await fixture.makeBucket("bucket", "source")
            var lateCount = 0
            // Nothing holds a copy up, so the first answers may well be in time.
            for _ in 0..<500 where lateCount < 3 {
                let copy = try await fixture.send(
                    "PUT", "/bucket/copy", headers: [("x-amz-copy-source", "bucket/source")])
                #expect(copy.status == 200 && copy["content-type"] == "application/xml")
                #expect(copy["x-amz-request-id"] != nil && copy["server"] == "Coffer")
                #expect(try XMLElement.parse(copy.body, root: "CopyObjectResult")["ETag"] != nil)
                if copy["transfer-encoding"] != nil { lateCount += 1 }
            }
            #expect(lateCount == 3)
        }
    }

    @Test func `A late error is sent with status 200 and one XML declaration`() throws {
        let answer = KeepAliveBody.xml(after: 1, headers: [])
        let error = HTTPResponse(S3Error(S3Error.Code.noSuchKey), id: RequestID(), isHead: false)
        let text = String(decoding: answer.prefix + [32, 32] + answer.rest(error), as: UTF8.self)
        #expect(text.hasPrefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n  <Error><Code>NoSuchKey</Code>"))
        #expect(text.components(separatedBy: "<?xml").count == 2)
        #expect(try XMLElement.parse(Array(text.utf8), root: "Error")["Code"]?.text == "NoSuchKey")
    }

    @Test func `An error that is ready in time keeps its status`() async throws {
        try await ServerFixture.with { fixture in
            try await fixture.makeBucket("bucket")
            let copy = try await fixture.send(
                "PUT", "/bucket/copy", headers: [("x-amz-copy-source", "bucket/missing")])
            #expect(copy.status == 404 && copy.errorCode == "NoSuchKey" && copy["content-length"] != nil)
        }
    }
}
