import CofferClient

/// The service that a command talks to, chosen by the options that all such commands have.
struct Connection: Sendable {
    static let options = [
        Option(
            "endpoint", "URL", variables: ["COFFER_ENDPOINT"],
            help: "use the server at this URL; without it and an alias, AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL or the "
                + "profile's endpoint, or else http://127.0.0.1:9000"),
        Option(
            "alias", "NAME", variables: ["COFFER_ALIAS"],
            help: "use the server and keys that 'coffer alias set' saved under this name, not those of the "
                + "environment"),
        Option(
            "region", "REGION", variables: ["AWS_REGION", "AWS_DEFAULT_REGION"],
            help: "use this region; default: us-east-1"),
        Option(
            "profile", "NAME", variables: ["AWS_PROFILE"],
            help: "use the keys of this profile of ~/.aws/credentials; without it, AWS_ACCESS_KEY_ID and "
                + "AWS_SECRET_ACCESS_KEY, or COFFER_ACCESS_KEY and COFFER_SECRET_KEY, if they are set"),
        Option("no-sign-request", help: "send anonymous requests, without keys"),
        Option("json", help: "print JSON"),
    ]

    let region: String
    let credentials: CredentialsSource
    /// The option or alias that named the server, for error messages; nil if neither did.
    private let origin: String?
    /// The server's URL; nil to take the one that AWS's tools are configured with, or this machine.
    private let endpoint: String?
    private let shared: SharedConfiguration

    /// - Parameter alias: the alias that a URL names; nil to follow the options.
    /// - Throws: ``CommandError`` for an alias that does not exist, ``UsageError`` if both an alias and an endpoint are
    ///   given.
    init(_ options: Options, alias named: String? = nil) throws {
        let profile = options.isOnCommandLine("profile") ? options["profile"] : nil
        shared = SharedConfiguration(environment).choosing(profile)
        let alias = try Self.alias(named, options)
        endpoint = alias?.url ?? options["endpoint"]
        origin = alias.map { "alias '\($0.name)'" } ?? endpoint.map { _ in options.spelling("endpoint") }
        region = try Self.region(options, alias, shared)
        credentials = try Self.credentials(options, alias, profile)
    }

    private static func alias(_ named: String?, _ options: Options) throws -> Alias? {
        if let named { return try Aliases.load().named(named) }
        if options.isOnCommandLine("endpoint") {
            guard !options.isOnCommandLine("alias") else {
                throw options.usage("give only one of --endpoint and --alias")
            }
            return nil
        }
        if !options.isOnCommandLine("alias"), environment("COFFER_ALIAS") != nil, environment("COFFER_ENDPOINT") != nil
        {
            throw options.usage("COFFER_ALIAS and COFFER_ENDPOINT are both set: unset one of them")
        }
        guard let name = options["alias"] else { return nil }
        do {
            return try Aliases.load().named(name)
        } catch let error as CommandError {
            throw CommandError("\(options.spelling("alias")): \(error)")
        }
    }

    /// - Throws: ``CommandError`` for a name that would break the credential scope of signatures, or a header.
    private static func region(_ options: Options, _ alias: Alias?, _ shared: SharedConfiguration) throws -> String {
        let found: (name: String, origin: String)
        if let name = options["region"], options.isOnCommandLine("region") || alias?.region == nil {
            found = (name, options.spelling("region"))
        } else if let alias, let name = alias.region {
            found = (name, "alias '\(alias.name)'")
        } else {
            found = (try shared.region() ?? "us-east-1", "the profile's region")
        }
        guard found.name.utf8.allSatisfy({ (33...126).contains($0) && !"/,=".utf8.contains($0) }) else {
            throw CommandError("\(found.origin): '\(found.name)' is not a valid region name")
        }
        return found.name
    }

    private static func credentials(
        _ options: Options, _ alias: Alias?, _ profile: String?
    ) throws -> CredentialsSource {
        if options.isGiven("no-sign-request") { return .anonymous }
        if let profile { return .profile(profile) }
        if let given = alias?.credentials { return given }
        try checkPairs()
        if environment("AWS_ACCESS_KEY_ID") == nil, let id = environment("COFFER_ACCESS_KEY"),
            let secret = environment("COFFER_SECRET_KEY")
        {
            return .keys(accessKeyID: id, secretAccessKey: secret)
        }
        return .default
    }

    /// - Throws: ``CommandError`` for an access key without its secret, since other keys or none would be used instead.
    private static func checkPairs() throws(CommandError) {
        let pairs = [("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), ("COFFER_ACCESS_KEY", "COFFER_SECRET_KEY")]
        guard let (id, secret) = pairs.first(where: { environment($0.0) != nil }), environment(secret) == nil else {
            return
        }
        throw CommandError("\(id) is set, but \(secret) is not")
    }

    func query(_ service: QueryClient.Service) throws -> QueryClient {
        let url = try url(of: service.rawValue)
        return try Self.addressing(origin(of: service.rawValue)) { () throws(ConfigurationError) in
            try QueryClient(service, endpoint: url, region: region, credentials: credentials)
        }
    }

    func client() throws -> S3Client {
        try Self.client(try url(of: "s3"), region, credentials, named: origin(of: "s3"))
    }

    /// - Parameter origin: what named the server, for error messages.
    /// - Throws: ``CommandError`` for an invalid server URL. Invalid keys are found only when they are used.
    static func client(
        _ url: String, _ region: String, _ credentials: CredentialsSource, named origin: String? = nil
    ) throws -> S3Client {
        try addressing(origin) { () throws(ConfigurationError) in
            try S3Client(endpoint: url, region: region, credentials: credentials)
        }
    }

    private static func addressing<Client>(
        _ origin: String?, _ make: () throws(ConfigurationError) -> Client
    ) throws(CommandError) -> Client {
        do { return try make() } catch { throw CommandError((origin.map { "\($0): " } ?? "") + "\(error)") }
    }

    /// Returns what named the server of a service; nil if the profile did.
    private func origin(of service: String) -> String? { origin ?? shared.endpointVariable(of: service) }

    func url(of service: String) throws -> String {
        try endpoint ?? shared.endpoint(of: service) ?? "http://127.0.0.1:9000"
    }
}

extension Options {
    /// Returns the IAM of the chosen service.
    func iam() throws -> QueryClient { try Connection(self).query(.iam) }
}
