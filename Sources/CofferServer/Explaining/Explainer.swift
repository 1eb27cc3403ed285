import CofferAccess
import CofferCrypto
import CofferHTTP
import CofferIAM
import CofferModel
import CofferS3
import CofferService
import CofferSigning
import CofferStorage

/// Explains whether the server would allow a request, and why, considering everything that currently affects the
/// decision.
struct Explainer {
    let service: Service

    /// - Parameter asking: the account that asks; nil for the operator. For a principal of another account, the
    ///   explanation covers only what the asking account's bucket decides, as if the principal's own account allowed
    ///   everything. It does not use the principal's policies, its tags or anything derived from them.
    /// - Throws: `NoSuchBucket`, `NoSuchEntity` for a principal that does not exist, `AccessDenied` if the bucket
    ///   belongs to another account, or if the principal does and the question names no bucket.
    func explain(_ question: AccessQuestion, asking: Account?) async throws(S3Error) -> Explanation {
        let permission = try question.permission()
        let state = try await state(of: permission)
        if let asking, let state, state.bucket.owner != asking.id {
            throw S3Error(.accessDenied).withDenialReason("the bucket belongs to another account", isDisclosed: false)
        }
        let owner = Account(id: state?.bucket.owner ?? asking?.id ?? IAMAccount.firstID)
        let identity = try identity(of: question.principal, owner: owner)
        let request = try request(permission)
        guard let asking, let account = identity.principal.account, account != asking else {
            let access = Access(identity: identity, authentication: .anonymous, request: request)
            return try await explain(question, permission, in: state, access)
        }
        guard state != nil else {
            throw S3Error(.accessDenied).withDenialReason(
                "the principal belongs to another account", isDisclosed: false)
        }
        let unlimited = Identity(principal: identity.principal, policies: [ManagedPolicy.administratorAccess.policy])
        let access = Access(identity: unlimited, authentication: .anonymous, request: request)
        var explanation = try await explain(question, permission, in: state, access, hiding: [.principalTag, .userID])
        explanation.statements.removeAll { $0.source != PolicySource.resource.rawValue }
        explanation.reason += "; the permissions that its own account gives it are not shown here"
        return explanation
    }

    // MARK: The principal

    private func identity(of text: String, owner: Account) throws(S3Error) -> Identity {
        switch text {
        case "anonymous": return .anonymous
        case "root": return Identity(principal: .root(owner), policies: [])
        default: break
        }
        let missing = S3Error.noSuchEntity("The principal \(text) cannot be found.")
        guard let arn = ARN(text), let snapshot = service.iam.identities.snapshot(ofAccount: arn.account) else {
            throw missing
        }
        if arn.isRoot { return Identity(principal: .root(snapshot.account), policies: []) }
        let names = arn.resource.split(at: "/").map(String.init)
        let last = names.last ?? ""
        if let user = snapshot.user(named: last), user.principal.arn == text { return user }
        if let role = snapshot.role(named: last), role.principal.arn == text {
            return role.identity(session: "explained")
        }
        if names.count == 3, let role = snapshot.role(named: names[1]) {
            let session = role.identity(session: last)
            if session.principal.arn == text { return session }
        }
        throw missing
    }

    /// Returns a minimal request, since the question gives all further values.
    private func request(_ permission: Permission) throws(S3Error) -> S3Request {
        let key = permission.key.map { "/" + PercentEncoding.encode($0.bytes, keepingSlash: true) } ?? ""
        let head = HTTPRequestHead(
            method: "GET", target: "/\(permission.bucket.map { "\($0)\(key)" } ?? "")",
            headers: HTTPHeaders([("host", "127.0.0.1")]), remoteAddress: "", isSecure: false, isOverLimit: false)
        return try S3Request(
            id: RequestID(), time: service.context.clock.time, head: head, addressing: service.context.addressing,
            accounts: service.iam.identities.accounts)
    }

    // MARK: The decision

    private func state(of permission: Permission) async throws(S3Error) -> BucketState? {
        guard let name = permission.bucket else { return nil }
        guard let state = try await service.buckets.state(of: name) else {
            throw S3Error.noSuchBucket(name.description)
        }
        return state
    }

    /// - Parameter hidden: condition keys that have no value unless the question gives one.
    private func explain(
        _ question: AccessQuestion, _ permission: Permission, in state: BucketState?, _ access: Access,
        hiding hidden: Set<ConditionKey.Name> = []
    ) async throws(S3Error) -> Explanation {
        try await StoredFacts.decide(service.store) { facts throws(S3Error) in
            try explain(question, permission, in: state, access, facts, hiding: hidden)
        }
    }

    private func explain(
        _ question: AccessQuestion, _ permission: Permission, in state: BucketState?, _ access: Access,
        _ facts: StoredFacts, hiding hidden: Set<ConditionKey.Name>
    ) throws(S3Error) -> Explanation {
        var policies = access.policies(for: permission, in: state, facts, service)
        var owner = state?.bucket.owner
        if let state, let object = object(of: permission, in: state, facts) {
            (policies, owner) = access.policies(for: permission, and: object, in: state)
        }
        let values = ConditionValues(access, permission, in: state, facts, region: service.context.region)
        let request = AccessRequest(
            principal: access.principal, action: question.action, resource: question.resource, resourceAccount: owner,
            value: { key throws(S3Error) in
                if let given = question.values[key.text] { return given }
                guard let name = key.name, name.isToldByWhatIsStored, !hidden.contains(name) else { return nil }
                return try values.values(of: key)
            })
        var explanation = Explanation(request, try CofferAccess.explain(request, policies))
        if let reason = access.barrier(in: state) {
            (explanation.isAllowed, explanation.isDenied, explanation.reason) = (false, true, reason)
        }
        return explanation
    }

    private func object(of permission: Permission, in state: BucketState, _ facts: StoredFacts) -> ObjectRecord? {
        guard let key = permission.key, permission.aclRequirement?.resource == .object else { return nil }
        let found = facts.object(key, version: nil, in: state.bucket)
        return found?.isDeleteMarker == false ? found : nil
    }
}

extension ConditionKey.Name {
    /// Whether the value follows from the principal, the stored state and the time.
    fileprivate var isToldByWhatIsStored: Bool {
        switch self {
        case .existingObjectTag, .resourceAccount, .s3ResourceAccount, .requestedRegion, .currentTime, .epochTime,
            .principalAccount, .principalARN, .principalIsAWSService, .principalTag, .principalType, .userID, .userName,
            .viaAWSService:
            true
        default: false
        }
    }
}
