import CofferServer
import Glibc

/// The summary that the operator sees when the server is ready.
extension ServeCommand {
    static func printSummary(
        _ server: RunningServer, _ configuration: ServerConfiguration, _ packages: [StartPackage], showsKeys: Bool
    ) {
        var lines = ["Coffer \(Program.version) is ready at \(server.endpoint)"]
        lines.append("Data: \(server.dataDirectory)" + (configuration.dataDirectory == nil ? " (until it stops)" : ""))
        lines.append(
            configuration.masterKey == nil
                ? "Encryption at rest: only with customers' keys (SSE-C). Without a master key (--master-key-file), SSE-S3 "
                    + "and SSE-KMS encrypt nothing"
                : "Encryption at rest: new objects, with the master key or customers' keys")
        let shownKeys = ShownKeys(isAsked: showsKeys, isTerminal: isatty(STDOUT_FILENO) == 1)
        // Keys that were given are never shown: they may be those of a real account.
        if configuration.rootKeys != nil {
            lines.append("Root key: \(server.rootKeys.accessKeyID), as given")
        } else {
            lines.append(
                "Root keys: " + shownKeys.text(server.rootKeys, isNew: server.madeKeys, file: "root.env", of: server))
        }
        for account in server.accounts.dropFirst() {
            lines.append("Account \(account.name), \(account.id)" + keys(of: account, server, configuration, shownKeys))
        }
        if !configuration.buckets.isEmpty {
            lines.append("Buckets: \(configuration.buckets.map(\.described).joined(separator: ", "))")
        }
        if let datastore = configuration.datastore, let keys = server.datastoreKeys {
            let showsSecret = shownKeys.showsSecret(isNew: server.madeKeys) && datastore.keys == nil
            lines += summary(datastore, keys, packages.first, server, showsSecret: showsSecret)
        }
        // Errors are ignored: the server runs even if no one reads the summary. `print` is not used, because the C
        // library would block every thread that opens a file for as long as the reader does not read.
        try? StandardOutput.shared.write(Array((lines.joined(separator: "\n") + "\n").utf8), isLast: true)
    }

    /// Returns the keys of an account's root, unless the accounts file gives them: those are not shown either.
    private static func keys(
        of account: ServedAccount, _ server: RunningServer, _ configuration: ServerConfiguration, _ shownKeys: ShownKeys
    ) -> String {
        guard let keys = account.rootKeys, !configuration.accounts.contains(where: { $0.keys == keys }) else {
            return ""
        }
        return ": " + shownKeys.text(keys, isNew: account.madeKeys, file: "account-\(account.name).env", of: server)
    }

    private static func summary(
        _ datastore: DatastoreConfiguration, _ keys: KeyPair, _ package: StartPackage?, _ server: RunningServer,
        showsSecret: Bool
    ) -> [String] {
        let secret = showsSecret ? keys.secretAccessKey : "..."
        let isInFile = !showsSecret && datastore.keys == nil
        let object = package?.descriptor ?? "KEY"
        let url = "\(server.endpoint)/\(datastore.bucket)/\(object)"
        let credentials = "AWS_ACCESS_KEY_ID=\(keys.accessKeyID) AWS_SECRET_ACCESS_KEY=\(secret)"
        // The one client that is certainly installed, under the name by which this very command was found.
        let coffer = CommandLine.arguments.first.map(shellQuoted) ?? "coffer"
        return [
            "Datastore: bucket \(datastore.bucket), anyone may read it; user openspending-robot:",
            "  OS_ACCESS_KEY_ID=\(keys.accessKeyID)",
            "  OS_SECRET_ACCESS_KEY=\(secret)" + (isInFile ? "  (in \(server.dataDirectory)/datastore.env)" : ""),
            "Try:",
            "  \(credentials) \(coffer) ls -r --endpoint \(server.endpoint) s3://\(datastore.bucket)",
            "  \(credentials) aws --endpoint-url \(server.endpoint) --region us-east-1 s3 ls --recursive "
                + "s3://\(datastore.bucket)",
            "  curl -i -r 0-99 \(url)",
            "  in a browser: \(url)",
        ]
    }
}

/// The choice of secret keys that the operator sees: on a terminal those that were just made, and on request all of
/// them. Output that goes elsewhere, such as to logs, is kept and read by others.
private struct ShownKeys {
    let isAsked: Bool
    let isTerminal: Bool

    func showsSecret(isNew: Bool) -> Bool { isAsked || (isNew && isTerminal) }

    /// Returns the key pair, or its ID and the file in the data directory that has the secret.
    func text(_ keys: KeyPair, isNew: Bool, file: String, of server: RunningServer) -> String {
        showsSecret(isNew: isNew)
            ? "\(keys.accessKeyID) \(keys.secretAccessKey)"
            : "\(keys.accessKeyID), its secret in \(server.dataDirectory)/\(file)"
    }
}

extension BucketConfiguration {
    /// The bucket's name, and the access that was asked for.
    fileprivate var described: String { access == .none ? name : "\(name) (\(access.rawValue))" }
}
