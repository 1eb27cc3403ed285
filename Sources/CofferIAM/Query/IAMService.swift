package import CofferService
package import CofferSigning

/// The dependencies that requests to IAM and STS share, created once when the server starts.
package final class IAMService: Sendable {
    package let context: ServiceContext
    package let identities: Identities
    package let verifier: SignatureVerifier
    /// 16 MiB for the forms of IAM and STS, separate from S3's documents: their sender is known only when they are
    /// complete.
    let queries = DocumentBudget(byteLimit: 16 << 20)

    package init(_ context: ServiceContext, identities: Identities, verifier: SignatureVerifier) {
        self.context = context
        self.identities = identities
        self.verifier = verifier
    }
}
