import CofferModel
import CofferSigning
import Testing

/// When a signature is valid: 15 minutes around a request's time, and a presigned URL's life.
struct SignatureTimeTests {
    private static let v2 = V2Signer(credentials: Example.credentials).sign(
        Example.request("GET", "/a", headers: [("date", "Fri, 24 May 2013 00:00:00 GMT")]))

    @Test(arguments: [Example.signedGet(), v2], [(0, true), (900, true), (-900, true), (901, false), (-901, false)])
    func `A signed request is valid for 15 minutes before and after its time`(
        request: SignableRequest, clock: (seconds: Int64, isValid: Bool)
    ) {
        let verifier = Example.verifier(at: Self.time(clock.seconds))
        guard !clock.isValid else {
            #expect(throws: Never.self) { try verifier.verify(request) }
            return
        }
        let error = #expect(throws: S3Error.self) { try verifier.verify(request) }
        #expect(error?.code == .requestTimeTooSkewed)
        #expect(error?.details.map(\.name) == ["RequestTime", "ServerTime", "MaxAllowedSkewMilliseconds"])
        #expect(error?.details.last?.value == "900000")
    }

    @Test func `A wrong signature is not told that its time is wrong as well`() {
        let request = Example.signedGet().replacing("range", with: "bytes=1-2")
        let error = #expect(throws: S3Error.self) { try Example.verifier(at: Self.time(9999)).verify(request) }
        #expect(error?.code == .signatureDoesNotMatch)
    }

    @Test(
        arguments: [
            (60, -900, true), (60, 0, true), (60, 60, true), (60, 61, false), (60, -901, false), (1, 1, true),
            (1, 2, false),
            (604_800, 604_800, true), (604_800, 604_801, false),
        ] as [(Int, Int64, Bool)])
    func `A URL presigned by version 4 is valid for its life`(life: Int, clock: Int64, isValid: Bool) {
        let request = Example.signer.presign(Example.request("GET", "/a"), seconds: life, at: Example.time)
        Self.expect(isValid, request, at: clock)
    }

    @Test(arguments: [0, -1, 604_801, 1_000_000_000])
    func `A life that is not 1 second to 7 days is refused`(life: Int) {
        let request = Example.signer.presign(Example.request("GET", "/a"), seconds: life, at: Example.time)
        let error = #expect(throws: S3Error.self) { try Example.verifier().verify(request) }
        #expect(error?.code == .authorizationQueryParametersError)
    }

    @Test(arguments: ["", "x", "1.5", "99999999999999999999", " 60"])
    func `A life that is no number is refused`(life: String) {
        var request = Example.signer.presign(Example.request("GET", "/a"), seconds: 60, at: Example.time)
        request.query = request.query.replacing("Expires=60", with: "Expires=\(PercentEncoding.encode(life.utf8))")
        let error = #expect(throws: S3Error.self) { try Example.verifier().verify(request) }
        #expect(error?.code == .authorizationQueryParametersError)
    }

    @Test(arguments: [(-1_000_000, true), (0, true), (1, false)] as [(Int64, Bool)])
    func `A URL presigned by version 2 is valid until its moment`(clock: Int64, isValid: Bool) {
        let signer = V2Signer(credentials: Example.credentials)
        Self.expect(isValid, signer.presign(Example.request("GET", "/a"), expires: Example.time), at: clock)
    }

    private static func time(_ offset: Int64) -> Timestamp {
        Timestamp(seconds: Example.time.seconds + offset)
    }

    private static func expect(_ isValid: Bool, _ request: SignableRequest, at clock: Int64) {
        let verifier = Example.verifier(at: time(clock))
        guard !isValid else {
            #expect(throws: Never.self) { try verifier.verify(request) }
            return
        }
        let error = #expect(throws: S3Error.self) { try verifier.verify(request) }
        #expect(error?.code == .accessDenied)
    }
}
