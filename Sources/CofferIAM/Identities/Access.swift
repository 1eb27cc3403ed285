package import CofferAccess
import CofferHTTP
import CofferModel
package import CofferService
package import CofferSigning

/// The caller, and the request details that policies evaluate.
package final class Access: Sendable {
    package let identity: Identity
    package let authentication: Authentication
    package let request: S3Request

    package init(identity: Identity, authentication: Authentication, request: S3Request) {
        self.identity = identity
        self.authentication = authentication
        self.request = request
    }

    package var principal: Principal { identity.principal }
    package var isAnonymous: Bool { principal == .anonymous }

    /// Returns the caller's policies together with a bucket's.
    ///
    /// - Parameter resource: the bucket's policy.
    package func policies(resource: Policy?) -> PolicySet { identity.policySet(resource: resource) }
}

/// The values of condition keys that follow from the caller, the time and the origin of the request.
///
/// Source: IAM User Guide, "AWS global condition context keys".
extension Access {
    /// - Returns: nil for a key that the request has no such value for.
    package func value(of name: ConditionKey.Name, tag: String?) -> String? {
        switch name {
        case .currentTime: request.time.iso8601
        case .epochTime: String(request.time.seconds)
        case .referer: request.headers["referer"]
        case .secureTransport: String(request.head.isSecure)
        case .tlsVersion: request.head.tlsVersion
        case .sourceIP: request.head.remoteAddress
        case .sourceIdentity: identity.sourceIdentity
        case .tokenIssueTime: identity.issued?.iso8601
        // There are no MFA devices, and long-term credentials do not have this key at all.
        case .multiFactorAuthPresent: identity.issued.map { _ in "false" }
        case .userAgent: request.headers["user-agent"]
        case .authType: authentication.method.authType
        case .signatureVersion: authentication.method.signatureVersion
        case .signatureAge: signatureAge
        case .contentSHA256: request.headers["x-amz-content-sha256"]
        default: principal.value(of: name, tag: tag)
        }
    }

    /// The milliseconds since the request was signed, which are known only for Signature Version 4.
    private var signatureAge: String? {
        let text: String?
        switch authentication.method {
        case .v4Header: text = request.headers["x-amz-date"] ?? request.headers["date"]
        case .v4Query: text = request.query["X-Amz-Date"]
        case .anonymous, .v2Header, .v2Query, .v4Post, .v2Post: text = nil
        }
        let signed = text.flatMap { Timestamp(parsing: $0) }
        return signed.map { String(max(0, request.time.milliseconds - $0.milliseconds)) }
    }
}
