import CofferAccess
import CofferModel
import CofferStorage

/// GetAccountSummary.
enum AccountOverview {
    static let operations: [QueryOperation] = [
        QueryOperation("GetAccountSummary", on: { _ in "*" }, summarize)
    ]

    @Sendable private static func summarize(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let directory = call.directory
        let entries: [(name: String, value: Int)] = [
            ("Users", directory.users.count), ("UsersQuota", IAMLimits.users),
            ("Groups", directory.groups.count), ("GroupsQuota", IAMLimits.groups),
            ("Roles", directory.roles.count), ("RolesQuota", IAMLimits.roles),
            ("Policies", directory.policies.count), ("PoliciesQuota", IAMLimits.policies),
            ("PolicyVersionsInUse", directory.policies.values.reduce(0) { $0 + $1.versions.count }),
            ("VersionsPerPolicyQuota", IAMLimits.policyVersions), ("PolicySizeQuota", IAMLimits.managedPolicy),
            ("UserPolicySizeQuota", IAMLimits.userPolicies), ("GroupPolicySizeQuota", IAMLimits.groupPolicies),
            ("RolePolicySizeQuota", IAMLimits.rolePolicies), ("AssumeRolePolicySizeQuota", IAMLimits.trustPolicy),
            ("AttachedPoliciesPerUserQuota", IAMLimits.attachedPolicies),
            ("AttachedPoliciesPerGroupQuota", IAMLimits.attachedPolicies),
            ("AttachedPoliciesPerRoleQuota", IAMLimits.attachedPolicies),
            ("AccessKeysPerUserQuota", IAMLimits.accessKeysPerUser), ("GroupsPerUserQuota", IAMLimits.groupsPerUser),
            ("AccountAccessKeysPresent", 1), ("AccountMFAEnabled", 0), ("MFADevices", 0),
        ]
        return QueryAnswer { xml in
            xml.element("SummaryMap") { xml in
                for entry in entries {
                    xml.element("entry") { xml in
                        xml.element("key", entry.name)
                        xml.element("value", String(entry.value))
                    }
                }
            }
        }
    }
}
