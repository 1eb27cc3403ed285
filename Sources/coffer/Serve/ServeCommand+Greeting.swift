import CofferServer

/// What the operator sees when the server is ready.
extension ServeCommand {
    static func printSummary(_ server: RunningServer, _ configuration: ServerConfiguration, showsKeys: Bool) {
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
        // Whoever started the server may not read it, and is served all the same. Not by `print`: the C library would hold
        // up every thread that opens a file for as long as the reader does not read.
        try? StandardOutput.shared.write(Array((lines.joined(separator: "\n") + "\n").utf8), isLast: true)
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
