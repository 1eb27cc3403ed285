import CofferClient
import CofferModel
import CofferSystem
import Glibc

/// A service saved under a name of the user's own, and the keys to it.
struct Alias: Sendable {
    let name: String
    let url: String
    var region: String?
    /// The keys; nil to use those of the environment or the profile.
    var keys: (id: String, secret: String, token: String?)?
    var isAnonymous = false

    /// The source of the keys; nil to use those of the environment or the profile.
    var credentials: CredentialsSource? {
        isAnonymous
            ? .anonymous : keys.map { .keys(accessKeyID: $0.id, secretAccessKey: $0.secret, sessionToken: $0.token) }
    }

    /// Returns whether a text is a valid alias: letters, digits, `-`, `_` and `.`, up to 64. A name must fit into a URL
    /// and into one line, and must not begin a path on this machine.
    static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && text != "." && text != ".."
            && text.utf8.allSatisfy {
                switch $0 {
                case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
                default: false
                }
            }
    }
}

/// The aliases of a user, in a JSON file that no other user may read: `aliases.json` below `$XDG_CONFIG_HOME/coffer`.
struct Aliases: Sendable {
    private(set) var all: [Alias]

    private static var directory: String {
        let home = environment("HOME") ?? "."
        return (environment("XDG_CONFIG_HOME") ?? "\(home)/.config") + "/coffer"
    }

    static var path: String { directory + "/aliases.json" }

    /// - Throws: ``CommandError`` for a file that others may read, or that is not a file of aliases. A missing file is
    ///   not an error.
    static func load() throws -> Aliases {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return Aliases(all: []) }
            throw FileError(path)
        }
        guard status.st_mode & 0o077 == 0 else {
            throw CommandError("\(path) contains secrets, and other users can read it: run chmod 600 \(path)")
        }
        guard let aliases = try json(ofFile: path).object else {
            throw CommandError("\(path) is not a JSON object of aliases")
        }
        return Aliases(all: try aliases.members.sorted { $0.name < $1.name }.map { try Alias($0.name, $0.value) })
    }

    /// - Throws: ``CommandError`` that lists the existing aliases.
    func named(_ name: String) throws -> Alias {
        guard let alias = all.first(where: { $0.name == name }) else {
            let names = all.isEmpty ? "" : "; the aliases are " + all.map(\.name).joined(separator: ", ")
            throw CommandError("there is no alias '\(printable(name))'\(names). Add one with 'coffer alias set'")
        }
        return alias
    }

    mutating func set(_ alias: Alias) {
        all.removeAll { $0.name == alias.name }
        all.append(alias)
    }

    mutating func remove(_ name: String) { all.removeAll { $0.name == name } }

    /// Replaces the file completely or not at all.
    func save() throws {
        var made = ""
        for part in Self.directory.split(separator: "/", omittingEmptySubsequences: false) {
            made += part + "/"
            guard mkdir(made, 0o700) == 0 || errno == EEXIST || errno == EISDIR else {
                throw FileError(made, cannot: "make")
            }
        }
        do throws(SystemError) {
            let draft = try FileDraft(of: Self.path, rights: 0o600)
            try draft.write(Array((JSONText.object(all.map { (name: $0.name, value: $0.json) }).text + "\n").utf8))
            try draft.replace()
        } catch {
            throw FileError(Self.path, "cannot write it: \(error)")
        }
    }
}

extension Alias {
    fileprivate init(_ name: String, _ value: JSONValue) throws {
        guard Alias.isName(name), let members = value.object, let url = members["url"]?.string else {
            throw CommandError("\(Aliases.path): the alias '\(printable(name))' has no url")
        }
        self.init(name: name, url: url, region: members["region"]?.string)
        if let id = members["accessKey"]?.string, let secret = members["secretKey"]?.string {
            keys = (id, secret, members["sessionToken"]?.string)
        }
        isAnonymous = members["anonymous"]?.bool == true
    }

    fileprivate var json: JSONText {
        var members: [(name: String, value: JSONText?)] = [("url", .string(url))]
        if let region { members.append(("region", .string(region))) }
        if let keys {
            members += [("accessKey", .string(keys.id)), ("secretKey", .string(keys.secret))]
            if let token = keys.token { members.append(("sessionToken", .string(token))) }
        }
        if isAnonymous { members.append(("anonymous", .bool(true))) }
        return .object(members)
    }
}
