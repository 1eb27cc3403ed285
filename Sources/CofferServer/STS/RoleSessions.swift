import CofferAccess
import CofferModel
import CofferStorage

/// AssumeRole.
///
/// Source: STS API Reference, AssumeRole.
enum RoleSessions {
    static let operations: [QueryOperation] = [QueryOperation("AssumeRole", on: { _ in nil }, assume)]

    /// Sessions of sessions live for an hour at most.
    private static let chainedSeconds = 3600

    @Sendable private static func assume(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let arn = try call.parameters.required("RoleArn")
        let name = try IAMNames.check(
            try call.parameters.required("RoleSessionName"), "RoleSessionName", 2...64)
        let seconds = try call.parameters.integer("DurationSeconds", in: 900...43_200) ?? 3600
        try call.parameters.checkSession()
        // A role that is not there is refused like one that does not trust the caller.
        let account = Self.account(ofRole: arn).flatMap(call.request.service.identities.snapshot(ofAccount:))
        let found = account?.role(named: String(arn.split(at: "/").last ?? ""))
        guard let role = found, role.principal.arn == arn, try isTrusted(call, by: role) else {
            throw S3Error(
                .accessDenied,
                "User: \(call.request.access.principal.arn ?? "anonymous") is not authorized to perform: "
                    + "sts:AssumeRole on resource: \(arn)")
        }
        try check(seconds, call, role)
        let limits = try SessionLimits(call)
        let credentials = try SessionCredentials(
            .role, of: role.role.id, in: role.principal.account, name: name, seconds: seconds, limits: limits,
            call.request.service.identities)
        let session = RoleSession(role: role.principal, name: name)
        return QueryAnswer { xml in
            xml.credentials(credentials)
            xml.element("AssumedRoleUser") { xml in
                xml.element("AssumedRoleId", "\(session.role.id):\(session.name)")
                xml.element("Arn", session.arn)
            }
            xml.optional("PackedPolicySize", limits.packedSize.map(String.init))
        }
    }

    /// The id of the account that an ARN names, which may be another than the caller's.
    private static func account(ofRole arn: String) -> String? {
        let parts = arn.split(at: ":", keepingEmpty: true)
        return parts.count == 6 ? String(parts[4]) : nil
    }

    /// The role must trust the caller, or the caller's account, whose users then need a policy that allows it, as
    /// those of another account do in any case. What explicitly denies it does so always.
    private static func isTrusted(
        _ call: AuthorizedQuery, by role: IdentitySnapshot.RoleIdentity
    ) throws(S3Error) -> Bool {
        let access = call.request.access
        switch access.identity.credentials {
        case .lasting, .role, .session: break
        case .federation: return false
        }
        guard access.principal != .root(call.account) else {
            throw S3Error(.accessDenied, "Roles may not be assumed by root accounts.")
        }
        var values: [String: String] = [:]
        values["sts:externalid"] = call.parameters["ExternalId"]
        values["sts:rolesessionname"] = call.parameters["RoleSessionName"]
        let request = call.request.accessRequest(
            "sts:AssumeRole", on: role.principal.arn, of: role.principal.account, extra: values)
        var policies = access.identity.policySet(resource: role.trustPolicy)
        policies.isResourceRequired = true
        return try evaluate(request, policies).isAllowed
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
