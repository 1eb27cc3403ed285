import CofferCrypto

/// The credential scope of Signature Version 4: `20261123/us-east-1/s3/aws4_request`.
package struct CredentialScope: Hashable, Sendable, CustomStringConvertible {
    package let day: String
    package let region: String
    package let service: String
    package let description: String

    package init(day: String, region: String, service: String = "s3") {
        self.day = day
        self.region = region
        self.service = service
        description = [day, region, service, "aws4_request"].joined(separator: "/")
    }

    /// Derives the signing key for this scope.
    func signingKey(secret: String) -> HMACKey {
        let dayKey = HMAC.sha256(key: Array("AWS4\(secret)".utf8), Array(day.utf8))
        let regionKey = HMAC.sha256(key: dayKey, Array(region.utf8))
        let serviceKey = HMAC.sha256(key: regionKey, Array(service.utf8))
        return HMACKey(HMAC.sha256(key: serviceKey, Array("aws4_request".utf8)))
    }
}
