import CofferHTTP
import CofferServer
import Dispatch
import Glibc

/// `coffer serve`: reads the options, runs the server, stops it on a signal.
enum ServeCommand {
    private static let options = [
        Option(
            "address", "ADDRESS", variables: ["COFFER_ADDRESS"], help: "listen on this address; 127.0.0.1 unless given"),
        Option(
            "port", "PORT", variables: ["COFFER_PORT"],
            help: "listen on this port; 9000 unless given, 0 takes any free one"),
        Option("data", "DIRECTORY", variables: ["COFFER_DATA"], help: "keep everything here; ./data unless given"),
        Option(
            "ephemeral", variables: ["COFFER_EPHEMERAL"],
            help: "keep everything in a temporary directory until the server stops"),
        Option(
            "durability", "full|relaxed", variables: ["COFFER_DURABILITY"],
            help:
                "full (the usual): answer when a change survives a loss of power;\nrelaxed: do not wait for the disk, for tests"
        ),
        Option(
            "region", "REGION", variables: ["COFFER_REGION"], help: "the region of new buckets; us-east-1 unless given"),
        Option("strict-region", variables: ["COFFER_STRICT_REGION"], help: "refuse signatures for another region"),
        Option(
            "no-signature-v2", variables: ["COFFER_NO_SIGNATURE_V2"],
            help:
                "take Signature Version 4 alone. boto 2 and the presigned URLs of boto3 and the AWS CLI are of Version 2"
        ),
        Option(
            "domain", "NAME", variables: ["COFFER_DOMAIN"],
            isRepeatable: true,
            help:
                "find buckets in host names below this one (bucket.NAME); may be repeated.\nBelow localhost they are found anyway. A declared name is never taken for a bucket of that name"
        ),
        Option(
            "host-alias", "NAME", variables: ["COFFER_HOST_ALIAS"],
            isRepeatable: true,
            help:
                "take signatures for this host as well, whatever Host they arrive with: what clients call a proxy before\n"
                + "the server, with the port that they write behind it; may be repeated. As with --domain, buckets are found\n"
                + "below it, and it is never taken for a bucket of that name.\n"),
        Option(
            "trusted-proxy", "CIDR", variables: ["COFFER_TRUSTED_PROXY"],
            isRepeatable: true,
            help:
                "believe X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host from these addresses; may be\n"
                + "repeated.\n"),
        Option(
            "tls-certificate", "FILE", variables: ["COFFER_TLS_CERTIFICATE"],
            help: "serve https with this certificate chain (PEM)"),
        Option("tls-key", "FILE", variables: ["COFFER_TLS_KEY"], help: "its private key (PEM)"),
        Option(
            "access-key", "ID", variables: ["COFFER_ACCESS_KEY", "MINIO_ROOT_USER", "AWS_ACCESS_KEY_ID"],
            help:
                "the root's access key; without one, keys are made once and kept in the data directory. Where they are,\n"
                + "AWS's variables do not count: they may be those of a client.\n"),
        Option(
            "secret-key", "SECRET", variables: ["COFFER_SECRET_KEY", "MINIO_ROOT_PASSWORD", "AWS_SECRET_ACCESS_KEY"],
            help: "its secret; better given by the environment or a file, where other users cannot see it.\n"),
        Option(
            "secret-key-file", "FILE", variables: ["COFFER_SECRET_KEY_FILE"],
            help: "the file whose first line is the root's secret"),
        Option(
            "master-key-file", "FILE", variables: ["COFFER_MASTER_KEY_FILE"],
            help:
                "encrypt what is stored: the file's first line is a key of 32 bytes in Base64 or hexadecimal, such as\n"
                + "'openssl rand -base64 32' prints; COFFER_MASTER_KEY may hold it instead. Keep it: without it nothing\n"
                + "that was encrypted can be read.\n"),
        Option(
            "acl", "enabled|disabled", variables: ["COFFER_ACL"],
            help:
                "enabled (the usual): ACLs say who may read and write, and nothing is public until one, or a policy, says\n"
                + "so; disabled: new buckets are as AWS makes them today, without ACLs and with public access blocked.\n"
        ),
        Option(
            "accounts", "FILE", variables: ["COFFER_ACCOUNTS_FILE"],
            help:
                "have further accounts, each with buckets, users and a root of its own. The file is a JSON list such as\n"
                + "[{\"name\": \"audit\"}]; an account may have an id (twelve digits), an email, and its root's accessKeyId and\n"
                + "secretAccessKey, which are made once otherwise. The first account is 000000000000.\n"),
        Option(
            "bucket", "NAME", variables: ["OS_STORAGE_BUCKET_NAME"],
            help: "have the Datastore ready: this bucket, readable by anyone and usable from browsers, and the user\n"
                + "openspending-robot. Its keys are OS_ACCESS_KEY_ID and OS_SECRET_ACCESS_KEY, or are made once.\n"),
        Option(
            "publish", "DIRECTORY=PREFIX",
            isRepeatable: true,
            help: "put the files of a data package into that bucket, below a prefix; may be repeated"),
        Option("show-keys", help: "print the keys at every start, not only when they are made"),
        Option(
            "log-level", "LEVEL", variables: ["COFFER_LOG_LEVEL"],
            help: "info (the usual: a line per request), warning, error or none"),
        Option(
            "log-format", "text|json", variables: ["COFFER_LOG_FORMAT"], help: "how the log on standard error looks"),
    ]

