import CofferServer
import Glibc

/// The server's configuration, made from the options.
extension ServeCommand {
    static func configuration(_ options: Options) throws -> ServerConfiguration {
        var configuration = ServerConfiguration()
        if let address = options["address"] { configuration.address = address }
        if let port = try options.number("port", in: 0...65535) { configuration.port = UInt16(port) }
        let isEphemeral = options.isGiven("ephemeral")
        guard !isEphemeral || !options.isOnCommandLine("data") else {
            throw options.usage("--ephemeral keeps nothing: leave out --data")
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
                throw options.usage(
                    "\(options.asGiven("trusted-proxy", text)): give an address or a range such as 10.0.0.0/8")
            }
            return range
        }
        configuration.tls = try tls(options)
        configuration.rootKeys = try rootKeys(options, configuration.dataDirectory)
        configuration.masterKey = try masterKey(options)
        configuration.accounts = try accounts(options)
        configuration.metricsToken = try metricsToken(options)
        configuration.buckets = try buckets(options)
        configuration.datastore = try datastore(options)
        configuration.allowsWellKnownKeys = options.isGiven("allow-well-known-keys")
        configuration.reserveByteCount = try reserve(options)
        configuration.copyETag = try options.choice("copy-etag") ?? .computed
        configuration.acls = try options.choice("acl") ?? .enabled
        configuration.customerKeys = try options.choice("sse-c") ?? .allowed
        configuration.log = Log(
            level: try options.choice("log-level") ?? .info, format: try options.choice("log-format") ?? .text,
            file: try options["log-file"].map { path in
                try naming("log-file", options) { try LogFile(path: path) }
            })
        return configuration
    }

    private static func tls(_ options: Options) throws -> (certificateFile: String, keyFile: String)? {
        switch (options["tls-certificate"], options["tls-key"]) {
        case (nil, nil): return nil
        case (let certificate?, let key?): return (certificate, key)
        case (_?, nil): throw missing("tls-key", beside: "tls-certificate", options)
        case (nil, _?): throw missing("tls-certificate", beside: "tls-key", options)
        }
    }

    /// Returns the root's keys if they are given. AWS's variables are also used by clients, and may have been set for
    /// this very server, so they count as the root's only if it has no keys yet.
    private static func rootKeys(_ options: Options, _ dataDirectory: String?) throws -> KeyPair? {
        let isAmazons =
            !["access-key", "secret-key", "secret-key-file"].contains(where: options.isOnCommandLine)
            && environment("COFFER_ACCESS_KEY") == nil && environment("MINIO_ROOT_USER") == nil
        if isAmazons, let dataDirectory, access("\(dataDirectory)/root.env", F_OK) == 0 { return nil }
        let secret = try firstLine("secret-key-file", options) ?? options["secret-key"]
        switch (options["access-key"], secret) {
        case (nil, nil): return nil
        case (let id?, let secret?): return KeyPair(accessKeyID: id, secretAccessKey: secret)
        case (_?, nil):
            throw options.usage(
                "\(options.spelling("access-key")) is given without its secret: \(partner(of: "access-key", options))"
            )
        case (nil, _?):
            let name = options["secret-key-file"] == nil ? "secret-key" : "secret-key-file"
            throw options.usage(
                "\(options.spelling(name)) is given without its access key: "
                    + partner(of: name, options))
        }
    }

    private static func masterKey(_ options: Options) throws -> MasterKey? {
        guard let text = try firstLine("master-key-file", options) ?? environment("COFFER_MASTER_KEY") else {
            return nil
        }
        guard let key = MasterKey(text) else {
            throw options.usage(
                "\(source("master-key-file", else: "COFFER_MASTER_KEY", options)): the master key must be 32 bytes, in "
                    + "Base64 (44 characters) or hexadecimal (64 characters)")
        }
        return key
    }

    static func accounts(_ options: Options) throws -> [AccountConfiguration] {
        try options["accounts"].map { path in
            try naming("accounts", options) { try AccountConfiguration.read(bytes(ofFile: path)) }
        } ?? []
    }

    static func metricsToken(_ options: Options) throws -> MetricsToken? {
        let text = try firstLine("metrics-token-file", options) ?? environment("COFFER_METRICS_TOKEN")
        guard let text else { return nil }
        guard let token = MetricsToken(text) else {
            throw options.usage(
                "\(source("metrics-token-file", else: "COFFER_METRICS_TOKEN", options)): the metrics token must be 16 to 1,024 "
                    + "visible ASCII characters without spaces")
        }
        return token
    }

    private static func datastore(_ options: Options) throws -> DatastoreConfiguration? {
        let (id, secret) = (environment("OS_ACCESS_KEY_ID"), environment("OS_SECRET_ACCESS_KEY"))
        guard let bucket = options["bucket"] else {
            let asking = options.all("publish").isEmpty ? (id == nil ? nil : "OS_ACCESS_KEY_ID") : "--publish"
            guard let asking else { return nil }
            throw options.usage(
                "\(asking) needs the Datastore's bucket: give --bucket or OS_STORAGE_BUCKET_NAME")
        }
        // The bucket is made under the same rules as any other.
        try naming("bucket", options) { _ = try BucketConfiguration(bucket) }
        var datastore = DatastoreConfiguration(bucket: bucket)
        switch (id, secret) {
        case (nil, nil): break
        case (let id?, let secret?): datastore.keys = KeyPair(accessKeyID: id, secretAccessKey: secret)
        case (_?, nil):
            throw options.usage("OS_ACCESS_KEY_ID is given without its secret: give OS_SECRET_ACCESS_KEY")
        case (nil, _?):
            throw options.usage("OS_SECRET_ACCESS_KEY is given without its access key: give OS_ACCESS_KEY_ID")
        }
        return datastore
    }

    /// Returns the buckets to create. The variable of MinIO's images separates them by commas, semicolons or spaces.
    private static func buckets(_ options: Options) throws -> [BucketConfiguration] {
        let texts = options.all("create-bucket").flatMap { $0.split { ",; ".contains($0) }.map(String.init) }
        return try texts.map { text in try naming("create-bucket", options) { try BucketConfiguration(text) } }
    }

    private static func reserve(_ options: Options) throws -> Int64? {
        guard let text = options["reserve"] else { return nil }
        guard let byteCount = ByteCounts.number(text) else {
            throw options.usage("\(options.asGiven("reserve", text)): give a number of bytes, such as 64M or 1GiB")
        }
        return byteCount
    }

    // MARK: The names of options and variables in errors

    /// Runs a job, and names the option or variable if its value is wrong.
    private static func naming<Value>(_ name: String, _ options: Options, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            throw ServerError("\(options.spelling(name)): \(error)")
        }
    }

    private static func missing(_ name: String, beside other: String, _ options: Options) -> UsageError {
        let variable = self.options.first { $0.name == name }?.variables.first ?? ""
        return options.usage("\(options.spelling(other)) is given without --\(name) (or \(variable)): give both")
    }

    /// Returns advice on how to give the other half of the root's keys, depending on how the first half was given.
    private static func partner(of name: String, _ options: Options) -> String {
        let pairs = [
            ("COFFER_ACCESS_KEY", "COFFER_SECRET_KEY"), ("MINIO_ROOT_USER", "MINIO_ROOT_PASSWORD"),
            ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
        ]
        let spelling = options.spelling(name)
        for pair in pairs {
            if pair.0 == spelling { return "give \(pair.1)" }
            if pair.1 == spelling { return "give \(pair.0)" }
        }
        return name == "access-key"
            ? "give --secret-key-file, or COFFER_SECRET_KEY" : "give --access-key, or COFFER_ACCESS_KEY"
    }

    /// Returns the option with its file, or the variable that holds the value instead of a file.
    private static func source(_ name: String, else variable: String, _ options: Options) -> String {
        options[name].map { options.asGiven(name, $0) } ?? variable
    }

    private static func firstLine(_ name: String, _ options: Options) throws -> String? {
        try options[name].map { path in try naming(name, options) { try firstLine(of: path) } }
    }

    private static func firstLine(of path: String) throws -> String {
        let line = try bytes(ofFile: path).prefix { $0 != 10 }
        guard !line.isEmpty else { throw ServerError("the first line of \(path) is empty") }
        return String(decoding: line, as: UTF8.self)
    }
}
