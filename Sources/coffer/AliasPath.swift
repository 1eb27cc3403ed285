import Glibc

/// `alias/bucket/key`, as users of mc write what is `s3://alias@bucket/key` here: a path whose first part is an alias.
struct AliasPath: Sendable {
    let alias: String
    /// The same as a URL of S3.
    let url: String

    /// - Returns: nil for a path that begins with a slash or a dot, and where no alias has that name.
    init?(_ text: String) {
        let first = text.utf8.prefix { $0 != slash }
        let alias = String(Substring(first))
        guard !alias.hasPrefix("."), Alias.isName(alias),
            // Aliases that cannot be read are named to whoever asks for one; any path may come here.
            let aliases = try? Aliases.load(), aliases.all.contains(where: { $0.name == alias })
        else { return nil }
        self.alias = alias
        url = "\(S3URL.scheme)\(alias)@" + String(Substring(text.utf8.dropFirst(first.count + 1)))
    }

    /// Whether something here has the name of the alias, so that the path may mean that too.
    var isLocal: Bool {
        var status = stat()
        return lstat(alias, &status) == 0
    }
}
