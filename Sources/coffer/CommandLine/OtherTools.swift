/// Commands and options of mc, the AWS CLI, s3cmd, rclone and shells that have other names here, or no equivalent.
enum OtherTools {
    /// Returns advice such as `; use 'coffer sync'` on one or two words of a command.
    ///
    /// - Returns: nil for words that none of these tools has.
    static func advice(on words: String) -> String? {
        if let command = commands[words.lowercased()] { return "; use 'coffer \(command)'" }
        return sentences[words.lowercased()].map { "; \($0)" }
    }

    /// Returns what another tool's option is called here; nil if this command has no equivalent.
    static func advice(onOption word: String, _ options: [Option]) -> String? {
        let word = String(word.prefix { $0 != "=" })
        if let name = Self.options[word], options.contains(where: { $0.name == name }) {
            return "; did you mean '--\(name)'?"
        }
        guard let (companion, sentence) = optionSentences[word],
            companion.isEmpty || options.contains(where: { $0.name == companion })
        else { return nil }
        return "; \(sentence)"
    }

    /// Returns the subcommand that has the meaning of another tool's, such as `list` for `ls`.
    static func subcommand(for word: String, among subcommands: [Command]) -> Command? {
        for meaning in subcommandNames[word.lowercased()] ?? [] {
            if let command = subcommands.first(where: { $0.name.hasSuffix(" \(meaning)") }) { return command }
        }
        return nil
    }

    // MARK: Commands

    /// The subcommands of other tools, with those of the same meaning; the first one that a command has counts.
    private static let subcommandNames = [
        "ls": ["list"], "info": ["show", "get"], "add": ["create", "set"], "create": ["set"],
        "rm": ["delete", "remove", "abort"], "remove": ["delete", "abort"], "delete": ["remove", "abort"],
    ]

    /// The commands of other tools, with the words to use instead.
    private static let commands = [
        // Shells, and first guesses.
        "list": "ls", "dir": "ls", "ll": "ls", "lsl": "ls", "copy": "cp", "move": "mv", "rename": "mv",
        "delete": "rm", "del": "rm", "remove": "rm", "erase": "rm", "unlink": "rm", "mkdir": "mb s3://BUCKET",
        "rmdir": "rb s3://BUCKET", "info": "stat", "head": "cat --range 0-1023 s3://BUCKET/KEY",
        "get": "cp s3://BUCKET/KEY FILE", "put": "cp FILE s3://BUCKET/KEY", "upload": "cp FILE s3://BUCKET/KEY",
        "download": "cp s3://BUCKET/KEY FILE", "link": "presign s3://BUCKET/KEY", "start": "serve",
        "server": "serve --data DIRECTORY", "run": "serve", "minio": "serve --data DIRECTORY",
        // mc.
        "mirror": "sync FROM TO", "find": "ls -r --include PATTERN s3://BUCKET", "share": "presign s3://BUCKET/KEY",
        "pipe": "cp - s3://BUCKET/KEY", "diff": "sync --dry-run FROM TO", "version": "versioning",
        "user disable": "key disable ID", "user enable": "key enable ID",
        "versioning enable": "versioning set s3://BUCKET Enabled",
        "versioning suspend": "versioning set s3://BUCKET Suspended",
        // The AWS CLI.
        "configure": "alias set NAME URL", "list-buckets": "ls", "create-bucket": "mb s3://BUCKET",
        "delete-bucket": "rb s3://BUCKET", "put-object": "cp FILE s3://BUCKET/KEY",
        "get-object": "cp s3://BUCKET/KEY FILE", "delete-object": "rm s3://BUCKET/KEY",
        "copy-object": "cp s3://BUCKET/KEY s3://BUCKET/KEY", "head-object": "stat s3://BUCKET/KEY",
        "head-bucket": "stat s3://BUCKET", "list-objects": "ls s3://BUCKET", "list-objects-v2": "ls s3://BUCKET",
        "list-multipart-uploads": "uploads list s3://BUCKET", "abort-multipart-upload": "uploads abort s3://BUCKET",
        // s3cmd.
        "signurl": "presign s3://BUCKET/KEY", "multipart": "uploads list s3://BUCKET",
        "abortmp": "uploads abort s3://BUCKET/KEY --upload-id ID", "setpolicy": "policy set s3://BUCKET FILE",
        "delpolicy": "policy delete s3://BUCKET", "setcors": "cors set s3://BUCKET FILE",
        "delcors": "cors delete s3://BUCKET", "setversioning": "versioning set s3://BUCKET Enabled",
        // rclone.
        "copyto": "cp FROM TO", "moveto": "mv FROM TO", "lsd": "ls", "lsf": "ls s3://BUCKET",
        "lsjson": "ls --json s3://BUCKET", "rcat": "cp - s3://BUCKET/KEY", "purge": "rm -r s3://BUCKET/PREFIX",
        "deletefile": "rm s3://BUCKET/KEY", "size": "du s3://BUCKET", "ncdu": "du --depth 1 s3://BUCKET",
        "cleanup": "uploads abort s3://BUCKET --older-than 1d", "check": "sync --dry-run FROM TO",
        "config": "alias set NAME URL",
    ]