    static let command = Command(
        name: "serve", summary: "run the server until Ctrl-C or SIGTERM",
        details: """
            Examples
              coffer serve --ephemeral --port 0 --log-level none
              COFFER_SECRET_KEY=... coffer serve --data /srv/coffer --access-key admin --address 0.0.0.0
              coffer serve --bucket datastore.example.org --publish budget=demo/budget
            """,
        options: options, run: run)

    @Sendable private static func run(_ options: Options) async throws -> ExitCode {
        let configuration = try configuration(options)
        raiseDescriptorLimit()
        signal(SIGPIPE, SIG_IGN)
        let stop = StopSignal()
        let server = try await CofferServer(configuration).start()
        printSummary(server, configuration, showsKeys: options.isGiven("show-keys"))
        await stop.wait()
        configuration.log.info("stopping: requests under way have 10 seconds to finish")
        guard await server.stop(within: 10) else {
            throw ServerError("it was no orderly stop, as the log tells; nothing that was answered is lost")
        }
        return .success
    }

    // MARK: Options

    private static func configuration(_ options: Options) throws -> ServerConfiguration {
        var configuration = ServerConfiguration()
        if let address = options["address"] { configuration.address = address }
        if let port = options["port"] {
            guard let number = UInt16(port) else { throw usage("--port \(port): allowed are 0 to 65535") }
            configuration.port = number
        }
        let isEphemeral = options.isGiven("ephemeral")
        guard !isEphemeral || !options.isOnCommandLine("data") else {
            throw usage("--ephemeral keeps nothing, so there is no --data")
        }
        configuration.dataDirectory = isEphemeral ? nil : options["data"] ?? "data"
        if let durability: ServerConfiguration.Durability = try options.choice("durability") {
            configuration.durability = durability
        }
        if let region = options["region"] { configuration.region = region }
        configuration.isRegionStrict = options.isGiven("strict-region")
        configuration.acceptsSignatureV2 = !options.isGiven("no-signature-v2")
        configuration.domains = options.all("domain")
        configuration.hostAliases = options.all("host-alias")
        configuration.trustedProxies = try options.all("trusted-proxy").map { text in
            guard let range = AddressRange(text) else {
                throw usage("--trusted-proxy \(text): it takes an address or a range such as 10.0.0.0/8")
            }
            return range
        }
        configuration.tls = try tls(options)
        configuration.rootKeys = try rootKeys(options, configuration.dataDirectory)
        configuration.masterKey = try masterKey(options)
        configuration.accounts = try options["accounts"].map { try AccountConfiguration.read(bytes(ofFile: $0)) } ?? []
        configuration.datastore = try datastore(options)
        configuration.acls = try options.choice("acl") ?? .enabled
        configuration.log = Log(
            level: try options.choice("log-level") ?? .info, format: try options.choice("log-format") ?? .text)
        return configuration
    }

    private static func tls(_ options: Options) throws -> (certificateFile: String, keyFile: String)? {
        switch (options["tls-certificate"], options["tls-key"]) {
        case (nil, nil): return nil
        case (let certificate?, let key?): return (certificate, key)
        default: throw usage("--tls-certificate and --tls-key go together")
        }
    }

    /// AWS's variables are also those of clients, which may have been set for this very server: they are the root's where
    /// it has no keys yet.
    private static func rootKeys(_ options: Options, _ dataDirectory: String?) throws -> KeyPair? {
        let isAmazons =
            !["access-key", "secret-key", "secret-key-file"].contains(where: options.isOnCommandLine)
            && environment("COFFER_ACCESS_KEY") == nil && environment("MINIO_ROOT_USER") == nil
        if isAmazons, let dataDirectory, access("\(dataDirectory)/root.env", F_OK) == 0 { return nil }
        let secret = try options["secret-key-file"].map(firstLine) ?? options["secret-key"]
        switch (options["access-key"], secret) {
        case (nil, nil): return nil
        case (let id?, let secret?): return KeyPair(accessKeyID: id, secretAccessKey: secret)
        default: throw usage("the access key and its secret go together")
        }
    }

    private static func masterKey(_ options: Options) throws -> MasterKey? {
        guard let text = try options["master-key-file"].map(firstLine) ?? environment("COFFER_MASTER_KEY") else {
            return nil
        }
        guard let key = MasterKey(text) else {
            throw usage("the master key is 32 bytes, written in Base64 (44 characters) or hexadecimal (64 characters)")
        }
        return key
    }

