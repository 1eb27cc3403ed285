/// The parameters of STS's operations, by the operations' names. Source: STS API Reference.
extension ParameterRule {
    static let sts: [String: [ParameterRule]] = [
        "AssumeRole": [
            required("RoleArn", .text(arn)), required("RoleSessionName", .text(2...64, .sessionName)), policyARNs,
            optional("Policy", .text(1...IAMLimits.sessionPolicy, .document)), duration(upTo: 43_200), tags,
            optional("TransitiveTagKeys", .list(atMost: 50, .text(1...128, .tagKey))),
            optional("ExternalId", .text(2...1224, .externalID)), serialNumber, tokenCode,
            optional("SourceIdentity", .text(2...256, .sessionName)),
            optional("ProvidedContexts", .structures(atMost: 5, [])), tokenSize,
        ],
        "GetSessionToken": [duration(upTo: 129_600), serialNumber, tokenCode, tokenSize],
        "GetFederationToken": [
            required("Name", .text(2...32, .sessionName)),
            optional("Policy", .text(1...IAMLimits.sessionPolicy, .document)), policyARNs, duration(upTo: 129_600),
            tags, tokenSize,
        ],
        "GetAccessKeyInfo": [required("AccessKeyId", .text(16...128, .word))],
        "AssumeRoleWithWebIdentity": [
            required("RoleArn", .text(arn)), required("RoleSessionName", .text(2...64, .sessionName)),
            required("WebIdentityToken", .secret(4...20_000)), optional("ProviderId", .text(4...2048)), policyARNs,
            optional("Policy", .text(1...IAMLimits.sessionPolicy, .document)), duration(upTo: 43_200), tokenSize,
        ],
        "AssumeRoleWithSAML": [
            required("RoleArn", .text(arn)), required("PrincipalArn", .text(arn)),
            required("SAMLAssertion", .secret(4...100_000)), policyARNs,
            optional("Policy", .text(1...IAMLimits.sessionPolicy, .document)), duration(upTo: 43_200), tokenSize,
        ],
    ]

    private static let policyARNs = optional("PolicyArns", .structures([optional("arn", .text(arn))]))
    private static let serialNumber = optional("SerialNumber", .text(9...256, .serialNumber))
    private static let tokenCode = optional("TokenCode", .text(6...6, .digits))
    private static let tokenSize = optional("MinimumSessionTokenSize", .integer(0...4096))

    private static func duration(upTo seconds: Int) -> ParameterRule {
        optional("DurationSeconds", .integer(900...seconds))
    }
}