    private static let accessSentence =
        "to let anyone read a bucket, use 'coffer policy set s3://BUCKET FILE' or 'coffer mb --acl public-read'"
    private static let administrationSentence =
        "manage users with 'coffer user', 'coffer key' and 'coffer policy', and run the server with 'coffer serve'"

    private static func unsupported(_ what: String) -> String { "\(what) cannot be managed with coffer" }

    /// Advice on commands that no single command replaces.
    private static let sentences = [
        "la": "use 'coffer ls' for the buckets and 'coffer ls -r s3://BUCKET' for everything in one",
        "s3": "leave out 's3': coffer ls, coffer cp, …",
        "s3api": "coffer has no command for each operation; see coffer --help",
        "iam": administrationSentence, "admin": administrationSentence, "idp": administrationSentence,
        "group": "manage groups with 'aws iam'; 'coffer policy attach --group' attaches a policy to one",
        "role": "manage roles with 'aws iam'; 'coffer policy attach --role' attaches a policy to one",
        "anonymous": accessSentence, "access": accessSentence, "setacl": accessSentence, "acl": accessSentence,
        "ready": "the server responds to GET /-/health", "ping": "the server responds to GET /-/health",
        "login": "use 'coffer alias set NAME URL', which asks for the secret and checks the keys",
        "touch": "use 'coffer cp /dev/null s3://BUCKET/KEY'", "mount": unsupported("file systems"),
        "watch": unsupported("notifications"), "event": unsupported("notifications"),
        "website": unsupported("websites"), "ws-create": unsupported("websites"),
        "lifecycle": unsupported("lifecycle rules"), "ilm": unsupported("lifecycle rules"),
        "setlifecycle": unsupported("lifecycle rules"), "expire": unsupported("lifecycle rules"),
        "replicate": unsupported("replication"), "replication": unsupported("replication"),
        "quota": unsupported("quotas"), "sql": unsupported("queries"),
        "tag": "use 'coffer cp --tag KEY=VALUE' when storing, and 'aws s3api put-object-tagging' afterwards",
        "retention": "use 'aws s3api put-object-retention'; 'coffer stat' shows it",
        "legalhold": "use 'aws s3api put-object-legal-hold'; 'coffer stat' shows it",
        "encrypt": "use 'coffer cp --sse AES256' when storing, and 'aws s3api put-bucket-encryption' for a bucket",
    ]

    // MARK: Options

    /// The options of other tools, with the names to use instead.
    private static let options = [
        "--dryrun": "dry-run", "--fake": "dry-run", "--endpoint-url": "endpoint", "--host": "endpoint",
        "--remove": "delete", "--delete-removed": "delete", "--delete-after": "delete",
        "--only-show-errors": "quiet", "--silent": "quiet", "--max-depth": "depth",
        "--expire": "expires-in", "--expiry": "expires-in", "--acl-public": "acl", "--with-lock": "object-lock",
        "--transfers": "jobs", "--parallel": "jobs", "--bypass": "bypass-governance", "--attr": "metadata",
        "--tags": "tag", "--mime-type": "content-type",
        "--human": "human-readable", "--human-readable-sizes": "human-readable", "--total": "summarize",
    ]

    private static let unasked = ("dry-run", "coffer never asks for confirmation: leave it out")
    private static let lines = ("quiet", "coffer prints a line for each action anyway: leave it out")
    private static let checked = (
        "", "certificates are always verified; trust your own authority with AWS_CA_BUNDLE=FILE"
    )

    /// Advice on options that no option replaces. It is given only for commands that have the companion option, which
    /// identifies the commands it is meant for; an empty companion means all commands.
    private static let optionSentences: [String: (companion: String, sentence: String)] = [
        "--force": unasked, "-f": unasked, "--yes": unasked, "-y": unasked, "--verbose": lines, "-v": lines,
        "--insecure": checked, "--no-verify-ssl": checked, "--no-check-certificate": checked,
        "--ca-bundle": ("", "use AWS_CA_BUNDLE=FILE"),
        "--output": ("json", "use --json"), "--query": ("json", "use --json and jq"),
        "--overwrite": ("part-size", "existing files and objects are overwritten anyway: leave it out"),
        "--preserve": ("part-size", "metadata and times are kept anyway: leave it out"),
        "--ignore-existing": ("object-lock", "your own existing bucket is not an error: leave it out"),
        "-p": ("object-lock", "your own existing bucket is not an error: leave it out"),
        "--incomplete": ("", "use 'coffer uploads list' for uploads that were not completed"),
        "--api": ("no-check", "Signature Version 4 is always used: leave it out"),
        "--path": ("no-check", "the addressing style is chosen automatically: leave it out"),
        "--secret-key": (
            "no-check", "you are asked for the secret, or it is taken from AWS_SECRET_ACCESS_KEY or COFFER_SECRET_KEY"
        ),
    ]
}