    private static func datastore(_ options: Options) throws -> DatastoreConfiguration? {
        let packages = try options.all("publish").map { text in
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw usage("--publish \(text): it takes DIRECTORY=PREFIX") }
            return (directory: parts[0], prefix: parts[1])
        }
        let (id, secret) = (environment("OS_ACCESS_KEY_ID"), environment("OS_SECRET_ACCESS_KEY"))
        guard let bucket = options["bucket"] else {
            guard id == nil, packages.isEmpty else { throw usage("the Datastore's bucket is missing: give --bucket") }
            return nil
        }
        var datastore = DatastoreConfiguration(bucket: bucket)
        datastore.packages = packages
        switch (id, secret) {
        case (nil, nil): break
        case (let id?, let secret?): datastore.keys = KeyPair(accessKeyID: id, secretAccessKey: secret)
        default: throw usage("OS_ACCESS_KEY_ID and OS_SECRET_ACCESS_KEY go together")
        }
        return datastore
    }

    private static func usage(_ message: String) -> UsageError { UsageError(message, command: "serve") }

    private static func firstLine(of path: String) throws -> String {
        let line = try bytes(ofFile: path).prefix { $0 != 10 }
        guard !line.isEmpty else { throw ServerError("the first line of \(path) is empty") }
        return String(decoding: line, as: UTF8.self)
    }

    // MARK: What the operator sees

    private static func printSummary(_ server: RunningServer, _ configuration: ServerConfiguration, showsKeys: Bool) {
        var lines = ["Coffer \(Coffer.version) is ready at \(server.endpoint)"]
        lines.append("Data: \(server.dataDirectory)" + (configuration.dataDirectory == nil ? " (until it stops)" : ""))
        lines.append(
            configuration.masterKey == nil
                ? "Encryption at rest: only under customers' keys (SSE-C). SSE-S3 and SSE-KMS encrypt nothing without a master "
                    + "key: --master-key-file"
                : "Encryption at rest: the bytes of new objects, under the master key or customers' keys")
        // Keys that were given are never shown: they may be those of a real account.
        if configuration.rootKeys != nil {
            lines.append("Root key: \(server.rootKeys.accessKeyID), as given")
        } else if showsKeys || server.madeKeys {
            lines.append("Root keys: \(server.rootKeys.accessKeyID) \(server.rootKeys.secretAccessKey)")
        }
        for account in server.accounts.dropFirst() {
            let isShown =
                (showsKeys || account.madeKeys) && !configuration.accounts.contains { $0.keys == account.rootKeys }
            let keys = isShown ? account.rootKeys.map { ": \($0.accessKeyID) \($0.secretAccessKey)" } : nil
            lines.append("Account \(account.name), \(account.id)" + (keys ?? ""))
        }
        if let datastore = configuration.datastore, let keys = server.datastoreKeys {
            let showsSecret = (showsKeys || server.madeKeys) && datastore.keys == nil
            lines += summary(datastore, keys, server, showsSecret: showsSecret)
        }
        print(lines.joined(separator: "\n"))
        fflush(nil)
    }

    private static func summary(
        _ datastore: DatastoreConfiguration, _ keys: KeyPair, _ server: RunningServer, showsSecret: Bool
    ) -> [String] {
        let secret = showsSecret ? keys.secretAccessKey : "..."
        let object = datastore.packages.first.map { "\($0.prefix)/datapackage.json" } ?? "KEY"
        let url = "\(server.endpoint)/\(datastore.bucket)/\(object)"
        let credentials = "AWS_ACCESS_KEY_ID=\(keys.accessKeyID) AWS_SECRET_ACCESS_KEY=\(secret)"
        // The one client that is certainly there, under the name by which this very command was found.
        let coffer = CommandLine.arguments.first.map(shellQuoted) ?? "coffer"
        return [
            "Datastore: bucket \(datastore.bucket), anyone may read it; user openspending-robot:",
            "  OS_ACCESS_KEY_ID=\(keys.accessKeyID)", "  OS_SECRET_ACCESS_KEY=\(secret)",
            "Try:",
            "  \(credentials) \(coffer) ls -r --endpoint \(server.endpoint) s3://\(datastore.bucket)",
            "  \(credentials) aws --endpoint-url \(server.endpoint) --region us-east-1 s3 ls --recursive "
                + "s3://\(datastore.bucket)",
            "  curl -i -r 0-99 \(url)",
            "  in a browser: \(url)",
        ]
    }
}

/// Waits for Ctrl-C or SIGTERM. A second one ends the process at once.
private struct StopSignal: Sendable {
    private let stream: AsyncStream<Void>
    // Kept alive and never looked at again.
    nonisolated(unsafe) private let sources: [any DispatchSourceSignal]

    init() {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        self.stream = stream
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                signal(number, SIG_DFL)
                continuation.yield()
            }
            source.resume()
            return source
        }
    }

    func wait() async {
        for await _ in stream { return }
    }
}
