import CofferClient
import CofferModel
import Glibc

/// `coffer alias …`: names for servers and the keys to them.
enum AliasCommands {
    static let all = [
        Command(
            name: "alias set", operands: "NAME URL [KEY [SECRET]]",
            summary: "Save a server and its keys under a name",
            details: """
                Then 'coffer ls --alias NAME' uses that server, and s3://NAME@BUCKET/KEY or NAME/BUCKET/KEY is
                an object on it, also in commands with two servers:
                  coffer cp s3://NAME@BUCKET/KEY s3://OTHER@BUCKET/

                Give the keys as KEY and SECRET, with --access-key, in AWS_ACCESS_KEY_ID and
                AWS_SECRET_ACCESS_KEY, or in COFFER_ACCESS_KEY and COFFER_SECRET_KEY. If the secret is missing,
                you are asked for it, or it is read from standard input if that is not a terminal. Other users
                of this machine can see a SECRET on the command line, and the shell's history keeps it.
                If the server does not accept the keys, or cannot be reached, nothing is saved. Aliases are
                kept in $XDG_CONFIG_HOME/coffer/aliases.json, by default ~/.config/coffer/aliases.json, which
                only you can read.

                Examples
                  coffer alias set home http://127.0.0.1:9000 openspending
                  coffer alias set open https://s3.amazonaws.com --no-sign-request
                """,
            options: [
                Option("access-key", "ID", help: "use this access key, like KEY; you are asked for its secret"),
                Option("no-sign-request", help: "send anonymous requests to that server"),
                Option("region", "REGION", help: "use this region; default: us-east-1"),
                Option("no-check", help: "save the keys without asking the server"),
                Option("json", help: "print JSON"),
            ], run: set),
        Command(
            name: "alias list", summary: "List the aliases, without their secrets",
            options: [Option("json", help: "print JSON")], run: list),
        Command(
            name: "alias remove", operands: "NAME", summary: "Remove an alias",
            options: [Option("json", help: "print JSON")], run: remove),
    ]

    @Sendable private static func set(_ options: Options) async throws -> ExitCode {
        let (name, url) = (options.operands[0], options.operands[1])
        guard Alias.isName(name) else {
            throw options.usage(
                "'\(name)' is not a valid alias: use up to 64 letters, digits, '-', '_' and '.'")
        }
        var alias = Alias(name: name, url: url, region: options["region"])
        alias.isAnonymous = options.isGiven("no-sign-request")
        if !alias.isAnonymous {
            alias.keys = try keys(options)
        } else if options.operands.count > 2 || options.isGiven("access-key") {
            throw options.usage("give either keys or --no-sign-request")
        }
        let client = try Connection.client(
            url, options["region"] ?? "us-east-1", alias.credentials ?? .anonymous, named: "URL")
        if !options.isGiven("no-check") { try await check(client, alias) }
        var aliases = try Aliases.load()
        aliases.set(alias)
        try aliases.save()
        reportSet(alias, options)
        return .success
    }

    private static func reportSet(_ alias: Alias, _ options: Options) {
        let keys = alias.keys.map { "the access key \($0.id)" } ?? "no keys"
        let checked = options.isGiven("no-check") ? "not checked" : "checked"
        report(
            "alias \(alias.name) set: \(alias.url) with \(keys), \(checked). Try: coffer ls \(alias.name)",
            [
                ("Action", "set_alias"), ("Name", alias.name), ("Url", alias.url), ("Region", alias.region),
                ("AccessKeyId", alias.keys?.id),
            ], options)
        guard options.operands.count == 4 else { return }
        printError(
            """
            coffer: the secret was on the command line, where other users of this machine can see it and the shell's \
            history keeps it; leave it out next time, and you will be asked for it
            """)
    }

    /// Checks a server by listing the buckets. Keys that are not allowed to list them are valid all the same, and every
    /// S3 service refuses the request without keys.
    ///
    /// - Throws: ``CommandError`` that says what is wrong.
    private static func check(_ client: S3Client, _ alias: Alias) async throws {
        let reason: String
        do {
            for try await _ in client.listBuckets() { break }
            return
        } catch let error as S3Error {
            let isOfS3 = error.requestID != nil || !error.details.isEmpty
            if isOfS3, alias.isAnonymous || error.code == .accessDenied { return }
            reason = isOfS3 ? "\(error)" : "it responds, but not as S3 does (status \(error.code.status))"
        } catch let error as TransportError {
            reason = error.kind == .badResponse ? "it responds, but not as S3 does" : "\(error)"
        }
        throw CommandError("\(alias.url): \(reason); nothing is saved; --no-check saves it without asking the server")
    }

    private static func keys(_ options: Options) throws -> (id: String, secret: String, token: String?) {
        let given = options.operands.count > 2 ? options.operands[2] : options["access-key"]
        guard options.operands.count < 3 || options["access-key"] == nil else {
            throw options.usage("the access key is given twice: as KEY and as --access-key")
        }
        if let given, options.operands.count > 3 { return (given, options.operands[3], nil) }
        let pairs = [
            ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
            ("COFFER_ACCESS_KEY", "COFFER_SECRET_KEY", ""),
        ]
        for pair in pairs {
            guard let id = environment(pair.0) ?? given, id == given ?? id, let secret = environment(pair.1) else {
                continue
            }
            return (id, secret, environment(pair.2))
        }
        guard let id = given else {
            throw options.usage("give KEY, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or --no-sign-request")
        }
        let secret = try Secret.read(prompt: "Secret key of \(printable(id)): ")
        guard !secret.isEmpty else { throw CommandError("the secret is empty") }
        return (id, secret, nil)
    }

    @Sendable private static func list(_ options: Options) async throws -> ExitCode {
        var table = Table(columns: ["Name", "Url", "Region", "AccessKeyId"])
        for alias in try Aliases.load().all {
            table.rows.append([alias.name, alias.url, alias.region, alias.isAnonymous ? nil : alias.keys?.id])
        }
        table.print(asJSON: options.wantsJSON)
        return .success
    }

    @Sendable private static func remove(_ options: Options) async throws -> ExitCode {
        var aliases = try Aliases.load()
        let name = try aliases.named(options.operands[0]).name
        aliases.remove(name)
        try aliases.save()
        report("alias \(name) removed", [("Action", "remove_alias"), ("Name", name)], options)
        return .success
    }
}

/// A secret that a person types or a program writes.
private enum Secret {
    private static let byteLimit = 4096
    private static let interruptByte: UInt8 = 3

    /// Reads a line of standard input; on a terminal it is not shown as it is typed.
    static func read(prompt: String) throws -> String {
        guard isatty(STDIN_FILENO) == 1 else { return try line() }
        var settings = termios()
        guard tcgetattr(STDIN_FILENO, &settings) == 0 else { throw CommandError("cannot read the terminal's settings") }
        var silent = settings
        silent.c_lflag &= ~tcflag_t(ECHO)
        // Ctrl-C must not leave a terminal without echo: it ends the line (VEOL), as Enter does, and no alias is saved.
        silent.c_lflag &= ~tcflag_t(ISIG)
        silent.c_cc.11 = interruptByte
        guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0 else {
            throw CommandError("cannot keep the terminal from showing the secret")
        }
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
            printError("")
        }
        _ = write(STDERR_FILENO, prompt, prompt.utf8.count)
        return try line()
    }

    private static func line() throws -> String {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while bytes.count < byteLimit {
            let count = Glibc.read(STDIN_FILENO, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1, byte != UInt8(ascii: "\n") else { break }
            guard byte != interruptByte else { throw Interruption(signal: SIGINT) }
            bytes.append(byte)
        }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
