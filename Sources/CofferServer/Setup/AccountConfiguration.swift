import CofferAccess
import CofferIAM
import CofferModel
import CofferService

/// An additional account of the server. It owns buckets and users of its own, and its root may do everything in it and
/// nothing in other accounts.
public struct AccountConfiguration: Sendable, Equatable {
    /// 1 to 50 letters, digits, `-` and `_`; unique.
    public var name: String
    /// Twelve digits; nil keeps the existing id, or assigns a new one.
    public var id: String?
    /// The address by which ACLs may name the account; nil keeps the existing one, or assigns one in a domain that no
    /// one can own.
    public var email: String?
    /// The root's key pair; nil keeps the one in the data directory, or creates one.
    public var keys: KeyPair?

    /// - Throws: `ServerError` for a malformed name, id or address.
    public init(name: String, id: String? = nil, email: String? = nil, keys: KeyPair? = nil) throws(ServerError) {
        let isName = name.utf8.allSatisfy { byte in
            (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte) || byte == 45
                || byte == 95
        }
        guard isName, (1...50).contains(name.utf8.count) else {
            throw ServerError(
                "'\(name)' is not a valid account name: use 1 to 50 letters, digits, hyphens or underscores")
        }
        guard id.map({ Account.isID($0) }) ?? true else {
            throw ServerError("the id of the account \(name) is invalid: use twelve digits")
        }
        let isAddress = email.map { (6...64).contains($0.utf8.count) && $0.split(at: "@").count == 2 } ?? true
        guard isAddress else {
            throw ServerError(
                "the e-mail address of the account \(name) is invalid: use 6 to 64 characters, such as name@example.org"
            )
        }
        self.name = name
        self.id = id
        self.email = email
        self.keys = keys
    }

    /// Reads a list of accounts, in which only the name is required:
    /// `[{"name": "…", "id": "…", "email": "…", "accessKeyId": "…", "secretAccessKey": "…"}]`.
    ///
    /// - Throws: `ServerError` that describes the fault.
    public static func read(_ document: [UInt8]) throws(ServerError) -> [AccountConfiguration] {
        let value: JSONValue
        do throws(JSONFault) {
            value = try JSONValue(document: document)
        } catch {
            throw ServerError("the accounts must be a JSON list of objects: \(error)")
        }
        guard let items = value.array else {
            throw ServerError("the accounts must be a JSON list of objects, such as [{\"name\": \"audit\"}]")
        }
        var accounts: [AccountConfiguration] = []
        for item in items { accounts.append(try AccountConfiguration(item)) }
        return accounts
    }

    private init(_ item: JSONValue) throws(ServerError) {
        let members = ["name", "id", "email", "accessKeyId", "secretAccessKey"]
        guard let object = item.object else { throw ServerError("an account must be a JSON object") }
        for (member, value) in object.members {
            guard members.contains(member) else {
                throw ServerError(
                    "an account has the unknown member '\(member)'; allowed: \(members.joined(separator: ", "))")
            }
            guard value.string != nil else {
                throw ServerError("the member '\(member)' of an account must be a string")
            }
        }
        guard let name = object["name"]?.string else {
            throw ServerError("an account has no name: every account needs the member 'name'")
        }
        let keys: KeyPair?
        switch (object["accessKeyId"]?.string, object["secretAccessKey"]?.string) {
        case (nil, nil): keys = nil
        case (let id?, let secret?): keys = KeyPair(accessKeyID: id, secretAccessKey: secret)
        default: throw ServerError("the account \(name) needs both accessKeyId and secretAccessKey, or neither")
        }
        try self.init(name: name, id: object["id"]?.string, email: object["email"]?.string, keys: keys)
    }
}
