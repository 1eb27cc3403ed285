import CofferServer
import Glibc

/// What the options mean to the server.
extension ServeCommand {
    static func configuration(_ options: Options) throws -> ServerConfiguration {
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
        configuration.bucketHosts = options.all("bucket-host")
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
        configuration.accounts = try accounts(options)
        configuration.metricsToken = try metricsToken(options)
        configuration.datastore = try datastore(options)
        configuration.copyETag = try options.choice("copy-etag") ?? .computed
        configuration.acls = try options.choice("acl") ?? .enabled
        configuration.log = Log(
            level: try options.choice("log-level") ?? .info, format: try options.choice("log-format") ?? .text,
            file: try options["log-file"].map { path in try LogFile(path: path) })
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

    static func accounts(_ options: Options) throws -> [AccountConfiguration] {
        try options["accounts"].map { try AccountConfiguration.read(bytes(ofFile: $0)) } ?? []
    }

    static func metricsToken(_ options: Options) throws -> MetricsToken? {
        let text = try options["metrics-token-file"].map(firstLine) ?? environment("COFFER_METRICS_TOKEN")
        guard let text else { return nil }
        guard let token = MetricsToken(text) else {
            throw usage("the metrics token must be 16 to 1,024 visible ASCII characters without spaces")
        }
        return token
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
}
