import CofferAccess
import CofferModel
import CofferServer
import CofferSystem

/// The policies in files that `coffer explain` evaluates.
struct PolicyFiles {
    private let options: Options

    /// - Returns: nil if no file is named.
    init?(_ options: Options) throws {
        guard ["policy", "identity-policy", "boundary", "session-policy"].contains(where: options.isOnCommandLine)
        else {
            return nil
        }
        self.options = options
    }

    func explain(_ question: AccessQuestion) throws -> Explanation {
        let owner = options["bucket-owner"]
        let principal = try principal(question.principal, owner: owner)
        let request = AccessRequest(
            principal: principal, action: question.action, resource: question.resource,
            resourceAccount: owner ?? principal.account?.id ?? Self.unknownAccount,
            value: values(question, principal))
        let policies = try policies(resource: question.resource)
        do throws(S3Error) {
            return Explanation(request, try CofferAccess.explain(request, policies))
        } catch {
            throw ServerError("the request cannot be evaluated: \(error.message)")
        }
    }

    private static let unknownAccount = "000000000000"

    private func principal(_ text: String, owner: String?) throws -> Principal {
        switch text {
        case "anonymous": return .anonymous
        case "root": return .root(Account(id: owner ?? Self.unknownAccount))
        default:
            guard let principal = Principal(arn: text, account: { Account(id: $0) }) else {
                throw options.usage("--principal \(text): give the ARN of a user, a session or an account's root")
            }
            return principal
        }
    }

    /// Returns the given values of condition keys, or those that follow from the principal and the current time.
    private func values(_ question: AccessQuestion, _ principal: Principal) -> AccessRequest.Values {
        let now = ServiceClock.system.time
        return { key throws(S3Error) in
            if let values = question.values[key.text] { return values }
            switch key.name {
            case .currentTime: return [now.iso8601]
            case .epochTime: return [String(now.seconds)]
            case let name?: return principal.value(of: name, tag: key.tag).map { [$0] }
            case nil: return nil
            }
        }
    }

    private func policies(resource: String) throws -> PolicySet {
        var policies = PolicySet(identity: try options.all("identity-policy").map(identityPolicy))
        policies.boundary = try options["boundary"].map(identityPolicy)
        let session = try options.all("session-policy").map(identityPolicy)
        policies.session = session.isEmpty ? nil : session
        policies.resource = try options["policy"].map { path in try bucketPolicy(path, resource: resource) }
        return policies
    }

    private func bucketPolicy(_ path: String, resource: String) throws -> Policy {
        let name = resource.dropFirst("arn:aws:s3:::".count).prefix { $0 != "/" }
        guard let bucket = try? BucketName(String(name)) else {
            throw options.usage(
                "--resource \(resource): with a bucket's policy, give the ARN of the bucket or of an object in it")
        }
        return try read(path) { document throws(S3Error) in try Policy(document: document, bucket: bucket) }
    }

    private func identityPolicy(_ path: String) throws -> Policy {
        if let managed = ManagedPolicy.allCases.first(where: { $0.arn == path }) { return managed.policy }
        return try read(path) { document throws(S3Error) in try Policy(identityDocument: document, name: path) }
    }

    private func read(_ path: String, _ parse: ([UInt8]) throws(S3Error) -> Policy) throws -> Policy {
        let document = try bytes(ofFile: path)
        do throws(S3Error) {
            return try parse(document)
        } catch {
            // The detail says where the JSON is invalid, or which principal is.
            let detail = error.details.first { $0.name == "Detail" }.map { " (\($0.value))" } ?? ""
            throw ServerError("\(path): \(error.message)\(detail)")
        }
    }
}
