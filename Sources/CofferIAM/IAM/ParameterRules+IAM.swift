/// The parameters of IAM's operations, by the operations' names. Operations without parameters are omitted.
///
/// Source: IAM API Reference, which limits user names to 64 characters only for some operations.
extension ParameterRule {
    static let iam: [String: [ParameterRule]] = Dictionary(
        uniqueKeysWithValues: [
            users, accessKeys, groups, roles, policies, attachments, inline, simulations, absent,
        ].flatMap { $0 })

    private typealias Table = [(String, [ParameterRule])]

    private static let page = [marker, maxItems]

    private static let users: Table = [
        ("CreateUser", [path, userName(1...64), boundary, tags]),
        ("GetUser", [optionalUserName]),
        ("UpdateUser", [userName(), newPath, optional("NewUserName", .text(1...64, .name))]),
        ("DeleteUser", [userName()]),
        ("ListUsers", [pathPrefix] + page),
        ("TagUser", [userName(), requiredTags]),
        ("UntagUser", [userName(), tagKeys]),
        ("ListUserTags", [userName()] + page),
        ("PutUserPermissionsBoundary", [userName(1...64), required("PermissionsBoundary", .text(arn))]),
        ("DeleteUserPermissionsBoundary", [userName(1...64)]),
        ("GetAccountAuthorizationDetails", [optional("Filter", .list(entityFilter))] + page),
    ]

    private static let accessKeys: Table = [
        ("CreateAccessKey", [optionalUserName]),
        (
            "UpdateAccessKey",
            [optionalUserName, accessKeyID, required("Status", .choice(["Active", "Inactive", "Expired"]))]
        ),
        ("DeleteAccessKey", [optionalUserName, accessKeyID]),
        ("ListAccessKeys", [optionalUserName] + page),
        ("GetAccessKeyLastUsed", [accessKeyID]),
    ]

    private static let groups: Table = [
        ("CreateGroup", [path, groupName]),
        ("GetGroup", [groupName] + page),
        ("UpdateGroup", [groupName, newPath, optional("NewGroupName", .text(1...128, .name))]),
        ("DeleteGroup", [groupName]),
        ("ListGroups", [pathPrefix] + page),
        ("AddUserToGroup", [groupName, userName()]),
        ("RemoveUserFromGroup", [groupName, userName()]),
        ("ListGroupsForUser", [userName()] + page),
    ]

    private static let roles: Table = [
        (
            "CreateRole",
            [
                path, roleName, required("AssumeRolePolicyDocument", .document), roleDescription, sessionDuration,
                signinDuration, boundary, tags,
            ]
        ),
        ("GetRole", [roleName]),
        ("ListRoles", [pathPrefix] + page),
        ("UpdateRole", [roleName, roleDescription, sessionDuration, signinDuration, resetsSigninDuration]),
        ("UpdateRoleDescription", [roleName, required("Description", .text(0...1000, .roleDescription))]),
        ("UpdateAssumeRolePolicy", [roleName, policyDocument]),
        ("DeleteRole", [roleName]),
        ("ListInstanceProfilesForRole", [roleName] + page),
        ("TagRole", [roleName, requiredTags]),
        ("UntagRole", [roleName, tagKeys]),
        ("ListRoleTags", [roleName] + page),
        ("PutRolePermissionsBoundary", [roleName, required("PermissionsBoundary", .text(arn))]),
        ("DeleteRolePermissionsBoundary", [roleName]),
    ]

    private static let policies: Table = [
        (
            "CreatePolicy",
            [
                policyName, optional("Path", .text(1...512, .policyPath)), policyDocument,
                optional("Description", .text(0...1000, .policyDescription)), tags,
            ]
        ),
        ("GetPolicy", [policyARN]),
        ("DeletePolicy", [policyARN]),
        (
            "ListPolicies",
            [
                optional("Scope", .choice(["All", "AWS", "Local"])), optional("OnlyAttached", .boolean),
                policyPathPrefix, policyUsage,
            ] + page
        ),
        ("TagPolicy", [policyARN, requiredTags]),
        ("UntagPolicy", [policyARN, tagKeys]),
        ("ListPolicyTags", [policyARN] + page),
        ("CreatePolicyVersion", [policyARN, policyDocument, optional("SetAsDefault", .boolean)]),
        ("GetPolicyVersion", [policyARN, versionID]),
        ("ListPolicyVersions", [policyARN] + page),
        ("SetDefaultPolicyVersion", [policyARN, versionID]),
        ("DeletePolicyVersion", [policyARN, versionID]),
    ]

    private static let attachments: Table =
        [userName(1...64), groupName, roleName].flatMap { holder -> Table in
            let noun = holder.name.dropLast("Name".count)
            return [
                ("Attach\(noun)Policy", [holder, policyARN]), ("Detach\(noun)Policy", [holder, policyARN]),
                ("ListAttached\(noun)Policies", [holder, policyPathPrefix] + page),
            ]
        } + [
            (
                "ListEntitiesForPolicy",
                [
                    policyARN, optional("EntityFilter", entityFilter),
                    optional("PathPrefix", .text(1...512, .pathPrefix)),
                    policyUsage,
                ] + page
            )
        ]

