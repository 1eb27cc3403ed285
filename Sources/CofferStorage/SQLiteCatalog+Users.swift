import CofferModel

extension SQLiteCatalog {
    func users() throws(StorageError) -> [User] {
        try readers.read { connection throws(StorageError) in
            let users = try connection.all("SELECT name, policies FROM users") { ($0.text(0), $0.text(1)) }
            var found: [User] = []
            for (name, policies) in users {
                let keys = try connection.all("SELECT id, secret FROM access_keys WHERE user = ?", .text(name)) {
                    User.AccessKey(id: $0.text(0), secret: $0.text(1))
                }
                found.append(
                    User(name: name, policies: policies.split(separator: ",").map(String.init), accessKeys: keys))
            }
            return found
        }
    }

    /// Stores a user as given, with no other access keys than those given.
    func setUser(_ user: User) async throws(StorageError) {
        let now = Timestamp.now().milliseconds
        try await writer.write { connection throws(StorageError) in
            try connection.run(
                "INSERT INTO users VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET policies = excluded.policies",
                .text(user.name), .integer(now), .text(user.policies.joined(separator: ",")))
            try connection.run("DELETE FROM access_keys WHERE user = ?", .text(user.name))
            for key in user.accessKeys {
                try connection.run(
                    "INSERT OR REPLACE INTO access_keys VALUES (?, ?, ?, ?)", .text(key.id), .text(user.name),
                    .text(key.secret), .integer(now))
            }
        }
    }
}
