import CofferTransfer
import Glibc

/// A path whose first part is an alias: `alias/bucket/key`, which is how users of mc write `s3://alias@bucket/key`.
struct AliasPath: Sendable {
    let alias: String
    /// The same place as an S3 URL.
    let url: String

    /// - Returns: nil for a path that begins with a slash or a dot, or if no alias has that name.
    init?(_ text: String) {
        let first = text.utf8.prefix { $0 != slash }
        let alias = String(Substring(first))
        guard !alias.hasPrefix("."), Alias.isName(alias),
            // Any path may come here, so unreadable aliases are not an error; commands that need an alias report them.
            let aliases = try? Aliases.load(), aliases.all.contains(where: { $0.name == alias })
        else { return nil }
        self.alias = alias
        url = "\(S3URL.scheme)\(alias)@" + String(Substring(text.utf8.dropFirst(first.count + 1)))
    }

    /// Whether a local file has the name of the alias, so that the path could mean that file.
    var isLocal: Bool {
        var status = stat()
        return lstat(alias, &status) == 0
    }
}