    private static let inline: Table = [userName(), groupName, roleName].flatMap { holder -> Table in
        let noun = holder.name.dropLast("Name".count)
        return [
            ("Put\(noun)Policy", [holder, policyName, policyDocument]), ("Get\(noun)Policy", [holder, policyName]),
            ("Delete\(noun)Policy", [holder, policyName]), ("List\(noun)Policies", [holder] + page),
        ]
    }

    private static let simulations: Table = [
        ("SimulateCustomPolicy", [required("PolicyInputList", .list(.document))] + simulated),
        ("SimulatePrincipalPolicy", [required("PolicySourceArn", .text(arn)), policyInputs] + simulated),
        ("GetContextKeysForCustomPolicy", [required("PolicyInputList", .list(.document))]),
        ("GetContextKeysForPrincipalPolicy", [required("PolicySourceArn", .text(arn)), policyInputs]),
    ]

    private static let simulated: [ParameterRule] =
        [
            optional("PermissionsBoundaryPolicyInputList", .list(.document)),
            required("ActionNames", .list(.text(3...128))), optional("ResourceArns", .list(.text(1...2048))),
            optional("ResourcePolicy", .document), optional("ResourceOwner", .text(1...2048)),
            optional("CallerArn", .text(1...2048)),
            optional(
                "ContextEntries",
                .structures([
                    optional("ContextKeyName", .text(5...256)), optional("ContextKeyType", contextType),
                ])), optional("ResourceHandlingOption", .text(1...64)),
        ] + page

    /// Operations on unsupported resources.
    private static let absent: Table = [
        ("ListInstanceProfiles", [pathPrefix] + page),
        ("ListServerCertificates", [pathPrefix] + page),
        ("ListAccountAliases", page),
        ("ListVirtualMFADevices", [optional("AssignmentStatus", .choice(["Assigned", "Unassigned", "Any"]))] + page),
        ("ListMFADevices", [optionalUserName] + page),
        ("ListSigningCertificates", [optionalUserName] + page),
        ("ListSSHPublicKeys", [optional("UserName", .text(1...64, .name))] + page),
        (
            "ListServiceSpecificCredentials",
            [optional("UserName", .text(1...64, .name)), optional("AllUsers", .boolean)] + page
        ),
        ("GetLoginProfile", [optional("UserName", .text(1...64, .name))]),
        ("DeleteLoginProfile", [optional("UserName", .text(1...64, .name))]),
        (
            "UpdateLoginProfile",
            [
                userName(1...64), optional("Password", .secret(1...128, .document)),
                optional("PasswordResetRequired", .boolean),
                signinDuration, resetsSigninDuration,
            ]
        ),
        ("GetInstanceProfile", [required("InstanceProfileName", .text(1...128, .name))]),
        ("ListInstanceProfileTags", [required("InstanceProfileName", .text(1...128, .name))] + page),
        ("GetOpenIDConnectProvider", [required("OpenIDConnectProviderArn", .text(arn))]),
        ("ListOpenIDConnectProviderTags", [required("OpenIDConnectProviderArn", .text(arn))] + page),
        ("GetSAMLProvider", [required("SAMLProviderArn", .text(arn))]),
        ("ListSAMLProviderTags", [required("SAMLProviderArn", .text(arn))] + page),
        ("GetServerCertificate", [required("ServerCertificateName", .text(1...128, .name))]),
        ("ListServerCertificateTags", [required("ServerCertificateName", .text(1...128, .name))] + page),
        (
            "GetSSHPublicKey",
            [
                userName(1...64), required("SSHPublicKeyId", .text(20...128, .word)),
                required("Encoding", .choice(["SSH", "PEM"])),
            ]
        ),
        (
            "GetMFADevice",
            [required("SerialNumber", .text(9...256, .serialNumber)), optional("UserName", .text(1...64, .name))]
        ),
        ("ListMFADeviceTags", [required("SerialNumber", .text(9...256, .serialNumber))] + page),
        ("GetServiceLastAccessedDetails", [job] + page),
        (
            "GetServiceLastAccessedDetailsWithEntities",
            [job, required("ServiceNamespace", .text(1...64, .namespace))] + page
        ),
        (
            "GetOrganizationsAccessReport",
            [
                job,
                optional(
                    "SortKey",
                    .choice([
                        "SERVICE_NAMESPACE_ASCENDING", "SERVICE_NAMESPACE_DESCENDING",
                        "LAST_AUTHENTICATED_TIME_ASCENDING", "LAST_AUTHENTICATED_TIME_DESCENDING",
                    ])),
            ] + page
        ),
        ("GetServiceLinkedRoleDeletionStatus", [required("DeletionTaskId", .text(1...1000))]),
    ]

    private static let job = required("JobId", .text(36...36))
}
