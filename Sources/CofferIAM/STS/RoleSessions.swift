import CofferAccess
import CofferModel
import CofferStorage

/// AssumeRole.
///
/// Source: STS API Reference, AssumeRole.
enum RoleSessions {
    static let operations: [QueryOperation] = [QueryOperation("AssumeRole", on: { _ in nil }, assume)]

    /// Sessions that another role's session creates last an hour at most.
    private static let chainedSeconds = 3600

    @Sendable private static func assume(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let arn = try call.parameters.required("RoleArn")
        let name = try call.parameters.required("RoleSessionName")
        let seconds = try call.parameters.integer("DurationSeconds", in: 900...43_200) ?? 3600
        try call.parameters.checkSession()
        let attributes = try SessionAttributes(ofRole: call)
        try checkCaller(call)
        // A role that does not exist is refused like one that does not trust the caller.
        let account = ARN(arn).flatMap { call.request.service.identities.snapshot(ofAccount: $0.account) }
        let found = account?.role(named: String(arn.split(at: "/").last ?? ""))
        guard let account, let role = found, role.principal.arn == arn,
            try isTrusted(call, by: role, with: "sts:AssumeRole", attributes)
        else { throw denied("sts:AssumeRole", call) }
        for action in attributes.actions {
            guard try isTrusted(call, by: role, with: action, attributes) else { throw denied(action, call) }
        }
        try check(seconds, call, role)
        let limits = try SessionLimits(call.parameters, in: account)
        let packedSize = try limits.packedSize(with: attributes.tags)
        let credentials = try SessionCredentials(
            .role, of: role.role.id, in: role.principal.account, name: name, seconds: seconds, limits: limits,
            attributes: attributes, tokenSize: try call.parameters.tokenSize, call.request.service.identities)
        let session = RoleSession(role: role.principal, name: name)
        return QueryAnswer { xml in
            xml.credentials(credentials)
            xml.element("AssumedRoleUser") { xml in
                xml.element("AssumedRoleId", "\(session.role.id):\(session.name)")
                xml.element("Arn", session.arn)
            }
            xml.optional("PackedPolicySize", packedSize.map(String.init))
            xml.optional("SourceIdentity", attributes.sourceIdentity)
            xml.tokenSize(credentials)
        }
    }

    /// Refuses callers who may not assume any role, before checking whether the role exists.
    private static func checkCaller(_ call: AuthorizedQuery) throws(S3Error) {
        let access = call.request.access
        guard access.principal != .root(call.account) else {
            throw S3Error(.accessDenied, "Roles may not be assumed by root accounts.")
        }
        guard access.identity.credentials != .federation else { throw denied("sts:AssumeRole", call) }
    }

    /// Returns whether a role trusts the caller for an action. The role must trust the caller, or the caller's account,
    /// whose users then also need a policy that allows the action. Callers from another account always need such a
    /// policy. An explicit deny always applies.
    ///
    /// - Parameter action: an action that the session needs: AssumeRole, TagSession or SetSourceIdentity.
    private static func isTrusted(
        _ call: AuthorizedQuery, by role: IdentitySnapshot.RoleIdentity, with action: String,
        _ attributes: SessionAttributes
    ) throws(S3Error) -> Bool {
        let access = call.request.access
        var values = attributes.conditionValues
        for tag in role.role.tags {
            for prefix in ["aws:resourcetag", "iam:resourcetag"] {
                values["\(prefix)/\(tag.key.lowercased())"] = [tag.value]
            }
        }
        values["sts:externalid"] = call.parameters["ExternalId"].map { [$0] }
        values["sts:rolesessionname"] = call.parameters["RoleSessionName"].map { [$0] }
        // A role's session needs its own permission to pass the source identity on.
        if action == "sts:SetSourceIdentity", access.identity.credentials == .role {
            let own = call.request.accessRequest(action, on: role.principal.arn, values: values)
            guard try evaluate(own, access.identity.policySet()).isAllowed else { return false }
        }
        let request = call.request.accessRequest(
            action, on: role.principal.arn, of: role.principal.account, values: values)
        var policies = access.identity.policySet(resource: role.trustPolicy)
        policies.isResourceRequired = true
        return try evaluate(request, policies).isAllowed
    }

    private static func denied(_ action: String, _ call: AuthorizedQuery) -> S3Error {
        S3Error(
            .accessDenied,
            "User: \(call.request.access.principal.arn ?? "anonymous") is not authorized to perform: \(action) on "
                + "resource: \(call.parameters["RoleArn"] ?? "")")
    }

    private static func check(
        _ seconds: Int, _ call: AuthorizedQuery, _ role: IdentitySnapshot.RoleIdentity
    ) throws(S3Error) {
        guard seconds <= role.role.sessionSeconds else {
            throw S3Error(
                .validationError,
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
        }
        guard call.request.access.identity.credentials != .role || seconds <= chainedSeconds else {
            throw S3Error(
                .validationError,
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.")
        }
    }
}
