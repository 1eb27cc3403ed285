import CofferModel
import CofferSigning
import Synchronization
import Testing

/// Credentials that verified a signature before are read from a cache: it never outlives what they prove.
struct KnownCredentialsTests {
    /// The access keys that exist, whose secrets may change.
    private final class Keys: Sendable {
        private let secrets = Mutex([Example.credentials.accessKeyID: Example.credentials.secretAccessKey])

        subscript(id: String) -> String? {
            get { secrets.withLock { $0[id] } }
            set { secrets.withLock { $0[id] = newValue } }
        }

        var verifier: SignatureVerifier {
            SignatureVerifier(now: { Example.time }, secret: { self[$0] })
        }
    }

    private static let get = Example.signedGet()

    private static func code(_ verifier: SignatureVerifier, _ request: SignableRequest) -> S3Error.Code? {
        do throws(S3Error) {
            _ = try verifier.verify(request)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func `A key whose secret changes verifies only what is signed with the new one`() {
        let keys = Keys()
        let verifier = keys.verifier
        let id = Example.credentials.accessKeyID
        let other = V4Signer(credentials: Credentials(accessKeyID: id, secretAccessKey: "other"), region: "us-east-1")
            .sign(Example.request("GET", "/test.txt"), payloadHash: Example.emptyHash, at: Example.time)
        for _ in 0..<2 {
            #expect(Self.code(verifier, Self.get) == nil)
            #expect(Self.code(verifier, other) == .signatureDoesNotMatch)
        }
        keys[id] = "other"
        for _ in 0..<2 {
            #expect(Self.code(verifier, Self.get) == .signatureDoesNotMatch)
            #expect(Self.code(verifier, other) == nil)
        }
        keys[id] = Example.credentials.secretAccessKey
        #expect(Self.code(verifier, Self.get) == nil)
    }

    @Test func `A key that is removed verifies nothing`() {
        let keys = Keys()
        let verifier = keys.verifier
        #expect(Self.code(verifier, Self.get) == nil)
        keys[Example.credentials.accessKeyID] = nil
        #expect(Self.code(verifier, Self.get) == .invalidAccessKeyId)
    }

    @Test func `Digits in upper case are the same signature`() {
        let verifier = Keys().verifier
        let upper = Self.get.replacing("authorization", Self.get.signature, with: Self.get.signature.uppercased())
        for _ in 0..<2 { #expect(Self.code(verifier, upper) == nil) }
    }

    @Test(arguments: ["g", "é", ",", " "])
    func `A signature of known credentials that is no number is refused as an unknown one is`(end: String) {
        let signature = Self.get.signature
        let other = signature.dropLast(end.utf8.count) + end
        let spoilt = Self.get.replacing("authorization", signature, with: String(other))
        let expected = Self.code(Keys().verifier, spoilt)
        let verifier = Keys().verifier
        #expect(Self.code(verifier, Self.get) == nil)
        #expect(expected == .signatureDoesNotMatch && Self.code(verifier, spoilt) == expected)
    }
}
