import CofferClient
import CofferModel
import CofferTestSupport
import Foundation
import Testing

struct ErrorTests {
    @Test func `Errors say in Foundation's words what they say in their own`() throws {
        let wrongKey = #expect(throws: ConfigurationError.self) { try CustomerKey([1]) }
        let errors: [any Error & CustomStringConvertible] = [
            S3Error(.noSuchKey), TransportError(.timedOut, "nothing was heard"), try #require(wrongKey),
        ]
        for error in errors {
            #expect(!error.description.isEmpty && (error as any Error).localizedDescription == error.description)
        }
    }

    @Test func `A file that cannot be read says so in Foundation's words, too`() async throws {
        let service = try ScriptedService(ScriptedService.answer())
        let client = try service.client()
        let directory = try TemporaryDirectory()
        let error = await #expect(throws: FileError.self) {
            try await client.upload(file: directory.path("missing"), bucket: "bucket", key: "k")
        }
        #expect(error?.localizedDescription.contains("No such file or directory") == true)
    }
}
