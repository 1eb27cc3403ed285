import CofferClient

/// The service that a command asks, by the options that all such commands have.
struct Connection: Sendable {
    static let options = [
        Option(
            "endpoint", "URL", variables: ["COFFER_ENDPOINT", "AWS_ENDPOINT_URL"],
            help: "the server to ask; http://127.0.0.1:9000 unless it, the profile or an alias says otherwise"),
        Option(
            "alias", "NAME", variables: ["COFFER_ALIAS"],
            help: "the server and the keys that 'coffer alias set' gave this name; they go before those of the\n"
                + "environment"),
        Option(
            "region", "REGION", variables: ["AWS_REGION", "AWS_DEFAULT_REGION"],
            help: "its region; us-east-1 unless given"),
        Option(
            "profile", "NAME", variables: ["AWS_PROFILE"],
            help: "take the keys of this profile of ~/.aws/credentials; otherwise AWS_ACCESS_KEY_ID and\n"
                + "AWS_SECRET_ACCESS_KEY, or COFFER_ACCESS_KEY and COFFER_SECRET_KEY, if they are set"),
        Option("no-sign-request", help: "ask without keys, as anybody may"),
        Option("json", help: "print JSON"),
    ]

    let region: String
    let credentials: CredentialsSource
    /// nil for what the files of AWS's tools say, or this machine.
    private let endpoint: String?
    private let shared: SharedConfiguration

    /// - Parameter alias: the one that a URL names; otherwise the options do.
    /// - Throws: ``CommandError`` for an alias that is not there, ``UsageError`` for an alias and an endpoint.
    init(_ options: Options, alias named: String? = nil) throws {
        let profile = options.isOnCommandLine("profile") ? options["profile"] : nil
        shared = SharedConfiguration(environment).choosing(profile)
        let alias = try Self.alias(named, options)
        endpoint = alias?.url ?? options["endpoint"]
        region =
            try (options.isOnCommandLine("region") ? options["region"] : nil) ?? alias?.region ?? options["region"]
            ?? shared.region() ?? "us-east-1"
        credentials = try Self.credentials(options, alias, profile)
    }

    private static func alias(_ named: String?, _ options: Options) throws -> Alias? {
        if let named { return try Aliases.load().named(named) }
        if options.isOnCommandLine("endpoint") {
            guard !options.isOnCommandLine("alias") else { throw options.usage("give one of --endpoint and --alias") }
            return nil
        }
        if !options.isOnCommandLine("alias"), environment("COFFER_ALIAS") != nil, environment("COFFER_ENDPOINT") != nil
        {
            throw options.usage("COFFER_ALIAS and COFFER_ENDPOINT are both set: unset the one that is not meant")
        }
        return try options["alias"].map { try Aliases.load().named($0) }
    }

    private static func credentials(
        _ options: Options, _ alias: Alias?, _ profile: String?
    ) throws -> CredentialsSource {
        if options.isGiven("no-sign-request") { return .anonymous }
        if let profile { return .profile(profile) }
        if let given = alias?.credentials { return given }
        if environment("AWS_ACCESS_KEY_ID") == nil, let id = environment("COFFER_ACCESS_KEY"),
            let secret = environment("COFFER_SECRET_KEY")
        {
            return .keys(id, secret)
        }
        return .default
    }

    func query(_ service: QueryService.Service) throws -> QueryService {
        let url = try url(of: service.rawValue)
        return try Self.addressing { () throws(ConfigurationError) in
            try QueryService(service, endpoint: url, region: region, credentials: credentials)
        }
    }

    func client() throws -> S3Client { try Self.client(try url(of: "s3"), region, credentials) }

    /// - Throws: ``CommandError`` for a URL of no server; what is wrong with the keys is found when they are used.
    static func client(_ url: String, _ region: String, _ credentials: CredentialsSource) throws -> S3Client {
        try addressing { () throws(ConfigurationError) in
            try S3Client(endpoint: url, region: region, credentials: credentials)
        }
    }

    private static func addressing<Client>(
        _ make: () throws(ConfigurationError) -> Client
    ) throws(CommandError) -> Client {
        do { return try make() } catch { throw CommandError("\(error)") }
    }

    func url(of service: String) throws -> String {
        try endpoint ?? shared.endpoint(of: service) ?? "http://127.0.0.1:9000"
    }
}
