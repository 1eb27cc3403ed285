import CofferClient

/// The service that a command asks, by the options that all such commands have.
struct Connection: Sendable {
    static let options = [
        Option(
            "endpoint", "URL", variables: ["COFFER_ENDPOINT", "AWS_ENDPOINT_URL"],
            help: "the server to ask; http://127.0.0.1:9000 unless it or the profile says otherwise"),
        Option(
            "region", "REGION", variables: ["AWS_REGION", "AWS_DEFAULT_REGION"],
            help: "its region; us-east-1 unless given"),
        Option(
            "profile", "NAME", variables: ["AWS_PROFILE"],
            help: "take the keys of this profile of ~/.aws/credentials; otherwise AWS_ACCESS_KEY_ID and\n"
                + "AWS_SECRET_ACCESS_KEY, or COFFER_ACCESS_KEY and COFFER_SECRET_KEY, if they are set"),
        Option("json", help: "print JSON"),
    ]

    let endpoint: String
    let region: String
    let credentials: CredentialsSource

    init(_ options: Options) {
        endpoint = options["endpoint"] ?? "http://127.0.0.1:9000"
        region = options["region"] ?? "us-east-1"
        if options.isOnCommandLine("profile") {
            credentials = .profile(options["profile"])
        } else if environment("AWS_ACCESS_KEY_ID") == nil, let id = environment("COFFER_ACCESS_KEY"),
            let secret = environment("COFFER_SECRET_KEY")
        {
            credentials = .keys(id, secret)
        } else {
            credentials = .default
        }
    }

    func client() throws -> S3Client {
        try S3Client(endpoint: endpoint, region: region, credentials: credentials)
    }

    func query(_ service: QueryService.Service) throws -> QueryService {
        try QueryService(service, endpoint: endpoint, region: region, credentials: credentials)
    }
}
