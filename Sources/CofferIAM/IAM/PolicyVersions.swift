import CofferAccess
import CofferModel
import CofferService
import CofferStorage

/// CreatePolicyVersion, GetPolicyVersion, ListPolicyVersions, SetDefaultPolicyVersion and DeletePolicyVersion.
enum PolicyVersions {
    static let operations: [QueryOperation] = [
        QueryOperation("CreatePolicyVersion", on: Policies.arn, create),
        QueryOperation("GetPolicyVersion", on: Policies.arn, get),
        QueryOperation("ListPolicyVersions", on: Policies.arn, list),
        QueryOperation("SetDefaultPolicyVersion", on: Policies.arn, setDefault),
        QueryOperation("DeletePolicyVersion", on: Policies.arn, delete),
    ]

    @Sendable private static func create(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let document = try Policies.document(call.parameters)
        let becomesDefault = call.parameters.bool("SetAsDefault")
        let version = try await Policies.change(call) { policy throws(S3Error) in
            guard policy.versions.count < IAMLimits.policyVersions else {
                throw S3Error(
                    .limitExceeded,
                    "A managed policy can have up to \(IAMLimits.policyVersions) versions. Before you create a new "
                        + "version, you must delete an existing version.")
            }
            let version = IAMPolicy.Version(number: policy.lastNumber + 1, created: call.time, document: document)
            policy.versions.append(version)
            policy.lastNumber = version.number
            policy.updated = version.created
            if becomesDefault { policy.defaultNumber = version.number }
            return version
        }
        return QueryAnswer { xml in
            xml.element("PolicyVersion") { $0.version(version, isDefault: becomesDefault) }
        }
    }

    @Sendable private static func get(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let number = try number(call.parameters)
        let (versions, defaultNumber) = try versions(call)
        guard let version = versions.first(where: { $0.number == number }) else { throw missing(call.parameters) }
        return QueryAnswer { xml in
            xml.element("PolicyVersion") { xml in
                xml.document("Document", version.document)
                xml.version(version, isDefault: number == defaultNumber)
            }
        }
    }

    /// Lists the versions, newest first.
    @Sendable private static func list(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let (versions, defaultNumber) = try versions(call)
        let page = try IAMPage(versions, of: call.parameters) { String(Int.max - $0.number) }
        return .list("Versions", page) { xml, version in
            xml.version(version, isDefault: version.number == defaultNumber)
        }
    }

    @Sendable private static func setDefault(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let number = try number(call.parameters)
        let missing = missing(call.parameters)
        try await Policies.change(call) { policy throws(S3Error) in
            guard let version = policy.versions.first(where: { $0.number == number }) else { throw missing }
            // A document that an earlier version of the server accepted may be invalid now.
            _ = try Policy(identityDocument: Array(version.document.utf8))
            policy.defaultNumber = number
            policy.updated = call.time
        }
        return .nothing
    }

    @Sendable private static func delete(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let number = try number(call.parameters)
        let missing = missing(call.parameters)
        try await Policies.change(call) { policy throws(S3Error) in
            guard let index = policy.versions.firstIndex(where: { $0.number == number }) else { throw missing }
            guard number != policy.defaultNumber else {
                throw S3Error(.deleteConflict, "Cannot delete the default version of a policy.")
            }
            policy.versions.remove(at: index)
        }
        return .nothing
    }

    // MARK: Steps

    /// Returns the number in a version's id: 3 for `v3`.
    private static func number(_ parameters: QueryParameters) throws(S3Error) -> Int {
        let text = try parameters.required("VersionId")
        guard text.hasPrefix("v"), let number = Int(text.dropFirst()), number > 0 else {
            throw QueryParameters.invalid(
                "Value '\(text)'", "VersionId",
                "Member must satisfy regular expression pattern: v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?")
        }
        return number
    }

    private static func missing(_ parameters: QueryParameters) -> S3Error {
        .noSuchEntity(
            "Policy \(parameters["PolicyArn"] ?? "") version \(parameters["VersionId"] ?? "") does not exist or is not "
                + "attachable.")
    }

    private static func versions(
        _ call: AuthorizedQuery
    ) throws(S3Error) -> (versions: [IAMPolicy.Version], defaultNumber: Int) {
        let arn = try call.parameters.required("PolicyArn")
        if let managed = ManagedPolicy(arn: arn) {
            return ([managed.version], 1)
        }
        guard let policy = call.directory.policy(arn: arn, account: call.account) else { throw Policies.missing(arn) }
        return (policy.versions, policy.defaultNumber)
    }
}

extension XMLWriter {
    mutating func version(_ version: IAMPolicy.Version, isDefault: Bool) {
        element("VersionId", "v\(version.number)")
        element("IsDefaultVersion", String(isDefault))
        element("CreateDate", version.created.iso8601Seconds)
    }
}
