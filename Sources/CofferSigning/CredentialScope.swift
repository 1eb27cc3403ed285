import CofferCrypto

/// The credential scope of Signature Version 4: `20261123/us-east-1/s3/aws4_request`.
///
/// A class, because each step of the verification passes it on: a copy of its fields would count references to each.
package final class CredentialScope: Hashable, Sendable, CustomStringConvertible {
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

    package static func == (one: CredentialScope, other: CredentialScope) -> Bool {
        one === other || one.description == other.description
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(description) }

    /// Derives the signing key for this scope.
    func signingKey(secret: String) -> HMACKey {
        let dayKey = HMAC.sha256(key: Array("AWS4\(secret)".utf8), Array(day.utf8))
        let regionKey = HMAC.sha256(key: dayKey, Array(region.utf8))
        let serviceKey = HMAC.sha256(key: regionKey, Array(service.utf8))
        return HMACKey(HMAC.sha256(key: serviceKey, Array("aws4_request".utf8)))
    }
}
