import CofferModel
import CofferSigning
import Testing

/// Temporary credentials: wherever the token of a request stands, the secret is asked for with it.
struct SessionTokenTests {
    private let verifier = SignatureVerifier(
        now: { Example.time },
        session: { accessKeyID, token throws(S3Error) in
            guard accessKeyID == Example.credentials.accessKeyID, token == "to+ken/=" else {
                throw S3Error(.invalidToken)
            }
            return Example.credentials.secretAccessKey
        }, secret: { _ in nil })

    private func signedGet(token: String) -> SignableRequest {
        Example.signer.sign(
            Example.request("GET", "/test.txt", headers: [("x-amz-security-token", token)]),
            payloadHash: Example.emptyHash, at: Example.time)
    }

    @Test func `A token in the header is passed on with its key`() throws {
        let authentication = try verifier.verify(signedGet(token: "to+ken/="))
        #expect(authentication.sessionToken == "to+ken/=")
        #expect(authentication.accessKeyID == Example.credentials.accessKeyID)
        #expect(authentication.region == "us-east-1")
    }

    @Test func `Another token is refused, and so is none`() throws {
        #expect(code { try verifier.verify(signedGet(token: "other")) } == .invalidToken)
        #expect(code { try verifier.verify(Example.signedGet()) } == .invalidAccessKeyId)
    }

    @Test func `A token that was put in afterwards is not signed`() throws {
        let request = Example.signedGet().replacing("x-amz-security-token", with: "to+ken/=")
        #expect(code { try verifier.verify(request) } == .accessDenied)
    }

    @Test func `In a presigned URL of version 2 it is signed like the header that it stands for`() throws {
        let signer = V2Signer(credentials: Example.credentials)
        let header = Example.request("GET", "/test.txt", headers: [("x-amz-security-token", "to+ken/=")])
        var request = signer.presign(header, expires: Example.time).replacing("x-amz-security-token", with: nil)
        #expect(code { try verifier.verify(request) } == .invalidAccessKeyId)
        request.query += "&x-amz-security-token=to%2Bken%2F%3D"
        #expect(try verifier.verify(request).sessionToken == "to+ken/=")
    }

    @Test func `Without a signature it proves nothing`() throws {
        let request = Example.request("GET", "/test.txt", headers: [("x-amz-security-token", "to+ken/=")])
        #expect(code { try verifier.verify(request) } == .invalidToken)
    }

    private func code(_ body: () throws -> Authentication) -> S3Error.Code? {
        do {
            _ = try body()
            return nil
        } catch {
            return (error as? S3Error)?.code
        }
    }
}
