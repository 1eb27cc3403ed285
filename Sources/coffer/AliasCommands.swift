import CofferClient
import CofferModel
import Glibc

/// `coffer alias …`: names for services and the keys to them.
enum AliasCommands {
    static let all = [
        Command(
            name: "alias set", operands: "NAME URL", operandCount: 2...2,
            summary: "give a server and the keys to it a name",
            details: """
                Later 'coffer ls --alias NAME' asks that server, and s3://NAME@bucket/key is an object there, also where
                another server takes part: coffer cp s3://NAME@bucket/key s3://OTHER@bucket/

                The keys are AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or COFFER_ACCESS_KEY and COFFER_SECRET_KEY. If
                there is no secret for --access-key, it is asked for, or read as a line of standard input where that is
                no terminal.
                The server is asked once whether it takes them; if it does not, or is not there, nothing is saved.
                They are kept in $XDG_CONFIG_HOME/coffer/aliases.json, or below ~/.config, which nobody else may read.

                Examples
                  coffer alias set home http://127.0.0.1:9000 --access-key openspending
                  coffer alias set open https://s3.amazonaws.com --no-sign-request
                """,
            options: [
                Option("access-key", "ID", help: "the access key; its secret never stands on the command line"),
                Option("no-sign-request", help: "ask that server without keys"),
                Option("region", "REGION", help: "its region; us-east-1 unless given"),
                Option("no-check", help: "save them without asking the server"),
            ], run: set),
        Command(
            name: "alias list", summary: "list the aliases, without their secrets",
            options: [Option("json", help: "print JSON")], run: list),
        Command(name: "alias remove", operands: "NAME", operandCount: 1...1, summary: "forget an alias", run: remove),
    ]

    @Sendable private static func set(_ options: Options) async throws -> ExitCode {
        let (name, url) = (options.operands[0], options.operands[1])
        guard Alias.isName(name) else {
            throw options.usage("\(printable(name)): a name has letters, digits, '-', '_' and '.', and 64 at most")
        }
        var alias = Alias(name: name, url: url, region: options["region"])
        alias.isAnonymous = options.isGiven("no-sign-request")
        if !alias.isAnonymous { alias.keys = try keys(options) }
        let client = try Connection.client(url, options["region"] ?? "us-east-1", alias.credentials ?? .anonymous)
        if !options.isGiven("no-check") { try await check(client, alias) }
        var aliases = try Aliases.load()
        aliases.set(alias)
        try aliases.save()
        return .success
    }

    /// Lists the buckets. Who may not has keys that are right; and who has none is told so by any S3, if by no other.
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
            reason = isOfS3 ? "\(error)" : "it answers, but not as S3 does (status \(error.code.status))"
        } catch let error as TransportError {
            reason = error.kind == .badAnswer ? "it answers, but not as S3 does" : "\(error)"
        }
        throw CommandError("nothing is saved without --no-check: \(alias.url): \(reason)")
    }

    private static func keys(_ options: Options) throws -> (id: String, secret: String, token: String?) {
        let pairs = [
            ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
            ("COFFER_ACCESS_KEY", "COFFER_SECRET_KEY", ""),
        ]
        for pair in pairs {
            let given = options["access-key"]
            guard let id = environment(pair.0) ?? given, id == given ?? id, let secret = environment(pair.1) else {
                continue
            }
            return (id, secret, environment(pair.2))
        }
        guard let id = options["access-key"] else {
            throw options.usage(
                "give --access-key, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or --no-sign-request")
        }
        let secret = try Secret.read(prompt: "Secret key of \(printable(id)): ")
        guard !secret.isEmpty else { throw CommandError("there is no secret") }
        return (id, secret, nil)
    }

    @Sendable private static func list(_ options: Options) async throws -> ExitCode {
        var table = Table(columns: ["Name", "Url", "Region", "AccessKeyId"])
        for alias in try Aliases.load().all {
            table.rows.append([alias.name, alias.url, alias.region, alias.isAnonymous ? nil : alias.keys?.id])
        }
        table.print(asJSON: options.isGiven("json"))
        return .success
    }

    @Sendable private static func remove(_ options: Options) async throws -> ExitCode {
        var aliases = try Aliases.load()
        aliases.remove(try aliases.named(options.operands[0]).name)
        try aliases.save()
        return .success
    }
}

/// A secret that somebody types, or a program writes.
private enum Secret {
    private static let byteLimit = 4096
    private static let interruptByte: UInt8 = 3

    /// A line of standard input; typed on a terminal it is not seen.
    static func read(prompt: String) throws -> String {
        guard isatty(STDIN_FILENO) == 1 else { return try line() }
        var settings = termios()
        guard tcgetattr(STDIN_FILENO, &settings) == 0 else { throw CommandError("the terminal cannot be set") }
        var silent = settings
        silent.c_lflag &= ~tcflag_t(ECHO)
        // Ctrl-C must not leave a terminal that shows nothing: it ends the line (VEOL), as Enter does, and nothing is set.
        silent.c_lflag &= ~tcflag_t(ISIG)
        silent.c_cc.11 = interruptByte
        guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0 else {
            throw CommandError("the terminal cannot be kept from showing the secret")
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
