import CofferModel
import Glibc

extension CredentialsSource {
    /// The credentials of the EC2 instance's role, from the instance metadata service in version 2. They are renewed
    /// before they expire.
    ///
    /// `AWS_EC2_METADATA_SERVICE_ENDPOINT` or `AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE` (`IPv4` or `IPv6`) choose the
    /// address; `AWS_METADATA_SERVICE_TIMEOUT` (seconds) and `AWS_METADATA_SERVICE_NUM_ATTEMPTS`, both 1 by default, how
    /// long it is waited for. All can be settings of the profile too. `AWS_EC2_METADATA_DISABLED=true` turns this source
    /// off.
    ///
    /// Source: AWS SDKs and Tools Reference Guide, "IMDS credential provider"; EC2 User Guide, "Use the Instance Metadata
    /// Service".
    public static let instanceMetadata = instanceMetadata(of: .process)

    package static func instanceMetadata(of configuration: SharedConfiguration) -> CredentialsSource {
        let found = FoundSource { try InstanceMetadata(configuration).source }
        return CredentialsSource { try await found.source().load() }
    }
}

/// The metadata service of an EC2 instance.
struct InstanceMetadata: Sendable {
    private let endpoint: String
    /// Whether the endpoint is AWS's own, which only instances can reach.
    private let isUsual: Bool
    private let isDisabled: Bool
    private let service: LocalService
    private let options = ClientOptions()

    static let disabledVariable = "AWS_EC2_METADATA_DISABLED"
    private static let endpointVariable = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
    private static let rolePath = "/latest/meta-data/iam/security-credentials/"
    private static let tokenSeconds = "21600"

    /// - Throws: ``ConfigurationError`` for settings that are not valid.
    init(_ configuration: SharedConfiguration) throws(ConfigurationError) {
        isDisabled = configuration[Self.disabledVariable]?.lowercased() == "true"
        func setting(_ name: String, _ variable: String) throws(ConfigurationError) -> String? {
            if let value = configuration[variable] { return value }
            return try configuration.profile(configuration.profileName)?[name]
        }
        let given = try setting("ec2_metadata_service_endpoint", Self.endpointVariable)
        let mode = try setting("ec2_metadata_service_endpoint_mode", "\(Self.endpointVariable)_MODE") ?? "IPv4"
        isUsual = given == nil
        switch (given, mode.lowercased()) {
        case (let url?, _): endpoint = try Endpoint(url).url
        case (nil, "ipv4"): endpoint = "http://169.254.169.254"
        case (nil, "ipv6"): endpoint = "http://[fd00:ec2::254]"
        default:
            throw ConfigurationError("\(Self.endpointVariable)_MODE must be IPv4 or IPv6, not '\(printable(mode))'")
        }
        let seconds =
            try setting("metadata_service_timeout", "AWS_METADATA_SERVICE_TIMEOUT").flatMap { Double($0) } ?? 1
        let attempts = try setting("metadata_service_num_attempts", "AWS_METADATA_SERVICE_NUM_ATTEMPTS")
        service = LocalService(
            name: "the instance metadata service", seconds: min(max(seconds, 0.1), 60),
            attemptCount: min(max(attempts.flatMap { Int($0) } ?? 1, 1), 10))
    }

    /// Whether the service can exist: other machines are not made to wait for it.
    func isWorthAsking(_ machine: Machine) -> Bool { !isDisabled && (!isUsual || machine.isInstance) }

    /// Why the service was not asked.
    var absence: String {
        isDisabled
            ? "\(Self.disabledVariable) turns the instance metadata off"
            : "this machine is not an EC2 instance (if it is, set \(Self.endpointVariable))"
    }

    var source: CredentialsSource {
        guard !isDisabled else {
            let reason = absence
            return CredentialsSource { throw ConfigurationError("no credentials: \(reason)") }
        }
        return .refreshed(options.clock) { try await load() }
    }

    /// Gets a token, then the name of the instance's role, then its credentials.
    private func load() async throws -> S3Credentials {
        let answer = try await service.send(
            "PUT", endpoint + "/latest/api/token", ["x-aws-ec2-metadata-token-ttl-seconds": Self.tokenSeconds])
        let token = try service.line(of: answer, otherwise: "enable version 2 of the service (IMDSv2) for the instance")
        let headers: HeaderFields = ["x-aws-ec2-metadata-token": token]
        let roles = try await service.send("GET", endpoint + Self.rolePath, headers)
        let role = try service.line(of: roles, otherwise: Self.roleAdvice)
        let path = Self.rolePath + PercentEncoding.encode(role.utf8)
        let document = try await service.send("GET", endpoint + path, headers)
        return try S3Credentials(
            document: try service.body(of: document, otherwise: Self.roleAdvice), token: "Token", from: service.name)
    }

    private static let roleAdvice = "attach a role (an instance profile) to the EC2 instance"
}

/// What the kernel says about the machine.
struct Machine: Sendable {
    /// The directory of the kernel's files.
    var path = "/sys"

    /// Whether the machine says that it is an EC2 instance.
    ///
    /// Source: EC2 User Guide, "Detect whether a host is an EC2 instance".
    var isInstance: Bool {
        ["class/dmi/id/sys_vendor", "class/dmi/id/board_vendor", "class/dmi/id/bios_vendor"]
            .contains { text(of: $0)?.hasPrefix("Amazon EC2") == true }
            || text(of: "hypervisor/uuid")?.lowercased().hasPrefix("ec2") == true
    }

    private func text(of name: String) -> String? {
        guard let file = fopen("\(path)/\(name)", "re") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
