import CofferModel
import Testing

@testable import CofferClient

struct LocalServiceTests {
    private static func service(seconds: Double = 10, attempts: Int = 1) -> LocalService {
        LocalService(name: "the service", seconds: seconds, attemptCount: attempts, pause: .zero)
    }

    @Test func `A service that is busy is asked again`() async throws {
        let scripted = try ScriptedService(ScriptedService.answer("503 Busy"), ScriptedService.answer(body: "yes"))
        let answer = try await Self.service(attempts: 3).send("GET", scripted.url + "/a", ["x-a": "1"])
        #expect(answer.status == 200 && answer.body == Array("yes".utf8))
        #expect(scripted.requests.count == 2 && scripted.requests[0].hasPrefix("GET /a HTTP/1.1\r\n"))
    }

    @Test func `A refusal is final`() async throws {
        let scripted = try ScriptedService(ScriptedService.answer("403 Forbidden"))
        #expect(try await Self.service(attempts: 3).send("GET", scripted.url, [:]).status == 403)
        #expect(scripted.requests.count == 1)
    }

    @Test func `A service that does not answer is given up soon`() async throws {
        let listener = try RawListener()
        let error = await #expect(throws: TransportError.self) {
            try await Self.service(seconds: 0.05).send("GET", "http://127.0.0.1:\(listener.port)/", [:])
        }
        #expect(error?.kind == .timedOut && error?.description.hasPrefix("the service cannot be reached") == true)
    }

    @Test(arguments: ["", "two words\n", "\u{1B}[2J"])
    func `A line of text is one word`(_ body: String) {
        #expect(throws: ConfigurationError.self) {
            try Self.service().line(of: LocalService.Answer(status: 200, body: Array(body.utf8)), otherwise: "")
        }
    }

    @Test(arguments: [
        (#"{"AccessKeyId": "AKIA", "SecretAccessKey": "s", "Token": "t", "Expiration": "2126-01-01T00:00:00Z"}"#, true),
        (#"{"AccessKeyId": "AKIA", "SecretAccessKey": "s"}"#, true),
        (#"{"AccessKeyId": "AKIA", "SecretAccessKey": "s", "Expiration": "soon"}"#, false),
        (#"{"Code": "Failed", "Message": "hunter2"}"#, false), ("hunter2", false), ("", false),
    ])
    func `Credentials are read from JSON`(_ document: String, _ isValid: Bool) {
        do {
            let found = try S3Credentials(document: Array(document.utf8), token: "Token", from: "it")
            #expect(isValid && found.accessKeyID == "AKIA" && found.secretAccessKey == "s")
        } catch {
            #expect(!isValid && !error.description.contains("hunter2"))
        }
    }
}
